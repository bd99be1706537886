// Choosing many posts of a wall. The choice is what is checked: [name=posts][form=batch] in the
// cards, sent by the form [data-batch]. Here is what makes it quick: ranges, keys, a mode in which
// a click chooses instead of opening, and a memory for cards that are swapped.

import { onArrival, onPresence } from "./arrivals.js";
import { register } from "./keys.js";

const BOX = "#wall .card__pick";
const TEXT_FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

let chosen = new Set(); // ids
let anchor = null; // the id that a range begins at
let isSelecting = false;

const form = () => document.querySelector("[data-batch]");
const boxes = () => [...document.querySelectorAll(BOX)];
const scope = () => form().elements.scope;
const isMatching = () => scope().value === "matching";
const linkOf = (id) => {
  const card = document.querySelector(`#wall .card[data-post="${id}"]`);
  return card?.querySelector(".card__open") ?? card?.querySelector(".card__act");
};
const hasMore = () => Boolean(document.querySelector("#sentinel a"));

function show() {
  const bar = form();
  if (!bar) return;
  const shown = new Set(boxes().map((box) => box.value));
  chosen = new Set([...chosen].filter((id) => shown.has(id)));
  const count = chosen.size;
  isSelecting ||= count > 0;
  document.body.classList.toggle("is-selecting", isSelecting);
  bar.classList.toggle("is-open", isSelecting);
  const { textNone, textOne, textMany, textMatching } = bar.dataset;
  const many = count === 1 ? textOne : textMany.replace("%n", count);
  const text = isMatching() ? textMatching : count ? many : textNone;
  const label = bar.querySelector("[data-batch-count]");
  if (label.textContent !== text) label.textContent = text;
  const areAllShown = shown.size > 0 && count === shown.size;
  bar.querySelector("[data-batch-all]").hidden = areAllShown;
  const matching = bar.querySelector("[data-batch-matching]");
  if (matching) matching.hidden = !areAllShown || !hasMore() || isMatching();
  for (const button of bar.querySelectorAll("[popovertarget], [data-batch-act]")) {
    button.disabled = count === 0;
  }
  for (const button of document.querySelectorAll("[data-select]")) {
    button.setAttribute("aria-pressed", isSelecting);
  }
}

function choose(box, isChosen) {
  box.checked = isChosen;
  if (isChosen) chosen.add(box.value);
  else chosen.delete(box.value);
}

/** Choose one, or with `extend` everything from the one before to this. */
function pick(box, isChosen, extend) {
  scope().value = "chosen";
  const all = boxes();
  const from = all.findIndex((other) => other.value === anchor);
  const to = all.indexOf(box);
  const range = extend && from >= 0 ? all.slice(Math.min(from, to), Math.max(from, to) + 1) : [box];
  for (const other of range) choose(other, isChosen);
  anchor = box.value;
  show();
}

function chooseAll() {
  isSelecting = true;
  for (const box of boxes()) choose(box, true);
  show();
}

function leave() {
  const from = form()?.contains(document.activeElement) && anchor;
  isSelecting = false;
  anchor = null;
  if (form()) scope().value = "chosen";
  for (const box of boxes()) choose(box, false);
  chosen.clear();
  show();
  // The bar goes with what had the focus.
  if (from !== false) (linkOf(from) ?? document.getElementById("main"))?.focus({ preventScroll: true });
}

// --- the pointer ---------------------------------------------------------------------------

// Capturing: in this mode a click on a card is not for the lightbox.
document.addEventListener(
  "click",
  (event) => {
    const card = event.target.closest?.("#wall .card");
    const box = card?.querySelector(".card__pick");
    if (!box || event.ctrlKey || event.metaKey) return;
    if (event.target === box) {
      pick(box, box.checked, event.shiftKey);
    } else if (isSelecting && event.target.closest(".card__open")) {
      event.preventDefault();
      event.stopPropagation();
      pick(box, !box.checked || event.shiftKey, event.shiftKey);
    }
  },
  true,
);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-select]")) {
    if (isSelecting) leave();
    else {
      isSelecting = true;
      show();
    }
  } else if (event.target.closest("[data-batch-all]")) {
    chooseAll();
  } else if (event.target.closest("[data-batch-matching]")) {
    scope().value = "matching";
    show();
    form().querySelector("[popovertarget]").focus();
  } else if (event.target.closest("[data-batch-clear]")) {
    leave();
  }
});

// A range is chosen with Shift, which would also mark the text between.
document.addEventListener("mousedown", (event) => {
  if (isSelecting && event.shiftKey && event.target.closest("#wall .card")) event.preventDefault();
});

// --- keys ----------------------------------------------------------------------------------

const isTyping = () => document.activeElement?.matches(TEXT_FIELDS);
const options = { where: "#wall .card__pick", inFields: true };

function toggleFocused(extend) {
  const box = document.activeElement?.closest("#wall .card")?.querySelector(".card__pick");
  if (!box || isTyping()) return false;
  pick(box, extend || !box.checked, extend);
}

register("x", () => toggleFocused(false), options);
register("X", () => toggleFocused(true), options);
register("Mod+a", () => (isTyping() ? false : chooseAll()), options);
register("Escape", () => {
  const closesAnother = document.querySelector(":popover-open");
  if (!isSelecting || isTyping() || closesAnother) return false;
  leave();
}, options);

// --- what comes and goes -------------------------------------------------------------------

onArrival(BOX, (box) => {
  // A browser may restore what was checked before the page was loaded again.
  if (box.checked || isMatching()) chosen.add(box.value);
  box.checked = chosen.has(box.value);
  queueMicrotask(show);
});
onPresence("[data-select]", (button) => {
  button.hidden = false;
  queueMicrotask(show);
});
document.addEventListener("htmx:after:swap", ({ detail }) => {
  // Other filters: what matches now is something else.
  if (detail?.ctx?.target?.id === "wall" && form() && isMatching()) scope().value = "chosen";
  show();
});
document.addEventListener("cards-changed", show);
window.addEventListener("pageshow", () => {
  for (const box of boxes()) if (box.checked) chosen.add(box.value);
  show();
});

// --- sending -------------------------------------------------------------------------------

// One field instead of hundreds, and the filters as they are now.
document.addEventListener("formdata", ({ target, formData }) => {
  if (!target.matches("[data-batch]")) return;
  const ids = formData.getAll("posts").join(",");
  formData.delete("posts");
  formData.append("posts", ids);
  if (target.elements.filters) formData.set("filters", location.search.slice(1));
});

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const isAnswered = ctx.sourceElement?.closest("[data-batch], [data-batch-answer]");
  if (isAnswered && ctx.response?.status < 400 && !ctx.text.includes("data-dialog-auto")) leave();
});
