"""Bringing an export to another installation."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from django.utils import timezone

from gallery.models import (
    GeneratedImage,
    Imported,
    Post,
    Project,
    ReferenceImage,
    StoredObject,
    Usage,
)
from gallery.services import deletion, downloads, import_posts, importing, objects, outbox, quota
from gallery.services.downloads import Metadata
from pixelstream import invariants
from pixelstream.accounts.models import User
from pixelstream.faultpoints import InjectedFaultError
from tests.factories import create_post, picture_bytes
from tests.gallery.services.archives import (
    LONG_AGO,
    Change,
    export_of,
    first_picture,
    forged,
    in_small_parts,
    save_parts,
    with_posts,
)

pytestmark = pytest.mark.django_db(transaction=True)


def time_passes() -> None:
    past = Now() - timedelta(seconds=1)
    StoredObject.objects.filter(lease_until__isnull=False).update(lease_until=past)
    StoredObject.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=past)


def facts_of(person: User) -> list[Any]:
    """What an import has to bring back, by the order of posts."""
    posts = list(Post.objects.owned_by(person).order_by("pk"))
    places = {post.pk: place for place, post in enumerate(posts)}
    facts = []
    for post in posts:
        images = post.images.select_related("object").order_by("position")
        facts.append(
            {
                "post": [getattr(post, name) for name in import_posts.POST_FIELDS],
                "times": (post.created_at, post.updated_at),
                "project": post.project and post.project.name,
                "parent": places.get(post.parent_id),
                "trashed": post.deleted_at is not None,
                "images": [
                    (
                        [getattr(image, name) for name in import_posts.IMAGE_FIELDS],
                        (image.width, image.height),
                        image.created_at,
                        downloads.picture_file(image, Metadata.FULL),
                    )
                    for image in images
                ],
                "messages": [
                    (
                        [getattr(message, name) for name in import_posts.MESSAGE_FIELDS],
                        message.created_at,
                        [one.filename for one in message.attachments.all()],
                    )
                    for message in post.messages.order_by("pk")
                ],
            }
        )
    return facts


def test_an_export_comes_back_as_it_was(alice: User, bob: User, parts: list[Path]) -> None:
    tally = importing.import_account(parts, to=bob)
    assert (tally.posts, tally.pictures, tally.references, tally.known) == (4, 4, 1, 0)
    assert tally.is_complete
    assert tally.refused == []
    outbox.run()
    for mine, theirs in zip(facts_of(bob), facts_of(alice), strict=True):
        for name in mine:
            assert mine[name] == theirs[name], name
    assert {post.visibility for post in Post.objects.owned_by(bob)} == {"unlisted"}
    tokens = Post.objects.values_list("share_token", flat=True)
    assert len(set(tokens)) == 8, "the links of the exported posts stay theirs"
    reference = ReferenceImage.objects.get(owner=bob)
    assert (reference.filename, reference.kept) == ("reference.jpg", True)
    assert reference.created_at == ReferenceImage.objects.get(owner=alice).created_at
    assert Project.objects.get(owner=bob).name == "Farol"
    assert invariants.broken() == []


def test_what_an_older_export_does_not_say_about_sharing_is_as_it_was_then(
    bob: User, parts: list[Path], tmp_path: Path
) -> None:
    def forget(posts: list[dict[str, Any]]) -> None:
        for post in posts:
            del post["prompt_is_shared"], post["downloads_allowed"]

    old = forged(parts[0], tmp_path / "old.zip", with_posts(forget))
    assert importing.import_account([old], to=bob).is_complete
    said = Post.objects.owned_by(bob).values_list("prompt_is_shared", "downloads_allowed")
    assert set(said) == {(False, True)}


def test_running_it_twice_imports_once(bob: User, parts: list[Path]) -> None:
    importing.import_account(parts, to=bob)
    before = facts_of(bob)
    again = importing.import_account(parts, to=bob)
    assert (again.posts, again.references, again.known) == (0, 0, 5)
    assert facts_of(bob) == before


def test_what_was_deleted_here_comes_anew(bob: User, parts: list[Path]) -> None:
    importing.import_account(parts, to=bob)
    deletion.delete_posts(Post.objects.owned_by(bob).filter(caption="Darker."), by=bob)
    again = importing.import_account(parts, to=bob)
    assert again.posts == 1
    assert Post.objects.owned_by(bob).count() == 4


def test_an_import_that_is_stopped_goes_on(
    bob: User, parts: list[Path], stopped_at: Callable[[str], None]
) -> None:
    stopped_at("import.before_commit")
    for _ in range(5):
        with pytest.raises(InjectedFaultError):
            importing.import_account(parts, to=bob)
        break
    stopped_at("")
    importing.import_account(parts, to=bob)
    time_passes()
    outbox.run()
    assert Post.objects.owned_by(bob).count() == 4
    assert invariants.broken() == []


def test_parts_may_come_alone_one_after_the_other(
    alice: User,
    bob: User,
    library: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for path in in_small_parts(alice, tmp_path, monkeypatch):
        tally = importing.import_account([path], to=bob)
        assert (tally.is_complete, tally.unlinked) == (False, 0)
    outbox.run()
    mine = Post.objects.owned_by(bob)
    assert mine.count() == 4
    first = mine.get(created_at=LONG_AGO)
    child, trashed = mine.get(caption="Darker."), mine.get(caption="Too dark.")
    assert (child.parent, child.root) == (first, first)
    assert (trashed.parent, trashed.root) == (child, first)
    assert invariants.broken() == []


def test_parts_in_another_order_are_linked_where_possible_and_it_is_said(
    alice: User,
    bob: User,
    library: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    paths = in_small_parts(alice, tmp_path, monkeypatch, size=12_000)
    unlinked = [importing.import_account([path], to=bob).unlinked for path in reversed(paths)]
    outbox.run()
    mine = Post.objects.owned_by(bob)
    assert mine.count() == 4
    assert max(unlinked) > 0
    assert mine.filter(parent=None).count() == 2
    assert invariants.broken() == []
    capsys.readouterr()
    call_command("import_account", *map(str, paths), to="bob@example.com")
    assert "Import the parts in order." in capsys.readouterr().out
    assert mine.count() == 4


def test_who_comes_before_its_grandparent_gets_the_right_root_in_the_end(
    alice: User, bob: User, library: dict[str, Any], parts: list[Path], tmp_path: Path
) -> None:
    """A line of which the middle is here before the first: the line is mended as far as ids go."""

    def only(*captions: str) -> Change:
        return with_posts(
            lambda posts: posts.__setitem__(
                slice(None), [post for post in posts if post["caption"] in captions]
            )
        )

    first = library["first"].caption
    beginning = forged(parts[0], tmp_path / "first.zip", only(first))
    importing.import_account([beginning], to=bob)
    end = forged(parts[0], tmp_path / "end.zip", only("Too dark."))
    importing.import_account([end], to=bob)
    middle = forged(parts[0], tmp_path / "middle.zip", only("Darker."))
    tally = importing.import_account([middle], to=bob)
    mine = {post.caption: post for post in Post.objects.owned_by(bob)}
    assert mine["Darker."].parent == mine["Darker."].root == mine[first]
    assert tally.unlinked == 1
    orphan = mine["Too dark."]
    assert orphan.parent_id == orphan.root_id
    assert not Post.objects.filter(pk=orphan.parent_id).exists(), "as if its parent was deleted"


@pytest.mark.parametrize("circle", [(0, 0), (1, 0, 1), (2, 0, 1, 2)])
def test_a_forged_circle_of_parents_breaks_nothing(
    bob: User, parts: list[Path], tmp_path: Path, circle: tuple[int, ...]
) -> None:
    def bend(posts: list[dict[str, Any]]) -> None:
        for child, parent in zip(circle, [*circle[1:], circle[0]], strict=True):
            posts[child]["parent_id"] = posts[parent]["id"]

    path = forged(parts[0], tmp_path / "forged.zip", with_posts(bend))
    assert importing.import_account([path], to=bob).posts == 4
    for post in Post.objects.owned_by(bob).exclude(parent=None):
        assert post.root_id <= post.parent_id < post.pk
    outbox.run()
    assert invariants.broken() == []


def test_what_was_in_the_trash_is_not_purged_on_arrival(
    alice: User, bob: User, library: dict[str, Any], tmp_path: Path
) -> None:
    Post.objects.filter(deleted_at__isnull=False).update(
        deleted_at=timezone.now() - timedelta(days=29, hours=23)
    )
    paths = save_parts(export_of(alice), tmp_path)
    importing.import_account(paths, to=bob)
    trashed = Post.objects.get(owner=bob, deleted_at__isnull=False)
    assert trashed.deleted_at is not None
    assert timezone.now() - trashed.deleted_at < timedelta(hours=1)
    outbox.run()
    assert trashed.images.get().object.area == "private"


def test_without_room_the_import_stops_and_goes_on_later(bob: User, parts: list[Path]) -> None:
    quota.set_limit(bob, 1500)
    with pytest.raises(quota.QuotaExceededError):
        importing.import_account(parts, to=bob)
    assert Usage.objects.of(bob).bytes_used <= 1500
    quota.set_limit(bob, 0)
    importing.import_account(parts, to=bob)
    outbox.run()
    assert Post.objects.owned_by(bob).count() == 4
    assert invariants.broken() == []


def test_a_server_without_room_stops_the_import_and_it_is_said(
    bob: User, parts: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(objects, "put", full)
        with pytest.raises(CommandError, match=r"Stopped: .*No space left.*run it again"):
            call_command("import_account", *map(str, parts), to=bob.email)
    assert importing.import_account(parts, to=bob).posts == 4
    time_passes()
    outbox.run()
    assert invariants.broken() == []


def test_the_command_says_what_came_of_it(
    bob: User, parts: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_account", *map(str, parts), to="BOB@example.com")
    assert (
        "4 posts with 4 pictures, 1 references and 0 conversations imported, 0 were here already."
        in capsys.readouterr().out
    )
    with pytest.raises(CommandError, match="Nobody"):
        call_command("import_account", *map(str, parts), to="nobody@example.com")


def test_a_file_that_is_no_picture_is_named_and_the_rest_comes(
    bob: User, parts: list[Path], tmp_path: Path
) -> None:
    path = forged(
        parts[0],
        tmp_path / "script.zip",
        lambda files: files.update({first_picture(files): b"<script>alert(1)</script>"}),
    )
    tally = importing.import_account([path], to=bob)
    assert (tally.posts, tally.pictures, len(tally.refused)) == (4, 3, 1)
    outbox.run()
    assert invariants.broken() == []
    with pytest.raises(CommandError, match="1 files were not imported"):
        call_command("import_account", str(path), "--to", "alice@example.com")


def test_pictures_of_an_import_carry_the_mark(bob: User, parts: list[Path], tmp_path: Path) -> None:
    path = forged(
        parts[0],
        tmp_path / "bare.zip",
        lambda files: files.update({first_picture(files): picture_bytes()}),
    )
    importing.import_account([path], to=bob)
    for image in GeneratedImage.objects.filter(owner=bob).select_related("object"):
        data = objects.read_if_complete(image.object)
        assert data is not None
        assert b"digitalsourcetype/" in data


def test_a_foreign_account_cannot_be_linked_to(
    alice: User, bob: User, parts: list[Path], tmp_path: Path
) -> None:
    """Ids in the archive are ids of there: they lead to nothing of anybody else here."""
    stranger = create_post(alice)
    path = forged(
        parts[0],
        tmp_path / "forged.zip",
        with_posts(lambda posts: posts[0].update(parent_id=stranger.pk, project_id=12345)),
    )
    importing.import_account([path], to=bob)
    assert not Post.objects.filter(owner=bob, parent=stranger).exists()
    assert not Post.objects.filter(owner=bob, parent__owner=alice).exists()
    assert Imported.objects.filter(owner=bob, kind="post").count() == 4
