"""Real S3 servers for the tests: moto in this process, SeaweedFS as a process of its own.

moto is quick and answers everything, but accepts forged and expired signatures. SeaweedFS checks
them, and the limits of S3.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import logging
import secrets
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.storage import storages

from pixelstream.object_storage import options
from pixelstream.object_storage.account import resource
from tests.ports import free_port

ACCESS_KEY, SECRET_KEY = "only-for-tests", "only-for-tests-secret"
PUBLIC, PRIVATE = "public", "private"
ANYWHERE: Any = {"LocationConstraint": "auto"}
START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """Where a server listens. It takes the keys above."""

    name: str
    endpoint: str

    def client(self, endpoint: str = "") -> Any:
        """A bare client, to look behind our storage's back."""
        return resource(endpoint or self.endpoint, "auto", ACCESS_KEY, SECRET_KEY, 10).meta.client

    def new_place(self, *, buckets: int = 2, endpoint: str = "") -> Place:
        """Fresh buckets, and the areas in them; `endpoint` is a way to them, such as a proxy."""
        name = f"pixelstream-{secrets.token_hex(6)}"
        place = Place(
            self, f"{PUBLIC}-{name}", f"{PRIVATE}-{name}" if buckets > 1 else "", endpoint
        )
        for bucket in place.buckets:
            self.client().create_bucket(Bucket=bucket, CreateBucketConfiguration=ANYWHERE)
        if self.name == "moto":
            self.client().put_bucket_policy(Bucket=place.bucket, Policy=readable(place.bucket))
        return place


@dataclass(frozen=True)
class Place:
    """Two areas on a server."""

    server: Server
    bucket: str
    private_bucket: str
    endpoint: str = ""

    @property
    def buckets(self) -> list[str]:
        """Their names: one or two."""
        return [name for name in (self.bucket, self.private_bucket) if name]

    @property
    def variables(self) -> dict[str, str]:
        """The environment of an installation that uses them."""
        endpoint = self.endpoint or self.server.endpoint
        return {
            "R2_ACCESS_KEY_ID": ACCESS_KEY,
            "R2_SECRET_ACCESS_KEY": SECRET_KEY,
            "R2_BUCKET_NAME": self.bucket,
            "R2_PRIVATE_BUCKET_NAME": self.private_bucket,
            "R2_PUBLIC_URL": f"{self.server.endpoint}/{self.bucket}",
            "R2_ENDPOINT": endpoint,
        }

    @property
    def areas(self) -> options.Areas:
        """The same as part of STORAGES."""
        given = self.variables
        return options.in_buckets(
            endpoint=given["R2_ENDPOINT"],
            region="auto",
            access_key=ACCESS_KEY,
            secret_key=SECRET_KEY,
            bucket=self.bucket,
            private_bucket=self.private_bucket,
            public_url=given["R2_PUBLIC_URL"],
            connections=10,
        )

    def area(self, name: str, **changes: Any) -> Any:
        """One of the areas, with other options where wanted."""
        area = self.areas[name]
        return storages.create_storage({**area, "OPTIONS": {**area["OPTIONS"], **changes}})

    def use(self, settings: Any) -> None:
        """Make the application keep its objects here, for the rest of the test."""
        for name, value in self.variables.items():
            setattr(settings, name, value)
        settings.STORAGE_PLACES = {**settings.STORAGE_PLACES, "s3": self.areas}
        settings.STORAGE_PLACE = "s3"
        settings.STORAGES = {**settings.STORAGES, **self.areas}

    def keys(self) -> set[str]:
        """Every key in the buckets, as the server lists them."""
        client = self.server.client()
        return {
            f"{bucket}/{entry['Key']}"
            for bucket in self.buckets
            for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            for entry in page.get("Contents", ())
        }


def readable(bucket: str) -> str:
    """A policy under which everybody may read what is in the bucket."""
    allow = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})


def free_ports(count: int) -> list[int]:
    """Ports on 127.0.0.1 that nothing listens on."""
    return [free_port() for _ in range(count)]


@contextlib.contextmanager
def running_moto() -> Iterator[Server]:
    """moto, in threads of this process."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _host, port = server.get_host_and_port()
    yield Server("moto", f"http://127.0.0.1:{port}")
    server.stop()


def find_seaweedfs() -> str | None:
    """The program, if this platform has it."""
    return shutil.which("weed", path=sysconfig.get_path("scripts")) or shutil.which("weed")


@contextlib.contextmanager
def running_seaweedfs(shared: Path) -> Iterator[Server]:
    """SeaweedFS, one process for all test processes that name the same folder.

    Whoever comes first starts it; it ends with the last of them, also where that is killed.
    """
    state = shared / "seaweedfs.json"
    with state.with_suffix(".users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        with _locked(state) as known:
            if not known:
                folder = Path(tempfile.mkdtemp(prefix="pixelstream-weed-"))
                known = {"endpoint": _start_seaweedfs(folder, state, Path(users.name))}
                state.write_text(json.dumps(known))
        yield Server("seaweedfs", known["endpoint"])


@contextlib.contextmanager
def _locked(state: Path) -> Iterator[dict[str, Any]]:
    with state.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield json.loads(state.read_text()) if state.exists() else {}


def _start_seaweedfs(folder: Path, state: Path, users: Path) -> str:
    """Returns its address. `keeper` ends it, and deletes the folder and the state."""
    program = find_seaweedfs()
    assert program
    (folder / "data").mkdir()
    config = folder / "s3.json"
    keys = {"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}
    config.write_text(
        json.dumps(
            {
                "identities": [
                    {"name": "app", "credentials": [keys], "actions": ["Admin", "Read", "Write"]},
                    {"name": "anonymous", "actions": [f"Read:{PUBLIC}-*"]},
                ]
            }
        )
    )
    names = (
        *("master.port", "master.port.grpc", "volume.port", "volume.port.grpc"),
        *("filer.port", "filer.port.grpc", "s3.port", "s3.port.grpc"),
    )
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    command = [
        *(program, "-logtostderr=true", "server", f"-dir={folder / 'data'}"),
        *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3", f"-s3.config={config}"),
        *("-s3.ip.bind=127.0.0.1", "-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0"),
        *(f"-s3.localSocket={folder / 's3.sock'}", f"-filer.localSocket={folder / 'filer.sock'}"),
        *("-s3.autoCreateBucket=false", "-master.telemetry=false", "-volume.max=0"),
        *("-master.volumeSizeLimitMB=64", "-master.volumePreallocate=false"),
        *(f"-{name}={port}" for name, port in ports.items()),
    ]
    keeper = [sys.executable, str(Path(__file__).with_name("keeper.py"))]
    with (folder / "log").open("w") as log:
        subprocess.Popen(
            [*keeper, str(users), str(state), str(folder), *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    server = Server("seaweedfs", f"http://127.0.0.1:{ports['s3.port']}")
    _wait_until_it_stores(server, ports["s3.port"])
    return server.endpoint


def _wait_until_it_stores(server: Server, port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            answer = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            answer.request("GET", "/status")
            answer.getresponse()
            client = server.client()
            client.create_bucket(Bucket="first", CreateBucketConfiguration=ANYWHERE)
            client.put_object(Bucket="first", Key="first", Body=b"first")
            return
        except Exception:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
