"""Another spelling for a search that found nothing."""

from __future__ import annotations

import difflib
import re
from collections import Counter

from gallery.models import Post
from gallery.search.folding import fold
from gallery.search.lookup import search
from gallery.search.query import Query, parse

RECENT_POSTS = 300
"""Of the person's own posts: where the words come from."""

_WORD = re.compile(r"[^\W\d_]{3,30}")
_ALIKE = 0.7


def suggest(query: Query, owner_id: int) -> str:
    """The search with its unknown words replaced by similar ones; empty if there are none.

    The words are those of the person's own recent posts: no vocabulary has to be kept, and
    nobody's private prompts show through. What is suggested does find something. Meant for
    searches that found nothing: it reads up to RECENT_POSTS texts.
    """
    terms = [term for term in query.terms if not (term.is_excluded or term.in_model)]
    known = _words_of(owner_id) if terms else {}
    better = {
        word: match
        for term in terms
        for word in term.words
        if fold(word) not in known and (match := _similar(fold(word), known))
    }
    if not better:
        return ""
    text = query.spelled(better)
    return text if search(owner_id, parse(f"{text} "), limit=1) else ""


def _words_of(owner_id: int) -> dict[str, str]:
    """Words of the person's recent posts: folded, and as they are mostly written."""
    texts = Post.objects.live().filter(owner=owner_id).order_by("-pk")
    written: Counter[str] = Counter()
    for prompt, caption in texts.values_list("prompt", "caption")[:RECENT_POSTS]:
        written.update(_WORD.findall(f"{prompt[:2000]} {caption[:2000]}".lower()))
    return {fold(word): word for word, _count in reversed(written.most_common())}


def _similar(word: str, known: dict[str, str]) -> str | None:
    """The known word that is most like this one."""
    letters = set(word)
    candidates = [
        other
        for other in known
        if abs(len(other) - len(word)) <= 2 and len(letters.symmetric_difference(other)) <= 3
    ]
    found = difflib.get_close_matches(word, candidates, n=1, cutoff=_ALIKE)
    return known[found[0]] if found else None
