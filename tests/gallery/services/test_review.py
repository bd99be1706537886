"""The gate before the public: what waits, what passes, what an administrator decides."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from gallery import tasks
from gallery.imaging import doubtful
from gallery.imaging.renditions import rendition_key
from gallery.models import GeneratedImage, Post
from gallery.services import batch, moderation, posts, review, trash
from pixelstream.accounts.models import User
from tests.factories import create_image, create_post, job_of, picture_bytes, start, work_off
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db

PUBLIC, UNLISTED = Post.Visibility.PUBLIC, Post.Visibility.UNLISTED
HELD, PASSED, NONE = Post.Review.HELD, Post.Review.PASSED, Post.Review.NONE
DOUBTFUL = "#ff0000"


@pytest.fixture
def gate(settings: Any) -> Any:
    settings.MODERATION_GATE = True
    settings.MODERATION_GATE_THRESHOLD = 0.8
    return settings


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """A classifier with the contract of the real one that doubts red pictures."""

    def score(image: Image.Image) -> float:
        red, green, blue = image.convert("RGB").resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
        return 0.95 if red > 200 and green < 60 and blue < 60 else 0.05

    monkeypatch.setattr(doubtful, "is_installed", lambda: True)
    monkeypatch.setattr(doubtful, "score", score)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The posts of which a worker was told."""
    told: list[int] = []
    monkeypatch.setattr(tasks, "ring_to_review", told.append)
    return told


def publish(post: Post) -> Post:
    posts.set_visibility(post=post, visibility=PUBLIC, by=post.owner)
    post.refresh_from_db()
    return post


def is_listed(post: Post) -> bool:
    return Post.objects.in_feed().filter(pk=post.pk).exists()


def a_doubtful_post(owner: User) -> Post:
    post = create_post(owner)
    create_image(post, position=1, data=picture_bytes(colour=DOUBTFUL))
    return post


# --- what waits


def test_without_the_gate_nothing_waits(alice: User, settings: Any, rung: list[int]) -> None:
    assert settings.MODERATION_GATE is False
    post = publish(a_doubtful_post(alice))
    assert (post.review, is_listed(post), rung) == (NONE, True, [])


def test_a_post_that_becomes_public_waits_and_a_worker_is_told(
    gate: Any, alice: User, rung: list[int]
) -> None:
    post = create_post(alice)
    revision = post.revision
    publish(post)
    assert (post.review, post.review_score) == (HELD, None)
    assert post.revision > revision
    assert rung == [post.pk]
    assert not is_listed(post)
    assert Post.objects.viewable_by_others().filter(pk=post.pk).exists(), "the link works"


def test_many_posts_that_become_public_wait(gate: Any, alice: User, rung: list[int]) -> None:
    ids = [create_post(alice, images=0).pk for _ in range(3)]
    batch.set_visibility(owner=alice, ids=ids, visibility=PUBLIC)
    assert sorted(rung) == ids
    assert set(Post.objects.values_list("review", flat=True)) == {HELD}


def test_what_was_public_before_the_gate_stays_so(gate: Any, alice: User, rung: list[int]) -> None:
    post = create_post(alice, visibility=PUBLIC)
    batch.move_to_project(owner=alice, ids=[post.pk], project=None)
    assert publish(post).review == NONE
    assert is_listed(post)


@pytest.mark.usefixtures("judge")
def test_what_passed_once_is_not_asked_for_again(gate: Any, alice: User, rung: list[int]) -> None:
    post = publish(create_post(alice))
    review.sweep(limit=10)
    posts.set_visibility(post=post, visibility=UNLISTED, by=alice)
    assert publish(post).review == PASSED
    assert len(rung) == 1


def test_a_picture_that_comes_to_a_public_post_makes_it_wait_again(
    gate: Any, alice: User, rung: list[int]
) -> None:
    post = create_post(alice, visibility=PUBLIC, review=PASSED, review_score=0.1)
    hidden = create_post(alice, review=PASSED, review_score=0.1)
    review.pictures_changed([post.pk, hidden.pk])
    for each in (post, hidden):
        each.refresh_from_db()
    assert (post.review, post.review_score) == (HELD, None)
    assert (hidden.review, hidden.review_score) == (NONE, None), "asked for when it is published"
    assert rung == [post.pk]


def test_a_post_that_is_born_public_waits_from_its_first_picture_on(
    gate: Any, alice: User, scripted: ScriptedProvider, rung: list[int]
) -> None:
    alice.posts_begin_public = True
    alice.save()
    post = start(alice, models="test/a")
    assert job_of(post)
    work_off(post)
    assert (post.visibility, post.status, post.review) == (PUBLIC, Post.Status.GENERATED, HELD)
    assert post.pk in rung
    assert not is_listed(post)


def test_what_is_unfinished_or_in_the_trash_is_not_looked_at(gate: Any, alice: User) -> None:
    held = {"visibility": PUBLIC, "review": HELD}
    create_post(alice, status=Post.Status.GENERATING_IMAGES, **held)
    gone = create_post(alice, **held)
    trash.trash(owner=alice, ids=[gone.pk])
    assert not review.waiting().exists()
    trash.restore(owner=alice, ids=[gone.pk])
    assert review.waiting().get() == gone


# --- what becomes of it


@pytest.mark.usefixtures("judge")
def test_harmless_pictures_pass_and_doubtful_ones_wait_for_an_administrator(
    gate: Any, alice: User, sam: User
) -> None:
    harmless, other = publish(create_post(alice, images=2)), publish(a_doubtful_post(alice))
    assert review.sweep(limit=10) == 2
    harmless.refresh_from_db()
    other.refresh_from_db()
    assert (harmless.review, harmless.review_score) == (PASSED, 0.05)
    assert (other.review, other.review_score) == (HELD, 0.95), "of the most doubtful picture"
    assert (is_listed(harmless), is_listed(other)) == (True, False)
    assert review.sweep(limit=10) == 0, "an administrator's turn"
    assert moderation.release([other.pk], by=sam)
    assert is_listed(other)


@pytest.mark.skipif(not doubtful.is_installed(), reason="requirements-local.txt is not installed")
@pytest.mark.parametrize(("threshold", "outcome"), [(0.0, HELD), (1.0, PASSED)])
def test_the_threshold_decides_with_the_real_classifier(
    gate: Any, alice: User, threshold: float, outcome: str
) -> None:
    gate.MODERATION_GATE_THRESHOLD = threshold
    post = publish(create_post(alice))
    tasks.review_post(post.pk)
    post.refresh_from_db()
    assert post.review == outcome
    assert post.review_score is not None
    assert 0 <= post.review_score < 1


@pytest.mark.usefixtures("judge")
def test_a_change_in_the_meantime_is_not_overlooked(
    gate: Any, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = publish(create_post(alice))
    real = doubtful.score

    def and_meanwhile(image: Image.Image) -> float:
        monkeypatch.setattr(doubtful, "score", real)
        create_image(post, position=1, data=picture_bytes(colour=DOUBTFUL))
        review.pictures_changed([post.pk])
        return real(image)

    monkeypatch.setattr(doubtful, "score", and_meanwhile)
    assert not review.look_at(post.pk)
    assert review.look_at(post.pk)
    post.refresh_from_db()
    assert (post.review, post.review_score) == (HELD, 0.95)


@pytest.mark.usefixtures("judge")
def test_an_administrators_word_in_the_meantime_stays(
    gate: Any, alice: User, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = publish(a_doubtful_post(alice))
    real = doubtful.score

    def and_meanwhile(image: Image.Image) -> float:
        moderation.release([post.pk], by=sam)
        return real(image)

    monkeypatch.setattr(doubtful, "score", and_meanwhile)
    assert not review.look_at(post.pk)
    assert is_listed(post)


# --- faults


def test_without_the_classifier_everything_waits_and_the_check_says_so(
    gate: Any, alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(doubtful, "is_installed", lambda: False)
    post = publish(create_post(alice))
    assert review.sweep(limit=10) == 0
    assert "requirements-local.txt is not installed" in caplog.text
    assert not is_listed(post)
    assert "gallery.W001" in {message.id for message in run_checks()}
    gate.MODERATION_GATE = False
    assert "gallery.W001" not in {message.id for message in run_checks()}


@pytest.mark.usefixtures("judge")
def test_a_picture_that_is_lost_or_broken_is_for_an_administrator(gate: Any, alice: User) -> None:
    lost, broken = publish(create_post(alice)), publish(create_post(alice))
    for post, data in ((lost, None), (broken, b"rubbish")):
        obj = GeneratedImage.objects.get(post=post).object
        path = storages["public"].path(rendition_key(obj.key, min(obj.rendition_widths)))
        if data is None:
            storages["public"].delete(rendition_key(obj.key, min(obj.rendition_widths)))
        else:
            with open(path, "wb") as file:
                file.write(data)
    assert review.sweep(limit=10) == 2
    assert list(Post.objects.values_list("review", "review_score")) == [(HELD, 1.0), (HELD, 1.0)]


@pytest.mark.usefixtures("judge")
def test_while_the_storage_is_away_posts_wait(
    gate: Any, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = publish(create_post(alice))
    with monkeypatch.context() as away:

        def fail(*_args: Any, **_more: Any) -> None:
            raise TimeoutError("away")

        away.setattr(type(storages["public"]), "open", fail)
        assert review.sweep(limit=10) == 0
    assert not is_listed(post)
    assert review.sweep(limit=10) == 1
    assert is_listed(post)


@pytest.mark.usefixtures("judge")
def test_switched_off_again_what_was_not_looked_at_is_let_go_and_what_is_doubted_stays(
    gate: Any, alice: User
) -> None:
    doubted = publish(a_doubtful_post(alice))
    review.sweep(limit=10)
    waiting = publish(create_post(alice))
    gate.MODERATION_GATE = False
    out = StringIO()
    call_command("review_posts", stdout=out)
    assert "0 posts looked at, 1 wait for an administrator. The gate is off." in out.getvalue()
    assert (is_listed(waiting), is_listed(doubted)) == (True, False)


def test_where_nothing_waits_a_sweep_is_one_query(alice: User, gate: Any) -> None:
    create_post(alice)
    for is_on in (True, False):
        gate.MODERATION_GATE = is_on
        with CaptureQueriesContext(connection) as queries:
            review.sweep(limit=10)
        assert len(queries) == 1


def test_without_a_broker_publishing_works_and_the_sweep_finds_it(
    gate: Any, alice: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    from kombu.exceptions import OperationalError

    def away(*_args: Any) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(tasks.review_post, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        post = publish(create_post(alice))
    assert review.waiting().get() == post
