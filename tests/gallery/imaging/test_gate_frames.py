"""The gate's answers are read with distrust."""

import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery.imaging.formats import ImageRefused, RefusalCode
from gallery.imaging.gate_frames import (
    Admitted,
    BrokenFrame,
    pack,
    pack_admitted,
    pack_refused,
    read_answer,
    unpack,
)

from .pictures import create_picture

HONEST = {
    "media_type": "image/png",
    "width": 60,
    "height": 40,
    "dominant_colour": "#1e3cc8",
    "hue": 264,
    "widths": [320],
}
FILES = [create_picture("PNG"), create_picture("WEBP")]


def test_an_honest_answer_arrives_unchanged():
    admitted = Admitted(FILES[0], "image/png", "png", 60, 40, "#1e3cc8", 264, {320: FILES[1]})
    assert read_answer(pack_admitted(admitted)) == admitted


def test_a_refusal_arrives_as_a_refusal():
    with pytest.raises(ImageRefused) as refusal:
        read_answer(pack_refused(ImageRefused(RefusalCode.INVALID_TYPE, "why")))
    assert (refusal.value.code, refusal.value.detail) == (RefusalCode.INVALID_TYPE, "why")


@pytest.mark.parametrize(
    "lie",
    [
        {"media_type": "text/html"},
        {"media_type": "image/jpeg"},
        {"media_type": ["image/png"]},
        {"width": -60},
        {"width": True},
        {"width": "60"},
        {"width": 10_000, "height": 10_000},
        {"dominant_colour": "url(//evil.example)"},
        {"dominant_colour": None},
        {"hue": 360},
        {"hue": 1.5},
        {"widths": [640]},
        {"widths": []},
        {"refused": "ANYTHING"},
        {"refused": "INVALID_TYPE"},  # a refusal without a detail
    ],
)
def test_an_answer_that_makes_no_sense_is_a_broken_frame(lie):
    with pytest.raises(BrokenFrame):
        read_answer(pack({**HONEST, **lie}, FILES))


@pytest.mark.parametrize("blobs", [[], FILES[:1], [*FILES, b""], [FILES[0], b"<svg/>"], [b"", b""]])
def test_answers_with_other_files_than_announced_are_broken_frames(blobs):
    with pytest.raises(BrokenFrame):
        read_answer(pack(HONEST, blobs))


@pytest.mark.parametrize("change", [lambda f: f[:-1], lambda f: f + b"x", lambda f: f[1:]])
def test_a_frame_of_another_length_is_broken(change):
    with pytest.raises(BrokenFrame):
        read_answer(change(pack(HONEST, FILES)))


@settings(max_examples=50, deadline=None)
@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["sizes", *HONEST]), inner, max_size=6)
        ),
        max_leaves=8,
    ).map(
        lambda header: (lambda head: struct.pack(">I", len(head)) + head)(
            json.dumps(header).encode()
        )
    )
)
def test_rubbish_is_a_broken_frame(rubbish):
    with pytest.raises(BrokenFrame):
        read_answer(rubbish)


def test_a_frame_gives_back_what_was_put_in():
    assert unpack(pack({"a": 1}, [b"", b"xy"])) == ({"a": 1}, [b"", b"xy"])
