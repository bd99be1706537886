"""The Jinja2 environment of the hot fragments: the same escaping, words and helpers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import Environment

from pixelstream.templatetags import ui


def environment(**options: Any) -> Environment:
    """Make the environment. Autoescape is Django's default for this backend: on."""
    env = Environment(extensions=["jinja2.ext.i18n"], **options)  # noqa: S701
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.globals.update(
        url=reverse, icon=ui.icon, style_vars=ui.style_vars, clip_label=ui.clip_label
    )
    env.filters.update(tagged=ui.tagged, day=ui.day, isoformat=ui.isoformat, clip_time=ui.clip_time)
    return env
