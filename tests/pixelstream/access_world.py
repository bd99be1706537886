"""What the access matrix asks for: things in every state, people, and what an answer comes to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from gallery.models import GeneratedImage, Post
from gallery.services import trash
from generation.providers.types import Kind
from generation.services import inputs
from pixelstream.accounts.models import User
from pixelstream.api import tokens
from tests.factories import (
    PASSWORD,
    animate,
    create_conversation,
    create_post,
    create_turn,
    job_of,
)
from tests.gallery.views import addresses

UNKNOWN_TOKEN = "A" * 22


def names(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Every route of the site by its name, the admin's as well."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern, inner)
        else:
            yield f"{prefix}{pattern.name}"


# --- things


def make(of: str, owner: User, state: str = "live") -> list[object]:
    """Something of the owner's in this state; gives what stands in its address."""
    match of:
        case "-":
            return []
        case "post":
            return [_post(owner, state).pk]
        case "conversation":
            is_barred = state == "disabled"
            source = _post(owner, "disabled" if is_barred else "live").images.get()
            conversation = create_conversation(owner, source)
            create_turn(conversation, outputs=1)
            if state == "trashed":
                type(conversation).objects.filter(pk=conversation.pk).update(
                    deleted_at=timezone.now()
                )
            return [conversation.pk]
        case "object":
            return [_post(owner, "live").images.get().object.key]
        case "provider":
            return ["openrouter"]
        case "token":
            return [tokens.make(owner, name="a script", scopes=[])[0].pk]
        case "session":
            elsewhere = Client(REMOTE_ADDR="203.0.113.7")
            elsewhere.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
            return [UserSession.objects.get(user=owner).pk]
        case "input":
            return [_input_token(owner)]
        case "handle":
            addresses.make("profile", owner)
            return [owner.handle]
        case "number":
            return [1]
        case "key":
            return ["x"]
        case "two-keys":
            return ["x", "y"]
    thing = addresses.make(of, owner)
    if thing is None:
        raise ValueError(of)
    return [thing.pk]


def _post(owner: User, state: str) -> Post:
    """A public post: that it is public opens none of its owner's pages."""
    public = {"visibility": Post.Visibility.PUBLIC, "caption": addresses.CAPTION}
    match state:
        case "trashed":
            return create_post(owner, deleted_at=timezone.now(), **public)
        case "disabled":
            reason = {"is_disabled_by_admin": True, "disabled_by_admin_reason": "Not here."}
            return create_post(owner, **reason, **public)
    return create_post(owner, **public)


def _input_token(owner: User) -> str:
    """What opens the first frame of a clip that is being made."""
    frame = _post(owner, "live").images.get()
    job = job_of(animate(owner, first=frame), Kind.VIDEO)
    return inputs.token_of(job, 0, inputs.Fit(longest=2048, takes_webp=True))


def make_shared(owner: User, state: str) -> str:
    """The token of a post that is shared, or not any more."""
    unlisted = {"visibility": Post.Visibility.UNLISTED}
    match state:
        case "public" | "trashed" | "disabled":
            return _post(owner, state).share_token
        case "unlisted":
            return create_post(owner, **unlisted).share_token
        case "unshared":
            return create_post(owner, sharing_enabled=False, **unlisted).share_token
        case "expired":
            past = timezone.now() - timedelta(seconds=1)
            return create_post(owner, share_expires_at=past, **unlisted).share_token
        case "deleted":
            post = _post(owner, "live")
            token = post.share_token
            trash.trash(owner=owner, ids=[post.pk])
            trash_delete(owner, post)
            return token
        case "unknown":
            return UNKNOWN_TOKEN
    raise ValueError(state)


def trash_delete(owner: User, post: Post) -> None:
    """Delete a trashed post for good."""
    from gallery.services import deletion, quota

    with quota.counting():
        deletion.delete_some(Post.objects.filter(pk=post.pk), by=owner, limit=1)


def sends(route: str, args: list[object]) -> dict[str, str]:
    """What makes a verb of the library work on this thing; nothing for the others."""
    if route == "gallery:output-select":
        output = GeneratedImage.objects.get(turn__conversation=args[0])
        return {"image": str(output.pk)}
    if route == "gallery:share-revoke":
        return {"confirm": "on"}
    known = {f"gallery:{address.name}": address for address in addresses.ADDRESSES}
    return known[route].sends if route in known else {}


# --- people


def browser(person: User | None) -> Client:
    """A browser in which this person is signed in, if any."""
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


# --- answers


def word_for(answer: HttpResponseBase) -> str:
    """What an answer comes to, in one word of the table."""
    if answer.status_code in {301, 302, 303}:
        to = answer["Location"]
        if to.startswith(("/accounts/login/?next=", "/admin/login/?next=")):
            return "door"
        return "again" if "/reauthenticate/" in to else "on"
    words = {200: "page", 204: "page", 400: "wrong", 422: "wrong", 401: "refused", 403: "refused"}
    return {**words, 404: "gone", 405: "never"}.get(answer.status_code, str(answer.status_code))


def body_of(answer: HttpResponseBase) -> bytes:
    """All of it: a stream keeps its place until it is read."""
    return b"".join(answer)  # type: ignore[arg-type]


def look(client: Client, path: str, query: dict[str, str] | None = None) -> dict[str, str]:
    """Look at an address in the three ways of looking; gives the word for each, and what was
    written meanwhile. HEAD has to be GET without a body.
    """
    found: dict[str, str] = {}
    with CaptureQueriesContext(connection) as queries:
        page = client.get(path, query)
        body_of(page)
        head = client.head(path, query)
        assert body_of(head) == b"", f"HEAD {path} has a body"
        part = client.get(path, query, headers={"HX-Request": "true"})
        body_of(part)
    found = {"GET": word_for(page), "HEAD": word_for(head), "partial": word_for(part)}
    found["written"] = "; ".join(statement for statement in map(_written, queries) if statement)
    return found


def _written(query: dict[str, Any]) -> str:
    sql = query["sql"].lstrip("( \n")
    reads = ("SELECT", "WITH", "SAVEPOINT", "RELEASE", "BEGIN", "EXPLAIN", "ROLLBACK", "DECLARE")
    return "" if sql.startswith(reads) or '"django_session"' in sql else sql[:120]


def path_of(route: str, args: list[object]) -> str:
    """The address of a route."""
    return reverse(route, args=args)
