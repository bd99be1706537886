// Parts of a page that others change: <ul data-anew="/address/">. They are asked for anew when one
// comes back to the page and every 15 seconds while it is looked at; the answer is nothing (304)
// until there is something new. With data-anew-of="turn" the answer is about what is shown: the
// values of [data-turn] in it, so many at a time that no address gets too long.
// data-anew-swap is how the answer goes in (without it, it brings its own targets), data-anew-away
// where to go when that is gone which the page is about, data-not-here says that it is gone, and
// data-anew-public that the answer is the same for everybody.

const EVERY = 15_000;
const AT_MOST_EVERY = 1000;
const ASKED_ABOUT = 60;

const known = new WeakMap(); // element: for each address the mark of the last answer
const additions = [];
let askedAt = performance.now();
let isAsking = false;
let swaps = 0;

/** Have more asked at the elements that match: `add` gets the parameters of the last question. */
export function alsoAsk(selector, add) {
  additions.push({ selector, add });
}

function namesIn(element) {
  const { anewOf } = element.dataset;
  if (!anewOf) return [];
  const shown = [...element.querySelectorAll(`[data-${anewOf}]`)];
  return [...new Set(shown.map((each) => each.getAttribute(`data-${anewOf}`)))];
}

function addressesOf(element) {
  const names = namesIn(element);
  const addresses = [];
  do {
    const url = new URL(element.dataset.anew, location.href);
    const some = names.splice(0, ASKED_ABOUT);
    if (some.length) url.searchParams.set("shown", some.join());
    addresses.push(url);
  } while (names.length);
  for (const { selector, add } of additions) {
    if (element.matches(selector)) add(addresses.at(-1).searchParams);
  }
  return addresses.map(String);
}

// Said again, nothing is; and what is gone no more is the page as it was.
function isTold(element, text) {
  const gone = element.dataset.notHere;
  if (gone === undefined) return false;
  if (!text.includes("data-not-here")) location.reload();
  return text.includes(`data-not-here="${gone}"`);
}

async function askAt(element, address) {
  const before = swaps;
  const headers = { "HX-Request": "true", "If-None-Match": known.get(element)?.get(address) ?? "" };
  // What is the same for everybody is asked by nobody, so that it can be kept in between.
  const credentials = "anewPublic" in element.dataset ? "omit" : "same-origin";
  const response = await fetch(address, { headers, credentials });
  if (response.status === 404 && element.dataset.anewAway) location.replace(element.dataset.anewAway);
  // Redirected: signed out meanwhile.
  if (response.status !== 200 || response.redirected) return;
  const text = await response.text();
  if (!element.isConnected) return;
  if (swaps !== before) {
    askedAt = performance.now() - EVERY + AT_MOST_EVERY; // the answer may be older than the page
    return;
  }
  if (!isTold(element, text) && text.trim()) {
    const swap = element.dataset.anewSwap ?? "none";
    await htmx.swap({ text, target: element, sourceElement: element, swap });
  }
  if (!known.has(element)) known.set(element, new Map());
  known.get(element).set(address, response.headers.get("ETag"));
}

/** Ask now. */
export async function askAnew() {
  if (isAsking || document.hidden) return;
  isAsking = true;
  askedAt = performance.now();
  try {
    for (const element of document.querySelectorAll("[data-anew]")) {
      if (!element.checkVisibility()) continue; // in a lightbox that is closed
      for (const address of addressesOf(element)) await askAt(element, address);
    }
  } catch {
    // No connection: it is asked again.
  } finally {
    isAsking = false;
  }
}

function askAgain() {
  if (performance.now() - askedAt >= AT_MOST_EVERY) askAnew();
}

setInterval(() => performance.now() - askedAt >= EVERY && askAnew(), AT_MOST_EVERY);
document.addEventListener("visibilitychange", askAgain);
window.addEventListener("focus", askAgain);
document.addEventListener("htmx:after:swap", ({ detail }) => {
  swaps += 1;
  // What is swapped in around it need not be what the last answer was.
  const inside = detail?.ctx?.target?.querySelectorAll?.("[data-anew]") ?? [];
  inside.forEach((element) => known.delete(element));
});
