"""The address at which vendors fetch a picture, as they ask for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from generation import catalogue
from generation.models import GenerationJob
from generation.providers.types import ImageInput, Kind
from generation.services import inputs, jobs
from pixelstream.accounts.models import User
from tests.factories import animate, create_image, create_post, job_of, picture_bytes

pytestmark = pytest.mark.django_db

SITE = "https://pictures.example"


@pytest.fixture
def job(alice: User, monkeypatch: pytest.MonkeyPatch) -> GenerationJob:
    monkeypatch.setattr(settings, "HTTPS", True)
    monkeypatch.setattr(settings, "SITE_URL", SITE)
    frame = create_image(create_post(alice, images=0), data=picture_bytes(900, 600))
    post = animate(alice, models="google/veo-3.1", seconds=4, resolution="720p", first=frame)
    return job_of(post, Kind.VIDEO)


@pytest.fixture
def sent(job: GenerationJob) -> ImageInput:
    spec = catalogue.find("google/veo-3.1")
    assert spec is not None
    [picture] = inputs.ready(job, spec, [ImageInput(picture_bytes(900, 600), "image/jpeg")])
    return picture


def path_of(picture: ImageInput) -> str:
    return picture.address.removeprefix(SITE)


def test_a_vendor_gets_the_picture_and_nothing_to_remember(
    anonymous: Client, sent: ImageInput
) -> None:
    answer = anonymous.get(path_of(sent))

    assert (answer.status_code, answer.content) == (200, sent.data)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies


def test_it_may_look_first_how_large_it_is(anonymous: Client, sent: ImageInput) -> None:
    answer = anonymous.head(path_of(sent))

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer["Content-Length"]) == len(sent.data)


def test_who_is_signed_in_gets_the_same(as_bob: Client, as_alice: Client, sent: ImageInput) -> None:
    for browser in (as_bob, as_alice):
        assert browser.get(path_of(sent)).content == sent.data


def test_it_is_good_while_the_job_is_unfinished_and_no_longer(
    anonymous: Client, job: GenerationJob, sent: ImageInput
) -> None:
    GenerationJob.objects.filter(pk=job.pk).update(remote_id="job-1", poll_state={})
    assert anonymous.get(path_of(sent)).status_code == 200

    jobs.cancel_unfinished(job.own_post)

    for ask in (anonymous.get, anonymous.head):
        assert ask(path_of(sent)).status_code == 404


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "..", "x" * 3000, "%C3%A9:1:2"])
def test_rubbish_is_not_there(anonymous: Client, token: str) -> None:
    assert anonymous.get(f"/api/inputs/{token}/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_sent_to_it(anonymous: Client, sent: ImageInput, method: str) -> None:
    ask: Any = getattr(anonymous, method)

    assert ask(path_of(sent)).status_code == 405


def test_the_number_of_queries_is_small(
    anonymous: Client, sent: ImageInput, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(3):
        anonymous.get(path_of(sent))


def test_its_address_is_not_the_pictures(sent: ImageInput) -> None:
    assert path_of(sent).startswith(reverse("job-input", args=["x"])[:-2])
