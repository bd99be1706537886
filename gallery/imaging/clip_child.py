"""The process in which clips are decoded. Started by clips.py, never imported by it.

Like gate_child.py it gives up what it does not need before it reads a byte, and answers with one
frame on standard output. The clip is its standard input, which is a file: libav seeks in it. Its
argument is the mark that the renditions carry; an empty one is none.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

#: Bytes of address space. A film of 4096x4096 pixels may refer to sixteen frames before.
MAX_MEMORY = 1536 * 1024 * 1024
#: Seconds of processor time, below the time-out of clips.py.
MAX_CPU_SECONDS = 25


def main() -> None:
    """Look at the clip, make the renditions of its poster, answer with one frame."""
    # -I starts Python without the script's folder and without PYTHONPATH.
    sys.path.append(str(Path(__file__).resolve().parents[2]))
    from gallery.imaging.gate_child import limit_itself

    limit_itself(memory=MAX_MEMORY, cpu_seconds=MAX_CPU_SECONDS)
    answer_to = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get into the answer

    from gallery.imaging import colours
    from gallery.imaging.clip_reading import look_at
    from gallery.imaging.formats import ImageRefused
    from gallery.imaging.gate_frames import pack, pack_refused
    from gallery.imaging.renditions import make_renditions
    from gallery.imaging.xmp import xmp_packet

    said = sys.argv[1]
    try:
        seen = look_at(sys.stdin.buffer)
        sample = colours.sample(seen.poster)
        renditions = make_renditions(seen.poster, xmp=xmp_packet(said) if said else None)
        header = {
            "width": seen.width,
            "height": seen.height,
            "clip_ms": seen.clip_ms,
            "frames_per_second": seen.frames_per_second,
            "has_sound": seen.has_sound,
            "dominant_colour": colours.dominant_colour(sample),
            "hue": colours.hue(sample),
            "widths": list(renditions),
        }
        answer = pack(header, list(renditions.values()))
    except ImageRefused as refused:
        answer = pack_refused(refused)
    with answer_to:
        answer_to.write(answer)


if __name__ == "__main__":
    main()
