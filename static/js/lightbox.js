// A card's picture, large, above the wall: <a data-lightbox> in a card opens <dialog id="lightbox">.
// It opens at once with what the card knows and is filled from /posts/<id>/lightbox/. The address
// says what is shown, ?view=<post>&img=<n>: opening adds to the history, moving does not, Back
// closes. Where a page has no such dialog, and without JavaScript, the link leads to the post.

import { pauseClips, togglePlay } from "./clip.js";
import { openDialog } from "./dialog.js";
import { register } from "./keys.js";
import { forget, load, preload } from "./lightbox-fragments.js";
import {
  clipInFront,
  draft,
  fill,
  isUnfinished,
  numberInFront,
  select,
  showArrows,
  tellFailed,
  tellGone,
} from "./lightbox-view.js";
import { cardOnPage, rowOf, wallAddress } from "./lightbox-wall.js";
import { toast } from "./toast.js";

const HERE = ".lb[open]";
const WAITS = 1000; // milliseconds for the browser to go back
const ASK_EVERY = 3000; // milliseconds, while pictures are being made
const onIdle = window.requestIdleCallback ?? ((callback) => setTimeout(callback, WAITS));

let row = null; // the posts to move through; null while closed
let post = null; // the id of the one that is shown
let turn = 0; // counts what is shown, so that a late answer knows that it is late
let isLeaving = false; // the browser is on its way back
let shownWall = wallAddress().href;

const dialog = () => document.getElementById("lightbox");

// --- the address -------------------------------------------------------------------------------

function viewed() {
  const parameters = new URLSearchParams(location.search);
  const [view, img] = [parameters.get("view") ?? "", parameters.get("img") ?? ""];
  if (!/^[1-9]\d{0,18}$/.test(view)) return null;
  return { id: view, number: /^[1-9]\d{0,2}$/.test(img) ? img : null };
}

function addressOf(id, number) {
  const url = wallAddress();
  url.searchParams.set("view", id);
  if (number) url.searchParams.set("img", number);
  return url.href;
}

function rewrite(number) {
  const address = addressOf(post, number);
  if (address !== location.href) history.replaceState(history.state, "", address);
  dialog().querySelector("[data-lb-link]").dataset.copy = address;
}

// --- moving ------------------------------------------------------------------------------------

async function show(id, { number = null, card = null } = {}) {
  const mine = ++turn;
  const isCurrent = () => mine === turn && row;
  post = id;
  const entry = load(id, number);
  const before = entry.text;
  if (before) {
    rewrite(fill(before));
  } else {
    draft(card);
    rewrite(number);
  }
  const arrows = () => isCurrent() && showArrows((step) => row.canMove(post, step));
  arrows();
  let reason = "";
  const html = await entry.html.catch((error) => {
    reason = wordsFor(error);
  });
  if (!isCurrent()) return;
  if (html === null) tellGone();
  else if (html && html !== before) rewrite(fill(html));
  else if (reason && before) toast({ message: reason, level: "error" });
  else if (reason) tellFailed(reason);
  onIdle(async () => {
    for (const step of [1, -1]) {
      const next = isCurrent() && (await row.reach(post, step).catch(() => null));
      arrows();
      if (next) preload(next.dataset.post);
    }
  });
  follow(isCurrent, html);
}

function wordsFor(error) {
  const { textError, textOffline } = document.body.dataset;
  return error instanceof TypeError ? textOffline : textError; // fetch throws those
}

// While pictures are being made: ask again, and show what has come.
async function follow(isCurrent, shown) {
  while (isCurrent() && isUnfinished()) {
    await new Promise((done) => setTimeout(done, ASK_EVERY));
    if (!isCurrent() || document.hidden) continue;
    const entry = load(post, numberInFront(), { anew: true });
    const html = await entry.html.catch(() => undefined);
    if (!isCurrent() || html === undefined || html === shown) continue;
    shown = html;
    if (html) rewrite(fill(html));
    else tellGone();
  }
}

async function move(step) {
  const from = post;
  try {
    const card = row.beside(post, step) ?? (await row.reach(post, step));
    if (card && row && post === from) show(card.dataset.post, { card });
  } catch (error) {
    if (row) toast({ message: wordsFor(error), level: "error" });
  }
}

function jump(at) {
  const card = row.end(at);
  if (card && card.dataset.post !== post) show(card.dataset.post, { card });
}

// With the focus on the stage; false leaves the key to others.
function playOrStop({ target }) {
  const clip = target.closest("[data-lb-pic]") && clipInFront();
  if (!clip) return false;
  togglePlay(clip);
  return true;
}

function turnTo(number) {
  rewrite(select(number));
}

// --- what leaves the wall ----------------------------------------------------------------------

/** These posts go to the trash: on to the next one, after the last one back to the wall. */
export async function passOver(ids) {
  if (!row) return;
  const from = post;
  if (ids.includes(from)) {
    const next = row.beside(from, 1) ?? (await row.reach(from, 1).catch(() => null));
    if (!row || post !== from) return;
    if (next) show(next.dataset.post, { card: next });
    else leave();
  }
  row?.drop(ids);
}

/** These posts were taken away elsewhere. */
export async function showGone(ids) {
  if (!row || !ids.includes(post)) return;
  turn += 1; // an answer on its way is too late
  tellGone();
}

/** These posts are back. */
export function welcome(ids) {
  forget(); // their pictures may have other addresses now
  row?.putBack(ids);
  if (row && ids.length === 1) show(ids[0], { card: row.card(ids[0]) });
}

// --- opening and closing -----------------------------------------------------------------------

function open(id, options, opener) {
  row = rowOf(id);
  openDialog(dialog(), opener);
  show(id, options);
}

function openCard(card, opener) {
  history.scrollRestoration = "manual"; // back at the wall, the focus says where one is
  history.pushState({ lightbox: true }, "", addressOf(card.dataset.post));
  open(card.dataset.post, { card }, opener);
}

// The address names a post. Unless it is on the page, only the server knows whether there is one
// and it is ours.
async function openViewed() {
  const wanted = dialog() && viewed();
  if (!wanted) return;
  const card = cardOnPage(wanted.id);
  const html = card ?? (await load(wanted.id, wanted.number).html.catch(() => undefined));
  if (row || viewed()?.id !== wanted.id) return;
  if (html !== null) {
    open(wanted.id, { ...wanted, card });
  } else {
    history.replaceState(null, "", wallAddress());
    toast({ message: dialog().dataset.textGone });
  }
}

function finish() {
  const link = cardOnPage(post)?.querySelector("[data-lightbox]");
  row = null;
  isLeaving = false;
  pauseClips(dialog());
  dialog().close();
  forget();
  // Never nothing: the browser would reset the focus after going back.
  document.activeElement?.blur();
  (link ?? document.getElementById("main")).focus();
  history.scrollRestoration = "auto";
}

function stayAndFinish() {
  history.replaceState(null, "", wallAddress());
  finish();
}

function leave() {
  if (isLeaving) return;
  if (!history.state?.lightbox) {
    stayAndFinish();
    return;
  }
  isLeaving = true;
  history.back();
  setTimeout(() => isLeaving && stayAndFinish(), WAITS);
}

window.addEventListener("popstate", () => {
  const wanted = viewed();
  if (row && !wanted) finish();
  else if (row && wanted.id !== post) show(wanted.id, wanted);
  else if (!row) openViewed();
});

// htmx would load the page again for an entry of its own; here only the lightbox came or went.
document.addEventListener("htmx:before:history:restore", (event) => {
  if (wallAddress().href === shownWall) event.preventDefault();
});
document.addEventListener("htmx:after:history:update", () => {
  shownWall = wallAddress().href;
});

// --- what one does -----------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-lightbox]");
  const card = link?.closest("[data-post]");
  if (!card || !dialog() || event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.closest(".is-selecting")) return;
  event.preventDefault();
  if (!row) openCard(card, link);
});

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest(selector);
  if (!row) return;
  if (on("[data-lb-close]")) leave();
  else if (on("[data-lb-step]")) move(Number(on("[data-lb-step]").dataset.lbStep));
  else if (on("[data-lb-again]")) show(post, { card: row.card(post) });
  else if (on("[data-lb-show]")) turnTo(Number(on("[data-lb-show]").dataset.lbShow));
  else if (on("[data-lb-details]")) {
    const isHidden = dialog().classList.toggle("lb--bare");
    on("[data-lb-details]").setAttribute("aria-expanded", !isHidden);
  }
});

document.addEventListener("lightbox-swipe", ({ detail: step }) => move(step));
// Closed by the browser itself, by a gesture for example.
document.addEventListener(
  "close",
  ({ target }) => row && target === dialog() && !target.open && leave(),
  true,
);

register("ArrowLeft", () => void move(-1), { where: HERE });
register("ArrowRight", () => void move(1), { where: HERE });
register(" ", playOrStop, { where: HERE });
register("Home", () => jump(0), { where: HERE });
register("End", () => jump(-1), { where: HERE });
register("Escape", leave, { where: HERE });
for (let number = 1; number <= 9; number += 1) {
  register(String(number), () => turnTo(number), { where: HERE });
}

openViewed();
