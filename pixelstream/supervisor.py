"""Starts programs, keeps them running, and ends them together. Knows nothing of Django.

One thread and one loop: a new process is forked with a hook (it dies with its parent), which is
safe only while no other thread runs.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Self, TextIO

COLOURS = ("36", "32", "35", "34", "33")
LINE_MAX_BYTES = 64 * 1024
TICK_SECONDS = 0.1
HASTE_SECONDS = 0.5  # a second Ctrl-C after this long means: now
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Program:
    """One program to keep running."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    grace_seconds: float = 5.0  # between SIGTERM and SIGKILL
    hide: str | None = None  # lines that match this pattern are not worth showing


@dataclass
class _Child:
    program: Program
    colour: str
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float | None = None
    quick_deaths: int = 0
    rest: bytes = b""  # the line that has not ended yet


class Supervisor:
    """Keeps programs running; use it as a context manager in the main thread.

    Programs are started in the order of `start` and stopped in the reverse order. One that dies
    is started again, later each time; one that dies `max_quick_deaths` times in a row within
    `quick_seconds` of its start ends everything.
    """

    def __init__(
        self,
        *,
        name: str = "up",
        cwd: Path | None = None,
        out: TextIO | None = None,
        quick_seconds: float = 5.0,
        max_quick_deaths: int = 5,
        first_delay_seconds: float = 0.2,
    ) -> None:
        self._name = name
        self._cwd = cwd
        self._out = out or sys.stdout
        self._quick_seconds = quick_seconds
        self._max_quick_deaths = max_quick_deaths
        self._first_delay_seconds = first_delay_seconds
        self._children: list[_Child] = []
        self._selector = selectors.DefaultSelector()
        self._stop_wanted = False
        self._stop_wanted_at = math.inf
        self._hurry = False
        self._failed = False
        self._interruptible = False
        self._old_handlers: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}
        self._colourful = "NO_COLOR" not in os.environ and (
            "FORCE_COLOR" in os.environ or self._out.isatty()
        )

    def __enter__(self) -> Self:
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._old_wakeup = signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        # A shell ignores SIGINT for what it starts with "&", and yet it may be sent on purpose.
        # SIGHUP stays ignored where it is: nohup means to go on.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                self._old_handlers[number] = signal.signal(number, self._on_signal)
        # Not to do anything, but to wake the loop at once when a program dies.
        self._old_handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
        for number, handler in self._old_handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._old_wakeup)
        self._selector.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    @property
    def ending(self) -> bool:
        """Whether it is over: somebody asked for the end, or a program cannot be kept alive."""
        return self._stop_wanted or self._failed

    @property
    def status(self) -> int:
        """The status to exit with."""
        return 1 if self._failed else 0

    def start(self, program: Program) -> None:
        """Start a program and keep it running from now on."""
        colour = COLOURS[len(self._children) % len(COLOURS)]
        child = _Child(program, colour)
        self._children.append(child)
        self._spawn(child)

    def run(self) -> int:
        """Keep everything running until the end, stop it, and return the status to exit with."""
        while not self.ending:
            self._step()
        self.stop()
        return self.status

    def run_until(self, ready: Callable[[], bool], *, timeout: float) -> bool:
        """Keep everything running until `ready`. False: too late, or it is over."""
        deadline = time.monotonic() + timeout
        while not self.ending:
            if ready():
                return True
            if time.monotonic() > deadline:
                return False
            self._step()
        return False

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let a signal interrupt the block with KeyboardInterrupt: for work outside the loop."""
        if self._stop_wanted:
            raise KeyboardInterrupt
        self._interruptible = True
        try:
            yield
        finally:
            self._interruptible = False

    def say(self, text: str) -> None:
        """Print a line of the supervisor's own."""
        self._print(self._name, "1", text)

    def stop(self) -> None:
        """Stop everything that runs, the last started first. A second signal makes it hasty."""
        for child in reversed(self._children):
            child.restart_at = None
            if child.process is not None:
                self._stop_child(child, child.process)
        self._children.clear()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        # The same wish may come twice at once, through make and from the terminal.
        if time.monotonic() > self._stop_wanted_at + HASTE_SECONDS:
            self._hurry = True
        if not self._stop_wanted:
            self._stop_wanted, self._stop_wanted_at = True, time.monotonic()
        if self._interruptible:
            raise KeyboardInterrupt

    def _spawn(self, child: _Child) -> None:
        child.restart_at = None
        child.started_at = time.monotonic()
        # An own session: Ctrl-C of the terminal reaches only us, and we choose the order.
        child.process = subprocess.Popen(  # noqa: S603 (the commands are our own)
            child.program.command,
            cwd=self._cwd,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **child.program.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent(),
        )
        output = _output_of(child.process)
        os.set_blocking(output.fileno(), False)
        self._selector.register(output, selectors.EVENT_READ, child)

    def _step(self) -> None:
        """Wait a moment, then see to the dead and to those whose time has come."""
        self._wait()
        for child in self._children:
            process = child.process
            if process is not None and process.poll() is not None:
                self._bury(child, process)
                if not self.ending:
                    self._plan_restart(child, process.returncode)
            elif child.restart_at is not None and time.monotonic() >= child.restart_at:
                self._spawn(child)

    def _wait(self) -> None:
        """Wait a moment for output, a death or a signal, and show the output."""
        for key, _ in self._selector.select(TICK_SECONDS):
            if isinstance(key.data, _Child):
                self._pump(key.data)
            else:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake_read, 4096)

    def _plan_restart(self, child: _Child, status: int) -> None:
        lived = time.monotonic() - child.started_at
        child.quick_deaths = child.quick_deaths + 1 if lived < self._quick_seconds else 0
        name, how = child.program.name, _describe(status)
        if child.quick_deaths >= self._max_quick_deaths:
            self._failed = True
            self.say(
                f"{name} ended {child.quick_deaths} times in a row right after its start "
                f"(the last time {how}). Giving up; what it said is above."
            )
            return
        delay = self._first_delay_seconds * 2 ** max(0, child.quick_deaths - 1)
        child.restart_at = time.monotonic() + delay
        self.say(f"{name} ended ({how}), starting it again in {delay:.1f} s")

    def _stop_child(self, child: _Child, process: subprocess.Popen[bytes]) -> None:
        # Only the program itself: a worker tells its own children, and waits for them.
        process.terminate()
        deadline = time.monotonic() + child.program.grace_seconds
        while process.poll() is None:
            if self._hurry or time.monotonic() > deadline:
                if not self._hurry:
                    self.say(f"{child.program.name} did not stop in time, ending it by force")
                process.kill()
                process.wait()
                break
            self._wait()
        self._bury(child, process)

    def _bury(self, child: _Child, process: subprocess.Popen[bytes]) -> None:
        """Take leave of a process that ended: its children, and its last words."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        self._pump(child)
        if child.rest:
            self._show(child, child.rest)
            child.rest = b""
        output = _output_of(process)
        with contextlib.suppress(KeyError):  # its end was seen already
            self._selector.unregister(output)
        output.close()
        child.process = None

    def _pump(self, child: _Child) -> None:
        """Show the lines that a program has written."""
        if child.process is None:
            return
        output = _output_of(child.process)
        while True:
            try:
                data = os.read(output.fileno(), LINE_MAX_BYTES)
            except BlockingIOError:
                return
            if not data:
                with contextlib.suppress(KeyError):
                    self._selector.unregister(output)
                return
            *lines, child.rest = (child.rest + data).split(b"\n")
            if len(child.rest) > LINE_MAX_BYTES:
                lines, child.rest = [*lines, child.rest], b""
            for line in lines:
                self._show(child, line)

    def _show(self, child: _Child, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip()
        if child.program.hide is None or not re.search(child.program.hide, text):
            self._print(child.program.name, child.colour, text)

    def _print(self, name: str, colour: str, text: str) -> None:
        prefix = f"{name:<6} | "
        if self._colourful:
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        try:
            self._out.write(f"{prefix}{text}\n")
            self._out.flush()
        except OSError:
            # Nobody reads any more (a closed terminal, `| head`): the end, quietly.
            self._stop_wanted = True
            with open(os.devnull, "wb") as nowhere:
                os.dup2(nowhere.fileno(), self._out.fileno())


def _output_of(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdout is None:
        raise RuntimeError("programs are started with a pipe")
    return process.stdout


def _describe(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    with contextlib.suppress(ValueError):
        return f"killed by {signal.Signals(-status).name}"
    return f"killed by signal {-status}"


def _die_with_parent() -> Callable[[], None] | None:
    """For the new process, before it becomes its program: end when the supervisor ends.

    Linux only. Elsewhere, only an orderly end of the supervisor takes the programs along.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def prepare() -> None:
        prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return prepare
