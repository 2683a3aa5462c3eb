"""Who does what: the matrix of a project (RACI), and the holders of a role for whoever tells them something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.engines import raci
from opsloop.organisation.models import Person
from opsloop.work.models import Project, Responsibility, Task

# A matrix shows this many tasks at once; more than that is no picture any more.
MOST_ROWS = 120
MOST_PEOPLE = 24
PROBLEMS: Mapping[str, Promise] = {
    raci.NOBODY_ANSWERS: _("Nobody answers for it (A)."),
    raci.SEVERAL_ANSWER: _("Several people answer for it (A): leave one."),
    raci.NOBODY_DOES: _("Nobody does it (R)."),
}


def holders(task: Task, roles: str) -> list[int]:
    """Return the ids of the people with one of these roles of a task, its project's where it has none of its own.

    One query; for those who are asked (C) or told (I) what happens to it.
    """
    rows = Responsibility.objects.filter(Q(task=task) | Q(project__isnull=False, project_id=task.project_id))
    found = list(rows.values_list("task_id", "role", "person_id"))
    own = [(role, pk) for task_id, role, pk in found if task_id is not None]
    inherited = [(role, pk) for task_id, role, pk in found if task_id is None]
    held = {role for role, _pk in own}
    return [pk for role, pk in [*own, *(one for one in inherited if one[0] not in held)] if role in roles]


@dataclass(frozen=True)
class Cell:
    """One person's part in one row. `is_assumed`: the owner's R, or what the project says, not written here."""

    person: Person
    role: str
    next_role: str
    is_assumed: bool


@dataclass(frozen=True)
class MatrixRow:
    """A task, or the project itself, with the role of everybody and what is wrong."""

    task: Task | None
    cells: Sequence[Cell]
    problems: Sequence[str]
    # Who would best answer for it, where nobody does.
    suggested: Person | None

    @property
    def key(self) -> str:
        """What the form calls the row: a task's id, or "project"."""
        return str(self.task.pk) if self.task else "project"

    @property
    def named(self) -> list[Cell]:
        """The cells that hold a role, for the narrow form of the matrix."""
        return [cell for cell in self.cells if cell.role]

    @property
    def words(self) -> list[Promise]:
        """What is wrong, in sentences."""
        return [PROBLEMS[code] for code in self.problems]


@dataclass(frozen=True)
class Matrix:
    """The roles of a project's tasks."""

    people: Sequence[Person]
    rows: Sequence[MatrixRow]
    more_tasks: int
    is_in_use: bool
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def bad(self) -> int:
        """How many rows have something wrong."""
        return sum(bool(row.problems) for row in self.rows)


def matrix(project: Project, person: Person, *, only: int | None = None) -> Matrix:
    """Return who does what in `project`, as far as `person` sees its tasks. Three queries.

    `only` leaves the row of one task away from all others. Something is wrong with a row only once roles are
    in use; a task that says nothing of its own follows the project.
    """
    tasks = (
        Task.objects.visible_to(person)
        .alive()
        .filter(project=project, parent__isnull=True, closed_at__isnull=True)
    )
    rows = tasks.select_related("owner", "requester").only(
        "number", "title", "owner__name", "owner__is_active", "requester__name", "requester__is_active", "is_milestone",
        "due_at", "project",
    )  # fmt: skip
    found = list(rows.order_by(F("due_at").asc(nulls_last=True), "pk")[: MOST_ROWS + 1])
    shown = [task for task in found[:MOST_ROWS] if only is None or task.pk == only]
    roles = list(
        Responsibility.objects.filter(
            Q(project=project) | Q(task__in=[task.pk for task in found[:MOST_ROWS]])
        )
        .select_related("person")
        .only("role", "task", "project", "person__name", "person__is_active")
    )
    people = _people(project, found[:MOST_ROWS], roles)
    of_project = {one.person_id: one.role for one in roles if one.project_id is not None}
    built = [] if only else [_row(project, None, people, of_project, {}, in_use=bool(of_project))]
    for task in shown:
        own = {one.person_id: one.role for one in roles if one.task_id == task.pk}
        built.append(_row(project, task, people, own, of_project, in_use=bool(roles)))
    return Matrix(people, built, max(0, len(found) - MOST_ROWS), bool(roles))


def _people(project: Project, tasks: Sequence[Task], roles: Sequence[Responsibility]) -> list[Person]:
    """Return the columns: the project's owner and members, the owners of its tasks, and who has a role."""
    found: dict[int, Person] = {}
    owners = [task.owner for task in tasks if task.owner]
    for one in [project.owner, *owners, *(role.person for role in roles), *project.members.all()]:
        if one is not None:
            found.setdefault(one.pk, one)
    return list(found.values())[:MOST_PEOPLE]


def _row(
    project: Project,
    task: Task | None,
    people: Sequence[Person],
    own: Mapping[int, str],
    inherited: Mapping[int, str],
    *,
    in_use: bool,
) -> MatrixRow:
    roles = dict(own)
    assumed: dict[int, str] = {}
    if task is not None and task.owner_id is not None and task.owner_id not in roles:
        assumed[task.owner_id] = "R"
    # The project answers where the task says nothing of its own.
    for pk, role in inherited.items():
        if role not in own.values() and pk not in roles and pk not in assumed:
            assumed[pk] = role
    together = {**assumed, **roles}
    cells = [
        Cell(one, together.get(one.pk, ""), raci.following(roles.get(one.pk, "")), one.pk not in roles)
        for one in people
    ]
    problems = raci.violations(together.values()) if in_use else []
    if task is None:
        # A project is done by its tasks: that nobody does it is no fault.
        problems = [code for code in problems if code != raci.NOBODY_DOES]
    suggested = _suggested(project, task, together) if raci.NOBODY_ANSWERS in problems else None
    return MatrixRow(task, cells, problems, suggested)


def _suggested(project: Project, task: Task | None, roles: Mapping[int, str]) -> Person | None:
    """Return who asked for the task, else who owns the project, unless they do something else already."""
    candidates = [task.requester if task else None, project.owner]
    return next((one for one in candidates if one and one.is_active and one.pk not in roles), None)
