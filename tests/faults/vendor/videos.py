"""A vendor of clips in OpenRouter's dialect, as a process of its own: `... videos PORT FOLDER`.

It charges when it is asked, in the same ledger as the counting vendor, before it answers. A clip is
ready once the test says so (`finish`), or at once where the prompt says `soon`. The test does the
calling back itself, at the address that the vendor was given: which moment, how often and in what
order is what is being tested. `late=2` lets the answer to the order wait for two seconds.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

MODEL = "openrouter/counting-clip"
REMOTE_MODEL = "counting/clip"
PREFIX = "/api/v1/videos"
LEDGER, ASKED, CLIP = "calls.jsonl", "asked.jsonl", "clip.mp4"
COST = 0.25


def finish(folder: Path, work: str, status: str = "completed") -> None:
    """From now on this work has ended."""
    (folder / f"{work}.status").write_text(status, "utf-8")


def write_line(path: Path, **fields: Any) -> None:
    """Add a line that is on the disk before anything is answered."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{json.dumps(fields)}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _job_of(address: str) -> int:
    """The job that this address is for: the vendor itself never looks at it."""
    token = parse_qs(urlsplit(address).query)["t"][0].partition(":")[0]
    content = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    return int(content[1])


class Handler(BaseHTTPRequestHandler):
    """Takes orders, answers questions, and gives the clip."""

    protocol_version = "HTTP/1.1"
    folder: Path

    def do_POST(self) -> None:
        """An order."""
        wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        job_id = _job_of(wanted["callback_url"])
        work = f"vid-{job_id}-{time.monotonic_ns()}"
        write_line(
            self.folder / LEDGER,
            request=f"job-{job_id}",
            model=MODEL,
            work=work,
            address=wanted["callback_url"],
            at=time.time(),
        )
        if re.search(r"\bsoon\b", wanted["prompt"]):
            finish(self.folder, work)
        if late := re.search(r"\blate=(\d+(?:\.\d+)?)", wanted["prompt"]):
            time.sleep(float(late[1]))
        self._say({"id": work, "status": "pending", "polling_url": f"{PREFIX}/{work}"}, 202)

    def do_GET(self) -> None:
        """A question, or the clip."""
        work, _slash, rest = self.path.partition("?")[0].removeprefix(f"{PREFIX}/").partition("/")
        said = self.folder / f"{work}.status"
        status = said.read_text("utf-8") if said.exists() else "in_progress"
        if rest:
            self._answer((self.folder / CLIP).read_bytes(), "video/mp4")
            return
        write_line(self.folder / ASKED, work=work, status=status, at=time.time())
        answer: dict[str, Any] = {"id": work, "status": status}
        if status == "completed":
            answer |= {"unsigned_urls": [f"{self.path}/content"], "usage": {"cost": COST}}
        self._say(answer)

    def _say(self, content: dict[str, Any], status: int = 200) -> None:
        self._answer(json.dumps(content).encode(), "application/json", status)

    def _answer(self, body: bytes, media_type: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Its ledger says it."""


def main(port: int, folder: Path) -> None:
    Handler.folder = folder
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
