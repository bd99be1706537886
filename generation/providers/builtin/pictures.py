"""The built-in engine's pictures: a prompt painted by one of its models."""

from __future__ import annotations

from PIL import Image

from generation.providers.builtin.brief import read_brief
from generation.providers.builtin.canvas import Style, seeded
from generation.providers.builtin.finish import finished
from generation.providers.builtin.palettes import palette_of
from generation.providers.builtin.scenes import painter_of
from generation.providers.builtin.styles import STYLES, new_canvas

MODELS: dict[str, Style] = STYLES
"""The engine's models by key, for example "builtin/lumen"."""


def paint(
    *,
    prompt: str,
    negative_prompt: str = "",
    seed: int,
    model: str,
    width: int,
    height: int,
) -> Image.Image:
    """Paint a prompt: RGB, exactly `width` x `height` pixels.

    The same arguments give the same pixels in every process. Raises KeyError for an unknown
    model and ValueError for an empty size.
    """
    style = MODELS[model]
    if width < 1 or height < 1:
        raise ValueError(f"a picture needs at least one pixel, not {width} x {height}")
    brief = read_brief(prompt, negative_prompt)
    source = "\x1f".join((prompt, negative_prompt, str(seed), model))
    palette = palette_of(brief, style, seeded(source, "palette"))
    canvas = new_canvas(style, width, height, source)
    painter_of(brief.scene)(canvas, brief, palette)
    return finished(canvas)
