"""Real processes around the test's own database, folder and broker, and what they came to.

The test process plays the web: it starts posts through the services and watches the database.
Workers and beats are started as `manage.py up` starts them. What a fault is expected to leave
behind is judged in one place, `Stack.verdict`, from the database, the storage and the vendor's
ledger.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import connection, transaction
from django.db.models import Count
from django.test import override_settings

from gallery.models import EditTurn, GeneratedImage, Post, StoredObject
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from generation.providers.types import Kind
from generation.services import credits as credit_service
from generation.services import editing, studio
from generation.services.studio import Retry
from pixelstream import invariants
from pixelstream.accounts.models import User
from pixelstream.management.commands import up
from pixelstream.supervisor import Program, _die_with_parent
from tests.conftest import BrokerServer
from tests.factories import animate, create_post, film_bytes, start, start_editing
from tests.faults.vendor import videos
from tests.faults.vendor.provider import SPECS, calls, times_asked
from tests.ports import free_port

PROJECT_DIR = Path(__file__).resolve().parents[2]
DEADLINE = float(os.environ.get("FAULTS_DEADLINE", "120"))
"""Seconds after which something counts as never: generous, the machine may be busy."""

THOROUGH = "FAULTS_REPORT" in os.environ
"""Whether `make prove` asks: it has the time for what takes long."""

CONCURRENCY = 4
"""Processes of a worker group."""

POINTS = (
    "after_claim",
    "before_call",
    "after_call",
    "before_put",
    "after_put",
    "before_commit",
    "after_commit",
)
CLIP_POINTS = (
    "after_claim",
    "before_call",
    "after_call",
    "after_accept",
    "before_put",
    "after_put",
    "before_commit",
    "after_commit",
)
CAPTION_POINTS = ("after_claim", "before_call", "after_call", "before_commit", "after_commit")

SECRETS = ("the-new-secret", "the-old-secret")
"""What the vendor of clips signs with: the operator is about to change it."""

Status = GenerationJob.Status
State = StoredObject.State


class NeverHappenedError(AssertionError):
    """What a test waited for did not come within DEADLINE."""


class Running:
    """A program with all its children, as one group that can be killed as a whole."""

    def __init__(
        self, program: Program, log: Path, environment: dict[str, str], cwd: Path = PROJECT_DIR
    ) -> None:
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                program.command,
                cwd=cwd,
                env={**os.environ, **program.env, **environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent(),
            )

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    @property
    def children(self) -> list[int]:
        """The process ids of its children."""
        command = ["pgrep", "-P", str(self.process.pid)]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        return [int(line) for line in found.stdout.split()]

    def kill_group(self) -> None:
        """SIGKILL to the program and all its children at the same moment."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def terminate(self) -> None:
        """The polite end, as at a deployment; returns when it is over."""
        self.process.terminate()
        self.process.wait(timeout=DEADLINE)
        self.kill_group()


@dataclass
class Verdict:
    """What is left of a number of posts after all faults. All lists are empty when all is well."""

    jobs: int = 0
    faults: int = 0
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    paid_twice: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)
    """Seconds from a job's fault to the job's end."""

    @property
    def findings(self) -> list[str]:
        return self.lost + self.duplicated + self.paid_twice + self.orphans + self.broken


class Stack:
    """The application without its web server."""

    def __init__(self, broker: BrokerServer) -> None:
        self.broker = broker
        self.data_dir = Path(settings.DATA_DIR)
        self.plan_file = self.data_dir / "fault-plan"
        self.marks = self.data_dir / "faultpoints"
        self.faults = 0
        self.real_times = False
        self.workers: list[Running] = []
        self.beats: list[Running] = []
        self.webs: list[Running] = []
        self.vendors: list[Running] = []
        self.web_port, self.vendor_port = free_port(), free_port()
        self._started = 0

    # --- processes -----------------------------------------------------------------------

    def ensure_running(self) -> None:
        """One worker group and one beat, whatever the test before did to them."""
        self.workers = [worker for worker in self.workers if worker.is_alive]
        self.beats = [beat for beat in self.beats if beat.is_alive]
        if not self.workers:
            self.start_worker()
        if not self.beats:
            self.start_beat()
        for extra in self.workers[1:] + self.beats[1:]:
            extra.kill_group()
        del self.workers[1:], self.beats[1:]

    def start_worker(self) -> Running:
        with override_settings(WORKER_CONCURRENCY=CONCURRENCY):
            return self._start(up._worker(), self.workers)

    def start_beat(self) -> Running:
        self._started += 1
        folder = self.data_dir / f"beat-{self._started}"
        folder.mkdir()
        return self._start(up._beat(folder), self.beats)

    def stop_workers(self) -> None:
        """Kill -9, all of them with their children."""
        for worker in self.workers:
            worker.kill_group()
        self.workers.clear()

    def stop_beats(self) -> None:
        for beat in self.beats:
            beat.kill_group()
        self.beats.clear()

    def start_calling_back(self) -> None:
        """A vendor that makes clips, and the web server that it calls back."""
        if not self.vendors:
            (self.data_dir / videos.CLIP).write_bytes(film_bytes(seconds=3))
            command = ["-m", videos.__name__, str(self.vendor_port), str(self.data_dir)]
            self._start(Program("vendor", [sys.executable, *command]), self.vendors)
        if not self.webs:
            self.start_web()
        for port in (self.web_port, self.vendor_port):
            self.wait_until(lambda p=port: answers(p), f"a server on port {port}")

    def start_web(self) -> Running:
        with override_settings(PORT=self.web_port):
            return self._start(up._web(), self.webs)

    def stop(self) -> None:
        self.stop_beats()
        self.stop_workers()
        for running in self.webs + self.vendors:
            running.kill_group()
        self.webs.clear()
        self.vendors.clear()

    def _restart_dead(self) -> None:
        """As the supervisor of `manage.py up` does.

        A worker may end when the broker dies while it holds a message: kombu then fails over the
        lost connection (5.7.0: "'NoneType' object has no attribute 'hostname'").
        """
        for group, start_one in (
            (self.workers, self.start_worker),
            (self.beats, self.start_beat),
            (self.webs, self.start_web),
        ):
            for running in [one for one in group if not one.is_alive]:
                group.remove(running)
                running.kill_group()
                start_one()

    def _start(self, program: Program, group: list[Running]) -> Running:
        self._started += 1
        log = self.data_dir / f"{program.name}-{self._started}.log"
        running = Running(program, log, self.environment)
        group.append(running)
        return running

    @property
    def environment(self) -> dict[str, str]:
        """What other processes need to find the database, the folder and the broker of the test."""
        return {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATA_DIR": str(self.data_dir),
            "DATABASE_URL": _database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "FAULTS_REAL_TIMES": str(self.real_times),
            "SITE_URL": f"http://127.0.0.1:{self.web_port}",
            "OPENROUTER_BASE_URL": f"http://127.0.0.1:{self.vendor_port}/api/v1",
            "OPENROUTER_WEBHOOK_SECRET": ",".join(SECRETS),
        }

    def wait_for_late_end(self, job: GenerationJob, *, beyond: int = 0) -> None:
        """Wait until the worker whose job was taken away has tidied up after itself: more than
        `beyond` of them.
        """
        self.wait_until(lambda: self._late_ends(job) > beyond, f"a late end of job {job.pk}")

    def wake(self, zombies: Iterable[int], jobs: Collection[GenerationJob]) -> None:
        """Let frozen workers go on with jobs that were taken away, and wait for their end. On a
        busy machine somebody else may have lost such a job before them, and have said so.
        """
        before = {job: self._late_ends(job) for job in jobs}
        for zombie in zombies:
            os.kill(zombie, signal.SIGCONT)
        for job, ends in before.items():
            self.wait_for_late_end(job, beyond=ends)

    def _late_ends(self, job: GenerationJob) -> int:
        """How often a program said that it lost the job.

        Its heartbeat or the lease stopped it, or the database did. That its heartbeat says so first
        ("is no longer ours") is no end: then it is still at work.
        """
        ends = (f"Job {job.pk} was taken away", f"Job {job.pk} is left to the sweep")
        logs = [log.read_text("utf-8", "replace") for log in self.data_dir.glob("*.log")]
        return sum(log.count(end) for log in logs for end in ends)

    def log_tails(self, lines: int = 40) -> str:
        """The last words of every program, for a failure's report."""
        tails = []
        for log in sorted(self.data_dir.glob("*.log")):
            text = log.read_text("utf-8", "replace").splitlines()[-lines:]
            tails.append("\n".join([f"--- {log.name}", *text]))
        return "\n".join(tails)

    # --- faults --------------------------------------------------------------------------

    def plan(self, **actions: str) -> None:
        """Forget the old plan and make this one: `plan(**{"generation.after_put/3": "kill9"})`."""
        text = ",".join(f"{place}={action}" for place, action in actions.items())
        temporary = self.plan_file.with_suffix(".new")
        temporary.write_text(text, "utf-8")
        temporary.replace(self.plan_file)

    def plan_more(self, place: str, job: GenerationJob, action: str) -> None:
        """Add a fault for one job."""
        text = self.plan_file.read_text("utf-8") if self.plan_file.exists() else ""
        more = f"generation.{place}/{job.pk}={action}"
        temporary = self.plan_file.with_suffix(".new")
        temporary.write_text(f"{text},{more}" if text else more, "utf-8")
        temporary.replace(self.plan_file)

    def mark(self, place: str, job: GenerationJob) -> Path:
        """The file that is there once the fault fired; it holds the process id."""
        return self.marks / f"generation.{place}-{job.pk}"

    def wait_for_fault(self, place: str, job: GenerationJob) -> int:
        """Wait until it fired. Returns the id of the process that it hit."""
        mark = self.mark(place, job)
        self.wait_until(lambda: mark.exists() and mark.read_text(), f"{place} of job {job.pk}")
        return int(mark.read_text())

    def wait_until(self, happened: Callable[[], Any], what: str) -> None:
        """Look again and again until it happened; what dies by itself meanwhile is restarted."""
        deadline = time.monotonic() + DEADLINE
        while not happened():
            self._restart_dead()
            if time.monotonic() > deadline:
                raise NeverHappenedError(f"never: {what}")
            time.sleep(0.1)

    # --- what came of it -----------------------------------------------------------------

    def finish(self) -> Verdict:
        """Wait until everything came to an end and storage was tidied up, then judge."""
        mine = GenerationJob.objects.all()
        late = False
        try:
            self.wait_until(lambda: not mine.unfinished().exists(), "the end of all jobs")
            self.wait_until(lambda: not _untidy().exists(), "the end of all deleting")
        except NeverHappenedError:
            late = True
        verdict = self.verdict(mine)
        self._report(verdict)
        if late:
            print(self.log_tails())
        return verdict

    def verdict(self, mine: Any) -> Verdict:
        marks = self._fault_times()
        verdict = Verdict(jobs=mine.count(), faults=len(marks) + self.faults)
        verdict.lost = [f"lost: {job} in {_phase(job)}" for job in mine.unfinished()]
        verdict.duplicated = (
            [
                f"{row['n']} pictures in slot {row['position']} of post {row['post']}"
                for row in GeneratedImage.objects.values("post", "position")
                .annotate(n=Count("pk"))
                .filter(n__gt=1)
            ]
            + [
                f"{row['n']} pictures in slot {row['turn_slot']} of turn {row['turn']}"
                for row in GeneratedImage.objects.filter(turn__isnull=False)
                .values("turn", "turn_slot")
                .annotate(n=Count("pk"))
                .filter(n__gt=1)
            ]
            + [
                f"{row['n']} standing jobs for {row}"
                for row in GenerationJob.objects.exclude(status=Status.FAILED)
                .order_by()
                .values("post", "turn", "kind", "slot")
                .annotate(n=Count("pk"))
                .filter(n__gt=1)
            ]
        )
        verdict.paid_twice = [
            f"{request} was paid {count} times" for request, count in paid_calls() if count > 1
        ]
        verdict.orphans = [f"orphan: {what}" for what in _orphans()]
        verdict.broken = invariants.broken()
        for job in mine.exclude(finished_at=None):
            if (fault := marks.get(job.pk)) and job.finished_at.timestamp() > fault:
                verdict.recoveries.append(round(job.finished_at.timestamp() - fault, 2))
        return verdict

    def _fault_times(self) -> dict[int, float]:
        """When the fault of a job fired first, for this test's jobs."""
        known = set(GenerationJob.objects.values_list("pk", flat=True))
        times: dict[int, float] = {}
        for mark in self.marks.glob("generation.*"):
            job_id = int(mark.name.rpartition("-")[2])
            if job_id in known:
                fired = mark.stat().st_mtime
                times[job_id] = min(fired, times.get(job_id, fired))
        return times

    def _report(self, verdict: Verdict) -> None:
        """One line for `python -m tests.prove`, which adds them up."""
        if path := os.environ.get("FAULTS_REPORT"):
            test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0].rpartition("::")[2]
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps({"test": test, "run": os.getpid(), **asdict(verdict)}) + "\n")


# --- the vendor's ledger ---------------------------------------------------------------------


def calls_of(job: GenerationJob) -> int:
    """How often the vendor was asked for this job."""
    return times_asked(f"job-{job.pk}")


def paid_calls() -> Iterator[tuple[str, int]]:
    """How often each job was paid for, where a second call costs."""
    paid = {key for key, spec in SPECS.items() if not spec.capabilities.safe_retry}
    yield from Counter(call["request"] for call in calls() if call["model"] in paid).items()


# --- posts and turns -------------------------------------------------------------------------

TARGETS = ("post", "turn")
"""What the job machine works for: its faults are tried on both."""


def begin(
    target: str, owner: User, models: str, prompt: str = "a lighthouse at dusk"
) -> Post | EditTurn:
    """Ask for a post, for one with clips, or for a turn of a conversation about a picture that is
    there.
    """
    if target == "clip":
        return animate(owner, prompt, models)
    if target == "post":
        return start(owner, prompt, models)
    return start_editing(create_post(owner).images.get(), prompt, models)


@contextlib.contextmanager
def before_any_worker_hears() -> Iterator[None]:
    """Posts started inside are rung for at its end: time to plan a fault for their jobs."""
    with transaction.atomic():
        yield


def start_many(
    owner: User, count: int, models: str, prompt: str = "a lighthouse at dusk"
) -> list[Post]:
    return [start(owner, f"{prompt} {number}", models) for number in range(count)]


def use_caption_model(post: Post, key: str) -> GenerationJob:
    """Let another model write the caption. Call it before any worker hears."""
    post.jobs.filter(kind=Kind.CAPTION).update(model=key)
    return post.jobs.get(kind=Kind.CAPTION)


def cancel(target: Post | EditTurn, *, by: User) -> None:
    """Stop what is unfinished."""
    if isinstance(target, Post):
        studio.cancel_post(post=target, by=by)
    else:
        editing.cancel_turn(turn=target, by=by)


def retry(target: Post | EditTurn, slot: int = 0) -> Retry:
    """Try a failed picture again."""
    if isinstance(target, Post):
        return studio.retry_slot(post=target, slot=slot)
    return editing.retry_output(turn=target, slot=slot)


def pictures(target: Post | EditTurn) -> int:
    return target.images.count()


def charged(person: User) -> int:
    """The credits that the person has no more."""
    return int(settings.CREDITS_SIGNUP_GRANT) - credit_service.balance_of(person)


def is_honest_failure(job: GenerationJob) -> bool:
    """The job says that its answer was lost and that it was not asked for again."""
    return job.status == Status.FAILED and job.error_code == ErrorCode.AMBIGUOUS


def _phase(job: GenerationJob) -> str:
    return f"attempt {job.attempts}, rung {job.rung_at}, lease until {job.lease_until}"


def _untidy() -> Any:
    return StoredObject.objects.filter(state__in=[State.WRITING, State.DELETING])


def _orphans() -> Iterator[str]:
    """Bytes that belong to nothing visible, and rows on their way to nowhere."""
    for post in Post.objects.filter(status=Post.Status.EDITED, images__isnull=True):
        yield f"post {post.pk} of an edit without a picture"
    for obj in _untidy():
        yield f"{obj.key} is still {obj.state}"
    live = {key for obj in StoredObject.objects.filter(state=State.LIVE) for key in obj.all_keys}
    for area in StoredObject.Area.values:
        for key in invariants._keys(storages[area]):
            if key not in live:
                yield f"{key} lies in storage without a live object"


def _database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    host = database["HOST"]
    return (
        f"postgres://{database['USER']}:{database['PASSWORD']}"
        f"@{host.replace('/', '%2F')}:{database['PORT'] or 5432}/{database['NAME']}"
    )


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def run_python(arguments: Iterable[str], environment: dict[str, str]) -> int:
    """Run a program of the tests to its end. Returns how it ended."""
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=PROJECT_DIR, env={**os.environ, **environment}, timeout=DEADLINE, check=False
    ).returncode
