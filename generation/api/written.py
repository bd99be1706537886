"""How jobs, models, conversations and credits are written in JSON, as `generation.api.outputs`
documents it. Pictures and posts are written by `gallery.api.written`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from gallery.api.written import image_as_dict, moment
from gallery.conversation_list import Row
from gallery.models import EditTurn, GeneratedImage, Post
from generation import catalogue
from generation.conversation_page import TurnView
from generation.credits_page import line_of
from generation.models import CreditEntry, GenerationJob
from generation.results import slot_of


def job_as_dict(job: GenerationJob) -> dict[str, Any]:
    """A job. Its turn and what it made should have been fetched with it."""
    turn = job.turn
    return {
        "id": job.pk,
        "kind": job.kind,
        "slot": job.slot,
        "model": job.model,
        "modelName": catalogue.display_name(job.model),
        "status": job.status,
        "postId": job.post_id,
        "conversationId": turn.conversation_id if turn else None,
        "turn": turn.number if turn else None,
        "imageId": _made_by(job),
        "params": job.params,
        "attempts": job.attempts,
        "priceCredits": job.price_credits,
        "costUsd": None if job.cost is None else float(job.cost),
        "costBasis": job.cost_basis,
        "durationMs": job.duration_ms,
        "createdAt": moment(job.created_at),
        "startedAt": moment(job.started_at),
        "finishedAt": moment(job.finished_at),
        "error": failure_as_dict(job) if job.error_code else None,
    }


def failure_as_dict(job: GenerationJob) -> dict[str, Any]:
    """Why a failed job gave nothing."""
    slot = slot_of(job.slot, job, None, references=0)
    return {
        "code": job.error_code,
        "message": str(slot.reason),
        "providerReason": slot.provider_reason,
        "charge": str(slot.charge),
    }


def started_as_dict(post: Post, notices: Iterable[str] = ()) -> dict[str, Any]:
    """A post in the making."""
    return {
        "postId": post.pk,
        "status": post.status,
        "statusUrl": f"{settings.SITE_URL}/api/posts/{post.pk}",
        "notices": list(notices),
    }


def made_as_dict(post: Post, notices: Iterable[str] = ()) -> dict[str, Any]:
    """A post whose making has ended, in two queries (pictures, jobs)."""
    images = post.images.select_related("object").order_by("position")
    latest = {(job.kind, job.slot): job for job in post.jobs.order_by("id")}
    failed = [job for job in latest.values() if job.error_code]
    return {
        **started_as_dict(post, notices),
        "caption": post.caption,
        "images": [_made_image(image) for image in images],
        "failures": [
            {
                "jobId": job.pk,
                "kind": job.kind,
                "slot": job.slot,
                "model": job.model,
                **failure_as_dict(job),
            }
            for job in failed
        ],
    }


def model_as_dict(offer: catalogue.Offer) -> dict[str, Any]:
    """A model as it is offered to a person."""
    spec, able = offer.spec, offer.spec.capabilities
    cost = spec.typical_cost
    return {
        "key": spec.key,
        "name": spec.name,
        "description": spec.description,
        "provider": offer.provider_title,
        "kinds": sorted(able.kinds),
        "isAvailable": not offer.unavailable,
        "unavailableReason": str(offer.unavailable),
        "isOwnKey": offer.is_own_key,
        "aspectRatios": list(able.aspect_ratios),
        "resolutions": list(able.resolutions),
        "durations": list(able.durations),
        "minReferences": able.min_references,
        "maxReferences": able.max_references,
        "seed": able.seed,
        "negativePrompt": able.negative_prompt,
        "typicalSeconds": spec.typical_seconds,
        "typicalCostUsd": None if cost is None else float(cost),
        "priceCredits": offer.price_credits,
    }


def conversation_as_dict(row: Row) -> dict[str, Any]:
    """A conversation, from a row of their list."""
    return {
        "id": row.conversation.pk,
        "title": row.conversation.title,
        "turnCount": row.turn_count,
        "isUnfinished": row.is_unfinished,
        "source": _picture(row.source),
        "latest": _picture(row.latest),
        "createdAt": moment(row.conversation.created_at),
        "updatedAt": moment(row.conversation.updated_at),
    }


def turn_as_dict(view: TurnView) -> dict[str, Any]:
    """A turn with what it started from and what it gave."""
    return {
        "conversationId": view.turn.conversation_id,
        "number": view.number,
        "message": view.message,
        "status": view.turn.status,
        "baseImageIds": [base.image.pk for base in view.bases if base.image is not None],
        "referenceIds": [reference.pk for reference in view.references],
        "outputs": [
            {
                "slot": output.slot.position,
                "label": output.label,
                "modelName": output.slot.model_name,
                "state": output.slot.state,
                "postId": output.post.pk if output.post else None,
                "image": _picture(output.slot.image),
                "message": str(output.slot.reason),
            }
            for output in view.outputs
        ],
        "createdAt": moment(view.turn.created_at),
    }


def sent_as_dict(turn: EditTurn, notices: Iterable[str] = ()) -> dict[str, Any]:
    """A turn in the making."""
    path = f"/api/conversations/{turn.conversation_id}/turns/{turn.number}"
    return {
        "conversationId": turn.conversation_id,
        "turn": turn.number,
        "status": turn.status,
        "statusUrl": f"{settings.SITE_URL}{path}",
        "notices": list(notices),
    }


def entry_as_dict(entry: CreditEntry) -> dict[str, Any]:
    """A line of the ledger. Its job should have been fetched with it."""
    line, job = line_of(entry), entry.job
    return {
        "id": entry.pk,
        "kind": entry.kind,
        "amount": entry.amount,
        "text": " ".join(filter(None, [line.title, str(line.detail)])),
        "model": entry.model,
        "jobId": job.pk if job else None,
        "postId": job.post_id if job else None,
        "createdAt": moment(entry.created_at),
    }


def _made_by(job: GenerationJob) -> int | None:
    """The id of the picture that a job made and that is still there."""
    image = getattr(job.output, "image", None) if job.output_id else None
    return image.pk if image else None


def _made_image(image: GeneratedImage) -> dict[str, Any]:
    written = image_as_dict(image)
    shown = ("url", "prompt", "params", "timestamp", "model", "width", "height")
    return {
        "id": written["name"],
        "imageId": image.pk,
        **{name: written[name] for name in shown},
        "detailsUrl": f"{settings.SITE_URL}/api/images/{image.pk}",
    }


def _picture(image: GeneratedImage | None) -> dict[str, Any] | None:
    """A picture; one whose post is in the trash has the address that its owner can open."""
    if image is None:
        return None
    return image_as_dict(image, is_in_trash=image.post.deleted_at is not None)
