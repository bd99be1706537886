"""An export of another installation becomes posts, references and conversations of somebody here.

Running it twice imports once, and goes on where it stopped: every post remembers where it comes
from, in the transaction that makes it. What was deleted here since then comes anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

from gallery.models import AuditEvent
from gallery.services import (
    import_conversations,
    import_lineage,
    import_posts,
    import_references,
)
from gallery.services.import_checks import check_records
from gallery.services.import_files import ExportArchive
from gallery.services.import_memory import Memory
from gallery.services.import_tally import Tally
from pixelstream.accounts.models import User


def import_account(paths: Sequence[Path], *, to: User) -> Tally:
    """Import the parts of an export; each may also be given alone, and later.

    All archives are read and checked whole before anything is imported. Raises BrokenArchiveError;
    QuotaExceededError where the person has no room, and OSError where the server has none: what was
    imported until then stays.
    """
    tally = Tally()
    with ExitStack() as opened:
        archives = [opened.enter_context(ExportArchive(path)) for path in paths]
        archives.sort(key=lambda archive: (str(archive.instance), archive.export, archive.number))
        for archive in archives:
            archive.check_files()
            check_records(archive)
        tally.is_complete = _is_complete(archives)
        for archive in archives:
            _import_part(archive, Memory(to, archive.instance), tally)
        for source in {archive.instance for archive in archives}:
            tally.unlinked += import_lineage.link(to, source)
        for archive in archives:
            for record in archive.conversations():
                import_conversations.import_one(record, Memory(to, archive.instance), tally)
    AuditEvent.objects.record(
        "account.import",
        actor=None,
        target=to,
        posts=tally.posts,
        references=tally.references,
        conversations=tally.conversations,
    )
    return tally


def _import_part(archive: ExportArchive, memory: Memory, tally: Tally) -> None:
    """Its projects, references and posts: what all parts have."""
    account, references, posts = archive.texts()
    projects = import_posts.projects_of(account, memory.owner)
    for record in references:
        import_references.import_one(archive, record, memory, tally)
    for record in posts:
        import_posts.import_one(archive, record, memory, projects, tally)


def _is_complete(archives: Sequence[ExportArchive]) -> bool:
    by_export: dict[tuple[UUID, str], list[ExportArchive]] = defaultdict(list)
    for archive in archives:
        by_export[archive.instance, archive.export].append(archive)
    return all(
        [part.number for part in parts] == list(range(1, len(parts) + 1)) and parts[-1].is_last
        for parts in by_export.values()
    )
