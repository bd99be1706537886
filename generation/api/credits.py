"""What a person has left, and what it went for."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from gallery.api.schemas import answers
from generation.api.outputs import CreditsOut
from generation.api.written import entry_as_dict
from generation.services import credits as service
from pixelstream.api.envelopes import answer
from pixelstream.api.lists import PageIn, encode
from pixelstream.api.models import Scope
from pixelstream.api.security import Token, owner_of

router = Router(tags=["credits"])


@router.get(
    "/credits", auth=Token(Scope.READ), response=answers(CreditsOut), summary="Your credits"
)
def get_credits(request: HttpRequest, page: Query[PageIn]) -> HttpResponse:
    """The balance, and the entries that it comes of, newest first. Where nothing costs credits
    there is neither.
    """
    owner, after = owner_of(request), page.after
    if not settings.CREDITS_ENABLED:
        return answer({"enabled": False, "balance": None, "items": [], "nextCursor": None})
    found = service.page_of(owner, before=after, size=page.limit)
    return answer(
        {
            "enabled": True,
            "balance": service.balance_of(owner),
            "items": [entry_as_dict(entry) for entry in found.entries],
            "nextCursor": None if found.next is None else encode(found.next),
        }
    )
