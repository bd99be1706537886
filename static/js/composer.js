// The forms that ask for pictures or clips: what their models can do, counting letters, keys. Works on
// [data-composer]; everything is delegated, so it survives swaps of the form.

import { estimate } from "./estimate.js";
import { drawChips } from "./model-chips.js";

const LIMITED = { aspect_ratio: "ratios", resolution: "resolutions", seconds: "durations" };

const composerOf = (element) => element.closest("[data-composer]");
const chosenModels = (composer) => [...composer.querySelectorAll("[name=models]:checked")];

// --- what the chosen models can do ---------------------------------------------------------

// Null when nothing limits the choice: a model that names no values takes them all.
function intersect(models, key) {
  return models
    .filter((model) => model.dataset[key])
    .map((model) => new Set(model.dataset[key].split(" ")))
    .reduce((all, some) => (all ? new Set([...all].filter((value) => some.has(value))) : some), null);
}

function limitChoices(composer) {
  const models = chosenModels(composer);
  for (const [name, key] of Object.entries(LIMITED)) {
    const able = intersect(models, key);
    const radios = [...composer.querySelectorAll(`[name=${name}]`)];
    const fits = (radio) => able === null || able.has(radio.value);
    // A size or length that a model cannot make gives way; the shape is the person's choice and
    // stays.
    const chosen = radios.find((radio) => radio.checked);
    const other = radios.find(fits);
    if (name !== "aspect_ratio" && chosen && !fits(chosen) && other) other.checked = true;
    for (const radio of radios) radio.disabled = !fits(radio) && !radio.checked;
  }
}

// Said before it is sent: which of the chosen models will not use a field.
function nameUnsupported(composer) {
  for (const hint of composer.querySelectorAll("[data-unsupported]")) {
    const unable = chosenModels(composer).filter((model) => !(hint.dataset.unsupported in model.dataset));
    hint.hidden = unable.length === 0;
    hint.textContent = hint.dataset.text.replace("%s", unable.map((model) => model.dataset.name).join(", "));
  }
}

function refresh(composer) {
  limitChoices(composer);
  drawChips(composer);
  estimate(composer);
  nameUnsupported(composer);
  const reuse = composer.querySelector("[data-reuse]");
  if (reuse) reuse.hidden = !localStorage.getItem(LAST_PROMPT);
}

// --- the prompt ------------------------------------------------------------------------------

const LAST_PROMPT = "pixelstream.last-prompt";

function count(area) {
  const target = area.dataset.count && document.querySelector(area.dataset.count);
  if (target) target.textContent = [...area.value].length.toLocaleString(document.documentElement.lang);
}

// A changed wish can be sent again while the last one is still being made.
function showSubmit(composer) {
  const submit = composer.querySelector("[data-submit]");
  const busy = composer.querySelector("[data-busy]");
  if (submit?.hidden) {
    submit.hidden = false;
    if (busy) busy.hidden = true;
  }
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-count]")) count(event.target);
  const composer = event.target.closest && composerOf(event.target);
  if (composer) showSubmit(composer);
});

document.addEventListener("change", (event) => {
  const composer = event.target.closest && composerOf(event.target);
  if (!composer || !["models", "seconds"].includes(event.target.name)) return;
  refresh(composer);
  showSubmit(composer);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest("[data-composer], form:has([data-submit-keys])");
  if (form) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// What was wrong the last time says nothing about this one; if it still is, the answer says so.
function forgetErrors(composer) {
  composer.querySelectorAll(".note--bad, .field__err").forEach((error) => error.remove());
  composer.querySelectorAll(".field--bad").forEach((field) => field.classList.remove("field--bad"));
  for (const control of composer.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-composer]")) return;
  forgetErrors(event.target);
  const prompt = event.target.elements.prompt.value.trim();
  if (prompt && event.target.querySelector("[data-reuse]")) localStorage.setItem(LAST_PROMPT, prompt);
});

document.addEventListener("click", (event) => {
  const composer = event.target.closest && composerOf(event.target);
  if (!composer) return;
  if (event.target.closest("[data-roll-seed]")) {
    composer.elements.seed.value = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
    showSubmit(composer);
  } else if (event.target.closest("[data-reuse]")) {
    composer.elements.prompt.value = localStorage.getItem(LAST_PROMPT) ?? "";
    composer.elements.prompt.dispatchEvent(new Event("input", { bubbles: true }));
    composer.elements.prompt.focus();
  }
});

// On a phone the sent form makes room for its results (it is shown again as #composer).
document.addEventListener("htmx:after:history:push", () => {
  if (matchMedia("(width < 44rem)").matches) location.replace("#results");
});
document.addEventListener("htmx:after:swap", ({ detail }) => {
  const sent = detail.ctx?.sourceElement;
  if (sent?.matches?.("[data-composer]") && sent.isConnected && !sent.checkVisibility()) scrollTo(0, 0);
});

const start = () => document.querySelectorAll("[data-composer]").forEach(refresh);
document.addEventListener("htmx:after:swap", start);
start();
