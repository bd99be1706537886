"""The workshop: makes new pictures and puts them into the library."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GenerationConfig(AppConfig):
    """The upper floor: may use `gallery`, not the other way round."""

    name = "generation"
    verbose_name = _("generation")
