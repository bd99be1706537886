"""The other half of `ready`: runs in a process that has the application loaded."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth import login
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from gallery.models import Post
from generation import catalogue, sizes
from pixelstream.accounts.models import User
from tests import factories

SEED = 7


# Slow on purpose, and everybody has the same.
hashed = cache(make_password)


def person(email: str, password: str) -> str:
    """An account; gives the key of a session in which it is signed in."""
    user = User.objects.create(email=email, password=hashed(password))
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=False)
    request = HttpRequest()
    request.session = SessionStore()
    login(request, user)
    request.session.save()
    return str(request.session.session_key)


def posts(
    email: str, prompts: Sequence[str], models: Sequence[str], aspect_ratio: str
) -> list[int]:
    """Posts with a picture of each model; without models such for which nothing came."""
    owner = User.objects.get(email=email)
    width, height = sizes.pixel_size(aspect_ratio, "1K")
    made = []
    for number, prompt in enumerate(prompts):
        post = Post.objects.create(
            owner=owner,
            prompt=prompt,
            caption=f"{prompt}.\n\n#Ready" if models else "",
            aspect_ratio=aspect_ratio,
            status=Post.Status.GENERATED if models else Post.Status.FAILED,
        )
        asked = {"models": list(models), "seed": SEED, "aspect_ratio": aspect_ratio}
        post.messages.create(role="user", text=prompt, snapshot=asked)
        post.messages.create(role="assistant", text=post.caption, duration_ms=900)
        for position, model in enumerate(models):
            hue = (number * 67 + position * 131) % 360
            factories.create_image(
                post,
                position=position,
                data=factories.picture_bytes(width, height, f"hsl({hue}, 45%, 60%)"),
                width=width,
                height=height,
                aspect_ratio=aspect_ratio,
                model=model,
                model_name=catalogue.display_name(model),
                seed=SEED,
                hue=hue,
            )
        made.append(post.pk)
    return made


def clips(email: str, prompts: Sequence[str], count: int, has_sound: bool) -> list[int]:
    """Posts with so many clips of three seconds each."""
    owner = User.objects.get(email=email)
    film = factories.film_bytes(640, 360, seconds=3, has_sound=has_sound)
    made = []
    for prompt in prompts:
        post = factories.create_post(
            owner, images=0, prompt=prompt, caption=f"{prompt}.", aspect_ratio="16:9"
        )
        for position in range(count):
            factories.create_clip(post, position=position, data=film)
        made.append(post.pk)
    return made


def conversation(email: str, post_id: int, turns: Sequence[int]) -> int:
    """A conversation with finished turns of so many outputs."""
    post = Post.objects.get(pk=post_id, owner__email=email)
    made = factories.create_conversation(post.owner, post.images.order_by("position")[0])
    for outputs in turns:
        factories.create_turn(made, outputs=outputs)
    return made.pk
