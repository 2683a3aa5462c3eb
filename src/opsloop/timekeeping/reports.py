"""The time report: recorded hours by person, project, category or department, month by month, with the entries behind.

One grouped query for the whole table. Months are told apart by comparing with their beginnings, because asking the
database for the month of a moment in somebody's time zone is a call into Python for every row on SQLite.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, IntegerField, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.engines.dashboard import Stretch, read_stretch, stretch_of
from opsloop.organisation.models import Department, Person
from opsloop.timekeeping.models import TimeEntry
from opsloop.web.http import read_id
from opsloop.work.models import Category, Project, Task

CATEGORY = Coalesce("category_id", "task__category_id")
# What the lines are: the column that holds its key, and the name of the axis.
AXES: Mapping[str, tuple[Any, Promise]] = {
    "person": (F("person_id"), _("Person")),
    "project": (F("task__project_id"), _("Project")),
    "category": (CATEGORY, _("Category")),
    "department": (F("person__department_id"), _("Department")),
}
USUAL_MONTHS, MOST_MONTHS = 6, 24
# What a key that is not there is called in an address.
NONE = "0"
MOST_PROJECTS = 50


@dataclass(frozen=True)
class Filters:
    """What a report adds up; the address holds all of it. Keys are texts, "0" for what has none."""

    first: Stretch
    last: Stretch
    by: str = "person"
    person: str = ""
    department: str = ""
    category: str = ""
    projects: tuple[str, ...] = ()

    @classmethod
    def read(cls, sent: Any, today: date) -> Filters:
        """Return the filters of an address; what it does not say or nobody understands is as usual."""
        this = stretch_of("month", today)
        last = _month(sent.get("until")) or this
        first = _month(sent.get("since")) or last.moved(1 - USUAL_MONTHS)
        first, last = min(first, last, key=_starts), max(first, last, key=_starts)
        first = max(first, last.moved(1 - MOST_MONTHS), key=_starts)
        by = sent.get("by", "")
        keys = {name: _key(sent.get(name)) for name in ("person", "department", "category")}
        projects = tuple(dict.fromkeys(filter(None, map(_key, sent.getlist("project")))))[:MOST_PROJECTS]
        return cls(first, last, by if by in AXES else "person", projects=projects, **keys)

    @cached_property
    def months(self) -> list[Stretch]:
        """The months of the report, the oldest first."""
        found = [self.first]
        while found[-1] != self.last:
            found.append(found[-1].following)
        return found

    def address(self, **changes: Any) -> str:
        """Return the query string of these filters with some of them changed."""
        one = replace(self, **changes)
        return f"{one.address_without_months()}&since={one.first.name}&until={one.last.name}"

    def address_without_months(self) -> str:
        """Return the query string without its months, which may follow it."""
        values = [
            ("by", self.by), ("person", self.person), ("department", self.department), ("category", self.category),
            *(("project", key) for key in self.projects),
        ]  # fmt: skip
        return "?" + urlencode([(name, value) for name, value in values if value])

    def narrowed(self, key: str) -> Filters:
        """Return these filters with one line of the table chosen."""
        change: dict[str, Any] = {"projects": (key,)} if self.by == "project" else {self.by: key}
        return replace(self, **change)


def _starts(one: Stretch) -> date:
    return one.starts_on


def _month(text: str | None) -> Stretch | None:
    found = read_stretch(text or "")
    return found if found is not None and found.step == "month" else None


def _key(text: str | None) -> str:
    found = read_id(text)
    return "" if found is None else str(found)


def entries(viewer: Person, filters: Filters, zone: ZoneInfo) -> QuerySet[TimeEntry]:
    """Return the entries that a report of `viewer` adds up: own ones, and where they may see hours."""
    begin, end = _begin(filters.first, zone), _begin(filters.last.following, zone)
    rows = TimeEntry.objects.visible_to(viewer).filter(started_at__gte=begin, started_at__lt=end)
    for name in ("person", "department", "category"):
        key = getattr(filters, name)
        if key:
            rows = rows.alias(**{f"of_{name}": AXES[name][0]})
            rows = rows.filter(**({f"of_{name}__isnull": True} if key == NONE else {f"of_{name}": int(key)}))
    if filters.projects:
        keys = [int(key) for key in filters.projects if key != NONE]
        wanted = rows.filter(task__in=Task.objects.filter(project__in=keys).order_by().values("pk"))
        rows = wanted if NONE not in filters.projects else rows.filter(task__project__isnull=True) | wanted
    return rows.order_by()


def _begin(month: Stretch, zone: ZoneInfo) -> datetime:
    return datetime.combine(month.starts_on, time(), tzinfo=zone)


@dataclass(frozen=True)
class Line:
    """A person, project, category or department with its minutes, month by month."""

    key: str
    name: str
    minutes: Sequence[int]

    @cached_property
    def total(self) -> int:
        """Its minutes in all months."""
        return sum(self.minutes)


@dataclass(frozen=True)
class Report:
    """The table: its lines, most minutes first, and the sums of the months; how many entries they add up."""

    filters: Filters
    lines: Sequence[Line]
    sums: Sequence[int]
    count: int

    @property
    def total(self) -> int:
        """All minutes."""
        return sum(self.sums)


def report(viewer: Person, filters: Filters, zone: ZoneInfo) -> Report:
    """Return the table of a report. Two queries, three where names have to be asked whether they may be seen."""
    months = filters.months
    slot = Case(
        *[When(started_at__lt=_begin(one.following, zone), then=Value(at)) for at, one in enumerate(months)],
        default=Value(len(months) - 1), output_field=IntegerField(),
    )  # fmt: skip
    rows = entries(viewer, filters, zone).values_list(AXES[filters.by][0], slot)
    found: dict[int | None, list[int]] = defaultdict(lambda: [0] * len(months))
    count = 0
    for key, at, minutes, n in rows.annotate(total=Sum("minutes"), n=Count("pk")):
        found[key][at] += minutes
        count += n
    names = _names(filters.by, [key for key in found if key is not None], viewer)
    lines = [
        Line(NONE if key is None else str(key), _name(names, key), minutes) for key, minutes in found.items()
    ]
    lines.sort(key=lambda line: (-line.total, line.name))
    return Report(
        filters, lines, [sum(line.minutes[at] for line in lines) for at in range(len(months))], count
    )


def _name(names: Mapping[int, str], key: int | None) -> str:
    if key is None:
        return _g("None")
    return names.get(key) or _g("A project of another department")


def _names(by: str, keys: Iterable[int], viewer: Person) -> dict[int, str]:
    """Return the names of some lines, without those of projects that the viewer may not see. One query."""
    models: Mapping[str, Any] = {
        "person": Person.objects.visible_to(viewer),
        "project": Project.objects.visible_to(viewer),
        "category": Category.objects.all(),
        "department": Department.objects.visible_to(viewer),
    }
    return dict(models[by].filter(pk__in=list(keys)).order_by().values_list("pk", "name"))


def loaded(rows: QuerySet[TimeEntry]) -> QuerySet[TimeEntry]:
    """Return entries with what a row of the list shows, the newest first."""
    related = ("person", "task", "task__project", "category", "task__category")
    slim = ("task__description", "task__deliverable", "task__note", "task__project__description")
    return rows.select_related(*related).defer(*slim).order_by("-started_at", "-pk")


STAND_IN = pgettext_lazy("hours", "A task of another department")


def seen_titles(page: Sequence[TimeEntry], viewer: Person) -> frozenset[int]:
    """Return the tasks of some entries whose titles `viewer` may read. One query."""
    ids = {one.task_id for one in page if one.task_id}
    return frozenset(
        Task.objects.visible_to(viewer).filter(pk__in=ids).order_by().values_list("pk", flat=True)
    )


def choices(viewer: Person) -> dict[str, Any]:
    """Return what a report can be narrowed to. Two queries."""
    projects = Project.objects.visible_to(viewer).alive().order_by("name", "pk")
    return {
        "projects": list(projects.values_list("pk", "name")[:500]),
        "categories": list(Category.objects.values_list("pk", "name")),
    }
