"""Writes down what a person could see of the results, in the order in which it came."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

START = """() => {
  window.diary = [];
  const look = () => {
    const results = document.getElementById("results");
    if (!results) return;
    const count = (selector) => results.querySelectorAll(selector).length;
    const seen = {
      busy: results.getAttribute("aria-busy") === "true",
      caption: count("[id^=caption-]"),
      pictures: count("[id^=slot-] img"),
      failed: count("[id^=slot-] button"),
    };
    if (JSON.stringify(seen) !== JSON.stringify(window.diary.at(-1))) window.diary.push(seen);
  };
  look();
  new MutationObserver(look).observe(document, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["aria-busy"],
  });
}"""


def start_diary(page: Page) -> None:
    """Begin to write. It ends with the page."""
    page.evaluate(START)


def read_diary(page: Page) -> list[dict[str, Any]]:
    """Everything that was there, oldest first."""
    entries: list[dict[str, Any]] = page.evaluate("window.diary")
    return entries
