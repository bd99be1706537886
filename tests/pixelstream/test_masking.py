"""What must never stand in a log."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from pixelstream import masking
from pixelstream.masking import masked, masked_path

SECRET = "hunter2-hunter2-hunter2"


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    masking._our_secrets.cache_clear()
    yield
    masking._our_secrets.cache_clear()


@pytest.mark.parametrize(
    "text",
    [
        f"GET /live/?t={SECRET} 200",
        f"/api/video-callback/kie/?x=1&t={SECRET}",
        f"https://s3.example/b/k?X-Amz-Signature={SECRET}&X-Amz-Date=1",
        f"https://s3.example/b/k?X-Amz-Credential={SECRET}",
        f"Authorization: Bearer {SECRET}",
        f"{{'authorization': 'Basic {SECRET}'}}",
        f'"Authorization": "{SECRET}"',
        f"(b'authorization', b'{SECRET}')",
        f"sent bearer {SECRET} to them",
        f"Cookie: language=en; sessionid={SECRET}",
        f"cannot reach postgres://ann:{SECRET}@db.example/pixelstream",
        f"redis://:{SECRET}@broker:6379/0 is away",
        f"the key sk-or-v1-{SECRET} was refused",
        f"pxs_{SECRET}",
    ],
)
def test_what_opens_something_is_masked(text: str) -> None:
    assert SECRET not in masked(text)
    assert masking.MASK in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "Job 17 failed (rate): 429, in 12.5 s",
        "Not Found: /posts/17/",
        "Rows and storage are not in step: 3 missing. First: ['generated/7/1-a.png']",
        "http://127.0.0.1:8000/gallery/?q=lighthouse&sort=newest",
        "the token opens nothing",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text


def test_our_own_secrets_are_masked_wherever_they_stand(settings: Any) -> None:
    settings.PROVIDER_KEYS = {"openai": SECRET, "kie": ""}
    settings.WEBHOOK_SECRETS = {"kie": ["another-secret-of-ours"]}
    settings.METRICS_TOKEN = "short"  # too short to be one: it might be a word
    said = masked(f"they said {SECRET!r} and another-secret-of-ours, in short")
    assert said == "they said '***' and ***, in short"


def test_each_key_of_several_is_masked_also_when_it_stands_alone(settings: Any) -> None:
    newer, older = (base64.b64encode(letter * 32).decode() for letter in (b"n", b"o"))
    settings.FIELD_ENCRYPTION_KEYS = f"2:{newer}, 1:{older}"
    for text in (newer, older, f"2:{newer}", f"2:{newer}, 1:{older}"):
        said = masked(f"cannot use {text!r}")
        assert newer not in said, text
        assert older not in said, text
        assert masking.MASK in said
    assert masked("the key 2 is not known") == "the key 2 is not known"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/p/Zk3_x9-QwErTyUiOpAsDf/", "/p/Zk3_***/"),
        ("/api/inputs/eyJhIjoxfQ:1abcde:xyz-123_456/", "/api/inputs/eyJh***/"),
        ("/posts/17/edit/", "/posts/17/edit/"),
        ("/accounts/password/reset/key/done/", "/accounts/password/reset/key/done/"),
        ("/api/video-callback/openrouter/", "/api/video-callback/openrouter/"),
        ("/settings/account-export-progress/", "/settings/account-export-progress/"),
    ],
)
def test_tokens_in_a_path_only_begin(path: str, shown: str) -> None:
    assert masked_path(path) == shown
