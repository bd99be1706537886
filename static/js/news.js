// What happens elsewhere while a page is open: posts that were being made are shown as they are
// now, those that were trashed or deleted leave (gone.js), and new ones are announced by a link
// above the wall, never put in where somebody is looking.
// Asked for while the page is looked at: often while something on it is unfinished, else seldom.
// No stream: a browser has six connections, and a gallery may be open in many tabs.

const UNFINISHED_EVERY = 3000;
const OTHERWISE_EVERY = 15_000;
const AT_MOST_EVERY = 1000;
const ELSEWHERE = ["view", "img", "before", "after"];
const MOST = 300; // posts that are asked about, the newest
const CARDS = "#cards .card[data-unfinished]";
const SHOWN = [
  ".card[data-post]:not([data-unfinished])",
  ".proj__sheet > [data-post]",
  ":is(.kin, .storage__largest) > [data-post]",
  ".lb[open] [data-lb-pictures][data-post]",
].join();

let askedAt = performance.now();
let isAsking = false;
let isFollowed = false; // the link was clicked, the new wall is on its way

const place = () => document.querySelector("[data-news]");

const idsOf = (selector) => [
  ...new Set([...document.querySelectorAll(selector)].map(({ dataset }) => dataset.post)),
];
const unfinished = () => idsOf(CARDS);
const shown = () => idsOf(SHOWN).toSorted((one, other) => other - one).slice(0, MOST);
const here = () => document.querySelector("#results[data-post]");
const isAway = () => Boolean(document.querySelector("[data-not-here]"));

function address(news) {
  const url = new URL(news.dataset.news, location.href);
  url.search = location.search;
  ELSEWHERE.forEach((name) => url.searchParams.delete(name));
  const { newest, within } = news.dataset;
  if (newest) url.searchParams.set("newest", newest);
  if (within) url.searchParams.set("within", within);
  for (const [name, ids] of [["cards", unfinished()], ["shown", shown()]]) {
    if (ids.length) url.searchParams.set(name, ids.join());
  }
  if (here()) url.searchParams.set("here", here().dataset.post);
  return url;
}

async function ask() {
  const news = place();
  if (!news || isAsking || document.hidden) return;
  isAsking = true;
  askedAt = performance.now();
  try {
    const headers = { "HX-Request": "true", "If-None-Match": news.dataset.seen ?? "" };
    const response = await fetch(address(news), { headers });
    // 304: nothing new. Redirected: signed out meanwhile.
    if (response.status !== 200 || response.redirected) return;
    const text = await response.text();
    if (!news.isConnected) return;
    if (isAway() && !text.includes("data-not-here")) location.reload(); // it was put back
    news.dataset.seen = response.headers.get("ETag");
    await htmx.swap({ text, target: news, sourceElement: news, swap: "innerMorph swapEmpty:true" });
  } catch {
    // No connection: it is asked again.
  } finally {
    isAsking = false;
  }
}

function isDue() {
  const passed = performance.now() - askedAt;
  return passed >= (unfinished().length ? UNFINISHED_EVERY : OTHERWISE_EVERY);
}

function askNow() {
  if (performance.now() - askedAt >= AT_MOST_EVERY) ask();
}

setInterval(() => isDue() && ask(), AT_MOST_EVERY);
document.addEventListener("visibilitychange", askNow);
document.addEventListener("htmx:sse:close", askNow); // nothing more is made: perhaps it is gone
window.addEventListener("focus", askNow);

// The link goes with the old wall; who pressed it goes on at the first of the new cards.
document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-news-link]")) isFollowed = true;
});
document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (!isFollowed || detail?.ctx?.target?.id !== "wall") return;
  isFollowed = false;
  document.querySelector("#cards .card__open")?.focus({ preventScroll: true });
});
