"""How clips are spoken of."""

from __future__ import annotations

import pytest
from django.utils import translation

from pixelstream.clip_words import clip_label, clip_time


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [(1, "0:01"), (4_900, "0:05"), (5_040, "0:05"), (59_600, "1:00"), (60_000, "1:00")],
)
def test_the_length_is_written_as_players_do(milliseconds: int, said: str) -> None:
    assert clip_time(milliseconds) == said


@pytest.mark.parametrize(
    ("has_sound", "said"),
    [
        (None, "Clip, 5 seconds: a lighthouse"),
        (True, "Clip, 5 seconds, with sound: a lighthouse"),
        (False, "Clip, 5 seconds, no sound: a lighthouse"),
    ],
)
def test_the_label_says_what_is_not_seen(has_sound: bool | None, said: str) -> None:
    assert clip_label("a lighthouse", 5_000, has_sound) == said


def test_a_label_without_words_says_only_that_it_is_a_clip() -> None:
    assert clip_label("", 900) == "Clip, 1 second"


def test_the_label_is_in_the_language_of_the_page() -> None:
    with translation.override("pt-br"):
        assert "5" in clip_label("um farol", 5_000, has_sound=True)
