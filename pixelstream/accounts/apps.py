"""People: sign-up, sign-in and what a person chose."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """The custom user, from the first migration on."""

    name = "pixelstream.accounts"
    label = "accounts"
    verbose_name = _("people")

    def ready(self) -> None:
        """Register the checks, and write down who signs in, and who changes the second step."""
        from pixelstream.accounts import (
            checks,  # noqa: F401 (registers by being imported)
            mfa,
            sign_ins,
        )

        mfa.listen()
        sign_ins.listen()
