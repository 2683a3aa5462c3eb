"""What happens while a meeting is held and after it. An event names the people it is told to, and no department.

Open pages hear of an event by department as well (activity/live.py), and of a confidential meeting nobody else may
learn even that there is one.
"""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class HoldingEvent(DomainEvent):
    """Something that happened to a meeting while it is held."""

    subject_kind = "meeting"


@dataclass(frozen=True, kw_only=True)
class MeetingBegun(HoldingEvent):
    kind = "meeting.begun"


@dataclass(frozen=True, kw_only=True)
class MeetingHeld(HoldingEvent):
    """It is over, or was held elsewhere and its minutes are written."""

    kind = "meeting.held"


@dataclass(frozen=True, kw_only=True)
class SignedIn(HoldingEvent):
    """Somebody signed in, or the host ticked or unticked them."""

    kind = "meeting.signed_in"


@dataclass(frozen=True, kw_only=True)
class TopicMoved(HoldingEvent):
    """A topic was set going, paused or ended."""

    kind = "meeting.topic"


@dataclass(frozen=True, kw_only=True)
class TopicWritten(DomainEvent):
    """Something was typed beside a topic, or noted there as an item or a decision."""

    kind = "agenda_item.written"
    subject_kind = "agenda_item"


@dataclass(frozen=True, kw_only=True)
class MinutesWritten(HoldingEvent):
    """Something was written that belongs to no topic."""

    kind = "meeting.written"


@dataclass(frozen=True, kw_only=True)
class MinutesEvent(DomainEvent):
    """Something that happened to the minutes of a meeting; their key is that of the meeting."""

    subject_kind = "minutes"


@dataclass(frozen=True, kw_only=True)
class MinutesHandedOver(MinutesEvent):
    kind = "minutes.handed_over"


@dataclass(frozen=True, kw_only=True)
class MinutesReturned(MinutesEvent):
    kind = "minutes.returned"


@dataclass(frozen=True, kw_only=True)
class MinutesSent(MinutesEvent):
    kind = "minutes.sent"


@dataclass(frozen=True, kw_only=True)
class MinutesCorrected(MinutesEvent):
    """A corrected edition went out."""

    kind = "minutes.corrected"


@dataclass(frozen=True, kw_only=True)
class MinutesOpened(MinutesEvent):
    """They are open for a correction."""

    kind = "minutes.opened"


@dataclass(frozen=True, kw_only=True)
class MinutesDue(MinutesEvent):
    """Half of the time for writing them is over."""

    kind = "minutes.due"


@dataclass(frozen=True, kw_only=True)
class MinutesLate(MinutesEvent):
    kind = "minutes.late"


@dataclass(frozen=True, kw_only=True)
class ItemEvent(DomainEvent):
    """Something that happened to an action item; `note` is the reason where there is one."""

    # Short enough for the inbox, which keeps ten letters of it.
    subject_kind = "item"


@dataclass(frozen=True, kw_only=True)
class ItemAsked(ItemEvent):
    """Its owner is asked to confirm it."""

    kind = "action_item.asked"


@dataclass(frozen=True, kw_only=True)
class ItemReminded(ItemEvent):
    kind = "action_item.reminded"


@dataclass(frozen=True, kw_only=True)
class ItemUnanswered(ItemEvent):
    """Nobody answered in time; the host sees it."""

    kind = "action_item.unanswered"


@dataclass(frozen=True, kw_only=True)
class ItemConfirmed(ItemEvent):
    kind = "action_item.confirmed"


@dataclass(frozen=True, kw_only=True)
class ItemDisputed(ItemEvent):
    kind = "action_item.disputed"


@dataclass(frozen=True, kw_only=True)
class ItemDropped(ItemEvent):
    kind = "action_item.dropped"


@dataclass(frozen=True, kw_only=True)
class ItemDone(ItemEvent):
    kind = "action_item.done"


@dataclass(frozen=True, kw_only=True)
class ItemReopened(ItemEvent):
    kind = "action_item.reopened"


@dataclass(frozen=True, kw_only=True)
class DecisionReplaced(DomainEvent):
    kind = "decision.replaced"
    subject_kind = "decision"
