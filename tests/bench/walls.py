"""Many posts with pictures whose bytes nobody will ask for: rows only, in bulk."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from django.utils import timezone

from gallery.imaging.renditions import rendition_sizes
from gallery.models import GeneratedImage, Post, StoredObject
from gallery.models.objects import new_key
from pixelstream.accounts.models import User

BATCH = 250
SHAPES = (("1:1", 1024, 1024), ("4:5", 916, 1144), ("16:9", 1360, 766), ("3:2", 1254, 836))
MODELS = (("builtin/lumen", "Lumen"), ("builtin/gouache", "Gouache"), ("builtin/poster", "Poster"))
PROMPTS = (
    "a lighthouse at dusk, long exposure, the sea like milk, seen from the dunes in late autumn",
    "um gato na janela, chuva lá fora, luz quente da cozinha, aquarela com poucos traços",
    "a paper boat on a river of stars, wide shot, deep blue and gold, quiet, cinematic light",
    "street market in the rain, umbrellas from above, strong colours, screen print, three inks",
)
CAPTIONS = (
    "Last light.\nThe sea keeps the diary.\n\n#Lighthouse #Dusk #LongExposure",
    "A chuva é lá fora.\nAqui dentro só ronrom & café.\n\n#Gato #Chuva #Aquarela",
    "Small boat, large night.\nNo oars needed.\n\n#Stars #Paper #River",
    "Forty umbrellas and not one of them mine.\n\n#Market #Rain #ScreenPrint",
)


def fill(owner: User, *, posts: int, images: int = 4) -> None:
    """Give a person that many finished posts, unless they have posts already."""
    if Post.objects.owned_by(owner).exists():
        return
    number = count()
    for begin in range(0, posts, BATCH):
        size = min(BATCH, posts - begin)
        added = Post.objects.bulk_create(_post(owner, next(number)) for _ in range(size))
        # As if made over the last months, so that dates look as they do in a real gallery.
        made_at = timezone.now() - timedelta(days=400 * (1 - begin / posts))
        Post.objects.filter(pk__in=[post.pk for post in added]).update(created_at=made_at)
        slots = [(post, position) for post in added for position in range(images)]
        objects = StoredObject.objects.bulk_create(
            [stored_object(owner, post) for post, _ in slots]
        )
        GeneratedImage.objects.bulk_create(
            picture(post, position, obj)
            for (post, position), obj in zip(slots, objects, strict=True)
        )


def _post(owner: User, number: int) -> Post:
    return Post(
        owner=owner,
        prompt=f"{PROMPTS[number % len(PROMPTS)]} ({number})",
        caption=CAPTIONS[number % len(CAPTIONS)],
        aspect_ratio=SHAPES[number % len(SHAPES)][0],
        status=Post.Status.GENERATED,
    )


def stored_object(owner: User, post: Post) -> StoredObject:
    """An unsaved object for a picture of that post."""
    width, height = _size(post)
    return StoredObject(
        key=new_key("generated", owner.pk, "jpg"),
        area=StoredObject.Area.PUBLIC,
        state=StoredObject.State.LIVE,
        owner=owner,
        content_type="image/jpeg",
        size=400_000,
        sha256="0" * 64,
        rendition_widths=[name for name, _width, _height in rendition_sizes(width, height)],
    )


def picture(post: Post, position: int, obj: StoredObject) -> GeneratedImage:
    """An unsaved picture of that post."""
    width, height = _size(post)
    model, model_name = MODELS[position % len(MODELS)]
    return GeneratedImage(
        owner_id=post.owner_id,
        post=post,
        object=obj,
        position=position,
        filename="picture.jpg",
        width=width,
        height=height,
        aspect_ratio=post.aspect_ratio,
        resolution=post.resolution,
        dominant_colour="#b04a2f",
        hue=30,
        prompt=post.prompt,
        model=model,
        model_name=model_name,
        duration_ms=2300,
    )


def _size(post: Post) -> tuple[int, int]:
    return next((width, height) for ratio, width, height in SHAPES if ratio == post.aspect_ratio)
