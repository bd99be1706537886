"""The workshop's part of the JSON API: what `routers` lists is put under `/api/`."""

from __future__ import annotations

from ninja import Router

from generation.api import conversations, credits, generate, jobs, models, turns

routers: list[tuple[str, Router]] = [
    ("", generate.router),
    ("", jobs.router),
    ("", conversations.router),
    ("", turns.router),
    ("", models.router),
    ("", credits.router),
]
