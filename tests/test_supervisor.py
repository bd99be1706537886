"""The supervisor, with real processes: toy programs that write down what happens to them."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

SUPERVISOR = Path(__file__).resolve().parent.parent / "pixelstream" / "supervisor.py"

# Each toy appends "<event> <pid>" to the diary, so that a test can see order and processes.
TOY = """
import os, pathlib, signal, sys, time
name = sys.argv[1]
def note(event):
    with open("diary", "a") as diary:
        diary.write(f"{name} {event} {os.getpid()}\\n")
def leave(*_):
    note("stopped")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
note("started")
print(f"{name} is here")
"""
STAY = "time.sleep(60)"

# Loaded from its file: as part of the package it would bring Celery, and a slow start.
LAUNCHER = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("supervisor", {supervisor!r})
supervisor = sys.modules["supervisor"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(supervisor)
with supervisor.Supervisor({options}) as s:
    for name in {names!r}:
        command = [sys.executable, "-S", f"{{name}}.py", name]
        s.start(supervisor.Program(name, command, grace_seconds={grace}))
    status = s.run()
sys.exit(status)
"""


class Launcher:
    """A supervisor in its own process, over toy programs; `diary` is what they wrote down."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.process: subprocess.Popen[str] | None = None

    def start(
        self, toys: dict[str, str], options: str = "", grace: float = 0.5, **environment: str
    ) -> None:
        for name, body in toys.items():
            (self.directory / f"{name}.py").write_text(TOY + textwrap.dedent(body))
        code = LAUNCHER.format(
            supervisor=str(SUPERVISOR), options=options, names=list(toys), grace=grace
        )
        self.process = subprocess.Popen(
            [sys.executable, "-IS", "-c", code],
            cwd=self.directory,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in toys:
            self.wait_for(name, "started")

    def diary(self) -> list[str]:
        with contextlib.suppress(FileNotFoundError):
            return (self.directory / "diary").read_text().splitlines()
        return []

    def pids(self, name: str, event: str = "started") -> list[int]:
        return [
            int(line.split()[-1]) for line in self.diary() if line.startswith(f"{name} {event} ")
        ]

    def wait_for(self, name: str, event: str, times: int = 1) -> None:
        wait_until(lambda: len(self.pids(name, event)) >= times)

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> tuple[int, str]:
        output, _ = self.process.communicate(timeout=30)
        return self.process.returncode, output


@pytest.fixture
def launcher(tmp_path):
    launcher = Launcher(tmp_path)
    yield launcher
    if launcher.process is not None and launcher.process.poll() is None:
        launcher.end(signal.SIGTERM)


def wait_until(condition) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        # A zombie waits for its new parent to look, and runs no more.
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    except FileNotFoundError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_stops_in_reverse_order_with_status_0(launcher, number):
    before = signal.signal(number, signal.SIG_DFL)  # the suite itself may run under nohup
    try:
        launcher.start({"one": STAY, "two": STAY, "three": STAY})
    finally:
        signal.signal(number, before)
    status, _ = launcher.end(number)

    stopped = [line.split()[0] for line in launcher.diary() if " stopped " in line]
    assert stopped == ["three", "two", "one"]
    assert status == 0


def test_started_in_the_background_of_a_script_it_still_listens_to_sigint(launcher):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does for "&"
    try:
        launcher.start({"one": STAY})
    finally:
        signal.signal(signal.SIGINT, before)
    assert launcher.end(signal.SIGINT)[0] == 0


def test_a_process_that_dies_is_started_again(launcher):
    launcher.start({"steady": STAY, "fragile": STAY})
    os.kill(launcher.pids("fragile")[0], signal.SIGKILL)
    launcher.wait_for("fragile", "started", times=2)
    _, output = launcher.end()

    assert len(launcher.pids("steady")) == 1
    assert "fragile ended (killed by SIGKILL), starting it again in 0.2 s" in output


def test_five_quick_deaths_end_everything_with_status_1(launcher):
    launcher.start({"steady": STAY, "broken": "sys.exit(3)"}, "first_delay_seconds=0.01")
    status, output = launcher.wait()

    assert status == 1
    assert len(launcher.pids("broken")) == 5
    assert len(launcher.pids("steady", "stopped")) == 1
    assert "broken ended 5 times in a row" in output
    assert "exit status 3" in output


def test_each_quick_death_doubles_the_delay(launcher):
    launcher.start({"broken": "sys.exit(3)"}, "first_delay_seconds=0.01")
    _, output = launcher.wait()
    delays = [line.split(" in ")[1] for line in output.splitlines() if "again" in line]
    assert delays == ["0.0 s", "0.0 s", "0.0 s", "0.1 s"]


def test_deaths_after_a_longer_life_never_add_up(launcher):
    launcher.start({"restless": "time.sleep(0.1)"}, "quick_seconds=0.05, first_delay_seconds=0.01")
    launcher.wait_for("restless", "started", times=8)
    assert launcher.end()[0] == 0


@pytest.mark.skipif(sys.platform != "linux", reason="needs PR_SET_PDEATHSIG")
def test_kill_9_of_the_supervisor_leaves_no_orphan(launcher):
    launcher.start({"one": STAY, "two": STAY})
    pids = launcher.pids("one") + launcher.pids("two")
    launcher.process.kill()
    wait_until(lambda: not any(map(is_alive, pids)))


def test_a_process_that_ignores_the_wish_to_stop_is_ended_by_force_with_its_children(launcher):
    launcher.start(
        {
            "deaf": """
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            if os.fork() == 0:
                note("child")
            time.sleep(60)
            """
        }
    )
    launcher.wait_for("deaf", "child")
    status, output = launcher.end()

    assert "deaf did not stop in time, ending it by force" in output
    assert status == 0
    wait_until(lambda: not is_alive(launcher.pids("deaf", "child")[0]))


def test_children_of_a_process_that_died_are_gone_before_it_starts_again(launcher):
    launcher.start({"parent": 'os.fork() or note("child")\ntime.sleep(60)'})
    launcher.wait_for("parent", "child")
    os.kill(launcher.pids("parent")[0], signal.SIGKILL)
    launcher.wait_for("parent", "started", times=2)
    wait_until(lambda: not is_alive(launcher.pids("parent", "child")[0]))


def test_a_second_ctrl_c_does_not_wait(launcher):
    deaf = """
        signal.signal(signal.SIGTERM, lambda *_: note('asked'))
        note("deaf")
        while True:
            time.sleep(60)
    """
    launcher.start({"deaf": deaf}, grace=60)
    launcher.wait_for("deaf", "deaf")
    launcher.process.send_signal(signal.SIGINT)
    launcher.wait_for("deaf", "asked")
    time.sleep(0.6)  # sooner, it counts as the same wish
    assert launcher.end()[0] == 0


def test_every_line_carries_the_name_of_who_said_it(launcher):
    launcher.start(
        {
            "one": f"print('half', end=''); sys.stdout.flush(); print(' line')\n{STAY}",
            "two": "sys.stderr.write('last words'); sys.exit()",
        },
        NO_COLOR="1",
    )
    launcher.wait_for("two", "started", times=2)
    _, output = launcher.end()
    lines = output.splitlines()
    assert {"one    | one is here", "one    | half line", "two    | last words"} <= set(lines)


def test_colours_only_mark_the_names(launcher):
    launcher.start({"one": STAY}, FORCE_COLOR="1")
    _, output = launcher.end()
    assert "\x1b[36mone    | \x1b[0mone is here" in output


def test_a_reader_that_goes_away_ends_everything_quietly(launcher):
    launcher.start({"chatty": "while 1: print('again'); time.sleep(0.01)"})
    launcher.process.stdout.close()
    assert launcher.process.wait(timeout=30) == 0
    assert len(launcher.pids("chatty", "stopped")) == 1
