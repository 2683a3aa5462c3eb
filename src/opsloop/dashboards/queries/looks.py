"""What a dashboard is looked at: whose work, in which week or month. All of it stands in the address."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Q

from opsloop.engines.dashboard import Step, Stretch, due_stretch, leading_to, read_stretch, stretch_of
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.web.http import read_id
from opsloop.work.models.tasks import within

MINE, WIDE = "mine", "wide"


def reach_of(viewer: Person) -> frozenset[int] | None:
    """Return the departments of which `viewer` may see the numbers: those they lead; None for all of them.

    Members see the tasks of their department one by one, but not how it does as a whole, as with reviews (ADR 0025).
    """
    if viewer.reaches.departments(Permission.WORK_VIEW) is None:
        return None
    return viewer.reaches.departments(Permission.PLAN_TEAM)


def sees_wide(viewer: Person) -> bool:
    """Whether `viewer` sees the numbers of anybody but themselves."""
    reach = reach_of(viewer)
    return reach is None or bool(reach)


@dataclass(frozen=True)
class Look:
    """A look of `viewer` at the numbers: of one `person`, or of `departments` (None: the whole organisation).

    `department` is the one chosen, of which `departments` holds all below that may be seen.
    """

    viewer: Person
    stretch: Stretch
    now: datetime
    zone: ZoneInfo
    person: Person | None = None
    department: Department | None = None
    departments: frozenset[int] | None = None

    @property
    def scope(self) -> str:
        """How the address calls whose work it is."""
        return WIDE if self.person is None else MINE

    @property
    def stretches(self) -> list[Stretch]:
        """The weeks or months of the trend, the one that is looked at last."""
        return leading_to(self.stretch)

    def moment(self, day: date) -> datetime:
        """Return when a day begins where the viewer lives."""
        return datetime.combine(day, time(), tzinfo=self.zone)

    def begin(self, stretch: Stretch) -> datetime:
        """Return when a stretch begins."""
        return self.moment(stretch.starts_on)

    def end(self, stretch: Stretch) -> datetime:
        """Return when a stretch ends, or now if it has not ended."""
        return min(self.moment(stretch.following.starts_on), self.now)

    def is_partial(self, stretch: Stretch) -> bool:
        """Whether a stretch is not over."""
        return self.moment(stretch.following.starts_on) > self.now

    def of_tasks(self) -> Q:
        """Return the condition on tasks: owned by the person, or of the departments. All of them may be seen."""
        return self._of("owner", "department_id")

    def through(self, path: str) -> Q:
        """Return the same condition for rows that name a task by `path`."""
        if self.person is not None:
            return Q(**{f"{path}__owner": self.person})
        if self.departments is None:
            return Q()
        return Q(**{f"{path}__department__in": self.departments})

    def of_goals(self) -> Q:
        """Return the condition on goals."""
        return self._of("owner", "department_id")

    def _of(self, owner: str, department: str) -> Q:
        if self.person is not None:
            return Q(**{owner: self.person})
        return Q() if self.departments is None else within(department, self.departments)

    def address(self, **changes: Any) -> str:
        """Return the query string of this look with some of it changed: `stretch`, `department`, `person`, `scope`."""
        values: dict[str, Any] = {
            "scope": self.scope,
            "period": self.stretch.name,
            "department": self.department.pk if self.department else None,
            "person": self.person.pk if self.person and self.person != self.viewer else None,
        }
        values |= changes
        return "?" + urlencode({name: value for name, value in values.items() if value})


def read_look(
    sent: Mapping[str, str], viewer: Person, *, now: datetime, departments: Sequence[Department]
) -> Look:
    """Return the look that an address names; what it does not say or may not be seen is as usual.

    `departments` are those that `seen_departments` returned. At most one query, for a person that is named.
    """
    zone = ZoneInfo(viewer.time_zone)
    stretch = _stretch(sent.get("period", ""), now.astimezone(zone).date())
    look = Look(viewer, stretch, now, zone)
    wide = sees_wide(viewer)
    named = read_id(sent.get("person")) if wide else None
    if named is not None and named != viewer.pk:
        found = Person.objects.visible_to(viewer).filter(pk=named).first()
        reach = reach_of(viewer)
        if found is not None and (reach is None or found.department_id in reach):
            return replace(look, person=found)
    if sent.get("scope") == MINE or not wide or named == viewer.pk:
        return replace(look, person=viewer)
    return at_department(look, departments, read_id(sent.get("department")))


def _stretch(name: str, today: date) -> Stretch:
    if name in ("week", "month"):
        step: Step = "month" if name == "month" else "week"
        return due_stretch(step, today)
    found = read_stretch(name)
    if found is None or found.starts_on > stretch_of(found.step, today).starts_on:
        return due_stretch(found.step if found else "week", today)
    return found


def seen_departments(viewer: Person) -> list[Department]:
    """Return the open departments of which `viewer` may see the numbers, the higher ones first. At most one query."""
    reach = reach_of(viewer)
    if reach is not None and not reach:
        return []
    rows = Department.objects.visible_to(viewer).filter(closed_at__isnull=True)
    return list((rows if reach is None else rows.filter(pk__in=reach)).order_by("path"))


def at_department(look: Look, departments: Sequence[Department], chosen: int | None) -> Look:
    """Return the look narrowed to a chosen department with all below it, else to all that may be seen."""
    department = next((one for one in departments if one.pk == chosen), None)
    reach = reach_of(look.viewer)
    if department is None:
        return replace(look, departments=reach)
    below = frozenset(one.pk for one in departments if one.path.startswith(department.path))
    return replace(look, department=department, departments=below)


def tops(departments: Collection[Department], chosen: Department | None) -> list[Department]:
    """Return the departments right below the chosen one, else the highest that may be seen; a single one unfolded."""
    if chosen is not None:
        return [one for one in departments if one.parent_id == chosen.pk]
    keys = {one.pk for one in departments}
    found = [one for one in departments if one.parent_id not in keys]
    while len(found) == 1:
        below = [one for one in departments if one.parent_id == found[0].pk]
        if not below:
            break
        found = below
    return found
