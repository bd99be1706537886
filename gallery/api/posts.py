"""Posts: lists, search, one, its caption and visibility, the trash."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from gallery.api.listing import filters_of, posts_page, trash_page
from gallery.api.schemas import (
    DeletedOut,
    DeleteIn,
    FiltersIn,
    Id,
    PostIn,
    PostOut,
    SearchIn,
    answers,
)
from gallery.api.written import post_as_dict
from gallery.models import Post
from gallery.post_forms import CaptionForm
from gallery.services import captions, deletion, posts, trash
from pixelstream.accounts.models import User
from pixelstream.api.envelopes import answer
from pixelstream.api.errors import ApiError, not_found
from pixelstream.api.idempotency import idempotent
from pixelstream.api.lists import PageIn, PageOut
from pixelstream.api.models import Scope
from pixelstream.api.security import Token, owner_of

router = Router(tags=["posts"])


@router.get("/posts", auth=Token(Scope.READ), response=answers(PageOut[PostOut]))
def list_posts(
    request: HttpRequest, filters: Query[FiltersIn], page: Query[PageIn]
) -> HttpResponse:
    """The posts of the gallery, newest first, with its filters."""
    user = owner_of(request)
    return answer(posts_page(user, filters_of(filters, user), page))


@router.get("/search", auth=Token(Scope.READ), response=answers(PageOut[PostOut]))
def search_posts(
    request: HttpRequest, filters: Query[SearchIn], page: Query[PageIn]
) -> HttpResponse:
    """The posts in whose prompt, caption, models or titles the words are."""
    user = owner_of(request)
    asked = filters_of(filters, user)
    if not asked.q:
        raise ApiError(422, "VALIDATION", "q: Say what to look for")
    return answer(posts_page(user, asked, page))


@router.get("/trash", auth=Token(Scope.READ), response=answers(PageOut[PostOut]))
def list_trash(request: HttpRequest, page: Query[PageIn]) -> HttpResponse:
    """The posts that can be restored, those that went to the trash last first."""
    return answer(trash_page(owner_of(request), page))


@router.get("/posts/{post_id}", auth=Token(Scope.READ), response=answers(PostOut))
def get_post(request: HttpRequest, post_id: Id) -> HttpResponse:
    """A post that is not in the trash."""
    return answer(post_as_dict(_live(owner_of(request), post_id)))


@router.patch("/posts/{post_id}", auth=Token(Scope.WRITE), response=answers(PostOut, 409))
def change_post(request: HttpRequest, post_id: Id, changes: PostIn) -> HttpResponse:
    """Change the caption, or who finds the post, or both; both happen or neither."""
    user = owner_of(request)
    post = _live(user, post_id)
    changes.require_one()
    try:
        with transaction.atomic():
            if changes.caption is not None:
                _set_caption(post, changes.caption, user)
            if changes.visibility is not None:
                posts.set_visibility(post=post, visibility=changes.visibility, by=user)
    except posts.BarredByAdminError as error:
        message = "An administrator disabled this post. It cannot be made public."
        raise ApiError(403, "POST_DISABLED", message) from error
    except Post.DoesNotExist as error:
        raise not_found() from error
    return answer(post_as_dict(_live(user, post_id)))


def _set_caption(post: Post, caption: str, by: User) -> None:
    seen = captions.mark_of(post.caption)
    form = CaptionForm({"caption": caption, "seen": seen})
    if not form.is_valid():
        raise ApiError(422, "VALIDATION", f"caption: {form.errors['caption'][0]}")
    try:
        captions.edit_caption(post=post, text=form.cleaned_data["caption"], seen=seen, by=by)
    except captions.CaptionBeingWrittenError as error:
        message = "The caption is being written. Change it when it is there."
        raise ApiError(409, "CAPTION_BEING_WRITTEN", message) from error
    except captions.CaptionChangedError as error:
        message = "The caption changed at this moment. Read it, and send yours again."
        raise ApiError(409, "CAPTION_CHANGED", message) from error


@router.post("/posts/{post_id}/trash", auth=Token(Scope.WRITE), response=answers(PostOut, 409))
@idempotent
def trash_post(request: HttpRequest, post_id: Id) -> HttpResponse:
    """Move a post to the trash; one that is there already stays there."""
    user = owner_of(request)
    trash.trash(owner=user, ids=[post_id])
    return answer(post_as_dict(_trashed(user, post_id)))


@router.post("/posts/{post_id}/restore", auth=Token(Scope.WRITE), response=answers(PostOut, 409))
@idempotent
def restore_post(request: HttpRequest, post_id: Id) -> HttpResponse:
    """Put a post back where it was; one that is not in the trash stays where it is."""
    user = owner_of(request)
    trash.restore(owner=user, ids=[post_id])
    return answer(post_as_dict(_live(user, post_id)))


@router.delete("/posts/{post_id}", auth=Token(Scope.DELETE), response=answers(DeletedOut, 409))
def delete_post(request: HttpRequest, post_id: Id, wish: Query[DeleteIn]) -> HttpResponse:
    """Delete a post of the trash for good. One that is deleted already counts as nothing."""
    user = owner_of(request)
    deleted = deletion.delete_chosen(
        Post.objects.in_trash_of(user), [post_id], by=user, include_generated=wish.include_generated
    )
    if not deleted.total:
        if Post.objects.visible_to(user).filter(pk=post_id).exists():
            message = "Only posts of the trash are deleted for good. Move it there first."
            raise ApiError(409, "NOT_IN_TRASH", message)
        if not deletion.was_theirs(user, Post, post_id):
            raise not_found()
    return answer({"deletedTotal": deleted.total, "deletedGenerated": deleted.generated})


def _live(user: User, pk: int) -> Post:
    return _only(Post.objects.visible_to(user).filter(pk=pk).first())


def _trashed(user: User, pk: int) -> Post:
    return _only(Post.objects.in_trash_of(user).filter(pk=pk).first())


def _only(post: Post | None) -> Post:
    if post is None:
        raise not_found()
    return post
