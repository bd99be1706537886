// Short messages in #toasts. They come from the server with the page (Django's messages), by a
// swap, or as an event: HX-Trigger: {"toast": {"message": "…", "level": "info|success|error"}}.
// Eight seconds, paused while the pointer or the focus is on them; an error stays.

import { announce } from "./announce.js";
import { onPresence } from "./arrivals.js";

const LIFETIME = 8000;
const LEAVING = 200;
const UNDOS = 3; // messages that offer to undo something; the older ones leave
const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  success: [["circle", { cx: 12, cy: 12, r: 10 }], ["path", { d: "m16 9-5.5 5.5L8 12" }]],
  error: [["circle", { cx: 12, cy: 12, r: 10 }], ["path", { d: "M12 8v4M12 16h.01" }]],
};
const timers = new Map();

const region = () => document.getElementById("toasts");

/** Show a message, unless the same is still there. */
export function toast({ message, level = "info" }) {
  const shown = [...(region()?.querySelectorAll(".toast > span") ?? [])];
  if (shown.some((text) => text.textContent === message)) return;
  const element = document.createElement("div");
  element.className = "toast";
  element.dataset.level = level;
  const text = document.createElement("span");
  text.textContent = message;
  element.append(text);
  region()?.append(element);
}

function settle(element) {
  element.dataset.settled = "";
  const text = element.querySelector("span")?.textContent ?? "";
  const level = element.dataset.level ?? "info";
  if (ICONS[level]) {
    element.classList.add(`toast--${level}`);
    element.prepend(draw("0 0 24 24", "ic", ...ICONS[level]));
  }
  if (level !== "error") {
    element.classList.add("toast--timed");
    const hasUndo = element.querySelector(".toast__undo");
    if (hasUndo && !element.querySelector(".toast__ring")) element.prepend(drawRing());
    timers.set(element, { left: LIFETIME, since: null, timer: null });
    if (!isHeld()) run(element);
  }
  if (!element.querySelector("[data-toast-close]")) addClose(element);
  const undos = [...region().querySelectorAll(".toast:not(.toast--leaving):has(.toast__undo)")];
  undos.slice(0, -UNDOS).forEach(dismiss);
  raise();
  announce(text);
}

// In the top layer, above a dialog that was opened before the message came. One that stays open
// for long, <dialog data-hosts-toasts>, has them in it: nothing outside of it can be used.
function raise() {
  const toasts = region();
  const place = document.querySelector("dialog[data-hosts-toasts]:modal") ?? document.body;
  if (toasts.parentElement !== place) place.append(toasts);
  if (!toasts.showPopover || !toasts.querySelector(".toast")) return;
  toasts.popover = "manual";
  toasts.hidePopover();
  toasts.showPopover();
}

function isHeld() {
  return document.hidden || region().matches(":hover, :focus-within");
}

function run(element) {
  const state = timers.get(element);
  if (!state || state.timer) return;
  state.since = performance.now();
  state.timer = setTimeout(dismiss, state.left, element);
}

function hold(element) {
  const state = timers.get(element);
  if (!state?.timer) return;
  clearTimeout(state.timer);
  state.timer = null;
  state.left -= performance.now() - state.since;
}

function check() {
  for (const element of [...timers.keys()]) {
    if (!element.isConnected) timers.delete(element);
    else if (isHeld()) hold(element);
    else run(element);
  }
}

/** Let a message go. */
export function dismiss(element) {
  clearTimeout(timers.get(element)?.timer);
  timers.delete(element);
  element.classList.add("toast--leaving");
  setTimeout(() => {
    element.remove();
    const toasts = region();
    if (toasts && !toasts.querySelector(".toast")) toasts.hidePopover?.();
  }, LEAVING);
}

function addClose(element) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn--icon btn--sm";
  button.dataset.toastClose = "";
  button.setAttribute("aria-label", document.body.dataset.textDismiss ?? "×");
  button.append(draw("0 0 24 24", "ic ic--sm", ["path", { d: "M18 6 6 18M6 6l12 12" }]));
  const acts = element.querySelector(".toast__acts") ?? document.createElement("span");
  acts.className = "toast__acts";
  acts.append(button);
  element.append(acts);
}

function drawRing() {
  const circle = { cx: 10, cy: 10, r: 8 };
  const turned = { ...circle, transform: "rotate(-90 10 10)" };
  return draw("0 0 20 20", "toast__ring", ["circle", circle], ["circle", turned]);
}

function draw(viewBox, className, ...shapes) {
  const make = (name, attributes) => {
    const element = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    return element;
  };
  const svg = make("svg", { viewBox, class: className, "aria-hidden": "true" });
  svg.append(...shapes.map(([name, attributes]) => make(name, attributes)));
  return svg;
}

for (const type of ["pointerover", "pointerout", "focusin", "focusout", "visibilitychange"]) {
  // Later: :hover and :focus-within are not yet true while the event is on its way.
  document.addEventListener(type, () => timers.size && setTimeout(check));
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-toast-close]");
  if (button) dismiss(button.closest(".toast"));
});
document.addEventListener("toast", (event) => toast(event.detail));
document.addEventListener("close", ({ target }) => target.contains(region()) && raise(), true);
onPresence("#toasts > .toast:not([data-settled])", settle);
