"""Bugs planted on purpose. A fault test that does not see them proves nothing.

Each is applied to a copy of the project; the tests that guard against it must then fail.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

LEFT_OUT = (
    *(".git", ".venv", ".cache", ".mypy_cache", ".ruff_cache", ".pytest_cache", "__pycache__"),
    *("var", "staticfiles", "node_modules"),
)


class DoesNotApplyError(Exception):
    """The code that the mutant changes is not there (any more)."""


@dataclass(frozen=True)
class Mutant:
    """One bug: what is replaced where, and which tests (pytest's -k) must notice."""

    name: str
    file: str
    code: str
    bug: str
    guards: str

    def apply(self, project: Path) -> None:
        """Plant it in this copy. Raises DoesNotApplyError."""
        path = project / self.file
        text = path.read_text("utf-8")
        if text.count(self.code) != 1:
            raise DoesNotApplyError(f"{self.name}: {self.file} has not once {self.code!r}")
        path.write_text(text.replace(self.code, self.bug), "utf-8")


def copy_project(source: Path, target: Path) -> Path:
    """A copy of the sources, to be mutated."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return target


JOBS = "generation/services/jobs.py"
IMAGES = "generation/services/images.py"
OBJECTS = "gallery/services/objects.py"
OUTBOX = "gallery/services/outbox.py"

MUTANTS = (
    Mutant(
        "no lease token",
        JOBS,
        "pk=job.pk, status=Status.PROCESSING, lease_token=job.lease_token",
        "pk=job.pk, status=Status.PROCESSING",
        "wakes_up_while_another",
    ),
    Mutant(
        "no intent before a paid call",
        JOBS,
        "update_held(job, call_started_at=Now(), call_finished_at=None)",
        "update_held(job, call_finished_at=None)",
        "paid_job_killed_anywhere",
    ),
    Mutant(
        "no unique picture in a slot",
        "gallery/migrations/0001_initial.py",
        'fields=("post", "position"), name="image_post_position"',
        'fields=("id", "post", "position"), name="image_post_position"',
        "refuses_a_second_picture",
    ),
    Mutant(
        "no unique standing job for a slot",
        "generation/migrations/0001_initial.py",
        'fields=("post", "kind", "slot"),\n                        name="job_one_a_slot"',
        'fields=("id", "post", "kind", "slot"),\n                        name="job_one_a_slot"',
        "refuses_a_second_standing_job",
    ),
    Mutant(
        "the outbox does not look again before it deletes",
        OUTBOX,
        "if _is_referenced(obj):",
        "if False:",
        "marked_for_deletion_by_mistake",
    ),
    Mutant(
        "the sweep takes live objects too",
        "gallery/models/objects.py",
        "return self.filter(state=StoredObject.State.WRITING, lease_until__lt=Now())",
        "return self.exclude(state=StoredObject.State.GONE)",
        "may_be_repeated",
    ),
    Mutant(
        "a commit does not ask whether its object was swept",
        OBJECTS,
        "filter(pk=obj.pk, state=StoredObject.State.WRITING).update(\n"
        "        state=StoredObject.State.LIVE, lease_until=None",
        "filter(pk=obj.pk).update(\n"
        "        state=StoredObject.State.LIVE, lease_until=None, gone_at=None",
        "swept_before_its_commit",
    ),
    Mutant(
        "acknowledgements only, no sweep",
        "generation/services/sweep.py",
        "return end_silent(limit=limit) + ring_again(limit=limit)",
        "return 0",
        "paid_job_killed_anywhere",
    ),
    Mutant(
        "bytes before their row",
        IMAGES,
        "    obj = _begin_object(job, developed, answer)\n"
        '    faultpoint("generation.before_put", job.pk)\n',
        "    early = StoredObject(area='public', rendition_widths=sorted(developed.renditions))\n"
        "    early.key = f'generated/{job.post.owner_id}/early-{job.pk}-{job.attempts}.jpg'\n"
        "    objects.put(early, developed.data, developed.renditions)\n"
        '    faultpoint("generation.before_put", job.pk)\n'
        "    obj = _begin_object(job, developed, answer)\n"
        "    for key in early.all_keys:\n"
        "        objects.storage_of(early).delete(key)\n",
        "may_be_repeated",
    ),
    Mutant(
        "a failed job forgets the object it was writing",
        JOBS,
        "        if job.output_id:\n            objects.discard(job.output_id)\n",
        "",
        "paid_job_killed_anywhere",
    ),
    Mutant(
        "what a zombie wrote is not taken back",
        IMAGES,
        "        objects.retract(job.output_id)\n",
        "        objects.discard(job.output_id)\n",
        "wakes_up_after and before_put",
    ),
    Mutant(
        "a stored picture is not adopted",
        IMAGES,
        "    if obj is None or obj.state != StoredObject.State.WRITING:\n",
        "    if True:\n",
        "paid_job_killed_anywhere",
    ),
    Mutant(
        "attempts without an end",
        "generation/models/jobs.py",
        "return self.filter(attempts__lt=settings.JOB_MAX_ATTEMPTS).filter(",
        "return self.filter(",
        "kills_its_worker_every_time",
    ),
    Mutant(
        "a worker does not notice that its job was canceled",
        "generation/services/heartbeat.py",
        "signal.pthread_kill(self._main.ident, signal.SIGUSR2)",
        "pass",
        "calls_that_hang",
    ),
    Mutant(
        "every click on Try again makes a job",
        "generation/services/studio.py",
        "if latest is None or latest.status != GenerationJob.Status.FAILED:",
        "if latest is None:",
        "many_clicks",
    ),
)
