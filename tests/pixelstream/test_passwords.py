"""What a password may be, and what it may not."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from pixelstream.accounts.models import User
from tests.factories import PASSWORD, create_user


@pytest.mark.parametrize(
    "password",
    [
        "only small letters",
        "ALLCAPITALS",
        "açaí com granola às três",
        "密码很长但是没有数字和符号",
        "🦜🦜🦜🦜🦜🦜🦜🦜",
        " a space before and behind ",
        "x" * 64 + " or longer still " + "y" * 64,
        "pixelstream is where I keep my pictures",
    ],
)
def test_any_characters_make_a_password_of_any_length(password: str) -> None:
    validate_password(password)


@pytest.mark.parametrize(
    "password", ["seven77", "password", "Football", "12345678901234", "qwertyuiop"]
)
def test_short_common_and_numeric_ones_are_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password", ["Pixelstream", "pixelstream1", "2026pixelstream", "127.0.0.1", "127.0.0.1!!"]
)
def test_the_name_of_this_place_is_no_password(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert "password_names_the_place" in [error.code for error in refused.value.error_list]


@pytest.mark.django_db
def test_a_password_is_taken_exactly_as_it_was_typed(anonymous: Client) -> None:
    exact = " Correct Horse, 64 characters and more: " + "Łukasz" * 6 + " "
    User.objects.create_user("alice@example.com", exact)
    for other in (exact.strip(), exact.lower(), exact[:64]):
        anonymous.post(reverse("account_login"), {"login": "alice@example.com", "password": other})
        assert "_auth_user_id" not in anonymous.session
    anonymous.post(reverse("account_login"), {"login": "alice@example.com", "password": exact})
    assert "_auth_user_id" in anonymous.session


@pytest.mark.django_db
def test_nobody_has_a_password_before_somebody_chose_one() -> None:
    assert not User.objects.exists()
    assert create_user("alice@example.com").check_password(PASSWORD)
