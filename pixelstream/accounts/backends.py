"""Who is signed in, in one query with what every page's frame says of them."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from pixelstream.accounts.models import User


class PersonBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's own, which brings a person's storage and the end of their account along."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session; None when the account is gone or closed."""
        try:
            person = User.objects.select_related("usage", "erasure").get(pk=user_id)
        except User.DoesNotExist:
            return None
        return person if self.user_can_authenticate(person) else None
