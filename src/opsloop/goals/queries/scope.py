"""The scope map: departments × work modules, what overlaps and what is blank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from opsloop.goals.models import Goal, Module
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission


@dataclass(frozen=True)
class Claim:
    """An active goal in a cell."""

    pk: int
    title: str
    owner: str | None


@dataclass(frozen=True)
class Cell:
    """What a department wants in a module.

    `is_overlap` when another department of the same level wants something there too, `is_blank` when nobody does.
    """

    department: Department | None
    module: Module
    goals: Sequence[Claim]
    is_overlap: bool
    is_blank: bool

    @property
    def key(self) -> str:
        """The name of the cell on the page."""
        return f"{self.department.pk if self.department else 0}-{self.module.pk}"


@dataclass(frozen=True)
class Line:
    """A department with its cells in the order of the modules; `level` 0 is the whole organisation."""

    department: Department | None
    level: int
    cells: Sequence[Cell]

    @property
    def is_blank(self) -> bool:
        """Whether the department claims nothing."""
        return not any(cell.goals for cell in self.cells)


@dataclass(frozen=True)
class Column:
    """A module with how many departments claim it, and which of them overlap."""

    module: Module
    claims: int
    overlapping: Sequence[str]

    @property
    def is_blank(self) -> bool:
        """Whether no department that one may see claims it."""
        return not self.claims


@dataclass(frozen=True)
class ScopeMap:
    """The whole map; `loose` are the active goals without a module."""

    columns: Sequence[Column]
    lines: Sequence[Line]
    loose: Sequence[Claim]

    @property
    def blanks(self) -> int:
        """How many modules nobody claims."""
        return sum(column.is_blank for column in self.columns)

    @property
    def overlaps(self) -> int:
        """How many modules are claimed by several departments of one level."""
        return sum(bool(column.overlapping) for column in self.columns)


def scope_map(person: Person) -> ScopeMap:
    """Return the map of the departments and goals that `person` may see. Three queries."""
    modules = list(Module.objects.all())
    departments = list(_looked_into(person).filter(closed_at__isnull=True).order_by("path"))
    claims: dict[tuple[int | None, int], list[Claim]] = defaultdict(list)
    loose: list[Claim] = []
    goals = Goal.objects.visible_to(person).alive().filter(status=Goal.Status.ACTIVE)
    seen = {one.pk for one in departments}
    for pk, title, owner, department, module in goals.order_by("due_on", "pk").values_list(
        "pk", "title", "owner__name", "department_id", "module_id"
    ):
        if module is None:
            loose.append(Claim(pk, title, owner))
        elif department is None or department in seen:
            claims[department, module].append(Claim(pk, title, owner))
    levels: dict[int | None, int] = {one.pk: _level(one) for one in departments} | {None: 0}
    names: dict[int | None, str] = {one.pk: one.name for one in departments}
    overlaps = {module.pk: _overlapping(claims, levels, module.pk) for module in modules}
    rows: list[Department | None] = [None, *departments]
    lines = [_line(one, levels, modules, claims, overlaps) for one in rows]
    return ScopeMap([_column(one, claims, overlaps, names) for one in modules], lines, loose)


def _looked_into(person: Person) -> QuerySet[Department]:
    """Return the departments whose goals `person` may see: another one would look blank and need not be."""
    reach = person.reaches.departments(Permission.WORK_VIEW)
    everything: QuerySet[Department] = Department.objects.visible_to(person)
    return everything if reach is None else everything.filter(pk__in=reach | person.reaches.above)


def _level(department: Department) -> int:
    """Return how deep a department stands, 1 at the top."""
    return len(department.path.strip("/").split("/"))


Claims = Mapping[tuple[int | None, int], Sequence[Claim]]


def _overlapping(claims: Claims, levels: Mapping[int | None, int], module: int) -> frozenset[int | None]:
    """Return the departments that claim `module` beside another one of the same level.

    A team's goal under its division's is alignment and no overlap.
    """
    by_level: dict[int, list[int | None]] = defaultdict(list)
    for department, claimed in claims:
        if claimed == module and department is not None:
            by_level[levels[department]].append(department)
    return frozenset(one for members in by_level.values() if len(members) > 1 for one in members)


def _line(
    department: Department | None, levels: Mapping[int | None, int], modules: Sequence[Module], claims: Claims,
    overlaps: Mapping[int, frozenset[int | None]],
) -> Line:  # fmt: skip
    pk = department.pk if department else None
    claimed = {module for _department, module in claims}
    cells = [
        Cell(
            department,
            one,
            claims.get((pk, one.pk), ()),
            is_overlap=pk is not None and pk in overlaps[one.pk],
            is_blank=one.pk not in claimed,
        )
        for one in modules
    ]
    return Line(department, levels[pk], cells)


def _column(
    module: Module,
    claims: Claims,
    overlaps: Mapping[int, frozenset[int | None]],
    names: Mapping[int | None, str],
) -> Column:
    count = sum(1 for _department, claimed in claims if claimed == module.pk)
    return Column(module, count, sorted(names[one] for one in overlaps[module.pk]))
