"""What stands between the server and Django."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from pixelstream.wsgi import application


class Requests(RequestFactory):
    """Makes them as the server does."""

    def request(self, **request: Any) -> Any:
        """One of ours."""
        return application.request_class(self._base_environ(**request))


def post(content_type: str, body: bytes, path: str = "/") -> HttpRequest:
    made: HttpRequest = Requests().generic("POST", path, body, content_type)
    return made


CHARSETS = ["base64", "idna", "undefined", "utf-7", "unicode_escape", "utf-16", "nonsense"]


@pytest.mark.parametrize("charset", CHARSETS)
def test_an_address_is_read_as_utf_8_whatever_charset_the_body_claims(charset: str) -> None:
    request = post(f"text/plain; charset={charset}", b"x", "/?q=%C3%A9%5cud800%2b2AA-")
    assert request.GET["q"] == "é\\ud800+2AA-"


@pytest.mark.parametrize("charset", CHARSETS)
def test_so_is_a_form_with_its_files(charset: str) -> None:
    body = (
        '--x\r\nContent-Disposition: form-data; name="words"\r\n\r\né\\ud800\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="é\\ud800.jpg"\r\n\r\n'
        "bytes\r\n--x--\r\n"
    )
    request = post(f"multipart/form-data; boundary=x; charset={charset}", body.encode())
    assert request.POST["words"] == "é\\ud800"
    assert request.FILES["file"].name == "ud800.jpg", "what follows the last backslash"
    assert request.FILES["file"].read() == b"bytes"


@pytest.mark.parametrize("charset", ["base64", "idna", "undefined", "nonsense", "utf-7"])
def test_a_content_type_that_cannot_be_read_is_none(charset: str) -> None:
    request = post(f"multipart/form-data; boundary=x; more*={charset}''%ff", b"--x--\r\n")
    assert request.content_type in {"", "multipart/form-data"}
    assert (dict(request.POST), dict(request.FILES)) == ({}, {})
