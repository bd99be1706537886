"""Which picture of a post something new is to be made from."""

from __future__ import annotations

from django.http import Http404

from gallery.models import GeneratedImage, Post
from gallery.relatives import cover_number


def source_picture(
    post: Post, *, image_id: int | None = None, number: int | None = None
) -> GeneratedImage:
    """The picture of the post with this id, else with this number from 1, else the one in front.

    Clips are none: they have a number and cannot be chosen. Raises Http404 for a post without
    pictures.
    """
    images = list(post.images.select_related("object").order_by("position"))
    numbered = dict(enumerate(images, start=1))
    cover = numbered.get(cover_number([image.position for image in images], post) or 0)
    named = next((image for image in images if image.pk == image_id), None)
    for image in (named, numbered.get(number or 0), cover, *images):
        if image is not None and not image.is_clip:
            return image
    raise Http404
