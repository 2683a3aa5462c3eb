"""Requests for another date: what waits for whom, and why tasks are late, counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from opsloop.boards.queries.moves import read_day
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.progress.models import DelayRequest
from opsloop.progress.permissions import can_decide
from opsloop.web.http import read_id
from opsloop.work.models import Task

# More at once is no morning's work; the page says how many there are.
SHOWN = 30
# How far one looks back if nothing else is said.
DAYS_BACK = 90
# What is counted: the column its key stands in, and the one its name stands in.
BY: Mapping[str, tuple[str, str, Any]] = {
    "cause": ("cause", "cause", gettext_lazy("Cause")),
    "team": ("task__department", "task__department__name", pgettext_lazy("delays by", "Team")),
    "category": ("task__category", "task__category__name", gettext_lazy("Category")),
    "requester": ("asked_by", "asked_by__name", pgettext_lazy("delays by", "Who asked")),
}
# What a key that is not there is called in an address.
NONE = "0"


def waiting_for(by: Person) -> list[DelayRequest]:
    """Return the requests that `by` may decide, the longest waiting first. Two queries."""
    reach = by.reaches.departments(Permission.WORK_ASSIGN)
    led = Q() if reach is None else Q(task__department__in=reach)
    mine = Q(decider=by) | (led & ~Q(asked_by=by))
    rows = DelayRequest.objects.visible_to(by).alive().filter(mine, state=DelayRequest.State.WAITING)
    related = ("task__owner", "task__project", "task__department", "asked_by", "decider")
    found = rows.select_related(*related).order_by("asked_at")[: SHOWN + 1]
    return [one for one in found if can_decide(one, by)]


@dataclass(frozen=True)
class Filters:
    """What the page of delays is narrowed to; the address holds all of it."""

    since: date
    until: date
    by: str = "cause"
    cause: str = ""
    team: str = ""
    category: str = ""
    requester: str = ""

    @classmethod
    def read(cls, sent: Any, today: date) -> Filters:
        """Return the filters of an address; what it does not say or nobody understands is as usual."""
        until = read_day(sent.get("until")) or today
        since = read_day(sent.get("since")) or until - timedelta(days=DAYS_BACK)
        by = sent.get("by", "")
        keys = {
            name: str(read_id(sent.get(name))) if read_id(sent.get(name)) is not None else ""
            for name in ("team", "category", "requester")
        }
        cause = sent.get("cause", "")[:20].replace("\0", "")
        return cls(min(since, until), until, by if by in BY else "cause", cause, **keys)

    def rows(self, viewer: Person) -> QuerySet[DelayRequest]:
        """Return the requests asked in these days that `viewer` may see; withdrawn ones are left out."""
        begin, end = _midnight(self.since), _midnight(self.until + timedelta(days=1))
        found = DelayRequest.objects.visible_to(viewer).alive().filter(asked_at__gte=begin, asked_at__lt=end)
        found = found.exclude(state=DelayRequest.State.WITHDRAWN)
        for name, (column, _label, _words) in BY.items():
            wanted = getattr(self, name)
            if wanted == NONE and name != "cause":
                found = found.filter(**{f"{column}__isnull": True})
            elif wanted:
                found = found.filter(**{column: wanted})
        return found

    def address(self, **changes: Any) -> str:
        """Return the query string of these filters with some of them changed."""
        shown = replace(self, **changes)
        values = {
            "since": shown.since.isoformat(), "until": shown.until.isoformat(), "by": shown.by, "cause": shown.cause,
            "team": shown.team, "category": shown.category, "requester": shown.requester,
        }  # fmt: skip
        return "?" + urlencode({name: value for name, value in values.items() if value})

    @property
    def chosen(self) -> list[str]:
        """Which of the columns it is narrowed by."""
        return [name for name in BY if getattr(self, name)]


@dataclass(frozen=True)
class Bar:
    """One line of the count: its key and name, how many were asked, approved and rejected, and the days asked for."""

    key: str
    name: str
    asked: int
    approved: int
    rejected: int
    share: int


def counted(rows: QuerySet[DelayRequest], by: str, names: Mapping[str, str], nameless: str) -> list[Bar]:
    """Return how many requests there are by cause, team, category or requester, most first. One query."""
    column, label, _words = BY[by]
    approved = Count("pk", filter=Q(state=DelayRequest.State.APPROVED))
    rejected = Count("pk", filter=Q(state=DelayRequest.State.REJECTED))
    found = list(
        rows.order_by().values_list(column, label).annotate(n=Count("pk"), yes=approved, no=rejected)
    )
    most = max((one[2] for one in found), default=0)
    bars = [
        Bar(
            str(key) if key is not None else NONE,
            names.get(str(key), str(name)) if by == "cause" else str(name or nameless),
            asked, yes, no, round(asked * 100 / most),
        )
        for key, name, asked, yes, no in found
    ]  # fmt: skip
    return sorted(bars, key=lambda one: (-one.asked, one.name))


def late_unasked(viewer: Person, *, now: datetime) -> QuerySet[Task]:
    """Return the overdue tasks of the viewer's team for which nobody has asked another date."""
    reach = viewer.reaches.departments(Permission.PLAN_TEAM)
    led = Q() if reach is None else Q(department__in=reach) | Q(owner=viewer)
    asked = DelayRequest.objects.undecided().filter(task=OuterRef("pk")).order_by()
    rows: QuerySet[Task] = Task.objects.visible_to(viewer).overdue(at=now).filter(led).exclude(Exists(asked))
    return rows.select_related("owner", "project").order_by("due_at", "pk")


def loaded(rows: QuerySet[DelayRequest]) -> QuerySet[DelayRequest]:
    """Return requests with what a row of the list shows."""
    related = ("task__owner", "task__department", "task__category", "asked_by", "decider", "decided_by")
    return rows.select_related(*related)


def days_asked(request: DelayRequest) -> int:
    """Return by how many days the date was to move."""
    wanted, before = (timezone.localtime(one).date() for one in (request.due_wanted, request.due_before))
    return (wanted - before).days


def of_filters(filters: Filters, bars: Sequence[Bar], names: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the chips of what the page is narrowed to."""
    found = []
    for name in filters.chosen:
        value = getattr(filters, name)
        label = names.get(value) if name == "cause" else None
        label = label or next((bar.name for bar in bars if filters.by == name and bar.key == value), value)
        found.append({"key": str(BY[name][2]), "text": label, "remove_url": filters.address(**{name: ""})})
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
