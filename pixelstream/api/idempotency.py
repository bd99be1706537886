"""POSTs that may be sent again: the first answer is kept and given again.

As Stripe does it. Who sends a header `Idempotency-Key` (a random text of at most 255 characters)
and does not get the answer sends the same again: what was begun is not done twice, and its status
and body come as they were, whatever they were. What was refused before it began (no token, too many
requests, fields that are wrong) is not kept.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import Error, IntegrityError, transaction
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from ninja import Header
from ninja.utils import contribute_operation_args

from pixelstream.accounts.models import User
from pixelstream.api.errors import ApiError
from pixelstream.api.models import ApiToken, IdempotentRequest
from pixelstream.api.refusals import answer_to

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
"""For so long a request is thought to be worked on. The longest waits a minute for its pictures."""

LONGEST_KEY = 255
REPLAYED = "Idempotent-Replayed"
NOT_BEGUN = frozenset({400, 401, 403, 404, 413, 422, 429, 503})
"""What an operation answers that did nothing: the same key may be used again for a better try, or
when we are better.
"""

PURGED_AT_ONCE = 10_000
ARGUMENT = "idempotency_key"

Operation = Callable[..., HttpResponse]


def idempotent(operation: Operation) -> Operation:
    """Let an operation honour the header `Idempotency-Key`; put it below the router's decorator.

    The operation begins when its arguments are read and valid. It must not be in a transaction.
    """
    return _once(operation, _fingerprint)


def idempotent_form(operation: Operation) -> Operation:
    """The same for an operation that takes files: their form is read, of whatever size it is. Of
    any other the body counts, and is refused when it is too large, whatever type it claims.
    """
    return _once(operation, _fingerprint_of_form)


def _once(operation: Operation, fingerprint_of: Callable[[HttpRequest], str]) -> Operation:
    @functools.wraps(operation)
    def once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key: str = kwargs.pop(ARGUMENT)
        if not key:
            return operation(request, *args, **kwargs)
        token: ApiToken = request.auth  # type: ignore[attr-defined]
        claimed = _claim(token.owner, key, fingerprint_of(request))
        if isinstance(claimed, HttpResponse):
            return claimed
        is_undone = False
        try:
            response = operation(request, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 (answer_to logs what nobody expected)
            response = answer_to(error, request)
            is_undone = isinstance(error, ApiError) and error.is_undone
        is_begun = not is_undone and response.status_code not in NOT_BEGUN
        _settle(claimed, response, is_kept=is_begun)
        return response

    # Annotations are text, to be read where the operation was written.
    once.__signature__ = inspect.signature(operation, eval_str=True)  # type: ignore[attr-defined]
    header: Any = Header(  # type: ignore[type-arg]
        "",
        alias="Idempotency-Key",
        min_length=1,
        max_length=LONGEST_KEY,
        description="Of your choice, another one for each request: the same request sent again "
        "with it is not done twice, and gets the first answer.",
    )
    contribute_operation_args(once, ARGUMENT, str, header)
    return once


def purge(*, limit: int = PURGED_AT_ONCE) -> int:
    """Forget at most `limit` answers that were kept long enough. Returns how many."""
    over = IdempotentRequest.objects.filter(
        created_at__lt=Now() - max(settings.API_REQUEST_RETENTION, LEASE)
    ).exclude(status=None, lease_until__gt=Now())
    ids = list(over.order_by("created_at").values_list("pk", flat=True)[:limit])
    for start in range(0, len(ids), 1000):
        IdempotentRequest.objects.filter(pk__in=ids[start : start + 1000]).delete()
    return len(ids)


class _Lease(NamedTuple):
    """Who works on a request."""

    row: int
    token: UUID


def _claim(owner: User, key: str, fingerprint: str) -> _Lease | HttpResponse:
    """The lease on this key, or the answer to give. Raises ApiError."""
    token = uuid4()
    new = IdempotentRequest(
        owner=owner,
        key=key,
        fingerprint=fingerprint,
        lease_token=token,
        lease_until=Now() + LEASE,
    )
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError:
        return _again(owner, key, fingerprint, token)
    return _Lease(new.pk, token)


def _again(owner: User, key: str, fingerprint: str, token: UUID) -> _Lease | HttpResponse:
    """The key is known: of a request with an answer, one that is worked on, or one cut off."""
    known = IdempotentRequest.objects.filter(owner=owner, key=key).first()
    if known is not None:
        if known.fingerprint != fingerprint:
            message = "This Idempotency-Key was used for another request. Choose another key."
            raise ApiError(422, "IDEMPOTENCY_KEY_REUSED", message)
        if known.status is not None:
            response = HttpResponse(known.body, "application/json", known.status)
            if known.status == 202:
                response["Location"] = json.loads(known.body)["data"]["statusUrl"]
            response[REPLAYED] = "true"
            return response
        row = IdempotentRequest.objects.filter(pk=known.pk, status=None)
        cut_off = row.filter(lease_until__lt=Now())
        if cut_off.update(lease_token=token, lease_until=Now() + LEASE):
            return _Lease(known.pk, token)
    message = "The first request with this Idempotency-Key is still worked on."
    raise ApiError(409, "IDEMPOTENCY_IN_PROGRESS", message, headers={"Retry-After": "2"})


def _settle(lease: _Lease, response: HttpResponse, *, is_kept: bool) -> None:
    """Keep the answer, or free the key, unless somebody else has the request by now. Never raises:
    what was done was done, and whoever sends it again waits for the end of the lease.
    """
    held = IdempotentRequest.objects.filter(pk=lease.row, lease_token=lease.token, status=None)
    try:
        if is_kept:
            status, body = response.status_code, response.content.decode()
            held.update(status=status, body=body, lease_token=None)
        else:
            held.delete()
    except Error:  # also of a connection that is closed already
        logger.exception("The answer to repeatable request %s was not kept", lease.row)


def _fingerprint(request: HttpRequest) -> str:
    """Of method, address and body."""
    digest = _digest_of_address(request)
    _add(digest, request.content_type or "", request.body)
    return digest.hexdigest()


def _fingerprint_of_form(request: HttpRequest) -> str:
    """Of a form its parts count: the line between them is made up anew each time."""
    if request.content_type != "multipart/form-data":
        return _fingerprint(request)
    digest = _digest_of_address(request)
    for name in sorted(request.POST):
        _add(digest, "field", name, *request.POST.getlist(name))
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            _add(digest, "file", name, file.name or "", file.content_type or "", _sha256(file))
    return digest.hexdigest()


def _digest_of_address(request: HttpRequest) -> hashlib._Hash:
    digest = hashlib.sha256()
    _add(digest, str(request.method), request.get_full_path())
    return digest


def _add(digest: hashlib._Hash, *parts: str | bytes) -> None:
    """With the length of each, so that no two lists of parts look the same."""
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(b"%d:" % len(data))
        digest.update(data)


def _sha256(file: UploadedFile) -> bytes:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.digest()
