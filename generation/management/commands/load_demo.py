"""`manage.py load_demo`: fill an account with 60 posts made by the built-in engine."""

from __future__ import annotations

import secrets
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from os import cpu_count
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.utils import timezone

from gallery.models import Post, Project
from generation import catalogue
from generation.providers.types import Kind
from generation.services import runner
from generation.services.studio import Wish, start_post
from pixelstream.accounts.models import User

DEMO_FILE = Path(__file__).resolve().parents[2] / "demo.toml"
SPREAD = timedelta(days=75)
SEED = 20260


class Command(BaseCommand):
    """Uses the same services as the studio, and works without a running worker."""

    help = "Fill an account with 60 attractive posts, made by the built-in engine."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which account, and how many posts."""
        parser.add_argument("--email", default="demo@example.com", help="made if it is missing")
        parser.add_argument("--limit", type=int, default=None, help="only the first N posts")

    def handle(self, *args: Any, email: str, limit: int | None, **options: Any) -> None:
        """Make the account if needed, then the posts, oldest first."""
        owner = self._owner(email)
        demo = tomllib.loads(DEMO_FILE.read_text("utf-8"))
        projects = {
            name: Project.objects.get_or_create(owner=owner, name=name)[0]
            for name in demo["projects"]
        }
        entries = demo["posts"][:limit]
        posts = [self._start(owner, entry, projects, SEED + n) for n, entry in enumerate(entries)]
        with ThreadPoolExecutor(cpu_count()) as pool:
            for number, post in enumerate(pool.map(_make, posts), start=1):
                self.stdout.write(f"{number}/{len(posts)} {post.title}")
        self._spread_in_time(posts)
        self.stdout.write(f"{len(posts)} posts are in the gallery of {owner.email}.")

    def _owner(self, email: str) -> User:
        owner = User.objects.filter(email=email.lower()).first()
        if owner is None:
            password = secrets.token_urlsafe(9)
            owner = User.objects.create_user(email, password, name="Marina Duarte")
            self.stdout.write(f"Account: {owner.email}  Password: {password}")
        return owner

    def _start(
        self, owner: User, entry: dict[str, Any], projects: dict[str, Project], seed: int
    ) -> Post:
        keys = [f"builtin/{name}" for name in entry["models"].split()]
        models = [spec for key in keys if (spec := catalogue.find(key)) is not None]
        wish = Wish(
            prompt=entry["prompt"],
            models=models,
            aspect_ratio=entry.get("ratio", "1:1"),
            seed=seed,
            project=projects.get(entry.get("project", "")),
            caption_model=catalogue.find("builtin/copywriter"),  # a demo spends nobody's money
            is_for_free=True,
        )
        post = start_post(owner=owner, wish=wish)
        if entry.get("public"):
            Post.objects.filter(pk=post.pk).update(visibility=Post.Visibility.PUBLIC)
        return post

    def _spread_in_time(self, posts: list[Post]) -> None:
        """As if they had been made over the last weeks; ids stay in the order of time."""
        now = timezone.now()
        for number, post in enumerate(posts):
            age = SPREAD * ((len(posts) - 1 - number) / max(1, len(posts) - 1)) ** 1.5
            Post.objects.filter(pk=post.pk).update(created_at=now - age)


def _make(post: Post) -> Post:
    """Do the post's jobs here and now, the caption first. A worker may be faster: no harm."""
    try:
        for kind in (Kind.CAPTION, Kind.IMAGE):
            for job_id in list(post.jobs.filter(kind=kind).values_list("pk", flat=True)):
                runner.run(job_id)
        post.refresh_from_db()
        return post
    finally:
        connection.close()
