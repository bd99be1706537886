// A picture whose file is not there: its box shows a tile in its place and keeps its size. The
// <img> stays, with its words for those who hear the page.

const BOX = ".frame, .print";
const SVG = "http://www.w3.org/2000/svg";

const isMissing = (image) => image.complete && image.naturalWidth === 0 && image.currentSrc !== "";

function draw() {
  const tile = document.createElement("span");
  tile.className = "missing";
  tile.setAttribute("aria-hidden", "true");
  const known = document.querySelector("svg.ic > use")?.getAttribute("href");
  if (known) {
    const icon = document.createElementNS(SVG, "svg");
    icon.setAttribute("class", "ic");
    const use = document.createElementNS(SVG, "use");
    use.setAttribute("href", known.replace(/#.*/, "#i-image-off"));
    icon.append(use);
    tile.append(icon);
  }
  const words = document.createElement("span");
  words.textContent = document.body.dataset.textMissing ?? "";
  tile.append(words);
  return tile;
}

// Where two copies lie above each other, the upper one is the picture.
const isPicture = (image, box) => image === [...(box?.querySelectorAll("img") ?? [])].at(-1);

function mark(image) {
  const box = image.closest(BOX);
  if (!isPicture(image, box) || box.querySelector(".missing")) return;
  box.dataset.missing = "";
  box.append(draw());
}

function unmark(image) {
  const box = image.closest("[data-missing]");
  if (!isPicture(image, box)) return;
  delete box.dataset.missing;
  box.querySelector(".missing")?.remove();
}

const look = () => [...document.images].filter(isMissing).forEach(mark);

// Neither event bubbles, but both are captured.
document.addEventListener("error", ({ target }) => target instanceof HTMLImageElement && mark(target), true);
document.addEventListener("load", ({ target }) => target instanceof HTMLImageElement && unmark(target), true);
document.addEventListener("htmx:after:swap", look); // a morph takes the tile away
look(); // what failed before this module was there
