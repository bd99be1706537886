"""The engine's clips: playable, of the length and size asked for, and moving as they were told."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import weakref
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image, ImageDraw

from gallery.imaging.clips import develop_clip
from gallery.imaging.mp4_boxes import boxes
from generation import sizes
from generation.providers.builtin.clips.film import as_film
from generation.providers.builtin.clips.making import MODELS, make_clip
from tests.gallery.imaging.films import frames_of

DRIFT, PARALLAX = "builtin/drift", "builtin/parallax"
SIZE = (192, 108)
GREY = (60, 66, 72)


def clip(prompt: str = "", *, model: str = DRIFT, **changes: object) -> bytes:
    values: dict[str, object] = {
        "prompt": prompt,
        "seed": 7,
        "model": model,
        "seconds": 1,
        "width": SIZE[0],
        "height": SIZE[1],
        "first": dotted(),
        **changes,
    }
    return make_clip(**values)  # type: ignore[arg-type]


def dotted(*dots: tuple[int, int], size: tuple[int, int] = (384, 216)) -> Image.Image:
    """A grey picture with bright dots, one in its middle unless told otherwise."""
    image = Image.new("RGB", size, GREY)
    for x, y in dots or ((size[0] // 2, size[1] // 2),):
        ImageDraw.Draw(image).ellipse((x - 9, y - 9, x + 9, y + 9), fill="white")
    return image


def light_of(image: Image.Image) -> np.ndarray:
    return np.clip(np.asarray(image.convert("L"), float) - 120, 0, None)


def place(image: Image.Image) -> tuple[float, float]:
    """The middle of what is bright: pixels from the left and from above."""
    light = light_of(image)
    rows, columns = np.indices(light.shape)
    return float((light * columns).sum() / light.sum()), float((light * rows).sum() / light.sum())


def way(prompt: str, **changes: object) -> tuple[float, float]:
    """How far the dot goes, to the right and down."""
    frames = frames_of(clip(prompt, **changes))
    (x0, y0), (x1, y1) = place(frames[0]), place(frames[-1])
    return x1 - x0, y1 - y0


def difference(first: Image.Image, second: Image.Image) -> float:
    return float(np.abs(np.asarray(first, float) - np.asarray(second, float)).mean())


@pytest.mark.parametrize("model", MODELS)
def test_a_clip_of_a_prompt_alone_is_a_film_that_plays(model: str) -> None:
    data = clip("a boat on a lake", model=model, first=None, seconds=3, width=128, height=72)
    developed = develop_clip(data, mark="algorithmicMedia")
    assert (developed.width, developed.height, developed.clip_ms) == (128, 72, 3000)
    assert developed.frames_per_second == 24
    assert not developed.has_sound
    frames = frames_of(data)
    assert len(frames) == 72
    assert {frame.size for frame in frames} == {(128, 72)}
    assert difference(frames[0], frames[-1]) > 1


def test_it_plays_before_all_of_it_is_there() -> None:
    kinds = [box.kind for box in boxes(clip())]
    assert kinds.index(b"moov") < kinds.index(b"mdat")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("prompt", "axis", "sign"),
    [
        ("pan left", 0, 1),
        ("câmera para a direita", 0, -1),
        ("tilt up", 1, 1),
        ("a câmera desce", 1, -1),
    ],
)
def test_what_is_seen_moves_against_the_camera(
    model: str, prompt: str, axis: int, sign: int
) -> None:
    moved = way(prompt, model=model)
    assert moved[axis] * sign > SIZE[axis] * 0.02
    assert abs(moved[1 - axis]) < 1.5


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("prompt", "sign"), [("zoom in", 1), ("zoom para fora", -1)])
def test_a_zoom_brings_things_apart_or_together(model: str, prompt: str, sign: int) -> None:
    frames = frames_of(clip(prompt, model=model, first=dotted((130, 108), (254, 108)), seconds=2))

    def apart(frame: Image.Image) -> float:
        columns = light_of(frame).sum(0)
        across = np.arange(len(columns))
        mean = (columns * across).sum() / columns.sum()
        return float(np.sqrt((columns * (across - mean) ** 2).sum() / columns.sum()))

    assert (apart(frames[-1]) - apart(frames[0])) * sign > 1


def test_a_slow_move_does_not_tremble() -> None:
    across = [place(frame)[0] for frame in frames_of(clip("pan right slowly", seconds=2))]
    steps = np.diff(across)
    assert (steps < 0.1).all()  # always on, never back
    assert steps.std() < 0.25


def test_near_things_move_more_than_far_ones() -> None:
    far, near = (
        way("pan right", model=PARALLAX, first=dotted((192, y)), seconds=2)[0] for y in (40, 180)
    )
    assert near < far < 0
    flat_far, flat_near = (
        way("pan right", model=DRIFT, first=dotted((192, y)), seconds=2)[0] for y in (40, 180)
    )
    assert abs(flat_far - flat_near) < 0.6


def test_an_orbit_leaves_and_comes_back() -> None:
    frames = frames_of(clip("orbit", model=PARALLAX, first=dotted((192, 190)), seconds=6))
    across = [place(frame)[0] for frame in frames]
    assert max(across) - min(across) > 2
    assert abs(across[-1] - across[0]) < 1


@pytest.mark.parametrize("model", MODELS)
def test_a_camera_that_is_told_to_stand_still_does(model: str) -> None:
    frames = frames_of(clip("static camera", model=model))
    assert difference(frames[0], frames[-1]) < 1


@pytest.mark.parametrize("prompt", ["snowing", "chovendo", "the water ripples"])
def test_what_falls_or_glitters_moves_while_the_camera_stands(prompt: str) -> None:
    frames = frames_of(clip(f"static camera, {prompt}"))
    assert difference(frames[5], frames[15]) > 0.5
    assert difference(frames[5], frames_of(clip("static camera"))[5]) > 0.5


def test_the_first_picture_becomes_the_last() -> None:
    red, blue = (Image.new("RGB", (192, 108), colour) for colour in ("#c81e1e", "#1e3cc8"))
    frames = frames_of(clip("", first=red, last=blue))
    for frame, colour in ((frames[0], (200, 30, 30)), (frames[-1], (30, 60, 200))):
        assert np.abs(np.asarray(frame, float).mean((0, 1)) - colour).max() < 4
    middle = np.asarray(frames[len(frames) // 2], float).mean((0, 1))
    assert 60 < middle[0] < 170
    assert 60 < middle[2] < 170


@pytest.mark.parametrize("size", [(1000, 40), (40, 1000), (1, 1), (3000, 2000)])
def test_every_shape_of_picture_fills_the_frame(size: tuple[int, int]) -> None:
    for prompt in ("zoom out", "pan left", "orbit"):
        for frame in frames_of(clip(prompt, first=Image.new("RGB", size, "#a0a0a0")))[::23]:
            assert np.asarray(frame).min() > 140, prompt


@pytest.mark.parametrize("model", MODELS)
def test_the_same_request_gives_the_same_bytes(model: str) -> None:
    request = {"model": model, "first": None, "width": 96, "height": 64}
    assert clip("a pond, snow", **request) == clip("a pond, snow", **request)
    assert clip("a pond, snow", **request) != clip("a pond, snow", **request, seed=8)


@pytest.mark.parametrize(
    "changes", [{"width": 191}, {"height": 0}, {"width": 4000}, {"seconds": 0}, {"seconds": 11}]
)
def test_what_it_does_not_make_it_says(changes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="not the"):
        clip(**changes)  # type: ignore[arg-type]


class Interrupted(BaseException):
    """As the heartbeat's, when a job is canceled."""


def test_an_interruption_between_frames_ends_it_and_leaves_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def frames() -> Iterator[Image.Image]:
        for _ in range(60):
            yield Image.new("RGB", SIZE)
        raise Interrupted

    with pytest.raises(Interrupted):
        as_film(frames(), SIZE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(signal, "SIGUSR2"), reason="not a Unix")
def test_a_cancellation_stops_it_where_it_is(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def interrupt(number: int, frame: object) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGUSR2, interrupt)
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGUSR2))
    try:
        timer.start()
        with pytest.raises(Interrupted):
            clip("orbit, snow", width=1280, height=720, seconds=10)
    finally:
        timer.join()
        signal.signal(signal.SIGUSR2, before)
    assert list(tmp_path.iterdir()) == []


def test_frames_are_not_kept() -> None:
    made: list[weakref.ref[Image.Image]] = []
    most = 0

    def frames() -> Iterator[Image.Image]:
        nonlocal most
        for number in range(80):
            image = Image.new("RGB", SIZE, (number, 0, 0))
            made.append(weakref.ref(image))
            most = max(most, sum(each() is not None for each in made))
            yield image

    as_film(frames(), SIZE)
    assert most <= 3


@pytest.mark.parametrize(
    ("ratio", "resolution", "size"),
    [
        ("16:9", "480p", (854, 480)),
        ("16:9", "720p", (1280, 720)),
        ("9:16", "720p", (720, 1280)),
        ("1:1", "480p", (480, 480)),
        ("4:5", "720p", (720, 900)),
        ("21:9", "480p", (1120, 480)),
    ],
)
def test_the_size_of_a_clip(ratio: str, resolution: str, size: tuple[int, int]) -> None:
    assert sizes.clip_size(ratio, resolution) == size


def test_a_resolution_of_pictures_is_none_of_clips() -> None:
    with pytest.raises(ValueError, match="resolution"):
        sizes.clip_size("16:9", "1K")
