// When the live stream is away for four seconds: say so, and ask for the fragment every three
// seconds until the stream is back. The server's fragment is the same either way.

const SAY_AFTER = 4000;
const ASK_EVERY = 3000;
const STREAM = "[data-text-away] [hx-sse\\:connect]"; // a finished fragment has none any more
let away = null;

const live = () => document.querySelector(STREAM)?.closest("[data-text-away]");

function start(element) {
  if (away || !element?.matches?.(STREAM)) return;
  away = {
    say: setTimeout(() => {
      say();
      away.ask = setInterval(ask, ASK_EVERY);
    }, SAY_AFTER),
  };
}

function stop() {
  if (!away) return;
  clearTimeout(away.say);
  clearInterval(away.ask);
  document.querySelector("[data-away]")?.remove();
  away = null;
}

function say() {
  const element = live();
  if (!element) {
    stop();
    return;
  }
  if (element.querySelector("[data-away]")) return;
  const chip = document.createElement("span");
  chip.className = "badge badge--warn";
  chip.dataset.away = "";
  chip.setAttribute("role", "status");
  chip.textContent = element.dataset.textAway;
  (element.querySelector(".results__head") ?? element).append(chip);
}

async function ask() {
  const element = live();
  if (!element) stop();
  if (document.hidden || !element?.dataset.results) return;
  await htmx
    .ajax("GET", element.dataset.results, { target: element, swap: "outerMorph" })
    .catch(() => {});
  if (away) say(); // the answer knows nothing of it
}

// The first connection of a stream is an ordinary request; what comes later is the extension's.
for (const type of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(type, ({ detail }) => start(detail.ctx?.sourceElement));
}
document.addEventListener("htmx:sse:error", (event) => start(event.target));
document.addEventListener("htmx:sse:after:connection", stop);
document.addEventListener("htmx:sse:close", stop);
// It may have failed before this module was there.
const loaded = document.querySelector(STREAM);
if (!loaded?._htmx?.sse) start(loaded);
