"""What an account got from another installation before, and what that is called here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import models

from gallery.models import EditConversation, Imported, Post, ReferenceImage
from pixelstream.accounts.models import User

Kind = Imported.Kind

_MODELS: dict[Imported.Kind, type[models.Model]] = {
    Kind.POST: Post,
    Kind.REFERENCE: ReferenceImage,
    Kind.CONVERSATION: EditConversation,
}


@dataclass(frozen=True)
class Memory:
    """Of what came to one person from one installation."""

    owner: User
    source: UUID

    def local_id(self, kind: Imported.Kind, source_id: int) -> int | None:
        """What it is called here if it was imported and is still here; what was deleted since is
        forgotten.
        """
        known = self._known(kind, [source_id])
        local_id = known.values_list("local_id", flat=True).first()
        if local_id is None:
            return None
        if _MODELS[kind]._default_manager.filter(pk=local_id, owner=self.owner).exists():
            return local_id
        known.delete()
        return None

    def local_ids(self, kind: Imported.Kind, source_ids: Iterable[int]) -> dict[int, int]:
        """Those that are here, by their ids there."""
        known = dict(self._known(kind, source_ids).values_list("source_id", "local_id"))
        rows = _MODELS[kind]._default_manager.filter(pk__in=known.values(), owner=self.owner)
        here = set(rows.values_list("pk", flat=True))
        return {there: local_id for there, local_id in known.items() if local_id in here}

    def references(self, source_ids: Iterable[int]) -> list[ReferenceImage]:
        """The person's references of these ids there, as far as they came along."""
        local = self.local_ids(Kind.REFERENCE, source_ids)
        return list(ReferenceImage.objects.owned_by(self.owner).filter(pk__in=local.values()))

    def remember(
        self, kind: Imported.Kind, source_id: int, local_id: int, *, parent: int | None = None
    ) -> None:
        """Write it down, in the transaction that makes it."""
        Imported.objects.create(
            owner=self.owner,
            source=self.source,
            kind=kind,
            source_id=source_id,
            source_parent_id=parent,
            local_id=local_id,
        )

    def _known(self, kind: Imported.Kind, source_ids: Iterable[int]) -> models.QuerySet[Imported]:
        return Imported.objects.filter(
            owner=self.owner, source=self.source, kind=kind, source_id__in=list(source_ids)
        )
