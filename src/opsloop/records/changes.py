"""Field changes as the history stores them: {field: [old, new]} in JSON values that can be put back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.dateparse import parse_date, parse_datetime, parse_time


def as_json(value: Any) -> Any:
    """Return a field value in JSON: a record becomes {"id", "text"}, a list of records a list of those."""
    if isinstance(value, models.Model):
        return {"id": value.pk, "text": str(value)}
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def set_fields(record: models.Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set plain fields and foreign keys of `record` (unsaved) and return what really changed."""
    changed: dict[str, list[Any]] = {}
    for name, new in values.items():
        old = getattr(record, name)
        if old != new:
            changed[name] = [as_json(old), as_json(new)]
            setattr(record, name, new)
    return changed


def differs(record: models.Model, values: Mapping[str, list[Any]]) -> bool:
    """Whether setting these many-to-many fields of `record` would change anything."""
    return any(
        {item.pk for item in getattr(record, name).all()} != {item.pk for item in new}
        for name, new in values.items()
    )


def set_many(record: models.Model, values: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """Set many-to-many fields of `record` at once and return what really changed."""
    changed: dict[str, list[Any]] = {}
    for name, new in values.items():
        relation = getattr(record, name)
        old = list(relation.all())
        if {item.pk for item in old} != {item.pk for item in new}:
            changed[name] = [as_json(old), as_json(list(new))]
            relation.set(new)
    return changed


def add_many(record: models.Model, values: Mapping[str, list[Any]]) -> None:
    """Fill many-to-many fields of a record stored just now; what they hold needs no query afterwards."""
    for name, rows in values.items():
        if rows:
            getattr(record, name).add(*rows)
        remember(record, name, list(dict.fromkeys(rows)))


def remember(record: models.Model, name: str, rows: list[Any]) -> None:
    """Let a relation of `record` hold `rows`, which the caller knows to be all of it: no query asks for them."""
    cache: dict[str, Any] = record.__dict__.setdefault("_prefetched_objects_cache", {})
    known = getattr(record, name).get_queryset()
    known._result_cache, known._prefetch_done = rows, True
    cache[name] = known


def from_json(model: type[models.Model], name: str, value: Any) -> Any:
    """Return the field value that `as_json` turned into `value`, for taking a change back.

    A record that has been removed since comes back as None (or is left out of a list).
    """
    field = model._meta.get_field(name)
    if isinstance(field, models.ManyToManyField):
        target = field.related_model
        return list(target._base_manager.filter(pk__in=[item["id"] for item in value or []]))
    if value is None:
        return None
    if isinstance(field, models.ForeignKey):
        return field.related_model._base_manager.filter(pk=value["id"]).first()
    if isinstance(field, models.DateTimeField):
        return parse_datetime(value)
    if isinstance(field, models.DateField):
        return parse_date(value)
    if isinstance(field, models.TimeField):
        return parse_time(value)
    return Decimal(value) if isinstance(field, models.DecimalField) else value
