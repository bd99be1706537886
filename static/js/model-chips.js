// The chosen models of a form as chips that can be removed, <div data-chips>, and as a number
// where there is no room for them, <span data-model-count>. Everything is delegated, so it survives
// swaps of the form.

const chosenModels = (form) => [...form.querySelectorAll("[name=models]:checked")];

function chipOf(model, box) {
  const chip = document.createElement("span");
  chip.className = "chip";
  chip.append(model.dataset.name);
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "chip__x";
  remove.textContent = "×";
  remove.dataset.unpick = model.value;
  remove.setAttribute("aria-label", `${box.dataset.textRemove}: ${model.dataset.name}`);
  chip.append(remove);
  return chip;
}

/** Show in a form which models are chosen. */
export function drawChips(form) {
  const models = chosenModels(form);
  const box = form.querySelector("[data-chips]");
  box.hidden = models.length === 0;
  box.replaceChildren(...models.map((model) => chipOf(model, box)));
  const count = form.querySelector("[data-model-count]");
  if (!count) return;
  const { textOne, textMany } = count.dataset;
  count.textContent = models.length === 1 ? textOne : textMany.replace("%n", models.length);
}

document.addEventListener("change", ({ target }) => {
  if (target.name === "models" && target.form?.querySelector("[data-chips]")) drawChips(target.form);
});

document.addEventListener("click", ({ target }) => {
  const unpick = target.closest?.("[data-unpick]");
  const form = unpick?.closest("form");
  if (!form) return;
  const model = form.querySelector(`[name=models][value="${CSS.escape(unpick.dataset.unpick)}"]`);
  model.checked = false;
  model.dispatchEvent(new Event("change", { bubbles: true }));
  (model.checkVisibility() ? model : form.querySelector("[data-models-open]"))?.focus();
});
