"""What happened to a record of any domain, in words: who did what and when, old value → new value.

Events hold plain ids and JSON values; each domain gives its sentences and the names of what is no field of
its model. (`history.py` beside this one does the same for the organisation's own records.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from opsloop.activity.models import Event
from opsloop.organisation.history import Entry
from opsloop.organisation.models import Person
from opsloop.web.dates import absolute, duration

LONGEST_TEXT = 80
Names = Mapping[str, Promise]
# For a changed key that names records: those the reader may see, and what another one is called.
References = Mapping[str, tuple["models.QuerySet[Any]", Promise]]


def entries(
    events: Iterable[Event], model: type[models.Model], sentences: Names, labels: Names
) -> list[Entry]:
    """Return `events` of one record in words. One query, for the names of the actors.

    `sentences` maps an event kind to a sentence with %(name)s; `labels` names changed keys that are no
    field of `model`.
    """
    rows = list(events)
    people = Person.objects.only("name").in_bulk({event.actor_id for event in rows if event.actor_id})
    return [_entry(event, people.get(event.actor_id or 0), model, sentences, labels) for event in rows]


class Changing(Protocol):
    """What holds changes as the history stores them: an event, or a change that is not made yet."""

    @property
    def changes(self) -> Mapping[str, Any]:
        """Old and new value of each field."""


C = TypeVar("C", bound=Changing)


def veil(events: Sequence[C], references: References) -> Sequence[C]:
    """Return `events` without the names of records that the reader may not see. One query a kind named."""
    for key, (visible, stand_in) in references.items():
        named = [one for event in events for one in _records(event.changes.get(key))]
        if not named:
            continue
        seen = set(visible.filter(pk__in={one["id"] for one in named}).values_list("pk", flat=True))
        for one in named:
            if one["id"] not in seen:
                one["text"] = str(stand_in)
    return events


def _records(pair: Any) -> list[dict[str, Any]]:
    return [one for one in pair if isinstance(one, dict) and "id" in one] if isinstance(pair, list) else []


def _entry(
    event: Event, actor: Person | None, model: type[models.Model], sentences: Names, labels: Names
) -> Entry:
    name = actor.name if actor else _("The system")
    sentence = str(sentences.get(event.kind, event.kind))
    changes = changes_in_words(event.changes, model, labels)
    if event.note:
        changes.append((_("Note"), "", event.note))
    return Entry(actor, event.at, sentence % {"name": name}, changes)


def changes_in_words(
    changes: Mapping[str, Any], model: type[models.Model], labels: Names
) -> list[tuple[str, str, str]]:
    """Return field, old and new value of stored changes as people read them."""
    return [
        (_label(model, key, labels), _words(model, key, pair[0]), _words(model, key, pair[1]))
        for key, pair in changes.items()
        if isinstance(pair, list) and len(pair) == 2
    ]


def _field(model: type[models.Model], key: str) -> Any:
    return next((field for field in model._meta.get_fields() if field.name == key), None)


def _label(model: type[models.Model], key: str, labels: Names) -> str:
    if key in labels:
        return str(labels[key])
    return str(getattr(_field(model, key), "verbose_name", key))


def _words(model: type[models.Model], key: str, value: Any) -> str:
    """Say a stored value as a person reads it."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, dict):
        return str(value.get("text") or value.get("name") or value)
    if isinstance(value, list):
        return _(", ").join(_words(model, key, one) for one in value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    field = _field(model, key)
    if getattr(field, "flatchoices", None):
        return str(dict(field.flatchoices).get(value, value))
    if key.endswith("_minutes") and isinstance(value, int):
        return duration(value)
    return _dated(field, str(value))


def _dated(field: Any, text: str) -> str:
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(text)
        return absolute(moment) if isinstance(moment, datetime) else text
    if isinstance(field, models.DateField):
        day = parse_date(text)
        return day.isoformat() if day else text
    return str(Truncator(text).chars(LONGEST_TEXT))
