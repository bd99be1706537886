"""The lines of the Procfile, as a host reads them."""

from __future__ import annotations

import asyncio
import shlex
from typing import Any

import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from tests.hosts.lines import PROJECT_DIR, lines_of
from tools import prepare

LINES = lines_of(PROJECT_DIR)


def test_it_has_the_four_lines_and_nothing_else() -> None:
    assert set(LINES) == {"release", "web", "worker", "beat"}


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_what_runs_takes_the_place_of_the_shell(name: str) -> None:
    """A shell in between would keep the signal to stop for itself."""
    assert LINES[name].rpartition("&& ")[2].startswith("exec ")


@pytest.mark.parametrize(
    ("router", "scheme", "visitor"),
    [
        ("10.1.55.7", "https", "203.0.113.9"),
        ("127.0.0.1", "https", "203.0.113.9"),
        ("fd00::7", "https", "203.0.113.9"),
        ("198.51.100.4", "http", "198.51.100.4"),
    ],
)
def test_a_router_on_a_private_network_is_believed_and_nobody_else(
    router: str, scheme: str, visitor: str
) -> None:
    """Else every page would be sent to https for ever, or anybody could be from anywhere."""
    seen: dict[str, Any] = {}

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)

    headers = [(b"x-forwarded-for", b"192.0.2.1, 203.0.113.9"), (b"x-forwarded-proto", b"https")]
    scope = {"type": "http", "client": (router, 5), "scheme": "http", "headers": headers}
    believed: Any = ProxyHeadersMiddleware(application, _trusted())
    asyncio.run(believed(scope, None, None))
    assert (seen["scheme"], seen["client"][0]) == (scheme, visitor)


def _trusted() -> str:
    words = shlex.split(LINES["web"])
    return (
        words[words.index("--forwarded-allow-ips") + 1]
        .removeprefix("${FORWARDED_ALLOW_IPS:-")
        .removesuffix("}")
    )


def test_static_files_are_needed_again_when_their_sources_change(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fresh disk has none; a new release has others; else nothing is to do."""
    project, data_dir = tmp_path / "project", tmp_path / "data"
    for source in ("static/css/app.css", "pixelstream/storages.py", "requirements.txt"):
        (project / source).parent.mkdir(parents=True, exist_ok=True)
        (project / source).write_text("one")
    monkeypatch.setattr(prepare, "PROJECT_DIR", project)
    (data_dir / "static").mkdir(parents=True)
    assert prepare.needs_static(data_dir)

    (data_dir / "static" / "staticfiles.json").write_text("{}")
    assert prepare.needs_static(data_dir), "somebody stopped in the middle"
    (data_dir / prepare.STAMP).write_text(prepare.fingerprint(data_dir))
    assert not prepare.needs_static(data_dir)

    for source in ("static/css/app.css", "requirements.txt"):
        (project / source).write_text("two")
        assert prepare.needs_static(data_dir), source
        (data_dir / prepare.STAMP).write_text(prepare.fingerprint(data_dir))
