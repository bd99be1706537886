"""Static files, also those that were collected after this process began.

While a release takes the place of another, a page of the new one may have its styles asked for
from a process of the old one. They lie in the folder that both share (`python -m tools.prepare`
adds files, and takes none away), but whitenoise looks there at its start only.
"""

from __future__ import annotations

import os

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Whitenoise, which looks into the folder once more for what it does not know."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the file, or pass the request on."""
        url = request.path_info
        if url.startswith(self.static_prefix) and url not in self.files:
            found = self.find_file(url)
            if found is not None:
                response: HttpResponse = self.serve(found, request)
                return response
        answer: HttpResponse = super().__call__(request)
        return answer

    def add_files(self, root: str, prefix: str | None = None) -> None:
        """Remember the folder as well, where whitenoise remembers only what is in it."""
        super().add_files(root, prefix)
        if not self.autorefresh:
            self.directories.append((os.path.join(os.path.abspath(root), ""), prefix))
