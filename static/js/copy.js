// <button data-copy="#caption-7" data-copied="Copied"> copies that element's text (a field's
// value); any other data-copy is the text itself.

import { announce } from "./announce.js";

const SHOWN_FOR = 2000;
const labels = new WeakMap();

function textOf(source) {
  if (!source.startsWith("#")) return source;
  const element = document.querySelector(source);
  return element?.value ?? element?.innerText ?? "";
}

async function write(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Plain http, other than localhost, has no clipboard, and a browser may refuse it.
    writeByHand(text, button);
  }
}

// A modal dialog makes the rest inert, so the text stands beside the button.
function writeByHand(text, button) {
  const area = document.createElement("textarea");
  area.className = "sr";
  area.value = text;
  (button.closest("dialog") ?? document.body).append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  button.focus();
  if (!copied) throw new Error("The browser did not copy.");
}

function show(button) {
  const label = button.querySelector("span");
  const use = button.querySelector("use");
  const before = labels.get(button) ?? { text: label?.textContent, icon: use?.getAttribute("href") };
  clearTimeout(before.timer);
  if (label) label.textContent = button.dataset.copied;
  use?.setAttribute("href", before.icon.replace(/#.*/, "#i-check"));
  before.timer = setTimeout(() => {
    if (label) label.textContent = before.text;
    use?.setAttribute("href", before.icon);
    labels.delete(button);
  }, SHOWN_FOR);
  labels.set(button, before);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await write(textOf(button.dataset.copy), button);
    show(button);
    announce(button.dataset.copied);
  } catch {
    announce(document.body.dataset.textError ?? "");
  }
});
