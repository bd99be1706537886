"""A person's browser, without the window: cookies, forms, and the live stream."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from html import unescape

import requests

HOST = "127.0.0.1"
TIMEOUT = 60


class Browser:
    """Asks any of several web servers, as behind a balancer: cookies know no port."""

    def __init__(self, session_key: str = "") -> None:
        self.http = requests.Session()
        if session_key:
            self.http.cookies.set("sessionid", session_key, domain=HOST)

    def get(self, address: str, **words: object) -> requests.Response:
        """A page. Raises requests.HTTPError where it is an error."""
        answer = self.http.get(address, timeout=TIMEOUT, **words)  # type: ignore[arg-type]
        answer.raise_for_status()
        return answer

    def send(self, address: str, **fields: str | list[str]) -> requests.Response:
        """A form. Raises requests.RequestException where it is not answered well."""
        token = self.http.cookies.get("csrftoken") or uuid.uuid4().hex
        self.http.cookies.set("csrftoken", token, domain=HOST)
        answer = self.http.post(
            address, data={**fields, "csrfmiddlewaretoken": token}, timeout=TIMEOUT
        )
        answer.raise_for_status()
        return answer

    def generate(self, host: str, prompt: str, models: str | list[str], form_key: str = "") -> int:
        """Ask for a post. Returns its id."""
        key = form_key or str(uuid.uuid4())
        answer = self.send(
            f"{host}/posts/create/",
            prompt=prompt,
            models=models,
            form_key=key,
            aspect_ratio="1:1",
            resolution="1K",
        )
        found = re.search(r"post=(\d+)", answer.url)
        assert found, f"no post: {answer.url} {visible(answer.text)[:2000]}"
        return int(found[1])

    def stream(self, host: str, post_id: int) -> Iterator[str]:
        """The lines of the live stream that the page of a post opens there."""
        page = self.get(f"{host}/posts/{post_id}/").text
        found = re.search(r"/live/\?t=[^\"'&\s]+", unescape(page))
        assert found, "the page has no stream"
        with self.http.get(f"{host}{found[0]}", stream=True, timeout=TIMEOUT) as answer:
            answer.raise_for_status()
            for line in answer.iter_lines(chunk_size=1):
                yield line.decode()


def visible(page: str) -> str:
    """What a page says, roughly."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
