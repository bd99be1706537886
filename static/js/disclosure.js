// Disclosures (<details>) in fragments that are swapped while one looks on: what a person opened or
// closed stays so. One with data-edit holds a form that stands in the place of a text: while it is
// open nothing in it is replaced, it takes the focus, Escape or [data-edit-cancel] closes it.

const EDIT = "details[data-edit]";
const KEPT = "hx-morph-skip"; // htmx leaves such an element as it is

globalThis.htmx?.config.morphIgnore.push("open");

function close(details) {
  details.removeAttribute(KEPT); // at once: the event comes later
  details.open = false;
  details.querySelector(":scope > summary")?.focus();
}

function cancel(details) {
  details.querySelector("form")?.reset();
  close(details);
}

// Saved: the answer may replace it. Its own errors (422) are swapped into it and keep it open.
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  const details = ctx?.sourceElement?.closest?.(EDIT);
  if (details && ctx.response?.status < 400) close(details);
});

// `toggle` does not bubble, but it is captured.
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.matches(EDIT)) return;
    target.toggleAttribute(KEPT, target.open);
    if (!target.open) return;
    const field = target.querySelector("textarea, input:not([type=hidden])");
    field?.focus();
    field?.setSelectionRange?.(field.value.length, field.value.length);
  },
  true,
);

document.addEventListener("click", (event) => {
  const details = event.target.closest("[data-edit-cancel]")?.closest(EDIT);
  if (!details) return;
  event.preventDefault();
  cancel(details);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
  const details = event.target.closest?.(`${EDIT}[open]`);
  if (!details) return;
  event.preventDefault();
  close(details); // what was typed is still there when it is opened again
});
