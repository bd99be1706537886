// The forms that ask for a clip: which of the chosen models go with the frames, the one last frame,
// and what was typed before one changed from pictures to a clip. Delegated, as everything is.

import { onPresence } from "./arrivals.js";

const CARRIED = "pixelstream.carried-prompt";

const lastFrames = (form) => [...form.querySelectorAll("[name=last]:checked")];
const tilesOf = (form) => [...form.querySelectorAll("[data-reference-list] > .ref")];
const namesOf = (models) => models.map((model) => model.dataset.name).join(", ");

// --- frames ------------------------------------------------------------------------------------

// Said before it is sent: which of the chosen models take fewer frames, or need one.
function showWhatFits(form) {
  const hint = form.querySelector("[data-frames-hint]");
  const fixed = Number(form.dataset.frames);
  const frames = fixed + lastFrames(form).length + tilesOf(form).length;
  const models = [...form.querySelectorAll("[name=models]:checked")];
  const takes = (model) => Number(model.dataset.references);
  const wordsOnly = models.filter((model) => frames && takes(model) === 0);
  const noLast = models.filter((model) => frames > 1 && takes(model) === 1);
  const needy = models.filter((model) => frames < Number(model.dataset.least));
  const { textNone, textOne, textNeeds } = hint.dataset;
  const said = [[textNone, wordsOnly], [textOne, noLast], [textNeeds, needy]]
    .filter(([, unable]) => unable.length)
    .map(([text, unable]) => text.replace("%s", namesOf(unable)));
  hint.textContent = said.join(" ");
  hint.hidden = said.length === 0;
  const swap = form.querySelector("[data-frames-swap]");
  if (swap) swap.hidden = tilesOf(form).length < 2;
  // Where nobody could use a last frame none is offered.
  const last = form.querySelector(".animate__last");
  if (last) last.hidden = frames === fixed && models.some((model) => takes(model) < 2);
}

// A clip has one last frame: choosing another takes the first choice away.
function keepOneLast(form, kept) {
  if (!form.querySelector("[name=last]")) return;
  for (const box of lastFrames(form)) if (box !== kept) box.checked = false;
  for (const tile of tilesOf(form)) if (tile !== kept) tile.querySelector("[data-reference-remove]")?.click();
}

document.addEventListener("change", ({ target }) => {
  const form = target.form;
  if (!form?.matches("[data-frames]")) return;
  if (target.name === "last" && target.checked) keepOneLast(form, target);
  if (["last", "models"].includes(target.name)) showWhatFits(form);
});

// Uploads come in the order in which they are ready, and that of frames means something.
document.addEventListener("click", ({ target }) => {
  const form = target.closest?.("[data-frames-swap]")?.form;
  const [first, last] = form ? tilesOf(form) : [];
  if (last) first.before(last);
});

onPresence("form[data-frames]", (form) => {
  showWhatFits(form);
  const list = form.querySelector("[data-reference-list]");
  new MutationObserver((records) => {
    const added = records.flatMap(({ addedNodes }) => [...addedNodes]);
    const tile = added.find((node) => node.isConnected && node.matches?.(".ref"));
    if (tile) for (const box of lastFrames(form)) box.checked = false;
    showWhatFits(form);
  }).observe(list, { childList: true });
});

// --- the prompt --------------------------------------------------------------------------------

document.addEventListener("click", ({ target }) => {
  const tab = target.closest?.("[data-carry-prompt] a");
  const typed = tab?.closest("form").elements.prompt.value.trim();
  if (typed) sessionStorage.setItem(CARRIED, typed);
});

onPresence("[data-carry-prompt]", (tabs) => {
  const { prompt } = tabs.closest("form").elements;
  const carried = sessionStorage.getItem(CARRIED);
  sessionStorage.removeItem(CARRIED);
  if (!carried || prompt.value) return;
  prompt.value = carried;
  prompt.dispatchEvent(new Event("input", { bubbles: true }));
});
