"""What a server must not tell: its sources, its folders, its versions."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        *("/.git/config", "/.git/HEAD", "/.env", "/.env.example", "/manage.py", "/Procfile"),
        *("/pixelstream/settings.py", "/var/secrets.env", "/requirements.txt", "/static/../.env"),
        *("/media/../secrets.env", "/media/%2e%2e/secrets.env", "/static/%2e%2e/manage.py"),
    ],
)
def test_no_file_of_ours_is_served(anonymous: Client, path: str) -> None:
    answer = anonymous.get(path)
    assert answer.status_code in {400, 404}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/static/", "/static/js/", "/media/", "/media/generated/"])
def test_no_folder_is_listed(anonymous: Client, path: str) -> None:
    (settings.DATA_DIR / "media" / "public" / "generated").mkdir(parents=True, exist_ok=True)
    assert anonymous.get(path).status_code == 404


@pytest.mark.django_db
def test_no_answer_repeats_the_request_to_whoever_traces_it(as_alice: Client) -> None:
    for path in ("/", "/healthz", "/gallery/"):
        answer = as_alice.generic("TRACE", path, HTTP_X_CANARY="the-canary")
        assert answer.status_code in {405, 302, 404}
        assert b"the-canary" not in answer.content


@pytest.mark.django_db
def test_no_answer_names_the_version_of_anything(anonymous: Client) -> None:
    import django

    for path in ("/", "/accounts/login/", "/nowhere/"):
        answer = anonymous.get(path)
        told = answer.content.decode() + repr(dict(answer.headers))
        assert f"Django/{django.__version__}" not in told
        assert "X-Powered-By" not in answer.headers
        assert "Server" not in answer.headers
