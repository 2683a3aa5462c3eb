"""Writes letters: mail for one person, a message for a group, data for a program. Words are read anew at this moment.

What somebody may not see any more, or has read in the inbox meanwhile, is left out; a letter of which nothing is left
does not go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opsloop.activity import registry
from opsloop.channels.models import Channel, Delivery, Letter, Wish
from opsloop.channels.outbox import Carriages, carriages
from opsloop.channels.words import default_mode
from opsloop.engines.robots import Line, Message
from opsloop.inbox.models import Notification, kinds
from opsloop.inbox.queries import folded, page_of
from opsloop.inbox.reasons import reason_of
from opsloop.organisation.models import Department, Person
from opsloop.organisation.queries.settings import current_organisation
from opsloop.web.templatetags.quick import address

# Lines of one letter; what is more is counted in it and read in the inbox.
MOST_LINES = 30
# Names before a line for a group; of more it says how many.
MOST_NAMES = 4
PREFERENCES = "channels:preferences"


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content: bytes
    kind: str


@dataclass(frozen=True)
class CalendarPart:
    """What a mail program offers to its calendar: a file, and what is to be done with it (REQUEST, CANCEL)."""

    text: str
    method: str


@dataclass(frozen=True)
class Mail:
    """A mail to one person, ready to go."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    unsubscribe: str
    attachments: Sequence[Attachment] = ()
    calendar: CalendarPart | None = None


def mail(letter: Letter) -> Mail | None:
    """Return the mail of a letter to a person; None when nothing of it is left. Ten queries at most."""
    person, site = letter.person, letter.channel.site
    if person is None or not person.is_active or not person.email:
        return None
    with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
        rows = [] if letter.kind == Letter.Kind.TEST else _rows(letter, person)
        if not rows and letter.kind != Letter.Kind.TEST:
            return None
        preferences = site + address(PREFERENCES)
        context = {
            "rows": [
                {
                    **row,
                    "link": site + row["url"],
                    "door": _door(row, person, letter.made_at, site),
                    "files": _enclosures(row, site),
                }
                for row in rows[:MOST_LINES]
            ],
            "more": max(0, len(rows) - MOST_LINES),
            "inbox": site + address("inbox:inbox"),
            "preferences": preferences,
            "name": person.name,
            "language": person.language,
            "is_bundle": letter.kind == Letter.Kind.DIGEST,
            "is_test": letter.kind == Letter.Kind.TEST,
        }
        return Mail(
            to=person.email,
            subject=_subject(letter, rows),
            text=render_to_string("channels/mail.txt", context),
            html=render_to_string("channels/mail.html", context),
            message_id=f"<{letter.key}@{urlsplit(site).hostname or 'opsloop'}>",
            unsubscribe=preferences,
        )


def _door(row: Mapping[str, Any], person: Person, at: datetime, site: str) -> Mapping[str, str] | None:
    """Return the page by which a line is answered without a log-in: words and address."""
    kind = registry.told_kinds().get(row["kind"])
    found = kind.door(row["record"], person.pk, row["reason"], at) if kind is not None and kind.door else None
    return {"label": found.label, "url": site + found.url} if found else None


def _enclosures(row: Mapping[str, Any], site: str) -> list[Mapping[str, str]]:
    """Return the files that a line names: mail brings the way to them, and reading asks for access."""
    kind = registry.told_kinds().get(row["kind"])
    found = kind.enclosures(row["record"], row["reason"]) if kind is not None and kind.enclosures else ()
    return [{"name": one.label, "url": site + one.url} for one in found]


def _subject(letter: Letter, rows: Sequence[Mapping[str, Any]]) -> str:
    if letter.kind == Letter.Kind.TEST:
        return _("Opsloop: this mail channel works")
    if letter.kind == Letter.Kind.NOW and len(rows) == 1:
        said = f"{rows[0]['sentence']}: {rows[0]['title']}"
    else:
        said = ngettext("%(count)s piece of news", "%(count)s pieces of news", len(rows)) % {
            "count": len(rows)
        }
    # A header is one line, whatever a title holds.
    return " ".join(f"Opsloop · {said}".split())[:200]


def _rows(letter: Letter, person: Person) -> list[dict[str, Any]]:
    pieces = list(letter.deliveries.values_list("event_id", "subject_id"))
    told = Notification.objects.filter(person=person, event__in=[event for event, _subject in pieces])
    told = told.filter(done_at=None, read_at=None).select_related("event").order_by("lane", "-pk")
    wanted = set(pieces)
    return [
        row.shown()
        for row in folded(person, [one for one in told if (one.event_id, one.subject_id) in wanted])
    ]


@dataclass(frozen=True)
class Group:
    """What a group or program is told: as a message, and as data."""

    message: Message
    data: dict[str, Any]


def group(letter: Letter) -> Group | None:
    """Return what a letter tells a group or program; None when nothing of it is left. Eight queries at most."""
    organisation = current_organisation()
    site = letter.channel.site
    with translation.override(organisation.language if organisation else None):
        if letter.kind == Letter.Kind.TEST:
            return _test(letter, site)
        items = _items(letter)
        if not items:
            return None
        left = len(items) - MOST_LINES
        more = ngettext("%(count)s more", "%(count)s more", left) % {"count": left} if left > 0 else ""
        head = ngettext("%(count)s piece of news", "%(count)s pieces of news", len(items)) % {
            "count": len(items)
        }
        message = Message(
            f"Opsloop · {head}",
            [_line(one) for one in items[:MOST_LINES]],
            more,
            site + address("inbox:inbox"),
        )
    return Group(message, {"id": letter.key, "type": "news", "items": items})


def _test(letter: Letter, site: str) -> Group:
    text = _("This channel works: news of Opsloop arrive here.")
    line = Line("", text, _("Open Opsloop"), site + "/")
    return Group(Message("Opsloop", [line]), {"id": letter.key, "type": "test", "items": []})


def _line(item: Mapping[str, Any]) -> Line:
    names = item["to"]
    shown = _("%(names)s and %(count)s others") if len(names) > MOST_NAMES else "%(names)s"
    said = shown % {"names": "、".join(names[:MOST_NAMES]), "count": len(names) - MOST_NAMES}
    title = f"{item['number']} {item['title']}".strip()
    to = _("To %(names)s:") % {"names": said}
    if not names:
        to = ""
    elif not to.endswith("："):
        to += " "
    return Line(to, item["sentence"], title, item["url"])


def _items(letter: Letter) -> list[dict[str, Any]]:
    pieces = list(letter.deliveries.select_related("event").order_by("pk"))
    ruled = carriages((one.subject_kind, one.subject_id) for one in pieces)
    records = _records(letter.channel, pieces, ruled)
    told = _told(pieces)
    actors = Person.objects.only("name").in_bulk({one.event.actor_id for one in pieces if one.event.actor_id})
    items = []
    for one in pieces:
        record = records.get((one.subject_kind, one.subject_id))
        names = told.get((one.event_id, one.subject_id, one.reason), [])
        rule = ruled.get((one.subject_kind, one.subject_id))
        if record is None or not (names or rule):
            continue
        actor = actors.get(one.event.actor_id or 0)
        reason = reason_of(one.reason)
        who = actor.name if actor else _("The system")
        items.append(
            {
                "event": one.event.kind,
                "topic": reason.topic,
                "at": one.at.isoformat(),
                "by": actor.name if actor else "",
                "to": [] if rule else names,
                "sentence": rule.spoken.get(one.reason, "") if rule else str(reason.sentence) % {"who": who},
                "kind": one.subject_kind,
                "number": record.number,
                "title": str(record),
                "url": letter.channel.site + address(page_of(one.subject_kind), one.subject_id),
            }
        )
    return items


def _records(channel: Channel, pieces: Sequence[Delivery], ruled: Carriages) -> dict[tuple[str, int], Any]:
    """Return the records that the channel may carry as they stand now: one may have moved to another department."""
    inside = None
    if channel.department is not None:
        inside = set(Department.objects.below([channel.department.path]).values_list("pk", flat=True))
    wanted: dict[str, set[int]] = {}
    for one in pieces:
        wanted.setdefault(one.subject_kind, set()).add(one.subject_id)
    found: dict[tuple[str, int], Any] = {}
    for kind, ids in wanted.items():
        for pk, record in kinds()[kind].objects.alive().in_bulk(ids).items():
            if rule := ruled.get((kind, pk)):
                if channel.pk in rule.groups:
                    found[kind, pk] = record
                continue
            if record.department_id is not None and (inside is None or record.department_id in inside):
                found[kind, pk] = record
    return found


def _told(pieces: Sequence[Delivery]) -> dict[tuple[int, int, str], list[str]]:
    """Return the names of those who were told of each piece and agree to be named in groups. Two queries."""
    rows = Notification.objects.filter(event__in=[one.event_id for one in pieces]).order_by("pk")
    facts = list(rows.values_list("event_id", "subject_id", "reason", "person_id", "person__name"))
    people = {row[3] for row in facts}
    wishes = Wish.objects.filter(person__in=people, way=Wish.Way.GROUP).values_list(
        "person_id", "topic", "mode"
    )
    chosen = {(person, topic): mode for person, topic, mode in wishes}
    named: dict[tuple[int, int, str], list[str]] = {}
    for event, subject, reason, person, name in facts:
        topic = reason_of(reason).topic
        if chosen.get((person, topic), default_mode(topic, Wish.Way.GROUP)) != Delivery.Mode.OFF:
            named.setdefault((event, subject, reason), []).append(name)
    return named
