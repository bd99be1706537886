"""What belongs to nobody is given to somebody by an administrator, and by nobody else."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from gallery.models import AuditEvent, StoredObject, Usage
from gallery.services import exporting, ownerless
from pixelstream.accounts.models import User
from tests.factories import create_post

pytestmark = pytest.mark.django_db


def orphan(owner: User) -> StoredObject:
    obj = StoredObject.objects.get(image=create_post(owner).images.get())
    StoredObject.objects.filter(pk=obj.pk).update(owner=None)
    return obj


def test_they_are_counted_and_given_to_the_person_that_is_named(alice: User, bob: User) -> None:
    first, second = orphan(alice), orphan(alice)
    create_post(alice)
    output = StringIO()
    call_command("claim_ownerless", stdout=output)
    assert output.getvalue() == "2 objects belong to nobody.\n"
    call_command("claim_ownerless", to="BOB@example.com", stdout=output)
    owners = StoredObject.objects.filter(pk__in=[first.pk, second.pk])
    assert set(owners.values_list("owner", flat=True)) == {bob.pk}
    assert Usage.objects.get(owner=bob).bytes_used == first.size + second.size
    assert AuditEvent.objects.get(action="object.claim").counts["objects"] == 2
    assert ownerless.count() == 0


def test_archives_of_exports_are_nobodys_and_stay_so(alice: User, bob: User) -> None:
    export = exporting.begin(alice)
    exporting.carry_out(export.pk)
    assert export.parts.get().object.owner is None
    assert ownerless.count() == 0
    assert ownerless.claim(owner=bob, limit=10) == 0


def test_what_is_on_its_way_out_is_given_to_nobody(alice: User, bob: User) -> None:
    going = orphan(alice)
    StoredObject.objects.filter(pk=going.pk).update(state=StoredObject.State.DELETING)
    assert ownerless.claim(owner=bob, limit=10) == 0


def test_a_limit_leaves_the_rest(alice: User, bob: User) -> None:
    orphan(alice), orphan(alice)
    assert ownerless.claim(owner=bob, limit=1) == 1
    assert ownerless.count() == 1


def test_nobody_gets_what_is_meant_for_a_stranger() -> None:
    with pytest.raises(CommandError, match="no active person"):
        call_command("claim_ownerless", to="nobody@example.com")
