"""The four formats of pictures and the one of clips: names, and the limits of what we take in."""

from __future__ import annotations

from enum import StrEnum

#: Bytes. The most a person may upload as one file.
MAX_UPLOAD_BYTES = 10 * 1024 * 1024

#: Pixels, width times height. WebP needs 16 bytes of memory a pixel while it decodes, so this is
#: about 400 MB; a 69 KB file of 40 megapixels would already take 631 MB.
MAX_PIXELS = 25_000_000

#: Pixels. The longest side a WebP file can have.
MAX_WEBP_SIDE = 16_383

#: What Pillow may try to open. An allow-list: its other parsers (EPS, PSD, FITS, …) are where the
#: memory errors were found.
ALLOWED_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

#: Pillow's name of a decoded format -> media type. MPO is a JPEG that carries further pictures,
#: as many phones write it; Pillow gives it a name of its own.
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}

#: The one format of clips. Browsers play it everywhere.
CLIP_MEDIA_TYPE = "video/mp4"

#: Bytes, milliseconds and pixels of a side: the most and the least of a clip.
MAX_CLIP_BYTES = 200 * 1024 * 1024
MAX_CLIP_MS = 60_000
MAX_CLIP_SIDE = 4096
MIN_CLIP_SIDE = 16

#: Media type -> file name extension, without the dot.
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    CLIP_MEDIA_TYPE: "mp4",
}


class RefusalCode(StrEnum):
    """Why a file is refused, in the words the API uses."""

    INVALID_TYPE = "INVALID_TYPE"
    FILE_TOO_LARGE = "FILE_TOO_LARGE"


INVALID_TYPE = RefusalCode.INVALID_TYPE
FILE_TOO_LARGE = RefusalCode.FILE_TOO_LARGE


class ImageRefused(Exception):  # noqa: N818 - a refusal is an expected outcome, not an error of ours
    """A file is not a picture we take, or not a clip where a clip is wanted.

    ``code`` is for the caller's answer, ``detail`` is English for logs and never for the screen.
    """

    def __init__(self, code: RefusalCode, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


def sniff(data: bytes) -> str | None:
    """Return the media type that the first bytes announce, or None for anything we do not take.

    This is a promise, not a proof: only decoding shows that the rest is a picture too.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def is_clip(data: bytes) -> bool:
    """Whether the first bytes announce an MP4 file. A promise, like that of `sniff`."""
    return data[4:8] == b"ftyp"
