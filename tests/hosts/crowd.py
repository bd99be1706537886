"""People who use an installation through its pages, and notice when one fails."""

from __future__ import annotations

import re
import time
import uuid
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from html import unescape
from typing import Self
from urllib.parse import urljoin, urlsplit

from tests.faults.harness import DEADLINE
from tests.hosts.browsing import Browser

MODELS = ["builtin/sketch", "builtin/poster"]
EDIT = "make it darker"
EDITS_WITH = "builtin/sketch"
PASSWORD = "farol-na-praia-7"
KINDS_OF_PAGES = 80
NUMBER, TOKEN = re.compile(r"\d+"), re.compile(r"^/p/[^/]+/")
UNFINISHED = re.compile(r"/live/\?t=")
NEVER_OPENED = ("/static/", "/live/", "/accounts/logout/")


class Crowd:
    """Several people, each in a thread. Every answer that is an error is raised."""

    def __init__(self, size: int) -> None:
        self.people = [Browser() for _ in range(size)]
        self.asked: dict[str, list[int]] = {}
        """How many pictures each prompt and message was to come to, each time."""
        self._waiting: list[tuple[Browser, int]] = []
        self._threads = ThreadPoolExecutor(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._threads.shutdown(cancel_futures=True)

    def sign_up(self, url: str) -> None:
        """Each of them gets an account."""
        for number, person in enumerate(self.people):
            person.get(f"{url}/accounts/signup/")
            email = f"person-{number}@example.com"
            person.send(f"{url}/accounts/signup/", email=email, password1=PASSWORD)

    def ask(self, urls: list[str], count: int, what: str) -> list[Future[int]]:
        """Begin to ask for posts, everybody at once, at these hosts in turns."""
        return [
            self._threads.submit(
                self._ask,
                self.people[number % len(self.people)],
                urls[number % len(urls)],
                f"a lighthouse, {what}, {number}",
            )
            for number in range(count)
        ]

    def wait_for_posts(self, url: str) -> None:
        """Wait until every page says that nothing of it is on its way any more."""
        until = time.monotonic() + DEADLINE
        while self._waiting:
            person, post = self._waiting[-1]
            if UNFINISHED.search(person.get(f"{url}/posts/{post}/").text):
                assert time.monotonic() < until, f"post {post} never ended"
                time.sleep(0.3)
            else:
                self._waiting.pop()

    def do_everyday_things(self, url: str, what: str) -> None:
        """Edit a picture, share its post, and throw it away and take it back."""
        person = self.people[0]
        post = self._ask(person, url, f"a harbour {what}")
        self.wait_for_posts(url)
        answer = person.send(
            f"{url}/posts/{post}/edit/",
            message=EDIT,
            models=EDITS_WITH,
            form_key=str(uuid.uuid4()),
        )
        assert "/posts/edit/" in answer.url, answer.url
        self.asked.setdefault(EDIT, []).append(1)
        until = time.monotonic() + DEADLINE
        while UNFINISHED.search(person.get(answer.url).text):
            assert time.monotonic() < until, f"{answer.url} never ended"
            time.sleep(0.3)

        shared = {"visibility": "public", "sharing_enabled": "on", "ends": "never"}
        page = person.send(f"{url}/posts/{post}/share/", **shared).text
        found = re.search(r"/p/[\w-]+/", page)
        assert found, "no link"
        stranger = Browser()
        stranger.get(url + found[0])
        person.send(f"{url}/posts/{post}/trash/")
        assert stranger.http.get(url + found[0], timeout=DEADLINE).status_code in {404, 410}
        person.send(f"{url}/posts/{post}/restore/")
        stranger.get(url + found[0])

    def look_around(self, url: str) -> set[str]:
        """Follow the links, one of each kind of page. Returns the kinds that were seen."""
        person, host = self.people[0], urlsplit(url).netloc
        queue, seen = deque([f"{url}/"]), {"/"}
        while queue:
            answer = person.get(queue.popleft())
            if not answer.headers["Content-Type"].startswith("text/html"):
                continue
            for link in _links(answer.url, answer.text):
                parts = urlsplit(link)
                kind = NUMBER.sub("N", TOKEN.sub("/p/T/", parts.path))
                if parts.netloc != host or kind in seen or kind.startswith(NEVER_OPENED):
                    continue
                if len(seen) < KINDS_OF_PAGES:
                    seen.add(kind)
                    queue.append(link)
        return seen

    def _ask(self, person: Browser, url: str, prompt: str) -> int:
        post = person.generate(url, prompt, MODELS)
        self.asked.setdefault(prompt, []).append(len(MODELS))
        self._waiting.append((person, post))
        person.get(f"{url}/gallery/")
        return post


def _links(page_url: str, page: str) -> Iterable[str]:
    for found in re.findall(r"""<a\b[^>]*\bhref=["']([^"'#]+)""", page):
        yield urljoin(page_url, unescape(found))
