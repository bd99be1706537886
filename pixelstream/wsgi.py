"""The WSGI entry: every page. `pixelstream.asgi` wraps it and adds the live stream."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pixelstream.settings")

application = get_wsgi_application()
