"""A task written in one line: 明天下午3点 写周报 2h !高 @小张 #周会 +双十一.

The grammar is engines.language.quickadd; here its names become records, looked up among what the writer
may see. A mark that names nobody goes back into the title, so that nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.functional import SimpleLazyObject

from opsloop.engines.language.quickadd import QuickAdd, parse
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.work.actions.tasks import tags_named
from opsloop.work.models import Project

# How people call each other: 小张, 老王, 张姐, 李总.
NICKNAME_HEADS = "小老阿"
NICKNAME_TAILS = ("哥", "姐", "总", "经理", "老师", "主管", "同学")


@dataclass(frozen=True)
class Reading:
    """How one line was understood: the parse, the records its marks name, and marks nobody answers to."""

    parsed: QuickAdd
    owner: Person | None
    collaborators: tuple[Person, ...]
    project: Project | None
    unknown: tuple[str, ...]

    @property
    def title(self) -> str:
        """The title, with the marks that name nobody put back."""
        return " ".join([self.parsed.title, *self.unknown]).strip()

    def values(self) -> dict[str, Any]:
        """Return what `actions.tasks.create` takes, besides the title; makes tags that are new."""
        parsed = self.parsed
        values: dict[str, Any] = {
            "owner": self.owner,
            "project": self.project,
            "starts_at": parsed.start,
            "due_at": parsed.due,
            "estimate_minutes": parsed.estimate_minutes,
            "recurrence": parsed.recurrence or "",
            "collaborators": list(self.collaborators),
            "tags": tags_named(parsed.tags),
        }
        return values | ({"urgency": parsed.priority} if parsed.priority else {})


def read(
    line: str, *, kept: Collection[str] = (), by: Person, at: datetime, first: Collection[int] = ()
) -> Reading:
    """Understand one line as `by` means it at `at`; `kept` are pieces that stay plain text.

    A name that fits several people means the one of them who is among `first`, such as those in the room.
    """
    now = at.astimezone(ZoneInfo(by.time_zone))
    # Few lines name working days; only those need the calendar.
    calendar = cast(WorkCalendar, SimpleLazyObject(lambda: working_calendar({now.year, now.year + 1})))
    parsed = parse(line, now=now, calendar=calendar, keep=kept)
    unknown: list[str] = []
    owner = _person(parsed.owner, by, unknown, first) if parsed.owner else None
    helpers = [_person(name, by, unknown, first) for name in parsed.collaborators]
    project = _project(parsed.project, by, unknown) if parsed.project else None
    return Reading(parsed, owner, tuple(helper for helper in helpers if helper), project, tuple(unknown))


def _person(name: str, by: Person, unknown: list[str], first: Collection[int] = ()) -> Person | None:
    """Return whom a mark names: by name or user name, else by nickname if just one person fits."""
    everybody = Person.objects.visible_to(by).active()
    for people in ([Person.objects.active().filter(pk__in=first)] if first else []) + [everybody]:
        exact: Person | None = people.filter(Q(name=name) | Q(username__iexact=name)).first()
        if exact is not None:
            return exact
        fitting: list[Person] = list(people.filter(_nickname(name))[:2])
        if len(fitting) == 1:
            return fitting[0]
    unknown.append(f"@{name}")
    return None


def _nickname(name: str) -> Q:
    core = name
    for tail in NICKNAME_TAILS:
        core = core.removesuffix(tail)
    if len(core) > 1 and core[0] in NICKNAME_HEADS:
        core = core[1:]
    # 小张 is the surname, 晓雯 the given name.
    return Q(name__startswith=core) | Q(name__endswith=core) if core else Q(pk__in=[])


def _project(name: str, by: Person, unknown: list[str]) -> Project | None:
    projects = Project.objects.visible_to(by).alive()
    exact: Project | None = projects.filter(Q(name=name) | Q(number=name)).first()
    if exact is not None:
        return exact
    fitting: list[Project] = list(
        projects.filter(name__icontains=name).exclude(status=Project.Status.CLOSED)[:2]
    )
    if len(fitting) == 1:
        return fitting[0]
    unknown.append(f"+{name}")
    return None
