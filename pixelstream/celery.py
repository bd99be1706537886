"""The Celery application. Celery is a doorbell: what is to be done stands in the database."""

from __future__ import annotations

import os

from celery import Celery

from pixelstream import prefork
from pixelstream.health import signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pixelstream.settings")

app = Celery("pixelstream")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
signals.connect()
prefork.connect()
