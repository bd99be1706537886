// Two pictures over each other, <div data-compare>: a range says where the line between them is.

document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-compare-range]")) return;
  target.closest("[data-compare]").style.setProperty("--at", target.value);
});

// Side by side one reads the labels; the reader of a slider wants to know how far it is.
document.addEventListener("change", ({ target }) => {
  if (target.matches?.("[data-compare-range]")) target.setAttribute("aria-valuetext", `${target.value}%`);
});
