// <time datetime="2026-12-31T23:59:59+00:00" data-local-time>…(UTC)</time> says it by the clock of
// whoever looks.

import { onPresence } from "./arrivals.js";

const TIMES = "time[data-local-time]";
const format = new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
  dateStyle: "medium",
  timeStyle: "short",
});

function say(time) {
  const moment = new Date(time.dateTime);
  if (Number.isNaN(moment.getTime())) return;
  const text = format.format(moment);
  if (time.textContent !== text) time.textContent = text;
}

onPresence(TIMES, say);
// A morph writes the server's words into the element that is there.
document.addEventListener("htmx:after:swap", () => document.querySelectorAll(TIMES).forEach(say));
