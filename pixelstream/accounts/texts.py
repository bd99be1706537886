"""What people write about themselves, made fit to stand on other people's pages."""

from __future__ import annotations

import re
import unicodedata

# Characters that look like nothing although Unicode counts them as letters, marks or symbols.
_BLANK = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"

# Joiners hold together emoji and the letters of some scripts. Everything else of the category of
# formats is invisible, and some of it turns the text around it the other way.
_JOINERS = "\u200c\u200d"


def one_line(text: str) -> str:
    """The text as a name: no control characters, nothing that changes the direction of what stands
    beside it, single spaces. Empty when nobody could see it.
    """
    return _visible(" ".join(_clean(text).split()))


def paragraphs(text: str) -> str:
    """The text with its line breaks, cleaned like `one_line`; at most one empty line in a row."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = [_clean(line).strip() for line in unified.split("\n")]
    return _visible(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip())


def _clean(text: str) -> str:
    return "".join(map(_kept, unicodedata.normalize("NFC", text)))


def _kept(character: str) -> str:
    kind = unicodedata.category(character)
    if character in _BLANK or kind in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if kind in {"Cf", "Cs", "Co", "Cn"} and character not in _JOINERS else character


def _visible(text: str) -> str:
    return text if any(unicodedata.category(one)[0] in "LNPS" for one in text) else ""
