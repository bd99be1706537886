// What the chosen models of a form will cost, in credits or dollars, before it is sent.

// Models that make clips name what a second costs.
function costOf(form, models, key) {
  const seconds = Number(form.querySelector("[name=seconds]:checked")?.value ?? 1);
  return seconds * models.reduce((sum, model) => sum + Number(model.dataset[key]), 0);
}

// Null where the chosen models cost no credits. What is left is said as it will be.
function inCredits(target, cost) {
  if (!("credits" in target.dataset) || !cost) return null;
  const { textCredit, textCredits, textLeft, textShort } = target.dataset;
  const number = (value) => value.toLocaleString(document.documentElement.lang);
  const balance = Number(target.dataset.credits);
  const left = balance < cost ? textShort.replace("%n", number(balance)) : textLeft.replace("%n", number(balance - cost));
  return `${cost === 1 ? textCredit : textCredits.replace("%n", number(cost))}, ${left}`;
}

// Writes it where the form has a place for it.
export function estimate(form) {
  const target = form?.querySelector("[data-estimate]");
  if (!target) return;
  const models = [...form.querySelectorAll("[name=models]:checked")];
  const { textOne, textMany, textFree, textAbout, textLeast, textUnknown } = target.dataset;
  if (!models.length) {
    target.textContent = "";
    return;
  }
  const cost = costOf(form, models, "cost");
  const count = models.length === 1 ? textOne : textMany.replace("%n", models.length);
  const isPartial = models.some((model) => model.dataset.cost === "");
  const dollars = `$${cost.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 4, maximumFractionDigits: 4 })}`;
  const price = cost
    ? (isPartial ? textLeast : textAbout).replace("%s", dollars)
    : isPartial ? textUnknown : textFree;
  target.textContent = `${count}, ${inCredits(target, costOf(form, models, "credits")) ?? price}`;
}

document.addEventListener("change", ({ target }) => {
  if (["models", "seconds"].includes(target.name)) estimate(target.form);
});

const start = () => document.querySelectorAll("form:has([data-estimate])").forEach(estimate);
document.addEventListener("htmx:after:swap", start);
start();
