"""What a person uses of their room."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from gallery.api.schemas import QuotaOut, answers
from gallery.models import Usage
from pixelstream.api.envelopes import answer
from pixelstream.api.models import Scope
from pixelstream.api.security import Token, owner_of

router = Router(tags=["quota"])


@router.get("/quota", auth=Token(Scope.READ), response=answers(QuotaOut))
def get_quota(request: HttpRequest) -> HttpResponse:
    """How much is kept, and how much may be."""
    usage = Usage.objects.of(owner_of(request))
    return answer(
        {
            "usedBytes": usage.used,
            "limitBytes": usage.limit,
            "percent": usage.percent,
            "level": usage.level,
        }
    )
