"""What is sent to OpenRouter for a picture, in either of its two dialects, and for a clip."""

from __future__ import annotations

from typing import Any

from generation.providers import pictures
from generation.providers.types import GenerationRequest, ImageInput


def picture_body(request: GenerationRequest) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The body for the images API, and what of the request it cannot carry."""
    shape, ignored = _shape(request)
    options = request.model.options
    body: dict[str, Any] = {
        "model": request.model.remote_id,
        "prompt": request.prompt,
        **shape,
    }
    if "output_format" in options:
        body["output_format"] = options["output_format"]
    if request.references:
        body["input_references"] = _references(request)
    if request.model.capabilities.seed:
        body["seed"] = request.seed
    if request.negative_prompt and options.get("negative_prompt"):
        provider, _, parameter = options["negative_prompt"].rpartition(".")
        body["provider"] = {
            "only": [provider],
            "options": {provider: {parameter: request.negative_prompt}},
        }
        ignored = tuple(name for name in ignored if name != "negative_prompt")
    return body, ignored


def clip_body(request: GenerationRequest) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The body for the videos API, and what of the request it cannot carry.

    A ratio or a resolution that the model does not list is not sent: it is refused, or the frame
    decides.
    """
    able = request.model.capabilities
    body: dict[str, Any] = {
        "model": request.model.remote_id,
        "prompt": request.prompt,
        "duration": request.seconds,
    }
    ignored = []
    asked = (
        ("aspect_ratio", request.aspect_ratio, able.aspect_ratios),
        ("resolution", request.resolution, able.resolutions),
    )
    for name, value, offered in asked:
        if value in offered:
            body[name] = value
        elif offered:
            ignored.append(name)
    if able.seed:
        body["seed"] = request.seed
    else:
        ignored.append("seed")
    if request.references:
        places = zip(("first_frame", "last_frame"), request.references, strict=False)
        body["frame_images"] = [{**_picture(each), "frame_type": place} for place, each in places]
    if request.callback_url:
        body["callback_url"] = request.callback_url
    parameter = request.model.options.get("negative_prompt")
    if request.negative_prompt and parameter:
        provider, _, name = parameter.rpartition(".")
        body["provider"] = {"options": {provider: {"parameters": {name: request.negative_prompt}}}}
    elif request.negative_prompt:
        ignored.append("negative_prompt")
    return body, tuple(ignored)


def picture_chat_body(request: GenerationRequest) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The body for a picture by chat completions, and what of the request it cannot carry."""
    shape, ignored = _shape(request)
    content = [{"type": "text", "text": request.prompt}, *_references(request)]
    body: dict[str, Any] = {
        "model": request.model.remote_id,
        "messages": [
            {"role": "user", "content": content if request.references else request.prompt}
        ],
        "modalities": request.model.options.get("modalities", "image text").split(),
    }
    names = {"aspect_ratio": "aspect_ratio", "resolution": "image_size"}
    if shape:
        body["image_config"] = {names[name]: value for name, value in shape.items()}
    if request.model.capabilities.seed:
        body["seed"] = request.seed
    return body, ignored


def _shape(request: GenerationRequest) -> tuple[dict[str, str], tuple[str, ...]]:
    """Ratio and resolution, as far as the model takes them, and what of the request it does not."""
    able = request.model.capabilities
    unsupported = request.model.options.get("unsupported", "").split()
    asked = (
        ("aspect_ratio", request.aspect_ratio, able.aspect_ratios),
        ("resolution", request.resolution, able.resolutions),
    )
    shape = {name: value for name, value, _ in asked if name not in unsupported}
    ignored = [
        name for name, value, offered in asked if name in unsupported and value not in offered
    ]
    if not able.seed:
        ignored.append("seed")
    if request.negative_prompt:
        ignored.append("negative_prompt")
    return shape, tuple(ignored)


def _references(request: GenerationRequest) -> list[dict[str, Any]]:
    return [_picture(picture) for picture in request.references]


def _picture(picture: ImageInput) -> dict[str, Any]:
    """By its address where it has one, else as a data URL: vendors like addresses better."""
    url = picture.address or pictures.data_url(picture.data, picture.media_type)
    return {"type": "image_url", "image_url": {"url": url}}
