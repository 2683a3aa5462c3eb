"""The minutes as plain values: what an edition keeps, and what pages, papers and differences are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opsloop.engines.meetingclock import Topic, person_hours, whole
from opsloop.engines.textdiff import Piece, compare
from opsloop.meetings.models import ActionItem, AgendaItem, Decision, Meeting, MinutesEdition
from opsloop.meetings.queries.following import left_open
from opsloop.meetings.queries.people import arrivals, attending, seats_of
from opsloop.web.dates import absolute

Content = Mapping[str, Any]


def content_of(meeting: Meeting) -> dict[str, Any]:
    """Return all that goes out with the minutes of a meeting, as plain values. About nine queries."""
    seats = seats_of(meeting)
    there = attending(meeting, seats)
    topics = list(meeting.agenda.select_related("owner").order_by("position", "pk"))
    items = list(meeting.items.exclude(state="dropped").select_related("owner").order_by("pk"))
    decisions = list(meeting.decisions.order_by("pk"))
    end = meeting.over_at or meeting.ends_at or meeting.created_at
    clock = whole(
        began_at=meeting.began_at, over_at=meeting.over_at, planned=meeting.minutes * 60,
        arrivals=arrivals(seats), at=end,
    )  # fmt: skip
    names: dict[str, list[str]] = {"present": [], "late": [], "absent": [], "awaited": []}
    for one in there:
        names[one.standing].append(one.person.name)
    return {
        "title": meeting.title, "number": meeting.number, "objective": meeting.objective,
        "began_at": _iso(meeting.began_at), "over_at": _iso(meeting.over_at),
        "place": str(getattr(meeting, "room", None) or meeting.place),
        "host": _name(meeting.host or meeting.organiser), "taker": _name(meeting.minute_taker),
        "present": names["present"], "late": names["late"], "absent": names["absent"] + names["awaited"],
        "copies": [seat.person.name for seat in seats if seat.role == "copy"],
        "hours": person_hours(clock.cost),
        "topics": [_topic(meeting, one, items, decisions) for one in topics],
        "remarks": meeting.record.remarks,
        "items": [_item(one) for one in items if one.topic_id is None],
        "decisions": [_decision(one) for one in decisions if one.topic_id is None],
    }  # fmt: skip


def _topic(
    meeting: Meeting, topic: AgendaItem, items: Iterable[ActionItem], decisions: Iterable[Decision]
) -> dict[str, Any]:
    back = left_open(meeting) if topic.looks_back else []
    return {
        "title": topic.title, "owner": _name(topic.owner), "minutes": topic.minutes,
        "spent": round(topic.spent_seconds / 60), "conclusion": topic.conclusion, "dispute": topic.dispute,
        "decisions": [_decision(one) for one in decisions if one.topic_id == topic.pk],
        "items": [_item(one) for one in items if one.topic_id == topic.pk],
        "back": [{**_item(one), "state": one.state} for one in back],
    }  # fmt: skip


def _item(item: ActionItem) -> dict[str, Any]:
    return {
        "what": item.what, "standard": item.standard, "owner": _name(item.owner), "due": _iso(item.due_at),
    }  # fmt: skip


def _decision(decision: Decision) -> dict[str, str]:
    return {"number": decision.number, "text": decision.text}


def _name(person: Any) -> str:
    return person.name if person else ""


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def spoken(iso: str | None) -> str:
    """Return a stored moment as people read it, "—" for none."""
    moment = parse_datetime(iso) if iso else None
    return absolute(moment) if moment else "—"


def line_of(item: Mapping[str, Any]) -> str:
    """Return an item in one line: what, who, by when."""
    said = f"{item['what']} · {item['owner'] or '—'} · {spoken(item['due'])}"
    return f"{said} · {item['standard']}" if item.get("standard") else said


@dataclass(frozen=True)
class Change:
    """What differs in one part of two editions."""

    label: str
    pieces: Sequence[Piece]


def changes(old: Content, new: Content) -> list[Change]:
    """Return what a corrected edition changed, part by part, in the order of the newer one."""
    before, after = dict(_texts(old)), dict(_texts(new))
    labels = [*after, *(label for label in before if label not in after)]
    return [
        Change(label, compare(before.get(label, ""), after.get(label, "")))
        for label in labels
        if before.get(label, "") != after.get(label, "")
    ]


def _texts(content: Content) -> Iterator[tuple[str, str]]:
    """Yield every part of an edition with its name, as text."""
    for place, topic in enumerate(content["topics"], 1):
        said = [topic["conclusion"]]
        if topic["dispute"]:
            said.append(_("Disputed: %(text)s") % {"text": topic["dispute"]})
        said += [f"{one['number']} {one['text']}".strip() for one in topic["decisions"]]
        said += [line_of(one) for one in topic["items"]]
        yield f"{place}. {topic['title']}", "\n".join(filter(None, said))
    rest = [content["remarks"], *(one["text"] for one in content["decisions"])]
    yield _("Further remarks"), "\n".join(filter(None, [*rest, *map(line_of, content["items"])]))
    for name, label in (
        ("present", _("Present")),
        ("late", _("Came late")),
        ("absent", pgettext("meeting", "Absent")),
    ):
        yield label, _(", ").join(content[name])


@dataclass(frozen=True)
class Told:
    """One edition in the history of minutes, with what it changed."""

    edition: MinutesEdition
    changes: Sequence[Change]


def history(meeting: Meeting) -> list[Told]:
    """Return the editions of the minutes of a meeting, the newest first. One query."""
    rows = list(meeting.editions.select_related("by").order_by("number"))
    found = [
        Told(row, changes(rows[place - 1].content, row.content) if place else ())
        for place, row in enumerate(rows)
    ]
    return found[::-1]


def clock_of_topic(topic: AgendaItem) -> Topic:
    """Return a topic as the clock knows it."""
    return Topic(topic.minutes, topic.spent_seconds, topic.running_since)
