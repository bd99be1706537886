"""Pictures on their way to a vendor: small enough, upright, and nothing but pixels."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from gallery.imaging.formats import ImageRefused
from gallery.imaging.marking import mark, read_mark
from gallery.imaging.sending import ready_to_send

from .pictures import (
    BLUE,
    FORMATS,
    GREEN,
    MEDIA_TYPES,
    NOT_PICTURES,
    RED,
    WHITE,
    create_animation,
    create_picture,
    create_scene,
    encode,
)

SECRET = b"54 deg 12 min, Anna's kitchen"


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image


def sent(data: bytes, longest: int = 2048, *, takes_webp: bool = True) -> Image.Image:
    return opened(ready_to_send(data, longest=longest, takes_webp=takes_webp)[0])


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    image = image.convert("RGB")
    width, height = image.size
    spots = [(2, 2), (width - 3, 2), (2, height - 3), (width - 3, height - 3)]
    return [tuple(image.getpixel(spot)) for spot in spots]  # type: ignore[arg-type]


def is_near(found: list[tuple[int, ...]], wanted: list[tuple[int, int, int]]) -> bool:
    return all(
        abs(a - b) < 30
        for f, w in zip(found, wanted, strict=True)
        for a, b in zip(f, w, strict=True)
    )


def with_secrets(file_format: str, orientation: int = 1) -> bytes:
    """A picture that tells where it was taken, by all means of its format."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Artist] = SECRET.decode()
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef] = "N"
    gps[ExifTags.GPS.GPSLatitude] = (54.0, 12.0, 0.0)
    gps[ExifTags.GPS.GPSAreaInformation] = SECRET
    options: dict[str, Any] = {"exif": exif, "xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"}
    if file_format == "JPEG":
        options["comment"] = SECRET
    if file_format == "PNG":
        del options["xmp"]
        texts = PngInfo()
        texts.add_text("Comment", SECRET.decode())
        texts.add_itxt("XML:com.adobe.xmp", SECRET.decode())
        options["pnginfo"] = texts
    return create_picture(file_format, size=(240, 160), **options) + SECRET


@pytest.mark.parametrize("takes_webp", [True, False])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_nothing_that_a_picture_says_about_itself_goes_along(
    file_format: str, takes_webp: bool
) -> None:
    original = with_secrets(file_format)
    assert SECRET in original

    data, _ = ready_to_send(original, longest=2048, takes_webp=takes_webp)

    assert SECRET not in data
    image = opened(data)
    assert not image.getexif()
    assert not image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    assert not {"exif", "xmp", "comment", "icc_profile", "Comment"} & set(image.info)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_the_mark_of_a_made_picture_stays_at_home(file_format: str) -> None:
    marked = mark(
        create_picture(file_format, size=(240, 160)),
        MEDIA_TYPES[file_format],
        "trainedAlgorithmicMedia",
    )

    assert read_mark(ready_to_send(marked, longest=2048, takes_webp=True)[0]) is None


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_turned_picture_arrives_upright(file_format: str) -> None:
    image = sent(with_secrets(file_format, orientation=6))

    assert image.size == (160, 240)
    assert is_near(corners(image), [BLUE, RED, WHITE, GREEN])


@pytest.mark.parametrize(
    ("size", "expected"),
    [((400, 200), (100, 50)), ((200, 400), (50, 100)), ((90, 100), (90, 100)), ((9, 3), (9, 3))],
)
def test_the_longest_edge_is_cut_down_and_never_made_longer(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert sent(create_picture("PNG", size=size), longest=100).size == expected


@pytest.mark.parametrize("takes_webp", [True, False])
@pytest.mark.parametrize("file_format", FORMATS)
def test_an_opaque_picture_is_one_that_every_vendor_takes(
    file_format: str, takes_webp: bool
) -> None:
    noise = Image.effect_noise((300, 200), 60).convert("RGB")
    original = encode(noise, file_format, **({"quality": 100} if file_format != "GIF" else {}))

    data, media_type = ready_to_send(original, longest=2048, takes_webp=takes_webp)

    assert media_type in ({"image/jpeg", "image/webp"} if takes_webp else {"image/jpeg"})
    assert MEDIA_TYPES[opened(data).format or ""] == media_type


@pytest.mark.parametrize(("takes_webp", "media_type"), [(True, "image/webp"), (False, "image/png")])
def test_transparency_is_kept(takes_webp: bool, media_type: str) -> None:
    original = create_picture("PNG", mode="RGBA", size=(300, 200))

    data, found = ready_to_send(original, longest=2048, takes_webp=takes_webp)

    assert found == media_type
    alpha = opened(data).convert("RGBA").getchannel("A")
    assert alpha.getextrema() == (0, 255)


def test_of_a_film_the_first_frame_is_sent() -> None:
    image = sent(create_animation("GIF"))

    assert not getattr(image, "is_animated", False)
    assert is_near(corners(image), [RED] * 4)


ORDINARY = {
    "a photograph": encode(Image.effect_noise((600, 400), 60).convert("RGB"), "JPEG", quality=90),
    "a poor one": encode(Image.effect_noise((600, 400), 60).convert("RGB"), "JPEG", quality=25),
    "one from the gate": encode(
        Image.effect_noise((600, 400), 60).convert("RGB"), "WEBP", quality=90, method=2
    ),
    "a lossless one": encode(Image.effect_noise((600, 400), 60).convert("RGB"), "PNG"),
    "a drawing": encode(create_scene((600, 400)), "PNG", optimize=True),
    "a cut-out": encode(create_scene((600, 400), "RGBA"), "PNG"),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_what_is_sent_is_not_larger_than_what_it_stands_for(name: str) -> None:
    original = ORDINARY[name]

    assert len(ready_to_send(original, longest=2048, takes_webp=True)[0]) <= len(original)


def test_a_large_lossless_picture_becomes_a_fraction_of_it() -> None:
    noise = Image.effect_noise((4000, 3000), 20).convert("RGB")
    original = encode(noise, "PNG", compress_level=1)

    data, _ = ready_to_send(original, longest=2048, takes_webp=True)

    assert len(data) < len(original) / 5
    assert opened(data).size == (2048, 1536)


def test_the_same_picture_is_sent_as_the_same_bytes() -> None:
    original = create_picture("PNG", size=(600, 400))

    assert len({ready_to_send(original, longest=300, takes_webp=True) for _ in range(3)}) == 1


@pytest.mark.parametrize("name", NOT_PICTURES)
def test_what_is_no_picture_is_refused(name: str) -> None:
    with pytest.raises(ImageRefused):
        ready_to_send(NOT_PICTURES[name], longest=2048, takes_webp=True)
