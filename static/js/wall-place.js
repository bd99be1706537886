// Coming back to a wall: the pages that had been loaded are loaded again, and one is where one was.
// How many there were and how far one had scrolled is kept for each address of a wall in this tab;
// not in the entry of the history, which is htmx's. A browser that kept the whole page (bfcache)
// needs none of this.

import { wallAddress } from "./lightbox-wall.js";

const CALM = 200; // milliseconds without scrolling
const MOST = 300; // cards; from further down one begins at the top
const LINK = "#sentinel a[hx-get]";
const RETURNS = ["back_forward", "reload"]; // a link to the page one is on keeps the entry as well

const wall = () => document.getElementById("wall");
const count = () => document.querySelectorAll("#cards > .card").length;
const nameOf = (href) => `wall ${href}`;

let timer = 0;
let wanted = null; // { cards, y } while the wall is being rebuilt
let shown = {}; // the wall that one sees, and its address

function note() {
  shown = { wall: wall(), href: wallAddress().href };
}

function keep() {
  clearTimeout(timer);
  const isAnother = wall() !== shown.wall || wallAddress().href !== shown.href; // on the way there
  if (!shown.wall || wanted || isAnother || document.querySelector("dialog:modal")) return;
  const place = { cards: count(), y: Math.round(window.scrollY) };
  sessionStorage.setItem(nameOf(shown.href), JSON.stringify(place));
}

function rebuild() {
  if (!wanted) return;
  const link = document.querySelector(LINK);
  if (link && count() < wanted.cards) {
    if (!link.classList.contains("htmx-request")) link.click();
    return;
  }
  window.scrollTo({ top: wanted.y, behavior: "instant" });
  wanted = null;
}

window.addEventListener(
  "scroll",
  () => {
    clearTimeout(timer);
    timer = setTimeout(keep, CALM);
  },
  { passive: true },
);
window.addEventListener("pagehide", keep);
document.addEventListener("htmx:before:request", keep); // it may lead to another wall

// Later than htmx, which has to know the link.
document.addEventListener("DOMContentLoaded", () => {
  note();
  const [{ type } = {}] = performance.getEntriesByType("navigation");
  const place = JSON.parse(sessionStorage.getItem(nameOf(shown.href)) ?? "null");
  if (!shown.wall || !place || !RETURNS.includes(type) || place.cards > MOST) return;
  wanted = place;
  setTimeout(rebuild);
});
document.addEventListener("htmx:after:swap", rebuild);
for (const type of ["htmx:after:swap", "htmx:after:history:update"]) {
  document.addEventListener(type, () => setTimeout(note));
}
// Whoever moves on, or a page that does not come, ends it.
for (const type of ["wheel", "touchstart", "keydown", "pointerdown", "htmx:error", "htmx:response:error"]) {
  document.addEventListener(type, () => (wanted = null), { passive: true });
}
