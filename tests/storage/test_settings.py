"""What the R2_ variables make of the settings, and what the checks say of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage, run_checks

from pixelstream.object_storage import options
from tests.storage.servers import Place

ROOT = Path(__file__).resolve().parents[2]
ALL = {
    "R2_ACCOUNT_ID": "0123456789abcdef",
    "R2_ACCESS_KEY_ID": "only-for-tests",
    "R2_SECRET_ACCESS_KEY": "only-for-tests",
    "R2_BUCKET_NAME": "pixelstream-images",
    "R2_PRIVATE_BUCKET_NAME": "pixelstream-private",
    "R2_PUBLIC_URL": "https://images.example.com/",
}
SHOW = """
import json
from django.conf import settings as s
from django.core.files.storage import storages
from django.middleware.csrf import get_token
print(json.dumps({
    "place": s.STORAGE_PLACE,
    "public": str(type(storages["public"]).__name__),
    "private": str(type(storages["private"]).__name__),
    "default": str(type(storages["default"]).__name__),
    "url": storages["public"].url("generated/1/a.png"),
    "csp": s.CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"],
    "options": {k: v["OPTIONS"] for k, v in s.STORAGES.items() if k in ("public", "private")},
}, default=str))
"""


def shell(tmp_path: Path, code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run code in an installation with these variables and no others of ours."""
    clean = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**clean, "SECRET_KEY": "k" * 60, "DATA_DIR": str(tmp_path), **variables},
    )


def test_the_variables_of_the_requirement_are_enough(tmp_path: Path) -> None:
    shown = json.loads(shell(tmp_path, SHOW, **ALL).stdout)
    assert shown["place"] == "s3"
    assert (shown["public"], shown["private"]) == ("PublicBucket", "PrivateBucket")
    assert shown["default"] == "PrivateBucket"
    assert shown["url"] == "https://images.example.com/generated/1/a.png"
    endpoint = "https://0123456789abcdef.r2.cloudflarestorage.com"
    assert shown["csp"][-2:] == ["https://images.example.com", endpoint]
    assert shown["options"]["public"]["endpoint_url"] == endpoint
    assert shown["options"]["public"]["region_name"] == "auto"
    assert shown["options"]["private"]["bucket_name"] == "pixelstream-private"
    assert shown["options"]["private"]["location"] == ""


def test_any_s3_can_be_named(tmp_path: Path) -> None:
    other = {**ALL, "R2_ENDPOINT": "http://10.0.0.5:9000", "R2_REGION": "eu-central-1"}
    shown = json.loads(shell(tmp_path, SHOW, **other).stdout)
    assert shown["options"]["public"]["endpoint_url"] == "http://10.0.0.5:9000"
    assert shown["options"]["public"]["region_name"] == "eu-central-1"
    assert shown["csp"][-1] == "http://10.0.0.5:9000"


def test_without_a_bucket_pictures_are_on_the_disk(tmp_path: Path) -> None:
    shown = json.loads(shell(tmp_path, SHOW, **{**ALL, "R2_BUCKET_NAME": ""}).stdout)
    assert (shown["place"], shown["public"]) == ("local", "LocalStorage")
    assert shown["csp"] == ["'self'", "data:", "blob:"]


@pytest.mark.parametrize("missing", ["R2_ACCOUNT_ID", "R2_ACCESS_KEY_ID", "R2_PUBLIC_URL"])
def test_a_missing_variable_stops_nothing_until_it_is_needed(tmp_path: Path, missing: str) -> None:
    code = (
        "from django.core.management import call_command\n"
        "call_command('check')\n"
        "from django.core.files.storage import storages\n"
        "storage = storages['public']\n"
        "print('so far')\n"
        "storage.exists('generated/1/a.png')\n"
    )
    done = shell(tmp_path, code, **{**ALL, missing: ""})
    assert done.stdout.strip().endswith("so far")
    assert f"ImproperlyConfigured: Missing required environment variable: {missing}" in done.stderr


def test_only_object_storage_knows_boto() -> None:
    """Everybody else handles OSErrors."""
    guilty = [
        str(path.relative_to(ROOT))
        for folder in ("pixelstream", "gallery", "generation")
        for path in (ROOT / folder).rglob("*.py")
        if "object_storage" not in path.parts
        and re.search(r"^\s*(from|import) (boto|storages\b)", path.read_text("utf-8"), re.M)
    ]
    assert guilty == []


# --- the checks ------------------------------------------------------------------------------


def found(*, deploy: bool = False) -> dict[str, CheckMessage]:
    """What the checks say of storage, by their id."""
    messages = run_checks(include_deployment_checks=deploy)
    return {
        str(message.id): message for message in messages if str(message.id).startswith("pixelstr")
    }


def test_a_sound_configuration_is_silent(s3: Place) -> None:
    assert found(deploy=True) == {}


def test_no_object_storage_is_sound() -> None:
    assert found(deploy=True) == {}


@pytest.mark.parametrize("missing", ["R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY", "R2_PUBLIC_URL"])
def test_a_missing_variable_is_a_warning(s3: Place, settings: Any, missing: str) -> None:
    setattr(settings, missing, "")
    assert found()["pixelstream.W001"].msg == f"Missing required environment variable: {missing}"


def test_a_missing_account_is_a_warning_with_the_name_of_the_variable(
    s3: Place, settings: Any
) -> None:
    settings.R2_ENDPOINT = ""
    assert found()["pixelstream.W001"].msg == "Missing required environment variable: R2_ACCOUNT_ID"


@pytest.mark.parametrize("address", ["images.example.com", "ftp://x", "https://", "http://[::1"])
def test_an_address_that_can_be_none_is_an_error(s3: Place, settings: Any, address: str) -> None:
    settings.R2_PUBLIC_URL = address
    assert found()["pixelstream.E001"].msg.startswith("R2_PUBLIC_URL must be")


def test_pictures_by_http_on_pages_by_https_are_a_warning(s3: Place, settings: Any) -> None:
    settings.HTTPS = True
    assert "pixelstream.W002" in found()


def test_variables_without_a_bucket_are_told(s3: Place, settings: Any) -> None:
    settings.R2_BUCKET_NAME = ""
    assert set(found()) == {"pixelstream.I001"}


def test_one_bucket_for_both_is_told_before_deployment(s3: Place, settings: Any) -> None:
    settings.R2_PRIVATE_BUCKET_NAME = ""
    assert found() == {}
    assert set(found(deploy=True)) == {"pixelstream.I002"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://images.example.com/a/b?c#d", "https://images.example.com"),
        ("https://user:secret@images.example.com:8443/", "https://images.example.com:8443"),
        ("http://[::1]:9000", "http://[::1]:9000"),
        ("https://a.example; script-src *", ""),
        ("https://a.example:port", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_only_an_origin_reaches_the_content_security_policy(address: str, expected: str) -> None:
    assert options.origin(address) == expected
