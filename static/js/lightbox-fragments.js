// What the server says of the posts around the one in the lightbox, kept while it is open.

const FRESH = 15_000; // milliseconds for which a post is not asked for again

const kept = new Map(); // address: { at, html, text, image }

async function ask(address) {
  const response = await fetch(address, { headers: { "HX-Request": "true" } });
  if (response.redirected) {
    location.reload(); // signed out meanwhile: the page asks to sign in
    return new Promise(() => {});
  }
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.text();
}

/**
 * A post's fragment. `html` promises it, null when there is no such post; `text` is what was known
 * of it before, if anything. `anew` asks even if it was asked for just now.
 */
export function load(id, number = null, { anew = false } = {}) {
  const base = document.getElementById("lightbox").dataset.fragment.replace("/0/", `/${id}/`);
  const address = number ? `${base}?img=${number}` : base;
  const known = kept.get(address);
  if (known && !anew && performance.now() - known.at < FRESH) return known;
  const entry = { at: performance.now(), text: known?.text, image: known?.image, html: ask(address) };
  kept.set(address, entry);
  entry.html.then(
    (text) => Object.assign(entry, { text }),
    () => kept.get(address) === entry && kept.delete(address),
  );
  return entry;
}

/** The fragment as elements. */
export function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}

/** Fetch a post and its picture, of a clip its poster, so that they are there before one asks. */
export async function preload(id) {
  const entry = load(id);
  const html = await entry.html.catch(() => null); // then it is asked for when it is wanted
  if (!html || entry.image) return;
  const source = parse(html).querySelector("figure:not([hidden]) > :is(.lb__img, video)");
  if (!source) return;
  entry.image = new Image();
  entry.image.fetchPriority = "low";
  if (source.poster) entry.image.src = source.getAttribute("poster");
  else for (const name of ["sizes", "srcset", "src"]) entry.image[name] = source.getAttribute(name);
}

/** Forget everything. */
export function forget() {
  kept.clear();
}
