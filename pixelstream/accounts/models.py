"""The person. Known by an e-mail address; there are no user names."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

HANDLE_PATTERN = r"[a-z0-9](?:[a-z0-9_]{1,28}[a-z0-9])"
"""Three to thirty small letters, digits and underscores, none of these at an end."""

BIO_MAX_LENGTH = 300


class UserManager(BaseUserManager["User"]):
    """Makes people with a normalised address and a hashed password."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a person. Raises ValueError without an address."""
        if not email:
            raise ValueError("A person needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an administrator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("display name"), max_length=80, blank=True)
    handle = models.CharField(
        _("handle"),
        max_length=30,
        null=True,
        blank=True,
        unique=True,
        validators=[
            RegexValidator(
                rf"^{HANDLE_PATTERN}\Z",
                _("3 to 30 small letters, digits and underscores; a letter or digit at both ends."),
            )
        ],
        help_text=_("The address of the public profile. Without one there is none."),
    )
    bio = models.TextField(_("about me"), max_length=BIO_MAX_LENGTH, blank=True)
    posts_begin_public = models.BooleanField(_("new posts are public"), default=False)
    language = models.CharField(
        _("language"),
        max_length=10,
        blank=True,
        help_text=_("Empty: what the browser asks for."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True, editable=False)
    suspended_reason = models.TextField(_("reason of the suspension"), blank=True)
    bytes_to_follow = models.BooleanField(
        _("pictures to be moved"),
        default=False,
        editable=False,
        help_text=_("Suspended or let in again; their pictures are still on the way."),
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_case_insensitive"),
            # An empty handle would be one that only one person can have.
            models.CheckConstraint(condition=~models.Q(handle=""), name="user_handle_not_empty"),
            models.CheckConstraint(
                condition=models.Q(suspended_at__isnull=True) | models.Q(is_active=False),
                name="user_suspended_is_inactive",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="user_bytes_to_follow",
                condition=models.Q(bytes_to_follow=True),
            ),
            models.Index(
                fields=["id"],
                name="user_suspended",
                condition=models.Q(suspended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def display_name(self) -> str:
        """What the person is called on their own pages and in the admin: the chosen name, else the
        part of the address before the @.
        """
        return self.name or self.email.partition("@")[0]

    @property
    def public_name(self) -> str:
        """What strangers see: the chosen name, else the handle, never a part of the address."""
        return self.name or self.handle or gettext("Somebody")

    @property
    def initials(self) -> str:
        """One or two letters for the avatar on the person's own pages."""
        return _initials(self.display_name)

    @property
    def public_initials(self) -> str:
        """One or two letters for the avatar that strangers see."""
        return _initials(self.public_name)


def _initials(name: str) -> str:
    words = name.replace(".", " ").replace("_", " ").split()
    letters = [word[0] for word in words if word[0].isalnum()]
    return "".join([*letters[:1], *letters[1:][-1:]]).upper() or "?"
