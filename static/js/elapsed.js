// <time data-since="2026-11-21T10:00:00Z"> counts: "18 s", "2 min 05 s". One timer for all of
// them; none while the page is hidden or has nothing to count.

import { onPresence } from "./arrivals.js";

let timer = null;

function say(seconds) {
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

function tick() {
  const times = document.querySelectorAll("time[data-since]");
  for (const time of times) {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(time.dataset.since)) / 1000));
    const text = Number.isNaN(seconds) ? "" : say(seconds);
    if (time.textContent !== text) time.textContent = text;
  }
  if (!times.length) stop();
}

function start() {
  if (document.hidden) return;
  tick();
  timer ??= setInterval(tick, 1000);
}

function stop() {
  clearInterval(timer);
  timer = null;
}

document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
onPresence("time[data-since]", start);
