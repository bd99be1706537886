"""Palettes: what time of day, weather, season, mood and named colours do to all colours."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from generation.providers.builtin import vocabulary
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Style
from generation.providers.builtin.colour import Colour, adjust, from_hex, mix, tint

Colours = tuple[Colour, ...]


@dataclass(frozen=True)
class Palette:
    """The colours of one picture, all linear RGB."""

    time: str
    sky: Colours
    """From the zenith to the horizon."""
    far: Colour
    """The most distant land, already full of air."""
    near: Colour
    """The darkest foreground."""
    light: Colour
    """Of the sun or the moon."""
    ambient: Colour
    """What local colours are multiplied with."""
    water: Colours
    """Shallow (at the horizon), deep (near)."""
    ground: Colours
    """Lit, shaded."""
    foliage: Colours
    """Lit, middle, shaded."""
    rock: Colours
    """Lit, shaded."""
    accents: Colours
    """Five colours for things: balloons, petals, pots."""
    backdrop: Colours
    """Wall and table of indoor pictures."""
    is_coloured: bool = False
    """Whether the prompt names colours; the accents start with them."""
    has_snow: bool = False
    has_stars: bool = False

    @property
    def is_night(self) -> bool:
        """Whether lamps are lit and the moon shines."""
        return self.time == "night"

    @property
    def haze(self) -> Colour:
        """The colour of the air at the horizon."""
        return self.sky[-1]

    def lit(self, colour: Colour) -> Colour:
        """A local colour under this light."""
        return np.clip(colour * self.ambient, 0, 1)


def _row(text: str) -> Colours:
    return tuple(from_hex(each) for each in text.split())


_HOURS: dict[str, dict[str, str]] = {
    # sky top .. horizon | far near light ambient | water | (the rest follows from ambient)
    "dawn": {
        "sky": "#5f86bd #b9a6c9 #f3bfae #ffd9a8",
        "land": "#e3b3ab #1d3047 #ffc48c #f6dcd2",
        "water": "#d9aca6 #2b4a6b",
    },
    "day": {
        "sky": "#3f83c6 #7fb4de #bfdbe8 #e6eee6",
        "land": "#9db9cb #1f3d40 #fff4da #ffffff",
        "water": "#7fb3bd #12506a",
    },
    "golden": {
        "sky": "#41599b #b27ea2 #f29a70 #ffd489",
        "land": "#d9957f #1f2236 #ffb766 #ffd9b4",
        "water": "#d99a78 #22385a",
    },
    "dusk": {
        "sky": "#1f2858 #574a8c #b56a94 #f0a887",
        "land": "#7d6699 #12152f #ffa98a #b7a3cf",
        "water": "#9a6f95 #171f48",
    },
    "night": {
        "sky": "#050b20 #0e2048 #21406f #3c5a86",
        "land": "#2b4266 #050a17 #d3e2ff #5d74a8",
        "water": "#2f4d78 #060e22",
    },
}

_FOLIAGE = {
    "": "#9bb65a #4f8048 #1f4334",
    "spring": "#bfd67a #74ab58 #2f6448",
    "summer": "#a3b94a #4b8a3c #1d4a30",
    "autumn": "#f0a63a #cf5b27 #6b2a22",
    "winter": "#d7e2e6 #7d97a3 #2e4854",
}
_GROUND = {
    "": "#a7ad62 #4f5a34",
    "spring": "#b6cc6e #56773f",
    "summer": "#c2bb62 #6a6a35",
    "autumn": "#d0a052 #6e4a2c",
    "winter": "#f1f5f8 #a9bccb",
}
_ACCENTS = (
    "#d9472b #f3e3c3 #e8b23a #2f6f78 #b23a54",
    "#e8604c #f7d9a8 #2a9d8f #264653 #f4a261",
    "#c8553d #f2d0a4 #588b8b #ffd5c2 #28536b",
    "#d1495b #edae49 #66a182 #2e4057 #f5e6cc",
    "#8a4fff #ff8fa3 #ffd166 #3da5d9 #f7ede2",
    "#ef6f6c #f9c784 #56a3a6 #465775 #fdf0d5",
)
_BACKDROPS = (
    "#ecdcc4 #c99a6b",
    "#cfe0dc #a9785a",
    "#f2c9b4 #b9694c",
    "#c7d3e3 #8c6a58",
    "#efe6d8 #d8b48a",
    "#3c5a63 #8a5a3f",
    "#f3d37c #c98a4e",
)


def palette_of(brief: Brief, style: Style, rng: np.random.Generator) -> Palette:
    """The palette of a brief in a style; what the brief leaves open is chosen by `rng`."""
    options = [
        time
        for time in ("golden", "day", "dawn", "dusk", "golden", "day")
        if time not in brief.avoided
    ] or ["day"]
    open_choice = options[int(rng.integers(len(options)))]
    if brief.weather in ("storm", "rain", "snow", "fog", "cloudy") and not brief.time:
        open_choice = "day"
    time = brief.time or open_choice
    if "dark" in brief.moods and not brief.time:
        time = "dusk"
    palette = _at_hour(time, brief, rng)
    palette = _in_weather(palette, brief.weather)
    palette = _in_colours(palette, brief)
    return _in_mood(palette, brief, style)


def named_colours(brief: Brief) -> Colours:
    """The colours the prompt names, in order."""
    return tuple(from_hex(vocabulary.COLOURS[name][0]) for name in brief.colours)


def _at_hour(time: str, brief: Brief, rng: np.random.Generator) -> Palette:
    hour = _HOURS[time]
    far, near, light, ambient = _row(hour["land"])
    accents = list(_row(_ACCENTS[int(rng.integers(len(_ACCENTS)))]))
    backdrop = _row(_BACKDROPS[int(rng.integers(len(_BACKDROPS)))])
    snowy = brief.season == "winter" and brief.allows("snow")
    season = brief.season if brief.season != "winter" or snowy else ""

    def lit(text: str) -> Colours:
        return tuple(np.clip(each * ambient, 0, 1) for each in _row(text))

    indoor = np.clip(ambient * 0.55 + 0.45, 0, 1) if time != "night" else ambient * 0.9 + 0.10
    return Palette(
        time=time,
        sky=_row(hour["sky"]),
        far=far,
        near=near,
        light=light,
        ambient=ambient,
        water=_row(hour["water"]),
        ground=lit(_GROUND[season]),
        foliage=lit(_FOLIAGE[season]),
        rock=lit("#e9edf2 #8a9bb0" if snowy else "#a08a6e #3a3634"),
        accents=tuple(accents),
        backdrop=tuple(np.clip(each * indoor, 0, 1) for each in backdrop),
        has_snow=snowy,
        has_stars=time == "night" and brief.allows("stars"),
    )


def _change(palette: Palette, names: tuple[str, ...], how: object) -> Palette:
    """The palette with a function applied to some of its colours."""
    assert callable(how)
    changes: dict[str, object] = {}
    for each in fields(palette):
        if each.name in names:
            value = getattr(palette, each.name)
            changes[each.name] = (
                tuple(how(colour) for colour in value) if isinstance(value, tuple) else how(value)
            )
    return replace(palette, **changes)  # type: ignore[arg-type]


_AIR = ("sky", "far", "light", "water")
_LAND = ("near", "ground", "foliage", "rock")
_THINGS = ("accents", "backdrop")


def _in_weather(palette: Palette, weather: str) -> Palette:
    # (chroma, lightness of the air, share of grey, lightness of the land)
    effects = {
        "cloudy": (0.62, -0.02, 0.30, -0.02),
        "fog": (0.50, 0.03, 0.45, 0.06),
        "rain": (0.55, -0.10, 0.40, -0.06),
        "snow": (0.55, 0.02, 0.40, 0.04),
        "storm": (0.55, -0.20, 0.45, -0.12),
    }
    if weather not in effects:
        return palette
    chroma, air, grey, land = effects[weather]
    dark = palette.time in ("night", "dusk")
    neutral = from_hex("#46536b" if dark else "#a9b4bf")
    palette = _change(
        palette,
        _AIR,
        lambda colour: adjust(
            mix(colour, neutral, grey), chroma=chroma + 0.2, lightness=air * (0.4 if dark else 1)
        ),
    )
    palette = _change(palette, _LAND, lambda colour: adjust(colour, chroma=chroma, lightness=land))
    return replace(palette, has_stars=palette.has_stars and weather not in ("rain", "storm"))


_OUTDOORS = 0.62
_INDOORS = 0.22
"""How far a named colour tints the air, where it is the subject that wears it."""


def _in_colours(palette: Palette, brief: Brief) -> Palette:
    named = named_colours(brief)
    air = tuple(from_hex(vocabulary.COLOURS[name][0]) for name in brief.air_colours)
    if not named and not air:
        return palette
    share = _INDOORS if brief.scene in vocabulary.WEARERS else _OUTDOORS
    if air:
        palette = _tinted_air(palette, air, 0.80)
    elif share:
        palette = _tinted_air(palette, named, share)
    if not named:
        return palette
    palette = _change(palette, _LAND, lambda colour: tint(colour, named[0], share * 0.55))
    accents = list(named)
    for step, factor in ((0.13, 0.85), (-0.12, 0.95), (0.22, 0.6), (-0.2, 0.8), (0.07, 1.0)):
        base = named[len(accents) % len(named)]
        accents.append(adjust(base, lightness=step, chroma=factor, turn=step * 1.2))
    backdrop = tuple(tint(colour, named[-1], 0.35) for colour in palette.backdrop)
    return replace(palette, accents=tuple(accents[:5]), backdrop=backdrop, is_coloured=True)


def _tinted_air(palette: Palette, colours: Colours, share: float) -> Palette:
    """Sky, distance, light and water drawn towards the colours, zenith to horizon."""
    sky = tuple(
        tint(colour, colours[index * len(colours) // len(palette.sky)], share)
        for index, colour in enumerate(palette.sky)
    )
    palette = replace(palette, sky=sky)
    palette = _change(
        palette, ("far", "light"), lambda colour: tint(colour, colours[-1], share * 0.8)
    )
    return _change(palette, ("water",), lambda colour: tint(colour, colours[0], share * 0.9))


def _in_mood(palette: Palette, brief: Brief, style: Style) -> Palette:
    chroma, lightness = style.chroma, 0.0
    if "joyful" in brief.moods:
        chroma *= 1.2
    if "pastel" in brief.moods:
        chroma, lightness = chroma * 0.72, 0.07
    if "muted" in brief.moods:
        chroma *= 0.6
    if "dark" in brief.moods:
        chroma, lightness = chroma * 0.85, -0.10
    if "grey" in brief.colours and len(brief.colours) == 1:
        chroma *= 0.25
    everything = _AIR + _LAND + _THINGS
    return _change(
        palette, everything, lambda colour: adjust(colour, chroma=chroma, lightness=lightness)
    )
