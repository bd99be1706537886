// What the open lightbox shows: a post's picture on the stage, its facts beside it. First what
// the card knows (draft), then the server's fragment (fill), and any of its pictures (select);
// or why there is none (tellFailed, tellGone).

import { announce } from "./announce.js";
import { pauseClips } from "./clip.js";
import { parse } from "./lightbox-fragments.js";
import { resetZoom } from "./lightbox-zoom.js";

const dialog = () => document.getElementById("lightbox");
const part = (name) => dialog().querySelector(`[data-lb-${name}]`);
const textOf = (card, selector) => card?.querySelector(selector)?.textContent.trim() ?? "";

function put(content) {
  const hadFocus = part("side").contains(document.activeElement);
  const wasUnfolded = Boolean(part("side").querySelector("details[open]"));
  const side = content.querySelector("[data-lb-side]");
  part("pic").replaceChildren(content.querySelector("[data-lb-pictures]"));
  part("side").replaceWith(side);
  side.querySelectorAll("details").forEach((details) => {
    details.open = wasUnfolded;
  });
  window.htmx?.process(side);
  if (hadFocus) focusPicture();
}

// The stage takes the shape and the hue of its picture.
function dress(figure) {
  const stage = part("stage");
  stage.style.setProperty("--ar", figure.style.getPropertyValue("--ar") || "1");
  if (figure.dataset.hue) stage.style.setProperty("--hue", figure.dataset.hue);
}

/** Where the focus is when nothing else has it. */
export function focusPicture() {
  part("pic").focus();
}

/** Show what a post's card knows of it: nearly everything that one looks at. */
export function draft(card) {
  const content = part("draft").content.cloneNode(true);
  const figure = content.querySelector("figure");
  const frame = card?.querySelector(".card__pic > .frame");
  const image = frame?.querySelector("img");
  for (const name of ["--ar", "--lq"]) {
    const value = frame?.style.getPropertyValue(name);
    if (value) figure.style.setProperty(name, value);
  }
  if (image) figure.style.setProperty("--w", image.getAttribute("width"));
  else figure.replaceChildren(...(frame ? [frame.cloneNode(true)] : []));
  content.querySelector("[data-lb-draft-model]").textContent = textOf(card, ".card__meta .meta");
  content.querySelector("[data-lb-draft-text]").textContent = textOf(card, ".card__open");
  put(content);
  if (image) {
    // In the document a picture that the wall has is there at once; in a template it is not.
    const under = figure.querySelector("img");
    under.alt = image.alt;
    under.src = image.currentSrc || image.getAttribute("src");
  }
  part("counter").textContent = "";
  dress(figure);
  resetZoom();
}

/** Show a post's fragment. */
export function fill(html) {
  const drafted = part("pic").querySelector("[data-lb-pictures]:not([data-post]) .lb__under[src]");
  put(parse(html));
  // The copy that is on the screen stays there until the larger one is.
  if (drafted) {
    drafted.alt = "";
    part("pic").querySelector("figure:not([hidden]) .lb__under")?.replaceWith(drafted);
  }
  return select(Number(part("pictures").dataset.current) || null);
}

/** Bring one of the post's pictures to the front. Returns its number, null without pictures. */
export function select(number) {
  const pictures = part("pictures");
  const figures = [...pictures.querySelectorAll("[data-output]")];
  const figure = figures.find((each) => Number(each.dataset.output) === number);
  if (!figure && figures.length) return Number(pictures.dataset.current);
  for (const each of dialog().querySelectorAll("[data-output]")) {
    each.hidden = Number(each.dataset.output) !== number;
  }
  pauseClips(dialog()); // what came to the back
  for (const button of dialog().querySelectorAll("[data-lb-show]")) {
    button.setAttribute("aria-pressed", Number(button.dataset.lbShow) === number);
  }
  if (figure) {
    pictures.dataset.current = number;
    for (const image of figure.querySelectorAll("img")) image.loading = "eager";
    for (const link of ["download", "refine", "animate"].map(part).filter(Boolean)) {
      for (const name of ["href", "hx-get"]) {
        const address = link.getAttribute(name);
        if (address) link.setAttribute(name, address.replace(/\bimg=\d+/, `img=${number}`));
      }
    }
  }
  dress(figure ?? pictures.querySelector("figure"));
  part("counter").textContent = figures.length > 1 ? `${number} / ${figures.length}` : "";
  const said = [pictures.dataset.title, figure?.dataset.label];
  announce(said.filter(Boolean).join(". "));
  resetZoom();
  return number;
}

/** The number of the picture in front; null without pictures. */
export function numberInFront() {
  return Number(part("pictures")?.dataset.current) || null;
}

/** The clip in front; null when that is a picture. */
export function clipInFront() {
  return part("pictures")?.querySelector("figure:not([hidden]) video") ?? null;
}

/** Whether more pictures of the post that is shown will come. */
export function isUnfinished() {
  return part("pictures")?.hasAttribute("data-unfinished") ?? false;
}

/** Under the draft: why there is no more of it, and a button to ask again. */
export function tellFailed(reason) {
  const content = part("failed").content.cloneNode(true);
  content.querySelector("[data-lb-reason]").textContent = reason;
  part("side").removeAttribute("aria-busy");
  part("side").querySelector(".side__body").append(content);
  announce(reason);
}

/** There is no such post any more. */
export function tellGone() {
  put(part("gone").content.cloneNode(true));
  part("counter").textContent = "";
  dress(part("pictures").querySelector("figure"));
  resetZoom();
  announce(dialog().dataset.textGone);
}

/** Arrows that lead nowhere are off; they must not take the focus with them. */
export function showArrows(canMove) {
  for (const button of dialog().querySelectorAll("[data-lb-step]")) {
    const hadFocus = button === document.activeElement;
    button.disabled = !canMove(Number(button.dataset.lbStep));
    if (button.disabled && hadFocus) focusPicture();
  }
}
