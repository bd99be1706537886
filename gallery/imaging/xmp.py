"""The one XMP property we care about, as text: how a picture came into being.

`Iptc4xmpExt:DigitalSourceType` with a term of the IPTC's vocabulary is what the EU AI Act's
"machine-readable" marking is read from today, by exiftool, by search engines and by platforms.
"""

from __future__ import annotations

import re

VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"

#: The terms of that vocabulary which say that a machine made the picture or a part of it.
AI_SOURCE_TYPES = frozenset(
    {
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "algorithmicMedia",
        "compositeSynthetic",
    }
)

_DESCRIPTION = (
    '<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""'
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    f' Iptc4xmpExt:DigitalSourceType="{VOCABULARY}%s"/>'
)
_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    f"{_DESCRIPTION}"
    "</rdf:RDF></x:xmpmeta>\n"
    '<?xpacket end="w"?>'
)

#: The property's value in XMP's three spellings: attribute, element text, rdf:resource. A pattern
#: and not an XML parser: packets come from outside, and entities are a trap.
_VALUE = re.compile(
    rb"""(?:DigitalSourceType\s*=\s*["']"""
    rb"""|<[\w.-]+:DigitalSourceType(?:\s[^<>]*?resource\s*=\s*["']|(?:\s[^<>]*)?>\s*))"""
    rb"""([^<>"'\s]+)"""
)
_RDF_END = re.compile(rb"</[\w.-]+:RDF\s*>")
_PADDING = re.compile(rb"\s+(?=<\?xpacket end)")


def xmp_packet(source_type: str) -> bytes:
    """Return a whole XMP packet that says only the source type. ValueError: not an AI term."""
    return (_PACKET % _checked(source_type)).encode()


def source_type_of(packet: bytes) -> str | None:
    """Return the packet's source type: the IPTC term, or the raw value if it is no such term."""
    found = _VALUE.search(packet)
    if found is None:
        return None
    value = found.group(1).decode("utf-8", "replace")
    return re.sub(r"^https?://cv\.iptc\.org/newscodes/digitalsourcetype/", "", value)


def with_source_type(packet: bytes, source_type: str) -> bytes:
    """Return the packet with the source type in it and everything else that it says kept.

    A file format has room for one packet only, and the mark is a duty, so it has to go in there;
    what the maker of the file wrote is theirs and stays. A source type that denies the machine
    ("digitalCapture", taken along from a reference picture) is replaced. A packet without an RDF
    element that we can read says nothing to anybody and gives way to our own.
    """
    if _VALUE.search(packet):
        value = f"{VOCABULARY}{_checked(source_type)}".encode()
        return _VALUE.sub(lambda m: m.group(0)[: m.start(1) - m.start(0)] + value, packet)
    try:
        return with_description(packet, (_DESCRIPTION % _checked(source_type)).encode())
    except NoPlaceError:
        return xmp_packet(source_type)


class NoPlaceError(ValueError):
    """A packet has no RDF element that can be read."""


def with_description(packet: bytes, description: bytes) -> bytes:
    """Return the packet with one more `rdf:Description` in it. Raises NoPlaceError."""
    ends = list(_RDF_END.finditer(packet))
    if not ends:
        raise NoPlaceError("no RDF element")
    at = ends[-1].start()
    # The padding before the end is room for editing in place. We do not, and a JPEG segment
    # has little room.
    return _PADDING.sub(b"\n", packet[:at] + description + packet[at:])


def _checked(source_type: str) -> str:
    if source_type not in AI_SOURCE_TYPES:
        raise ValueError(f"not an IPTC term for AI-made pictures: {source_type!r}")
    return source_type
