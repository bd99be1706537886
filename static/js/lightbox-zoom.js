// The lightbox's picture: zoom, drag when zoomed, swipe and pinch. A zoomed picture is a larger
// box in a scroll container, so keys and scroll bars work as everywhere. A clip can only be swiped:
// its frame names no width to zoom to.

import { onPresence } from "./arrivals.js";
import { register } from "./keys.js";

const STEP = 1.5;
const MOST = 4; // times the size that fits, or the picture's own pixels twice
const NUDGE = 80; // pixels
const CLICK = 5; // pixels that a hand may move in a click
const SWIPE = 48;
const DOUBLE_TAP = 350; // milliseconds
const LINE = 33; // pixels, where a wheel counts lines
const CONTROLS = 88; // pixels at the lower edge of a clip, where its player has its own
const HERE = ".lb[open]";

let zoom = 1;

const area = () => document.querySelector("[data-lb-pic]");
const frameOf = (pic) => pic.querySelector(".lb__frame:not([hidden])");
const middle = (pic) => {
  const { left, top, width, height } = pic.getBoundingClientRect();
  return [left + width / 2, top + height / 2];
};

function report(pic) {
  const frame = frameOf(pic);
  const percent = document.querySelector("[data-lb-percent]");
  const natural = Number(frame?.dataset.width);
  const share = natural ? frame.getBoundingClientRect().width / natural : 0;
  percent.textContent = share
    ? share.toLocaleString(document.documentElement.lang, { style: "percent" })
    : "";
  for (const button of document.querySelectorAll("[data-lb-zoom]")) {
    const isIn = button.dataset.lbZoom === "in";
    button.setAttribute("aria-disabled", !natural || (isIn ? zoom >= most(pic) : zoom <= 1));
  }
}

// How many times the fitting size the picture has in its own pixels.
function naturalZoom(pic) {
  const frame = frameOf(pic);
  return (Number(frame.dataset.width) * zoom) / frame.getBoundingClientRect().width;
}

const most = (pic) => Math.max(MOST, 2 * naturalZoom(pic));

/** Zoom to so many times the fitting size; what is at x and y stays there. */
function zoomTo(next, [x, y] = middle(area())) {
  const pic = area();
  const frame = frameOf(pic);
  if (!frame?.dataset.width) return;
  const wanted = Math.min(Math.max(next, 1), most(pic));
  const before = frame.getBoundingClientRect();
  const [across, down] = [(x - before.left) / before.width, (y - before.top) / before.height];
  // On a phone the box is as high as the picture; it must not grow with it.
  pic.style.blockSize = wanted > 1 ? `${pic.offsetHeight}px` : "";
  zoom = wanted;
  frame.style.setProperty("--zoom", zoom);
  pic.toggleAttribute("data-zoomed", zoom > 1);
  pic.tabIndex = zoom > 1 ? 0 : -1;
  const after = frame.getBoundingClientRect();
  pic.scrollBy(after.left + across * after.width - x, after.top + down * after.height - y);
  const image = frame.querySelector(".lb__img");
  if (zoom > 1) image.sizes = `${Math.round(after.width)}px`;
  report(pic);
}

/** Back to the size that fits; another picture begins like that. */
export function resetZoom() {
  const pic = area();
  zoom = 1;
  pic.style.blockSize = "";
  pic.removeAttribute("data-zoomed");
  pic.tabIndex = -1;
  pic.querySelectorAll(".lb__frame").forEach((frame) => frame.style.removeProperty("--zoom"));
  report(pic);
}

function toggle(point) {
  if (zoom > 1) return zoomTo(1);
  const own = naturalZoom(area());
  return zoomTo(own > 1.15 ? own : 2, point);
}

register("z", () => toggle(), { where: HERE });
register("=", () => zoomTo(zoom * STEP), { where: HERE }); // the + key without Shift
for (const [key, across, down] of [
  ["Shift+ArrowLeft", -1, 0],
  ["Shift+ArrowRight", 1, 0],
  ["ArrowUp", 0, -1],
  ["ArrowDown", 0, 1],
]) {
  const pan = () => (zoom > 1 ? area().scrollBy(across * NUDGE, down * NUDGE) : false);
  register(key, pan, { where: HERE });
}

document.addEventListener("click", (event) => {
  const way = event.target.closest("[data-lb-zoom]")?.dataset.lbZoom;
  if (way === "in") zoomTo(zoom * STEP);
  else if (way === "out") zoomTo(zoom / STEP);
  else if (way) zoomTo(1);
});

// --- pointers ----------------------------------------------------------------------------------

function attach(pic) {
  const touches = new Map();
  let drag = null;
  let pinch = null;
  let tappedAt = -Infinity;

  const spread = () => {
    const [a, b] = touches.values();
    return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  };
  const between = () => {
    const [a, b] = touches.values();
    return [(a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2];
  };

  const isOnControls = ({ target, clientY }) =>
    target.matches("video") && target.getBoundingClientRect().bottom - clientY < CONTROLS;

  pic.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || isOnControls(event)) return;
    if (event.pointerType === "touch") touches.set(event.pointerId, event);
    if (touches.size === 2) {
      pinch = { zoom, spread: spread() };
      drag = null;
    } else if (touches.size < 2) {
      const { clientX: x, clientY: y } = event;
      drag = { x, y, lastX: x, lastY: y, moved: false, pans: zoom > 1 };
    }
  });

  pic.addEventListener("pointermove", (event) => {
    if (touches.has(event.pointerId)) touches.set(event.pointerId, event);
    if (pinch && touches.size === 2) {
      zoomTo((pinch.zoom * spread()) / pinch.spread, between());
    } else if (drag) {
      const { clientX: x, clientY: y } = event;
      drag.moved ||= Math.hypot(x - drag.x, y - drag.y) > CLICK;
      if (drag.moved && drag.pans) {
        if (!pic.hasPointerCapture(event.pointerId)) pic.setPointerCapture(event.pointerId);
        pic.dataset.dragging = "";
        pic.scrollBy(drag.lastX - x, drag.lastY - y);
      }
      [drag.lastX, drag.lastY] = [x, y];
    }
  });

  const end = (event) => {
    touches.delete(event.pointerId);
    delete pic.dataset.dragging;
    const ended = drag;
    if (pinch) {
      pinch = touches.size ? pinch : null;
      drag = null;
    } else if (event.type === "pointerup" && ended && !ended.pans && event.pointerType === "touch") {
      const [across, down] = [event.clientX - ended.x, event.clientY - ended.y];
      if (Math.abs(across) > SWIPE && Math.abs(across) > 1.5 * Math.abs(down)) {
        const swipe = new CustomEvent("lightbox-swipe", { bubbles: true, detail: -Math.sign(across) });
        // Later: the picture must still be there for the end of the touch.
        setTimeout(() => pic.dispatchEvent(swipe));
      }
    }
    setTimeout(() => {
      if (drag === ended) drag = null; // the click that follows still asks whether it was a drag
    });
  };
  pic.addEventListener("pointerup", end);
  pic.addEventListener("pointercancel", end);

  pic.addEventListener("click", (event) => {
    if (drag?.moved || !event.target.closest(".lb__frame")) return;
    const point = [event.clientX, event.clientY];
    if (event.pointerType === "touch") {
      const isDouble = event.timeStamp - tappedAt < DOUBLE_TAP;
      tappedAt = isDouble ? -Infinity : event.timeStamp;
      if (isDouble) toggle(point);
    } else if (event.detail === 1) {
      toggle(point); // the second click of a double click changes nothing
    }
  });

  // What we take as a swipe or a pinch must not be a scroll with a fling for the browser as well:
  // it would take the next tap for the end of that.
  const keep = (event) => {
    const isSideways = drag && Math.abs(drag.lastX - drag.x) > Math.abs(drag.lastY - drag.y);
    if (event.cancelable && (pinch || isSideways)) event.preventDefault();
  };
  pic.addEventListener("touchmove", keep, { passive: false });

  // A pinch on a touchpad comes as a wheel with Ctrl. Sideways, or with Shift, the wheel scrolls;
  // so it does where the facts are below the picture.
  const turn = (event) => {
    const { ctrlKey, shiftKey, deltaX, deltaY, deltaMode, clientX, clientY } = event;
    const { scrollHeight, clientHeight } = pic.closest(HERE);
    const scrolls = shiftKey || Math.abs(deltaX) > Math.abs(deltaY) || scrollHeight > clientHeight;
    if (scrolls && !ctrlKey) return;
    event.preventDefault();
    const turned = deltaY * (deltaMode ? LINE : 1);
    zoomTo(zoom * Math.exp(-turned / (ctrlKey ? 200 : 400)), [clientX, clientY]);
  };
  pic.addEventListener("wheel", turn, { passive: false });
  new ResizeObserver(() => pic.checkVisibility() && report(pic)).observe(pic);
}

onPresence("[data-lb-pic]", attach);
