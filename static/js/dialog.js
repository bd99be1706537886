// <button data-dialog-open="id"> opens that dialog, data-dialog-close closes the one it is in. A
// dialog that arrives with data-dialog-auto opens by itself and goes when it is closed.

import { onPresence } from "./arrivals.js";

const openers = new WeakMap();
const closesOnBackdrop = "closedBy" in HTMLDialogElement.prototype;

/** Open a dialog above the page; the focus returns to where it came from. */
export function openDialog(dialog, opener = document.activeElement) {
  if (!dialog || dialog.open) return;
  openers.set(dialog, opener);
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) openDialog(document.getElementById(opener.dataset.dialogOpen), opener);
  event.target.closest("[data-dialog-close]")?.closest("dialog").close();
});

// closedby="any" for browsers that do not know it: the backdrop belongs to the dialog.
document.addEventListener("pointerdown", (event) => {
  const dialog = event.target;
  if (closesOnBackdrop || !dialog.matches?.('dialog[open][closedby="any"]')) return;
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  if (x < left || x > right || y < top || y > bottom) dialog.close();
});

// The browser gives the focus back; if what had it is gone, it must not fall to the body.
document.addEventListener(
  "close",
  ({ target: dialog }) => {
    if (!(dialog instanceof HTMLDialogElement)) return;
    const opener = openers.get(dialog);
    openers.delete(dialog);
    if (dialog.hasAttribute("data-dialog-auto")) dialog.remove();
    if (document.activeElement && document.activeElement !== document.body) return;
    (opener?.isConnected ? opener : document.getElementById("main"))?.focus();
  },
  true,
);

onPresence("dialog[data-dialog-auto]", (dialog) => openDialog(dialog));
