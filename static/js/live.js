// When the live stream is away for four seconds: say so, and ask for the fragment every three
// seconds until the stream is back. The server's fragment is the same either way.

const SAY_AFTER = 4000;
const ASK_EVERY = 3000;
let away = null;

function stop() {
  if (!away) return;
  clearTimeout(away.say);
  clearInterval(away.ask);
  document.querySelector("[data-away]")?.remove();
  away = null;
}

function say(element) {
  const chip = document.createElement("span");
  chip.className = "badge badge--warn";
  chip.dataset.away = "";
  chip.setAttribute("role", "status");
  chip.textContent = element.dataset.textAway;
  (element.querySelector(".results__head") ?? element).append(chip);
}

function ask(element) {
  if (document.hidden || !element.isConnected || !element.dataset.results) return;
  htmx.ajax("GET", element.dataset.results, { target: element, swap: "outerMorph" }).catch(() => {});
}

document.addEventListener("htmx:sse:error", (event) => {
  const element = event.target;
  if (away || !element.dataset?.textAway) return;
  away = {
    say: setTimeout(() => {
      say(element);
      away.ask = setInterval(() => ask(element), ASK_EVERY);
    }, SAY_AFTER),
  };
});
document.addEventListener("htmx:sse:after:connection", stop);
document.addEventListener("htmx:sse:close", stop);
