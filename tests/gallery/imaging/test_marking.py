"""AI marks: in every format, without a changed pixel, readable by others, never put in twice."""

import io
import json
import re
import shutil
import struct
import subprocess
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from gallery.imaging.formats import ImageRefused
from gallery.imaging.marking import (
    Making,
    mark,
    only_marked,
    read_mark,
    with_making_told,
    xmp_packet,
)
from gallery.imaging.renditions import develop
from gallery.imaging.xmp import AI_SOURCE_TYPES, VOCABULARY

from .pictures import (
    FORMATS,
    MEDIA_TYPES,
    NOT_PICTURES,
    create_animation,
    create_exif,
    create_picture,
    pixels,
    png_chunk,
    with_jpeg_segment,
    with_png_chunk,
)

TRAINED = "trainedAlgorithmicMedia"
JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"
PNG_XMP = b"XML:com.adobe.xmp\0\0\0\0\0"

#: What a well-meaning vendor writes: a packet of its own that says nothing about the origin.
OTHER_XMP = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
    b' xmp:CreatorTool="Vendor 1.0"/></rdf:RDF></x:xmpmeta>' + b" " * 2000 + b'<?xpacket end="w"?>'
)

#: One file of every shape that has to be marked differently.
FILES = {
    "jpeg": ("JPEG", create_picture("JPEG")),
    "progressive jpeg": ("JPEG", create_picture("JPEG", progressive=True)),
    "grey jpeg": ("JPEG", create_picture("JPEG", mode="L")),
    "jpeg with exif": ("JPEG", create_picture("JPEG", exif=create_exif(orientation=6))),
    "jpeg with everything": (
        "JPEG",
        create_picture(
            "JPEG", exif=create_exif(gps=True), comment=b"hello", icc_profile=b"x" * 300
        ),
    ),
    "multi-picture jpeg": (
        "JPEG",
        create_picture("MPO", save_all=True, append_images=[Image.new("RGB", (60, 40))]),
    ),
    "jpeg and something behind": ("JPEG", create_picture("JPEG") + b"PK\x03\x04"),
    "png": ("PNG", create_picture("PNG")),
    "png with alpha": ("PNG", create_picture("PNG", mode="RGBA")),
    "png with a palette": ("PNG", create_picture("PNG", mode="P")),
    "simple lossy webp": ("WEBP", create_picture("WEBP")),
    "simple lossy webp of odd size": ("WEBP", create_picture("WEBP", size=(61, 43))),
    "simple lossless webp": ("WEBP", create_picture("WEBP", lossless=True)),
    "simple lossless webp with alpha": ("WEBP", create_picture("WEBP", mode="RGBA", lossless=True)),
    "lossy webp with alpha": ("WEBP", create_picture("WEBP", mode="RGBA")),
    "webp with exif": ("WEBP", create_picture("WEBP", exif=create_exif(orientation=6))),
    "animated webp": ("WEBP", create_animation("WEBP")),
    "gif": ("GIF", create_picture("GIF")),
    "gif of the old version": ("GIF", b"GIF87a" + create_picture("GIF")[6:]),
    "animated gif": ("GIF", create_animation("GIF")),
    "gif with a comment": ("GIF", create_picture("GIF", comment=b"hello")),
}
files = pytest.mark.parametrize("name", FILES)


@files
def test_a_mark_can_be_read_back(name):
    file_format, data = FILES[name]
    assert read_mark(data) is None
    for source_type in sorted(AI_SOURCE_TYPES):
        assert read_mark(mark(data, MEDIA_TYPES[file_format], source_type)) == source_type


@files
def test_marking_changes_no_pixel_and_keeps_every_frame(name):
    file_format, data = FILES[name]
    marked = mark(data, MEDIA_TYPES[file_format], TRAINED)
    assert pixels(marked) == pixels(data)
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(marked)) as after:
        assert getattr(after, "n_frames", 1) == getattr(before, "n_frames", 1)
        for key in ("exif", "icc_profile", "comment", "loop", "duration", "transparency"):
            assert after.info.get(key) == before.info.get(key)
        for frame in range(getattr(before, "n_frames", 1)):
            before.seek(frame)
            after.seek(frame)
            assert after.tobytes() == before.tobytes()


@files
def test_marking_twice_changes_nothing(name):
    file_format, data = FILES[name]
    once = mark(data, MEDIA_TYPES[file_format], TRAINED)
    assert mark(once, MEDIA_TYPES[file_format], TRAINED) == once
    assert mark(once, MEDIA_TYPES[file_format], "algorithmicMedia") == once


@files
def test_marking_only_adds_bytes(name):
    file_format, data = FILES[name]
    marked = mark(data, MEDIA_TYPES[file_format], TRAINED)
    packet = xmp_packet(TRAINED)
    assert marked.count(packet) == 1
    around = len(marked) - len(data) - len(packet)
    # JPEG 4+29, PNG 12+22, WebP 8 and padding and perhaps VP8X, GIF 14+258.
    assert around <= {"JPEG": 33, "PNG": 34, "WEBP": 27, "GIF": 272}[file_format]


def test_pillow_reads_the_mark_as_xmp():
    for file_format in ("JPEG", "PNG", "WEBP"):
        marked = mark(create_picture(file_format), MEDIA_TYPES[file_format], TRAINED)
        with Image.open(io.BytesIO(marked)) as image:
            info = image.info.get("xmp") or image.info["XML:com.adobe.xmp"].encode()
        assert info == xmp_packet(TRAINED)


@pytest.mark.skipif(
    shutil.which("exiftool") is None,
    reason="exiftool is not installed (Debian: libimage-exiftool-perl)",
)
def test_exiftool_reads_every_mark_and_finds_nothing_wrong(tmp_path):
    for name, (file_format, data) in FILES.items():
        (tmp_path / f"{name}.{file_format.lower()}").write_bytes(
            mark(data, MEDIA_TYPES[file_format], TRAINED)
        )
        (tmp_path / f"{name} merged.{file_format.lower()}").write_bytes(
            mark(with_xmp(file_format, OTHER_XMP), MEDIA_TYPES[file_format], TRAINED)
        )
    for file_format in FORMATS:
        picture = create_picture(file_format, size=(700, 500))
        for width, file in develop(picture, mark=TRAINED).renditions.items():
            (tmp_path / f"{file_format} w{width}.webp").write_bytes(file)
    command = ["exiftool", "-json", "-n", "-XMP-iptcExt:DigitalSourceType", "-XMP-xmp:CreatorTool"]
    command += ["-Error", "-Warning", str(tmp_path)]
    read = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert len(read) == 2 * len(FILES) + 3 * len(FORMATS)
    for file in read:
        assert file["DigitalSourceType"] == VOCABULARY + TRAINED, file["SourceFile"]
        assert ("CreatorTool" in file) == ("merged" in file["SourceFile"])
        assert "Error" not in file, file
        # The profile and the ZIP in these two are rubbish on purpose.
        if "everything" not in file["SourceFile"]:
            assert "Warning" not in file, file


def with_xmp(file_format: str, packet: bytes) -> bytes:
    """A picture with an XMP packet in it that is not from us."""
    if file_format == "JPEG":
        return with_jpeg_segment(create_picture("JPEG"), 0xE1, JPEG_XMP + packet)
    if file_format == "PNG":
        return with_png_chunk(create_picture("PNG"), b"iTXt", PNG_XMP + packet)
    if file_format == "WEBP":
        return create_picture("WEBP", xmp=packet)
    data = create_picture("GIF")
    end = 13 + (3 << (data[10] & 7) + 1)
    ramp = bytes([1, *range(255, -1, -1), 0])
    return data[:end] + b"\x21\xff\x0bXMP DataXMP" + packet + ramp + data[end:]


@pytest.mark.parametrize("file_format", FORMATS)
def test_another_packet_is_kept_and_gets_the_mark_added(file_format):
    data = with_xmp(file_format, OTHER_XMP)
    assert read_mark(data) is None
    marked = mark(data, MEDIA_TYPES[file_format], TRAINED)
    assert read_mark(marked) == TRAINED
    assert marked.count(b'xmp:CreatorTool="Vendor 1.0"') == 1
    assert marked.count(b"<?xpacket end") == 1
    assert pixels(marked) == pixels(data)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize(
    "spelling",
    [
        b"<rdf:Description xmlns:i='http://iptc.org/std/Iptc4xmpExt/2008-02-29/'><i:DigitalSourceType>%s"
        b"</i:DigitalSourceType></rdf:Description>",
        b'<rdf:Description><Iptc4xmpExt:DigitalSourceType rdf:resource="%s"/></rdf:Description>',
        b"<rdf:Description Iptc4xmpExt:DigitalSourceType = '%s'/>",
    ],
)
def test_a_mark_that_is_there_is_left_alone_however_it_is_spelt(file_format, spelling):
    theirs = (VOCABULARY + "compositeWithTrainedAlgorithmicMedia").encode()
    data = with_xmp(file_format, b"<rdf:RDF>" + spelling % theirs + b"</rdf:RDF>")
    assert read_mark(data) == "compositeWithTrainedAlgorithmicMedia"
    assert mark(data, MEDIA_TYPES[file_format], TRAINED) == data


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_claim_that_a_camera_took_it_is_corrected(file_format):
    claim = OTHER_XMP.replace(
        b'xmp:CreatorTool="',
        b'Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"'
        b' xmp:CreatorTool="',
    )
    data = with_xmp(file_format, claim)
    assert read_mark(data) == "digitalCapture"
    marked = mark(data, MEDIA_TYPES[file_format], TRAINED)
    assert read_mark(marked) == TRAINED
    assert b"digitalCapture" not in marked
    assert b"Vendor 1.0" in marked


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_packet_nobody_can_read_gives_way(file_format):
    marked = mark(with_xmp(file_format, b"\xfe\xff\0<\0x"), MEDIA_TYPES[file_format], TRAINED)
    assert read_mark(marked) == TRAINED
    assert marked.count(b"<?xpacket begin") == 1


def test_a_packet_that_fills_its_jpeg_segment_gives_way():
    full = OTHER_XMP.replace(b"Vendor 1.0", b"V" * (65_502 - len(OTHER_XMP) + 10 + 2000))
    full = full.replace(b" " * 2000, b"")
    assert read_mark(mark(with_xmp("JPEG", full), "image/jpeg", TRAINED)) == TRAINED


def test_a_compressed_packet_in_a_png_is_read_and_merged():
    body = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(OTHER_XMP)
    data = with_png_chunk(create_picture("PNG"), b"iTXt", body)
    marked = mark(data, "image/png", TRAINED)
    assert b"Vendor 1.0" in marked
    assert read_mark(marked) == TRAINED


def test_a_png_mark_stands_before_the_pixels_with_a_correct_checksum():
    marked = mark(create_picture("PNG"), "image/png", TRAINED)
    assert marked[33:].startswith(png_chunk(b"iTXt", PNG_XMP + xmp_packet(TRAINED)))


def test_a_jpeg_mark_stands_behind_jfif_and_exif():
    marked = mark(FILES["jpeg with exif"][1], "image/jpeg", TRAINED)
    assert 0 < marked.index(b"Exif\0\0") < marked.index(JPEG_XMP) < marked.index(b"\xff\xdb")


@pytest.mark.parametrize(
    ("name", "flags", "size"),
    [
        ("simple lossy webp", 0x04, (60, 40)),
        ("simple lossy webp of odd size", 0x04, (61, 43)),
        ("simple lossless webp", 0x04, (60, 40)),
        ("simple lossless webp with alpha", 0x14, (60, 40)),
        ("lossy webp with alpha", 0x14, (60, 40)),
        ("webp with exif", 0x0C, (60, 40)),
    ],
)
def test_a_marked_webp_says_in_its_header_what_it_holds(name, flags, size):
    marked = mark(FILES[name][1], "image/webp", TRAINED)
    assert marked[12:16] == b"VP8X"
    assert marked[20] == flags
    sides = (int.from_bytes(marked[at : at + 3], "little") + 1 for at in (24, 27))
    assert tuple(sides) == size
    assert struct.unpack_from("<I", marked, 4)[0] == len(marked) - 8
    assert len(marked) % 2 == 0


MANIFEST = b"\x6bdigitalSourceType\x78\x46" + (VOCABULARY + TRAINED).encode() + b"jnext"


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        ("image/png", with_png_chunk(create_picture("PNG"), b"caBX", MANIFEST)),
        (
            "image/jpeg",
            with_jpeg_segment(create_picture("JPEG"), 0xEB, b"JP" + b"\0" * 14 + MANIFEST),
        ),
        (
            "image/webp",
            mark(create_picture("WEBP"), "image/webp", TRAINED).replace(b"XMP ", b"C2PA"),
        ),
    ],
)
def test_a_signed_manifest_that_says_so_is_left_intact(media_type, data):
    assert read_mark(data) == TRAINED
    assert mark(data, media_type, "algorithmicMedia") == data


@pytest.mark.parametrize("name", NOT_PICTURES)
@pytest.mark.parametrize("media_type", MEDIA_TYPES.values())
def test_what_is_no_such_picture_cannot_be_marked(name, media_type):
    assert read_mark(NOT_PICTURES[name]) is None
    with pytest.raises(ImageRefused):
        mark(NOT_PICTURES[name], media_type, TRAINED)


def test_reading_never_fails_on_damaged_files():
    for file_format, data in FILES.values():
        marked = mark(data, MEDIA_TYPES[file_format], TRAINED)
        for end in range(0, len(marked), max(1, len(marked) // 50)):
            assert read_mark(marked[:end]) in (None, TRAINED)
            read_mark(marked[:end] + b"\xff" * 40 + marked[end:])


def test_only_ai_terms_can_be_marked():
    with pytest.raises(ValueError, match="digitalCapture"):
        xmp_packet("digitalCapture")
    assert xmp_packet(TRAINED).decode().count(VOCABULARY + TRAINED) == 1


MAKING = Making(
    prompt='a <lighthouse> & "dusk"\nin two lines, ação 🌊',
    negative_prompt="blurry",
    model="Lumen (builtin/lumen)",
    seed=42,
    settings='{"aspect_ratio": "1:1"}',
)

needs_exiftool = pytest.mark.skipif(
    shutil.which("exiftool") is None,
    reason="exiftool is not installed (Debian: libimage-exiftool-perl)",
)


def exiftool(folder: Path) -> dict[str, dict[str, object]]:
    """What an outside reader finds in the files of a folder, by file name."""
    command = ["exiftool", "-json", "-n", "-struct", "-all", str(folder)]
    read = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return {Path(file["SourceFile"]).name: file for file in read}


@files
def test_telling_the_making_changes_no_pixel_and_keeps_the_mark(name):
    file_format, data = FILES[name]
    told = with_making_told(data, MEDIA_TYPES[file_format], TRAINED, MAKING)
    assert pixels(told) == pixels(data)
    assert read_mark(told) == TRAINED
    assert b"Lumen (builtin/lumen)" in told
    assert told.count(b"<?xpacket end") == 1


@files
def test_only_the_mark_is_left_when_nothing_is_to_be_told(name):
    file_format, data = FILES[name]
    media_type = MEDIA_TYPES[file_format]
    told = with_making_told(data, media_type, TRAINED, MAKING)
    bare = only_marked(told, media_type, "algorithmicMedia")
    assert read_mark(bare) == TRAINED, "what the file says already is not replaced"
    assert bare.count(xmp_packet(TRAINED)) == 1
    assert b"Lumen" not in bare
    assert pixels(bare) == pixels(data)
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(bare)) as after:
        assert after.info.get("icc_profile") == before.info.get("icc_profile")
        assert after.getexif().get(0x0112, 1) == before.getexif().get(0x0112, 1)
        assert getattr(after, "n_frames", 1) == getattr(before, "n_frames", 1)


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_marked_file_of_ours_is_the_same_without_a_making(file_format):
    marked = mark(create_picture(file_format), MEDIA_TYPES[file_format], TRAINED)
    assert only_marked(marked, MEDIA_TYPES[file_format], TRAINED) == marked


@needs_exiftool
def test_exiftool_reads_the_making_and_finds_nothing_wrong(tmp_path):
    for file_format in FORMATS:
        media_type = MEDIA_TYPES[file_format]
        for name, data in {
            "new": create_picture(file_format),
            "merged": with_xmp(file_format, OTHER_XMP),
        }.items():
            told = with_making_told(data, media_type, TRAINED, MAKING)
            (tmp_path / f"{name}.{file_format.lower()}").write_bytes(told)
    read = exiftool(tmp_path)
    assert len(read) == 2 * len(FORMATS)
    for name, file in read.items():
        assert file["DigitalSourceType"] == VOCABULARY + TRAINED, name
        assert file["AIPromptInformation"] == MAKING.prompt, name
        assert file["AISystemUsed"] == MAKING.model
        assert file["NegativePrompt"] == "blurry"
        assert file["Seed"] == 42
        assert file["Settings"] == MAKING.settings
        assert ("CreatorTool" in file) == name.startswith("merged")
        assert not {"Error", "Warning"} & set(file), file


@needs_exiftool
def test_what_vendors_wrote_about_the_prompt_goes_with_the_making(tmp_path):
    secret = b"a secret prompt"
    exif = create_exif(orientation=6)
    written = {
        "comment.jpeg": create_picture("JPEG", comment=secret, exif=exif),
        "iptc.jpeg": with_jpeg_segment(create_picture("JPEG"), 0xED, b"Photoshop 3.0\0" + secret),
        "text.png": with_png_chunk(create_picture("PNG"), b"tEXt", b"parameters\0" + secret),
        "packed.png": with_png_chunk(create_picture("PNG"), b"iTXt", b"p\0\0\0\0\0" + secret),
        "exif.png": create_picture("PNG", exif=exif),
        "exif.webp": create_picture("WEBP", exif=exif),
        "comment.gif": create_picture("GIF", comment=secret),
    }
    for name, data in written.items():
        media_type = MEDIA_TYPES[name.rpartition(".")[2].upper()]
        bare = only_marked(data, media_type, TRAINED)
        assert secret not in bare, name
        assert pixels(bare) == pixels(data)
        (tmp_path / name).write_bytes(bare)
    for name, file in exiftool(tmp_path).items():
        assert file["DigitalSourceType"] == VOCABULARY + TRAINED, name
        assert not {"Error", "Warning", "Make", "Model", "Artist"} & set(file), file
        if "exif" in name or name == "comment.jpeg":
            assert file["Orientation"] == 6, "which way is up stays"


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize(
    "prompt",
    [
        'x" Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture',
        "</rdf:RDF><Iptc4xmpExt:DigitalSourceType>digitalCapture</Iptc4xmpExt:DigitalSourceType>",
        "<?xpacket end='w'?>",
        "\0\x01\ud800\uffff\x0b",
        "]]><!--&amp;&#0;",
        "'" * 4000,
        '"' * 10_000,
        "🌊" * 4000,
    ],
)
def test_no_prompt_gets_out_of_its_place(file_format, prompt):
    making = Making(prompt=prompt, negative_prompt=prompt, model=prompt[:120], seed=1)
    data = create_picture(file_format)
    told = with_making_told(data, MEDIA_TYPES[file_format], TRAINED, making)
    assert read_mark(told) == TRAINED
    assert pixels(told) == pixels(data)
    packet = re.search(rb"<x:xmpmeta.*</x:xmpmeta>", told, re.DOTALL)
    assert packet
    found = ElementTree.fromstring(packet[0]).iter()
    properties = {element.tag.rpartition("}")[2]: element.text for element in found}
    assert properties["Seed"] == "1"
    legal = prompt.translate(dict.fromkeys([0, 1, 11, 0xD800, 0xFFFF]))[:4000]
    assert (properties.get("AIPromptInformation") or "") == legal


def test_a_making_that_no_jpeg_has_room_for_leaves_at_least_the_mark():
    huge = "&" * 4000
    making = Making(huge, huge, huge, 1, huge)
    told = with_making_told(create_picture("JPEG"), "image/jpeg", TRAINED, making)
    assert read_mark(told) == TRAINED


@pytest.mark.parametrize("name", NOT_PICTURES)
@pytest.mark.parametrize("media_type", MEDIA_TYPES.values())
def test_what_is_no_such_picture_cannot_be_told_about(name, media_type):
    with pytest.raises(ImageRefused):
        with_making_told(NOT_PICTURES[name], media_type, TRAINED, MAKING)
    with pytest.raises(ImageRefused):
        only_marked(NOT_PICTURES[name], media_type, TRAINED)


@pytest.mark.parametrize(
    "data",
    [
        with_png_chunk(create_picture("PNG"), b"caBX", MANIFEST),
        with_jpeg_segment(create_picture("JPEG"), 0xEB, b"JP" + b"\0" * 14 + MANIFEST),
    ],
)
def test_a_signed_file_is_neither_told_about_nor_stripped(data):
    media_type = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    assert with_making_told(data, media_type, TRAINED, MAKING) == data
    assert only_marked(data, media_type, TRAINED) == data
