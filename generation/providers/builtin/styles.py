"""The models of the engine: each its medium and its way of composing."""

from __future__ import annotations

from generation.providers.builtin.canvas import Canvas, Style
from generation.providers.builtin.media import PaperCanvas, PencilCanvas, PrintCanvas

LUMEN = Style(
    key="builtin/lumen",
    name="Lumen",
    description="Luminous, photographic light with glow, haze and fine grain.",
    medium="light",
)
GOUACHE = Style(
    key="builtin/gouache",
    name="Gouache",
    description="Opaque paint in visible bristle strokes.",
    medium="brush",
    layers=0.8,
    detail=0.75,
    subject=1.10,
    horizon=0.03,
    texture=0.7,
    chroma=1.15,
)
POSTER = Style(
    key="builtin/poster",
    name="Poster",
    description="A screen print: few flat inks, halftone shadows, a paper margin.",
    medium="print",
    layers=0.6,
    detail=0.35,
    subject=1.18,
    horizon=0.06,
    texture=0.0,
    chroma=1.25,
    contrast=1.1,
    steps=6,
)
PAPERCUT = Style(
    key="builtin/papercut",
    name="Papercut",
    description="Layers of cut paper with soft shadows between them.",
    medium="paper",
    layers=0.85,
    detail=0.15,
    subject=1.12,
    horizon=-0.02,
    texture=0.0,
    chroma=1.1,
    steps=7,
)
SKETCH = Style(
    key="builtin/sketch",
    name="Sketch",
    description="Pencil lines and hatching over a light wash; the fastest.",
    medium="pencil",
    layers=0.65,
    detail=0.85,
    subject=1.05,
    horizon=0.01,
    texture=0.0,
    chroma=0.95,
    contrast=0.90,
    steps=0,
)

STYLES: dict[str, Style] = {
    style.key: style for style in (LUMEN, GOUACHE, POSTER, PAPERCUT, SKETCH)
}

_CANVASES: dict[str, type[Canvas]] = {
    "light": Canvas,
    "brush": Canvas,
    "print": PrintCanvas,
    "paper": PaperCanvas,
    "pencil": PencilCanvas,
}


def new_canvas(style: Style, width: int, height: int, source: str) -> Canvas:
    """An empty canvas of the style's medium; `source` seeds everything on it."""
    return _CANVASES[style.medium](width, height, style, source)
