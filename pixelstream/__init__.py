"""Pixelstream: a self-hosted AI image studio and gallery."""

from pixelstream.celery import app as celery_app

__all__ = ["celery_app"]
