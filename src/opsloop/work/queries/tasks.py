"""One task with everything around it, and the choices its forms offer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from opsloop.goals.models import Goal
from opsloop.organisation.models import Person
from opsloop.search import queries as search
from opsloop.work import permissions, priorities
from opsloop.work.models import ChecklistItem, Dependency, Project, Task
from opsloop.work.queries.around import Around, around
from opsloop.work.queries.customs import CustomLine, lines_of

# How many suggestions a search box for a task shows.
SUGGESTIONS = 8


def visible(person: Person) -> QuerySet[Task]:
    """Return the tasks that `person` may open: those they may see and that are not in the bin."""
    return Task.objects.visible_to(person).alive()


def editable(person: Person) -> QuerySet[Task]:
    """Return the tasks that `person` may open, loaded with what the permissions and the actions ask for."""
    related = (
        "owner__department", "department", "project", "goal", "parent", "category", "created_by", "requester",
        "delivery",
    )  # fmt: skip
    return visible(person).select_related(*related).prefetch_related("collaborators", "tags")


def changeable(person: Person) -> QuerySet[Task]:
    """Return the same tasks with just what a rule asks for and a row shows: to change one field of one."""
    return visible(person).select_related("owner", "project", "parent").prefetch_related("collaborators")


# What the page of a task shows of its neighbours; a person has thirty columns more.
NAMES = (
    "owner__name", "owner__is_active", "owner__time_zone", "department__name", "project__name", "project__owner_id",
    "goal__title", "parent__number", "parent__title", "category__name", "created_by__name", "requester__name",
    "requester__is_active", "merged_into__number", "merged_into__title", "delivery__state", "delivery__note",
    "delivery__link", "delivery__reason", "delivery__handed_in_at", "delivery__decided_at",
    "delivery__handed_in_by__name", "delivery__decided_by__name",
)  # fmt: skip
NEIGHBOURS = (
    "owner", "department", "project", "goal", "parent", "category", "created_by", "requester", "merged_into",
    "delivery__handed_in_by", "delivery__decided_by",
)  # fmt: skip
OWN = tuple(one.attname.removesuffix("_id") for one in Task._meta.concrete_fields)


def shown(person: Person) -> QuerySet[Task]:
    """Return the tasks that `person` may open, loaded for the page of one, with which neighbours they may see."""
    tasks = Task.objects.visible_to(person)
    seen = {
        "sees_project": Project.objects.visible_to(person).filter(pk=OuterRef("project_id")),
        "sees_goal": Goal.objects.visible_to(person).filter(pk=OuterRef("goal_id")),
        "sees_parent": tasks.filter(pk=OuterRef("parent_id")),
        "sees_merged": tasks.filter(pk=OuterRef("merged_into_id")),
    }
    rows = visible(person).select_related(*NEIGHBOURS).only(*OWN, *NAMES)
    return rows.annotate(**{name: Exists(found) for name, found in seen.items()})


@dataclass(frozen=True)
class Link:
    """A dependency of a task: the other task, and whether the person may see more than that it exists."""

    dependency: Dependency
    other: Task
    is_visible: bool
    # The later one begins (or ends) before the earlier one is due.
    is_early: bool

    @property
    def title(self) -> str:
        """What the other task is called here."""
        return self.other.title if self.is_visible else _("A task of another department")


@dataclass(frozen=True)
class TaskDetail:
    """Everything the page of a task shows. What somebody may not do carries the reason."""

    task: Task
    around: Around
    customs: Sequence[CustomLine]
    project: str
    goal: str
    parent: str
    merged_into: str
    priority: Any
    quadrant: str
    suggested: str
    reasons: Sequence[str]
    is_late: bool
    actions: Sequence[Task]
    done_actions: int
    merged: Sequence[Task]
    predecessors: Sequence[Link]
    successors: Sequence[Link]
    may_edit: bool
    may_delete: bool
    why_read_only: str
    why_not_close: str
    why_not_hand_in: str
    may_decide: bool

    @property
    def done_items(self) -> int:
        """How many lines of the checklist are ticked off."""
        return sum(item.done_at is not None for item in self.around.checklist)

    @property
    def blocking(self) -> list[Link]:
        """What the task waits for now."""
        return [link for link in self.predecessors if link.other.is_open]

    @property
    def next_step(self) -> Task | ChecklistItem | None:
        """The first thing left to do: an open action, else a line of the checklist."""
        actions = (one for one in self.actions if one.is_open)
        items = (one for one in self.around.checklist if one.done_at is None)
        return next(actions, None) or next(items, None)

    @property
    def roles(self) -> list[tuple[str, Person]]:
        """Who does what; the owner does it (R) unless something else is said."""
        own = [(one.role, one.person) for one in self.around.roles]
        owner = self.task.owner
        if owner is not None and owner.pk not in {one.person_id for one in self.around.roles}:
            own.append(("R", owner))
        return sorted(own, key=lambda one: "RACI".index(one[0]))


def detail(task: Task, person: Person, *, now: datetime) -> TaskDetail:
    """Return `task`, loaded by `shown`, with all that surrounds it. Four queries."""
    local = timezone.localtime(now)
    priority = priorities.assess(task, now=local)
    suggested = priorities.suggestion(task, now=local)
    near = around(task)
    rows = Task.objects.alive().filter(Q(parent=task) | Q(merged_into=task)).select_related("owner")
    # SQLite would else go through all tasks in order of their due date.
    below = list(rows.only(*BELOW).order_by())
    below.sort(key=lambda one: (one.closed_at is not None, one.due_at is None, one.due_at or now, one.pk))
    actions = [one for one in below if one.parent_id == task.pk]
    before, after = links(task, person)
    why_read_only = permissions.why_not(permissions.check_can_edit, task, person)
    return TaskDetail(
        task=task,
        around=near,
        customs=lines_of(task, with_project=sees(task, "project")),
        project=_named(task, "project", "name", _("A project of another department")),
        goal=_named(task, "goal", "title", _("A goal of another department")),
        parent=_named(task, "parent", "title", _("A task of another department")),
        merged_into=_named(task, "merged_into", "title", _("A task of another department"), "merged"),
        priority=priority,
        quadrant=priorities.QUADRANT_NAMES[priority.quadrant],
        suggested=priorities.QUADRANT_NAMES[suggested.quadrant],
        reasons=priorities.reasons(task, priority),
        is_late=task.is_overdue(now),
        actions=actions,
        done_actions=sum(not one.is_open for one in actions),
        merged=[one for one in below if one.merged_into_id == task.pk],
        predecessors=before,
        successors=after,
        may_edit=not why_read_only,
        may_delete=not why_read_only and permissions.can_delete(task, person),
        why_read_only=why_read_only,
        why_not_close=_why(permissions.check_can_close, task, actions, person),
        why_not_hand_in=_why(permissions.check_can_hand_in, task, actions, person),
        may_decide=permissions.can_decide(task, person),
    )


BELOW = (
    "number", "title", "status", "due_at", "closed_at", "version", "parent", "merged_into", "owner__name",
    "deleted_at",
)  # fmt: skip


def sees(task: Task, name: str) -> bool:
    """Whether the person who asked `shown` may see this neighbour of the task: "project", "goal", "parent"."""
    return bool(getattr(task, f"sees_{name}"))


def _named(task: Task, name: str, column: str, stand_in: str, flag: str = "") -> str:
    """Return what a neighbour of the task is called for who asked, "" if there is none."""
    if getattr(task, f"{name}_id") is None:
        return ""
    return str(getattr(getattr(task, name), column)) if sees(task, flag or name) else stand_in


def _why(check: Callable[..., None], task: Task, actions: Sequence[Task], person: Person) -> str:
    """Ask a rule of an open task, with the actions at hand instead of a query of its own."""
    return permissions.why_not(check, task, person, actions) if task.is_open else ""


ENDS = tuple(
    f"{end}__{name}"
    for end in ("predecessor", "successor")
    for name in ("number", "title", "status", "due_at", "starts_at", "deleted_at", "owner__name")
)


def links(task: Task, person: Person) -> tuple[list[Link], list[Link]]:
    """Return what `task` waits for and what waits for it. One query."""
    seen = visible(person)
    found = (
        Dependency.objects.filter(Q(predecessor=task) | Q(successor=task))
        .select_related("predecessor__owner", "successor__owner")
        .only("lag_minutes", *ENDS)
        .annotate(
            sees_first=Exists(seen.filter(pk=OuterRef("predecessor_id"))),
            sees_last=Exists(seen.filter(pk=OuterRef("successor_id"))),
        )
        .order_by("pk")
    )
    before: list[Link] = []
    after: list[Link] = []
    for one in found:
        is_first = one.predecessor_id == task.pk
        other = one.successor if is_first else one.predecessor
        if other.deleted_at is None:
            sees = one.sees_last if is_first else one.sees_first
            (after if is_first else before).append(Link(one, other, bool(sees), _is_early(one)))
    return before, after


def _is_early(link: Dependency) -> bool:
    """Whether the successor begins before the predecessor is due, both still open."""
    first, last = link.predecessor, link.successor
    begin = last.starts_at or last.due_at
    if first.due_at is None or begin is None or not (first.is_open and last.is_open):
        return False
    return begin < first.due_at


def suggestions(person: Person, text: str, *, besides: Task, role: str = "predecessor") -> list[Task]:
    """Return a few visible open tasks that match `text`, for choosing what comes before or after `besides`.

    `role` is "predecessor", "successor", or "" for any other task (to merge into, to stand in).
    """
    rows = visible(person).filter(closed_at__isnull=True).exclude(pk=besides.pk)
    if role:
        other = "successor" if role == "predecessor" else "predecessor"
        linked = Dependency.objects.filter(**{other: besides}).values(f"{role}_id")
        rows = rows.exclude(pk__in=linked)
    rows = rows.select_related("owner")
    if text.strip():
        rows = rows.filter(pk__in=search.matching("task", text))
    elif besides.project_id:
        rows = rows.filter(project_id=besides.project_id)
    return list(rows.order_by("-pk")[:SUGGESTIONS])


def with_actions(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Load the open actions of tasks, in the order of their due dates."""
    actions = Task.objects.alive().select_related("owner").order_by("due_at", "pk")
    return tasks.prefetch_related(Prefetch("actions", queryset=actions))
