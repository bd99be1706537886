// Clips: <video data-clip>, of which one plays at a time. A browser ends one that leaves the page
// by itself; one that is only hidden is ended here.

import { announce } from "./announce.js";

const CLIP = "video[data-clip]";

/** Stop every clip in this element but the given one; each stays where it is. */
export function pauseClips(within = document, except = null) {
  for (const clip of within.querySelectorAll(CLIP)) {
    if (clip !== except) clip.pause();
  }
}

/** Play or stop a clip. */
export function togglePlay(clip) {
  // What cannot be played says so itself: see "error" below.
  if (clip.paused) clip.play().catch(() => {});
  else clip.pause();
}

function tellFailed(clip) {
  const words = clip.parentElement.querySelector("[data-clip-failed]");
  if (!words?.hidden) return;
  words.hidden = false;
  announce(words.querySelector("span").textContent);
}

// None of these events bubbles, but all are captured.
document.addEventListener("play", ({ target }) => target.matches(CLIP) && pauseClips(document, target), true);

// Not there, or in a form that this browser does not know: its last source says so, then the clip.
document.addEventListener(
  "error",
  ({ target }) => {
    const clip = target.closest?.(CLIP);
    if (clip) tellFailed(clip);
  },
  true,
);

document.addEventListener(
  "loadedmetadata",
  ({ target }) => {
    const words = target.matches(CLIP) && target.parentElement.querySelector("[data-clip-failed]");
    if (words) words.hidden = true;
  },
  true,
);
