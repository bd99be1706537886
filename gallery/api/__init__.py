"""The library's part of the JSON API: what `routers` lists is put under `/api/`."""

from __future__ import annotations

from ninja import Router

from gallery.api import images, posts, quota, references, uploads

routers: list[tuple[str, Router]] = [
    ("", uploads.router),
    ("", posts.router),
    ("", images.router),
    ("", references.router),
    ("", quota.router),
]
