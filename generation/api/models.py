"""The models that there are, and what each can do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from gallery.api.schemas import answers
from generation import catalogue
from generation.api.outputs import ModelOut
from generation.api.written import model_as_dict
from generation.providers.types import Kind
from generation.services import keys
from pixelstream.api.envelopes import CamelSchema, answer
from pixelstream.api.models import Scope
from pixelstream.api.security import Token, owner_of

router = Router(tags=["models"])


class ModelsIn(CamelSchema):
    """Which models."""

    kind: Kind | None = Field(None, description="Only those that do this kind of work")


class ModelsOut(CamelSchema):
    """All of them at once."""

    items: list[ModelOut]


@router.get("/models", auth=Token(Scope.READ), response=answers(ModelsOut), summary="List models")
def list_models(request: HttpRequest, asked: Query[ModelsIn]) -> HttpResponse:
    """What can be asked for, those that you can use first; the others say why not."""
    kinds = [asked.kind] if asked.kind else list(Kind)
    offers = catalogue.offers(*kinds, keys=keys.states(owner_of(request)))
    return answer({"items": [model_as_dict(offer) for offer in offers]})
