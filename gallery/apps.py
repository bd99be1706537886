"""The library: what people keep, look at, share and delete. It never imports `generation`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GalleryConfig(AppConfig):
    """The ground floor."""

    name = "gallery"
    verbose_name = _("gallery")

    def ready(self) -> None:
        """Register the checks."""
        from gallery import checks  # noqa: F401 (registers by being imported)
