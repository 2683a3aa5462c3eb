"""The inbox as one reads it. What a row says is put together from its event and its record, at this moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from opsloop.activity import registry
from opsloop.discussion.models import Comment
from opsloop.goals.models import Goal
from opsloop.inbox.models import (
    READ_LAST,
    Arrangement,
    Lane,
    Notification,
    NotificationQuerySet,
    Preference,
    kinds,
)
from opsloop.inbox.reasons import REASONS, TOPICS, Reason, reason_of
from opsloop.organisation.models import Person
from opsloop.web.dates import absolute
from opsloop.web.templatetags.quick import address
from opsloop.work.models import Project, Task

# Rows of a group on the page of all groups, and of one group alone; so many more are looked at, because
# several can be of one record, and what one may not see any more is left out.
GLANCE, PAGE, DEEPER = 12, 50, 4
# A number that people count, and "more than that".
MOST_COUNTED = 99
# So many of the newest unread are looked at for it: some may be of records that have been hidden since.
CANDIDATES = 2 * MOST_COUNTED
EXCERPT = 140
PAGES = {
    "task": "work:task", "project": "portfolio:project", "goal": "goals:goal", "arranged": "team:arrangement",
}  # fmt: skip
# What the badge counts: what waits for the person and what names them. The rest is never urgent.
CALLING = (Lane.ACT, Lane.NAMED)


@dataclass(frozen=True)
class Filters:
    """What the inbox is narrowed to: one topic, one project."""

    topic: str = ""
    project: int = 0

    def condition(self) -> Q:
        """Return the condition on notifications."""
        found = Q()
        if self.topic:
            reasons = [name for name, reason in REASONS.items() if reason.topic == self.topic]
            found &= Q(reason__in=reasons)
        if self.project:
            tasks = Task.objects.filter(project=self.project).order_by().values("pk")
            found &= Q(subject_kind="task", subject_id__in=tasks) | Q(
                subject_kind="project", subject_id=self.project
            )
        return found


@dataclass
class Row:
    """What happened to one record, for one group: the newest of it; `ids` are all that it stands for."""

    newest: Notification
    record: Any
    actor: Person | None
    comment: Comment | None
    ids: list[int] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """Return what the templates show. A mapping: they look into one much faster than into an object."""
        told, reason = self.newest, reason_of(self.newest.reason)
        who = self.actor.name if self.actor else _("The system")
        return {
            "pk": told.pk,
            "title": str(self.record),
            "number": self.record.number,
            "url": address(page_of(told.subject_kind), self.record.pk),
            "record": self.record,
            "kind": told.subject_kind,
            "reason": told.reason,
            "actor": self.actor,
            "icon": reason.icon,
            "why": reason.why,
            "sentence": str(reason.sentence) % {"who": who},
            "excerpt": self._excerpt(reason),
            "change": _change(told),
            "at": told.at,
            "snoozed_until": told.snoozed_until,
            "is_unread": told.read_at is None,
            "ids": ",".join(map(str, self.ids)),
            "more": len(self.ids) - 1,
            "may_answer": reason.is_talk and self.comment is not None,
            "may_begin": self._may_begin(),
            "may_decide": told.reason == "handed_in",
            "taps": self._taps(),
        }

    def _taps(self) -> Sequence[registry.Tap]:
        """Return what one press does about it, as the package says that knows the record."""
        kind = registry.told_kinds().get(self.newest.subject_kind)
        if kind is None or self.newest.done_at is not None:
            return ()
        about = (self.record, self.newest.person_id, self.newest.reason)
        one = kind.tap(*about) if kind.tap else None
        return [*([one] if one else []), *(kind.taps(*about) if kind.taps else ())]

    def _excerpt(self, reason: Reason) -> str:
        """Return how the comment begins; a comment that was deleted says so."""
        if not reason.is_talk:
            return ""
        if self.comment is None:
            return _("The comment has been deleted.")
        said = " ".join(line for line in self.comment.text.splitlines() if not line.startswith(">"))
        return Truncator(said or self.comment.text).chars(EXCERPT)

    def _may_begin(self) -> bool:
        """Whether a task waits for nothing but its owner to begin."""
        return (
            self.newest.reason in {"assigned", "freed"}
            and isinstance(self.record, Task)
            and self.record.status == Task.Status.TODO
            and self.record.owner_id == self.newest.person_id
        )


def page_of(kind: str) -> str:
    """Return the name of the page of a record of this kind."""
    return PAGES.get(kind) or registry.told_kinds()[kind].page


_FIELDS = {"status": "status", "due": "due_at", "owner": "owner", "blocked": "status"}


def _change(told: Notification) -> tuple[str, str] | None:
    name = _FIELDS.get(told.reason, "")
    pair = told.event.changes.get(name) or (told.event.changes.get("due_on") if name == "due_at" else None)
    if not isinstance(pair, list) or len(pair) != 2:
        return None
    before, after = (_words(name, told.subject_kind, value) for value in pair)
    return before, after


_STATUSES: Mapping[str, Any] = {"task": Task.Status, "project": Project.Status, "goal": Goal.Status}


def _words(name: str, kind: str, value: Any) -> str:
    if not value:
        return "—"
    if isinstance(value, dict):
        return str(value.get("text", "—"))
    if name == "status":
        labels = dict(_STATUSES[kind].choices)
        return str(labels.get(value, value))
    moment = parse_datetime(str(value))
    if moment is not None and moment.tzinfo is not None:
        return absolute(moment)
    day = parse_date(str(value)[:10])
    return day.isoformat() if day else str(value)


@dataclass(frozen=True)
class Group:
    """One of the three groups, or one list alone."""

    lane: Lane | None
    label: str
    rows: Sequence[Mapping[str, Any]]
    unread: int
    has_more: bool

    @property
    def unread_text(self) -> str:
        """How many are unread."""
        return str(self.unread) if self.unread <= MOST_COUNTED else f"{MOST_COUNTED}+"


def calling_by_lane(person: Person, *, at: datetime) -> Counter[int]:
    """Return how many unread wait for `person` and how many name them, up to a hundred together.

    Two queries, asked once for each request: the badge and the heads of the groups say the same. What the person
    may still see is asked of the newest CANDIDATES alone: asked of all in one statement, PostgreSQL would look at
    every task there is.
    """
    known: dict[datetime, Counter[int]] = person.__dict__.setdefault("_calling", {})
    if at not in known:
        rows = Notification.objects.filter(person=person, lane__in=CALLING).waiting(at=at).unread()
        # The sum keeps PostgreSQL from walking back through everybody's notifications.
        newest = rows.order_by((F("pk") + 0).desc()).values_list("lane", "subject_kind", "subject_id")
        told = list(newest[:CANDIDATES])
        seen = _seen(person, ((kind, pk) for _lane, kind, pk in told))
        known[at] = Counter([lane for lane, *subject in told if tuple(subject) in seen][: MOST_COUNTED + 1])
    return known[at]


def _seen(person: Person, subjects: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Return which of these records the person may see now. One query, none if nothing is asked."""
    wanted: dict[str, set[int]] = {}
    for kind, pk in subjects:
        wanted.setdefault(kind, set()).add(pk)
    models = kinds()
    parts = [
        models[kind]
        .objects.visible_to(person)
        .alive()
        .filter(pk__in=ids)
        .order_by()
        .values_list(Value(kind), "pk")
        for kind, ids in sorted(wanted.items())
    ]
    return set(parts[0].union(*parts[1:], all=True)) if parts else set()


def calling(person: Person, *, at: datetime) -> int:
    """Return what the badge says: unread that waits for `person` or names them, up to a hundred.

    Nothing once they have closed their day: it waits until the next working day.
    """
    number = calling_by_lane(person, at=at).total()
    return 0 if number and registry.is_quiet(person, at=at) else number


def groups(person: Person, filters: Filters, *, at: datetime) -> list[Group]:
    """Return the three groups, unread first; a group ends after a glance. Nine queries at most."""
    waiting = Notification.objects.filter(filters.condition(), person=person).waiting(at=at)
    found = {lane: _first(waiting.filter(lane=lane), GLANCE * DEEPER) for lane in Lane}
    rows = folded(person, [one for lane in Lane for one in found[lane]])
    unread = calling_by_lane(person, at=at)
    made = []
    for lane in Lane:
        mine = [row for row in rows if row.newest.lane == lane]
        has_more = len(mine) > GLANCE or len(found[lane]) > GLANCE * DEEPER
        made.append(
            Group(lane, str(lane.label), [row.shown() for row in mine[:GLANCE]], unread[lane], has_more)
        )
    return made


def one_group(person: Person, lane: Lane, filters: Filters, *, at: datetime, page: int) -> Group:
    """Return one group alone, a page of it."""
    waiting = Notification.objects.filter(filters.condition(), person=person, lane=lane).waiting(at=at)
    unread = calling_by_lane(person, at=at)[lane]
    return _listed(person, waiting.order_by(READ_LAST, "-pk"), lane, page, unread)


def put_off(person: Person, *, at: datetime, page: int) -> Group:
    """Return what was put off, what comes back next first."""
    later = Notification.objects.filter(person=person).later(at=at).order_by("snoozed_until", "-pk")
    return _listed(person, later, None, page, 0)


def finished(person: Person, *, page: int) -> Group:
    """Return what was taken out of the inbox, the newest first."""
    done = Notification.objects.filter(person=person, done_at__isnull=False).order_by("-done_at", "-pk")
    return _listed(person, done, None, page, 0)


def _listed(person: Person, rows: NotificationQuerySet, lane: Lane | None, page: int, unread: int) -> Group:
    start = (page - 1) * PAGE
    found = list(rows.select_related("event").only(*_TOLD)[start : start + PAGE + 1])
    label = str(lane.label) if lane else ""
    shown = [row.shown() for row in folded(person, found[:PAGE])]
    return Group(lane, label, shown, unread, has_more=len(found) > PAGE)


def _first(rows: NotificationQuerySet, most: int) -> list[Notification]:
    return list(rows.select_related("event").only(*_TOLD).order_by(READ_LAST, "-pk")[: most + 1])


def folded(person: Person, told: Sequence[Notification]) -> list[Row]:
    """Return rows for what was told: several of one record and group become one. Five queries at most."""
    records = _records(person, told)
    actors = Person.objects.only("name", "username").in_bulk(
        {one.event.actor_id for one in told if one.event.actor_id}
    )
    comments = _comments(told)
    rows: dict[tuple[int, str, int], Row] = {}
    for one in told:
        record = records.get((one.subject_kind, one.subject_id))
        if record is None:  # one may not see it any more, or it lies in the bin
            continue
        key = (one.lane, one.subject_kind, one.subject_id)
        if key not in rows:
            said = (
                comments.get(one.event.changes.get("comment", 0)) if reason_of(one.reason).is_talk else None
            )
            rows[key] = Row(one, record, actors.get(one.event.actor_id or 0), said)
        rows[key].ids.append(one.pk)
    return list(rows.values())


# What a row shows of its record, and what tells whether it can be begun.
_SHOWN = ("number", "status", "owner_id")
_TOLD = (
    "person_id", "reason", "lane", "subject_kind", "subject_id", "at", "read_at", "done_at", "snoozed_until",
    "event__actor_id", "event__changes",
)  # fmt: skip


def _records(person: Person, told: Iterable[Notification]) -> dict[tuple[str, int], Any]:
    wanted: dict[str, set[int]] = {}
    for one in told:
        wanted.setdefault(one.subject_kind, set()).add(one.subject_id)
    found: dict[tuple[str, int], Any] = {}
    for kind, ids in wanted.items():
        found |= {(kind, pk): record for pk, record in _source(kind, person).in_bulk(ids).items()}
    return found


def _source(kind: str, person: Person) -> QuerySet[Any]:
    """Return the records of a kind that the person may see, with what a row shows of them."""
    match kind:
        case "task":
            return Task.objects.visible_to(person).alive().only(*_SHOWN, "title", "version")
        case "project":
            return Project.objects.visible_to(person).alive().only(*_SHOWN, "name")
        case "goal":
            return Goal.objects.visible_to(person).alive().only(*_SHOWN, "title")
        case "arranged":
            return Arrangement.objects.visible_to(person)
        case _:
            seen: QuerySet[Any] = registry.told_kinds()[kind].model.objects.visible_to(person)
            return seen


def _comments(told: Iterable[Notification]) -> dict[int, Comment]:
    """Return the comments that events speak of. Their records have been asked for, so they may be read."""
    ids = {one.event.changes.get("comment", 0) for one in told if reason_of(one.reason).is_talk}
    return Comment.objects.alive().in_bulk(ids - {0}) if ids else {}


def oldest_waiting(person: Person, *, at: datetime, most: int) -> list[dict[str, Any]]:
    """Return what has waited longest for `person` to act."""
    waiting = Notification.objects.filter(person=person, lane=Lane.ACT).waiting(at=at)
    rows = folded(person, list(waiting.select_related("event").only(*_TOLD).order_by("pk")[: most * DEEPER]))
    return [row.shown() for row in rows[:most]]


def named_projects(person: Person) -> list[Project]:
    """Return the projects by which the inbox can be narrowed: those the person takes part in."""
    return list(Project.objects.taken_part_in(person).alive().order_by("name")[:50])


def project_named(person: Person, pk: int) -> str:
    """Return the name of a project that `person` may see, for a filter; a dash otherwise."""
    found = Project.objects.visible_to(person).filter(pk=pk).values_list("name", flat=True).first()
    return str(found or "—")


def preferences(person: Person) -> list[tuple[str, Any, bool]]:
    """Return every topic with whether the person is told of it. One query."""
    off = set(
        Preference.objects.filter(person=person, channel="inbox", is_on=False).values_list("topic", flat=True)
    )
    return [(name, topic, name not in off) for name, topic in TOPICS.items()]
