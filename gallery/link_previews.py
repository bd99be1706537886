"""What other sites show of a link to a shared post: by its page's Open Graph words, or oEmbed.

A clip is shown by its poster, and played where its owner lets others have the file: these sites
play, and often keep, the file itself.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from gallery.imaging.formats import CLIP_MEDIA_TYPE
from gallery.imaging.renditions import rendition_sizes
from gallery.models import GeneratedImage, Post
from gallery.share_page import SharePage
from pixelstream.absolute import absolute
from pixelstream.clip_words import clip_label, whole_seconds

DESCRIPTION_LENGTH = 200
CACHE_AGE = 300
"""Seconds for which others may keep what oEmbed told them: what is withdrawn is to go soon."""

NAME = "Pixelstream"

_PATH = re.compile(r"/p/([\w-]{22})/?", re.ASCII)
_SCHEMES = {"http", "https"}


class PreviewPicture(NamedTuple):
    """A picture for another site: its address, and its size in pixels."""

    url: str
    width: int
    height: int


class PreviewClip(NamedTuple):
    """A clip for another site: its address and type, its size in pixels, its length in seconds."""

    url: str
    media_type: str
    width: int
    height: int
    seconds: int


class LinkPreview:
    """What the page of a shared post says of itself to other sites."""

    def __init__(self, page: SharePage) -> None:
        caption, author = page.post.caption, page.post.owner.public_name
        by_author = _("A clip by %(author)s") if page.clip else _("A picture by %(author)s")
        self.url = absolute(page.post.public_address)
        #: The caption's first line, else who made it. Never a word of the prompt.
        self.title = page.post.public_title or by_author % {"author": author}
        #: The caption in one line, else what made the pictures.
        self.description = Truncator(" ".join(caption.split())).chars(DESCRIPTION_LENGTH) or _(
            "Made with %(models)s"
        ) % {"models": ", ".join(page.models)}
        #: Of the picture: that of a clip is its poster.
        self.alt_text = public_alt_text(page.post, page.pictures[0].image)
        self.picture = preview_of(page.pictures[0].image)
        self.clip = clip_for_others(page)
        #: In the words of Open Graph.
        self.type = "video.other" if self.clip else "website"
        self.oembed_url = absolute(reverse("gallery:oembed", query={"url": self.url}))


def public_alt_text(post: Post, image: GeneratedImage) -> str:
    """What stands for a picture of the post, or for the poster of a clip, for those who do not see
    it. Never a word of the prompt.
    """
    if image.clip_ms is not None:
        return clip_label(post.public_alt_text, image.clip_ms)
    return post.public_alt_text or _("Picture without a caption")


def clip_for_others(page: SharePage) -> PreviewClip | None:
    """The clip in front of the post, if there is one that others may have as a file."""
    clip = page.clip
    if clip is None or clip.clip_ms is None or not page.post.downloads_allowed:
        return None
    seconds = whole_seconds(clip.clip_ms)
    return PreviewClip(absolute(clip.url), CLIP_MEDIA_TYPE, clip.width, clip.height, seconds)


def token_of(url: str) -> str:
    """The token in the address of a public page of this site; empty for every other address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    ours = urlsplit(settings.SITE_URL).netloc.lower()
    if parts.scheme not in _SCHEMES or parts.netloc.lower() != ours:
        return ""
    found = _PATH.fullmatch(parts.path)
    return found[1] if found else ""


def preview_of(
    image: GeneratedImage, *, max_width: int | None = None, max_height: int | None = None
) -> PreviewPicture:
    """The largest rendition within these sizes. Where none is so small, the smallest one, to be
    shown smaller than it is.
    """
    known = {width: height for _name, width, height in rendition_sizes(image.width, image.height)}
    copies = [(url, width, known[width]) for url, width in image.renditions]
    copies = copies or [(image.url, image.width, image.height)]
    fitting = [copy for copy in copies if _scale(copy[1], copy[2], max_width, max_height) >= 1]
    url, width, height = fitting[-1] if fitting else copies[0]
    scale = min(1, _scale(width, height, max_width, max_height))
    return PreviewPicture(absolute(url), max(1, int(width * scale)), max(1, int(height * scale)))


def oembed_of(page: SharePage, *, max_width: int | None, max_height: int | None) -> dict[str, Any]:
    """The cover for oEmbed 1.0, no larger than these sizes in pixels: a photo, or a clip as a
    video, which is a player in HTML. A clip whose file others may not have is a photo as well, its
    poster: a video without a player is nothing that oEmbed knows.
    """
    image, author = page.pictures[0].image, page.post.owner
    clip = clip_for_others(page)
    shown = preview_of(image, max_width=max_width, max_height=max_height)
    small = image.renditions[0][1] if image.renditions else image.width
    small = min(small, max_width or small)
    thumbnail = preview_of(image, max_width=small, max_height=max_height)
    told = {
        "version": "1.0",
        "type": "video" if clip else "photo",
        "title": LinkPreview(page).title,
        "author_name": author.public_name,
        "provider_name": NAME,
        "provider_url": absolute("/"),
        "cache_age": CACHE_AGE,
        **(_player(clip, image, max_width, max_height) if clip else shown._asdict()),
        **{f"thumbnail_{name}": value for name, value in thumbnail._asdict().items()},
    }
    if author.handle:
        told["author_url"] = absolute(reverse("gallery:profile", args=[author.handle]))
    return told


def _player(
    clip: PreviewClip, image: GeneratedImage, max_width: int | None, max_height: int | None
) -> dict[str, Any]:
    """The player of a clip within these sizes. Nothing but its poster is loaded before it plays."""
    scale = min(1, _scale(clip.width, clip.height, max_width, max_height))
    width, height = max(1, int(clip.width * scale)), max(1, int(clip.height * scale))
    player = format_html(
        '<video controls playsinline preload="none" width="{}" height="{}" poster="{}">'
        '<source src="{}" type="{}"></video>',
        *(str(width), str(height), preview_of(image).url, clip.url, clip.media_type),
    )
    return {"html": str(player), "width": width, "height": height}


def _scale(width: int, height: int, max_width: int | None, max_height: int | None) -> float:
    """How often the size fits into the other one."""
    return min((max_width or width) / width, (max_height or height) / height)
