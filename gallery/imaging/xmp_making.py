"""How a picture was made, as XMP: for people who want to find it again in their own files."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gallery.imaging.xmp import with_description

#: What an XML text cannot hold, escaped or not.
_NOT_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

#: Characters of one text. Two prompts of this length fit into the one segment that JPEG has room
#: for, however they are written.
_MAX_TEXT = 4000

_DESCRIPTION = (
    '<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""'
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    ' xmlns:pixelstream="urn:pixelstream:making:1.0/">%s</rdf:Description>'
)


@dataclass(frozen=True)
class Making:
    """What was asked of which model. Empty values are not written."""

    prompt: str
    model: str
    negative_prompt: str = ""
    seed: int | None = None
    settings: str = ""
    """What else was set, as text."""

    def as_xmp(self) -> bytes:
        """An RDF description. Prompt and model stand where the IPTC (2025.1) wants them."""
        properties = {
            "Iptc4xmpExt:AIPromptInformation": self.prompt,
            "Iptc4xmpExt:AISystemUsed": self.model,
            "pixelstream:NegativePrompt": self.negative_prompt,
            "pixelstream:Seed": "" if self.seed is None else str(self.seed),
            "pixelstream:Settings": self.settings,
        }
        elements = "".join(
            f"<{name}>{_text(value)}</{name}>" for name, value in properties.items() if value
        )
        return (_DESCRIPTION % elements).encode()


def with_making(packet: bytes, making: Making) -> bytes:
    """Return the packet with the making added, once. Raises ValueError when it has no place for it.

    An imported picture tells it already: what was exported had it added.
    """
    description = making.as_xmp()
    return packet if description in packet else with_description(packet, description)


def _text(value: str) -> str:
    """Escaped, quotes too: what a prompt says about a picture must not look like its mark."""
    text = _NOT_XML.sub("", value)[:_MAX_TEXT]
    for plain, escaped in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ('"', "&quot;"),
        ("'", "&apos;"),
        ("\r", "&#13;"),
    ):
        text = text.replace(plain, escaped)
    return text
