"""The same wish once more, with another seed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.models import Post
from generation import catalogue
from generation.providers.types import Kind, ModelSpec
from generation.services import keys, studio
from generation.services.studio import Wish


class NothingToRegenerateError(Exception):
    """None of the post's models can make it now. The text says why, in sentences."""


@dataclass(frozen=True)
class Regenerated:
    """The new post, and in sentences what is not as it was."""

    post: Post
    notices: tuple[str, ...]


def regenerate(*, post: Post, form_key: UUID | None = None) -> Regenerated:
    """Start a new post from a post's prompt, models, settings, references and project.

    Successors take the place of retired models; models that cannot do it any more are left out.
    The same `form_key` starts one post. Raises NothingToRegenerateError, and QuotaExceededError
    while the person's storage is full.
    """
    references = tuple(studio.references_of(post))
    own_keys = keys.states(post.owner)
    specs: dict[str, ModelSpec] = {}
    notices: list[str] = []
    for key in studio.models_of(post):
        spec = catalogue.find(key)
        following = catalogue.successor(spec) if spec else None
        if spec is None or following is None:
            notices.append(_left_out(key, _("It is no longer offered.")))
            continue
        obstacle = _obstacle(following, post, len(references), own_keys)
        if obstacle:
            notices.append(obstacle)
            continue
        if following.key != spec.key:
            notices.append(catalogue.succession_notice(spec, following))
        specs[following.key] = following
    if not specs:
        raise NothingToRegenerateError(_sentences(notices))
    wish = Wish(
        prompt=post.prompt,
        models=list(specs.values()),
        negative_prompt=post.negative_prompt,
        aspect_ratio=post.aspect_ratio,
        resolution=post.resolution,
        project=post.project,
        references=references,
    )
    try:
        new = studio.start_post(owner=post.owner, wish=wish, form_key=form_key)
    except studio.ReferenceGoneError as error:
        raise NothingToRegenerateError(_("A reference is not there any more.")) from error
    return Regenerated(new, tuple(notices))


def _obstacle(spec: ModelSpec, post: Post, references: int, own_keys: catalogue.Keys) -> str:
    """Why a model cannot make this post now, as a sentence; empty when it can."""
    able = spec.capabilities
    if reason := catalogue.unavailable_reason(spec, own_keys):
        return _left_out(spec.key, str(reason))
    if not catalogue.is_shown(spec) or not (spec.supports(Kind.IMAGE) or spec.supports(Kind.EDIT)):
        return _left_out(spec.key, _("It is no longer offered."))
    for value, possible in (
        (post.aspect_ratio, able.aspect_ratios),
        (post.resolution, able.resolutions),
    ):
        if possible and value not in possible:
            message = _("%(models)s cannot make %(value)s pictures.")
            return message % {"models": spec.name, "value": value}
    if references > able.max_references:
        message = ngettext(
            "%(models)s cannot use a reference.",
            "%(models)s cannot use %(value)s references.",
            references,
        )
        return message % {"models": spec.name, "value": references}
    if references < able.min_references:
        message = _("%(models)s needs a picture to work on: add a reference.")
        return message % {"models": spec.name}
    return ""


def _left_out(key: str, reason: str) -> str:
    return _("%(model)s was left out. %(reason)s") % {
        "model": catalogue.display_name(key),
        "reason": reason,
    }


def _sentences(notices: Iterable[str]) -> str:
    return " ".join(notices) or _("Its models are not known any more.")
