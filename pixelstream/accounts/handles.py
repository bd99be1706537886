"""Handles: the names under which people's public pages are found, `/@handle/`."""

from __future__ import annotations

import re

from pixelstream.accounts.models import HANDLE_PATTERN, User

_WORDS = """
about abuse account accounts admin administrator administrators admins all anonymous anyone api
app archive auth billing blog bot bots bug bugs
components contact conversation conversations copyright create created deleted developer
developers dmca docs download downloads edit email everybody everyone explore
faq favicon featured feed feeds feedback gallery guest guests healthz help home
image images index info invite jobs language legal list live localhost login logout
mail mailer media member members messages metrics mfa mod moderation moderator moderators mods
myself nobody none noreply notifications null oembed official ops owner
password people pictures pixelstream pixelstreams policy postmaster posts press pricing privacy
profile profiles projects public readyz references register report reports robots root rss
search secure security self session sessions settings share shared shop signin signout signup
sitemap somebody someone spam staff static status storage studio support sysadmin system
tag tags team terms test tests token tokens trash trust undefined unknown unlisted uploads user
username users verified video videos webhook webhooks webmaster welcome www you yourself
"""
RESERVED = frozenset(_WORDS.split())
"""Names that nobody can choose: they would speak for the installation, be taken for an address of
it, or for nobody. What is shorter than three characters (`me`, `p`) is no handle anyway.
"""

_POSSIBLE = re.compile(rf"{HANDLE_PATTERN}\Z", re.ASCII)


def canonical(text: str) -> str:
    """The handle as it is kept: small letters, without the @ that people write in front of it."""
    return text.strip().removeprefix("@").lower()


def is_possible(handle: str) -> bool:
    """Whether it has the characters and the length of one."""
    return bool(_POSSIBLE.match(handle))


def find(text: str) -> User | None:
    """Who has a public page under this name, whatever its letters' case; nobody who is suspended or
    was erased.
    """
    handle = text.lower()
    if not is_possible(handle):
        return None
    return User.objects.filter(handle=handle, is_active=True).first()
