"""The pictures of posts as administrators see them."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gallery.imaging.renditions import rendition_key
from gallery.models import GeneratedImage, Post, StoredObject
from gallery.views.media import object_response
from pixelstream.admin import thumbnail
from pixelstream.clip_words import clip_label

PRIVATE = StoredObject.Area.PRIVATE


def withheld() -> QuerySet[Post]:
    """Posts that administrators took away from everybody, whose pictures they can still see to
    think again. What its owner took away is the owner's alone.
    """
    taken = Q(is_disabled_by_admin=True) | Q(owner__suspended_at__isnull=False)
    return Post.objects.live().filter(taken)


def is_withheld(post: Post) -> bool:
    """Whether the post is one of `withheld`; needs its owner."""
    is_taken = post.is_disabled_by_admin or post.owner.suspended_at is not None
    return post.deleted_at is None and is_taken


def small(image: GeneratedImage | None, post: Post) -> SafeString | str:
    """The smallest copy of a picture of the post, or of a clip's poster; in words where
    administrators do not see it.
    """
    if image is None:
        return ""
    if image.is_clip and not image.object.rendition_widths:
        return length(image)  # without a poster there is only the film
    if image.object.area != PRIVATE:
        return thumbnail(image.thumbnail_url, image.ratio)
    if is_withheld(post):
        return thumbnail(reverse("admin:gallery_post_picture", args=[image.pk]), image.ratio)
    return _("private")


def length(image: GeneratedImage) -> str:
    """How long a clip is and whether it has sound; empty for a picture."""
    return clip_label("", image.clip_ms, image.has_sound) if image.clip_ms else ""


@require_safe
def picture(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The smallest copy of a picture of a post that administrators took away. Whoever calls it has
    seen to who asks.
    """
    images = GeneratedImage.objects.filter(post__in=withheld(), object__area=PRIVATE)
    image = get_object_or_404(images.select_related("object"), pk=pk)
    widths = image.object.rendition_widths
    key = rendition_key(image.object.key, min(widths)) if widths else image.object.key
    if image.object.state != StoredObject.State.LIVE:
        raise Http404
    return object_response(request, "private", key)
