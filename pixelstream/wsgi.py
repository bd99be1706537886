"""The WSGI entry: every page. `pixelstream.asgi` wraps it and adds the live stream."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pixelstream.settings")

application = get_wsgi_application()

# What is loaded by now stays. Looking through it for garbage took 60 ms of every twentieth page.
gc.collect()
gc.freeze()
