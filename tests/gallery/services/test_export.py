"""Taking everything along, and bringing it to another installation."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from gallery.models import (
    AccountExport,
    AuditEvent,
    ChatMessage,
    ExportPart,
    GeneratedImage,
    Imported,
    Installation,
    Post,
    Project,
    ReferenceImage,
    StoredObject,
    Usage,
)
from gallery.services import (
    deletion,
    downloads,
    export_files,
    exporting,
    import_files,
    importing,
    objects,
    outbox,
    quota,
    recount,
    trash,
)
from gallery.services.downloads import Metadata
from gallery.services.import_files import BrokenArchiveError
from pixelstream import invariants
from pixelstream.accounts.models import User
from pixelstream.faultpoints import InjectedFaultError
from tests.factories import create_post, create_project, create_reference

pytestmark = pytest.mark.django_db(transaction=True)

BUILDING = ("export.after_build", "export.before_put", "export.after_put", "export.before_commit")
LONG_AGO = parse_datetime("2024-02-29T12:34:56.789012+00:00")


@pytest.fixture
def stopped_at(settings: Any) -> Iterator[Callable[[str], None]]:
    """Let the process fail once at a place; `""` lets it run."""
    marks = settings.DATA_DIR / "faultpoints"

    def plan(place: str) -> None:
        shutil.rmtree(marks, ignore_errors=True)
        settings.FAULTPOINTS = f"{place}=raise" if place else ""

    yield plan
    shutil.rmtree(marks, ignore_errors=True)


@pytest.fixture
def library(alice: User) -> dict[str, Any]:
    """A bit of everything: a project, references, a family, a conversation, trash, a failure."""
    project = create_project(alice)
    reference = create_reference(alice, kept=True)
    first = create_post(
        alice,
        images=2,
        project=project,
        visibility="public",
        prompt='a lighthouse, "quoted" & <tagged> \u2014 ção \U0001f30a',
        download_count=7,
    )
    message = first.messages.create(role="user", text="a lighthouse", snapshot={"seed": 5})
    message.attachments.set([reference])
    first.messages.create(role="assistant", text="Last light.", duration_ms=900)
    child = create_post(alice, parent=first, caption="Darker.", seed=42, cover_position=0)
    trashed = create_post(alice, parent=child, caption="Too dark.")
    failed = create_post(alice, images=0, status=Post.Status.FAILED, caption="")
    Post.objects.filter(pk=first.pk).update(created_at=LONG_AGO)
    GeneratedImage.objects.filter(post=first).update(created_at=LONG_AGO, cost="0.040000")
    ChatMessage.objects.filter(pk=message.pk).update(created_at=LONG_AGO)
    trash.trash(owner=alice, ids=[trashed.pk])
    outbox.run()
    return {
        "project": project,
        "reference": reference,
        "first": first,
        "child": child,
        "trashed": trashed,
        "failed": failed,
    }


def export_of(person: User) -> AccountExport:
    """Asked for, and made to its end."""
    export = exporting.begin(person)
    while AccountExport.objects.unfinished().filter(pk=export.pk).exists():
        exporting.carry_out(export.pk)
    export.refresh_from_db()
    return export


def save_parts(export: AccountExport, folder: Path) -> list[Path]:
    """As the person downloads them."""
    paths = []
    for part in export.parts.all():
        path = folder / part.filename
        with objects.storage_of(part.object).open(part.object.key) as stored:
            path.write_bytes(stored.read())
        paths.append(path)
    return paths


def read(path: Path, name: str) -> Any:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(name))


def as_elsewhere() -> None:
    """What is imported from now on comes from another installation."""
    Installation.objects.update(identifier=uuid4())


def time_passes() -> None:
    past = Now() - timedelta(seconds=1)
    StoredObject.objects.filter(lease_until__isnull=False).update(lease_until=past)
    StoredObject.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=past)
    AccountExport.objects.filter(lease_until__isnull=False).update(lease_until=past)


# --- making it


def test_an_export_holds_every_file_with_its_size_and_digest(
    alice: User, library: dict[str, Any], tmp_path: Path
) -> None:
    export = export_of(alice)
    (path,) = save_parts(export, tmp_path)
    manifest = read(path, "manifest.json")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        listed = {entry["name"]: entry for entry in manifest["files"]}
        assert {*listed, "manifest.json"} == set(archive.namelist())
        for name, entry in listed.items():
            data = archive.read(name)
            assert (len(data), hashlib.sha256(data).hexdigest()) == (entry["size"], entry["sha256"])
    assert (manifest["version"], manifest["part"], manifest["is_last"]) == (2, 1, True)
    assert manifest["missing"] == []
    assert (export.done, export.found) == (5, 5)
    assert Installation.objects.get().identifier.hex == manifest["instance"].replace("-", "")


def test_pictures_are_what_downloads_give(
    alice: User, library: dict[str, Any], tmp_path: Path
) -> None:
    (path,) = save_parts(export_of(alice), tmp_path)
    posts = {post["id"]: post for post in read(path, "posts.json")}
    with zipfile.ZipFile(path) as archive:
        for image in GeneratedImage.objects.select_related("object", "post"):
            record = posts[image.post_id]["images"][image.position]
            data = archive.read(record["file"])
            assert data == downloads.picture_file(image, Metadata.FULL)
            assert b"digitalsourcetype/" in data


def test_every_column_is_in_it(alice: User, library: dict[str, Any], tmp_path: Path) -> None:
    (path,) = save_parts(export_of(alice), tmp_path)
    posts = {post["id"]: post for post in read(path, "posts.json")}
    first = posts[library["first"].pk]
    assert {field.attname for field in Post._meta.concrete_fields} - {"owner_id"} <= set(first)
    images = {field.attname for field in GeneratedImage._meta.concrete_fields}
    assert images - {"owner_id", "object_id", "post_id"} <= set(first["images"][0])
    messages = {field.attname for field in ChatMessage._meta.concrete_fields}
    assert messages - {"post_id"} <= set(first["messages"][0])
    assert parse_datetime(first["created_at"]) == LONG_AGO
    assert first["prompt"] == library["first"].prompt
    assert first["visibility"] == "public"
    assert first["images"][0]["cost"] == "0.040000"
    assert first["messages"][0]["attachments"] == [library["reference"].pk]
    assert posts[library["child"].pk]["parent_id"] == library["first"].pk
    assert [post["is_in_trash"] for post in posts.values()] == [False, False, True, False]
    account = read(path, "account.json")
    assert (account["email"], account["projects"][0]["name"]) == ("alice@example.com", "Farol")
    assert "password" not in account


def test_nothing_of_anybody_else_is_in_it(
    alice: User, bob: User, library: dict[str, Any], tmp_path: Path
) -> None:
    create_post(bob, caption="Bob's own.")
    create_reference(bob)
    (path,) = save_parts(export_of(alice), tmp_path)
    assert "Bob" not in json.dumps(read(path, "posts.json"))
    assert len(read(path, "references.json")) == 1


def test_an_account_without_anything_has_an_export_too(alice: User, tmp_path: Path) -> None:
    (path,) = save_parts(export_of(alice), tmp_path)
    assert read(path, "posts.json") == read(path, "references.json") == []


def test_large_accounts_are_split_and_no_part_is_larger_than_said(
    alice: User, library: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_files, "END_ROOM", 2048)
    monkeypatch.setattr(export_files, "PART_BYTES", 25_000)
    export = export_of(alice)
    paths = save_parts(export, tmp_path)
    assert len(paths) > 1
    assert all(path.stat().st_size <= 25_000 for path in paths)
    ids = [post["id"] for path in paths for post in read(path, "posts.json")]
    assert ids == sorted(Post.objects.values_list("pk", flat=True))
    assert [read(path, "manifest.json")["is_last"] for path in paths] == [
        *[False] * (len(paths) - 1),
        True,
    ]
    assert export.done == export.found


def test_a_picture_whose_bytes_are_gone_is_named_and_the_rest_is_there(
    alice: User, library: dict[str, Any], tmp_path: Path
) -> None:
    lost = library["child"].images.get()
    lost.refresh_from_db()
    objects.storage_of(lost.object).delete(lost.object.key)
    (path,) = save_parts(export_of(alice), tmp_path)
    manifest = read(path, "manifest.json")
    assert [one["name"].partition("-")[0] for one in manifest["missing"]] == [
        f"pictures/{library['child'].pk}"
    ]
    assert len([name for name in manifest["files"] if "/" in name["name"]]) == 4


def test_exports_count_to_nobody_and_the_audit_knows_them(
    alice: User, library: dict[str, Any]
) -> None:
    before = Usage.objects.of(alice).bytes_used
    export = export_of(alice)
    (obj,) = [part.object for part in export.parts.all()]
    assert obj.key.startswith(f"export/{alice.pk}/")
    assert (obj.area, obj.state, obj.owner_id) == ("private", "live", None)
    assert Usage.objects.of(alice).bytes_used == before
    assert list(recount.drifts()) == []
    assert invariants.broken() == []


def test_the_person_is_told_once(alice: User, library: dict[str, Any]) -> None:
    User.objects.filter(pk=alice.pk).update(language="en")
    export = export_of(alice)
    assert [message.to for message in mail.outbox] == [["alice@example.com"]]
    assert "/settings/account/" in mail.outbox[0].body
    assert not exporting.tell(export.pk)
    assert exporting.tell_who_was_not() == 0
    assert len(mail.outbox) == 1


def test_a_mail_that_fails_is_tried_again(
    alice: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    export = export_of(alice)
    assert export.told_at is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert exporting.tell_who_was_not() == 1


def test_asked_for_twice_it_is_one(alice: User) -> None:
    assert exporting.begin(alice).pk == exporting.begin(alice).pk


def test_a_new_export_takes_the_place_of_the_old_one(alice: User, library: dict[str, Any]) -> None:
    old = export_of(alice)
    old_object = old.parts.get().object
    new = export_of(alice)
    assert AccountExport.objects.get().pk == new.pk != old.pk
    outbox.run()
    old_object.refresh_from_db()
    assert old_object.state == "gone"
    assert AuditEvent.objects.filter(action="export.delete").get().counts["parts"] == 1
    assert invariants.broken() == []


def test_an_export_is_deleted_after_a_week(alice: User, library: dict[str, Any]) -> None:
    export = export_of(alice)
    AccountExport.objects.update(finished_at=timezone.now() - timedelta(days=6, hours=23))
    assert exporting.delete_expired() == 0
    AccountExport.objects.update(finished_at=timezone.now() - timedelta(days=7, seconds=1))
    assert exporting.delete_expired() == 1
    assert exporting.delete_expired() == 0
    assert not ExportPart.objects.exists()
    outbox.run()
    assert StoredObject.objects.filter(key__startswith="export/", state="gone").count() == 1
    assert not AccountExport.objects.filter(pk=export.pk).exists()


@pytest.mark.parametrize("place", BUILDING)
def test_an_export_stopped_anywhere_is_finished_by_the_next_worker(
    place: str,
    alice: User,
    library: dict[str, Any],
    tmp_path: Path,
    stopped_at: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(export_files, "END_ROOM", 2048)
    monkeypatch.setattr(export_files, "PART_BYTES", 25_000)
    export = exporting.begin(alice)
    stopped_at(place)
    with pytest.raises(InjectedFaultError):
        exporting.carry_out(export.pk)
    assert exporting.unfinished() == [], "it waits a moment before the next try"
    stopped_at("")
    time_passes()
    assert exporting.unfinished() == [export.pk]
    exporting.carry_out(export.pk)
    outbox.run()
    export.refresh_from_db()
    assert export.finished_at is not None
    paths = save_parts(export, tmp_path)
    ids = [post["id"] for path in paths for post in read(path, "posts.json")]
    assert ids == sorted(Post.objects.values_list("pk", flat=True))
    assert [part.number for part in export.parts.all()] == list(range(1, len(paths) + 1))
    assert invariants.broken() == []


def test_two_workers_are_never_at_one_export(alice: User, library: dict[str, Any]) -> None:
    export = exporting.begin(alice)
    held = exporting._claim(export.pk)
    assert held is not None
    assert exporting._claim(export.pk) is None
    exporting.carry_out(export.pk)
    assert not ExportPart.objects.exists()


def test_a_worker_that_lost_its_lease_commits_nothing(
    alice: User, library: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    export = exporting.begin(alice)
    put_file = objects.put_file

    def put_and_lose(*args: Any) -> None:
        put_file(*args)
        AccountExport.objects.update(lease_token=uuid4())

    monkeypatch.setattr(objects, "put_file", put_and_lose)
    exporting.carry_out(export.pk)
    assert not ExportPart.objects.exists()
    outbox.run()
    assert invariants.broken() == []


def test_an_export_that_is_deleted_while_it_is_made_leaves_nothing(
    alice: User, library: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    export = exporting.begin(alice)
    put_file = objects.put_file

    def put_and_delete(*args: Any) -> None:
        put_file(*args)
        exporting.delete(alice)

    monkeypatch.setattr(objects, "put_file", put_and_delete)
    exporting.carry_out(export.pk)
    outbox.run()
    assert not AccountExport.objects.exists()
    assert invariants.broken() == []


def test_a_storage_that_fails_is_tried_again(
    alice: User, library: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise OSError("no space left on device")

    export = exporting.begin(alice)
    with monkeypatch.context() as patched:
        patched.setattr(objects, "put_file", fail)
        exporting.carry_out(export.pk)
    time_passes()
    exporting.carry_out(export.pk)
    export.refresh_from_db()
    assert export.finished_at is not None


def test_a_long_export_goes_on_with_the_next_worker(
    alice: User, library: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_A_TIME", -1.0)
    export = exporting.begin(alice)
    rounds = 0
    while exporting.unfinished() and rounds < 20:
        exporting.carry_out(export.pk)
        rounds += 1
    export.refresh_from_db()
    assert export.finished_at is not None
    assert rounds == export.parts.count() > 2
    assert export.done == export.found


# --- the way back


@pytest.fixture
def parts(alice: User, library: dict[str, Any], tmp_path: Path) -> list[Path]:
    """The export of another installation."""
    paths = save_parts(export_of(alice), tmp_path)
    as_elsewhere()
    return paths


def facts_of(person: User) -> list[Any]:
    """What an import has to bring back, by the order of posts."""
    posts = list(Post.objects.owned_by(person).order_by("pk"))
    places = {post.pk: place for place, post in enumerate(posts)}
    facts = []
    for post in posts:
        images = post.images.select_related("object").order_by("position")
        facts.append(
            {
                "post": [getattr(post, name) for name in importing.POST_FIELDS],
                "times": (post.created_at, post.updated_at),
                "project": post.project and post.project.name,
                "parent": places.get(post.parent_id),
                "trashed": post.deleted_at is not None,
                "images": [
                    (
                        [getattr(image, name) for name in importing.IMAGE_FIELDS],
                        (image.width, image.height),
                        image.created_at,
                        downloads.picture_file(image, Metadata.FULL),
                    )
                    for image in images
                ],
                "messages": [
                    (
                        [getattr(message, name) for name in importing.MESSAGE_FIELDS],
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


def in_small_parts(
    person: User, folder: Path, monkeypatch: pytest.MonkeyPatch, size: int = 25_000
) -> list[Path]:
    """An export of another installation in several parts."""
    monkeypatch.setattr(export_files, "END_ROOM", 2048)
    monkeypatch.setattr(export_files, "PART_BYTES", size)
    paths = save_parts(export_of(person), folder)
    as_elsewhere()
    assert len(paths) > 1
    return paths


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


# --- archives that somebody made up

Change = Callable[[dict[str, bytes]], None]


def forged(
    path: Path,
    target: Path,
    change: Change,
    *,
    keeps_manifest: bool = False,
    manifest_change: Callable[[dict[str, Any]], None] = lambda manifest: None,
) -> Path:
    """The archive with other files; the manifest follows them unless it is kept."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    change(files)
    manifest_change(manifest)
    if not keeps_manifest:
        manifest["files"] = [
            {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in files.items()
        ]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", json.dumps(manifest))
    return target


def with_posts(edit: Callable[[list[dict[str, Any]]], None]) -> Change:
    def change(files: dict[str, bytes]) -> None:
        posts = json.loads(files["posts.json"])
        edit(posts)
        files["posts.json"] = json.dumps(posts).encode()

    return change


def first_picture(files: dict[str, bytes]) -> str:
    return next(name for name in files if name.startswith("pictures/"))


def with_text(name: str, text: bytes) -> Change:
    return lambda files: files.update({name: text})


def without(name: str) -> Change:
    def change(files: dict[str, bytes]) -> None:
        del files[name]

    return change


HOSTILE: dict[str, Change] = {
    "climbs up": lambda files: files.update({"../evil.jpg": b"x"}),
    "climbs up inside": lambda files: files.update({"pictures/../../evil.jpg": b"x"}),
    "absolute": lambda files: files.update({"/etc/cron.d/evil": b"x"}),
    "windows": lambda files: files.update({"C:\\evil.jpg": b"x"}),
    "hidden": lambda files: files.update({"pictures/.htaccess": b"x"}),
    "a folder": lambda files: files.update({"pictures/": b""}),
    "deep": lambda files: files.update({"pictures/a/b.jpg": b"x"}),
    "no posts": without("posts.json"),
    "posts are no list": with_text("posts.json", b"{}"),
    "posts are no json": with_text("posts.json", b"[{"),
    "posts are not utf-8": with_text("posts.json", b"[\xff]"),
    "posts are numbers": with_text("posts.json", b"[1]"),
    "deep json": with_text("posts.json", b"[" * 200_000),
    "a huge number": with_text("posts.json", b"[" + b"9" * 10_000 + b"]"),
    "no number": with_text("posts.json", b"[NaN]"),
    "an id that is text": with_posts(lambda posts: posts[0].update(id="1")),
    "an id that is true": with_posts(lambda posts: posts[0].update(id=True)),
    "an endless id": with_posts(lambda posts: posts[0].update(id=2**70)),
    "no id": with_posts(lambda posts: posts[0].pop("id")),
    "an unknown status": with_posts(lambda posts: posts[0].update(status="burning")),
    "a ratio of nothing": with_posts(lambda posts: posts[0].update(aspect_ratio="1:0")),
    "a time of nowhere": with_posts(lambda posts: posts[0].update(created_at="2024-01-01")),
    "a time that is no time": with_posts(lambda posts: posts[0].update(created_at="now")),
    "a time that is a number": with_posts(lambda posts: posts[0].update(created_at=5)),
    "a nul": with_posts(lambda posts: posts[0].update(caption="a\x00b")),
    "half a letter": with_posts(lambda posts: posts[0].update(caption="\ud800")),
    "no prompt": with_posts(lambda posts: posts[0].update(prompt=None)),
    "an endless seed": with_posts(lambda posts: posts[0].update(seed=2**80)),
    "images are text": with_posts(lambda posts: posts[0].update(images="abc")),
    "settings are a list": with_posts(lambda posts: posts[0]["images"][0].update(params=[1])),
    "a long name": with_posts(lambda posts: posts[0]["images"][0].update(filename="a" * 201)),
    "a low place": with_posts(lambda posts: posts[0]["images"][0].update(position=-1)),
    "two in one place": with_posts(lambda posts: posts[0]["images"][1].update(position=0)),
    "a strange role": with_posts(lambda posts: posts[0]["messages"][0].update(role="root")),
    "attached text": with_posts(lambda posts: posts[0]["messages"][0].update(attachments=["1"])),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_whole(
    name: str, bob: User, parts: list[Path], tmp_path: Path
) -> None:
    path = forged(parts[0], tmp_path / "forged.zip", HOSTILE[name])
    with pytest.raises(BrokenArchiveError):
        importing.import_account([path], to=bob)
    assert not Post.objects.owned_by(bob).exists()
    assert not StoredObject.objects.filter(owner=bob).exists()
    assert not (tmp_path / "evil.jpg").exists()


MISMATCHES: dict[str, Change] = {
    "another byte": lambda files: files.update({first_picture(files): b"other"}),
    "one more": lambda files: files.update({"pictures/9-1_more.jpg": b"x"}),
    "one less": lambda files: files.pop(first_picture(files)) and None,
}


@pytest.mark.parametrize("name", MISMATCHES)
def test_what_the_manifest_does_not_say_is_refused(
    name: str, bob: User, parts: list[Path], tmp_path: Path
) -> None:
    path = forged(parts[0], tmp_path / "forged.zip", MISMATCHES[name], keeps_manifest=True)
    with pytest.raises(BrokenArchiveError):
        importing.import_account([path], to=bob)
    assert not Post.objects.owned_by(bob).exists()


@pytest.mark.parametrize(
    "manifest",
    [b"", b"[]", b'{"format": "other"}', b'{"format": "pixelstream-export", "version": 99}'],
)
def test_other_archives_are_refused(manifest: bytes, bob: User, tmp_path: Path) -> None:
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", manifest)
    with pytest.raises(BrokenArchiveError):
        importing.import_account([path], to=bob)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip" * 1000])
def test_what_is_no_archive_is_refused(content: bytes, bob: User, tmp_path: Path) -> None:
    path = tmp_path / "broken.zip"
    path.write_bytes(content)
    with pytest.raises(BrokenArchiveError):
        importing.import_account([path], to=bob)


def test_a_bomb_is_refused_before_it_is_unpacked(
    bob: User, parts: list[Path], tmp_path: Path
) -> None:
    big = bytes(import_files.MAX_PICTURE + 1)
    path = forged(
        parts[0], tmp_path / "bomb.zip", lambda files: files.update({first_picture(files): big})
    )
    assert path.stat().st_size < 200_000
    with pytest.raises(BrokenArchiveError, match="too large"):
        importing.import_account([path], to=bob)


def test_many_small_bombs_are_one_bomb(
    bob: User, parts: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_files, "MAX_TOTAL", 100_000)

    def change(files: dict[str, bytes]) -> None:
        files.update({f"pictures/9-{n}_zeros.jpg": bytes(20_000) for n in range(10)})

    path = forged(parts[0], tmp_path / "bomb.zip", change)
    with pytest.raises(BrokenArchiveError, match="too many"):
        importing.import_account([path], to=bob)


def test_a_bomb_that_lies_about_its_size_is_refused(
    bob: User, parts: list[Path], tmp_path: Path
) -> None:
    path = forged(
        parts[0],
        tmp_path / "liar.zip",
        lambda files: files.update({first_picture(files): bytes(1_000_000)}),
    )
    # Both headers of the file say 10 bytes.
    data = path.read_bytes().replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(data)
    with pytest.raises(BrokenArchiveError):
        importing.import_account([path], to=bob)


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
    from tests.factories import picture_bytes

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
