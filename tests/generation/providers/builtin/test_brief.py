"""What a brief understands, in both languages."""

from __future__ import annotations

import pytest

from generation.providers.builtin.brief import read_brief
from generation.providers.builtin.scenes import PAINTERS
from generation.providers.builtin.vocabulary import SUBJECTS, UNKNOWN_SCENES


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("A lighthouse on a cliff at golden hour", "lighthouse"),
        ("um farol na falésia ao pôr do sol", "lighthouse"),
        ("three hot air balloons over the desert", "balloons"),
        ("Três balões de ar quente", "balloons"),
        ("an orange cat on a window sill", "cat"),
        ("gatinho dormindo", "cat"),
        ("mountain lake with a boat at dawn", "sailing"),
        ("lago na montanha", "lake"),
        ("campo de lavanda", "lavender"),
        ("xícara de café", "coffee"),
        ("rain on a window, city lights behind", "rain_window"),
        ("retrato de uma mulher", "portrait"),
        ("aurora boreal sobre a floresta", "aurora"),
        ("papercut landscape", "contours"),
        ("snowy alps at dawn", "mountains"),
        ("neve caindo", "winter"),
    ],
)
def test_subject_is_found_in_english_and_portuguese(prompt: str, scene: str) -> None:
    assert read_brief(prompt).scene == scene


def test_every_subject_and_every_fallback_has_a_painter() -> None:
    assert set(SUBJECTS) <= set(PAINTERS)
    assert set(UNKNOWN_SCENES) <= set(PAINTERS)


def test_time_weather_season_and_mood_are_read() -> None:
    brief = read_brief("floresta de outono à noite com neblina, sombria")
    assert (brief.time, brief.weather, brief.season) == ("night", "fog", "autumn")
    assert "dark" in brief.moods


def test_a_number_before_the_subject_is_its_count() -> None:
    assert read_brief("seven balloons").count == 7
    assert read_brief("dois gatos pretos").count == 2
    assert read_brief("balloons over 3 hills").count is None


def test_colours_of_things_and_of_the_air_are_told_apart() -> None:
    brief = read_brief("a red boat under a pink sky, golden hour")
    assert brief.colours == ("red",)
    assert brief.air_colours == ("pink",)


def test_golden_hour_is_light_and_not_gold_paint() -> None:
    brief = read_brief("lighthouse at golden hour")
    assert brief.time == "golden"
    assert brief.colours == ()


def test_negative_prompt_forbids_elements() -> None:
    brief = read_brief("lighthouse with birds in fog", "no birds, fog, people")
    assert not brief.wants("birds")
    assert not brief.allows("people")
    assert brief.weather == ""


def test_without_and_sem_forbid_inside_the_prompt() -> None:
    assert not read_brief("a beach without people").allows("people")
    assert not read_brief("uma praia sem barcos").allows("boat")
    assert read_brief("no birds, a sailing boat").wants("boat")


def test_a_refused_subject_gives_way_to_the_next() -> None:
    assert read_brief("a cat in a forest", "cat").scene == "forest"


def test_unknown_prompts_are_spread_over_the_fallback_scenes() -> None:
    scenes = {read_brief(f"qwzx{number}").scene for number in range(60)}
    assert len(scenes) > 5
    assert not read_brief("qwzx").is_known


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        " ",
        "\x00",
        "😀" * 50,
        "مرحبا بالعالم",
        "a" * 4000,
        "no",
        "٣ cats",
        "\ud800 lone",
        "²³ ½",
    ],
)
def test_rubbish_never_raises(prompt: str) -> None:
    assert read_brief(prompt, prompt).scene in PAINTERS
