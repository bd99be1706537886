"""The same wish once more, with another seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gallery.forms import MAX_ID
from gallery.models import EditConversation, GeneratedImage, Post
from generation import catalogue
from generation.providers.types import Kind, ModelSpec
from generation.services import animating, editing, keys, studio
from generation.services.animating import ClipWish
from generation.services.editing import EditWish
from generation.services.studio import Wish

NO_BASE = gettext_lazy("The picture it starts from is not there any more.")


class NothingToRegenerateError(Exception):
    """None of the post's models can make it now. The text says why, in sentences."""


@dataclass(frozen=True)
class Regenerated:
    """What was started, and in sentences what is not as it was."""

    made: Post | EditConversation
    """The new post, or the conversation with the new turn."""
    notices: tuple[str, ...]


def regenerate(*, post: Post, form_key: UUID | None = None) -> Regenerated:
    """Start a new post from a post's prompt, models, settings, references and project. What came of
    an edit is edited again: the next turn of its conversation. A clip begins and ends with the same
    pictures.

    Successors take the place of retired models; models that cannot do it any more are left out.
    The same `form_key` starts one post. Raises NothingToRegenerateError, ReferenceGoneError,
    NotEnoughCreditsError, and QuotaExceededError while the person's storage is full.
    """
    if studio.is_reference_gone(post):
        raise studio.ReferenceGoneError
    if clip := animating.params_of(post):
        return _animate_again(post, clip["seconds"], form_key)
    return _edit_again(post, form_key) if post.parent_id else _start_again(post, form_key)


def _start_again(post: Post, form_key: UUID | None) -> Regenerated:
    references = tuple(studio.references_of(post))
    own_keys = keys.states(post.owner)
    specs, notices = _able_models(
        post, lambda spec: _obstacle(spec, post, len(references), own_keys)
    )
    wish = Wish(
        prompt=post.prompt,
        models=specs,
        negative_prompt=post.negative_prompt,
        aspect_ratio=post.aspect_ratio,
        resolution=post.resolution,
        project=post.project,
        references=references,
    )
    new = studio.start_post(owner=post.owner, wish=wish, form_key=form_key)
    return Regenerated(new, tuple(notices))


def _animate_again(post: Post, seconds: int, form_key: UUID | None) -> Regenerated:
    there = animating.frames_of(post)
    if "first" in there and there["first"] is None:
        raise NothingToRegenerateError(str(NO_BASE))
    if "last" in there and there["last"] is None:
        raise NothingToRegenerateError(_("The picture it ends with is not there any more."))
    own_keys = keys.states(post.owner)
    specs, notices = _able_models(
        post, lambda spec: _clip_obstacle(spec, post, seconds, len(there), own_keys)
    )
    wish = ClipWish(
        prompt=post.prompt,
        models=specs,
        seconds=seconds,
        negative_prompt=post.negative_prompt,
        aspect_ratio=post.aspect_ratio,
        resolution=post.resolution,
        first=there.get("first"),
        last=there.get("last"),
        project=post.project,
    )
    try:
        new = animating.start_clip(owner=post.owner, wish=wish, form_key=form_key)
    except editing.SourceGoneError as error:
        raise NothingToRegenerateError(str(NO_BASE)) from error
    return Regenerated(new, tuple(notices))


def _able_models(
    post: Post, obstacle_of: Callable[[ModelSpec], str]
) -> tuple[list[ModelSpec], list[str]]:
    """The post's models that can make it now, successors for retired ones, and in sentences what is
    not as it was. Raises NothingToRegenerateError when none is left.
    """
    specs: dict[str, ModelSpec] = {}
    notices: list[str] = []
    for key in studio.models_of(post):
        spec = catalogue.find(key)
        following = catalogue.successor(spec) if spec else None
        if spec is None or following is None:
            notices.append(_left_out(key, _("It is no longer offered.")))
            continue
        if obstacle := obstacle_of(following):
            notices.append(obstacle)
            continue
        if following.key != spec.key:
            notices.append(catalogue.succession_notice(spec, following))
        specs[following.key] = following
    if not specs:
        raise NothingToRegenerateError(_sentences(notices))
    return list(specs.values()), notices


def _edit_again(post: Post, form_key: UUID | None) -> Regenerated:
    # One picture and what was asked for; what came with an import may lack either.
    pictures = post.images.select_related("turn__conversation__owner").order_by("position")
    image = pictures.first()
    if image is None or not image.prompt.strip():
        raise NothingToRegenerateError(str(NO_BASE))
    bases, notices = _bases_of(post, image)
    references = tuple(studio.references_of(post))
    spec = catalogue.find(image.model)
    following = catalogue.successor(spec) if spec else None
    if spec is None or following is None:
        raise NothingToRegenerateError(_left_out(image.model, _("It is no longer offered.")))
    inputs = len(bases) + len(references)
    if obstacle := _edit_obstacle(following, inputs, keys.states(post.owner)):
        raise NothingToRegenerateError(obstacle)
    if following.key != spec.key:
        notices.append(catalogue.succession_notice(spec, following))
    wish = EditWish(image.prompt, [following], bases, references)
    try:
        conversation = _send(image, wish, form_key)
    except editing.SourceGoneError as error:
        raise NothingToRegenerateError(str(NO_BASE)) from error
    return Regenerated(conversation, tuple(notices))


def _send(image: GeneratedImage, wish: EditWish, form_key: UUID | None) -> EditConversation:
    """The next turn of the picture's conversation, or the first of another where that is gone."""
    if image.turn is not None:
        with suppress(editing.ConversationGoneError):
            conversation = image.turn.conversation
            editing.send_turn(conversation=conversation, wish=wish, form_key=form_key)
            return conversation
    return editing.start_conversation(
        owner=image.owner, source=wish.bases[0], wish=wish, form_key=form_key
    )


def _bases_of(post: Post, image: GeneratedImage) -> tuple[list[GeneratedImage], list[str]]:
    """What is left of the pictures that an edit started from, and a sentence where one is not."""
    # The ids that came with an import are those of another installation, if they are ids at all.
    is_of_here = image.params.get("parent") == post.parent_id
    named = image.params.get("bases") if is_of_here else None
    wanted = [pk for pk in named if _is_id(pk)] if isinstance(named, list) else []
    there = editing.usable_bases(wanted, post.owner).in_bulk()
    bases = [there[pk] for pk in wanted if pk in there]
    if not bases:
        raise NothingToRegenerateError(str(NO_BASE))
    left_out = _("A picture that it started from is not there any more.")
    return bases, [left_out] if len(bases) < len(wanted) else []


def _is_id(value: object) -> bool:
    return type(value) is int and 0 < value <= MAX_ID


def _edit_obstacle(spec: ModelSpec, inputs: int, own_keys: catalogue.Keys) -> str:
    """Why a model cannot make this edit now, as a sentence; empty when it can."""
    if reason := catalogue.unavailable_reason(spec, own_keys):
        return _left_out(spec.key, str(reason))
    if not catalogue.is_shown(spec) or not spec.supports(Kind.EDIT):
        return _left_out(spec.key, _("It is no longer offered."))
    return _too_many(spec, inputs) if inputs > spec.capabilities.max_references else ""


def _obstacle(spec: ModelSpec, post: Post, references: int, own_keys: catalogue.Keys) -> str:
    """Why a model cannot make this post now, as a sentence; empty when it can."""
    able = spec.capabilities
    if reason := catalogue.unavailable_reason(spec, own_keys):
        return _left_out(spec.key, str(reason))
    if not catalogue.is_shown(spec) or not (spec.supports(Kind.IMAGE) or spec.supports(Kind.EDIT)):
        return _left_out(spec.key, _("It is no longer offered."))
    if value := _impossible(post, spec):
        return _("%(models)s cannot make %(value)s pictures.") % {
            "models": spec.name,
            "value": value,
        }
    if references > able.max_references:
        return _too_many(spec, references)
    if references < able.min_references:
        message = _("%(models)s needs a picture to work on: add a reference.")
        return message % {"models": spec.name}
    return ""


def _clip_obstacle(
    spec: ModelSpec, post: Post, seconds: int, pictures: int, own_keys: catalogue.Keys
) -> str:
    """Why a model cannot make this clip now, as a sentence; empty when it can."""
    able = spec.capabilities
    if reason := catalogue.unavailable_reason(spec, own_keys):
        return _left_out(spec.key, str(reason))
    if not catalogue.is_shown(spec) or not spec.supports(Kind.VIDEO):
        return _left_out(spec.key, _("It is no longer offered."))
    if seconds not in able.durations:
        message = ngettext(
            "%(models)s cannot make a clip of %(value)s second.",
            "%(models)s cannot make a clip of %(value)s seconds.",
            seconds,
        )
        return message % {"models": spec.name, "value": seconds}
    if value := _impossible(post, spec):
        return _("%(models)s cannot make %(value)s clips.") % {"models": spec.name, "value": value}
    if not able.min_references <= pictures <= able.max_references:
        return _left_out(spec.key, _("It cannot be given these frames."))
    return ""


def _impossible(post: Post, spec: ModelSpec) -> str:
    """The ratio or the resolution of the post that the model cannot make; "" when it can."""
    able = spec.capabilities
    for value, possible in (
        (post.aspect_ratio, able.aspect_ratios),
        (post.resolution, able.resolutions),
    ):
        if possible and value not in possible:
            return value
    return ""


def _too_many(spec: ModelSpec, references: int) -> str:
    message = ngettext(
        "%(models)s cannot use a reference.",
        "%(models)s cannot use %(value)s references.",
        references,
    )
    return message % {"models": spec.name, "value": references}


def _left_out(key: str, reason: str) -> str:
    return _("%(model)s was left out. %(reason)s") % {
        "model": catalogue.display_name(key),
        "reason": reason,
    }


def _sentences(notices: Iterable[str]) -> str:
    return " ".join(notices) or _("Its models are not known any more.")
