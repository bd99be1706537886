"""Records of an export, which anybody may have written: read as rows, or refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime

RATIO = re.compile(r"([1-9][0-9]?|100):([1-9][0-9]?|100)")
"""What can be drawn and asked for: no side above 100."""
LARGEST_SOURCE_ID = 2**63 - 1


def row_of(model: type[Any], record: Mapping[str, Any], names: Sequence[str]) -> Any:
    """A row, not saved, with these columns of the record. Raises ValidationError, KeyError."""
    values, empty = {}, set()
    for name in names:
        column = model._meta.get_field(name)
        try:
            values[name] = column.to_python(record[name])
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from error
        if values[name] in ("", {}) or (values[name] is None and column.null):
            empty.add(name)  # forms would want them; rows do not
    row = model(**values)
    others = {column.name for column in model._meta.concrete_fields} - set(names)
    row.clean_fields(exclude=others | empty)
    return row


def keep_times(row: models.Model, record: Mapping[str, Any], *names: str) -> None:
    """Times that a row gets by itself when it is made."""
    times = {name: moment(record, name) for name in names}
    type(row)._default_manager.filter(pk=row.pk).update(**times)


def moment(record: Mapping[str, Any], name: str) -> datetime:
    """A time of the record. Raises ValueError, KeyError, TypeError."""
    found = parse_datetime(record[name])
    if found is None or timezone.is_naive(found) or found.year < 2000:
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
