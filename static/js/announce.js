// Says something to screen readers through the page's live region. While a modal dialog is open
// everything outside of it is inert, so then the region is one of the dialog's own.

function regionOf(dialog) {
  const known = dialog.querySelector(":scope > [data-announce]");
  if (known) return known;
  const region = document.createElement("div");
  region.className = "sr";
  region.setAttribute("role", "status");
  region.dataset.announce = "";
  dialog.append(region);
  return region;
}

/** Say a message. The region is emptied first, so that the same words are read again. */
export function announce(message) {
  const dialog = [...document.querySelectorAll("dialog:modal")].at(-1);
  const region = dialog ? regionOf(dialog) : document.getElementById("announce");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => {
    region.textContent = message;
  }, 50);
}
