"""People go on working while a backup is made, and are forgotten for good if they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from gallery.models import AccountErasure, Post, StoredObject
from gallery.services import outbox, trash
from gallery.services.remains import is_erased
from pixelstream import invariants, local
from pixelstream.accounts.models import User
from pixelstream.backups import making, manifests
from pixelstream.backups.folders import Folder
from tests.factories import create_post, create_user
from tests.pixelstream.backups.world import (
    backup,
    destroy,
    everything,
    objects,
    people_and_their_things,
    restore,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], Any]], None]:
    """Something happens at a place in the middle of the next backup."""
    planned: dict[str, Callable[[], Any]] = {}

    def at(name: str, *_entity: object) -> None:
        if action := planned.pop(name, None):
            action()

    monkeypatch.setattr(making, "faultpoint", at)

    def plan(place: str, action: Callable[[], Any]) -> None:
        planned[f"backup.{place}"] = action

    return plan


def test_what_is_made_between_the_passes_is_in_the_backup(
    folder: Path, alice: User, meanwhile: Any
) -> None:
    create_post(alice)
    meanwhile("after_objects", lambda: create_post(alice))

    backup(folder)

    before = everything()
    destroy()
    restore(folder)
    assert everything() == before


def test_what_is_made_after_the_dump_is_not_but_all_that_the_dump_names_is(
    folder: Path, alice: User, meanwhile: Any
) -> None:
    create_post(alice)
    before = everything()
    meanwhile("after_dump", lambda: create_post(alice))

    backup(folder)

    destroy()
    restore(folder)
    assert everything() == before


def test_what_was_made_and_then_moved_is_found_under_its_new_key(
    folder: Path, alice: User, meanwhile: Any
) -> None:
    made: list[Post] = []

    def move_away() -> None:
        trash.trash(owner=alice, ids=[made[0].pk])
        outbox.run()

    meanwhile("after_objects", lambda: made.append(create_post(alice)))
    meanwhile("after_dump", move_away)
    backup(folder)
    assert made[0].images.get().object.area == "private"

    destroy()
    restore(folder)

    shown = made[0].images.get().object
    assert shown.area == "public"
    assert storages["public"].exists(shown.key)
    assert invariants.broken() == []


def test_what_was_made_and_then_deleted_is_listed(
    folder: Path, alice: User, meanwhile: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[Post] = []

    def delete() -> None:
        key = made[0].images.get().object.key
        StoredObject.objects.filter(key=key).update(state=StoredObject.State.DELETING)
        storages["public"].delete(key)

    meanwhile("after_objects", lambda: made.append(create_post(alice)))
    meanwhile("after_dump", delete)

    backup(folder)

    key = made[0].images.get().object.key
    assert "1 objects were deleted while it was made." in capsys.readouterr().out
    destroy()
    with pytest.raises(CommandError, match="differs"):
        restore(folder)
    said = capsys.readouterr().out
    assert f"The backup has no bytes of public/{key}" in said
    assert "doctor: B1:" in said


def test_a_live_object_without_bytes_makes_the_backup_say_so(
    folder: Path, alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = create_post(alice).images.get().object
    create_post(alice)
    storages["public"].delete(lost.key)

    with pytest.raises(CommandError, match="1 live objects are not in storage"):
        backup(folder)

    assert f"public/{lost.key}" in capsys.readouterr().err
    assert manifests.read(Folder(folder).newest()).missing == 1


def test_old_backups_go_with_the_objects_that_no_backup_needs(folder: Path, alice: User) -> None:
    old = create_post(alice)
    key = old.images.get().object.key
    backup(folder)
    trash.trash(owner=alice, ids=[old.pk])
    outbox.run()  # to the private area, under another key

    backup(folder)
    assert (folder / "objects/public" / key).exists()
    backup(folder, keep=1)

    assert not (folder / "objects/public" / key).exists()
    assert len(Folder(folder).runs()) == 1
    before = everything()
    destroy()
    restore(folder)
    assert everything() == before


@pytest.mark.parametrize("known_by", ["a later backup", "the database that is replaced"])
def test_who_was_erased_after_the_backup_is_erased_again(
    folder: Path, known_by: str, capsys: pytest.CaptureFixture[str]
) -> None:
    create_user("sam@example.com", is_staff=True, is_superuser=True)
    gone, stays = people_and_their_things(2)
    backup(folder)
    oldest = Folder(folder).newest().name
    call_command("erase_accounts", now=gone.email)
    if known_by == "a later backup":
        backup(folder)
        destroy()

    restore(folder, run=oldest, yes=True)

    assert "1 people are erased again." in capsys.readouterr().out
    gone.refresh_from_db()
    assert is_erased(gone)
    assert not Post.objects.filter(owner=gone).exists()
    assert Post.objects.filter(owner=stays).exists()
    assert AccountErasure.objects.get().finished_at is not None
    assert not (settings.DATA_DIR / "erased-again.json").exists()


def test_who_has_the_number_of_an_erased_person_by_chance_is_spared(folder: Path) -> None:
    create_user("sam@example.com", is_staff=True, is_superuser=True)
    (gone,) = people_and_their_things(1)
    backup(folder)
    call_command("erase_accounts", now=gone.email)
    restore(folder, yes=True)  # the database goes back, and knows the erasure again
    gone.refresh_from_db()
    asked = AccountErasure.objects.get().requested_at
    AccountErasure.objects.all().delete()
    User.objects.filter(pk=gone.pk).update(
        email="new@example.com", date_joined=asked.replace(year=asked.year + 1), is_active=True
    )
    backup(folder)
    rewritten = Folder(folder).newest()
    manifest = manifests.read(rewritten)
    manifests.write(
        rewritten,
        manifests.Manifest(
            **{**vars(manifest), "erased": [(gone.pk, asked.isoformat())]},
        ),
    )

    restore(folder, yes=True)

    gone.refresh_from_db()
    assert gone.email == "new@example.com"


def test_secrets_are_in_the_backup_only_where_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create_user("alice@example.com")
    secrets = settings.DATA_DIR / local.SECRETS_FILE
    try:
        with pytest.raises(CommandError, match=r"There is no .*secrets\.env"):
            backup(folder, with_secrets=True)
        assert Folder(folder).runs() == [], "half of one is taken away again"
        secrets.write_text("SECRET_KEY=the-first\n")
        backup(folder)
        assert "are not in this backup: keep them elsewhere" in capsys.readouterr().out
        assert not list(folder.rglob("secrets.env"))

        backup(folder, with_secrets=True)
        assert "whoever reads it can sign in as anybody" in capsys.readouterr().out
        (kept,) = folder.rglob("secrets.env")
        assert kept.stat().st_mode & 0o077 == 0
        secrets.write_text("SECRET_KEY=the-second\n")
        restore(folder, yes=True)

        assert secrets.read_text() == "SECRET_KEY=the-first\n"
        (before,) = settings.DATA_DIR.glob("secrets.env.before-*")
        assert before.read_text() == "SECRET_KEY=the-second\n"
    finally:
        for path in settings.DATA_DIR.glob("secrets.env*"):
            path.unlink()


def test_a_restore_says_which_encryption_key_is_lacking(
    folder: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    create_user("alice@example.com")
    backup(folder)
    settings.FIELD_ENCRYPTION_KEYS = "2:" + "A" * 43 + "="

    restore(folder, yes=True)

    assert "has not the key 1 that the backup was made with" in capsys.readouterr().out


def test_nobody_else_can_read_a_backup(folder: Path, alice: User) -> None:
    create_post(alice)
    backup(folder)
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]
    assert objects()
    assert len(files) > len(objects())
    assert {path.stat().st_mode & 0o077 for path in files} == {0}
    assert folder.stat().st_mode & 0o077 == 0
