from __future__ import annotations

import base64

import pytest

from generation.providers.http import redact

SECRET = "Zx81c0ffee4242deadbeef"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}",
        f"authorization:Bearer {SECRET}",
        f"{{'Authorization': 'Bearer {SECRET}'}}",
        f'{{"Authorization": "Basic {SECRET}"}}',
        f'{{\\"Authorization\\": \\"Bearer {SECRET}\\"}}',
        f"Proxy-Authorization: {SECRET}",
        f"[(b'authorization', b'Bearer {SECRET}')]",
        f"x-goog-api-key: {SECRET}",
        f"X-Key: {SECRET}",
        f"X-API-Key={SECRET}",
        f'"api_key": "{SECRET}"',
        f"apikey = {SECRET}",
        f"Incorrect API key: {SECRET}.",
        f"access_token={SECRET}&x=1",
        f"client_secret: {SECRET}",
        f"password={SECRET}",
        f"bearer {SECRET}",
        f"https://vendor.example/v1beta/models?key={SECRET}",
        f"https://vendor.example/a?b=1&key={SECRET}&c=2",
        f"https://s3.example/a.png?X-Amz-Signature={SECRET}&X-Amz-Credential={SECRET}/x",
        f"https://storage.example/a.png?X-Goog-Signature={SECRET}",
        f"https://blob.example/a.png?sig={SECRET}",
        f"sk-{SECRET}",
        f"sk-or-v1-{SECRET}",
        f"sk_live_{SECRET}",
        f"pk-{SECRET}",
        f"AIzaSy{SECRET}",
        f"hf_{SECRET}",
        f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{SECRET}",
    ],
)
def test_what_looks_like_a_key_is_hidden(text: str) -> None:
    hidden = redact(f"before {text} after")
    assert SECRET not in hidden
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")


@pytest.mark.parametrize("secret", [SECRET, f" {SECRET}\n", "a/b+c=d", "k", "(.*)[", "sênha"])
def test_the_very_secret_is_hidden_in_any_place(secret: str) -> None:
    assert secret.strip() not in redact(f"<{secret.strip()}>!{secret}", secret).replace(
        "[hidden]", ""
    )


def test_a_secret_in_an_address_is_hidden() -> None:
    assert redact("/x/a%2Fb%2Bc%3Dd/y", "a/b+c=d") == "/x/[hidden]/y"


def test_an_empty_secret_hides_nothing() -> None:
    assert redact("all is well", "", " ") == "all is well"


@pytest.mark.parametrize(
    "text",
    [
        "size 1024x1024 is not supported for gpt-image-1",
        "POST api.openai.com/images/generations: 429",
        "the token limit is 4096; key frames: none",
        "task-id 0f8b3a52-6c0e-4c8a-9f0e-0e9d7b1f6a11",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "Retry-After: 30",
        "uma descrição em português, com acentos e vírgulas",
        "",
    ],
)
def test_the_rest_stays_as_it_is(text: str) -> None:
    assert redact(text, "unused-secret") == text


@pytest.mark.parametrize("begin", ["", "data:image/png;base64,", '{"b64_json": "'])
def test_pictures_are_cut_out(begin: str) -> None:
    data = base64.b64encode(bytes(range(256)) * 8).decode()
    assert redact(f"{begin}{data} end") == f"{begin}[base64] end"


HOSTILE = [
    "a", " ", "=", "-", "_", "/", ".", "%", "&key=", "?x-amz-", "authorization", "authorization ",
    "authorization: ", "authorization: bearer ", "api_key", "api_key:", "api key\t", "bearer ",
    "bearer a", "sk-", "sk-a ", "sk-sk_", "eyJ", "eyJaaaaaaaa-", "eyJaaaaaaaa.",
    "eyJaaaaaaaa.eyJaaaaaaaa.",
    "AIza", "access_token", "client secret", "password'\"", "a" * 69 + " ", "a" * 69 + ".", "é",
    "\\\"", "x-key\\", "basic \n", "hf_", "key ", "Bearer" + " " * 50,
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    # Quadratic time would be hours for so much text, and the test would be killed.
    text = piece * (1_000_000 // len(piece))
    assert SECRET not in redact(text + SECRET, SECRET)
