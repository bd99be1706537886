// A conversation of edits: sending a message without leaving the page, the live turns, and what
// goes with them. Without this module every form is a plain one. Also the dialog that begins one.

import { alsoAsk, askAnew } from "./anew.js";
import { announce } from "./announce.js";
import { onPresence } from "./arrivals.js";
import { emptyReferences } from "./references.js";

const DRAFT = "pixelstream.draft.";
const BACK = "pixelstream.back.";
const CAME_BY_LINK = ["navigate", undefined];

const ask = () => document.querySelector("[data-ask]");
const live = () => document.getElementById("live");
const settled = () => document.getElementById("settled");
const bases = () => document.getElementById("ask-auto");
const messageOf = (form) => form.elements.message;
const isBlank = (form) => !messageOf(form).value.trim();
const numberOf = (element) => Number(element.dataset.turn);

// --- the message -------------------------------------------------------------------------------

function showWhetherBlank(form) {
  form.querySelector("[type=submit]:not(.chip__x)")?.setAttribute("aria-disabled", isBlank(form));
}

// Before htmx hears of it: nothing is sent, and the field says what it is for.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches("[data-ask], [data-edit-start]")) return;
    if (!isBlank(form)) return;
    event.preventDefault();
    event.stopPropagation();
    messageOf(form).focus();
    announce(form.dataset.textBlank);
  },
  true,
);

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (target.name !== "message" || !form?.matches("[data-ask]")) return;
  showWhetherBlank(form);
  sessionStorage.setItem(DRAFT + form.dataset.ask, target.value);
});

// What was typed survives a look at another page.
onPresence("[data-ask]", (form) => {
  const draft = sessionStorage.getItem(DRAFT + form.dataset.ask);
  if (draft && isBlank(form)) messageOf(form).value = draft;
  showWhetherBlank(form);
});

// --- the live part -----------------------------------------------------------------------------

// The forms of the page say from where on it is live, and what it shows: the answer begins there.
document.addEventListener(
  "submit",
  ({ target: form }) => {
    const since = form.querySelector("[data-live-since]");
    if (since && live()) since.value = live().dataset.since;
    const shown = form.querySelector("[data-live-shown]");
    if (shown) shown.value = Math.max(0, ...[...document.querySelectorAll(".turn")].map(numberOf)) || "";
  },
  true,
);

function moveAcross(first, { from, to, selector, atEnd }) {
  for (const element of from?.querySelectorAll(selector) ?? []) {
    const belongs = atEnd ? numberOf(element) < first : numberOf(element) >= first;
    if (belongs) to.append(element);
  }
}

// The answer begins with another turn than the live part does now: turns change sides as they are,
// so that no picture is loaded again.
function alignWith(first) {
  const list = live().querySelector("ol") ?? live().appendChild(document.createElement("ol"));
  list.className = "turns";
  list.role = "list";
  const strip = document.getElementById("strip-live");
  const done = document.getElementById("strip-settled");
  moveAcross(first, { from: list, to: settled(), selector: ".turn", atEnd: true });
  moveAcross(first, { from: strip, to: done, selector: "[data-turn]", atEnd: true });
  const back = [...settled().querySelectorAll(".turn")].filter((turn) => numberOf(turn) >= first);
  list.prepend(...back);
  const prints = [...done.querySelectorAll("[data-turn]")].filter((print) => numberOf(print) >= first);
  strip.prepend(...prints);
}

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  if (!live() || !ctx?.text) return;
  const first = /id="live"[^>]*\sdata-since="(\d+)"/.exec(ctx.text);
  if (first && first[1] !== live().dataset.since) alignWith(Number(first[1]));
});

const said = new Set();
const sayings = () => [...(live()?.querySelectorAll("[data-said]") ?? [])].map(({ dataset }) => dataset.said);

function sayWhatIsNew() {
  const news = sayings().filter((words) => !said.has(words));
  for (const words of news) said.add(words);
  if (news.length) announce(news.join(". "));
}

sayings().forEach((words) => said.add(words));

// What was made from what, once everything has come: on wide screens it stands beside the turns.
document.addEventListener("htmx:sse:close", ({ target }) => {
  const lineage = document.querySelector("[data-lineage]");
  if (!live()?.contains(target) || !lineage?.checkVisibility()) return;
  htmx.ajax("GET", `${location.pathname}?part=lineage`, { target: lineage, swap: "innerHTML" });
});

// --- after sending -----------------------------------------------------------------------------

function isSent(ctx) {
  return ctx?.sourceElement?.matches?.("[data-ask]") && ctx.response?.status === 200;
}

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  if (isSent(ctx)) bases()?.removeAttribute("hx-morph-skip");
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!live()) return;
  if (isSent(ctx)) settle(ctx.sourceElement);
  sayWhatIsNew();
  markCurrent();
});

function settle(form) {
  messageOf(form).value = "";
  sessionStorage.removeItem(DRAFT + form.dataset.ask);
  showWhetherBlank(form);
  document.getElementById("ask-errors").replaceChildren();
  emptyReferences(form.querySelector("[data-upload-url]"));
  messageOf(form).focus({ preventScroll: true });
  if (location.search) history.replaceState(history.state, "", location.pathname);
  live().querySelector(".turn:last-child")?.scrollIntoView({ block: "end" });
  showEndOfStrip();
}

// --- what the next turn starts from ------------------------------------------------------------

// In the strip, the pictures that the next turn starts from are the current ones.
function markCurrent() {
  const ticked = new Set([...(bases()?.querySelectorAll(":checked") ?? [])].map(({ value }) => value));
  for (const print of document.querySelectorAll("[data-print]")) {
    if (ticked.has(print.dataset.print)) print.setAttribute("aria-current", "true");
    else print.removeAttribute("aria-current");
  }
}

// From here on the choice is the person's: what arrives does not change it.
document.addEventListener("change", ({ target }) => {
  if (target.name !== "bases") return;
  bases()?.setAttribute("hx-morph-skip", "");
  markCurrent();
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const link = ctx?.sourceElement;
  if (link?.matches?.("[data-to-ask]") || ctx?.target?.id === "ask-auto") markCurrent();
});

// The link itself may be gone with the old choice, so the request says it.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const source = ctx?.sourceElement;
  if (ctx?.response?.status >= 400 || !source?.matches) return;
  if (source.matches("[data-to-ask]")) setTimeout(() => ask() && messageOf(ask()).focus(), 0);
  if (source.matches("[data-output-select]")) choose(source);
});

function choose(form) {
  const button = form.querySelector("[aria-pressed]");
  const isChosen = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", isChosen);
  form.elements.selected.value = isChosen ? "" : "on";
  if (!bases() || bases().hasAttribute("hx-morph-skip")) return;
  htmx.ajax("GET", location.pathname, { target: "#ask-auto", swap: "outerHTML" });
}

// --- pictures that go to the trash and come back -----------------------------------------------

const outputs = (ids) => ids.map((id) => document.querySelector(`[data-output][data-post="${CSS.escape(id)}"]`));

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const source = ctx?.sourceElement;
  if (!live() || ctx?.response?.status !== 200 || !source?.closest) return;
  const undo = source.closest("[data-undo]");
  if (undo) {
    outputs(undo.elements.posts.value.split(",")).forEach((figure) => figure?.classList.remove("out--away"));
  } else if (source.matches("[data-output-trash]")) {
    const figure = source.closest("[data-output]");
    figure.classList.add("out--away");
    figure.querySelector("a")?.focus({ preventScroll: true });
  }
});

// And everything else of the page that shows them.
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (live() && ctx?.sourceElement?.closest?.("[data-undo], [data-output-trash]")) askAnew();
});

// --- the strip, and earlier turns --------------------------------------------------------------

const strip = () => document.getElementById("strip");
let held = null; // what must not move while something comes before it: { element, left, top }

function showEndOfStrip() {
  strip()?.scrollTo({ left: strip().scrollWidth, behavior: "instant" });
}

document.addEventListener("click", (event) => {
  const print = event.target.closest?.("[data-strip] [data-turn]");
  const turn = print && document.getElementById(`turn-${print.dataset.turn}`);
  if (!turn || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  turn.scrollIntoView({ block: "start" });
});

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  const more = ctx?.sourceElement?.closest?.("[data-reach]");
  const element = more && (more.closest("li") ?? more).nextElementSibling;
  held = element ? { element, box: element.getBoundingClientRect() } : null;
});

document.addEventListener("htmx:after:swap", () => {
  if (!held?.element.isConnected) return;
  const { left, top } = held.element.getBoundingClientRect();
  const inStrip = strip()?.contains(held.element);
  if (inStrip) strip().scrollLeft += left - held.box.left;
  else scrollBy({ top: top - held.box.top, behavior: "instant" });
  held = null;
});

const reaching = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    reaching.unobserve(target);
    htmx.trigger(target, "reach");
  }
});

// Only once one moves: nothing is fetched for a page that was just opened.
function watchEnds() {
  onPresence("[data-reach]", (more) => reaching.observe(more));
}

function begin() {
  if (!live() || !ask()) return;
  showEndOfStrip();
  markCurrent();
  const [navigation] = performance.getEntriesByType("navigation");
  const isNew = CAME_BY_LINK.includes(navigation?.type) && !location.hash;
  if (isNew && document.querySelectorAll(".turn").length > 1) {
    scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
  }
  for (const type of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    document.addEventListener(type, watchEnds, { once: true, passive: true });
  }
}

// --- other pages of the same conversation ------------------------------------------------------

// The earlier turns ask (anew.js), and the answer is about all that the page shows.
alsoAsk("#settled, .compare-page", (asked) => {
  const shown = (selector, name) => [...document.querySelectorAll(selector)].map(({ dataset }) => dataset[name]);
  if (live() && ask()?.hasAttribute("hx-post")) asked.set("since", live().dataset.since);
  const prints = document.getElementById("strip-settled");
  if (prints) asked.set("prints", prints.querySelectorAll("[data-print]").length);
  if (document.querySelector("[data-lineage]")?.checkVisibility()) {
    asked.set("line", shown("[data-lineage] [data-line]", "line").join());
  }
  asked.set("bases", [...document.querySelectorAll("#ask-auto [name=bases]")].map(({ value }) => value).join());
  for (const side of ["left", "right"]) {
    const picture = document.getElementById(`compare-${side}`);
    if (picture) asked.set(side, picture.value);
  }
});

// Of what the person chose to start from, the rest stays; without any, it is as if nobody chose.
onPresence("[data-bases-gone]", (element) => {
  const gone = element.dataset.basesGone.split(",");
  element.remove();
  const offered = [...(bases()?.querySelectorAll(".ask__base") ?? [])];
  const leaving = offered.filter((base) => gone.includes(base.querySelector("input").value));
  leaving.forEach((base) => base.remove());
  if (leaving.length && leaving.length === offered.length) {
    htmx.ajax("GET", location.pathname, { target: "#ask-auto", swap: "outerHTML" });
  }
});

// --- the way back ------------------------------------------------------------------------------

// Where one came from, also after a reload or a form that led to this page again.
onPresence("[data-back]", (link) => {
  const page = document.querySelector("[data-conversation]")?.dataset.conversation;
  if (!page) return;
  const label = link.querySelector("span");
  if (link.dataset.back) {
    sessionStorage.setItem(BACK + page, JSON.stringify([link.getAttribute("href"), label.textContent]));
    return;
  }
  const known = JSON.parse(sessionStorage.getItem(BACK + page) ?? "null");
  if (known) [link.href, label.textContent] = known;
});

// --- the beginning -----------------------------------------------------------------------------

// The button stays busy until the new page is there.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const form = ctx?.sourceElement;
  if (form?.matches?.("[data-leaves]") && ctx.hx?.redirect) form.classList.add("is-leaving");
});

addEventListener("pageshow", ({ persisted }) => {
  if (persisted) document.querySelector(".is-leaving")?.classList.remove("is-leaving");
});

begin();
