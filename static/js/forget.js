// What people typed is kept in the browser for themselves only. A page says whose it is; when that is
// somebody else than before, or nobody, what was kept goes: the last prompt, drafts, places on
// walls. The theme stays. First of all modules: the others read what is kept as they begin.

const OURS = "pixelstream.";
const WHO = "pixelstream.person";

// Empty for strangers. Not said at all by pages that do not know it, such as those of errors.
const { person } = document.body.dataset;

function forgetDrafts() {
  sessionStorage.clear();
  sessionStorage.setItem(WHO, person);
}

function forgetPrompts() {
  for (const name of Object.keys(localStorage)) if (name.startsWith(OURS)) localStorage.removeItem(name);
  localStorage.setItem(WHO, person);
}

function forget() {
  if ((sessionStorage.getItem(WHO) ?? "") !== person) forgetDrafts();
  // Where nobody is signed in nothing may be: a form that was still open in another tab may have
  // kept something after the person had gone.
  if (!person || localStorage.getItem(WHO) !== person) forgetPrompts();
}

try {
  if (person !== undefined) forget();
} catch {
  // Storage is off: nothing was kept.
}

// Somebody signed in or out in another tab. What is kept for this one alone is out of its reach.
addEventListener("storage", ({ key, newValue }) => {
  if (key === WHO && newValue !== null && newValue !== person && person !== undefined) forgetDrafts();
});
