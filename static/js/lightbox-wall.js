// The posts that the lightbox moves through, in the order of the wall: the cards on the page or,
// for a post that is not among them, what the server lists before and after it.

const PATIENCE = 10_000;
const VIEWING = ["view", "img"];
const CURSORS = ["before", "after"];

const idOf = (card) => card?.dataset.post ?? null;

/** The address of the page without what belongs to the lightbox. */
export function wallAddress(place = location) {
  const url = new URL(place.href);
  VIEWING.forEach((name) => url.searchParams.delete(name));
  return url;
}

/** The card of a post, if it is on the page. */
export function cardOnPage(id) {
  return document.querySelector(`#cards .card[data-post="${CSS.escape(id)}"]`);
}

const isOldestFirst = () => wallAddress().searchParams.get("sort") === "oldest";

/** Whether the wall shows one post before the other; ids grow with time. */
export function comesBefore(id, other) {
  return isOldestFirst() ? Number(id) < Number(other) : Number(id) > Number(other);
}

class Row {
  /** The card that many steps away, if it is known. */
  beside(id, step) {
    const cards = this.cards();
    const at = cards.findIndex((card) => idOf(card) === id);
    return at < 0 ? null : (cards[at + step] ?? null);
  }

  /** The first card, or the last (-1) of those that are known. */
  end(at) {
    return this.cards().at(at) ?? null;
  }

  card(id) {
    return this.cards().find((card) => idOf(card) === id) ?? null;
  }

  /** Posts that are gone from the wall, or back on it. */
  drop(_ids) {}
  putBack(_ids) {}

  canMove(id, step) {
    return Boolean(this.beside(id, step)) || this.canGrow(step);
  }

  /** The card beside, after more of them were fetched if need be. Rejects if that fails. */
  async reach(id, step) {
    if (!this.beside(id, step) && this.canGrow(step)) await this.grow(step);
    return this.beside(id, step);
  }
}

class PageRow extends Row {
  cards() {
    return [...document.querySelectorAll("#cards .card[data-post]")];
  }

  #link() {
    return document.querySelector("#sentinel a[hx-get]");
  }

  canGrow(step) {
    return step > 0 && Boolean(this.#link());
  }

  /** Have the wall fetch its next page, as if one had scrolled to its end. */
  grow() {
    this.growing ??= new Promise((done) => {
      const link = this.#link();
      const ended = ({ detail }) => detail.ctx?.sourceElement === link && finish();
      const finish = () => {
        observer.disconnect();
        clearTimeout(timer);
        document.removeEventListener("htmx:finally:request", ended);
        this.growing = null;
        done();
      };
      const observer = new MutationObserver(finish);
      const timer = setTimeout(finish, PATIENCE);
      observer.observe(document.getElementById("cards"), { childList: true });
      document.addEventListener("htmx:finally:request", ended);
      if (!link.classList.contains("htmx-request")) link.click();
    });
    return this.growing;
  }
}

class ServerRow extends Row {
  #list;
  #dropped = [];
  #open = { [-1]: true, 1: true };
  #growing = {};

  constructor(id) {
    super();
    const card = document.createElement("li");
    card.dataset.post = id;
    this.#list = [card];
  }

  cards() {
    return this.#list;
  }

  canGrow(step) {
    return this.#open[step] || Boolean(this.#growing[step]);
  }

  grow(step) {
    this.#growing[step] ??= this.#fetch(step).finally(() => {
      delete this.#growing[step];
    });
    return this.#growing[step];
  }

  drop(ids) {
    const leaves = (card) => ids.includes(idOf(card));
    this.#dropped.push(...this.#list.filter(leaves));
    this.#list = this.#list.filter((card) => !leaves(card));
  }

  putBack(ids) {
    const back = this.#dropped.filter((card) => ids.includes(idOf(card)));
    this.#dropped = this.#dropped.filter((card) => !back.includes(card));
    this.#list = [...this.#list, ...back].sort((a, b) => (comesBefore(idOf(a), idOf(b)) ? -1 : 1));
  }

  // A list walks one way only; what comes before a post is first when the order is turned round.
  async #fetch(step) {
    const url = wallAddress();
    CURSORS.forEach((name) => url.searchParams.delete(name));
    const ascends = (step > 0) === isOldestFirst();
    url.searchParams.set("sort", ascends ? "oldest" : "newest");
    url.searchParams.set(ascends ? "after" : "before", idOf(this.end(step > 0 ? -1 : 0)));
    const response = await fetch(url, { headers: { "HX-Request": "true" } });
    if (response.redirected) location.reload(); // signed out meanwhile: the page asks to sign in
    if (response.redirected || !response.ok) throw new Error(`HTTP ${response.status}`);
    const holder = document.createElement("template");
    holder.innerHTML = await response.text();
    const cards = [...holder.content.querySelectorAll(".card[data-post]")];
    this.#open[step] = cards.length > 0;
    // What came back, or went, while the answer was on its way has its place, or none, already.
    const known = new Set([...this.#list, ...this.#dropped].map(idOf));
    const added = cards.filter((card) => !known.has(idOf(card)));
    this.#list = step > 0 ? [...this.#list, ...added] : [...added.toReversed(), ...this.#list];
  }
}

/** The row of cards in which this post stands. */
export function rowOf(id) {
  return cardOnPage(id) ? new PageRow() : new ServerRow(id);
}
