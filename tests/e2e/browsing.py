"""A real browser, and a watch over everything that goes wrong in it."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Response

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
TIMEOUT = 40_000  # the machine may be busy with other things

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} blocked ${event.blockedURI}`);
});
"""


def launch(playwright: Playwright, executable: str) -> Browser:
    """Start it."""
    return playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)


class Browsing:
    """Opens pages, each in a browser of its own, and remembers what went wrong in them."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.trouble: list[str] = []
        self._allowed: list[str] = []
        self._contexts: list[BrowserContext] = []

    def __call__(self, **options: Any) -> Page:
        """Open an empty page. Options are those of Playwright's contexts.

        Nothing moves unless the test asks for it: without a graphics card, each frame of what
        shimmers while pictures are made is painted by the processor that should make them.
        """
        phone = options.pop("phone", False)
        usual = {"locale": "en-US", "reduced_motion": "reduce"}
        context = self.browser.new_context(
            base_url=self.url, viewport=PHONE if phone else DESKTOP, **{**usual, **options}
        )
        context.set_default_timeout(TIMEOUT)
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("page", self._watch)
        self._contexts.append(context)
        return context.new_page()

    def allow(self, pattern: str) -> None:
        """Take this trouble as expected."""
        self._allowed.append(pattern)

    def unexpected(self) -> list[str]:
        """Everything that went wrong and was not expected."""
        return [
            trouble
            for trouble in self.trouble
            if not any(re.search(pattern, trouble) for pattern in self._allowed)
        ]

    def close(self) -> None:
        """Close every page."""
        for context in self._contexts:
            context.close()

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.trouble.append(f"{page.url}: {error}"))
        page.on("crash", lambda _: self.trouble.append(f"{page.url}: the page crashed"))
        page.on("response", self._look_at)
        page.on(
            "console",
            lambda message: (
                self.trouble.append(f"{page.url}: {message.text} ({message.location['url']})")
                if message.type == "error"
                else None
            ),
        )

    def _look_at(self, response: Response) -> None:
        if response.status >= 500:
            self.trouble.append(f"HTTP {response.status}: {response.url}")
