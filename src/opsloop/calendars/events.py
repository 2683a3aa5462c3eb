"""What happens to appointments and subscriptions. Titles of private ones, and addresses, are not among the changes."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class AppointmentAdded(DomainEvent):
    kind = "appointment.added"
    subject_kind = "appointment"


@dataclass(frozen=True, kw_only=True)
class AppointmentChanged(DomainEvent):
    kind = "appointment.changed"
    subject_kind = "appointment"


@dataclass(frozen=True, kw_only=True)
class AppointmentRemoved(DomainEvent):
    kind = "appointment.removed"
    subject_kind = "appointment"


@dataclass(frozen=True, kw_only=True)
class CalendarSubscribed(DomainEvent):
    kind = "outside_calendar.subscribed"
    subject_kind = "outside_calendar"


@dataclass(frozen=True, kw_only=True)
class SubscriptionChanged(DomainEvent):
    kind = "outside_calendar.changed"
    subject_kind = "outside_calendar"


@dataclass(frozen=True, kw_only=True)
class CalendarUnsubscribed(DomainEvent):
    kind = "outside_calendar.unsubscribed"
    subject_kind = "outside_calendar"


@dataclass(frozen=True, kw_only=True)
class CalendarFetched(DomainEvent):
    kind = "outside_calendar.fetched"
    subject_kind = "outside_calendar"


@dataclass(frozen=True, kw_only=True)
class FeedLinkMade(DomainEvent):
    kind = "feed_link.made"
    subject_kind = "feed_link"


@dataclass(frozen=True, kw_only=True)
class FeedLinkRevoked(DomainEvent):
    kind = "feed_link.revoked"
    subject_kind = "feed_link"
