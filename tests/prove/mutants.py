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
    """One bug: which tests (pytest's -k) must notice it, and what is replaced where by what.

    Where two walls stand behind each other, both are torn down: a test cannot see one of them.
    """

    name: str
    guards: str
    edits: tuple[tuple[str, str, str], ...]

    def apply(self, project: Path) -> None:
        """Plant it in this copy. Raises DoesNotApplyError."""
        for file, code, bug in self.edits:
            path = project / file
            text = path.read_text("utf-8")
            if text.count(code) != 1:
                raise DoesNotApplyError(f"{file} has not exactly once: {code!r}")
            path.write_text(text.replace(code, bug), "utf-8")


def copy_project(source: Path, target: Path) -> Path:
    """A copy of the sources, to be mutated."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return target


JOBS = "generation/services/jobs.py"
IMAGES = "generation/services/images.py"
OBJECTS = "gallery/services/objects.py"
OUTBOX = "gallery/services/outbox.py"
CLAIMS = "gallery/services/claims.py"
DELETION = "gallery/services/deletion.py"
TRASH = "gallery/services/trash.py"
RUNNER = "generation/services/runner.py"
EDITING = "generation/services/editing.py"
SHARING = "gallery/services/sharing.py"
CREDITS = "generation/services/credits.py"
WEBHOOKS = "generation/services/webhooks.py"
MESSAGES = "generation/providers/webhooks/messages.py"

MODEL_OF_JOBS = "generation/models/jobs.py"

NO_UNIQUE_JOB = (
    "generation/migrations/0001_initial.py",
    'fields=("post", "kind", "slot"),\n                        name="job_one_a_slot"',
    'fields=("id", "post", "kind", "slot"),\n                        name="job_one_a_slot"',
)
NO_UNIQUE_EDIT = (
    "generation/migrations/0003_conversations.py",
    'fields=("turn", "slot"),\n                name="job_one_a_turn_slot"',
    'fields=("id", "turn", "slot"),\n                name="job_one_a_turn_slot"',
)
NOBODY_ASKS_WHETHER_IT_WAS_SWEPT = (
    OBJECTS,
    "filter(pk=obj.pk, state=StoredObject.State.WRITING).update(\n"
    "        state=StoredObject.State.LIVE, lease_until=None",
    "filter(pk=obj.pk).update(\n"
    "        state=StoredObject.State.LIVE, lease_until=None, gone_at=None",
)
NO_SECOND_LOOK = (OUTBOX, "return [obj for obj in claimed if obj.pk in shown]", "return []")

MUTANTS = (
    Mutant(
        "no lease token",
        "wakes_up_while_another",
        (
            (
                JOBS,
                "pk=job.pk, status=Status.PROCESSING, lease_token=job.lease_token",
                "pk=job.pk, status=Status.PROCESSING",
            ),
        ),
    ),
    Mutant(
        "no intent before a paid call",
        "paid_job_killed_anywhere",
        (
            (
                JOBS,
                "update_held(job, call_started_at=Now(), call_finished_at=None)",
                "update_held(job, call_finished_at=None)",
            ),
        ),
    ),
    Mutant(
        "no unique picture in a slot",
        "refuses_a_second_picture",
        (
            (
                "gallery/migrations/0001_initial.py",
                'fields=("post", "position"), name="image_post_position"',
                'fields=("id", "post", "position"), name="image_post_position"',
            ),
        ),
    ),
    Mutant(
        "no unique standing job for a slot",
        "refuses_a_second_standing_job",
        (NO_UNIQUE_JOB,),
    ),
    Mutant(
        "the outbox does not look again before it deletes",
        "marked_for_deletion_by_mistake",
        (NO_SECOND_LOOK,),
    ),
    Mutant(
        "the sweep takes live objects, and nobody looks again",
        "may_be_repeated",
        (
            NO_SECOND_LOOK,
            (
                "gallery/models/objects.py",
                "return self.filter(state=StoredObject.State.WRITING, lease_until__lt=Now())",
                "return self.filter(state=StoredObject.State.LIVE)",
            ),
        ),
    ),
    Mutant(
        "a commit does not ask whether its object was swept",
        "swept_before_its_commit",
        (NOBODY_ASKS_WHETHER_IT_WAS_SWEPT,),
    ),
    Mutant(
        "acknowledgements only, no sweep",
        "paid_job_killed_anywhere",
        (
            (
                "generation/services/sweep.py",
                "swept = end_silent(limit=limit) + ring_again(limit=limit)",
                "swept = 0",
            ),
        ),
    ),
    Mutant(
        "bytes before their row",
        "may_be_repeated",
        (
            (
                IMAGES,
                "    obj = _begin_object(job, developed, answered)\n"
                '    faultpoint("generation.before_put", job.pk)\n',
                "    early = StoredObject(area='public')\n"
                "    early.key = f'generated/{job.owner.pk}/early-{job.pk}-{job.attempts}.jpg'\n"
                "    objects.put(early, developed.data, {})\n"
                '    faultpoint("generation.before_put", job.pk)\n'
                "    obj = _begin_object(job, developed, answered)\n"
                "    objects.storage_of(early).delete(early.key)\n",
            ),
        ),
    ),
    Mutant(
        "a failed job forgets the object it was writing",
        "paid_job_killed_anywhere",
        (
            (
                JOBS,
                "        if job.output_id:\n            objects.discard(job.output_id)\n",
                "",
            ),
        ),
    ),
    Mutant(
        "what a zombie wrote is not taken back",
        "bytes_written_after",
        (
            (
                IMAGES,
                "    ).exists():\n        objects.retract(job.output_id)\n",
                "    ).exists():\n        objects.discard(job.output_id)\n",
            ),
        ),
    ),
    Mutant(
        "the outbox does not notice a writer between its two steps",
        "bytes_written_while",
        ((CLAIMS, ", claim__in={row.claim for row in rows}", ""),),
    ),
    Mutant(
        "a stored picture is not adopted",
        "paid_job_killed_anywhere",
        (
            (
                IMAGES,
                "    if obj is None or obj.state != StoredObject.State.WRITING:\n",
                "    if True:\n",
            ),
        ),
    ),
    Mutant(
        "attempts without an end",
        "kills_its_worker_every_time",
        (
            (
                MODEL_OF_JOBS,
                "return self.filter(attempts__lt=settings.JOB_MAX_ATTEMPTS).filter(",
                "return self.filter(",
            ),
            (MODEL_OF_JOBS, "attempts__gte=settings.JOB_MAX_ATTEMPTS", "attempts__gte=1000"),
        ),
    ),
    Mutant(
        "a worker does not notice that its job was canceled",
        "calls_that_hang",
        (
            (
                "generation/services/heartbeat.py",
                "signal.pthread_kill(self._main.ident, signal.SIGUSR2)",
                "pass",
            ),
        ),
    ),
    Mutant(
        "whoever catches everything catches the interruption",
        "calls_that_hang",
        ((JOBS, "class LeaseLostError(BaseException):", "class LeaseLostError(Exception):"),),
    ),
    Mutant(
        "a renewal that comes after the commit is taken for a lost lease",
        "follows_the_commit_of_a_result",
        (
            (
                "generation/services/heartbeat.py",
                "if not jobs.was_taken_away(self._job):",
                "if self._job is None:",
            ),
        ),
    ),
    Mutant(
        "every click on Try again makes a job",
        "many_clicks",
        (
            NO_UNIQUE_JOB,
            (
                "generation/services/studio.py",
                "if latest is None or latest.status != GenerationJob.Status.FAILED:",
                "if latest is None:",
            ),
        ),
    ),
    Mutant(
        "an edit that was canceled is shown all the same",
        "bytes_written_after",
        (
            (
                IMAGES,
                "        jobs.complete(job)\n",
                "        jobs.complete(job) if job.post else GenerationJob.objects.filter(\n"
                "            pk=job.pk).update(status='completed', finished_at=Now(),\n"
                "            lease_token=None, lease_until=None, error_code='')\n",
            ),
            NOBODY_ASKS_WHETHER_IT_WAS_SWEPT,
        ),
    ),
    Mutant(
        "what comes of an edit comes from nothing",
        "many_clicks",
        (
            (
                "generation/services/outputs.py",
                "        parent_id=parent_id,\n        root_id=root_id,\n",
                "",
            ),
        ),
    ),
    Mutant(
        "a turn does not hear how its jobs end",
        "many_clicks",
        (
            (
                "generation/services/targets.py",
                "        turns.refresh_turn(target)\n",
                "        turns.touch(target)\n",
            ),
        ),
    ),
    Mutant(
        "the same message is sent as often as somebody clicks",
        "one_message_sent_many",
        (
            (
                "gallery/migrations/0008_conversations.py",
                'fields=("conversation", "form_key"), name="turn_form_key"',
                'fields=("id", "form_key"), name="turn_form_key"',
            ),
            (
                EDITING,
                "existing = locked.turns.filter(form_key=form_key).first()",
                "existing = None",
            ),
        ),
    ),
    Mutant(
        "every click on Try again makes an edit",
        "many_clicks",
        (
            NO_UNIQUE_EDIT,
            (
                EDITING,
                "if latest is None or latest.status != GenerationJob.Status.FAILED:",
                "if latest is None:",
            ),
        ),
    ),
    Mutant(
        "restoring does not ask how late it is",
        "after_thirty_days_nothing_is_restored",
        (
            (
                "gallery/models/posts.py",
                "owner=user, deleted_at__gt=Now() - settings.TRASH_RETENTION",
                "owner=user, deleted_at__isnull=False",
            ),
        ),
    ),
    Mutant(
        "rows are deleted without their objects",
        "stopped_anywhere",
        ((DELETION, "    objects.release(*object_ids)\n", ""),),
    ),
    Mutant(
        "a copy takes the place although nobody wants it any more",
        "restore_between_the_copy",
        (("gallery/services/moves.py", "    if not replaced:\n", "    if False:\n"),),
    ),
    Mutant(
        "the audit does not look again before it deletes",
        "row_that_came_meanwhile",
        (("gallery/services/storage_audit.py", "if _is_known(key):", "if False:"),),
    ),
    Mutant(
        "the counts of an emptying are written afterwards",
        "counts_what_is_really_gone",
        (
            (
                "gallery/services/emptying.py",
                'deleted_posts=F("deleted_posts") + step.total',
                'deleted_posts=F("deleted_posts") + 0 * step.total',
            ),
        ),
    ),
    Mutant(
        "an emptying forgets the conversations that it deleted",
        "middle_of_conversations",
        (
            (
                "gallery/services/emptying.py",
                'deleted_conversations=F("deleted_conversations") + step.conversations',
                'deleted_conversations=F("deleted_conversations") + 0 * step.conversations',
            ),
        ),
    ),
    Mutant(
        "bytes go before their rows",
        "stopped_anywhere",
        (
            (
                DELETION,
                "    objects.release(*object_ids)\n",
                "    objects.release(*object_ids)\n"
                "    from gallery.services import outbox\n"
                "    outbox.drain()\n",
            ),
        ),
    ),
    Mutant(
        "what may be deleted is not asked again under the lock",
        "restored_at_the_last_moment",
        (
            (
                DELETION,
                "    chosen = posts.filter(pk__in=list(dict.fromkeys(ids)))\n",
                "    found = list(posts.filter(pk__in=list(ids)).values_list('pk', flat=True))\n"
                "    chosen = Post.objects.filter(pk__in=found)\n",
            ),
        ),
    ),
    Mutant(
        "versions of versions stay",
        "everything_below_goes",
        ((DELETION, "        found |= frontier\n", "        found |= frontier\n        break\n"),),
    ),
    Mutant(
        "the purge comes a day early",
        "older_than_thirty_days",
        (
            (
                "gallery/models/posts.py",
                "deleted_at__lte=Now() - settings.TRASH_RETENTION",
                "deleted_at__lte=Now() - settings.TRASH_RETENTION * 29 / 30",
            ),
        ),
    ),
    Mutant(
        "restoring leaves it in the trash",
        "everything_comes_back",
        ((TRASH, "deleted_at=None, updated_at=Now()", "updated_at=Now()"),),
    ),
    Mutant(
        "restored pictures stay private",
        "come_back_under_new_keys",
        (
            (
                TRASH,
                '        moves.follow(moved)\n        _record("post.restore"',
                '        _record("post.restore"',
            ),
        ),
    ),
    Mutant(
        "pictures of what is withdrawn stay public",
        "whatever_happens",
        (
            (
                TRASH,
                '        moves.follow(moved)\n        _record("post.trash"',
                '        _record("post.trash"',
            ),
        ),
    ),
    Mutant(
        "a picture that was made meanwhile is public",
        "withdrawn_meanwhile",
        (
            (
                IMAGES,
                "        moves.follow([post.pk])  # others may not see it any more, or its owner\n",
                "",
            ),
        ),
    ),
    Mutant(
        "what is deleted goes on counting",
        "gives_back_what_it_deletes",
        ((OBJECTS, "    quota.count(freed)\n", ""),),
    ),
    Mutant(
        "what was stored for a post that is gone is not taken back",
        "deleted_for_good_while_it_is_made",
        (
            (
                IMAGES,
                "        target = jobs.lock_target(job)\n",
                "        target = targets.lock(job)\n        assert target is not None\n",
            ),
            (
                RUNNER,
                "        _end_broken(job, spec, error)\n        images.drop_output(job)\n",
                "        _end_broken(job, spec, error)\n",
            ),
        ),
    ),
    Mutant(
        "an upload that outlived its lease is not taken back",
        "upload_that_outlives",
        (
            (
                "gallery/services/references.py",
                "# storing took longer than its lease\n        objects.retract(obj.pk)\n",
                "# storing took longer than its lease\n",
            ),
        ),
    ),
    Mutant(
        "a full disk breaks the page",
        "finds_the_disk_full",
        (
            (
                "pixelstream/uploads.py",
                "    except OSError as error:\n",
                "    except EOFError as error:\n",
            ),
        ),
    ),
    Mutant(
        "a new link leaves the pictures where they were",
        "new_link_ends_the_old_one",
        ((SHARING, "    moves.renew([locked.pk])\n    AuditEvent", "    AuditEvent"),),
    ),
    Mutant(
        "an address that was revoked comes back",
        "hidden_meanwhile_and_came_back",
        (
            (
                "gallery/services/moves.py",
                "leaving.filter(is_revoked=True).update(moving_to=PUBLIC, **ANEW)",
                'leaving.filter(is_revoked=True).update(moving_to="", **ANEW)',
            ),
        ),
    ),
    Mutant(
        "the posts of somebody who is suspended stay",
        "public_posts_are_gone_at_once",
        (("gallery/models/posts.py", "            owner__is_active=True,\n", ""),),
    ),
    Mutant(
        "the pictures of somebody who is suspended stay",
        "public_posts_are_gone_at_once",
        (
            (
                "gallery/services/suspension.py",
                "suspended_reason=reason, bytes_to_follow=True",
                "suspended_reason=reason, bytes_to_follow=False",
            ),
        ),
    ),
    Mutant(
        "what the check doubts is listed nevertheless",
        "doubtful_ones_wait_for_an_administrator",
        (
            (
                "gallery/models/posts.py",
                "            .exclude(review=Post.Review.HELD)\n",
                "",
            ),
        ),
    ),
    Mutant(
        "a message with any signature is believed",
        "proves_nothing",
        (
            (
                MESSAGES,
                "if not any(hmac.compare_digest(one, other) for one in given for other in wanted):",
                "if not list(given) or not wanted:",
            ),
        ),
    ),
    Mutant(
        "a message may be as old as it likes",
        "proves_nothing",
        ((MESSAGES, "if abs(received - int(seconds)) > TOLERANCE:", "if int(seconds) < 0:"),),
    ),
    Mutant(
        "a message about one work moves the job of another",
        "proves_nothing",
        (
            (
                WEBHOOKS,
                "if remote_id and event.remote_id != remote_id:",
                "if not event.remote_id:",
            ),
        ),
    ),
    Mutant(
        "the same message is a new event every time",
        "replay_changes_nothing",
        (
            (
                "generation/migrations/0005_webhooks.py",
                'fields=("provider", "event_id"), name="webhook_once"',
                'fields=("id", "provider"), name="webhook_once"',
            ),
        ),
    ),
    Mutant(
        "a message wakes up a job that has ended",
        "after_the_end_nothing",
        (
            (
                JOBS,
                "        pk=pk, status=Status.PENDING, poll_state__isnull=False, "
                "run_after__gt=Now()\n    ),\n"
                '    {"run_after": Now(), "rung_at": Now()},\n',
                "        pk=pk, poll_state__isnull=False\n    ),\n"
                '    {"run_after": Now(), "rung_at": Now()},\n',
            ),
        ),
    ),
    Mutant(
        "what a message says of the work is believed",
        "how_often_and_in_what_order",
        (
            (
                WEBHOOKS,
                "    moved = jobs.poll_now(job_id)\n",
                "    moved = jobs.poll_now(job_id)\n"
                '    if event.status == "failed":\n'
                "        failed = GenerationJob.objects.filter(pk=job_id)\n"
                "        jobs._fail_rows(failed.unfinished(), jobs.ErrorCode.NO_OUTPUT)\n",
            ),
        ),
    ),
    Mutant(
        "a late message gives credits back once more",
        "after_the_end_nothing",
        (
            (
                WEBHOOKS,
                "    moved = jobs.poll_now(job_id)\n",
                "    moved = jobs.poll_now(job_id)\n"
                '    if event.status == "failed":\n'
                "        jobs.credit_service.refund([job_id])\n",
            ),
            (CREDITS, "filter(~Exists(ended), kind=Kind.HOLD,", "filter(kind=Kind.HOLD,"),
            (
                "generation/migrations/0004_credits.py",
                'fields=("job",),\n                name="credit_one_end_a_job"',
                'fields=("id", "job"),\n                name="credit_one_end_a_job"',
            ),
        ),
    ),
    Mutant(
        "what was held for a job that fails is kept",
        "clip_whose_worker_is_killed",
        ((JOBS, "            credit_service.refund([job.pk])\n", "            pass\n"),),
    ),
    Mutant(
        "a job is charged for when its work is taken",
        "clip_whose_worker_is_killed",
        (
            (
                JOBS,
                "    update_held(job, call_started_at=Now(), call_finished_at=None)\n",
                "    update_held(job, call_started_at=Now(), call_finished_at=None)\n"
                "    credit_service.settle(job)\n",
            ),
        ),
    ),
    Mutant(
        "what was uploaded for a clip that fails stays",
        "upload_is_gone_when_its_clip_failed",
        (
            (
                JOBS,
                "        job_references.end_with([job.pk])\n        targets.refresh(target)\n",
                "        targets.refresh(target)\n",
            ),
        ),
    ),
)
