"""Having pictures made by a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gallery.models import Post, ReferenceImage, Usage
from gallery.services import deletion, trash
from generation.api import waiting
from generation.models import CreditEntry, GenerationJob
from generation.providers.errors import ErrorKind, ProviderError
from generation.services import job_references
from pixelstream import stopping
from pixelstream.accounts.models import User
from pixelstream.api.models import IdempotentRequest, Scope
from tests.factories import create_project, create_reference, work_off
from tests.generation.api.conftest import Clock, Program
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db

Meanwhile = Callable[[Callable[[], object]], list[float]]
KEY = {"Idempotency-Key": "once"}
WAIT = {"Prefer": "wait=60"}


def wish(**changes: Any) -> dict[str, Any]:
    return {"prompt": "a lighthouse at dusk", "models": ["builtin/sketch"], **changes}


def work_all_off() -> None:
    for post in Post.objects.all():
        work_off(post)


def test_a_wish_makes_a_post_and_says_where_to_ask_for_it(script: Program, alice: User) -> None:
    asked = wish(models=["builtin/sketch", "builtin/poster"], aspectRatio="4:5", seed=7)
    status, data = script.post("/generate", {**asked, "negativePrompt": "fog"})
    post = Post.objects.get()
    assert status == 202
    assert data == {
        "postId": post.pk,
        "status": "generating_caption",
        "statusUrl": f"http://127.0.0.1:8000/api/posts/{post.pk}",
        "notices": [],
    }
    assert script.last["Location"] == data["statusUrl"]
    assert (post.owner, post.aspect_ratio, post.seed) == (alice, "4:5", 7)
    assert post.negative_prompt == "fog"
    work_off(post)
    status, made = script.get(f"/posts/{post.pk}")
    assert made["status"] == "generated"
    assert [image["model"] for image in made["images"]] == asked["models"]


def test_project_and_references_come_along(script: Program, alice: User) -> None:
    project, reference = create_project(alice), create_reference(alice)
    asked = wish(models=["builtin/sketch"], project=project.pk, references=[reference.pk])
    status, data = script.post("/generate", asked)
    assert status == 202, data
    post = Post.objects.get()
    assert post.project == project
    assert list(post.jobs.get(kind="image").references.all()) == [reference]


def test_who_waits_gets_the_pictures(
    script: Program, scripted: ScriptedProvider, meanwhile: Meanwhile
) -> None:
    pauses = meanwhile(work_all_off)
    status, data = script.post("/generate", wish(models=["test/a"]), WAIT)
    assert (status, data["status"]) == (200, "generated")
    assert script.last["Preference-Applied"] == "wait=60"
    assert len(pauses) == 1
    image = Post.objects.get().images.get()
    assert data["caption"] == Post.objects.get().caption != ""
    assert data["failures"] == []
    (shown,) = data["images"]
    assert (shown["imageId"], shown["id"].split("_")[0]) == (image.pk, "img")
    assert script.get(f"/images/{image.pk}")[1]["name"] == shown["id"]
    assert shown["url"].endswith(image.object.key)
    assert shown["prompt"] == "a lighthouse at dusk"
    assert shown["params"] == image.params
    assert shown["timestamp"] == int(image.created_at.timestamp() * 1000)
    assert shown["detailsUrl"].endswith(f"/api/images/{image.pk}")


def test_who_does_not_wait_is_answered_before_anything_is_made(
    script: Program, meanwhile: Meanwhile
) -> None:
    pauses = meanwhile(work_all_off)
    assert script.post("/generate", wish())[0] == 202
    assert script.post("/generate", wish(), {"Prefer": "respond-async"})[0] == 202
    assert pauses == []


def test_who_waits_too_short_is_told_where_to_ask(
    script: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(waiting, "time", clock)
    monkeypatch.setattr(stopping, "pause", clock.pause)
    status, data = script.post("/generate", wish(), {"Prefer": "wait=1"})
    assert (status, data["status"]) == (202, "generating_caption")
    assert clock.now == pytest.approx(1)
    assert script.last["Location"] == data["statusUrl"]
    assert "Preference-Applied" not in script.last


@pytest.mark.parametrize("how", ["to the trash", "for good"])
def test_what_goes_while_it_is_waited_for_is_not_begun_again(
    how: str, script: Program, meanwhile: Meanwhile, settings: LazySettings
) -> None:
    """The key stays used: it was begun, and it was paid."""
    settings.CREDITS_ENABLED = True

    def go() -> None:
        for post in Post.objects.all():
            trash.trash(owner=post.owner, ids=[post.pk])
            if how == "for good":
                in_trash = Post.objects.in_trash_of(post.owner)
                deletion.delete_chosen(in_trash, [post.pk], by=post.owner)

    meanwhile(go)
    first = script.post("/generate", wish(), KEY | WAIT)
    assert (first[0], first[1]["code"]) == (410, "GONE")
    assert script.post("/generate", wish(), KEY | WAIT) == first
    assert script.last["Idempotent-Replayed"] == "true"
    assert CreditEntry.objects.filter(kind="hold").count() == 1


def test_a_post_that_fails_whole_is_told_with_its_reasons(
    script: Program, scripted: ScriptedProvider, meanwhile: Meanwhile
) -> None:
    scripted.answers["test/a"] = ProviderError(ErrorKind.MODERATION, "no", reason="It is rude")
    meanwhile(work_all_off)
    status, data = script.post("/generate", wish(models=["test/a"]), WAIT)
    assert (status, data["status"], data["images"]) == (200, "failed", [])
    (failure,) = data["failures"]
    assert failure["code"] == "moderation"
    assert failure["message"] == "The provider's rules do not allow this prompt."
    assert failure["providerReason"] == "It is rude"
    assert (failure["kind"], failure["slot"], failure["model"]) == ("image", 0, "test/a")


def test_what_came_is_shown_beside_what_failed(
    script: Program, scripted: ScriptedProvider, meanwhile: Meanwhile
) -> None:
    scripted.answers["test/b"] = ProviderError(ErrorKind.INVALID, "no")
    meanwhile(work_all_off)
    _status, data = script.post("/generate", wish(models=["test/a", "test/b"]), WAIT)
    assert data["status"] == "generated"
    assert [image["model"] for image in data["images"]] == ["test/a"]
    assert [failure["model"] for failure in data["failures"]] == ["test/b"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prompt": " "}, "prompt: Write what you want to see."),
        ({"models": []}, "models: List should have at least 1 item after validation, not 0"),
        ({"models": ["no/such"]}, "models: “no/such” is not a model that can be used now."),
        ({"aspectRatio": "7:5"}, "aspectRatio: This aspect ratio is not offered."),
        ({"resolution": "64K"}, "resolution: This resolution is not offered."),
        ({"seed": 2**31}, "seed: Input should be less than or equal to 2147483647"),
        ({"references": [99]}, "references: A reference is not there any more."),
        ({"references": [2**63]}, "references.0: Input should be less than"),
        ({"project": 99}, "project: Select a valid choice."),
        ({"negative_promt": "fog"}, "negative_promt: Extra inputs are not permitted"),
        ({"negative_prompt": "fog"}, "negative_prompt: Extra inputs are not permitted"),
        ({"x" * 100_000: 1}, f"{'x' * 80}: Extra inputs are not permitted"),
        ({"seed": True}, "seed: Input should be a valid integer"),
        ({"seed": "7"}, "seed: Input should be a valid integer"),
        ({"references": [True]}, "references.0: Input should be a valid integer"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_fields_name(
    script: Program, changes: dict[str, Any], message: str
) -> None:
    status, error = script.post("/generate", wish(**changes))
    assert (status, error["code"]) == (422, "VALIDATION")
    assert error["message"].startswith(message)
    assert not Post.objects.exists()


def test_a_model_that_cannot_do_it_is_named(script: Program, alice: User) -> None:
    asked = wish(references=[create_reference(alice).pk for _ in range(5)])
    status, error = script.post("/generate", asked)
    assert (status, error["code"]) == (422, "VALIDATION")
    assert error["message"] == "references: Sketch cannot use 5 references."


def test_what_belongs_to_others_is_not_there(script: Program, bob: User) -> None:
    for field, value in (
        ("project", create_project(bob).pk),
        ("references", [create_reference(bob).pk]),
    ):
        status, error = script.post("/generate", wish(**{field: value}))
        assert (status, error["code"]) == (422, "VALIDATION")
    assert not Post.objects.exists()


def test_a_token_that_may_only_read_makes_nothing(program: type[Program], alice: User) -> None:
    status, error = program(alice, Scope.READ, Scope.WRITE).post("/generate", wish())
    assert (status, error["code"]) == (403, "FORBIDDEN")
    assert not Post.objects.exists()


def test_without_credits_nothing_is_begun(
    script: Program, scripted: ScriptedProvider, settings: LazySettings
) -> None:
    settings.CREDITS_ENABLED = True
    settings.CREDITS_SIGNUP_GRANT = 1
    settings.CREDITS_WITHOUT_COST = 5
    status, error = script.post("/generate", wish(models=["test/a"]))
    assert (status, error["code"]) == (402, "NOT_ENOUGH_CREDITS")
    assert error["message"].endswith("Nothing was started.")
    assert not Post.objects.exists()


def test_without_room_nothing_is_begun(script: Program, alice: User) -> None:
    Usage.objects.create(owner=alice, bytes_used=10, limit_bytes=5)
    status, error = script.post("/generate", wish())
    assert (status, error["code"]) == (403, "STORAGE_FULL")
    assert "Your storage is full" in error["message"]


def test_sent_twice_with_one_key_it_is_made_once_and_paid_once(
    script: Program, settings: LazySettings
) -> None:
    settings.CREDITS_ENABLED = True
    first = script.post("/generate", wish(), KEY)
    assert script.post("/generate", wish(), KEY) == first
    assert script.last["Idempotent-Replayed"] == "true"
    assert script.last["Location"] == first[1]["statusUrl"]
    assert Post.objects.count() == 1
    assert CreditEntry.objects.filter(kind="hold").count() == 1
    assert script.post("/generate", wish(), {"Idempotency-Key": "another"}) != first


def test_cut_off_after_its_commit_it_finds_what_it_started(
    script: Program, alice: User, scripted: ScriptedProvider, settings: LazySettings
) -> None:
    """Its answer was never kept, and what it was made with is gone by now."""
    settings.CREDITS_ENABLED = True
    reference = create_reference(alice)
    asked = wish(models=["test/a"], references=[reference.pk])
    _status, first = script.post("/generate", asked, KEY)
    IdempotentRequest.objects.all().delete()
    work_all_off()
    job_references.let_go([reference.pk], why="its job ended")
    assert not ReferenceImage.objects.exists()
    status, again = script.post("/generate", asked, KEY)
    assert (status, again["postId"]) == (202, first["postId"])
    assert again["status"] == "generated"
    assert CreditEntry.objects.filter(kind="hold").count() == 1


def test_one_key_of_two_people_is_two_wishes(script: Program, bob: User) -> None:
    _status, hers = script.post("/generate", wish(), KEY)
    _status, his = Program(bob).post("/generate", wish(), KEY)
    assert hers["postId"] != his["postId"]


def test_what_was_made_is_read_in_as_many_queries_whatever_their_number(
    script: Program,
    meanwhile: Meanwhile,
    scripted: ScriptedProvider,
) -> None:
    scripted.answers["test/b"] = ProviderError(ErrorKind.INVALID, "no")

    def queries(models: list[str]) -> int:
        IdempotentRequest.objects.all().delete()
        _status, started = script.post("/generate", wish(models=models), KEY)
        IdempotentRequest.objects.all().delete()
        work_all_off()
        with CaptureQueriesContext(connection) as captured:
            status, data = script.post("/generate", wish(models=models), KEY | WAIT)
        assert (status, data["postId"]) == (200, started["postId"])
        assert len(data["images"]) + len(data["failures"]) == len(models)
        return len(captured)

    queries(["test/a"])  # the token's first use is noted
    assert queries(["test/a"]) == queries(["test/a", "test/b", "test/c"])


def test_jobs_are_rung_for_workers(script: Program) -> None:
    script.post("/generate", wish())
    caption = GenerationJob.objects.get(kind="caption")
    assert caption.rung_at is not None
