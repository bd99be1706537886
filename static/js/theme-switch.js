// Radio buttons that choose the theme: <input type="radio" data-theme-choice="light|dark|">.
// An empty choice follows the system.

const root = document.documentElement;

// Django's admin keeps its choice under the same name, and has a third value, "auto".
function apply(theme) {
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  else delete root.dataset.theme;
}

function mark() {
  for (const radio of document.querySelectorAll("[data-theme-choice]")) {
    radio.checked = radio.dataset.themeChoice === (root.dataset.theme ?? "");
  }
}

document.addEventListener("change", (event) => {
  const theme = event.target.dataset?.themeChoice;
  if (theme === undefined) return;
  apply(theme);
  try {
    if (theme) localStorage.setItem("theme", theme);
    else localStorage.removeItem("theme");
  } catch {
    // Storage is off: the choice lasts until the next page.
  }
});

// The same page in another tab.
window.addEventListener("storage", (event) => {
  if (event.key !== "theme") return;
  apply(event.newValue);
  mark();
});

document.addEventListener("htmx:after:swap", mark);
mark();
