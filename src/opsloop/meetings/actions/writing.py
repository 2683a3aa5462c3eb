"""Drafts of meetings, and what is prepared for one: agenda and things to prepare, before and after it is called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity import submissions
from opsloop.activity.models import Undo
from opsloop.meetings import permissions
from opsloop.meetings.events import MeetingChanged, PreparationTicked
from opsloop.meetings.models import AgendaItem, Meeting, Preparation, Seat
from opsloop.organisation.models import Person
from opsloop.records.changes import set_fields
from opsloop.records.refusals import Refused

# What a draft holds beside its people, agenda and preparations; `ends_at` follows from `lasts`.
FIELDS = (
    "title", "objective", "host", "minute_taker", "department", "starts_at", "lasts", "repeats", "room", "place",
    "link", "is_confidential", "necessity", "follows",
)  # fmt: skip
MOST_TOPICS, MOST_PREPARATIONS, MOST_PEOPLE = 30, 50, 300
TOPIC_FIELDS = ("title", "owner", "minutes", "goal", "material", "looks_back")
# Person id -> a value of Seat.Role.
Roles = Mapping[int, str]


@transaction.atomic
def begin(*, values: Mapping[str, Any], roles: Roles | None = None, by: Person, at: datetime) -> Meeting:
    """Begin a draft; nobody else knows of it. `values` are some of FIELDS.

    Raises:
        Forbidden: the role of `by` only allows reading.
    """
    permissions.check_may_call(by)
    submissions.claim()
    given = {name: values[name] for name in FIELDS if name in values}
    meeting = Meeting(
        **{"host": by, "department": by.department, **given}, organiser=by, created_at=at, saved_at=at,
        time_zone=by.time_zone,
    )  # fmt: skip
    meeting.ends_at = end_of(meeting)
    meeting.save(force_insert=True)
    seat(meeting, roles or {})
    return meeting


@transaction.atomic
def keep(
    *,
    meeting: Meeting,
    values: Mapping[str, Any],
    roles: Roles | None = None,
    by: Person,
    at: datetime,
    version: int,
) -> Meeting:
    """Keep what was typed into a draft, however unfinished; `roles` None leaves its people as they are.

    Raises:
        Forbidden, Refused: it is somebody else's, or no draft any more; or it has too many people.
        StaleVersion: it was written in another window since.
    """
    permissions.check_can_write(meeting, by)
    submissions.claim()
    for name in FIELDS:
        if name in values:
            setattr(meeting, name, values[name])
    meeting.ends_at, meeting.saved_at = end_of(meeting), at
    meeting.bump(version, [*FIELDS, "ends_at", "saved_at"])
    if roles is not None:
        seat(meeting, roles)
    return meeting


def end_of(meeting: Meeting) -> datetime | None:
    """Return when a meeting ends that begins and lasts as it says."""
    return meeting.starts_at + timedelta(minutes=meeting.lasts) if meeting.starts_at else None


def seat(meeting: Meeting, roles: Roles) -> tuple[list[int], list[int]]:
    """Let exactly these people sit in a meeting, in the caller's transaction; return who is new, and who left.

    Who called it and who leads through it take part in any case; the caller has checked who may say this.
    """
    wanted = dict(roles)
    for own in (meeting.organiser_id, meeting.host_id, meeting.minute_taker_id):
        if own is not None and wanted.get(own, Seat.Role.COPY) == Seat.Role.COPY:
            wanted[own] = Seat.Role.TAKES_PART
    if len(wanted) > MOST_PEOPLE:
        said = _("A meeting has at most %(most)s people. Send a notice to tell more of them.")
        raise Refused(said % {"most": MOST_PEOPLE}, field="takes_part")
    there = {row.person_id: row for row in Seat.objects.filter(meeting=meeting)}
    left = [pk for pk in there if pk not in wanted]
    Seat.objects.filter(meeting=meeting, person__in=left).delete()
    for pk, row in there.items():
        if pk in wanted and row.role != wanted[pk]:
            Seat.objects.filter(pk=row.pk).update(role=wanted[pk])
    new = [pk for pk in wanted if pk not in there]
    # Who calls a meeting comes to it.
    Seat.objects.bulk_create(
        [Seat(meeting=meeting, person_id=pk, role=wanted[pk], **_own(pk, meeting)) for pk in new]
    )
    return new, left


def _own(pk: int, meeting: Meeting) -> dict[str, Any]:
    return {"answer": Seat.Answer.YES} if pk == meeting.organiser_id else {}


@transaction.atomic
def discard(*, meeting: Meeting, by: Person, at: datetime) -> Undo:
    """Discard a draft; within an hour it can be brought back."""
    permissions.check_can_write(meeting, by)
    submissions.claim()
    arguments = {
        "kept": {
            name: getattr(meeting, name)
            for name in ("title", "objective", "lasts", "repeats", "place", "link", "is_confidential", "necessity")
        },
        "starts": meeting.starts_at.isoformat() if meeting.starts_at else "",
        "keys": {name: getattr(meeting, f"{name}_id") for name in ("host", "minute_taker", "department", "room")},
        "roles": {str(pk): role for pk, role in Seat.objects.filter(meeting=meeting).values_list("person", "role")},
        "topics": [
            {"title": one.title, "owner_id": one.owner_id, "minutes": one.minutes, "goal": one.goal,
             "material": one.material, "position": one.position}
            for one in meeting.agenda.all()
        ],
        "preparations": [
            {"text": one.text, "owner_id": one.owner_id, "position": one.position}
            for one in meeting.preparations.all()
        ],
    }  # fmt: skip
    if not Meeting.objects.filter(pk=meeting.pk, state=Meeting.State.DRAFT, version=meeting.version).delete()[
        0
    ]:
        raise Refused(_("People were invited or it was changed meanwhile. Load the page again."))
    return activity.offer_undo(verb="meeting.bring_back", arguments=arguments, by=by, at=at)


@transaction.atomic
def bring_back(
    *, by: Person, at: datetime, kept: dict[str, Any], starts: str, keys: dict[str, int | None],
    roles: dict[str, str], topics: list[dict[str, Any]], preparations: list[dict[str, Any]],
) -> None:  # fmt: skip
    """Write a draft anew that was discarded; who or what is gone meanwhile is left out."""
    values: dict[str, Any] = {**kept, "starts_at": datetime.fromisoformat(starts) if starts else None}
    for name, key in keys.items():
        model: Any = Meeting._meta.get_field(name).related_model
        values[name] = model._default_manager.filter(pk=key or 0).first()
    people = set(
        Person.objects.active().filter(pk__in=[int(pk) for pk in roles]).values_list("pk", flat=True)
    )
    chosen = {int(pk): role for pk, role in roles.items() if int(pk) in people}
    meeting = begin(values=values, roles=chosen, by=by, at=at)
    known = {None, *Person.objects.filter(pk__in=[one["owner_id"] or 0 for one in (*topics, *preparations)])
             .values_list("pk", flat=True)}  # fmt: skip
    for one in (*topics, *preparations):
        one["owner_id"] = one["owner_id"] if one["owner_id"] in known else None
    AgendaItem.objects.bulk_create([AgendaItem(meeting=meeting, **one) for one in topics])
    Preparation.objects.bulk_create([Preparation(meeting=meeting, **one) for one in preparations])


@transaction.atomic
def copy(*, meeting: Meeting, by: Person, at: datetime) -> Meeting:
    """Begin a draft with the people, the agenda and the place of a meeting; its open items open the new one."""
    values = {
        name: getattr(meeting, name)
        for name in ("title", "objective", "host", "minute_taker", "department", "lasts", "place", "link", "room",
                     "is_confidential")
    }  # fmt: skip
    follows = None if meeting.is_draft else meeting
    made = begin(values={**values, "follows": follows}, roles=roles_of(meeting), by=by, at=at)
    copy_agenda(meeting, made)
    return made


def roles_of(meeting: Meeting) -> dict[int, str]:
    """Return who sits in a meeting as what; who has left the organisation does not. One query."""
    rows = Seat.objects.filter(meeting=meeting, person__is_active=True)
    return dict(rows.order_by("pk").values_list("person_id", "role"))


def copy_agenda(old: Meeting, new: Meeting) -> None:
    """Give a meeting the topics of another one, without what came of them."""
    topics = [
        AgendaItem(
            meeting=new, position=one.position, title=one.title, owner_id=one.owner_id, minutes=one.minutes,
            goal=one.goal, looks_back=one.looks_back,
        )
        for one in old.agenda.all()
    ]  # fmt: skip
    AgendaItem.objects.bulk_create(topics)


def _check_writes(meeting: Meeting, by: Person) -> None:
    if meeting.is_draft:
        permissions.check_can_write(meeting, by)
    else:
        permissions.check_can_change(meeting, by)


@transaction.atomic
def add_topic(*, meeting: Meeting, values: Mapping[str, Any], by: Person, at: datetime) -> AgendaItem:
    """Put a topic at the end of the agenda; `values` are some of TOPIC_FIELDS.

    Raises:
        Refused: the agenda is full, the topic has no title, or the meeting can be changed no more.
    """
    _check_writes(meeting, by)
    rows = AgendaItem.objects.filter(meeting=meeting)
    if rows.count() >= MOST_TOPICS:
        raise Refused(_("An agenda has at most %(most)s topics.") % {"most": MOST_TOPICS}, field="title")
    last = rows.aggregate(last=Max("position"))["last"]
    topic = AgendaItem(meeting=meeting, position=0 if last is None else last + 1)
    for name in TOPIC_FIELDS:
        if name in values:
            setattr(topic, name, values[name])
    topic.save(force_insert=True)
    _record(meeting, by, at, {"agenda": [None, topic.title]})
    return topic


@transaction.atomic
def change_topic(
    *, topic: AgendaItem, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> AgendaItem:
    """Change a topic that the writer saw at `version`. Raises as `add_topic`, and StaleVersion."""
    _check_writes(topic.meeting, by)
    topic.bump(version)
    changes = set_fields(topic, {name: values[name] for name in TOPIC_FIELDS if name in values})
    if changes:
        topic.save(update_fields=list(changes))
        _record(topic.meeting, by, at, {"agenda": [None, topic.title]})
    return topic


@transaction.atomic
def move_topic(*, topic: AgendaItem, place: int, by: Person, at: datetime) -> None:
    """Put a topic at `place` of the agenda, counted from 0."""
    _check_writes(topic.meeting, by)
    rows = list(AgendaItem.objects.filter(meeting=topic.meeting))
    rest = [row for row in rows if row.pk != topic.pk]
    rest.insert(max(0, min(place, len(rest))), topic)
    for position, row in enumerate(rest):
        if row.position != position or row.pk == topic.pk:
            AgendaItem.objects.filter(pk=row.pk).update(position=position)
    _record(topic.meeting, by, at, {"agenda": [None, topic.title]})


@transaction.atomic
def remove_topic(*, topic: AgendaItem, by: Person, at: datetime) -> None:
    """Take a topic off the agenda."""
    _check_writes(topic.meeting, by)
    _record(topic.meeting, by, at, {"agenda": [topic.title, None]})
    topic.delete()


@transaction.atomic
def add_preparation(
    *, meeting: Meeting, text: str, owner: Person | None, by: Person, at: datetime
) -> Preparation:
    """Add something that is to be prepared, and by whom."""
    _check_writes(meeting, by)
    rows = Preparation.objects.filter(meeting=meeting)
    if rows.count() >= MOST_PREPARATIONS:
        raise Refused(
            _("At most %(most)s things can be prepared.") % {"most": MOST_PREPARATIONS}, field="text"
        )
    last = rows.aggregate(last=Max("position"))["last"]
    row = Preparation(meeting=meeting, text=text, owner=owner, position=0 if last is None else last + 1)
    row.save(force_insert=True)
    _record(meeting, by, at, {"preparation": [None, text]})
    return row


@transaction.atomic
def tick_preparation(*, preparation: Preparation, done: bool, by: Person, at: datetime) -> None:
    """Say that something is prepared, or that it is not."""
    permissions.check_can_prepare(preparation.meeting, by, preparation.owner_id)
    preparation.done_at, preparation.done_by = (at, by) if done else (None, None)
    preparation.save(update_fields=["done_at", "done_by"])
    meeting = preparation.meeting
    told = (meeting.organiser_id,) if meeting.organiser_id else ()
    activity.record(
        PreparationTicked(
            subject_id=meeting.pk, by_id=by.pk, at=at, person_ids=told,
            changes={"preparation": [None, preparation.text]},
        )
    )  # fmt: skip


@transaction.atomic
def remove_preparation(*, preparation: Preparation, by: Person, at: datetime) -> None:
    """Take something off the list of what is to be prepared."""
    _check_writes(preparation.meeting, by)
    _record(preparation.meeting, by, at, {"preparation": [preparation.text, None]})
    preparation.delete()


def _record(meeting: Meeting, by: Person, at: datetime, changes: Mapping[str, Any]) -> None:
    """Record a change of what is prepared; of a draft nobody but its writer hears."""
    people = (by.pk,)
    if not meeting.is_draft:
        people = tuple(
            Seat.objects.filter(meeting=meeting).order_by("person").values_list("person", flat=True)
        )
    activity.record(
        MeetingChanged(subject_id=meeting.pk, by_id=by.pk, at=at, person_ids=people, changes=changes)
    )
