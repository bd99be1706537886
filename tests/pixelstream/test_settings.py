"""Settings come from the environment, and a wrong one is told by its name."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parents[2]
HOST = {
    "SECRET_KEY": "k" * 60,
    "SITE_URL": "https://example.com",
    "ALLOWED_HOSTS": "example.com",
    "FIELD_ENCRYPTION_KEYS": "1:" + base64.b64encode(b"k" * 32).decode(),
}


def manage(*arguments: str, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with these variables and no others of ours."""
    clean = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**clean, **variables},
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DEBUG", "maybe"),
        ("PORT", "eighty"),
        ("WORKER_CONCURRENCY", "many"),
        ("BUILTIN_ENGINE_FAULTS", "perhaps"),
        ("QUOTA_BYTES", "-1"),
        ("MODERATION_GATE_THRESHOLD", "2"),
        ("SITE_URL", "example.com"),
        ("DATABASE_URL", "mysql://user:hunter2@host/name"),
        ("REDIS_URL", "http://:hunter2@host"),
        ("EMAIL_URL", "imap://user:hunter2@host"),
    ],
)
def test_a_value_that_cannot_be_read_stops_the_start_with_its_name(
    variable: str, value: str, tmp_path: Path
) -> None:
    result = manage("check", **{**HOST, "DATA_DIR": str(tmp_path), variable: value})
    assert result.returncode != 0
    assert variable in result.stderr
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stderr, "a password has no place in a message"


def test_the_examples_of_the_documents_can_be_read(tmp_path: Path) -> None:
    settings_of_a_host = {**HOST, "DATA_DIR": str(tmp_path)}
    code = (
        "import json; from pixelstream.settings import env\n"
        "print(json.dumps({one.name: one.example for one in env.variables if one.example}))"
    )
    examples = json.loads(manage("shell", "-v0", "-c", code, **settings_of_a_host).stdout)
    assert examples["EMAIL_URL"].startswith("smtp+tls://")
    result = manage("check", **{**settings_of_a_host, **examples})
    assert result.returncode == 0, result.stderr


@pytest.mark.skipif(not shutil.which("openssl"), reason="the guide makes secrets with it")
def test_the_files_of_settings_that_the_guide_writes_can_be_read(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "install.md").read_text("utf-8")
    written = re.findall(r"tee \.env >/dev/null (<<'?END'?\n.*?\nEND\n)", guide, re.DOTALL)
    assert len(written) == 2
    for number, text in enumerate(written):
        file = tmp_path / f"{number}.env"
        file.write_bytes(subprocess.check_output(["/bin/sh", "-c", f"cat {text}"]))
        given = {name: value for name, value in dotenv_values(file).items() if value is not None}
        local = {"SECRET_KEY": "k" * 60, "DATA_DIR": str(tmp_path)}
        result = manage("check", **{**local, **given})
        assert result.returncode == 0, result.stderr


def test_without_a_secret_nothing_starts(tmp_path: Path) -> None:
    result = manage("check", DATA_DIR=str(tmp_path))
    assert result.returncode != 0
    assert "SECRET_KEY is not set" in result.stderr


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s" * 60)
    result = manage(
        "shell",
        "-v0",
        "-c",
        "from django.conf import settings; print(settings.SECRET_KEY)",
        DATA_DIR=str(tmp_path),
        SECRET_KEY_FILE=str(secret),
    )
    assert result.stdout.strip() == "s" * 60


def test_a_host_has_no_deployment_warning(tmp_path: Path) -> None:
    result = manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        **{**HOST, "DATA_DIR": str(tmp_path), "SECRET_KEY": os.urandom(40).hex()},
    )
    assert result.returncode == 0, result.stderr


def test_the_broker_address_is_spelled_for_celery(tmp_path: Path) -> None:
    code = "from django.conf import settings as s; print(s.REDIS_URL, s.CELERY_BROKER_URL)"
    embedded = manage("shell", "-v0", "-c", code, **HOST, DATA_DIR=str(tmp_path))
    socket = tmp_path / "valkey.sock"
    assert embedded.stdout.split() == [
        f"unix://{socket}?db=0",
        f"redis+socket://{socket}?virtual_host=0",
    ]
    remote = manage(
        "shell", "-v0", "-c", code, **HOST, DATA_DIR=str(tmp_path), REDIS_URL="redis://r:1/2"
    )
    assert remote.stdout.split() == ["redis://r:1/2", "redis://r:1/2"]


def test_pictures_and_films_may_come_from_the_storage_and_nothing_else(tmp_path: Path) -> None:
    result = manage(
        "shell",
        "-v0",
        "-c",
        "from django.conf import settings\n"
        "found = settings.CONTENT_SECURITY_POLICY['DIRECTIVES']\n"
        "for name, sources in found.items():\n"
        "    if any('example.net' in str(source) for source in sources):\n"
        "        print(name, *[source for source in sources if 'example.net' in source])",
        **{**HOST, "DATA_DIR": str(tmp_path)},
        R2_BUCKET_NAME="b",
        R2_PUBLIC_URL="https://cdn.example.net/files",
        R2_ENDPOINT="https://storage.example.net",
    )
    origins = "https://cdn.example.net https://storage.example.net"
    assert result.stdout.splitlines() == [f"img-src {origins}", f"media-src {origins}"]


def test_an_empty_secret_of_a_webhook_is_none(tmp_path: Path) -> None:
    """Anybody could sign with it."""
    result = manage(
        "shell",
        "-v0",
        "-c",
        "from django.conf import settings; print(settings.WEBHOOK_SECRETS)",
        **{**HOST, "DATA_DIR": str(tmp_path)},
        OPENROUTER_WEBHOOK_SECRET=" new, old,, ",
        KIE_WEBHOOK_SECRET="",
    )
    assert result.stdout.strip() == "{'openrouter': ['new', 'old'], 'kie': []}"
