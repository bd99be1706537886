"""What no honest browser sends."""

from __future__ import annotations

import os
import re

from tests.gallery.search.nasty import BLNS

TYPED = [
    *{re.sub(r"(\\x[0-9A-F]{2})+", "", text): text for text in BLNS}.values(),
    *("'><svg/onload=alert(1)>", "</textarea><b>", "</title><u>", "<!--", "<![CDATA[", "<?php"),
    *("{{ 7 * 7 }}{% debug %}", "javascript:alert(1)//<b>", "&lt;b&gt;<i>", "\r\nX-Header: 1"),
    *("\x00", "a\x00b", "\x1b[0m", "\x7f", "\ufeff", "\uffff", "\U0010ffff", "\u202egpj.exe"),
    *("0", "-1", "1.0", "1e3", "0x10", "²", "١٢٣", "0" * 5000, "9" * 5000, "1:" + "9" * 5000),
    *(str(2**31), str(2**63 - 1), str(2**63), str(2**64), str(-(2**63)), "1,2,,-3, 4,x"),
    *("0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "2026-13-01"),
    *("2026-1-1", "２０２６-０１-０１", "2026-01-01T00:00", "today", "1:1", "0:1", "1:0", "16:9:1"),
    *("x" * 10_000, "ẍ̸̡͚̈́" * 500, "../../etc/passwd", "..\\..\\boot.ini", "CON", "a/b", "%00%ff"),
]
"""The Big List of Naughty Strings, without those that differ in a written-out `\\x0B` only, and
what somebody would try who knows us.
"""

UNENCODABLE = [
    b"\xff",
    b"\xed\xa0\x80",  # a lone surrogate
    b"\xc0\xaf",  # a slash in two bytes
    b"\xf4\x90\x80\x80",  # beyond Unicode
    b"a\x00b",
    b"\xf0\x9f",  # half of a smiley
    b"\xff\xfe<\x00b\x00>\x00",
]


def thinned(step: int) -> int:
    """Every how many-th of TYPED is tried: `step`, or each where the environment says
    EVERY_STRING=1 (three times as long).
    """
    return 1 if "EVERY_STRING" in os.environ else step
