"""All parts of the API under one address."""

from __future__ import annotations

from gallery.api import routers as library
from generation.api import routers as workshop
from pixelstream.api.assembly import put_together

api = put_together([*library, *workshop], namespace="api")
