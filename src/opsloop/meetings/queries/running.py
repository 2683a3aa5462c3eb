"""A meeting as it runs: its clocks, its topics with what is noted beside them, who is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from opsloop.engines.meetingclock import Whole, person_hours, whole
from opsloop.meetings.models import ActionItem, AgendaItem, Decision, Meeting
from opsloop.meetings.queries.following import left_open
from opsloop.meetings.queries.minutes import clock_of_topic
from opsloop.meetings.queries.people import Attending, arrivals, attending, seats_of


@dataclass
class Shown:
    """A topic with its clock at one moment and what is noted beside it."""

    topic: AgendaItem
    elapsed: int
    left: int
    over: int
    items: list[ActionItem] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    back: Sequence[ActionItem] = ()

    @property
    def is_running(self) -> bool:
        """Whether its clock runs."""
        return self.topic.running_since is not None

    @property
    def state(self) -> str:
        """What it is: running, over its time, done, begun or still to come."""
        if self.is_running:
            return "over" if self.over else "running"
        if self.topic.done_at is not None:
            return "done"
        return "paused" if self.topic.spent_seconds else "open"


def shown(topic: AgendaItem, at: datetime) -> Shown:
    """Return how a topic stands at `at`."""
    clock = clock_of_topic(topic)
    return Shown(topic, clock.elapsed(at), clock.left(at), clock.over(at))


def topics_of(meeting: Meeting, at: datetime) -> list[Shown]:
    """Return the topics of a meeting with all that is noted. Three queries, some more with open items of the last."""
    found = {
        topic.pk: shown(topic, at)
        for topic in meeting.agenda.select_related("owner").order_by("position", "pk")
    }
    for item in items_of(meeting):
        if item.topic_id in found:
            found[item.topic_id].items.append(item)
    for decision in meeting.decisions.order_by("pk"):
        if decision.topic_id in found:
            found[decision.topic_id].decisions.append(decision)
    for one in found.values():
        if one.topic.looks_back:
            one.back = left_open(meeting)
    return list(found.values())


def items_of(meeting: Meeting) -> list[ActionItem]:
    """Return the items of a meeting that were not struck out. One query."""
    rows = meeting.items.exclude(state="dropped").select_related("owner", "task")
    return list(rows.order_by("pk"))


def topic_of(topic: AgendaItem, at: datetime) -> Shown:
    """Return one topic with all that is noted. Two queries, some more with open items of the last meeting."""
    found = shown(topic, at)
    found.items = list(topic.items.exclude(state="dropped").select_related("owner", "task").order_by("pk"))
    found.decisions = list(topic.decisions.order_by("pk"))
    if topic.looks_back:
        found.back = left_open(topic.meeting)
    return found


@dataclass(frozen=True)
class Room:
    """Who is there, and what the meeting cost until now."""

    people: Sequence[Attending]
    clock: Whole

    @property
    def hours(self) -> float:
        """Person-hours so far."""
        return person_hours(self.clock.cost)

    @property
    def here(self) -> int:
        """How many have signed in."""
        return sum(one.standing in {"present", "late"} for one in self.people)

    @property
    def counted(self) -> int:
        """How many person-seconds a second costs: the page counts on with it."""
        expected = [one for one in self.people if one.seat.role != "optional"]
        return self.here or len(expected)


def room_of(meeting: Meeting, at: datetime) -> Room:
    """Return who is there and what it cost until `at`. One query."""
    seats = seats_of(meeting)
    clock = whole(
        began_at=meeting.began_at, over_at=meeting.over_at, planned=meeting.minutes * 60,
        arrivals=arrivals(seats), at=at,
    )  # fmt: skip
    return Room(attending(meeting, seats), clock)


def gaps(items: Sequence[ActionItem]) -> list[Any]:
    """Return the items that lack who or by when: the minutes do not go out with them."""
    return [one for one in items if one.state == "noted" and (one.owner is None or one.due_at is None)]
