"""A browser in words, from the line by which it names itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext

# Most browsers also name the ones that they descend from: the first that is found is it.
BROWSERS = (
    ("Edge", r"\b(?:Edg|EdgA|EdgiOS|Edge)/"),
    ("Opera", r"\b(?:OPR|OPT|OPiOS|Opera)/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Vivaldi", r"\bVivaldi/"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/"),
    ("Chromium", r"\bChromium/"),
    ("Chrome", r"\b(?:Chrome|HeadlessChrome|CriOS)/"),
    ("Safari", r"\bVersion/\S+.* Safari/"),
    ("curl", r"^curl/"),
)
SYSTEMS = (
    ("iPad", r"\biPad\b"),
    ("iPhone", r"\b(?:iPhone|iPod)\b"),
    ("Android", r"\bAndroid\b"),
    ("Windows", r"\bWindows\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("macOS", r"\bMac(?:intosh| OS X)\b"),
    ("Linux", r"\bLinux\b"),
)


@dataclass(frozen=True)
class Device:
    """What a browser says of itself. It may lie: this is to be read, and decides nothing."""

    user_agent: str

    def __str__(self) -> str:
        """In the language of the moment, such as "Firefox on Windows"."""
        browser, system = _first(BROWSERS, self.user_agent), _first(SYSTEMS, self.user_agent)
        if browser and system:
            return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
        return browser or system or gettext("An unknown browser")


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for name, pattern in known if re.search(pattern, user_agent)), "")
