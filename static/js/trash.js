// Deleting by key, undoing while the message lives, questions that are sent once, and what happens
// elsewhere while the page of the trash is open.

import { register } from "./keys.js";
import { dismiss } from "./toast.js";

const NEWS_EVERY = 15_000;
const PROGRESS_EVERY = 2000;
const AT_MOST_EVERY = 1000;
const MOST = 300;
const TEXT_FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

// --- keys --------------------------------------------------------------------------------------

const isShown = (element) => element?.checkVisibility();

/** What Del means here: the chosen posts, the post of the card, the post that the page is of. */
function buttonHere() {
  const active = document.activeElement;
  const dialog = [...document.querySelectorAll("dialog:modal")].at(-1);
  if (dialog) return dialog.querySelector("[data-trash]");
  if (document.querySelector("#wall .card__pick:checked")) {
    return document.querySelector("[data-batch-trash]");
  }
  const card = active?.closest(".card");
  if (card) return card.querySelector("[data-trash]");
  return [...document.querySelectorAll("[data-trash]:not(.card *, dialog *)")].find(isShown);
}

function trashHere() {
  if (document.activeElement?.matches(TEXT_FIELDS)) return false;
  const button = buttonHere();
  if (!button) return false;
  button.click();
}

for (const key of ["Delete", "Backspace"]) {
  register(key, trashHere, { where: "[data-trash], [data-batch-trash]", inFields: true });
}

function undo() {
  const form = [...document.querySelectorAll(".toast:not(.toast--leaving) [data-undo]")].at(-1);
  if (!form) return false;
  form.requestSubmit();
}

register("z", undo, { where: "[data-undo]" });

// The message has had its say, however the undoing ends.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const toast = ctx.sourceElement?.closest?.("[data-undo]")?.closest(".toast");
  if (toast && ctx.response?.status === 200) dismiss(toast);
});

// --- questions ---------------------------------------------------------------------------------

const ONCE = "[data-once]";

function mark(form, isSent) {
  form.toggleAttribute("data-sent", isSent);
  const buttons = [...form.elements].filter(({ type }) => type === "submit");
  for (const button of buttons) button.ariaDisabled = isSent || null;
}

// Sent once: also when the key is held, and while a plain form is on its way.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches(ONCE)) return;
    if (form.hasAttribute("data-sent")) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else {
      mark(form, true);
    }
  },
  true,
);
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll(ONCE)) mark(form, false);
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement?.closest?.(ONCE);
  if (form) mark(form, false);
});

// Before what was asked about is taken away: the focus first goes back to where it came from.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const dialog = ctx.sourceElement?.closest?.("dialog.question");
  if (dialog && ctx.response?.status < 500) dialog.close();
});

// --- the page of the trash ---------------------------------------------------------------------

let askedAt = performance.now();
let isAsking = false;
let seen = "";

const wall = () => document.querySelector("[data-trash-news]");
const emptying = () => document.querySelector("[data-emptying]");

function address() {
  const cards = [...document.querySelectorAll("#cards > .card")].slice(0, MOST);
  const url = new URL(wall().dataset.trashNews, location.href);
  if (cards.length) {
    url.searchParams.set("newest", cards[0].dataset.cursor);
    url.searchParams.set("shown", cards.map((card) => card.dataset.post).join());
  }
  return url;
}

/** The fragment at an address; nothing if it says nothing new, or one was signed out meanwhile. */
async function fetched(url, known = "") {
  const response = await fetch(url, { headers: { "HX-Request": "true", "If-None-Match": known } });
  if (response.status !== 200 || response.redirected) return {};
  return { text: await response.text(), tag: response.headers.get("ETag") };
}

async function ask() {
  if (isAsking || document.hidden || !wall()) return;
  isAsking = true;
  askedAt = performance.now();
  try {
    const bar = emptying();
    const { text: progress } = bar ? await fetched(bar.dataset.emptying) : {};
    if (progress) {
      await htmx.swap({ text: progress, target: bar, sourceElement: bar, swap: "outerMorph" });
    }
    const { text, tag } = await fetched(address(), seen);
    if (!text) return;
    seen = tag;
    await htmx.swap({ text, target: document.body, sourceElement: document.body, swap: "none" });
  } catch {
    // No connection: it is asked again.
  } finally {
    isAsking = false;
  }
}

function isDue() {
  const every = emptying() ? PROGRESS_EVERY : NEWS_EVERY;
  return performance.now() - askedAt >= every;
}

function askNow() {
  if (performance.now() - askedAt >= AT_MOST_EVERY) ask();
}

setInterval(() => isDue() && ask(), AT_MOST_EVERY);
document.addEventListener("visibilitychange", askNow);
window.addEventListener("focus", askNow);
document.addEventListener("cards-changed", () => {
  if (!document.querySelector("#cards > .card")) ask();
});
