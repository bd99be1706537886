"""What came of an installation, judged from outside of it: `python -m tests.hosts.judge`.

It runs with the installation's own environment and prints one JSON object.
"""

from __future__ import annotations

import json
import os
from typing import Any

import django


def verdict() -> dict[str, Any]:
    """What the invariants found, what is still to be tidied up, and what each prompt came to: for
    each of its posts and turns the status, the number of pictures, and the kinds of its jobs with
    how these ended.
    """
    from gallery.models import EditTurn, Post, StoredObject
    from tests.invariants import broken_invariants

    made: dict[str, list[Any]] = {}
    for post in Post.objects.filter(jobs__isnull=False).distinct().order_by("pk"):
        made.setdefault(post.prompt, []).append(_came_to(post))
    for turn in EditTurn.objects.order_by("pk"):
        made.setdefault(turn.message, []).append(_came_to(turn))
    states = [StoredObject.State.WRITING, StoredObject.State.DELETING]
    untidy = StoredObject.objects.filter(state__in=states)
    return {
        "broken": broken_invariants(),
        "untidy": [f"{one.key} is {one.state}" for one in untidy],
        "made": made,
    }


def _came_to(target: Any) -> list[Any]:
    jobs = target.jobs.order_by("kind", "pk").values_list("kind", "status", "error_code")
    return [target.status, target.images.count(), [" ".join(filter(None, job)) for job in jobs]]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pixelstream.settings")
    django.setup()
    print(json.dumps(verdict()))
