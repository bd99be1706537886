"""What goes along with a job: in which form, by which way, and who can fetch it."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from django.db.models.functions import Now
from PIL import ExifTags, Image

from gallery.models import GeneratedImage, Post
from generation import catalogue
from generation.models import GenerationJob
from generation.models.jobs import Billing, ErrorCode
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import ImageInput, Kind, ModelSpec
from generation.services import inputs, runner, studio
from generation.services.inputs import NothingThereError
from pixelstream.accounts.models import User
from tests.factories import (
    animate,
    create_image,
    create_post,
    create_reference,
    film_bytes,
    job_of,
    picture_bytes,
    start,
)
from tests.generation.providers.http.server import VendorServer, vendor_server
from tests.invariants import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "sk-canary-0123456789abcdef"
SITE = "https://pictures.example"
FILM_JOB = {"id": "job-1", "polling_url": "/x", "status": "pending"}


@pytest.fixture(autouse=True)
def _nothing_broken() -> Iterator[None]:
    yield
    assert broken_invariants() == []


@pytest.fixture(autouse=True)
def _reached_by_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HTTPS", True)
    monkeypatch.setattr(settings, "SITE_URL", SITE)
    catalogue.forget()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[VendorServer]:
    """A server in the place of OpenRouter and of Kie."""
    with vendor_server() as running:
        for slug in ("openrouter", "kie"):
            monkeypatch.setitem(settings.PROVIDER_KEYS, slug, KEY)
            monkeypatch.setitem(settings.PROVIDER_BASE_URLS, slug, f"{running.url}/v1")
        yield running


def spec_of(key: str) -> ModelSpec:
    spec = catalogue.find(key)
    assert spec is not None
    return spec


def photograph(width: int = 300, height: int = 200, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(buffer, "JPEG", **options)
    return buffer.getvalue()


def see_through() -> bytes:
    """A picture that is transparent at its top and opaque at its bottom."""
    image = Image.new("RGB", (256, 256), "#b04a2f")
    image.putalpha(Image.linear_gradient("L"))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def located() -> bytes:
    """A photograph that says where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSAreaInformation] = b"Anna's kitchen"
    return photograph(exif=exif)


def picture_of(owner: User, data: bytes) -> GeneratedImage:
    post = create_post(owner, images=0)
    return create_image(post, data=data)


def clip_job(owner: User, model: str = "google/veo-3.1", **fields: Any) -> GenerationJob:
    [seconds, *_] = spec_of(model).capabilities.durations
    wanted = {"models": model, "seconds": seconds, "resolution": "720p", **fields}
    return job_of(animate(owner, **wanted), Kind.VIDEO)


def stored(data: bytes, media_type: str = "image/jpeg") -> ImageInput:
    return ImageInput(data, media_type)


def size_of(picture: ImageInput) -> tuple[int, int]:
    with Image.open(io.BytesIO(picture.data)) as image:
        return image.size


def token_in(picture: ImageInput) -> str:
    return picture.address.removeprefix(f"{SITE}/api/inputs/").removesuffix("/")


def is_gone(token: str) -> bool:
    try:
        inputs.fetch(token)
    except NothingThereError:
        return True
    return False


# In which form


def test_what_stays_on_this_machine_goes_as_it_is(alice: User) -> None:
    job = clip_job(alice, "builtin/drift", resolution="480p")
    pictures = [stored(located()), stored(b"anything", "image/webp")]

    assert inputs.ready(job, spec_of("builtin/drift"), pictures) == tuple(pictures)


def test_what_leaves_it_says_nothing_of_where_it_was_taken(alice: User) -> None:
    job = job_of(start(alice, models="google/gemini-3-pro-image"))
    original = located()
    assert b"Anna" in original

    [sent] = inputs.ready(job, spec_of("google/gemini-3-pro-image"), [stored(original)])

    assert b"Anna" not in sent.data
    assert len(sent.data) <= len(original)
    assert (sent.media_type, sent.address) == ("image/jpeg", "")


@pytest.mark.parametrize(
    ("known", "asked", "edge"), [(0, 0, 2048), (0, 4096, 2600), (800, 4096, 800), (0, 1024, 2048)]
)
def test_a_picture_is_as_large_as_the_model_takes_or_as_what_is_asked_for(
    alice: User, known: int, asked: int, edge: int
) -> None:
    spec = spec_of("google/gemini-3-pro-image")
    able = replace(spec.capabilities, max_input_edge=known)
    job = job_of(start(alice, models=spec.key))

    [sent] = inputs.ready(
        job, replace(spec, capabilities=able), [stored(photograph(2600, 130))], asked_edge=asked
    )

    assert max(size_of(sent)) == edge


@pytest.mark.parametrize(
    ("address", "media_type"),
    [("", "image/webp"), ("http://127.0.0.1:8080/v1", "image/png")],
    ids=["vendor", "own server"],
)
def test_a_server_of_ones_own_is_not_expected_to_read_webp(
    alice: User, monkeypatch: pytest.MonkeyPatch, address: str, media_type: str
) -> None:
    monkeypatch.setitem(settings.PROVIDER_BASE_URLS, "openai", address)
    job = job_of(start(alice, models="openai-api/gpt-image-2"))

    [sent] = inputs.ready(
        job, spec_of("openai-api/gpt-image-2"), [stored(see_through(), "image/png")]
    )

    assert sent.media_type == media_type


def test_a_frame_is_in_a_format_that_every_vendor_of_clips_reads(alice: User) -> None:
    job = clip_job(alice, first=picture_of(alice, picture_bytes()))

    opaque, transparent = inputs.ready(
        job, spec_of(job.model), [stored(photograph()), stored(see_through(), "image/png")]
    )

    assert (opaque.media_type, transparent.media_type) == ("image/jpeg", "image/png")


def test_a_file_that_is_no_picture_is_not_sent(alice: User) -> None:
    job = job_of(start(alice, models="google/gemini-3-pro-image"))

    with pytest.raises(ProviderError) as caught:
        inputs.ready(job, spec_of("google/gemini-3-pro-image"), [stored(b"<html>")])
    assert caught.value.kind is ErrorKind.INVALID


# By which way


@pytest.mark.parametrize(
    ("model", "is_fetched"),
    [("google/veo-3.1", True), ("kie/wan-3.0", True), ("builtin/drift", False)],
)
def test_frames_have_an_address_where_a_vendor_fetches_them(
    alice: User, model: str, is_fetched: bool
) -> None:
    frame = picture_of(alice, picture_bytes())
    job = clip_job(alice, model, first=frame)

    [sent] = inputs.ready(job, spec_of(model), [stored(picture_bytes())])

    assert sent.address.startswith(f"{SITE}/api/inputs/") is is_fetched


def test_without_https_there_is_no_address(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HTTPS", False)
    job = clip_job(alice, first=picture_of(alice, picture_bytes()))

    [sent] = inputs.ready(job, spec_of("google/veo-3.1"), [stored(picture_bytes())])

    assert sent.address == ""


@pytest.mark.parametrize(
    ("model", "with_https", "without"),
    [
        ("google/veo-3.1", 2, 2),
        ("kie/wan-3.0", 2, 0),
        ("kie/kling-2.5-turbo", 0, 0),
        ("builtin/drift", 2, 2),
    ],
)
def test_where_pictures_cannot_be_fetched_the_forms_offer_no_place_for_one(
    monkeypatch: pytest.MonkeyPatch, model: str, with_https: int, without: int
) -> None:
    catalogue.forget()
    assert spec_of(model).capabilities.max_references == with_https
    monkeypatch.setattr(settings, "HTTPS", False)
    catalogue.forget()
    assert spec_of(model).capabilities.max_references == without


def test_a_model_that_only_works_from_pictures_is_not_to_be_had_without_https(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(settings.PROVIDER_KEYS, "kie", KEY)
    model = spec_of("kie/kling-2.5-turbo-frames")
    assert catalogue.unavailable_reason(model) == ""
    monkeypatch.setattr(settings, "HTTPS", False)
    assert "public address" in str(catalogue.unavailable_reason(model))
    assert catalogue.unavailable_reason(spec_of("kie/wan-3.0")) == ""


# Who can fetch it


def addresses_of(job: GenerationJob) -> list[ImageInput]:
    pictures = [stored(picture_bytes())] * len(inputs.objects_of(job))
    return list(inputs.ready(job, spec_of(job.model), pictures))


def test_an_address_gives_exactly_what_was_announced(alice: User) -> None:
    data = photograph(2600, 1300)
    job = clip_job(alice, first=picture_of(alice, data))

    [sent] = inputs.ready(job, spec_of("google/veo-3.1"), [stored(data)], asked_edge=1280)

    assert replace(inputs.fetch(token_in(sent)), address=sent.address) == sent
    assert size_of(sent) == (2048, 1024)


def test_each_frame_has_an_address_of_its_own(alice: User) -> None:
    red, blue = photograph(90, 60), photograph(60, 90)
    job = clip_job(alice, first=picture_of(alice, red), last=create_reference(alice))

    first, last = addresses_of(job)

    assert size_of(inputs.fetch(token_in(first))) == (90, 60)
    assert size_of(inputs.fetch(token_in(last))) == (64, 64)
    assert blue != red


def test_the_pictures_of_an_edit_and_of_a_post_are_numbered_as_they_are_sent(alice: User) -> None:
    post = start(alice, models="test/a google/gemini-3-pro-image", references=[])
    job = job_of(post)
    job.references.set([create_reference(alice), create_reference(alice)])

    assert len(inputs.objects_of(job)) == 2


def test_an_address_ends_with_a_cancel(alice: User) -> None:
    job = clip_job(alice, first=picture_of(alice, picture_bytes()))
    [sent] = addresses_of(job)
    assert not is_gone(token_in(sent))

    studio.cancel_post(post=job.own_post, by=alice)

    assert is_gone(token_in(sent))


def test_another_job_is_not_opened_by_it(alice: User) -> None:
    frame = picture_of(alice, picture_bytes())
    ended, going = clip_job(alice, first=frame), clip_job(alice, first=frame)
    [sent] = addresses_of(ended)
    studio.cancel_post(post=ended.own_post, by=alice)

    assert is_gone(token_in(sent))
    [other] = addresses_of(going)
    assert not is_gone(token_in(other))


def test_an_address_is_good_for_an_hour(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    job = clip_job(alice, first=picture_of(alice, picture_bytes()))
    [sent] = addresses_of(job)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + inputs.ADDRESS_SECONDS - 5)
    assert not is_gone(token_in(sent))
    monkeypatch.setattr(time, "time", lambda: now + inputs.ADDRESS_SECONDS + 5)
    assert is_gone(token_in(sent))


def test_what_we_did_not_sign_opens_nothing(alice: User) -> None:
    job = clip_job(alice, first=picture_of(alice, picture_bytes()))
    [sent] = addresses_of(job)
    token = token_in(sent)
    swapped = token.swapcase()
    others = signing.dumps([job.pk, 0, 2048, True], salt="another")
    unsound = signing.dumps("rubbish", salt=inputs.SALT)
    shorter = signing.dumps([job.pk], salt=inputs.SALT)
    beyond = signing.dumps([job.pk, 7, 2048, True], salt=inputs.SALT)

    for wrong in ("", "x", token[:-1], swapped, others, unsound, shorter, beyond, "a:b:c", "é"):
        assert is_gone(wrong), wrong


def test_the_frame_stays_reachable_while_its_post_moves(alice: User) -> None:
    frame = picture_of(alice, picture_bytes())
    job = clip_job(alice, first=frame)
    [sent] = addresses_of(job)

    Post.objects.filter(pk=frame.post_id).update(visibility=Post.Visibility.PUBLIC)

    assert not is_gone(token_in(sent))


def test_a_frame_that_was_deleted_opens_nothing(alice: User) -> None:
    frame = picture_of(alice, picture_bytes())
    job = clip_job(alice, first=frame)
    [sent] = addresses_of(job)
    GenerationJob.objects.filter(pk=job.pk).update(
        params={**job.params, "first": {"image": frame.pk + 1000}}
    )

    assert is_gone(token_in(sent))


# From the job to the vendor


def sent_to(server: VendorServer, job: GenerationJob) -> GenerationJob:
    GenerationJob.objects.filter(pk=job.pk).update(run_after=Now())
    runner.run(job.pk)
    job.refresh_from_db()
    return job


def test_openrouter_gets_the_address_of_the_frame(alice: User, server: VendorServer) -> None:
    server.answer_json(FILM_JOB, 202)
    job = sent_to(server, clip_job(alice, first=picture_of(alice, located())))

    [frame] = server.request.json["frame_images"]
    url = frame["image_url"]["url"]
    assert url.startswith(f"{SITE}/api/inputs/")
    assert b"Anna" not in inputs.fetch(url.split("/")[-2]).data
    assert server.request.json["callback_url"].startswith(f"{SITE}/api/video-callback/openrouter/")
    assert (job.status, job.remote_id) == ("pending", "job-1")


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        ({"status": "completed", "usage": {"cost": 0.5}}, "completed"),
        ({"status": "failed"}, "failed"),
    ],
)
def test_an_address_ends_with_its_job(
    alice: User, server: VendorServer, answer: dict[str, Any], end: str
) -> None:
    server.answer_json(FILM_JOB, 202)
    server.answer_json({**FILM_JOB, **answer})
    server.answer(200, {"Content-Type": "video/mp4"}, film_bytes())
    job = sent_to(server, clip_job(alice, first=picture_of(alice, picture_bytes())))
    token = server.request.json["frame_images"][0]["image_url"]["url"].split("/")[-2]
    assert not is_gone(token)

    assert sent_to(server, job).status == end

    assert is_gone(token)
    assert sum(request.method == "POST" for request in server.requests) == 1


def test_without_an_address_it_gets_the_frame_itself(
    alice: User, server: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "HTTPS", False)
    server.answer_json(FILM_JOB, 202)
    sent_to(server, clip_job(alice, first=picture_of(alice, located())))

    [frame] = server.request.json["frame_images"]
    assert frame["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert "callback_url" not in server.request.json


def test_kie_gets_addresses_or_nothing_is_spent(
    alice: User, server: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer_json({"code": 200, "data": {"taskId": "task-1"}})
    frame = picture_of(alice, located())
    sent_to(server, clip_job(alice, "kie/wan-3.0", first=frame))
    asked = server.request.json
    assert asked["input"]["first_frame_url"].startswith(f"{SITE}/api/inputs/")
    assert asked["callBackUrl"].startswith(f"{SITE}/api/video-callback/kie/")

    waiting = clip_job(alice, "kie/wan-3.0", first=frame)
    monkeypatch.setattr(settings, "HTTPS", False)
    job = sent_to(server, waiting)

    assert (job.status, job.error_code, job.billed) == ("failed", ErrorCode.INVALID, Billing.NO)
    assert "public address" in job.error_reason
    assert len(server.requests) == 1
