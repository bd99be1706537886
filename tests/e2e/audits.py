"""What a page must have in every state: accessible, and no wider than the screen."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
TRIES = 3
SETTLES = 1000  # milliseconds
GRAVE = {"serious", "critical"}
RUN = """async (only) => {
  const { violations } = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
  return violations.map(({ id, impact, nodes }) => ({
    id, impact, nodes: nodes.map((node) => `${node.target}: ${node.failureSummary}`),
  }));
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
