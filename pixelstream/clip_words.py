"""How clips are spoken of: how long they are, and what stands for them where they are not seen."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def clip_time(milliseconds: int) -> str:
    """How long a clip is, the way players write it: "0:05"."""
    minutes, seconds = divmod(whole_seconds(milliseconds), 60)
    return f"{minutes}:{seconds:02}"


def clip_label(alt: str, milliseconds: int, has_sound: bool | None = None) -> str:
    """What a clip is called for those who do not see it: "Clip, 5 seconds, no sound: a lighthouse".

    `has_sound` is None where the clip cannot be played: there only its poster is shown.
    """
    length = whole_seconds(milliseconds)
    words = [ngettext("Clip, %(n)s second", "Clip, %(n)s seconds", length) % {"n": length}]
    if has_sound is not None:
        words.append(_("with sound") if has_sound else _("no sound"))
    return ": ".join(filter(None, [", ".join(words), alt]))


def whole_seconds(milliseconds: int) -> int:
    """The nearest number of seconds; a clip is never said to have none."""
    return max(1, round(milliseconds / 1000))
