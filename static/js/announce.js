// Says something to screen readers through the page's live region.

/** Say a message. The region is emptied first, so that the same words are read again. */
export function announce(message) {
  const region = document.getElementById("announce");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => {
    region.textContent = message;
  }, 50);
}
