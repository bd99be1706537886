"""What axe-core does not look at: structure, focus, motion, room for larger text."""

from __future__ import annotations

from playwright.sync_api import Page

STRUCTURE = """() => {
  const found = [];
  const shown = (element) => element.checkVisibility();
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  if (!/^(en|pt-br)$/.test(document.documentElement.lang)) found.push("lang");
  if (!document.title.trim()) found.push("no title");
  if (all("h1").length !== 1) found.push(`${all("h1").length} h1`);
  const mains = document.querySelectorAll("main, [role=main]");  // may have no box of its own
  if (mains.length !== 1) found.push(`${mains.length} main`);
  const told = (heading) => heading.textContent.trim();
  let level = 0;
  for (const heading of all("h1, h2, h3, h4, h5, h6")) {
    const next = Number(heading.ariaLevel ?? heading.tagName[1]);
    if (level && next > level + 1) found.push(`h${next} after h${level}: ${told(heading)}`);
    level = next;
  }
  const live = document.querySelectorAll("[aria-live], [role=status], [role=alert]");
  if (document.querySelector(".app") && !live.length) found.push("nothing announces");
  return found;
}"""

MOVING = """() => {
  const seconds = (text) => Math.max(...text.split(",").map((part) => parseFloat(part)));
  const found = new Set();
  for (const element of document.querySelectorAll("*")) {
    for (const pseudo of [null, "::before", "::after"]) {
      const style = getComputedStyle(element, pseudo);
      const animated = style.animationName !== "none" ? seconds(style.animationDuration) : 0;
      const longest = Math.max(animated, seconds(style.transitionDuration));
      if (longest > 0.01) {
        const name = `${element.tagName}.${element.getAttribute("class") ?? ""}${pseudo ?? ""}`;
        found.add(`${name} ${longest} s`);
      }
    }
  }
  return [...found].slice(0, 5);
}"""

# Each in turn gets the focus. It has to look different then, by an outline, a border or a shadow,
# on itself or on what is around it; and some of it has to be in sight, above what is fixed.
FOCUS = """() => {
  const found = [];
  const ATTRIBUTES = ["id", "name", "aria-label", "class"];
  const nameOf = (element) => element.tagName + ATTRIBUTES
    .map((name) => element.getAttribute(name)).filter(Boolean).slice(0, 1).map((t) => ` ${t}`);
  const top = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document;
  const stops = [...top.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex], video[controls], iframe"
  )].filter((element) => element.tabIndex >= 0 && !element.matches(":disabled, [type=hidden]")
    && element.checkVisibility({ visibilityProperty: true }) && !element.closest("[inert]"));
  const look = (element) => {
    const looks = [];
    for (let at = element, n = 0; at && n < 4; at = at.parentElement, n += 1) {
      for (const pseudo of [undefined, "::before", "::after"]) {
        const { outline, boxShadow, borderColor, inset } = getComputedStyle(at, pseudo);
        looks.push([outline, boxShadow, borderColor, inset].join());
      }
    }
    const by = element.labels?.[0]?.querySelector("i, span, svg") ?? element.nextElementSibling;
    if (by) {
      const { outline, boxShadow, borderColor } = getComputedStyle(by);
      looks.push([outline, boxShadow, borderColor].join());
    }
    return looks.join(";");
  };
  const inSight = (element) => {
    const around = element.labels?.[0] ?? element;
    for (const box of [...element.getClientRects(), ...around.getClientRects()]) {
      for (const across of [0.5, 0.1, 0.9]) {
        for (const down of [0.5, 0.15, 0.85]) {
          const x = box.left + box.width * across;
          const y = box.top + box.height * down;
          const hit = document.elementFromPoint(x, y);
          if (hit && (element.contains(hit) || hit.contains(element) || around.contains(hit))
            && hit !== document.documentElement && hit !== document.body) return true;
        }
      }
    }
    return false;
  };
  const tried = new Set();
  for (const element of stops) {
    const kind = nameOf(element).replace(/[0-9]+/g, "") + (element.textContent.trim().slice(0, 9));
    if (tried.has(kind)) continue;
    tried.add(kind);
    element.blur();
    const before = look(element);
    element.focus();
    if (document.activeElement !== element) continue;
    if (look(element) === before) found.push(`no focus seen: ${nameOf(element)}`);
    const { width, height } = element.getBoundingClientRect();
    if (width > 1 && height > 1 && !inSight(element)) found.push(`covered: ${nameOf(element)}`);
  }
  document.activeElement?.blur();
  scrollTo(0, 0);
  return [...new Set(found)].slice(0, 8);
}"""

# WCAG 1.4.12. What ends in dots by intent is told whole elsewhere.
SPACED = """
* {
  line-height: 1.5 !important; letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important;
}
p { margin-bottom: 2em !important; }
"""
CUT = """(css) => {
  const UNMEASURED = "svg, .sr, [class*=skip], textarea, select, option, dialog:not([open])";
  const told = (element) => element.textContent.trim().slice(0, 40);
  const cut = () => new Set([...document.querySelectorAll("body *")].filter((element) => {
    if (!element.checkVisibility() || !element.textContent.trim()) return false;
    if (element.closest(UNMEASURED)) return false;
    const style = getComputedStyle(element);
    const isCut = (overflow, needs, has) => /hidden|clip/.test(overflow) && needs > has + 2;
    if (style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none") return false;
    if (element.clientWidth < 2 || element.clientHeight < 2) return false;
    return isCut(style.overflowX, element.scrollWidth, element.clientWidth)
      || isCut(style.overflowY, element.scrollHeight, element.clientHeight);
  }));
  const before = cut();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const after = [...cut()].filter((element) => !before.has(element));
  const { scrollWidth, clientWidth } = document.documentElement;
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  const wide = scrollWidth > clientWidth ? [`${scrollWidth} > ${clientWidth}`] : [];
  return [...wide, ...after.slice(0, 5).map(
    (element) => `${element.tagName}.${element.getAttribute("class")}: ${told(element)}`)];
}"""


def _look(page: Page, what: str, script: str, argument: object = None) -> list[str]:
    found: list[str] = page.evaluate(script, argument)
    return [f"{what}: {one}" for one in found]


def find_structure(page: Page) -> list[str]:
    """Whether the page has one heading above all others, one main part, a title, a language."""
    return _look(page, "structure", STRUCTURE)


def find_motion(page: Page) -> list[str]:
    """What moves for longer than a hundredth of a second. Ask for less motion first."""
    return _look(page, "motion", MOVING)


def find_lost_focus(page: Page) -> list[str]:
    """What does not show that it has the focus, or is covered when it gets it."""
    page.keyboard.press("Tab")  # from now on the browser shows where the focus is
    return _look(page, "focus", FOCUS)


def find_cut_text(page: Page) -> list[str]:
    """What is cut off when lines, words and letters stand as far apart as people may set them."""
    return _look(page, "spacing", CUT, SPACED)
