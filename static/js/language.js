// The form that changes the language leads back to this page. What the page shows may have changed
// since it was written: filters, an open picture, the place in it.

const pathOf = ({ pathname, search }) => pathname + search;
const begun = pathOf(location);

document.addEventListener("submit", ({ target }) => {
  if (!target.matches("form.languages")) return;
  const { next } = target.elements;
  if (next.value === begun) next.value = pathOf(location) + location.hash;
});
