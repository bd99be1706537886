// <input type="date" data-last-day> in a form with an <input data-offset>: a day ends by the clock
// of whoever chose it.

function tell(form) {
  const day = form.querySelector("[data-last-day]")?.value;
  const end = new Date(`${day}T23:59:59`);
  const offset = Number.isNaN(end.getTime()) ? "" : end.getTimezoneOffset();
  form.querySelector("[data-offset]").value = offset;
}

// Before the form is read, by htmx too.
document.addEventListener(
  "submit",
  ({ target }) => target.querySelector("[data-offset]") && tell(target),
  true,
);
