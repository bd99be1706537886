"""How servers that speak OpenAI's image API differ from one another.

The setting OPENAI_DIALECT names a preset and what differs from it: `localai`, or
`generic,seed=no,edit=none`. Without it the address decides: OpenAI's own, or anybody's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlsplit

from generation.providers.types import GenerationRequest, ModelSpec

OPENAI_HOST = "api.openai.com"

_CHOICES = {
    "negative": ("none", "field", "pipe"),
    "extras": ("fields", "prompt_tag"),
    "edit": ("multipart", "multipart_image", "multipart_array", "json", "json_file", "none"),
    "result": ("b64", "url"),
    "auth": ("bearer", "none"),
    "size": ("openai", "any"),
}
_SWITCHES = {"yes": True, "no": False}
_MOST_REFERENCES = 16
"""OpenAI's own limit."""


@dataclass(frozen=True)
class Dialect:
    """What a server takes and gives."""

    preset: str
    seed: bool = True
    """Whether it takes a seed."""
    negative: str = "field"
    """`none`, a `field` of its own, or behind a `pipe` in the prompt."""
    extras: str = "fields"
    """Where seed and negative prompt stand: `fields`, or a `prompt_tag` of JSON in the prompt."""
    edit: str = "multipart_image"
    """How pictures are sent along: files named `image`, `image[]`, or (`multipart`) `image` for
    one and `image[]` for several; data URLs in `json`; base64 in a generation's `file`
    (`json_file`); or `none` can be sent."""
    result: str = "b64"
    """What is asked for. Whatever comes is taken."""
    auth: str = "bearer"
    size: str = "any"
    """`any` width and height, or only those that OpenAI's older models have."""
    references: int = 1
    """How many pictures its models usually take; forms offer that many for a discovered model."""

    @property
    def is_openai(self) -> bool:
        """Whether the server is OpenAI, or a gateway that passes everything on to it."""
        return self.preset == "openai"

    @property
    def most_references(self) -> int:
        """How many pictures there is a way to send along, whatever a model makes of them."""
        return {"none": 0, "json_file": 1}.get(self.edit, _MOST_REFERENCES)

    @property
    def max_references(self) -> int:
        """How many pictures to offer for a model of which only the name is known."""
        return min(self.references, self.most_references)


PRESETS = {
    dialect.preset: dialect
    for dialect in (
        Dialect(
            "openai", seed=False, negative="none", edit="multipart", size="openai", references=16
        ),
        Dialect("localai", negative="pipe", edit="json_file"),
        Dialect("vllm-omni", references=4),
        Dialect("sd-server", extras="prompt_tag", edit="multipart_array", references=4),
        Dialect("generic"),
    )
}


def parse(text: str, base_url: str = "") -> Dialect:
    """The dialect that a text like `localai` or `generic,seed=no,edit=none` names.

    An empty text means OpenAI's own for its address, else `generic`. Raises ValueError, with a
    sentence for the operator, when the text cannot be read.
    """
    name, *changes = [part.strip() for part in text.split(",")]
    if not name:
        name = "openai" if urlsplit(base_url).hostname == OPENAI_HOST else "generic"
    if name not in PRESETS:
        raise ValueError(_complaint(text, f"the first word has to be one of {', '.join(PRESETS)}"))
    differences: dict[str, Any] = dict(_read_change(text, change) for change in changes)
    return replace(PRESETS[name], **differences)


def _read_change(text: str, change: str) -> tuple[str, str | bool | int]:
    name, separator, value = (part.strip() for part in change.partition("="))
    if not separator or name not in {field.name for field in fields(Dialect)} - {"preset"}:
        names = ", ".join(field.name for field in fields(Dialect) if field.name != "preset")
        raise ValueError(_complaint(text, f"{change!r} is not name=value with one of {names}"))
    if name == "seed":
        if value not in _SWITCHES:
            raise ValueError(_complaint(text, "seed is yes or no"))
        return name, _SWITCHES[value]
    if name == "references":
        if not (value.isascii() and value.isdigit() and 1 <= int(value) <= _MOST_REFERENCES):
            problem = f"references is a number from 1 to {_MOST_REFERENCES}"
            raise ValueError(_complaint(text, problem))
        return name, int(value)
    if value not in _CHOICES[name]:
        raise ValueError(_complaint(text, f"{name} is one of {', '.join(_CHOICES[name])}"))
    return name, value


def _complaint(text: str, problem: str) -> str:
    return f"OPENAI_DIALECT cannot be read ({text!r}): {problem}."


_STEP = 16
"""Models work on blocks of this many pixels; OpenAI's refuse other edges."""
_MAX_EDGE = 3840
_MIN_PIXELS = 655_360
_MAX_PIXELS = 8_294_400
_MAX_STRETCH = 2.9
"""They take 3:1; the rest is room for rounding."""
_OPENAI_SIZES = ((1024, 1024), (1536, 1024), (1024, 1536))


def takes_any_size(spec: ModelSpec) -> bool:
    """Whether this model of OpenAI's takes any width and height (gpt-image-2 and later)."""
    return spec.options.get("size") == "any"


def size(request: GenerationRequest, dialect: Dialect) -> str:
    """Width and height in pixels as the server wants them, for example `1536x1024`."""
    width, height = _wanted(request)
    if dialect.size == "openai" and not takes_any_size(request.model):
        wanted = math.log(width / height)
        width, height = min(_OPENAI_SIZES, key=lambda s: abs(math.log(s[0] / s[1]) - wanted))
    elif dialect.size == "openai":
        width, height = _within_limits(width, height)
    else:
        width, height = _in_steps(width), _in_steps(height)
    return f"{width}x{height}"


def _wanted(request: GenerationRequest) -> tuple[int, int]:
    if request.width > 0 and request.height > 0:
        return request.width, request.height
    wide, _separator, high = request.aspect_ratio.partition(":")
    ratio = math.sqrt(float(wide) / float(high))
    return round(1024 * ratio), round(1024 / ratio)


def _within_limits(width: float, height: float) -> tuple[int, int]:
    """The nearest size that OpenAI takes: area, longest edge and ratio have limits."""
    ratio = min(max(width / height, 1 / _MAX_STRETCH), _MAX_STRETCH)
    # A little inside, so that rounding the edges cannot lead out again.
    smallest = _MIN_PIXELS + _STEP * _MAX_EDGE / 2
    largest = min(_MAX_PIXELS, _MAX_EDGE**2 * min(ratio, 1 / ratio))
    area = min(max(width * height, smallest), largest)
    wide, high = _in_steps(math.sqrt(area * ratio)), _in_steps(math.sqrt(area / ratio))
    while wide * high > _MAX_PIXELS:
        wide, high = (wide - _STEP, high) if wide > high else (wide, high - _STEP)
    return min(wide, _MAX_EDGE), min(high, _MAX_EDGE)


def _in_steps(edge: float) -> int:
    return max(_STEP, _STEP * round(edge / _STEP))
