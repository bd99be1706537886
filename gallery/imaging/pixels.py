"""One shape for all pixels: 8-bit sRGB, with or without alpha."""

from __future__ import annotations

import io

from PIL import Image


def to_srgb(image: Image.Image) -> Image.Image:
    """Return the picture as "RGB", or as "RGBA" when some pixel is not opaque; colours in sRGB.

    An embedded RGB or CMYK colour profile is applied, because the profile itself never travels
    on. Grey profiles are not: their tone curves are close to sRGB's. The given image is not
    changed; it is returned as it is when nothing has to be done.
    """
    profile = image.info.get("icc_profile")
    image = _eight_bits(image)
    if image.mode == "CMYK":
        return _apply_profile(image, profile, space="CMYK") or image.convert("RGB")
    if image.mode not in ("RGB", "RGBA") or image.has_transparency_data:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image = _apply_profile(image, profile, space="RGB") or image
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    return image


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scale 16-bit grey down; Pillow's own conversion would cut everything above 255 off."""
    if not image.mode.startswith("I"):
        return image
    image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    image.info.pop("transparency", None)  # a 16-bit grey value, which no pixel can have now
    return image


def _apply_profile(image: Image.Image, profile: object, *, space: str) -> Image.Image | None:
    """Convert to sRGB by the profile, or return None when there is nothing (usable) to apply."""
    if not isinstance(profile, bytes) or not profile:
        return None
    from PIL import ImageCms  # few pictures need it, and it costs the gate's child start-up time

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != space:
            return None
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return None
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None  # a broken profile makes colours uncertain, not the picture unusable
