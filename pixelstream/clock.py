"""The Celery application of beat alone: it rings for tasks by their names and runs none.

So it loads neither models nor tasks, and takes half the memory: docs/decisions.md, "What an
installation at rest keeps in memory". `celery -A pixelstream beat` does the same with everything
loaded. A duty's options stand in `pixelstream.schedule`; options of the tasks themselves would not
be seen here, which is why a test says that there are none.
"""

from __future__ import annotations

import os

from celery import Celery

from pixelstream.health import signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pixelstream.settings")

# Without Celery's part for Django, which sets up all of it when beat starts.
app = Celery("pixelstream.clock", fixups=[], set_as_current=False)
app.config_from_object("django.conf:settings", namespace="CELERY")
signals.connect()
