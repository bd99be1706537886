// Filters and search words that are chosen while the wall's last answer is still on its way: the
// links and the form know what the last answer knew, so what is chosen now is added to what was
// asked for, and nothing that somebody chose or typed is lost. The newest request wins (hx-sync).

const ASKS = "#search, #filters a";
const CLEARS = "#clear-all";
const PLACES = ["before", "after", "view", "img"]; // where one is, not what is shown

let shown = wishesIn(new URLSearchParams(location.search));
let asked = null; // { ctx, wishes } of the last request, until it is answered

function wishesIn(pairs) {
  return new Map([...pairs].filter(([name, value]) => value && !PLACES.includes(name)));
}

/** What was asked for, with everything that differs between what is shown and what is wanted. */
function added(wanted) {
  const wishes = new Map(asked?.wishes ?? shown);
  for (const name of new Set([...shown.keys(), ...wanted.keys()])) {
    if (wanted.get(name) === shown.get(name)) continue;
    if (wanted.has(name)) wishes.set(name, wanted.get(name));
    else wishes.delete(name);
  }
  return wishes;
}

/** What gets the focus when the link goes with its filter: the button beside it. */
function nextTo(source) {
  const all = [source.closest(".chip"), document.querySelector("#filters")];
  return all.map((place) => place?.querySelector("[popovertarget]")?.id).find(Boolean);
}

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const source = ctx.sourceElement;
  if (!source?.matches?.(ASKS)) return;
  const url = new URL(ctx.request.action, document.baseURI);
  const wanted = wishesIn([...url.searchParams, ...ctx.request.body]);
  const wishes = source.matches(CLEARS) ? wanted : added(wanted);
  if (source.matches("a") && !source.matches(CLEARS)) {
    const typed = document.getElementById("q").value.trim(); // perhaps not yet sent
    if (typed) wishes.set("q", typed);
    else wishes.delete("q");
  }
  ctx.request.action = url.pathname;
  ctx.request.body = new FormData();
  wishes.forEach((value, name) => ctx.request.body.set(name, value));
  asked = { ctx, wishes, next: nextTo(source) };
});

document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (!asked || detail?.ctx !== asked.ctx) return;
  shown = asked.wishes;
  if (document.activeElement === document.body) document.getElementById(asked.next)?.focus();
});
document.addEventListener("htmx:finally:request", ({ detail }) => {
  if (asked && detail?.ctx === asked.ctx) asked = null;
});
