"""Which addresses of services can be read, and what a mail server's means."""

from __future__ import annotations

import ssl

import pytest
from environs import ValidationError
from kombu import Connection

from pixelstream import service_addresses


@pytest.mark.parametrize(
    ("address", "port", "from_the_start", "after_a_word"),
    [
        ("smtp+tls://user:hunter2@mail.example.com:587", 587, False, True),
        ("smtp+tls://user:hunter2@mail.example.com", 587, False, True),
        ("submission://user:hunter2@mail.example.com", 587, False, True),
        ("smtp+ssl://user:hunter2@mail.example.com", 465, True, False),
        ("smtps://user:hunter2@mail.example.com:465", 465, True, False),
        ("smtp://user:hunter2@mail.example.com", 25, False, False),
        ("smtp://user:hunter2@mail.example.com:587/?tls=1", 587, False, True),
    ],
)
def test_a_mail_server_is_spoken_to_as_its_address_says(
    address: str, port: int, from_the_start: bool, after_a_word: bool
) -> None:
    service_addresses.of(*service_addresses.MAIL)(address)
    found = service_addresses.mail(address)
    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert found["EMAIL_HOST"] == "mail.example.com"
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("user", "hunter2")
    assert found["EMAIL_PORT"] == port
    assert (found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (from_the_start, after_a_word)


def test_a_sender_may_be_named_beside_tls() -> None:
    found = service_addresses.mail("smtp+ssl://host/?_default_from_email=studio@example.com")
    assert found["EMAIL_USE_SSL"]
    assert found["DEFAULT_FROM_EMAIL"] == "studio@example.com"


def test_a_password_may_hold_signs_that_are_quoted() -> None:
    found = service_addresses.mail("smtp+tls://me%40example.com:a%2Fb%3Ac@host")
    assert found["EMAIL_HOST_USER"] == "me@example.com"
    assert found["EMAIL_HOST_PASSWORD"] == "a/b:c"


def test_without_an_address_mail_is_printed() -> None:
    found = service_addresses.mail("")
    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend"


@pytest.mark.parametrize(
    "address",
    [
        "mail.example.com",
        "imap://user:hunter2@host",
        "smtp://user:hunter2@host:many",
        "smtp://user:hunter2/and@host",
        "smtp://user:hunter2@[host",
    ],
)
def test_what_is_no_address_of_one_is_told_without_its_password(address: str) -> None:
    with pytest.raises(ValidationError) as told:
        service_addresses.of(*service_addresses.MAIL)(address)
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize(
    ("address", "for_celery"),
    [
        ("redis://:hunter2@host:6379/2", "redis://:hunter2@host:6379/2"),
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
        ("rediss://:hunter2@host/0", "rediss://:hunter2@host/0?ssl_cert_reqs=required"),
        ("rediss://host/0?ssl_cert_reqs=none", "rediss://host/0?ssl_cert_reqs=none"),
    ],
)
def test_celery_finds_the_same_broker(address: str, for_celery: str) -> None:
    assert service_addresses.for_celery(address) == for_celery


def test_celery_looks_at_the_certificate_of_a_broker() -> None:
    """As redis-py does by itself, with which everything else speaks to it."""
    with Connection(service_addresses.for_celery("rediss://host/0")) as connection:
        assert connection.ssl == {"ssl_cert_reqs": ssl.CERT_REQUIRED}
