"""What belongs to one machine, with real processes where they matter."""

import base64
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pixelstream import local

CODE_DIR = Path(__file__).resolve().parent.parent


def start_python(code: str, *args: object) -> subprocess.Popen[str]:
    # From its file: the package would bring Celery, and a slow start.
    load = (
        "import importlib.util, os, pathlib, sys\n"
        f"spec = importlib.util.spec_from_file_location('local', {local.__file__!r})\n"
        "local = importlib.util.module_from_spec(spec); spec.loader.exec_module(local)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-IS", "-c", load + code, *map(str, args)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_data_dir_is_var_in_the_project_unless_told_otherwise(monkeypatch, tmp_path):
    monkeypatch.delenv("DATA_DIR", raising=False)
    assert local.data_dir() == CODE_DIR / "var"
    monkeypatch.setenv("DATA_DIR", "")
    assert local.data_dir() == CODE_DIR / "var"
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert local.data_dir() == tmp_path


def test_a_relative_data_dir_counts_from_the_project_wherever_we_are(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", "../elsewhere")
    assert local.data_dir() == CODE_DIR.parent / "elsewhere"


def test_without_a_secrets_file_there_are_no_secrets(tmp_path):
    assert local.load_secrets(tmp_path / "nothing" / "here") == {}


def test_secrets_are_made_once_and_only_for_the_owner(tmp_path):
    data_dir = tmp_path / "new" / "data"
    local.ensure_secrets(data_dir)
    first = local.load_secrets(data_dir)
    local.ensure_secrets(data_dir)

    assert local.load_secrets(data_dir) == first
    assert len(first["SECRET_KEY"]) >= 50
    version, _, key = first["FIELD_ENCRYPTION_KEYS"].partition(":")
    assert version == "1"
    assert len(base64.b64decode(key, validate=True)) == 32
    assert stat.S_IMODE((data_dir / "secrets.env").stat().st_mode) == 0o600
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700


def test_an_existing_secrets_file_is_left_as_it_is(tmp_path):
    (tmp_path / "secrets.env").write_text("# by hand\n\nSECRET_KEY = a=b \n")
    local.ensure_secrets(tmp_path)
    assert local.load_secrets(tmp_path) == {"SECRET_KEY": "a=b"}


def test_many_starts_at_once_make_one_secrets_file(tmp_path):
    code = (
        "d = pathlib.Path(sys.argv[1]);"
        "sys.stdin.readline(); local.ensure_secrets(d); print(local.load_secrets(d))"
    )
    starts = [start_python(code, tmp_path / "data") for _ in range(4)]
    for start in starts:
        start.stdin.write("go\n")
        start.stdin.flush()
    seen = {start.communicate(timeout=30)[0] for start in starts}

    assert len(seen) == 1
    assert "SECRET_KEY" in seen.pop()
    assert os.listdir(tmp_path / "data") == ["secrets.env"]


def test_the_brokers_socket_is_in_a_data_dir_with_a_short_path():
    data_dir = Path("/srv/pixelstream")
    assert local.broker_socket(data_dir) == data_dir / "valkey.sock"


@pytest.fixture
def temporary_dir(monkeypatch):
    """Not tmp_path: its own path is too long for a socket."""
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        monkeypatch.setattr(tempfile, "tempdir", directory)
        yield Path(directory)


def test_a_long_path_gets_a_private_socket_directory_that_everybody_of_us_finds(temporary_dir):
    one, other = (Path("/srv") / ("x" * 90) / name for name in "ab")
    path = local.broker_socket(one)

    assert path == local.broker_socket(one)
    assert path != local.broker_socket(other)
    assert len(os.fsencode(path)) <= 100
    assert temporary_dir in path.parents
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("trick", ["a link", "open to others", "somebody else's"])
def test_a_socket_directory_that_others_control_is_refused(temporary_dir, monkeypatch, trick):
    long_path = Path("/srv") / ("x" * 90)
    directory = local.broker_socket(long_path).parent
    if trick == "a link":
        directory.rename(temporary_dir / "real")
        directory.symlink_to(temporary_dir / "real")
    elif trick == "open to others":
        directory.chmod(0o777)
    else:
        # The name keeps our number: whoever makes it first is its owner.
        name = directory.name
        monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
        directory.rename(directory.with_name(name.replace(name.split("-")[1], "4000000")))
    with pytest.raises(PermissionError, match="shorter path"):
        local.broker_socket(long_path)


def test_two_on_one_data_dir_refuse(tmp_path):
    code = (
        "hold = local.hold(pathlib.Path(sys.argv[1])); hold.__enter__();"
        "print(os.getpid(), flush=True); sys.stdin.readline(); os._exit(9)"
    )
    holder = start_python(code, tmp_path)
    pid = holder.stdout.readline().strip()

    with pytest.raises(local.AlreadyRunningError) as refusal, local.hold(tmp_path):
        pass
    assert str(tmp_path) in str(refusal.value)
    assert f"process {pid}" in str(refusal.value)
    assert "PORT" in str(refusal.value)

    holder.communicate("die\n", timeout=10)
    with local.hold(tmp_path):  # a dead holder holds nothing
        assert (tmp_path / "up.lock").read_text() == f"{os.getpid()}\n"
