"""The library of references."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import Query, Router

from gallery.api.schemas import (
    BYTES,
    REFUSED,
    DeletedOut,
    DeleteIn,
    Id,
    LibraryIn,
    ReferenceIn,
    ReferenceOut,
    answers,
)
from gallery.api.written import reference_as_dict
from gallery.keyset import newest_first
from gallery.models import ReferenceImage
from gallery.reference_forms import RenameForm
from gallery.services import deletion, references
from gallery.views.media import object_response
from pixelstream.accounts.models import User
from pixelstream.api.envelopes import Failure, answer
from pixelstream.api.errors import ApiError, image_not_found
from pixelstream.api.lists import PageIn, PageOut, encode
from pixelstream.api.models import Scope
from pixelstream.api.security import Token, owner_of

router = Router(tags=["references"])


@router.get("/references", auth=Token(Scope.READ), response=answers(PageOut[ReferenceOut]))
def list_references(
    request: HttpRequest, which: Query[LibraryIn], page: Query[PageIn]
) -> HttpResponse:
    """References, newest first."""
    rows = ReferenceImage.objects.owned_by(owner_of(request)).select_related("object")
    if which.kept is not None:
        rows = rows.filter(kept=which.kept)
    found = newest_first(rows, size=page.limit, before=page.after)
    return answer(
        {
            "items": [reference_as_dict(reference) for reference in found.items],
            "nextCursor": encode(found.before) if found.before else None,
        }
    )


@router.get("/references/{reference_id}", auth=Token(Scope.READ), response=answers(ReferenceOut))
def get_reference(request: HttpRequest, reference_id: Id) -> HttpResponse:
    """A reference."""
    return answer(reference_as_dict(_own(owner_of(request), reference_id)))


@router.get(
    "/references/{reference_id}/file",
    auth=Token(Scope.READ),
    response={REFUSED | {416}: Failure},
    openapi_extra=BYTES,
)
def get_reference_file(request: HttpRequest, reference_id: Id) -> HttpResponseBase:
    """The bytes of a reference, or the way to them."""
    reference = _own(owner_of(request), reference_id)
    return object_response(request, "private", reference.object.key)


@router.patch(
    "/references/{reference_id}", auth=Token(Scope.WRITE), response=answers(ReferenceOut, 409)
)
def change_reference(request: HttpRequest, reference_id: Id, changes: ReferenceIn) -> HttpResponse:
    """Give a reference another name, take it into the library, or let it go; all of what is asked
    for happens, or nothing.
    """
    user = owner_of(request)
    reference = _own(user, reference_id)
    changes.require_one()
    stem = None if changes.name is None else _stem(changes.name)
    try:
        with transaction.atomic():
            if stem is not None:
                references.rename(reference=reference, stem=stem)
            if changes.kept is not None:  # also what it seems to be: another request may be ahead
                references.set_kept(reference=reference, kept=changes.kept)
    except ReferenceImage.DoesNotExist as error:  # what it was for has ended at this moment
        raise image_not_found() from error
    return answer(reference_as_dict(_own(user, reference_id)))


@router.delete(
    "/references/{reference_id}", auth=Token(Scope.DELETE), response=answers(DeletedOut, 409)
)
def delete_reference(request: HttpRequest, reference_id: Id, wish: Query[DeleteIn]) -> HttpResponse:
    """Delete a reference for good, and with it what was made from it unless that is to stay. One
    that is deleted already counts as nothing.
    """
    user = owner_of(request)
    owned = ReferenceImage.objects.owned_by(user).select_related("object")
    reference = owned.filter(pk=reference_id).first()
    if reference is None:
        if not deletion.was_theirs(user, ReferenceImage, reference_id):
            raise image_not_found()
        return answer({"deletedTotal": 0, "deletedGenerated": 0})
    try:
        deleted = deletion.delete_reference(
            reference=reference, by=user, include_generated=wish.include_generated
        )
    except deletion.InUseError as error:
        message = "Pictures are being made with this reference. Delete it when they are ready."
        raise ApiError(409, "REFERENCE_IN_USE", message) from error
    return answer({"deletedTotal": deleted.total, "deletedGenerated": deleted.generated})


def _own(user: User, pk: int) -> ReferenceImage:
    owned = ReferenceImage.objects.owned_by(user).select_related("object")
    reference = owned.filter(pk=pk).first()
    if reference is None:
        raise image_not_found()
    return reference


def _stem(name: str) -> str:
    form = RenameForm({"name": name})
    if not form.is_valid():
        raise ApiError(422, "VALIDATION", f"name: {form.problem()}")
    return str(form.cleaned_data["name"])
