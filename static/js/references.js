// Reference pictures: drop, paste, browse, library. In the studio and on the page of the library,
// each picture is uploaded at once and becomes what the server answers with; without JavaScript
// the file field is sent with its form.

import { announce } from "./announce.js";
import { toast } from "./toast.js";

const AT_ONCE = 3;
const BOX = "[data-references][data-upload-url]"; // a model says how many it takes in the former

// The box of the topmost dialog that has one, else the page's.
function boxes() {
  const dialogs = [...document.querySelectorAll("dialog:modal")].reverse();
  const inDialog = dialogs.map((dialog) => dialog.querySelector(BOX)).find(Boolean);
  return inDialog ?? document.querySelector(BOX);
}
const token = () => JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
const waiting = [];

let running = 0;
let left = null;

function limit(box) {
  return Number(box.dataset.limit ?? Infinity);
}

function tiles(box) {
  return box.querySelectorAll(".ref:not(.ref--uploading) [name=references]");
}

function recount(box) {
  const used = tiles(box).length;
  const count = box.querySelector("[data-reference-count]");
  if (count) count.textContent = used;
  box.querySelector("[data-drop]").hidden = used >= limit(box);
}

// In the studio the list ends with the place to drop; in the library the newest come first.
function place(box, element) {
  const list = box.querySelector("[data-reference-list]");
  const isLibrary = list.matches("ul");
  list.insertBefore(element, isLibrary ? list.firstElementChild : list.querySelector("[data-drop]"));
}

function addTile(box, html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  const tile = holder.content.firstElementChild;
  const isThere = tile.id && box.querySelector(`#${CSS.escape(tile.id)}`);
  if (isThere || tiles(box).length >= limit(box)) return;
  place(box, tile);
  htmx.process(tile);
  recount(box);
}

/** Take all references out of a box: what they were for was sent. */
export function emptyReferences(box) {
  box.querySelectorAll("[data-reference-list] > .ref").forEach((tile) => tile.remove());
  box.querySelector("[data-reference-errors]").replaceChildren();
  recount(box);
}

function showError(box, ...content) {
  const line = document.createElement("div");
  line.append(...content);
  box.querySelector("[data-reference-errors]").append(line);
}

function showRefusal(box, html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  showError(box, holder.content);
}

function showFailure(box, file) {
  const text = document.createElement("p");
  text.className = "field__err";
  text.textContent = `${file.name}: ${box.dataset.textFailed}`;
  showError(box, text);
}

function showPending(box, file) {
  const pending = document.createElement("span");
  pending.className = "ref ref--uploading pending";
  pending.setAttribute("role", "progressbar");
  pending.setAttribute("aria-label", file.name);
  const isList = box.querySelector("ul[data-reference-list]");
  const item = isList ? document.createElement("li") : pending;
  if (isList) {
    item.className = "refcard";
    item.append(pending);
  }
  place(box, item);
  return { item, pending };
}

function send(box, file, { item, pending }) {
  const body = new FormData();
  body.append("file", file);
  const request = new XMLHttpRequest();
  request.open("POST", box.dataset.uploadUrl);
  request.setRequestHeader("X-CSRFToken", token());
  request.setRequestHeader("HX-Request", "true");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) {
      pending.setAttribute("aria-valuenow", Math.round((100 * event.loaded) / event.total));
    }
  });
  request.addEventListener("loadend", () => {
    item.remove();
    const heard = JSON.parse(request.getResponseHeader("HX-Trigger") ?? "{}");
    if (heard.toast) toast(heard.toast);
    if (request.status === 201) {
      addTile(box, request.responseText);
      if (box.dataset.textAdded) announce(`${file.name}: ${box.dataset.textAdded}`);
    } else if (request.status === 422) showRefusal(box, request.responseText);
    else showFailure(box, file);
    running -= 1;
    sendNext();
  });
  request.send(body);
}

// A few at a time: a folder of pictures must not take all of the server's threads.
function sendNext() {
  while (running < AT_ONCE && waiting.length) {
    running += 1;
    send(...waiting.shift());
  }
}

function take(files) {
  const box = boxes();
  if (!box) return;
  box.querySelector("[data-reference-errors]").replaceChildren();
  const room = limit(box) - tiles(box).length;
  const taken = [...files].slice(0, room);
  taken.forEach((file) => waiting.push([box, file, showPending(box, file)]));
  sendNext();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-drop] input[type=file]")) {
    take(event.target.files);
    event.target.value = "";
  }
});

document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
  if (files.length && boxes()) {
    event.preventDefault();
    take(files);
  }
});

for (const type of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    const box = boxes();
    if (!box || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    box.querySelector("[data-drop]").classList.toggle("drop--over", type === "dragover");
    if (type === "drop") take(event.dataTransfer.files);
  });
}

document.addEventListener("click", (event) => {
  const remove = event.target.closest("[data-reference-remove]");
  const add = event.target.closest("[data-reference-add]");
  if (remove) {
    const box = boxes();
    remove.closest(".ref").remove();
    recount(box);
    box.querySelector("[data-drop] input").focus();
  } else if (add) {
    addTile(boxes(), add.querySelector("template").innerHTML);
    add.setAttribute("aria-pressed", "true");
  }
});

// "More" and the card of a deleted reference go with the answer. If the focus was there, it moves
// to what stands there afterwards.
document.addEventListener("focusin", ({ target }) => {
  const item = target.closest("[data-reference-more], [data-reference-delete]")?.closest("li");
  const list = item?.parentElement;
  left = item ? { list, index: [...list.children].indexOf(item) } : null;
});

document.addEventListener("htmx:after:swap", () => {
  if (!left?.list.isConnected || document.activeElement !== document.body) return;
  const item = left.list.children[left.index] ?? left.list.lastElementChild;
  (item?.querySelector("a, button") ?? document.getElementById("main")).focus();
});
