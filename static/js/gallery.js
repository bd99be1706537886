// Arrows on a wall of cards. One card at a time can be reached with Tab; the arrows, Home and End
// take that place to another: left and right in the order of the page, up and down to the nearest
// card of the row above or below. Without this module every link is reached with Tab.

import { onPresence } from "./arrivals.js";
import { register } from "./keys.js";

const WALL = "[data-gallery]";
const OPEN = ".card__open";
const ACT = ".card__act"; // stands for the link of a card that leads nowhere
const REACHED = ".card__open, .card__pick, .card__act";
const UNREACHED = `:is(${REACHED}):not([tabindex])`; // as the server sends them

let held = null; // the id of the card that has the focus, or had it last
let around = []; // the ids of the others, the nearest first, as they were before a swap

const cards = () => [...document.querySelectorAll(`${WALL} .card`)];
const here = () => document.activeElement?.closest?.(`${WALL} .card`);

function setReach(card, isReached) {
  for (const element of card.querySelectorAll(REACHED)) element.tabIndex = isReached ? 0 : -1;
}

function take(card) {
  const wall = card.closest(WALL);
  for (const other of wall.querySelectorAll(".card[data-reached]")) {
    if (other === card) continue;
    delete other.dataset.reached;
    setReach(other, false);
  }
  card.dataset.reached = "";
  setReach(card, true);
}

function go(card) {
  if (!card) return;
  take(card);
  const link = card.querySelector(OPEN) ?? card.querySelector(ACT);
  link.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", behavior: "instant" });
}

function beside(step) {
  const all = cards();
  return all[all.indexOf(here()) + step];
}

const middle = ({ left, width }) => left + width / 2;

function rowed(direction) {
  const from = here().getBoundingClientRect();
  const isBeyond = ({ top }) => (direction > 0 ? top > from.top + 1 : top < from.top - 1);
  const boxes = cards()
    .map((card) => ({ card, box: card.getBoundingClientRect() }))
    .filter(({ box }) => isBeyond(box));
  if (!boxes.length) return null;
  const tops = boxes.map(({ box }) => box.top);
  const row = direction > 0 ? Math.min(...tops) : Math.max(...tops);
  const away = ({ box }) => Math.abs(middle(box) - middle(from));
  const inRow = boxes.filter(({ box }) => Math.abs(box.top - row) < 2);
  return inRow.reduce((best, one) => (away(one) < away(best) ? one : best)).card;
}

/** Arrows begin at the first card when none has the focus, but only from the page itself. */
function move(target) {
  return () => {
    if (!here()) {
      const active = document.activeElement;
      if (active && active !== document.body && active.id !== "main") return false;
      const first = document.querySelector(`${WALL} .card[data-reached]`) ?? cards()[0];
      if (!first) return false;
      go(first);
      return true;
    }
    go(target());
    return true;
  };
}

register("ArrowRight", move(() => beside(1)), { where: WALL });
register("ArrowLeft", move(() => beside(-1)), { where: WALL });
register("ArrowDown", move(() => rowed(1)), { where: WALL });
register("ArrowUp", move(() => rowed(-1)), { where: WALL });
for (const [key, which] of [["Home", 0], ["End", -1]]) {
  register(key, () => (here() ? go(cards().at(which)) : false), { where: WALL });
}

document.addEventListener("focusin", ({ target }) => {
  const card = target.closest?.(`${WALL} .card`);
  held = card?.id ?? null;
  if (card && !("reached" in card.dataset)) take(card);
});

// Where the focus was, and where it goes when that card is not there any more.
document.addEventListener("htmx:before:swap", () => {
  const all = here() ? cards().map(({ id }) => id) : [];
  const at = all.indexOf(held);
  around = [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0)).reverse()];
});

// A card that is replaced while it has the focus keeps it; one that goes leaves it to the next.
document.addEventListener("htmx:after:swap", () => {
  cards().filter((card) => card.querySelector(UNREACHED)).forEach(arrange);
  if (!held || document.activeElement !== document.body) return;
  const card = [held, ...around].map((id) => document.getElementById(id)).find(Boolean);
  if (card) go(card);
});

// The first card of a wall is the one that Tab reaches.
function arrange(card) {
  const isFirst = !card.closest(WALL).querySelector(".card[data-reached]");
  if (isFirst) take(card);
  else setReach(card, "reached" in card.dataset);
}

onPresence(`${WALL} .card`, arrange);

// Choosing in a filter's menu by its form closes it, as choosing a link does.
document.addEventListener("click", ({ target }) => {
  target.closest?.("[data-closes-menu]")?.closest("[popover]")?.hidePopover();
});

// A wall that came anew begins at its top, wherever one had scrolled in the old one.
document.addEventListener("htmx:after:swap", () => {
  const wall = document.querySelector(`${WALL}[data-anew]`);
  if (!wall) return;
  delete wall.dataset.anew;
  if (wall.getBoundingClientRect().top < 0) window.scrollTo({ top: 0, behavior: "instant" });
});
