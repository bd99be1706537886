"""The bare page behind the same kind of server as ours: WSGI threads under uvicorn."""

from __future__ import annotations

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = WSGIMiddleware(get_wsgi_application(), workers=settings.WEB_THREADS)  # type: ignore[arg-type]
