"""Files to upload, good and bad."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page

from tests.e2e.running import RunningApp

BROKEN = 400
TOO_LARGE = 12 * 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """A file as a person has it."""

    name: str
    data: bytes
    media_type: str = "image/png"

    @property
    def payload(self) -> FilePayload:
        """For a file field."""
        return {"name": self.name, "mimeType": self.media_type, "buffer": self.data}


def picture(name: str = "harbour.png", colour: str = "#c2703d") -> Upload:
    """A small picture; another colour is another picture."""
    buffer = BytesIO()
    Image.new("RGB", (320, 240), colour).save(buffer, "PNG")
    return Upload(name, buffer.getvalue())


def broken_picture() -> Upload:
    """The beginning of a picture."""
    buffer = BytesIO()
    Image.effect_noise((320, 240), 60).save(buffer, "PNG")
    return Upload("broken.png", buffer.getvalue()[:BROKEN])


def text_file() -> Upload:
    """No picture, whatever its name says."""
    return Upload("notes.png", b"Not a picture at all.\n" * 20)


def too_large_picture() -> Upload:
    """A picture with more bytes than are taken."""
    return Upload("large.png", picture().data + os.urandom(TOO_LARGE))


GIVE = """([kind, files]) => {
  const transfer = new DataTransfer();
  for (const { name, type, data } of files) {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  const options = { bubbles: true, cancelable: true };
  if (kind === "paste") {
    const event = new ClipboardEvent("paste", { ...options, clipboardData: transfer });
    document.getElementById("id_prompt").dispatchEvent(event);
  } else {
    const target = document.querySelector("[data-drop]");
    for (const type of ["dragenter", "dragover", "drop"]) {
      target.dispatchEvent(new DragEvent(type, { ...options, dataTransfer: transfer }));
    }
  }
}"""


def paste(page: Page, *uploads: Upload) -> None:
    """Paste files into the prompt."""
    _give(page, "paste", uploads)


def drop(page: Page, *uploads: Upload) -> None:
    """Let go of files above the field for references."""
    _give(page, "drop", uploads)


def _give(page: Page, kind: str, uploads: tuple[Upload, ...]) -> None:
    files = [
        {"name": upload.name, "type": upload.media_type, "data": b64encode(upload.data).decode()}
        for upload in uploads
    ]
    page.evaluate(GIVE, [kind, files])


def remove_files(app: RunningApp, image: Locator) -> None:
    """Remove the file of a picture that a page shows, in all its sizes."""
    source = image.evaluate("(image) => image.src")
    stem = re.findall(r"(\d+-\w{26})", source)[0]
    for path in (app.folder / "data").rglob(f"{stem}*"):
        path.unlink()
