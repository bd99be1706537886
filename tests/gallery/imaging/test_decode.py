"""Decoding: by content, first frame, upright, sRGB, and every failure a refusal."""

import io
import struct
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from gallery.imaging.decode import decode, open_image
from gallery.imaging.formats import MAX_PIXELS, ImageRefused, RefusalCode

from .pictures import (
    BLUE,
    FORMATS,
    GREEN,
    MEDIA_TYPES,
    NOT_PICTURES,
    RED,
    WHITE,
    create_animation,
    create_exif,
    create_picture,
    create_scene,
    encode,
    is_close,
    with_jpeg_segment,
    with_png_chunk,
    with_png_size,
)

INVERSE = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def assert_refused(data: bytes) -> None:
    with pytest.raises(ImageRefused) as refusal:
        open_image(data)
    assert refusal.value.code == RefusalCode.INVALID_TYPE


def open_or_refuse(data: bytes) -> Image.Image | None:
    """Open the picture; None when it is refused as it should be. Anything else escapes."""
    try:
        return open_image(data)
    except ImageRefused as refused:
        return None if refused.code == RefusalCode.INVALID_TYPE else pytest.fail(str(refused))


def assert_upright_scene(image: Image.Image, size: tuple[int, int] = (60, 40)) -> None:
    width, height = size
    assert image.size == size
    corners = [(5, 5), (width - 5, 5), (5, height - 5), (width - 5, height - 5)]
    for corner, colour in zip(corners, (RED, GREEN, BLUE, WHITE), strict=True):
        assert is_close(image.getpixel(corner)[:3], colour)


@pytest.mark.parametrize(
    ("file_format", "mode", "expected"),
    [
        ("JPEG", "RGB", "RGB"),
        ("JPEG", "L", "RGB"),
        ("JPEG", "CMYK", "RGB"),
        ("PNG", "RGB", "RGB"),
        ("PNG", "RGBA", "RGBA"),
        ("PNG", "L", "RGB"),
        ("PNG", "LA", "RGBA"),
        ("PNG", "P", "RGB"),
        ("PNG", "1", "RGB"),
        ("WEBP", "RGB", "RGB"),
        ("WEBP", "RGBA", "RGBA"),
        ("GIF", "P", "RGB"),
        ("GIF", "L", "RGB"),
    ],
)
def test_every_kind_of_pixel_becomes_rgb_or_rgba(file_format, mode, expected):
    decoded = decode(create_picture(file_format, mode=mode))
    assert decoded.image.mode == expected
    assert (decoded.width, decoded.height) == decoded.image.size == (60, 40)
    assert decoded.media_type == MEDIA_TYPES[file_format]
    assert decoded.image.info == {}


@pytest.mark.parametrize("file_format", ["PNG", "GIF"])
def test_a_transparent_palette_colour_becomes_alpha(file_format):
    image = Image.new("P", (10, 10), 0)
    image.putpalette([*RED, *GREEN])
    image.paste(1, (0, 0, 5, 10))
    opened = open_image(encode(image, file_format, transparency=1))
    assert opened.mode == "RGBA"
    assert opened.getpixel((2, 5))[3] == 0
    assert opened.getpixel((7, 5)) == (*RED, 255)


def test_alpha_that_hides_nothing_is_dropped():
    image = create_scene()
    image.putalpha(255)
    assert open_image(encode(image, "PNG")).mode == "RGB"


def test_16_bit_grey_is_scaled_and_not_cut_off():
    image = open_image(encode(Image.new("I;16", (8, 8), 32896), "PNG"))
    assert image.getpixel((3, 3)) == (128, 128, 128)


def test_a_phones_multi_picture_jpeg_is_a_jpeg():
    data = encode(create_scene(), "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40))])
    decoded = decode(data)
    assert decoded.media_type == "image/jpeg"
    assert_upright_scene(decoded.image)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_exif_orientation_is_applied(orientation, file_format):
    stored = create_scene()
    if INVERSE[orientation] is not None:
        stored = stored.transpose(INVERSE[orientation])
    data = encode(stored, file_format, exif=create_exif(orientation=orientation))
    decoded = decode(data)
    assert_upright_scene(decoded.image)
    assert (decoded.width, decoded.height) == (60, 40)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("exif", [b"Exif\0\0rubbish", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\xff\xff"])
def test_a_broken_exif_block_does_not_spoil_the_picture(exif):
    assert_upright_scene(open_image(with_jpeg_segment(create_picture("JPEG"), 0xE1, exif)))


@pytest.mark.parametrize("file_format", ["GIF", "WEBP"])
def test_an_animation_gives_its_first_frame(file_format):
    image = open_image(create_animation(file_format))
    assert image.size == (40, 30)
    assert is_close(image.getpixel((20, 15))[:3], RED)


def test_a_colour_profile_is_applied():
    image = Image.new("RGB", (9, 9), RED)
    opened = open_image(encode(image, "PNG", icc_profile=profile_with_red_and_blue_swapped()))
    assert opened.getpixel((4, 4)) == pytest.approx((30, 30, 200), abs=3)


def test_a_profile_applies_to_pixels_with_alpha_too():
    image = Image.new("RGBA", (9, 9), (*RED, 100))
    opened = open_image(encode(image, "PNG", icc_profile=profile_with_red_and_blue_swapped()))
    assert opened.getpixel((4, 4)) == pytest.approx((30, 30, 200, 100), abs=3)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_broken_colour_profile_is_ignored(file_format):
    assert_upright_scene(open_image(create_picture(file_format, icc_profile=b"not a profile" * 20)))


def profile_with_red_and_blue_swapped() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace(b"rXYZ", b"tmp!").replace(b"bXYZ", b"rXYZ").replace(b"tmp!", b"bXYZ")
    return profile.replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_draft_is_smaller_but_wide_enough_and_knows_the_true_size(orientation):
    stored = create_scene((2000, 1200) if orientation == 1 else (1200, 2000))
    data = encode(stored, "JPEG", exif=create_exif(orientation=orientation))
    decoded = decode(data, draft_width=400)
    assert (decoded.width, decoded.height) == (2000, 1200)
    assert decoded.image.size == (500, 300)


@pytest.mark.parametrize("name", NOT_PICTURES)
def test_what_is_no_picture_is_refused(name):
    assert_refused(NOT_PICTURES[name])


@pytest.mark.parametrize("file_format", ["BMP", "TIFF", "ICO", "PPM", "TGA", "AVIF", "JPEG2000"])
def test_formats_pillow_could_read_are_refused(file_format):
    assert_refused(create_picture(file_format))


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_file_cut_off_anywhere_is_refused_or_whole(file_format):
    data = create_picture(file_format)
    whole = open_image(data).tobytes()
    for end in range(0, len(data), max(1, len(data) // 150)):
        image = open_or_refuse(data[:end])
        # Behind the last pixel there are checksums and end marks that nobody needs.
        assert image is None or image.tobytes() == whole
        assert image is None or end > len(data) * 3 // 4


def test_more_than_25_megapixels_are_refused():
    assert_refused(encode(Image.new("1", (5001, 5000)), "PNG"))
    assert open_image(encode(Image.new("1", (5000, 1000)), "PNG")).size == (5000, 1000)


def test_a_webp_bomb_is_refused():
    bomb = encode(Image.new("RGB", (6400, 6250)), "WEBP", lossless=True, quality=0, method=0)
    assert len(bomb) < 1000
    assert MAX_PIXELS < 6400 * 6250
    assert_refused(bomb)


@pytest.mark.parametrize("sides", [(5001, 5000), (20_000, 20_000), (2**31 - 1, 2**31 - 1), (0, 9)])
def test_a_png_header_that_promises_too_much_is_refused(sides):
    assert_refused(with_png_size(create_picture("PNG"), *sides))


def test_a_gif_with_a_giant_screen_is_refused():
    data = create_picture("GIF", mode="P")
    assert_refused(data[:6] + struct.pack("<HH", 65_535, 65_535) + data[10:])


def test_a_text_bomb_in_a_png_is_refused():
    bomb = b"Comment\0\0" + zlib.compress(b"\0" * 100_000_000, 1)
    assert_refused(with_png_chunk(create_picture("PNG"), b"zTXt", bomb))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=2000), st.sampled_from([b"", *NOT_PICTURES.values()]))
def test_random_bytes_are_refused(tail, head):
    assert_refused(head + tail)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FORMATS), st.data())
def test_a_damaged_file_is_a_picture_or_a_refusal_and_nothing_else(file_format, data):
    damaged = bytearray(create_picture(file_format, size=(30, 20)))
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    image = open_or_refuse(bytes(damaged))
    assert image is None or image.mode in ("RGB", "RGBA")
    assert image is None or image.width * image.height <= MAX_PIXELS


def test_opening_leaves_no_pillow_state_behind():
    before = Image.MAX_IMAGE_PIXELS
    open_image(create_picture())
    assert before == Image.MAX_IMAGE_PIXELS
    assert Image.open(io.BytesIO(create_picture("BMP"))).size == (60, 40)
