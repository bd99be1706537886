"""Addresses as QR codes, to be opened with a telephone."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import lru_cache

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathFillImage, SvgPathImage

QUIET_ZONE = 4
"""Modules of white around the code, as ISO/IEC 18004 wants it."""


KEPT = 32
"""Codes of so many addresses stay in memory, about 20 KB each. A post's panel draws its code again
with every change, which took longer than all the rest of it.
"""


@dataclass(frozen=True)
class QrCode:
    """A code as one SVG path, to be drawn dark on a white square with sides of `size`."""

    path: str
    size: int
    """In modules, the white around it included."""
    file: str
    """The whole picture as a `data:` address, to be saved."""


@lru_cache(maxsize=KEPT)
def qr_code_of(address: str) -> QrCode:
    """The code of an address. One black path without a style: the page's policy allows none."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(address)
    picture = code.make_image(image_factory=SvgPathImage)
    saved = code.make_image(image_factory=SvgPathFillImage).to_string()
    return QrCode(
        path=str(picture.path.get("d")),
        size=code.modules_count + 2 * QUIET_ZONE,
        file=f"data:image/svg+xml;base64,{base64.b64encode(saved).decode()}",
    )
