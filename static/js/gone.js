// Posts that leave the page, and come back. The server names them: <i data-gone="5,6">, or in the
// message that offers to undo it. Cards stand in the order of their ids, so each has one place.

import { onPresence } from "./arrivals.js";
import { passOver, showGone, welcome } from "./lightbox.js";
import { cardOnPage, comesBefore } from "./lightbox-wall.js";

const SHOWN = ":is(.card, .conv, .proj__sheet > .frame, .kin > li, .storage__largest > li)[data-post]";
const kept = new Map(); // id: its card, until it is forgotten with the page

const wall = () => document.getElementById("wall");
const idsOf = (text) => text.split(",").filter(Boolean);
const linkOf = (card) => card?.querySelector(".card__open, .card__act");

// Nothing is left, or there is a first one again: the server says what a wall then shows.
function askForWall() {
  if (wall()?.querySelector("[data-news]")) {
    htmx.ajax("GET", location.href, { target: wall(), swap: "outerHTML" });
  }
}

function lookWhetherEmpty() {
  const list = document.getElementById("cards");
  if (list && !document.querySelector("#cards > .card, #sentinel a[hx-get]")) askForWall();
  const talks = document.getElementById("conversation-rows");
  if (talks && !document.querySelector("#conversation-rows > .conv, #conversation-rows-end a[hx-get]")) {
    talks.removeAttribute("id"); // asked once
    const first = new URL(location.href);
    first.searchParams.delete("before");
    htmx.ajax("GET", first.href, { target: "#conversations", swap: "outerHTML" });
  }
}

// The focus goes to the next card, at the end to the one before.
function nextTo(cards) {
  const all = [...document.querySelectorAll(":is(#talks, #cards) > .card, #conversation-rows > .conv")];
  const leaving = new Set(cards);
  const from = all.findIndex((card) => card.contains(document.activeElement));
  if (from < 0 || !leaving.has(all[from])) return null;
  const stays = (card) => !leaving.has(card);
  const next = all.slice(from).find(stays) ?? all.slice(0, from).findLast(stays);
  return linkOf(next) ?? document.getElementById("main");
}

/** Take these posts off the page. */
export function takeAway(ids) {
  const leaving = new Set(ids);
  const shown = [...document.querySelectorAll(SHOWN)].filter(({ dataset }) => leaving.has(dataset.post));
  const focus = nextTo(shown);
  for (const element of shown) {
    if (element.matches("#cards > .card")) kept.set(element.dataset.post, element);
    element.remove();
  }
  focus?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("cards-changed"));
  lookWhetherEmpty();
}

/** Put the cards back that were taken away, each in its place; the answer brings them anew. */
export function putBack(ids) {
  const list = document.getElementById("cards");
  if (!list) {
    askForWall();
    return;
  }
  for (const id of ids) {
    const card = kept.get(id);
    if (!card || cardOnPage(id)) continue;
    const following = [...list.children].find((other) => comesBefore(id, other.dataset.post));
    list.insertBefore(card, following ?? null);
    kept.delete(id);
  }
  if (document.activeElement === document.body) linkOf(cardOnPage(ids[0]))?.focus();
}

// What was behind the last page of cards may be gone as well.
document.addEventListener("htmx:after:swap", lookWhetherEmpty);

onPresence("[data-gone]", (element) => {
  const ids = idsOf(element.dataset.gone);
  const isOurs = Boolean(element.dataset.by);
  element.remove();
  (isOurs ? passOver(ids) : showGone(ids)).then(() => takeAway(ids));
});

// Before the answer is swapped in, which brings the cards as they are now.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement?.closest?.("[data-undo]");
  if (!form || ctx.response?.status !== 200) return;
  const ids = idsOf(form.elements.posts.value);
  putBack(ids);
  welcome(ids);
});
