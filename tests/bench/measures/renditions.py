"""What the worker does with a finished picture, against the bare Pillow calls.

`develop` (decode, mark, colours, three renditions) is held against the least that makes the same
three files: one decode, `resize` with `reducing_gap=2.0`, `save` as WebP of quality 80 and method
4. Both in turns in this process, a 1024x1024 picture of the built-in engine as JPEG and as PNG.
Processor time; the figure is the median of the ratios of the rounds.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator

from PIL import Image

from tests.bench.ground import Ground
from tests.bench.report import Figure, median

TITLE = "a picture of 1024x1024 and its three renditions"
SIDE = 1024
WIDTHS = (320, 640, 1024)  # none is enlarged: the third has the source's own size


def run(ground: Ground) -> Iterator[Figure]:
    """Measure both kinds of source."""
    from gallery.imaging.renditions import develop

    picture = _picture()
    for name in ("JPEG", "PNG"):
        data = _encoded(picture, name)
        ours, bare = [], []
        for _ in range(ground.rounds(11, 5)):
            bare.append(_cpu_ms(lambda data=data: _bare(data)))
            ours.append(_cpu_ms(lambda data=data: develop(data, mark="algorithmicMedia")))
        ratio = median([mine / least for mine, least in zip(ours, bare, strict=True)])
        note = f"{median(ours):.0f} ms against {median(bare):.0f} ms"
        yield Figure(f"from {name}, against bare Pillow", ratio, "x", at_most=1.2, note=note)


def _picture() -> Image.Image:
    from generation.providers.builtin.pictures import paint

    return paint(
        prompt="a harbour at dusk", seed=7, model="builtin/lumen", width=SIDE, height=SIDE
    ).convert("RGB")


def _encoded(picture: Image.Image, name: str) -> bytes:
    file = io.BytesIO()
    picture.save(file, name, quality=92)
    return file.getvalue()


def _bare(data: bytes) -> list[bytes]:
    files = []
    with Image.open(io.BytesIO(data)) as source:
        source.load()
        for width in WIDTHS:
            small = source
            if width != SIDE:
                small = source.resize((width, width), Image.Resampling.LANCZOS, reducing_gap=2.0)
            file = io.BytesIO()
            small.save(file, "WEBP", quality=80, method=4)
            files.append(file.getvalue())
    return files


def _cpu_ms(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000
