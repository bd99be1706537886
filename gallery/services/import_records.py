"""Records of an export, which anybody may have written: read as rows, or refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils import timezone
from django.utils.dateparse import parse_datetime

RATIO = re.compile(r"([1-9][0-9]?|100):([1-9][0-9]?|100)")
"""What can be drawn and asked for: no side above 100."""

RESOLUTIONS = ("1K", "2K", "4K")
"""What can be asked for; the first stands for any other (`generation.sizes.RESOLUTION_EDGE`)."""

CLIP_RESOLUTIONS = ("480p", "720p", "1080p")
"""The same of clips (`generation.sizes.CLIP_EDGE`)."""

LARGEST_SOURCE_ID = 2**63 - 1
FIRST_YEAR, LAST_YEAR = 2000, 9000
"""Within these every database and every time zone can compare moments."""

_WRITTEN_AS: tuple[tuple[type[models.Field[Any, Any]], type], ...] = (
    (models.CharField, str),
    (models.TextField, str),
    (models.BooleanField, bool),
    (models.IntegerField, int),
    (models.DecimalField, str),
    (models.DateTimeField, str),
    (models.JSONField, dict),
)
"""How an export writes the columns of these kinds. Columns themselves take nearly everything:
`True` for a number, a list for a text."""


def row_of(model: type[Any], record: Mapping[str, Any], names: Sequence[str]) -> Any:
    """A row, not saved, with these columns of the record; a resolution that is none here is the
    first that there is. Raises ValidationError, KeyError, ValueError.
    """
    values, empty = {}, set()
    for name in names:
        column = model._meta.get_field(name)
        try:
            values[name] = _value(column, record)
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from error
        if _may_be_empty(column, values[name]):
            empty.add(name)
    row = model(**values)
    others = {column.name for column in model._meta.concrete_fields} - set(names)
    row.clean_fields(exclude=others | empty)
    return row


def _value(column: models.Field[Any, Any], record: Mapping[str, Any]) -> Any:
    """What the column is to hold, of the kind and within the limits that every database keeps."""
    given = record[column.name]
    if given is None:
        if not column.null:
            raise ValidationError("This is missing.")
        return None
    written_as = next(written for kind, written in _WRITTEN_AS if isinstance(column, kind))
    if type(given) is not written_as:
        raise ValidationError(f"This is no {written_as.__name__}.")
    if isinstance(column, models.DateTimeField):
        return moment(record, column.name)
    if column.name == "resolution" and given not in RESOLUTIONS:
        return RESOLUTIONS[0]
    value = column.to_python(given)
    if isinstance(value, Decimal) and value < 0:
        raise ValidationError("This is below zero.")
    if isinstance(column, models.IntegerField):
        # Asked of the database in use, SQLite would take more than PostgreSQL does.
        low, high = BaseDatabaseOperations.integer_field_ranges[column.get_internal_type()]
        if not low <= value <= high:
            raise ValidationError("This number is out of range.")
    return value


def _may_be_empty(column: models.Field[Any, Any], value: Any) -> bool:
    """Forms would want a text or settings where a row may do without."""
    return value is None or value == {} or (value == "" and isinstance(column, models.TextField))


def clip_resolution(record: Mapping[str, Any]) -> str:
    """Of a record that belongs to a clip, where `row_of` takes it for one of a picture's."""
    given: str = record["resolution"]
    return given if given in CLIP_RESOLUTIONS else CLIP_RESOLUTIONS[0]


def keep_times(row: models.Model, record: Mapping[str, Any], *names: str) -> None:
    """Times that a row gets by itself when it is made."""
    times = {name: moment(record, name) for name in names}
    type(row)._default_manager.filter(pk=row.pk).update(**times)


def moment(record: Mapping[str, Any], name: str) -> datetime:
    """A time of the record. Raises ValueError, KeyError, TypeError."""
    found = parse_datetime(record[name])
    if found is None or timezone.is_naive(found) or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"{name} is no moment")
    return found


def require_id(value: Any) -> None:
    """Raise ValueError for what can be no id."""
    if not (type(value) is int and 0 < value <= LARGEST_SOURCE_ID):
        raise ValueError("an id is broken")


def require_text(value: Any) -> None:
    """Raise TypeError for what is no text."""
    if not isinstance(value, str):
        raise TypeError("a name is no text")


def list_of(value: Any) -> list[Any]:
    """The value, if it is a list. Raises TypeError."""
    if not isinstance(value, list):
        raise TypeError("a list is no list")
    return value
