"""allauth's list of sessions as an app of this site."""

from __future__ import annotations

from allauth.usersessions.apps import UserSessionsConfig


class SessionsConfig(UserSessionsConfig):  # type: ignore[misc]  # allauth has no types
    """allauth's, written as `sessions` says."""

    def ready(self) -> None:
        """In place of allauth's own answers to signing in."""
        from pixelstream.accounts import sessions

        sessions.listen()
