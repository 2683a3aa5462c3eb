"""What happens in the inbox itself."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ArrangementSent(DomainEvent):
    """Somebody was sent what their day holds; `person_ids` names them."""

    kind = "arrangement.sent"
    subject_kind = "arranged"


@dataclass(frozen=True, kw_only=True)
class ArrangementTakenBack(DomainEvent):
    """It was taken back, and stands in the inbox no more."""

    kind = "arrangement.taken_back"
    subject_kind = "arranged"
