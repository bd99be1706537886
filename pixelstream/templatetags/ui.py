"""Small things that templates draw: icons, numbers in style attributes, hashtags."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.forms import BoundField
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from pixelstream import clip_words, file_sizes

register = template.Library()

SPRITE = "vendor/icons/sprite.svg"
COLOUR = re.compile(r"#[0-9a-f]{6}")
HASHTAG = re.compile(r"(?<![\w&#])#\w+")


@register.simple_tag
@cache
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite, hidden from screen readers: the words are beside it."""
    classes = f"ic {extra}".strip()
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        classes,
        static(SPRITE),
        name,
    )


@register.simple_tag
def style_vars(**values: Any) -> SafeString:
    """A style attribute that sets custom properties to numbers or `#rrggbb` colours only.

    The content security policy allows style attributes for this; text never gets in.
    """
    parts = [f"--{name}:{_plain(value)}" for name, value in values.items() if value is not None]
    return mark_safe(f'style="{";".join(parts)}"')  # noqa: S308 (numbers and colours only)


def _plain(value: Any) -> str:
    if isinstance(value, str) and COLOUR.fullmatch(value):
        return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"{value:.4f}".rstrip("0").rstrip(".") if not isinstance(value, int) else str(value)
    raise ValueError(f"not a number or a colour: {value!r}")


@register.simple_tag
def control(field: BoundField, hint: str = "", autocomplete: str = "") -> SafeString:
    """The input of a form field, dressed. The label says what to enter, so no placeholder.

    Django itself writes aria-invalid and aria-describedby, for the hint and the errors that
    `_field.html` shows under the same ids.
    """
    field.help_text = hint
    attrs: dict[str, str | bool] = {
        "class": "area" if field.widget_type == "textarea" else "input",
        "placeholder": False,
    }
    if autocomplete:
        attrs["autocomplete"] = autocomplete
    return field.as_widget(attrs=attrs)


@register.filter
def tagged(text: str) -> SafeString:
    """The text with its #hashtags set apart."""
    escaped = str(conditional_escape(text))
    # Both the text and the tags are escaped by now; entities like &#39; are not hashtags.
    return mark_safe(  # noqa: S308
        HASHTAG.sub(lambda match: f'<span class="tag">{match[0]}</span>', escaped)
    )


@register.filter
def seconds(value: float | None) -> str:
    """A duration such as "13.8 s", with the language's decimal sign."""
    if value is None:
        return ""
    value = max(value, 0.1)  # "0.0 s" reads like a fault
    digits = 1 if value < 100 else 0
    return _("%(seconds)s s") % {"seconds": formats.number_format(value, digits)}


@register.filter
def clip_time(milliseconds: int) -> str:
    """How long a clip is, as "0:05"."""
    return clip_words.clip_time(milliseconds)


@register.simple_tag
def clip_label(alt: str, milliseconds: int, has_sound: bool | None = None) -> str:
    """What a clip is called for those who do not see it; without `has_sound`, its poster."""
    return clip_words.clip_label(alt, milliseconds, has_sound)


@register.filter
def grouped(value: int) -> str:
    """A number with the language's thousands separators, for people to read."""
    return formats.number_format(value, force_grouping=True)


@register.filter
def about_seconds(value: float) -> str:
    """A typical duration without its unit: whole seconds, tenths below one."""
    return formats.number_format(max(value, 0.1), 0 if value >= 0.95 else 1)


@register.filter
def money(value: Decimal | None) -> str:
    """US dollars with four decimals, as "$0.0600"."""
    return "" if value is None else f"${formats.number_format(value, 4, force_grouping=True)}"


@register.filter
def file_size(value: int) -> str:
    """A number of bytes, as "31.4 MB"."""
    return file_sizes.file_size(value)


@register.filter
def share_of(used: int, limit: int) -> str:
    """How many bytes of a limit are used, as "3.1 / 5 GB"."""
    return file_sizes.share_of(used, limit)


@register.filter
def day(value: datetime, today: date | None = None) -> str:
    """When, as short as it is clear: the time today, "yesterday", else the day.

    Lists give `today`, or it would be worked out for each of their items.
    """
    local, today = timezone.localtime(value), today or timezone.localdate()
    if local.date() == today:
        return formats.time_format(local, "H:i")
    return _past_day(local.date(), today, get_language())


@lru_cache(maxsize=2048)
def _past_day(day: date, today: date, _language: str | None) -> str:
    """Kept, because a page says few days and says each of them often."""
    if (today - day).days == 1:
        return _("yesterday")
    # Translators: a day of this year, in the codes of Django's date filter.
    this_year = pgettext("date", "j M")
    # Translators: a day of another year, in the codes of Django's date filter.
    other_year = pgettext("date", "j M Y")
    return formats.date_format(day, this_year if day.year == today.year else other_year)


@register.filter
def isoformat(value: datetime) -> str:
    """For `datetime` attributes and scripts."""
    return value.isoformat()


@register.filter
def way_back(request: HttpRequest) -> str:
    """The address that shows this page again. Where a form came back, that is the page that it was
    sent from: the form's own address may take nothing but forms.
    """
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    sent_from = urlsplit(request.headers.get("Referer", ""))
    if sent_from.netloc != request.get_host():
        return "/"
    return sent_from._replace(scheme="", netloc="", fragment="").geturl() or "/"


@register.simple_tag
def fixed(name: str, here: str = "") -> SafeString:
    """A fragment that is the same for everybody, drawn once for each language and then kept.

    Drawing hidden dialogs, lists of keys and the way around anew would be a fifth of what a page
    costs. Of the request nothing reaches such a fragment but `here`, the name of the view.
    """
    draw = _fixed.__wrapped__ if settings.DEBUG else _fixed
    return draw(name, here, get_language())


@cache
def _fixed(name: str, here: str, _language: str | None) -> SafeString:
    return mark_safe(render_to_string(name, {"here": here}))  # noqa: S308 (with autoescape)


@register.simple_tag
def cards(posts: list[Any], **options: Any) -> SafeString:
    """The cards of a list of posts: a Jinja2 fragment, because it is the hottest of all."""
    context = {"posts": posts, "today": timezone.localdate(), **options}
    html = render_to_string("gallery/cards.jinja", context, using="jinja2")
    return mark_safe(html)  # noqa: S308 (rendered with autoescape)


@register.simple_tag
def filter_choices(menu: Any) -> SafeString:
    """The entries of a `gallery.filter_menus.Menu`: Jinja2 as well, a wall has some forty."""
    html = render_to_string("gallery/filter_choices.jinja", {"menu": menu}, using="jinja2")
    return mark_safe(html)  # noqa: S308 (rendered with autoescape)


@register.simple_tag
def max_length() -> int:
    """How long a prompt may be."""
    limit: int = settings.PROMPT_MAX_LENGTH
    return limit
