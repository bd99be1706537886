"""Asking for a clip: the dialog over a picture, its page, and the page for words and uploads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gallery.models import Post, Project, ReferenceImage
from generation import catalogue
from generation.models import CatalogueEntry, GenerationJob
from generation.providers import registry
from generation.services import credits as credit_service
from pixelstream.accounts.models import User
from tests.factories import (
    create_clip_post,
    create_image,
    create_post,
    create_reference,
    picture_bytes,
)
from tests.generation.views.asking import HTMX, text_of

pytestmark = pytest.mark.django_db

PAGE = "/posts/animate/"
DRIFT, PARALLAX = "builtin/drift", "builtin/parallax"
JUNK = ["", "x", "-1", "0", "\x00", "²", str(2**31), str(2**64), "9" * 5000, "1e3", "null"]


def wish(**changes: object) -> dict[str, object]:
    """What the form of a clip sends, with these changes; None leaves a field out."""
    values: dict[str, object] = {
        "prompt": "the fog rolls in",
        "models": [DRIFT],
        "seconds": "3",
        "aspect_ratio": "16:9",
        "resolution": "480p",
        "seed": "-1",
        "form_key": str(uuid4()),
        **changes,
    }
    return {key: value for key, value in values.items() if value is not None}


def animate(client: Client, post: Post, *, htmx: bool = False, **changes: object) -> Any:
    """Animate the picture of a post."""
    headers = HTMX if htmx else {}
    return client.post(f"/posts/{post.pk}/animate/", wish(**changes), headers=headers)


def create_clip(owner: User, **fields: Any) -> Post:
    """A finished post with a clip."""
    post = create_post(owner, images=0, **fields)
    create_image(post, clip_ms=3000)
    return post


def change(key: str, **fields: Any) -> None:
    """Give a model other abilities."""
    CatalogueEntry.objects.filter(key=key).update(**fields)
    catalogue.forget()


def checked(page: str, name: str) -> list[str]:
    """The values of the boxes with this name that are checked."""
    boxes = re.findall(rf'<input\s[^>]*name="{name}"[^>]*>', page)
    on = [box for box in boxes if re.search(r"\schecked\b", box)]
    return [value for box in on for value in re.findall(r'value="([^"]*)"', box)]


# --- the dialog over a picture -----------------------------------------------------------------


def test_the_page_shows_the_picture_as_the_first_frame(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=0)
    image = create_image(post, model_name="Poster", width=1024, height=1820, aspect_ratio="9:16")
    page = text_of(as_alice.get(f"/posts/{post.pk}/animate/"))
    assert f'name="image" value="{image.pk}"' in page
    for words in ("<h1", "Animate", "First frame", "What should move?", "Poster"):
        assert words in page
    assert checked(page, "models") == [DRIFT]
    assert checked(page, "aspect_ratio") == ["9:16"], "the picture's own"
    assert checked(page, "seconds") == ["5"]
    assert checked(page, "resolution") == ["720p"]


def test_htmx_gets_the_same_as_a_dialog(as_alice: Client, alice: User) -> None:
    answer = as_alice.get(f"/posts/{create_post(alice).pk}/animate/", headers=HTMX)
    assert answer.headers["Vary"].startswith("HX-Request, Cookie")
    assert "<html" not in text_of(answer)
    assert "<dialog" in text_of(answer)


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", 0), ("?img=1", 0), ("?img=2", 1), ("?img=9", 0), ("?img=x", 0), ("?image=x", 0)],
)
def test_a_picture_is_named_by_its_number_or_it_is_the_one_in_front(
    as_alice: Client, alice: User, query: str, shown: int
) -> None:
    post = create_post(alice, images=2)
    page = text_of(as_alice.get(f"/posts/{post.pk}/animate/{query}"))
    assert f'name="image" value="{post.images.all()[shown].pk}"' in page


def test_a_shape_that_no_model_makes_becomes_the_nearest(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=0)
    create_image(post, aspect_ratio="21:9")
    page = text_of(as_alice.get(f"/posts/{post.pk}/animate/"))
    assert checked(page, "aspect_ratio") == ["16:9"]


def test_a_clip_cannot_be_animated_nor_edited(as_alice: Client, alice: User) -> None:
    post = create_clip(alice)
    for verb in ("animate", "edit"):
        assert as_alice.get(f"/posts/{post.pk}/{verb}/").status_code == 404
        assert as_alice.post(f"/posts/{post.pk}/{verb}/", wish()).status_code == 404
    assert not GenerationJob.objects.exists()


def test_a_post_without_a_picture_has_nothing_to_animate(as_alice: Client, alice: User) -> None:
    assert as_alice.get(f"/posts/{create_post(alice, images=0).pk}/animate/").status_code == 404


def test_a_model_that_makes_clips_from_words_only_is_not_offered_for_a_picture(
    as_alice: Client, alice: User
) -> None:
    change(DRIFT, max_references=0)
    post = create_post(alice)
    page = text_of(as_alice.get(f"/posts/{post.pk}/animate/"))
    assert f'value="{DRIFT}"' not in page
    assert checked(page, "models") == [PARALLAX], "the first that can"
    answer = animate(as_alice, post)
    assert answer.status_code == 422
    assert "is not a model that can be used now." in text_of(answer)


def test_animate_makes_a_post_of_the_pictures_line_and_goes_there(
    as_alice: Client, alice: User
) -> None:
    project = Project.objects.create(owner=alice, name="Farol")
    source = create_post(alice, project=project)
    answer = animate(as_alice, source, models=[DRIFT, PARALLAX], aspect_ratio="1:1")
    made = Post.objects.exclude(pk=source.pk).get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == made.get_absolute_url()
    assert (made.parent, made.project, made.caption) == (source, project, source.caption)
    jobs = list(made.jobs.order_by("slot"))
    assert [job.model for job in jobs] == [DRIFT, PARALLAX]
    assert {job.kind for job in jobs} == {GenerationJob.Kind.VIDEO}
    assert jobs[0].params["first"] == {"image": source.images.get().pk}
    assert "last" not in jobs[0].params
    assert jobs[0].params["seconds"] == 3
    page = text_of(as_alice.get(answer.headers["Location"]))
    assert "hx-sse:connect=" in page, "it is live"
    assert "Generated clips" in page


def test_htmx_is_sent_to_the_post(as_alice: Client, alice: User) -> None:
    source = create_post(alice)
    answer = animate(as_alice, source, htmx=True)
    made = Post.objects.exclude(pk=source.pk).get()
    assert answer.headers["HX-Redirect"] == made.get_absolute_url()
    assert not answer.content


def test_a_double_click_makes_one_post(as_alice: Client, alice: User) -> None:
    source, sent = create_post(alice), wish()
    answers = [as_alice.post(f"/posts/{source.pk}/animate/", sent) for _ in range(2)]
    assert Post.objects.count() == 2
    assert len({answer.headers["Location"] for answer in answers}) == 1


def test_the_last_frame_is_another_picture_of_the_post(as_alice: Client, alice: User) -> None:
    source = create_post(alice, images=2)
    first, last = source.images.order_by("position")
    animate(as_alice, source, image=first.pk, last=[last.pk])
    params = GenerationJob.objects.get().params
    assert params["first"] == {"image": first.pk}
    assert params["last"] == {"image": last.pk}


def test_the_last_frame_is_an_uploaded_picture(as_alice: Client, alice: User) -> None:
    file = SimpleUploadedFile("pier.jpg", picture_bytes(), "image/jpeg")
    animate(as_alice, create_post(alice), uploads=[file])
    job = GenerationJob.objects.get()
    assert job.params["last"] == {"reference": ReferenceImage.objects.get().pk}
    assert job.references.count() == 1


@pytest.mark.parametrize("chosen", [["last", "last"], ["last", "references"], ["references"] * 2])
def test_a_clip_has_one_last_frame(as_alice: Client, alice: User, chosen: list[str]) -> None:
    source = create_post(alice, images=3)
    pictures = [image.pk for image in source.images.order_by("position")[1:]]
    uploads = [create_reference(alice).pk, create_reference(alice).pk]
    frames = {
        "last": pictures[: chosen.count("last")],
        "references": uploads[: chosen.count("references")],
    }
    answer = animate(as_alice, source, **frames)
    assert answer.status_code == 422
    assert "Choose one last frame." in text_of(answer)
    assert not GenerationJob.objects.exists()


def test_a_model_that_takes_no_last_frame_says_so(as_alice: Client, alice: User) -> None:
    change(DRIFT, max_references=1)
    source = create_post(alice, images=2)
    answer = animate(as_alice, source, last=[source.images.last().pk])  # type: ignore[union-attr]
    assert answer.status_code == 422
    assert "Drift cannot be given a last frame." in text_of(answer)


def test_a_picture_that_went_meanwhile_is_told(as_alice: Client, alice: User) -> None:
    source, other = create_post(alice), create_post(alice)
    answer = animate(as_alice, source, image=other.images.get().pk)
    assert answer.status_code == 422
    assert "This picture is not there any more." in text_of(answer)
    answer = animate(as_alice, source, last=[other.images.get().pk])
    assert "The last frame is not there any more." in text_of(answer)
    assert not GenerationJob.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_its_owner_animates_a_post_and_only_while_it_is_there(
    as_alice: Client, as_bob: Client, anonymous: Client, alice: User, method: str
) -> None:
    post, trashed = create_post(alice), create_post(alice, deleted_at=timezone.now())
    address = f"/posts/{post.pk}/animate/"
    assert getattr(as_bob, method)(address, wish()).status_code == 404
    assert getattr(as_alice, method)(f"/posts/{trashed.pk}/animate/", wish()).status_code == 404
    door = getattr(anonymous, method)(address, wish()).headers["Location"]
    assert door.startswith("/accounts/login/?next=")
    assert not GenerationJob.objects.exists()


@pytest.mark.parametrize("pictures", [1, 4])
def test_the_dialog_asks_a_constant_number_of_questions(
    as_alice: Client,
    alice: User,
    pictures: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    post = create_post(alice, images=pictures)
    for _ in range(pictures):
        create_reference(alice)
    catalogue.find(DRIFT)
    with django_assert_num_queries(8):
        assert as_alice.get(f"/posts/{post.pk}/animate/", headers=HTMX).status_code == 200


# --- from words, or from an upload -------------------------------------------------------------


def test_the_page_for_words_leads_to_pictures_and_back(as_alice: Client) -> None:
    page = text_of(as_alice.get(PAGE))
    assert re.search(r'href="/posts/create/"[^>]*>', page)
    assert re.search(r'href="/posts/animate/" aria-current="page"', page)
    assert 'href="/posts/animate/"' in text_of(as_alice.get("/posts/create/"))
    assert checked(page, "models") == [DRIFT]
    assert checked(page, "aspect_ratio") == ["16:9"]


def test_the_page_begins_with_what_its_address_says(
    as_alice: Client, alice: User, bob: User
) -> None:
    reference, foreign = create_reference(alice), create_reference(bob)
    project = Project.objects.create(owner=alice, name="Farol")
    page = text_of(
        as_alice.get(PAGE, {"prompt": "a goat", "reference": reference.pk, "project": project.pk})
    )
    assert "a goat</textarea>" in page
    assert f'name="references" value="{reference.pk}"' in page
    assert re.search(rf'value="{project.pk}"\s+selected', page)
    page = text_of(as_alice.get(PAGE, {"reference": foreign.pk}))
    assert 'name="references"' not in page


def test_words_make_a_post_that_begins_with_its_caption(as_alice: Client, alice: User) -> None:
    project = Project.objects.create(owner=alice, name="Farol")
    answer = as_alice.post(PAGE, wish(prompt="a goat\r\nruns", project=project.pk, seed="7"))
    made = Post.objects.get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == made.get_absolute_url()
    assert (made.prompt, made.project, made.parent) == ("a goat\nruns", project, None)
    assert made.status == Post.Status.GENERATING_CAPTION
    job = made.jobs.get(kind=GenerationJob.Kind.VIDEO)
    assert job.params["seed"] == 7
    assert "first" not in job.params
    assert made.jobs.filter(kind=GenerationJob.Kind.CAPTION).exists()


def test_htmx_goes_from_words_to_the_post(as_alice: Client) -> None:
    answer = as_alice.post(PAGE, wish(), headers=HTMX)
    assert answer.headers["HX-Redirect"] == Post.objects.get().get_absolute_url()


def test_uploads_are_first_and_last_frame_in_their_order(as_alice: Client, alice: User) -> None:
    older, newer = create_reference(alice), create_reference(alice)
    as_alice.post(PAGE, wish(references=[newer.pk, older.pk]))
    params = GenerationJob.objects.get(kind=GenerationJob.Kind.VIDEO).params
    assert params["first"] == {"reference": newer.pk}
    assert params["last"] == {"reference": older.pk}


def test_frames_are_shown_in_their_order_when_something_else_is_wrong(
    as_alice: Client, alice: User
) -> None:
    older, newer = create_reference(alice), create_reference(alice)
    page = text_of(as_alice.post(PAGE, wish(prompt="", references=[newer.pk, older.pk])))
    shown = re.findall(r'name="references" value="(\d+)"', page)
    assert shown == [str(newer.pk), str(older.pk)]


@pytest.mark.parametrize(
    ("able", "frames", "message"),
    [
        ({"max_references": 0}, 1, "Drift makes clips from words only: take the pictures away."),
        ({"max_references": 1}, 2, "Drift cannot be given a last frame."),
        ({"min_references": 1}, 0, "Drift needs a picture to begin with."),
        ({}, 3, "Only two frames: the first one and the last one."),
        ({"durations": [5]}, 0, "Drift cannot make a clip of 3 seconds."),
        ({"aspect_ratios": ["1:1"]}, 0, "Drift cannot make 16:9 clips."),
        ({"resolutions": ["720p"]}, 0, "Drift cannot make 480p clips."),
    ],
)
def test_what_a_model_cannot_do_is_told_and_nothing_is_started(
    as_alice: Client, alice: User, able: dict[str, Any], frames: int, message: str
) -> None:
    change(DRIFT, **able)
    references = [create_reference(alice).pk for _ in range(frames)]
    answer = as_alice.post(PAGE, wish(references=references), headers=HTMX)
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert "the fog rolls in</textarea>" in text_of(answer)
    assert not Post.objects.exists()


def test_models_that_keep_the_shape_of_what_they_get_are_asked_for_none(
    as_alice: Client, alice: User
) -> None:
    for key in (DRIFT, PARALLAX):
        change(key, aspect_ratios=[], resolutions=[])
    source = create_post(alice, images=0)
    create_image(source, aspect_ratio="4:5")
    page = text_of(as_alice.get(f"/posts/{source.pk}/animate/"))
    assert 'name="aspect_ratio"' not in page
    assert 'name="resolution"' not in page
    animate(as_alice, source, aspect_ratio=None, resolution=None)
    assert GenerationJob.objects.get().params["aspect_ratio"] == "4:5"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prompt": ""}, "Write what should move."),
        ({"prompt": "  \n\t"}, "Write what should move."),
        ({"prompt": "x" * 4001}, "4000"),
        ({"prompt": "nul \x00 byte"}, "Null characters are not allowed."),
        ({"models": None}, "Choose at least one model."),
        ({"models": ["builtin/sketch"]}, "is not a model that can be used now."),
        ({"seconds": None}, "Choose how long the clip is."),
        ({"seconds": "4"}, "This length is not offered."),
        ({"aspect_ratio": "7:3"}, "This aspect ratio is not offered."),
        ({"resolution": "4K"}, "This resolution is not offered."),
        ({"resolution": "1080p"}, "This resolution is not offered."),
        ({"references": ["999999"]}, "A reference is not there any more."),
        ({"project": "999999"}, "Select a valid choice."),
        ({"form_key": "nonsense"}, "Please send the form again."),
    ],
)
def test_bad_input_is_told_beside_the_field_and_nothing_is_started(
    as_alice: Client, changes: dict[str, object], message: str
) -> None:
    answer = as_alice.post(PAGE, wish(**changes), headers=HTMX)
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert not Post.objects.exists()


FIELDS = ("models", "seconds", "aspect_ratio", "resolution", "seed", "references", "last", "image")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", JUNK, ids=range(len(JUNK)))
def test_rubbish_in_any_field_is_refused_or_means_nothing(
    as_alice: Client, alice: User, field: str, value: str
) -> None:
    source = create_post(alice)
    for address in (PAGE, f"/posts/{source.pk}/animate/"):
        answer = as_alice.post(address, wish(**{field: value}))
        assert answer.status_code in {302, 422}


@pytest.mark.parametrize("name", ["prompt", "reference", "project", "like", "shared"])
@pytest.mark.parametrize("value", JUNK, ids=range(len(JUNK)))
def test_rubbish_in_the_address_means_nothing(as_alice: Client, name: str, value: str) -> None:
    assert as_alice.get(PAGE, {name: value}).status_code in {200, 404}


def test_other_peoples_references_are_not_there(as_alice: Client, bob: User) -> None:
    foreign = create_reference(bob)
    answer = as_alice.post(PAGE, wish(references=[foreign.pk]))
    assert answer.status_code == 422
    assert "A reference is not there any more." in text_of(answer)


def test_to_look_writes_nothing(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    for address in (PAGE, f"/posts/{post.pk}/animate/"):
        as_alice.get(address)
    assert not GenerationJob.objects.exists()
    assert Post.objects.get() == post


@pytest.mark.parametrize("mine", [0, 30])
def test_the_page_asks_a_constant_number_of_questions(
    as_alice: Client, alice: User, mine: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(mine):
        create_reference(alice)
    create_post(alice, images=0)
    catalogue.find(DRIFT)
    with django_assert_num_queries(7):
        assert as_alice.get(PAGE).status_code == 200


# --- credits -----------------------------------------------------------------------------------


@pytest.fixture
def credits(settings: Any, alice: User) -> None:
    """Credits are in use, and alice has eleven."""
    settings.CREDITS_ENABLED = True
    settings.CREDITS_SIGNUP_GRANT = 0
    credit_service.grant(alice, 11, by=alice, reason="a test")


@pytest.mark.usefixtures("credits")
def test_a_clip_costs_its_seconds_and_its_models(as_alice: Client, alice: User) -> None:
    page = text_of(as_alice.get(PAGE))
    assert "1 credit a second" in page
    assert 'data-credits="11"' in page
    as_alice.post(PAGE, wish(seconds="5", models=[DRIFT, PARALLAX]))
    assert credit_service.balance_of(alice) == 1


@pytest.mark.usefixtures("credits")
def test_too_few_credits_start_nothing(as_alice: Client, alice: User) -> None:
    source = create_post(alice)
    for address in (PAGE, f"/posts/{source.pk}/animate/"):
        answer = as_alice.post(address, wish(seconds="8", models=[DRIFT, PARALLAX]))
        assert answer.status_code == 422
        assert "16 credits" in text_of(answer)
    assert Post.objects.get() == source
    assert credit_service.balance_of(alice) == 11


# --- another one like it -----------------------------------------------------------------------


def test_a_clip_from_words_is_asked_for_again_with_its_settings(
    as_alice: Client, alice: User
) -> None:
    as_alice.post(PAGE, wish(prompt="a goat runs", seconds="8", models=[PARALLAX], seed="77"))
    post = Post.objects.get()
    for address in (f"?post={post.pk}", f"?post={post.pk}&similar=1"):
        answer = as_alice.get(f"/posts/create/{address}")
        assert answer.headers["Location"] == f"{PAGE}?like={post.pk}"
    page = text_of(as_alice.get(f"{PAGE}?like={post.pk}"))
    assert "a goat runs</textarea>" in page
    assert checked(page, "models") == [PARALLAX]
    assert checked(page, "seconds") == ["8"]
    assert 'value="77"' in page
    assert f'href="{PAGE}?like={post.pk}"' in text_of(as_alice.get(post.get_absolute_url()))


def test_a_clip_of_a_picture_is_asked_for_again_over_that_picture(
    as_alice: Client, alice: User
) -> None:
    source = create_post(alice, images=2)
    first, last = source.images.order_by("position")
    animate(as_alice, source, image=last.pk, last=[first.pk], seconds="8", prompt="it snows")
    post = Post.objects.exclude(pk=source.pk).get()
    answer = as_alice.get(f"{PAGE}?like={post.pk}")
    address = f"/posts/{source.pk}/animate/?image={last.pk}&like={post.pk}"
    assert answer.headers["Location"] == address
    page = text_of(as_alice.get(address))
    assert "it snows</textarea>" in page
    assert f'name="image" value="{last.pk}"' in page
    assert checked(page, "last") == [str(first.pk)]
    assert checked(page, "seconds") == ["8"]


def test_a_clip_whose_picture_is_gone_is_asked_for_again_from_words(
    as_alice: Client, alice: User
) -> None:
    source = create_post(alice)
    animate(as_alice, source, prompt="it snows")
    post = Post.objects.exclude(pk=source.pk).get()
    Post.objects.filter(pk=source.pk).update(deleted_at=timezone.now())
    page = text_of(as_alice.get(f"{PAGE}?like={post.pk}"))
    assert "it snows</textarea>" in page
    assert "A picture that the clip was made from is not there any more." in page


def test_the_like_of_an_imported_clip_says_that_its_picture_is_missing(
    as_alice: Client, alice: User
) -> None:
    post = create_clip_post(alice)
    said = "A picture that the clip was made from is not there any more."
    assert said not in text_of(as_alice.get(f"{PAGE}?like={post.pk}"))
    post.images.update(params={"first": {"image": 1}})
    assert said in text_of(as_alice.get(f"{PAGE}?like={post.pk}"))


def test_other_peoples_clips_are_no_model(as_alice: Client, as_bob: Client) -> None:
    as_alice.post(PAGE, wish())
    post = Post.objects.get()
    assert as_bob.get(f"{PAGE}?like={post.pk}").status_code == 404


def test_a_post_of_pictures_has_no_settings_for_a_clip(as_alice: Client, alice: User) -> None:
    post = create_post(alice, prompt="a still goat")
    page = text_of(as_alice.get(f"{PAGE}?like={post.pk}"))
    assert "a still goat" not in page


# --- providers that only fetch pictures -----------------------------------------------------------


@pytest.fixture
def fetching(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The provider of all these models only fetches pictures, and nobody reaches this server."""
    settings.HTTPS = False
    builtin = replace(registry.PROVIDERS["builtin"], takes_addresses_only=True)
    monkeypatch.setitem(registry.PROVIDERS, "builtin", builtin)  # type: ignore[arg-type]
    catalogue.forget()
    yield
    catalogue.forget()


@pytest.mark.usefixtures("fetching")
def test_models_that_could_not_fetch_the_picture_are_not_usable_for_it(
    as_alice: Client, alice: User
) -> None:
    change(PARALLAX, min_references=1)
    source = create_post(alice)
    page = text_of(as_alice.get(f"/posts/{source.pk}/animate/"))
    assert "Needs a public address of this server (https)" in page
    assert checked(page, "models") == []
    for model in (DRIFT, PARALLAX):
        answer = animate(as_alice, source, models=[model])
        assert "is not a model that can be used now." in text_of(answer)


@pytest.mark.usefixtures("fetching")
def test_they_still_make_clips_from_words(as_alice: Client, alice: User) -> None:
    answer = as_alice.post(PAGE, wish(references=[create_reference(alice).pk]))
    assert answer.status_code == 422
    assert "Drift makes clips from words only" in text_of(answer)
    assert as_alice.post(PAGE, wish()).status_code == 302


# --- where it is offered -----------------------------------------------------------------------


PLACES = ("/posts/{}/", "/posts/{}/lightbox/", "/posts/{}/lineage/", "/gallery/")


@pytest.mark.parametrize("place", PLACES)
def test_animate_is_offered_for_pictures_and_for_clips_neither_that_nor_refine(
    as_alice: Client, alice: User, place: str
) -> None:
    picture, clip = create_post(alice), create_clip(alice)
    assert f"/posts/{picture.pk}/animate/" in text_of(as_alice.get(place.format(picture.pk)))
    page = text_of(as_alice.get(place.format(clip.pk)))
    assert f"/posts/{clip.pk}/animate/" not in page
    assert f"/posts/{clip.pk}/edit/" not in page


def test_the_library_offers_to_animate_a_reference(as_alice: Client, alice: User) -> None:
    kept = create_reference(alice, kept=True)
    assert f"{PAGE}?reference={kept.pk}" in text_of(as_alice.get("/references/"))
