// Reference pictures of the studio: drop, paste, browse, library. Each picture is uploaded at once
// and becomes a tile with a hidden field; without JavaScript the file field is sent with the form.

const boxes = () => document.querySelector("[data-references]");
const token = () => JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];

function tiles(box) {
  return box.querySelectorAll(".ref:not(.ref--uploading) [name=references]");
}

function recount(box) {
  const used = tiles(box).length;
  box.querySelector("[data-reference-count]").textContent = used;
  box.querySelector("[data-drop]").hidden = used >= Number(box.dataset.limit);
}

function addTile(box, html) {
  const list = box.querySelector("[data-reference-list]");
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  const tile = holder.content.firstElementChild;
  if (list.querySelector(`#${tile.id}`) || tiles(box).length >= Number(box.dataset.limit)) return;
  list.insertBefore(tile, list.querySelector("[data-drop]"));
  htmx.process(tile);
  recount(box);
}

function showError(box, html) {
  const line = document.createElement("div");
  line.innerHTML = html;
  box.querySelector("[data-reference-errors]").append(line);
}

function upload(box, file) {
  const pending = document.createElement("span");
  pending.className = "ref ref--uploading pending";
  pending.setAttribute("role", "progressbar");
  pending.setAttribute("aria-label", file.name);
  box.querySelector("[data-reference-list]").insertBefore(pending, box.querySelector("[data-drop]"));
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
    pending.remove();
    if (request.status === 201) addTile(box, request.responseText);
    else if (request.status === 422) showError(box, request.responseText);
    else showError(box, `<p class="field__err">${box.dataset.textFailed}</p>`);
  });
  request.send(body);
}

function take(files) {
  const box = boxes();
  if (!box) return;
  box.querySelector("[data-reference-errors]").replaceChildren();
  const room = Number(box.dataset.limit) - tiles(box).length;
  [...files].slice(0, room).forEach((file) => upload(box, file));
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
