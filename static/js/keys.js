// The one registry of keys. A key is written as in `event.key`, with "Mod+" (Ctrl or Cmd), "Alt+"
// and, for named keys, "Shift+" before it: "x", "?", "Mod+a", "Shift+ArrowLeft". Two keys after
// each other are a sequence: "g g". A link or button can also ask for a key itself, so addresses
// stay in the page: <a data-key="g h" href="…">.

import { onPresence } from "./arrivals.js";
import { openDialog } from "./dialog.js";

const SEQUENCE = 1000;
const FIELDS = "input, textarea, select, [contenteditable]:not([contenteditable=false])";
const PLAYERS = "video, audio";
const OF_PLAYERS = /^((Shift\+|Mod\+)*(Arrow\w+|Home|End|PageUp|PageDown)|Enter| )$/; // plays, seeks, louder
const registered = [];

let first = "";
let firstAt = 0;

/**
 * Call `handler` when the key is pressed; it may return false to leave the key to others.
 * `where` is a selector: the key works while something in reach matches it. In reach is the open
 * modal dialog, else the page. Later registrations win. Returns a function that ends it.
 */
export function register(key, handler, { where = null, inFields = false } = {}) {
  const entry = { key, handler, where, inFields };
  registered.push(entry);
  return () => registered.splice(registered.indexOf(entry), 1);
}

function nameOf(event) {
  const isCharacter = event.key.length === 1;
  const isTypedWithAltGr = isCharacter && event.getModifierState("AltGraph");
  const mod = (event.ctrlKey || event.metaKey) && !isTypedWithAltGr ? "Mod+" : "";
  const alt = event.altKey && !isTypedWithAltGr ? "Alt+" : "";
  const shift = event.shiftKey && !isCharacter ? "Shift+" : "";
  const key = isCharacter && !event.shiftKey ? event.key.toLowerCase() : event.key;
  return mod + alt + shift + key;
}

function run(key, event, reach) {
  const isInField = event.target.closest?.(FIELDS);
  for (const entry of registered.toReversed()) {
    if (entry.key !== key || (isInField && !entry.inFields)) continue;
    const isHere = entry.where
      ? reach.matches(entry.where) || reach.querySelector(entry.where)
      : reach === document.body;
    if (isHere && entry.handler(event) !== false) return true;
  }
  const target = !isInField && reach.querySelector(`[data-key="${CSS.escape(key)}"]`);
  target?.click?.();
  return Boolean(target);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || !event.key) return;
  if (["Shift", "Control", "Alt", "Meta", "AltGraph"].includes(event.key)) return;
  if (event.target.closest?.(".menu[popover]")) return;
  const name = nameOf(event);
  if (event.target.closest?.(PLAYERS) && OF_PLAYERS.test(name)) return;
  // WCAG 2.1.4: single characters can be switched off.
  if (name.length === 1 && document.body.dataset.keys === "off") return;
  const reach = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;
  const isSequence = first && event.timeStamp - firstAt < SEQUENCE;
  const done = (isSequence && run(`${first} ${name}`, event, reach)) || run(name, event, reach);
  first = done ? "" : name;
  firstAt = event.timeStamp;
  if (done) event.preventDefault();
});

function openShortcuts() {
  const dialog = document.getElementById("shortcuts");
  if (!dialog) return false;
  openDialog(dialog);
}

register("?", openShortcuts, { where: "body, dialog" });

register("/", () => {
  const search = [...document.querySelectorAll("[data-search]")].find((box) => box.checkVisibility());
  if (!search) return false;
  search.focus();
  search.select?.();
});

// <kbd data-mod>Ctrl</kbd>: what "Mod+" is called on this keyboard.
if (/Mac|iP(hone|ad|od)/.test(navigator.platform)) {
  onPresence("[data-mod]", (key) => {
    key.textContent = "⌘";
  });
}
