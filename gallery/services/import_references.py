"""References of an export become references here, through the gate like every upload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gallery.imaging.formats import ImageRefused
from gallery.imaging.gate import admit
from gallery.models import Imported, ReferenceImage
from gallery.services import objects, quota
from gallery.services.import_files import ExportArchive
from gallery.services.import_memory import Memory
from gallery.services.import_records import keep_times, row_of
from gallery.services.import_tally import Tally
from gallery.services.references import begin_object
from pixelstream.faultpoints import faultpoint

FIELDS = ("filename", "kept")


def import_one(
    archive: ExportArchive, record: Mapping[str, Any], memory: Memory, tally: Tally
) -> None:
    """Make the reference of a record, unless it is here. Raises QuotaExceededError, OSError."""
    source_id, to = record["id"], memory.owner
    if memory.local_id(Imported.Kind.REFERENCE, source_id):
        tally.known += 1
        return
    name = record["file"]
    if not archive.holds(name):
        tally.refused.append(f"{name}: was missing at the export")
        return
    try:
        # As every upload: decoded in a child process, and what is kept is of our making.
        admitted = admit(archive.file(name))
    except ImageRefused as error:
        tally.refused.append(f"{name}: {error}")
        return
    obj = begin_object(to, admitted)
    try:
        objects.put(obj, admitted.data, admitted.renditions)
        with quota.counting(within_limit=True):
            reference = row_of(ReferenceImage, record, FIELDS)
            reference.owner, reference.object = to, obj
            reference.width, reference.height = admitted.width, admitted.height
            reference.dominant_colour = admitted.dominant_colour
            objects.make_live(obj)
            reference.save()
            keep_times(reference, record, "created_at")
            memory.remember(Imported.Kind.REFERENCE, source_id, reference.pk)
            faultpoint("import.before_commit", source_id)
    except BaseException:
        objects.retract(obj.pk)
        raise
    tally.references += 1
