"""The last step of each medium: from the canvas's linear light to an 8-bit picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from generation.providers.builtin import brush, noise
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Field, encode, luminance, tone_map
from generation.providers.builtin.media import PencilCanvas

_PAPER = np.array([0.945, 0.925, 0.880], np.float32)


def finished(canvas: Canvas) -> Image.Image:
    """The picture of a painted canvas, RGB, exactly its size."""
    return _FINISHES[canvas.style.medium](canvas)


def _to_image(encoded: Field, canvas: Canvas, grain: float) -> Image.Image:
    """Quantise with film grain; at least a little, which also hides the steps of dark skies."""
    height, width = encoded.shape[:2]
    speck = canvas.rng("film").standard_normal((height, width), dtype=np.float32)
    speck *= np.float32(max(grain, 0.0022))
    encoded += speck[..., None]
    np.clip(encoded, 0, 1, out=encoded)
    encoded *= 255
    encoded += 0.5
    return Image.fromarray(encoded.astype(np.uint8))


def _vignette(canvas: Canvas, amount: float) -> Field:
    across = canvas.x / np.float32(canvas.right) - 0.5
    down = canvas.y / np.float32(canvas.bottom) - 0.5
    distance = np.sqrt(across * across + down * down)
    fall: Field = 1 - np.float32(amount) * noise.smooth_step(0.38, 0.78, distance)
    return fall


def _bloom(rgb: Field, threshold: float, radius: float, strength: float) -> None:
    """Let lights spill over their surroundings, in place."""
    over = np.clip(rgb - np.float32(threshold), 0, 1.5)
    over = noise.blur(over, radius) * np.float32(strength) + noise.blur(
        over, radius * 3.2
    ) * np.float32(strength * 0.6)
    rgb += over


def _light(canvas: Canvas) -> Image.Image:
    rgb = canvas.rgb
    _bloom(rgb, 0.72, canvas.unit * 0.012, 0.40)
    encoded = encode(tone_map(rgb, 1.04))
    # A gentle S-curve: photographic contrast without crushing the darks.
    encoded += (encoded * encoded * (3 - 2 * encoded) - encoded) * np.float32(0.22)
    encoded *= _vignette(canvas, 0.17)[..., None]
    return _to_image(encoded, canvas, 0.010)


def _gouache(canvas: Canvas) -> Image.Image:
    rgb = canvas.rgb
    _bloom(rgb, 0.8, canvas.unit * 0.012, 0.25)
    encoded = encode(tone_map(rgb, 1.04))
    grey = encoded.mean(axis=-1, keepdims=True)
    encoded = np.clip(grey + (encoded - grey) * np.float32(1.10), 0, 1)
    painted, height = brush.paint_over(encoded, canvas)
    # Light from the upper left over the ridges of the bristles.
    relief = np.zeros_like(height)
    body = np.float32(0.55 * min(1.0, canvas.unit / 900))
    relief[1:, 1:] = height[1:, 1:] - height[:-1, :-1]
    painted *= (1 + np.clip(relief * body, -0.06, 0.06))[..., None]
    tooth = canvas.noise("tooth", 150, octaves=2, gain=0.7)
    painted *= (1 + tooth * np.float32(0.022))[..., None]
    return _to_image(painted, canvas, 0.004)


def _print(canvas: Canvas) -> Image.Image:
    encoded = encode(np.clip(canvas.rgb, 0, 1))
    # Ink takes unevenly: pinholes where the paper's tooth is deepest.
    tooth = canvas.noise("tooth", 170, octaves=3, gain=0.75)
    cloud = canvas.noise("ink", 3, octaves=4)
    holes = noise.smooth_step(1.02, 1.35, tooth + cloud * 0.30)[..., None] * np.float32(
        0.30 * min(1.0, canvas.unit / 1000)
    )
    encoded += (_PAPER - encoded) * holes
    encoded *= np.float32(0.965)
    encoded += np.float32(0.012)
    encoded *= (1 + tooth * np.float32(0.018) + cloud * np.float32(0.012))[..., None]
    margin = np.float32(0.035)
    wobble = canvas.noise("margin", 9, octaves=3) * np.float32(0.0022)
    inset = np.minimum(
        np.minimum(canvas.x, np.float32(canvas.right) - canvas.x),
        np.minimum(canvas.y, np.float32(canvas.bottom) - canvas.y),
    )
    bare = np.clip((margin + wobble - inset) * np.float32(canvas.unit) + 0.5, 0, 1)[..., None]
    encoded += (_PAPER * (1 + tooth * np.float32(0.016))[..., None] - encoded) * bare
    return _to_image(encoded, canvas, 0.006)


def _paper(canvas: Canvas) -> Image.Image:
    encoded = encode(np.clip(canvas.rgb, 0, 1))
    fibre = canvas.noise("fibre", 110, octaves=3, gain=0.8, stretch=1.6)
    relief = np.zeros_like(fibre)
    relief[1:, 1:] = fibre[1:, 1:] - fibre[:-1, :-1]
    encoded *= (1 + fibre * np.float32(0.014) + np.clip(relief, -1, 1) * np.float32(0.030))[
        ..., None
    ]
    fall = 1.03 - 0.07 * canvas.y / np.float32(canvas.bottom)
    encoded *= (fall * _vignette(canvas, 0.13))[..., None]
    return _to_image(encoded, canvas, 0.004)


def _hatching(canvas: Canvas, light: Field) -> Field:
    """Pencil strokes where the picture is dark: one direction, crossed in the depths."""
    wobble = canvas.noise("hand", 3.0, octaves=3) * np.float32(1.3)
    pressure = 1 + canvas.noise("pressure", 7, octaves=2, stretch=0.7) * np.float32(0.8)
    pitch = np.float32(2 * np.pi * min(84.0, canvas.unit / 4.5))
    total = np.zeros(light.shape, np.float32)
    for tilt, limit, weight in ((0.82, 0.46, 0.34), (-0.55, 0.27, 0.36), (0.10, 0.15, 0.40)):
        dark = np.clip((limit - light) * np.float32(1 / 0.26), 0, 1)
        if float(dark.max()) <= 0:
            continue
        wave = np.sin((canvas.y + canvas.x * np.float32(tilt)) * pitch + wobble)
        # The darker the tone, the wider the stroke.
        stroke = np.clip((wave + dark * 1.3 - 0.95) * 1.4, 0, 1)
        total += stroke * dark * pressure * np.float32(weight)
    return total


def _pencil(canvas: Canvas) -> Image.Image:
    assert isinstance(canvas, PencilCanvas)
    tone = encode(np.clip(canvas.rgb, 0, 1))
    light = luminance(tone)
    tooth = canvas.noise("tooth", 150, octaves=2, gain=0.8)
    pool = canvas.noise("pool", 3.2, octaves=6, gain=0.55)
    # The wash: thin colour that pools and thins out, and stops short of the sheet's rim.
    inset = np.minimum(
        np.minimum(canvas.x, np.float32(canvas.right) - canvas.x),
        np.minimum(canvas.y, np.float32(canvas.bottom) - canvas.y),
    )
    rim = inset + pool * np.float32(0.016) + tooth * np.float32(0.0012)
    cover = noise.smooth_step(0.036, 0.040, rim)
    strength = np.clip(np.float32(canvas.style.contrast) + pool * 0.12 + tooth * 0.05, 0, 1)
    # Pigment gathers at the edge of the wash.
    gathered = np.exp(np.maximum(rim - np.float32(0.038), 0) * np.float32(-220)) * 0.20
    # Thin paint stays light: darks are the pencil's business.
    grey = light[..., None]
    wash = np.clip(grey + (tone - grey) * np.float32(1.3), 0, 1)
    wash = wash * np.float32(0.83) + np.float32(0.17)
    picture = _PAPER + (_PAPER * wash - _PAPER) * ((strength + gathered) * cover)[..., None]
    hand = canvas.noise("wander", 5, octaves=2) * np.float32(canvas.unit * 0.0022)
    ink = _wandered(canvas.ink, hand)
    # Drawn twice, the second time lighter and a little beside the first.
    again = _wandered(canvas.ink, -1.6 * hand + np.float32(0.8))
    ink = np.maximum(ink, again * np.float32(0.45))
    lines = np.clip(ink * np.float32(0.95) + _hatching(canvas, light) * cover, 0, 1)
    lines *= np.clip(0.92 + tooth * 0.55, 0, 1.1)
    lines *= noise.smooth_step(0.010, 0.030, inset)
    graphite = np.array([0.14, 0.145, 0.18], np.float32)
    picture += (graphite - picture) * np.clip(lines * 0.92, 0, 1)[..., None]
    picture *= (1 + tooth * np.float32(0.012))[..., None]
    return _to_image(picture, canvas, 0.004)


def _wandered(ink: Field, offset: Field) -> Field:
    """The drawn lines, each pixel moved by a smooth unsteadiness of the hand."""
    rows = np.arange(ink.shape[0], dtype=np.int32)[:, None] + offset.astype(np.int32)
    columns = np.arange(ink.shape[1], dtype=np.int32)[None, :] + offset[:, ::-1].astype(np.int32)
    np.clip(rows, 0, ink.shape[0] - 1, out=rows)
    np.clip(columns, 0, ink.shape[1] - 1, out=columns)
    moved: Field = ink.reshape(-1).take(rows * ink.shape[1] + columns)
    return moved


_FINISHES: dict[str, Callable[[Canvas], Image.Image]] = {
    "light": _light,
    "brush": _gouache,
    "print": _print,
    "paper": _paper,
    "pencil": _pencil,
}
