"""Pages asked for in this process, through the same WSGI entry that the server calls."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext

WARM_UP = 5


class Pages:
    """One application with its middleware, and the requests of one person to it, who is a stranger
    without a session or a token.
    """

    def __init__(
        self,
        *,
        session: str = "",
        token: str = "",
        urlconf: str = "",
        middleware: tuple[str, ...] = (),
        clock: Callable[[], float] = time.process_time,
    ) -> None:
        self._session = session
        self._token = token
        self._clock = clock
        changes = {"ROOT_URLCONF": urlconf, "MIDDLEWARE": list(middleware)} if urlconf else {}
        self._settings = changes
        with self._own_settings():
            self._handler = WSGIHandler()

    def cpu_ms(self, path: str, *, requests: int) -> float:
        """Processor time that one request costs, in milliseconds; a few are made before."""
        with self._own_settings():
            for _ in range(WARM_UP):
                self._get(path)
            begin = self._clock()
            for _ in range(requests):
                self._get(path)
            return (self._clock() - begin) / requests * 1000

    def queries(self, path: str) -> int:
        """How many queries one request makes."""
        return len(self.statements(path))

    def statements(self, path: str) -> list[str]:
        """The queries that one request makes."""
        with self._own_settings(), CaptureQueriesContext(connection) as captured:
            self._get(path)
        return [query["sql"] for query in captured.captured_queries]

    def body(self, path: str) -> bytes:
        """What one request is answered with."""
        with self._own_settings():
            return self._get(path)

    def _get(self, path: str) -> bytes:
        path, _, query = path.partition("?")
        environ = RequestFactory()._base_environ(PATH_INFO=path, QUERY_STRING=query)
        if self._session:
            environ["HTTP_COOKIE"] = f"sessionid={self._session}"
        if self._token:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {self._token}"
        statuses: list[str] = []
        response = self._handler(environ, lambda status, headers: statuses.append(status))
        body = b"".join(response)
        response.close()
        if not statuses[0].startswith(str(HTTPStatus.OK.value)):
            raise RuntimeError(f"{path}: {statuses[0]}")
        return body

    @contextlib.contextmanager
    def _own_settings(self) -> Iterator[None]:
        with override_settings(**self._settings) if self._settings else contextlib.nullcontext():
            yield
