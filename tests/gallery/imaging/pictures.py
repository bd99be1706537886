"""Picture files for the tests, good and bad, all made on the spot."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 60), (30, 60, 200), (250, 250, 250)

#: One of each format we take, with what it takes to make it.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}

NOT_PICTURES = {
    "nothing": b"",
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64,
    "avif": b"\0\0\0\x1cftypavif\0\0\0\0mif1avifmiaf" + b"\0" * 64,
    "pdf": b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "html": b"<!doctype html><title>hello</title>",
    "zip": b"PK\x03\x04" + b"\0" * 40,
    "bmp": b"BM"
    + struct.pack("<IHHIIiiHHIIiiII", 58, 0, 0, 54, 40, 1, 1, 1, 24, *[0] * 6)
    + b"\0" * 4,
    "tiff": b"II*\0\x08\0\0\0\0\0",
    "riff sound": b"RIFF\x24\0\0\0WAVEfmt ",
    "only a JPEG's first bytes": b"\xff\xd8\xff\xe0",
    "only a PNG's first bytes": b"\x89PNG\r\n\x1a\n",
    "only a WebP's first bytes": b"RIFF\x10\0\0\0WEBPVP8 ",
    "only a GIF's first bytes": b"GIF89a",
    "zeros": b"\0" * 1000,
}


def create_scene(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """A picture whose corners tell which way is up: red, green / blue, white."""
    width, height = size
    scene = Image.new("RGB", size, RED)
    scene.paste(GREEN, (width // 2, 0, width, height // 2))
    scene.paste(BLUE, (0, height // 2, width // 2, height))
    scene.paste(WHITE, (width // 2, height // 2, width, height))
    if mode in ("RGBA", "LA"):
        scene.putalpha(Image.linear_gradient("L").resize(size))
    return scene if scene.mode == mode else scene.convert(mode)


def encode(image: Image.Image, file_format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def create_picture(
    file_format: str = "PNG",
    *,
    mode: str = "RGB",
    size: tuple[int, int] = (60, 40),
    **options: Any,
) -> bytes:
    return encode(create_scene(size, mode), file_format, **options)


def create_animation(file_format: str) -> bytes:
    """Red first, then green, then blue."""
    frames = [Image.new("RGB", (40, 30), colour) for colour in (RED, GREEN, BLUE)]
    options: dict[str, Any] = {"lossless": True} if file_format == "WEBP" else {}
    return encode(
        frames[0], file_format, save_all=True, append_images=frames[1:], duration=80, **options
    )


def create_exif(*, orientation: int | None = None, gps: bool = False) -> Image.Exif:
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    if gps:
        exif[0x010F] = "CAMERA-MAKER"
        exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    return exif


def png_chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def with_png_chunk(data: bytes, kind: bytes, content: bytes) -> bytes:
    """The PNG with one more chunk right behind its header."""
    return data[:33] + png_chunk(kind, content) + data[33:]


def with_png_size(data: bytes, width: int, height: int) -> bytes:
    """The PNG with other sides in its header, and a correct checksum."""
    return (
        data[:8] + png_chunk(b"IHDR", struct.pack(">II", width, height) + data[24:29]) + data[33:]
    )


def with_jpeg_segment(data: bytes, marker: int, content: bytes) -> bytes:
    """The JPEG with one more segment right behind its JFIF header."""
    end = 4 + int.from_bytes(data[4:6], "big")
    return (
        data[:end]
        + bytes([0xFF, marker])
        + struct.pack(">H", 2 + len(content))
        + content
        + data[end:]
    )


def pixels(data: bytes) -> tuple[str, tuple[int, int], bytes]:
    """What Pillow decodes, for comparing two files pixel by pixel."""
    with Image.open(io.BytesIO(data)) as image:
        return image.mode, image.size, image.tobytes()


def is_close(colour: Any, expected: tuple[int, ...], tolerance: int = 12) -> bool:
    return all(abs(one - other) <= tolerance for one, other in zip(colour, expected, strict=True))
