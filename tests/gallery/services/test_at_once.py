"""What happens at the same moment: in real threads, on the real database, with real commits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from gallery.models import AuditEvent, ChatMessage, Post, Project, ReferenceImage, Report
from gallery.services import (
    batch,
    captions,
    covers,
    deletion,
    downloads,
    moderation,
    posts,
    projects,
    reports,
    review,
    trash,
)
from generation.models import GenerationJob
from generation.services import studio
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import (
    a_wish,
    create_post,
    create_project,
    create_reference,
    picture_bytes,
)

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5
PUBLIC, UNLISTED = Post.Visibility.PUBLIC, Post.Visibility.UNLISTED


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Do all of it in one moment; gives what came back, or what was raised."""
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        try:
            start.wait(10)
            return action()
        except Exception as error:  # noqa: BLE001 (the test judges what came)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def browser_of(user: User) -> Client:
    """One more tab."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def _nothing_is_out_of_step() -> Iterator[None]:
    yield
    assert broken() == []


def test_of_two_tabs_that_edit_a_caption_one_is_told_of_the_other(alice: User) -> None:
    for number in range(ROUNDS):
        post = create_post(alice)
        seen = captions.mark_of(post.caption)

        def edit(text: str, post: Post = post, seen: str = seen) -> bool:
            return captions.edit_caption(post=post, text=text, seen=seen, by=alice)

        came = at_once(lambda: edit("Mine."), lambda: edit("Theirs."))
        post.refresh_from_db()
        (conflict,) = [error for error in came if isinstance(error, captions.CaptionChangedError)]
        assert came.count(True) == 1, came
        assert conflict.current == post.caption
        assert (post.revision, AuditEvent.objects.count()) == (2, number + 1)


def test_two_tabs_that_save_the_same_caption_agree(alice: User) -> None:
    post = create_post(alice)
    seen = captions.mark_of(post.caption)
    came = at_once(
        *[lambda: captions.edit_caption(post=post, text="Same.", seen=seen, by=alice)] * 2
    )
    assert sorted(came) == [False, True]


def test_a_post_that_goes_to_the_trash_is_changed_before_that_or_not_at_all(alice: User) -> None:
    for _ in range(ROUNDS):
        posts_of = [create_post(alice, images=0) for _ in range(3)]
        ids = [post.pk for post in posts_of]

        def to_trash(pk: int = ids[1]) -> None:
            trash.trash(owner=alice, ids=[pk])

        _none, outcome = at_once(
            to_trash,
            lambda: batch.set_visibility(owner=alice, ids=ids, visibility=PUBLIC),  # noqa: B023
        )
        changed = Post.objects.filter(pk__in=ids, visibility=PUBLIC)
        assert sorted(outcome.done) == sorted(changed.values_list("pk", flat=True))
        assert len(outcome.done) + outcome.missing == 3


def test_two_batches_over_the_same_posts_do_not_wait_for_each_other_for_ever(alice: User) -> None:
    ids = [create_post(alice, images=0).pk for _ in range(30)]
    came = at_once(
        lambda: batch.set_visibility(owner=alice, ids=ids, visibility=PUBLIC),
        lambda: batch.set_visibility(owner=alice, ids=ids[::-1], visibility=UNLISTED),
        lambda: batch.move_to_project(owner=alice, ids=ids[::2], project=None),
    )
    assert all(isinstance(outcome, batch.Outcome) for outcome in came), came
    assert AuditEvent.objects.count() == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda post: captions.edit_caption(
            post=post, text="Mine.", seen=captions.mark_of(post.caption), by=post.owner
        ),
        lambda post: covers.choose_cover(post=post, img=2, by=post.owner),
        lambda post: projects.move_post(
            post=post, project=create_project(post.owner), by=post.owner
        ),
        lambda post: posts.set_visibility(post=post, visibility=PUBLIC, by=post.owner),
    ],
    ids=["caption", "cover", "project", "visibility"],
)
def test_what_was_trashed_since_it_was_looked_up_is_not_changed(
    alice: User, change: Callable[[Post], bool]
) -> None:
    post = create_post(alice, images=2)
    trash.trash(owner=alice, ids=[post.pk])
    before = Post.objects.values().get()
    with pytest.raises(Post.DoesNotExist):
        change(post)
    assert Post.objects.values().get() == before
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {"post.trash"}


@pytest.mark.parametrize("verb", ["caption", "cover", "project", "visibility"])
def test_a_verb_on_what_was_trashed_at_that_moment_is_not_found(
    alice: User, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    post = create_post(alice, images=2)

    def too_late(**_words: object) -> None:
        raise Post.DoesNotExist

    for module, name in (
        (captions, "edit_caption"),
        (covers, "choose_cover"),
        (projects, "move_post"),
        (posts, "set_visibility"),
    ):
        monkeypatch.setattr(module, name, too_late)
    fields = {"caption": "Mine.", "img": "2", "project": "", "visibility": "public"}
    answer = browser_of(alice).post(f"/posts/{post.pk}/{verb}/", fields)
    assert answer.status_code == 404


def test_a_download_that_is_sent_twice_is_two_archives_and_counts_both(alice: User) -> None:
    chosen = [create_post(alice, images=2) for _ in range(2)]
    fields = {"metadata": "none", "posts": [post.pk for post in chosen]}

    def download() -> int:
        answer = browser_of(alice).post("/gallery/batch/", fields)
        length = len(b"".join(answer.streaming_content))  # type: ignore[arg-type]
        assert length == int(answer["Content-Length"])
        answer.close()
        return answer.status_code

    assert at_once(download, download) == [200, 200]
    assert downloads.streams.running == 0
    assert downloads.flush_counts() == 4
    assert set(Post.objects.values_list("download_count", flat=True)) == {2}


def test_of_two_projects_with_one_name_the_second_is_told_that_it_is_taken(alice: User) -> None:
    for number in range(ROUNDS):
        names = f"Farol {number}", f"FAROL {number}"
        answers = at_once(
            *[
                lambda name=name: browser_of(alice).post("/projects/create/", {"name": name})  # type: ignore[misc]
                for name in names
            ]
        )
        assert sorted(answer.status_code for answer in answers) == [302, 422], answers
        (refused,) = [answer for answer in answers if answer.status_code == 422]
        assert "You already have a project with this name." in refused.content.decode()
    assert Project.objects.count() == ROUNDS


def test_a_name_that_is_taken_after_it_was_checked_is_refused_in_a_sentence(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gallery.forms import ProjectForm

    monkeypatch.setattr(ProjectForm, "clean_name", lambda form: form.cleaned_data["name"])
    create_project(alice, "Farol")
    answer = browser_of(alice).post("/projects/create/", {"name": "farol"})
    assert answer.status_code == 422
    assert "You already have a project with this name." in answer.content.decode()


def test_the_same_file_sent_twice_at_once_is_two_references(alice: User) -> None:
    def upload() -> int:
        file = SimpleUploadedFile("cat.jpg", picture_bytes(), "image/jpeg")
        return browser_of(alice).post("/references/upload/", {"file": file}).status_code

    assert at_once(upload, upload) == [201, 201]
    assert ReferenceImage.objects.count() == 2


def test_a_reference_is_deleted_or_used_and_never_both(alice: User) -> None:
    for _ in range(ROUNDS):
        reference = create_reference(alice, kept=True)
        wish = a_wish(references=[reference])
        delete = partial(
            deletion.delete_reference, reference=reference, by=alice, include_generated=False
        )
        deleted, post = at_once(
            delete,
            lambda: studio.start_post(owner=alice, wish=wish),  # noqa: B023
        )
        if isinstance(post, Post):
            assert isinstance(deleted, deletion.InUseError)
            assert list(post.jobs.get(kind="image").references.all()) == [reference]
        else:
            assert isinstance(post, studio.ReferenceGoneError)
            assert deleted.total == 1
            assert not ReferenceImage.objects.filter(pk=reference.pk).exists()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_the_studio_says_that_a_reference_went_while_it_was_sent(
    alice: User, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    reference = create_reference(alice, kept=True)
    _delete_when_a_post_starts(reference, monkeypatch)
    fields = {
        "prompt": "a boat",
        "models": "builtin/sketch",
        "aspect_ratio": "1:1",
        "resolution": "1K",
        "references": reference.pk,
    }
    answer = browser_of(alice).post("/posts/create/", fields, headers=headers)
    assert answer.status_code == 422
    assert "A reference is not there any more." in answer.content.decode()
    assert "a boat</textarea>" in answer.content.decode()
    assert not GenerationJob.objects.exists()


def test_making_it_again_says_that_a_reference_went_at_that_moment(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = create_reference(alice, kept=True)
    post = studio.start_post(owner=alice, wish=a_wish(references=[reference]))
    studio.cancel_post(post=post, by=alice)
    _delete_when_a_post_starts(reference, monkeypatch)
    answer = browser_of(alice).post(f"/posts/{post.pk}/regenerate/", follow=True)
    assert answer.status_code == 200
    assert "A picture that you uploaded for it is deleted" in answer.content.decode()
    assert Post.objects.count() == 1


def _delete_when_a_post_starts(reference: ReferenceImage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another tab is quicker by a moment: after the form was checked, before anything is made."""
    start = studio.start_post

    def start_too_late(**words: Any) -> Post:
        deletion.delete_reference(reference=reference, by=reference.owner, include_generated=False)
        return start(**words)

    monkeypatch.setattr(studio, "start_post", start_too_late)


def test_an_upload_that_is_sent_again_while_its_post_is_deleted_is_there_or_is_missed(
    alice: User,
) -> None:
    for _ in range(ROUNDS):
        uploads = [create_reference(alice, kept=False) for _ in range(20)]
        old = [create_post(alice) for _ in uploads]
        for post, upload in zip(old, uploads, strict=True):
            message = post.messages.create(role=ChatMessage.Role.USER, text=post.prompt)
            message.attachments.set([upload])

        sent, deleted = at_once(
            partial(lambda uploads: [_started(alice, upload) for upload in uploads], uploads),
            partial(lambda old: [_deleted(alice, post) for post in old], old),
        )
        assert deleted == [1] * len(old)
        for post, upload in zip(sent, uploads, strict=True):
            is_there = ReferenceImage.objects.filter(pk=upload.pk).exists()
            assert is_there == (post is not None)
            assert post is None or post.jobs.filter(references=upload).exists()
        assert broken() == []


def _started(owner: User, upload: ReferenceImage) -> Post | None:
    """A new post made with the upload, unless that was just deleted."""
    try:
        return studio.start_post(owner=owner, wish=a_wish(references=[upload]))
    except studio.ReferenceGoneError:
        return None


def _deleted(owner: User, post: Post) -> int:
    """How many posts that were."""
    return deletion.delete_chosen(Post.objects.filter(owner=owner), [post.pk], by=owner).total


def scattered(owner: User, *, posts: int, reporter: User) -> list[int]:
    """Ids of reported posts; the rows of what was said of them lie in no order."""
    ids = [create_post(owner, images=0, visibility=PUBLIC).pk for _ in range(posts)]
    mixed = Random(7).sample(ids, len(ids))
    for pk in mixed:
        Report.objects.create(post_id=pk, reporter=reporter, reason=Report.Reason.SPAM)
    return ids


def test_who_leaves_and_who_decides_about_their_reports_do_not_wait_for_each_other_for_ever(
    alice: User, bob: User, sam: User
) -> None:
    for round_ in range(ROUNDS):
        ids = scattered(alice, posts=100, reporter=bob)
        done = at_once(
            partial(moderation.disable, ids, reason=f"No. {round_}", by=sam),
            partial(in_one_go, reports.forget_person, bob),
            partial(delete_all, ids[::2], by=alice),
        )
        assert not [one for one in done if isinstance(one, Exception)], done
        assert not Report.objects.exists()


def in_one_go(action: Callable[..., Any], *args: Any) -> None:
    with transaction.atomic():
        action(*args)


def delete_all(ids: list[int], *, by: User) -> None:
    deletion.delete_posts(Post.objects.filter(pk__in=ids), by=by)


def test_what_waited_is_let_go_while_administrators_decide_about_the_same_posts(
    alice: User, sam: User, settings: Any
) -> None:
    settings.MODERATION_GATE = False
    mixed = Random(7)
    ids = [create_post(alice, images=0, visibility=PUBLIC).pk for _ in range(300)]
    for round_ in range(2 * ROUNDS):
        Post.objects.update(review=Post.Review.HELD, review_score=None)
        for pk in mixed.sample(ids, 150):  # so that the rows lie in no order
            Post.objects.filter(pk=pk).update(caption=f"{round_}")
        done = at_once(
            partial(moderation.disable, ids, reason=f"No. {round_}", by=sam),
            partial(review.sweep, limit=500),
        )
        assert not [one for one in done if isinstance(one, Exception)], done
        assert not Post.objects.filter(review=Post.Review.HELD).exists()
