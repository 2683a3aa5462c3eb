"""The calendar: what is due, begins or is a milestone on each day of a month or a week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.db.models import CharField, F, Q
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import date_format

from opsloop.engines.filters.dates import is_date
from opsloop.notices.queries.deadlines import Due, due
from opsloop.organisation.models import Person
from opsloop.organisation.queries.calendar import working_calendar
from opsloop.work import permissions
from opsloop.work.models import Task
from opsloop.work.queries import lists
from opsloop.work.queries.lists import ListState

# What a calendar has in its address besides the view.
KEEP = ("span", "day")
IN_MONTH, IN_WEEK = 4, 40
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
_FIELDS = (
    "title", "version", "status", "due_at", "starts_at", "is_milestone", "closed_at", "deleted_at", "project__owner_id",
    "department_id", "created_by_id", "requester_id", "owner_id",
)  # fmt: skip


@dataclass(frozen=True)
class Item:
    """A task on one day: due there, or beginning there."""

    task: Task
    begins: bool
    is_late: bool
    may_move: bool
    owner: str

    @property
    def at(self) -> str:
        """The time of day."""
        moment = self.task.starts_at if self.begins else self.task.due_at
        return f"{timezone.localtime(moment):%H:%M}" if moment else ""


@dataclass(frozen=True)
class Day:
    """One day; `count` is of all its tasks, not only of those shown."""

    date: date
    kind: str
    name: str
    in_month: bool
    is_today: bool
    items: Sequence[Item]
    count: int
    # By when notices are to be done, where the calendar is one's own.
    dates: Sequence[Due] = ()

    @property
    def more(self) -> int:
        """How many tasks are not shown."""
        return self.count - len(self.items)


@dataclass(frozen=True)
class Calendar:
    """A month or a week, in whole weeks from Monday on."""

    weeks: Sequence[Sequence[Day]]
    title: str
    is_week: bool
    before: str
    after: str
    is_provisional: bool
    count: int


def calendar(person: Person, state: ListState, *, day: str, is_week: bool, now: datetime) -> Calendar:
    """Return the month or week around `day` (today when it is none). Four queries at most."""
    today = timezone.localtime(now).date()
    middle = date.fromisoformat(day) if is_date(day) else today
    middle = min(max(middle, FIRST_DAY), LAST_DAY)
    days = _days(middle, is_week=is_week)
    placed = _placed(person, state, days, now)
    most = IN_WEEK if is_week else IN_MONTH
    items = _items(person, {pk for rows in placed.values() for pk, _begins in rows[:most]}, now)
    working = working_calendar({days[0].year, days[-1].year})
    dates = _dates(person, days) if state.scope == "mine" else {}
    shown = [
        Day(
            one, working.kind_of(one), working.name_of(one), is_week or one.month == middle.month, one == today,
            [items(pk, begins) for pk, begins in placed.get(one, [])[:most]], len(placed.get(one, ())),
            dates.get(one, ()),
        )
        for one in days
    ]  # fmt: skip
    step = timedelta(days=7)
    before = middle - step if is_week else middle.replace(day=1) - timedelta(days=1)
    after = middle + step if is_week else (middle.replace(day=28) + step).replace(day=1)
    return Calendar(
        [shown[n : n + 7] for n in range(0, len(shown), 7)],
        _title(middle, days, is_week=is_week),
        is_week,
        before.isoformat(),
        after.isoformat(),
        working.is_provisional(middle.year),
        sum(one.count for one in shown),
    )


def _days(middle: date, *, is_week: bool) -> list[date]:
    first = middle if is_week else middle.replace(day=1)
    monday = first - timedelta(days=first.weekday())
    last = (
        monday if is_week else (middle.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    )
    length = (last - monday).days // 7 * 7 + 7
    return [monday + timedelta(days=n) for n in range(length)]


def _title(middle: date, days: Sequence[date], *, is_week: bool) -> str:
    if is_week:
        return f"{days[0]:%Y-%m-%d} – {days[-1]:%m-%d}"
    return date_format(middle, "YEAR_MONTH_FORMAT")


def _dates(person: Person, days: Sequence[date]) -> dict[date, list[Due]]:
    """Return day -> what notices ask the person to have done by then. One query."""
    found: dict[date, list[Due]] = {}
    for one in due(person, _midnight(days[0]), _midnight(days[-1] + timedelta(days=1))):
        found.setdefault(timezone.localtime(one.due_at).date(), []).append(one)
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _placed(
    person: Person, state: ListState, days: Sequence[date], now: datetime
) -> dict[date, list[tuple[int, bool]]]:
    """Return day -> (task, whether it begins there), what is due first."""
    since, until = _midnight(days[0]), _midnight(days[-1] + timedelta(days=1))
    there = Q(due_at__gte=since, due_at__lt=until) | Q(starts_at__gte=since, starts_at__lt=until)
    rows = lists.matching(person, state, now=now).filter(there)
    placed: dict[date, list[tuple[int, bool]]] = {}
    begins: list[tuple[date, int]] = []
    day_of = _reading_days()
    moments = (Cast("starts_at", CharField()), Cast("due_at", CharField()))
    for pk, starts_at, due_at in rows.order_by("-is_milestone", "due_at", "pk").values_list("pk", *moments):
        due, start = day_of(due_at), day_of(starts_at)
        if due:
            placed.setdefault(due, []).append((pk, False))
        if start and start != due:
            begins.append((start, pk))
    for day, pk in begins:
        placed.setdefault(day, []).append((pk, True))
    return placed


def _reading_days() -> Callable[[str | None], date | None]:
    """Return what gives the day, where the reader is, of a moment as the databases write it.

    A month has thousands of tasks and few different moments: each is read once, not once a task.
    """
    zone = timezone.get_current_timezone()

    @cache
    def day_of(text: str | None) -> date | None:
        if text is None:
            return None
        moment = datetime.fromisoformat(text)
        # SQLite writes UTC and does not say so.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(zone).date()

    return day_of


def _items(person: Person, keys: set[int], now: datetime) -> Callable[[int, bool], Item]:
    """Return what makes the item of a task. One query."""
    tasks = Task.objects.filter(pk__in=keys).select_related("project").only(*_FIELDS).order_by()
    annotated: Any = tasks.annotate(owner_name=F("owner__name"), helps=lists.helped_by(person))
    by_key = {task.pk: task for task in annotated} if keys else {}

    def item(pk: int, begins: bool) -> Item:  # noqa: FBT001  (a pair of a list)
        task = by_key[pk]
        may_move = permissions.can_edit(task, person, helps=bool(task.helps))
        return Item(task, begins, task.is_overdue(now), may_move, task.owner_name or "")

    return item
