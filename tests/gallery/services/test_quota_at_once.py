"""Uploads, generations and deletions of the same moment: real threads, real commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gallery.models import Post, ReferenceImage, StoredObject, Usage
from gallery.services import deletion, outbox, purge, quota, recount, references, trash
from gallery.services.quota import QuotaExceededError
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import create_post, create_reference, create_user, picture_bytes
from tests.gallery.services.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 3


@pytest.fixture(autouse=True)
def _nothing_is_out_of_step() -> Iterator[None]:
    yield
    assert broken() == []


def uploads(person: User, number: int) -> list[Callable[[], Any]]:
    def upload() -> ReferenceImage:
        file = SimpleUploadedFile("cat.jpg", picture_bytes(), "image/jpeg")
        return references.add_reference(owner=person, upload=file)

    return [upload] * number


def test_uploads_of_one_moment_never_exceed_the_limit(alice: User) -> None:
    size = uploads(alice, 1)[0]().object.size
    quota.set_limit(alice, 3 * size + size // 2)
    came = at_once(*uploads(alice, 6))
    taken = [answer for answer in came if isinstance(answer, ReferenceImage)]
    refused = [answer for answer in came if isinstance(answer, QuotaExceededError)]
    assert (len(taken), len(refused)) == (2, 4), came
    assert Usage.objects.get().bytes_used == 3 * size
    outbox.run()
    assert StoredObject.objects.filter(state="live").count() == 3


def test_the_first_two_uploads_of_a_person_are_both_counted(db: None) -> None:
    for number in range(ROUNDS):
        person = create_user(f"new{number}@example.com")
        came = at_once(*uploads(person, 2))
        assert Usage.objects.get(owner=person).bytes_used == sum(r.object.size for r in came)


def test_deletions_of_two_people_and_their_uploads_do_not_wait_for_ever(
    alice: User, bob: User
) -> None:
    for _ in range(ROUNDS):
        for person in (alice, bob):
            for _number in range(4):
                create_post(person, images=2)
            create_reference(person)
        ids = {
            person.pk: list(Post.objects.owned_by(person).values_list("pk", flat=True))
            for person in (alice, bob)
        }
        for person in (alice, bob):
            trash.trash(owner=person, ids=ids[person.pk])
        Post.objects.update(deleted_at="2020-01-01T00:00:00Z")

        def delete(person: User, order: int, ids: dict[int, list[int]] = ids) -> Any:
            mine = Post.objects.filter(owner=person, deleted_at__isnull=False)
            return deletion.delete_chosen(mine, ids[person.pk][::order], by=person)

        came = at_once(
            purge.purge_trash,
            purge.purge_trash,
            lambda: delete(alice, 1),
            lambda: delete(bob, -1),
            *uploads(alice, 1),
            *uploads(bob, 1),
            lambda: recount.recount(fix=True),
        )
        assert not [answer for answer in came if isinstance(answer, Exception)], came
        assert came[-1] == [], "the recount was misled"


def test_a_recount_beside_uploads_and_another_recount_mends_once(alice: User) -> None:
    uploads(alice, 1)[0]()
    for wrong in (-1000, 1000, 5):
        usage = Usage.objects.get()
        Usage.objects.update(bytes_used=usage.bytes_used + wrong)
        came = at_once(
            *uploads(alice, 2), *[lambda: recount.recount(fix=True)] * 2, *uploads(alice, 2)
        )
        assert not [answer for answer in came if isinstance(answer, Exception)], came
        assert list(recount.drifts()) == []
