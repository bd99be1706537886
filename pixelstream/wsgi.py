"""The WSGI entry: every page. `pixelstream.asgi` wraps it and adds the live stream."""

import gc
import os
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pixelstream.settings")


class Utf8Request(WSGIRequest):
    """A request that is read as UTF-8, as our pages send it and as JSON is, whatever it says.

    Django believes the charset of a content type. Python knows some that are none of text (base64),
    which is an error page before anything of ours runs.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        """The content type with its parameters; of one that nobody can read, none."""
        try:
            found = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:
            found = "", {}
        self.content_type, self.content_params = found


application = get_wsgi_application()
application.request_class = Utf8Request

# What is loaded by now stays. Looking through it for garbage took 60 ms of every twentieth page.
gc.collect()
gc.freeze()
