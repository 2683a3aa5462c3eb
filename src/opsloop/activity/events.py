"""The base of all domain events. Each domain package declares its own in an `events.py` of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Something that happened to one record, stored in the transaction that made it happen.

    `kind` is dotted ("task.closed"), `subject_kind` names the record ("task"). `changes` maps a field to
    [old, new] as JSON values. `department_id` and `person_ids` say whose pages may refresh.
    """

    kind: ClassVar[str]
    subject_kind: ClassVar[str]

    subject_id: int
    by_id: int | None
    at: datetime
    department_id: int | None = None
    person_ids: tuple[int, ...] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
