"""Renditions: which are made, how large, and what they carry."""

import io

import pytest
from PIL import Image

from gallery.imaging import renditions
from gallery.imaging.formats import ImageRefused
from gallery.imaging.marking import mark, read_mark, xmp_packet
from gallery.imaging.renditions import develop, make_renditions, rendition_key, rendition_sizes

from .pictures import (
    BLUE,
    FORMATS,
    MEDIA_TYPES,
    create_animation,
    create_exif,
    create_picture,
    create_scene,
    encode,
    is_close,
    pixels,
)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ((1, 1), [(320, 1, 1)]),
        ((200, 100), [(320, 200, 100)]),
        ((320, 320), [(320, 320, 320)]),
        ((321, 321), [(320, 320, 320), (640, 321, 321)]),
        ((640, 480), [(320, 320, 240), (640, 640, 480)]),
        ((1024, 1024), [(320, 320, 320), (640, 640, 640), (1280, 1024, 1024)]),
        ((1280, 720), [(320, 320, 180), (640, 640, 360), (1280, 1280, 720)]),
        ((4000, 3000), [(320, 320, 240), (640, 640, 480), (1280, 1280, 960)]),
        ((5000, 1), [(320, 320, 1), (640, 640, 1), (1280, 1280, 1)]),
        ((300, 20_000), [(320, 245, 16_333)]),
        ((1080, 20_000), [(320, 320, 5926), (640, 640, 11_852), (1280, 884, 16_370)]),
        ((1, 60_000), [(320, 1, 16_383)]),
    ],
)
def test_a_width_is_made_while_the_one_before_was_smaller_than_the_source(source, expected):
    assert rendition_sizes(*source) == expected


def test_renditions_are_named_after_their_width():
    assert rendition_key("images/ab12.png", 320) == "images/ab12.w320.webp"
    assert rendition_key("a.b/cd.tar.jpg", 1280) == "a.b/cd.tar.w1280.webp"
    assert rendition_key("a.b/plain", 640) == "a.b/plain.w640.webp"


def test_the_address_of_a_rendition_does_not_lead_to_the_original() -> None:
    assert rendition_key("generated/1/17-known-secret.png", 320) == "generated/1/17-known.w320.webp"
    before = rendition_key("generated/1/17-known.png", 320)  # a key that was made without a secret
    assert before == "generated/1/17-known.w320.webp"


def test_renditions_have_the_sizes_that_the_rule_says():
    made = make_renditions(create_scene((1024, 600)), xmp=None)
    sizes = {width: pixels(file)[1] for width, file in made.items()}
    assert sizes == {320: (320, 188), 640: (640, 375), 1280: (1024, 600)}
    assert all(Image.open(io.BytesIO(file)).format == "WEBP" for file in made.values())


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA", "CMYK"])
def test_alpha_is_kept_and_other_modes_become_rgb(mode):
    made = make_renditions(create_scene((500, 300), mode), xmp=None)
    expected = "RGBA" if mode.endswith("A") else "RGB"
    assert [pixels(file)[0] for file in made.values()] == [expected] * 2


def test_every_rendition_carries_the_packet_it_was_given_and_no_other():
    scene = create_scene((700, 300))
    scene.info = {"xmp": b"secret", "exif": b"Exif\0\0secret", "comment": b"secret"}
    for file in make_renditions(scene, xmp=None).values():
        assert read_mark(file) is None
        assert b"secret" not in file
    for file in make_renditions(scene, xmp=xmp_packet("algorithmicMedia")).values():
        assert read_mark(file) == "algorithmicMedia"
        assert b"secret" not in file


@pytest.mark.parametrize("file_format", FORMATS)
def test_developing_marks_the_original_and_every_rendition(file_format):
    data = create_picture(file_format, size=(700, 500))
    developed = develop(data, mark="trainedAlgorithmicMedia")
    assert developed.media_type == MEDIA_TYPES[file_format]
    assert (developed.width, developed.height) == (700, 500)
    assert developed.data == mark(data, developed.media_type, "trainedAlgorithmicMedia")
    assert pixels(developed.data) == pixels(data)
    assert sorted(developed.renditions) == [320, 640, 1280]
    for file in (developed.data, *developed.renditions.values()):
        assert read_mark(file) == "trainedAlgorithmicMedia"


def test_developing_without_a_mark_leaves_the_original_as_it_is():
    data = create_picture("JPEG", size=(400, 300))
    developed = develop(data, mark=None)
    assert developed.data == data
    assert [read_mark(file) for file in developed.renditions.values()] == [None, None]


def test_renditions_repeat_what_the_original_said_before():
    data = mark(create_picture("PNG"), "image/png", "algorithmicMedia")
    developed = develop(data, mark="trainedAlgorithmicMedia")
    assert developed.data == data
    assert read_mark(developed.renditions[320]) == "algorithmicMedia"


@pytest.mark.parametrize("file_format", FORMATS)
def test_developing_decodes_once(monkeypatch, file_format):
    opened = []
    really_open = Image.open

    def open_and_count(*args, **kwargs):
        opened.append(args)
        return really_open(*args, **kwargs)

    monkeypatch.setattr(Image, "open", open_and_count)
    develop(create_picture(file_format, size=(400, 300)), mark="algorithmicMedia")
    assert len(opened) == 1


def test_a_big_jpeg_is_drafted_without_changing_the_sizes():
    data = encode(create_scene((3000, 2001)), "JPEG", exif=create_exif(orientation=8))
    developed = develop(data, mark=None)
    assert (developed.width, developed.height) == (2001, 3000)
    assert {w: pixels(f)[1] for w, f in developed.renditions.items()} == {
        size.name_width: (size.width, size.height) for size in rendition_sizes(2001, 3000)
    }


def test_developing_an_animation_gives_renditions_of_its_first_frame():
    developed = develop(create_animation("WEBP"), mark=None)
    assert is_close(
        Image.open(io.BytesIO(developed.renditions[320])).getpixel((9, 9)), (200, 30, 30)
    )


def test_developing_knows_the_colours():
    developed = develop(encode(Image.new("RGB", (900, 600), BLUE), "PNG"), mark=None)
    assert developed.dominant_colour == "#1e3cc8"
    assert developed.hue == 267


def test_developing_rubbish_is_refused():
    with pytest.raises(ImageRefused):
        develop(b"rubbish", mark="trainedAlgorithmicMedia")


def test_widths_are_those_that_the_pages_ask_for():
    assert renditions.WIDTHS == (320, 640, 1280)
