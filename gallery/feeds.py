"""RSS of what everybody may see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import format_html, linebreaks
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gallery.covers import card_facts, with_public_covers
from gallery.link_previews import PreviewPicture, preview_of, public_alt_text
from gallery.models import Post
from pixelstream.absolute import absolute
from pixelstream.conditional import unless_known

if TYPE_CHECKING:
    from gallery.models.posts import PostQuerySet

POSTS = 20
"""Of one feed: the newest."""

MEDIA = "http://search.yahoo.com/mrss/"
CONTENT_TYPE = "application/rss+xml; charset=utf-8"

# XML knows no way to write these.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed_of(
    request: HttpRequest, posts: PostQuerySet, *, title: str, link: str, description: str
) -> HttpResponse:
    """The newest of these posts as RSS 2.0, or a 304 when the reader has that; in two queries.

    `posts` are such that strangers may see them listed, `link` is the path of the page that the
    feed belongs to. Nothing of the feed depends on who asks.
    """
    items = with_public_covers(posts.for_public_cards().order_by("-id")[:POSTS])
    facts = (title, link, description, [card_facts(post) for post in items])

    def answer() -> HttpResponse:
        feed = _Feed(
            _text(title),
            absolute(link),
            _text(description),
            language=get_language(),
            feed_url=absolute(request.path),
        )
        for post in items:
            _add(feed, post)
        return HttpResponse(feed.writeString("utf-8"), content_type=CONTENT_TYPE)

    response = unless_known(request, facts, answer)
    if items:
        response["Last-Modified"] = http_date(items[0].created_at.timestamp())
    return response


class _Feed(Rss201rev2Feed):
    """With the picture in the words of Media RSS; of a clip, its poster.

    RSS's own enclosure has to say how many bytes it has. That is known of originals only, and what
    made them may have written the prompt into those. And many readers fetch what is enclosed
    before anybody asks for it, of clips up to 200 MB each.
    """

    def rss_attributes(self) -> dict[str, str]:
        """The names that are used below."""
        attributes: dict[str, str] = super().rss_attributes()
        return {**attributes, "xmlns:media": MEDIA}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """What RSS knows, and the picture."""
        super().add_item_elements(handler, item)
        handler.addQuickElement("media:content", "", item["picture"])


def _add(feed: _Feed, post: Post) -> None:
    if post.cover is None:
        return
    page = absolute(post.public_address)
    picture = preview_of(post.cover)
    is_clip = post.cover.is_clip
    untold = _("Clip without a caption") if is_clip else _("Picture without a caption")
    feed.add_item(
        title=_text(post.public_title) or untold,
        link=page,
        description=_description(post, picture, public_alt_text(post, post.cover)),
        author_name=_text(post.owner.public_name),
        pubdate=post.created_at,
        unique_id=page,
        unique_id_is_permalink=True,
        picture={
            "url": picture.url,
            "medium": "image",
            "width": str(picture.width),
            "height": str(picture.height),
        },
    )


def _description(post: Post, picture: PreviewPicture, alt_text: str) -> str:
    shown = format_html(
        '<p><a href="{}"><img src="{}" width="{}" height="{}" alt="{}"></a></p>',
        absolute(post.public_address),
        picture.url,
        str(picture.width),
        str(picture.height),
        _text(alt_text),
    )
    return shown + linebreaks(_text(post.caption), autoescape=True)


def _text(text: str) -> str:
    """Without what XML cannot say."""
    return _NO_XML.sub(" ", text)
