"""Which motion a prompt asks for, in English and Portuguese."""

from __future__ import annotations

import pytest

from generation.providers.builtin.clips.motion import Effect, Move, read_motion


@pytest.mark.parametrize(
    ("prompt", "moves"),
    [
        ("slowly zoom in on the lighthouse", {Move.ZOOM_IN}),
        ("Zoom-in", {Move.ZOOM_IN}),
        ("dolly in, cinematic", {Move.ZOOM_IN}),
        ("a slow push in", {Move.ZOOM_IN}),
        ("zoom para dentro, bem lento", {Move.ZOOM_IN}),
        ("aproxime a câmera devagar", {Move.ZOOM_IN}),
        ("a câmera se aproxima do barco", {Move.ZOOM_IN}),
        ("zoom out", {Move.ZOOM_OUT}),
        ("pull back from the castle", {Move.ZOOM_OUT}),
        ("a câmera se afasta da casa", {Move.ZOOM_OUT}),
        ("afastar lentamente", {Move.ZOOM_OUT}),
        ("pan left", {Move.LEFT}),
        ("the camera slowly pans to the left", {Move.LEFT}),
        ("panorâmica para a esquerda", {Move.LEFT}),
        ("pan from left to right", {Move.RIGHT}),
        ("câmera desliza da esquerda para a direita", {Move.RIGHT}),
        ("tilt up to the sky", {Move.UP}),
        ("a câmera sobe", {Move.UP}),
        ("câmera de baixo para cima", {Move.UP}),
        ("camera moves down", {Move.DOWN}),
        ("a câmera desce até o rio", {Move.DOWN}),
        ("pan left, then zoom in", {Move.LEFT, Move.ZOOM_IN}),
        ("the camera orbits around the fox", {Move.ORBIT}),
        ("gire ao redor da estátua", {Move.ORBIT}),
        ("parallax effect", {Move.DEPTH}),
        ("efeito de paralaxe, pan right", {Move.DEPTH, Move.RIGHT}),
        ("static camera", {Move.STILL}),
        ("câmera parada", {Move.STILL}),
        ("a boat on the left of a lake", set()),
        ("a frying pan on a table", set()),
        ("uma panela no fogão, à direita um pão", set()),
        ("the sun rises over the hills", set()),
        ("", set()),
        ("🎥" * 10, set()),
    ],
)
def test_what_the_camera_does(prompt: str, moves: set[Move]) -> None:
    assert read_motion(prompt).moves == moves


@pytest.mark.parametrize(
    ("prompt", "effects"),
    [
        ("it is snowing", {Effect.SNOW}),
        ("um chalé, neve caindo", {Effect.SNOW}),
        ("snow-capped mountains", set()),
        ("a rainy street", {Effect.RAIN}),
        ("rua com chuva à noite", {Effect.RAIN}),
        ("a rainbow", set()),
        ("without rain, no snow", set()),
        ("um dia sem chuva", set()),
        ("the water ripples and shimmers", {Effect.WATER}),
        ("o mar em movimento", {Effect.WATER}),
        ("água cintilante", {Effect.WATER}),
        ("a boat on a lake", set()),
    ],
)
def test_what_moves_in_the_picture(prompt: str, effects: set[Effect]) -> None:
    assert read_motion(prompt).effects == effects


def test_slow_and_fast_are_told_apart() -> None:
    slow, plain, fast = (
        read_motion(f"zoom in {how}").pace for how in ("devagar", "", "rapidamente")
    )
    assert slow < plain < fast


def test_the_picture_is_painted_of_the_rest() -> None:
    assert read_motion("A red boat. The camera pans left").scene == "a red boat. the"
    assert read_motion("zoom in").scene == ""
