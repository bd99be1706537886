"""A conversation of 200 turns with four pictures each, beside one of a single turn.

Sending a turn with two models, as the page's own form does, through all middleware, in turns in
both conversations: wall time until the answer, median, while broker and worker run beside it. The
page itself: queries, and processor time as the median of the ratios of the rounds. The pictures
are rows without bytes, so the jobs end at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.bench import ground as common
from tests.bench.ground import Ground
from tests.bench.report import Figure, median, spread

if TYPE_CHECKING:
    from gallery.models import EditConversation
    from pixelstream.accounts.models import User

TITLE = "a conversation of 200 turns"
TURNS, OUTPUTS = 200, 4
MODELS = ("builtin/lumen", "builtin/poster")
MOST_MS = 150
REQUESTS = 5


def run(ground: Ground) -> Iterator[Figure]:
    """Send turns, then look at the pages."""
    from django.test import Client

    from tests.bench.pages import Pages

    owner = common.person("editor")
    long, short = _conversation(owner, TURNS), _conversation(owner, 1)
    pages = Pages(session=common.session_key(owner))
    paths = [conversation.get_absolute_url() for conversation in (long, short)]
    more = pages.queries(paths[0]) - pages.queries(paths[1])
    yield Figure("queries more than with one turn", more, at_most=0)
    taken: list[list[float]] = [[], []]
    for _ in range(ground.rounds(9, 3)):
        for path, times in zip(paths, taken, strict=True):
            times.append(pages.cpu_ms(path, requests=REQUESTS))
    yield Figure("the page", median(taken[0]), "ms", note=f"{median(taken[1]):.0f} ms with one")
    client = Client(headers={"HX-Request": "true"})
    client.force_login(owner)
    sent: list[list[float]] = [[], []]
    with ground.application():
        for number in range(ground.rounds(25, 8)):
            for path, times in zip(paths, sent, strict=True):
                begin = time.perf_counter()
                fields = {"message": f"warmer {number}", "models": MODELS}
                status = client.post(path, fields).status_code
                times.append((time.perf_counter() - begin) * 1000)
                if status != 200:
                    raise RuntimeError(f"{path}: {status}")
    yield Figure("sending a turn", median(sent[0]), "ms", MOST_MS, note=spread(sent[0], "ms"))
    yield Figure(
        "sending a turn after few", median(sent[1]), "ms", MOST_MS, note=spread(sent[1], "ms")
    )


def _conversation(owner: User, turns: int) -> EditConversation:
    """A conversation about a picture of its own, rows only."""
    from gallery.models import EditConversation, EditTurn, GeneratedImage, Post, StoredObject
    from tests.bench import walls

    def pictures(posts: list[Post]) -> list[GeneratedImage]:
        made = Post.objects.bulk_create(posts)
        objects = StoredObject.objects.bulk_create(walls.stored_object(owner, p) for p in made)
        images = [walls.picture(p, 0, obj) for p, obj in zip(made, objects, strict=True)]
        return GeneratedImage.objects.bulk_create(images)

    [source] = pictures([Post(owner=owner, prompt="a lighthouse", status=Post.Status.GENERATED)])
    conversation = EditConversation.objects.create(
        owner=owner, source_image=source, title="Warmer", aspect_ratio="1:1", resolution="1K"
    )
    rows = EditTurn.objects.bulk_create(
        EditTurn(
            conversation=conversation,
            number=number,
            message=f"warmer {number}",
            status=EditTurn.Status.COMPLETED,
        )
        for number in range(1, turns + 1)
    )
    edited = {
        "owner": owner,
        "parent_id": source.post_id,
        "root_id": source.post_id,
        "status": Post.Status.EDITED,
    }
    outputs = pictures([Post(prompt=t.message, **edited) for t in rows for _ in range(OUTPUTS)])
    for number, image in enumerate(outputs):
        image.turn, image.turn_slot = rows[number // OUTPUTS], number % OUTPUTS
    GeneratedImage.objects.bulk_update(outputs, ["turn", "turn_slot"], batch_size=200)
    return conversation
