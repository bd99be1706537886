"""Messages that other people's code signed, now and with secrets nobody wrote down: all of them are
believed, and nothing that was changed afterwards is. What we sign, their library believes.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from generation.providers.webhooks import CALLERS, Message, RefusedError, standard
from tests.contracts import signers

TEXTS = ("a lighthouse at dusk", "Mel da Serra – çãé 🍯", 'quotes " and \\ and </script>')


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    lack = signers.lack()
    if lack and os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(f"the signers cannot run here: {lack}", pytrace=False)
    if lack:
        pytest.skip(f"signers of messages: {lack}")
    try:
        signers.install()
    except subprocess.CalledProcessError as error:
        pytest.fail(f"npm could not install them:\n{error.stderr.decode()}", pytrace=False)


@dataclass(frozen=True)
class Signed:
    """What a sender sent, and our secrets for it: an old one, and the one that it used."""

    message: Message
    secrets: list[bytes]


def by_standard(text: str) -> Signed:
    secret = secrets.token_bytes(24)
    body = json.dumps({"data": {"id": "clip-7", "status": "completed"}, "prompt": text}).encode()
    now = int(time.time())
    written = base64.b64encode(secret).decode()
    headers = signers.ask("standard", secret=f"whsec_{written}", id="evt_1", seconds=now, body=body)
    return Signed(Message(headers, body, now), [b"old", standard.secret_of(f"whsec_{written}")])


def by_openrouter(text: str) -> Signed:
    secret = secrets.token_urlsafe(24) + "ção"
    content = {"data": {"id": "clip-7", "status": "completed"}, "prompt": text}
    body = json.dumps(content, ensure_ascii=False).encode()
    now = int(time.time())
    headers = signers.ask("openrouter", secret=secret, seconds=now, body=body)
    return Signed(Message(headers, body, now), [b"old", secret.encode()])


def by_kie(text: str) -> Signed:
    secret = secrets.token_urlsafe(24)
    body = json.dumps({"data": {"taskId": "clip-7", "state": "success"}, "prompt": text}).encode()
    now = int(time.time())
    headers = signers.ask("kie", secret=secret, id="clip-7", seconds=now)
    return Signed(Message(headers, body, now), [b"old", secret.encode()])


SIGNERS: dict[str, Callable[[str], Signed]] = {
    "builtin": by_standard,
    "openrouter": by_openrouter,
    "kie": by_kie,
}
each_signer = pytest.mark.parametrize("slug", SIGNERS)


def test_every_sender_has_a_signer_that_nobody_here_wrote() -> None:
    assert set(SIGNERS) == set(CALLERS)


@each_signer
@pytest.mark.parametrize("text", TEXTS)
def test_what_the_sender_signed_is_believed(slug: str, text: str) -> None:
    signed = SIGNERS[slug](text)
    assert CALLERS[slug].read(signed.message, signed.secrets).remote_id == "clip-7"


@each_signer
def test_what_was_changed_afterwards_is_not(slug: str) -> None:
    signed = SIGNERS[slug](TEXTS[0])
    body = signed.message.body.replace(b"clip-7", b"clip-8")
    changed = Message(signed.message.headers, body, signed.message.received)
    with pytest.raises(RefusedError):
        CALLERS[slug].read(changed, signed.secrets)
    with pytest.raises(RefusedError):
        CALLERS[slug].read(signed.message, signed.secrets[:1])
    late = Message(signed.message.headers, signed.message.body, signed.message.received + 301)
    with pytest.raises(RefusedError):
        CALLERS[slug].read(late, signed.secrets)


@pytest.mark.parametrize("text", TEXTS)
def test_what_we_sign_the_library_believes(text: str) -> None:
    secret = secrets.token_bytes(32)
    body = json.dumps({"data": {"id": "clip-7"}, "prompt": text}, ensure_ascii=False).encode()
    headers = standard.headers(secret, "clip-7-completed", body, at=time.time())
    written = f"whsec_{base64.b64encode(secret).decode()}"
    assert signers.ask("verify_standard", secret=written, headers=headers, body=body)
    with pytest.raises(subprocess.CalledProcessError):
        signers.ask("verify_standard", secret=written, headers=headers, body=body + b" ")
    stale = standard.headers(secret, "clip-7-completed", body, at=time.time() - 400)
    with pytest.raises(subprocess.CalledProcessError):
        signers.ask("verify_standard", secret=written, headers=stale, body=body)
