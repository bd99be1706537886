// A picture that arrives while one looks on "develops": blurred and pale, then there. For
// <img data-develop>, once each. Not a class: a morph of the fragment would take that away.

import { onArrival } from "./arrivals.js";

const KEYFRAMES = {
  opacity: [0, 1],
  filter: ["blur(22px) saturate(.3) brightness(1.15)", "none"],
  scale: ["1.03", "1"],
};
const TIMING = { duration: 700, easing: "cubic-bezier(.2, .8, .2, 1)" };
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const known = new Set([...document.images].map((image) => image.src));

async function develop(image) {
  if (known.has(image.src)) return;
  known.add(image.src);
  if (stillness.matches) return;
  await image.decode().catch(() => {});
  if (image.isConnected && image.naturalWidth) image.animate(KEYFRAMES, TIMING);
}

onArrival("img[data-develop]", develop);
