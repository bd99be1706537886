"""What is sent to Kie for a task. Which fields a model has differs from model to model."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import GenerationRequest


def task_body(request: GenerationRequest) -> dict[str, Any]:
    """The body of `createTask`. Raises ProviderError (INVALID) for pictures without an address, and
    for more of them than the model has fields for.
    """
    body: dict[str, Any] = {"model": request.model.remote_id, "input": _input(request)}
    if request.callback_url:
        body["callBackUrl"] = request.callback_url
    return body


def ignored(request: GenerationRequest) -> list[str]:
    """What of the request the model has no field for."""
    options = request.model.options
    able = request.model.capabilities
    asked = {
        "seed": ("seed_field", True),
        "negative_prompt": ("negative_field", bool(request.negative_prompt)),
        "aspect_ratio": ("aspect_field", _differs(request.aspect_ratio, able.aspect_ratios)),
        "resolution": ("resolution_field", _differs(request.resolution, able.resolutions)),
    }
    return [name for name, (field, matters) in asked.items() if matters and not options.get(field)]


def _differs(value: str, offered: tuple[str, ...]) -> bool:
    """Whether the model lists values, and not this one."""
    return bool(offered) and value not in offered


def _input(request: GenerationRequest) -> dict[str, Any]:
    """The fields that the catalogue names for this model, and no others: Kie refuses strangers."""
    options = request.model.options
    values = {
        "aspect_field": request.aspect_ratio,
        "resolution_field": _resolution(request),
        "seed_field": request.seed,
        "duration_field": _duration(request),
        "negative_field": request.negative_prompt or None,
        **_pictures(request),
    }
    fields: dict[str, Any] = {"prompt": request.prompt}
    fields |= {
        options[name]: value
        for name, value in values.items()
        if options.get(name) and value is not None
    }
    if options.get("output_format"):
        fields["output_format"] = options["output_format"]
    return fields


def _resolution(request: GenerationRequest) -> str:
    spelling = request.model.options.get("resolution_spelling")
    return request.resolution.upper() if spelling == "upper" else request.resolution


def _duration(request: GenerationRequest) -> str | int | None:
    if not request.seconds:
        return None
    is_text = request.model.options.get("duration_type") == "text"
    return str(request.seconds) if is_text else request.seconds


def _pictures(request: GenerationRequest) -> dict[str, Any]:
    """Addresses by the option that names their field."""
    if not request.references:
        return {}
    options = request.model.options
    addresses = [picture.address for picture in request.references]
    if not all(addresses):
        with translation.override(request.language):
            reason = _("This model fetches pictures, and this server has no public address.")
        raise ProviderError(
            ErrorKind.INVALID,
            "Kie takes pictures by address only: no https SITE_URL",
            reason=reason,
        )
    if options.get("pictures_field"):
        return {"pictures_field": addresses}
    places = ("first_frame_field", "last_frame_field")[: len(addresses)]
    if len(addresses) > len(places) or not all(options.get(place) for place in places):
        raise ProviderError(ErrorKind.INVALID, "the catalogue names no field for these pictures")
    return dict(zip(places, addresses, strict=True))
