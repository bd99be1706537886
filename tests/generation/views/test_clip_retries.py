"""Trying a failed clip again, and making one once more, by their buttons."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.contrib.messages import get_messages
from django.test import Client

from gallery.services import trash
from generation.providers.types import Kind
from pixelstream.accounts.models import User
from tests.factories import animate, create_post, job_of, work_off

pytestmark = pytest.mark.django_db

GONE = "The picture it starts from is not there any more."


@pytest.mark.parametrize("verb", ["retry", "regenerate"])
def test_a_clip_whose_picture_is_gone_says_so(
    verb: str, as_alice: Client, alice: User, settings: LazySettings
) -> None:
    settings.BUILTIN_ENGINE_FAULTS = True
    source = create_post(alice)
    post = animate(alice, models="builtin/fault-clip-fail", first=source.images.get())
    work_off(post)
    trash.trash(owner=alice, ids=[source.pk])
    answer = as_alice.post(f"/posts/{post.pk}/{verb}/", {"slot": 0})
    assert answer.status_code == 302
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [GONE]
    assert post.jobs.count() == 1


def test_a_failed_clip_is_tried_again(
    as_alice: Client, alice: User, settings: LazySettings
) -> None:
    settings.BUILTIN_ENGINE_FAULTS = True
    image = create_post(alice).images.get()
    post = animate(alice, models="builtin/fault-clip-fail", first=image)
    work_off(post)
    as_alice.post(f"/posts/{post.pk}/retry/", {"slot": 0})
    assert job_of(post, Kind.VIDEO).status == "pending"
    assert post.jobs.count() == 2
