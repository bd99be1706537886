"""Somebody comes back to a page: it asks what happened elsewhere meanwhile."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.pages import wait_until

# Three parts of a page ask (anew.js, news.js and trash.js in static/js), once a second at most, and
# none while a question of its own is on its way: that one may be older than what the test just did.
# So the page's clock is put forward a second, until each of them has begun a new one. They begin
# within the event; so this is true when all have.
COME_BACK = """(isFirst) => {
  if (!window.cameBack) {
    const now = performance.now.bind(performance);
    const { fetch } = window;
    window.cameBack = { ahead: 0, asked: new Set() };
    performance.now = () => now() + cameBack.ahead;
    window.fetch = (address, options) => {
      const isQuestion = options?.headers?.["If-None-Match"] !== undefined;
      if (isQuestion) cameBack.asked.add(new URL(address, location.href).pathname);
      return fetch(address, options);
    };
  }
  const { asked } = cameBack;
  const paths = (...attributes) => attributes.flatMap((attribute) =>
    [...document.querySelectorAll(`[${attribute}]`)].map((element) =>
      new URL(element.getAttribute(attribute), location.href).pathname));
  const news = paths("data-news");
  const trash = paths("data-trash-news", "data-emptying");
  const anew = [...document.querySelectorAll("[data-anew]")].some((one) => one.checkVisibility());
  if (isFirst) asked.clear();
  cameBack.ahead += 1000;
  dispatchEvent(new Event("focus"));
  return [
    !news.length || news.some((path) => asked.has(path)),
    !trash.length || trash.some((path) => asked.has(path)),
    !anew || [...asked].some((path) => !news.includes(path) && !trash.includes(path)),
  ].every(Boolean);
}"""


def look_again(page: Page) -> None:
    """Come back to a page a second or more after it last asked; it has asked anew when this ends.
    A page that asks nothing of itself is not waited for.
    """
    page.bring_to_front()
    if not page.evaluate(COME_BACK, True):
        wait_until(lambda: page.evaluate(COME_BACK, False))
