"""What a page must have in every state: accessible, and no wider than the screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.e2e.browsing import DESKTOP, PHONE

NARROW = {"width": 320, "height": 640}
# Everything else is the same in both themes.
COLOURS = ["color-contrast", "link-in-text-block"]
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
TRIES = 3
SETTLES = 1000  # milliseconds
GRAVE = {"serious", "critical"}
# All style sheets would be read for one rule only, which is experimental and not asked for.
RUN = """async (only) => {
  const { violations } = await axe.run(document, {
    runOnly: only, resultTypes: ["violations"], rules: { "target-size": { enabled: true } },
    preload: { assets: ["media"] },
  });
  return violations.map(({ id, impact, nodes }) => ({
    id, impact, nodes: nodes.map((node) => `${node.target}: ${node.failureSummary}`),
  }));
}"""
# What never ends, or takes long as a message's ring, is not waited for.
STILL = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  await document.fonts.ready;
  await frame();
  await frame();
  const moving = document.getAnimations().filter(({ effect }) => {
    const { duration, iterations } = effect.getComputedTiming();
    return iterations === 1 && duration < 500;
  });
  await Promise.race([
    Promise.allSettled(moving.map(({ finished }) => finished)),
    new Promise((done) => setTimeout(done, 500)),
  ]);
}"""
WIDER = """() => {
  const top = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.documentElement;
  const { scrollWidth, clientWidth } = top;
  if (scrollWidth <= clientWidth) return [];
  const wide = [...top.querySelectorAll("*")].filter((element) => {
    const { right, width } = element.getBoundingClientRect();
    return width && right > clientWidth + 0.5;
  });
  return [`${scrollWidth} > ${clientWidth}`, ...wide.slice(0, 5).map(
    (element) => `${element.tagName}.${element.className.baseVal ?? element.className}`)];
}"""


def find_barriers(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core calls serious or critical. By evaluation: the policy allows no foreign code."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    violations: list[dict[str, Any]] = []
    for _ in range(TRIES):  # colours may be on their way from one theme to the other
        violations = page.evaluate(RUN, only)
        if not any(violation["impact"] in GRAVE for violation in violations):
            break
        page.wait_for_timeout(SETTLES)
    return [
        f"{violation['id']} ({violation['impact']}) {node}"
        for violation in violations
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


def find_overflow(page: Page) -> list[str]:
    """What makes the page, or the dialog above it, scroll sideways."""
    found: list[str] = page.evaluate(WIDER)
    return found


def settle(page: Page) -> None:
    """Wait until the page is drawn in its theme, width and letters, and what moves has arrived."""
    page.evaluate(STILL)


def audit(page: Page, in_state: Iterable[str], *, barriers: bool = True) -> list[str]:
    """Look at a page in each of its states in every theme and width; returns what is wrong."""
    found: list[str] = []
    for state in in_state:
        looks = [("light", DESKTOP, None), ("dark", DESKTOP, COLOURS)]
        looks += [("light", PHONE, COLOURS), ("dark", PHONE, None)]
        for scheme, size, rules in looks if barriers else []:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            settle(page)
            where = f"{state} {scheme} {size['width']}"
            found += [f"{where}: {barrier}" for barrier in find_barriers(page, rules)]
        for size in (PHONE, NARROW):
            page.set_viewport_size(size)
            found += [f"{state} {size['width']}: {wide}" for wide in find_overflow(page)]
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESKTOP)
    return found
