"""What stands beside tasks in a row: project, goal and the task above. Who may not see one is not told its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.goals.models import Goal
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.work.models import Project, Task

Beside = Literal["project", "goal", "parent"]
# The model of each, the column that names it, and what stands there instead.
KINDS: Mapping[Beside, tuple[Any, str, Promise]] = {
    "project": (Project, "name", _("A project of another department")),
    "goal": (Goal, "title", _("A goal of another department")),
    "parent": (Task, "title", _("A task of another department")),
}


# Begins the name of a kind in what the database says of neighbours; no text fetched beside them begins so.
SEEN = "\x1f"


def veil(tasks: Sequence[Task], person: Person) -> Sequence[Task]:
    """Take the names of neighbours that `person` may not see off `tasks`, in memory, and return them.

    What lies in a department that the person sees needs no asking; one query for all that may be hidden.
    """
    veil_and_fetch(tasks, person)
    return tasks


def veil_and_fetch(
    tasks: Sequence[Task], person: Person, beside: Sequence[QuerySet[Any, Any]] = ()
) -> set[tuple[int, str]]:
    """Do as `veil`, and return the rows of `beside`, each a number and a text, fetched in the same query."""
    unsure = _unsure(tasks, person)
    found = _fetched({kind: {one.pk for one in ones} for kind, ones in unsure.items()}, person, beside)
    for kind, ones in unsure.items():
        _model, name, stand_in = KINDS[kind]
        for one in ones:
            if (one.pk, SEEN + kind) not in found:
                setattr(one, name, str(stand_in))
    return {row for row in found if not row[1].startswith(SEEN)}


def _unsure(tasks: Sequence[Task], person: Person) -> dict[Beside, list[Any]]:
    """Return the loaded neighbours that may be hidden from `person`, by kind."""
    reach = person.reaches.departments(Permission.WORK_VIEW)
    if reach is None:
        return {}
    unsure: dict[Beside, list[Any]] = {}
    for kind in KINDS:
        loaded = [task for task in tasks if kind in task._state.fields_cache]
        found = [one for task in loaded if (one := getattr(task, kind)) is not None]
        unsure[kind] = [one for one in found if one.__dict__.get("department_id") not in reach]
    return unsure


def _fetched(
    wanted: Mapping[Beside, set[int]], person: Person, beside: Sequence[QuerySet[Any, Any]]
) -> set[tuple[int, str]]:
    """Return which of these records the person may see, and the rows of `beside`. One query, none for nothing."""
    parts = [
        KINDS[kind][0]
        .objects.visible_to(person)
        .filter(pk__in=ids)
        .order_by()
        .values_list("pk", Value(SEEN + kind))
        for kind, ids in wanted.items()
        if ids
    ] + [*beside]
    return set(parts[0].union(*parts[1:], all=True)) if parts else set()


def named(kind: Beside, person: Person) -> Combinable:
    """Return the name of a task's neighbour as the database gives it, or what stands instead of a hidden one."""
    model, name, stand_in = KINDS[kind]
    column = F(f"{kind}__{name}")
    if person.reaches.departments(Permission.WORK_VIEW) is None:
        return column
    seen = model.objects.visible_to(person).order_by().values("pk")
    return Case(
        When(**{f"{kind}__isnull": True}, then=Value(None)),
        When(**{f"{kind}__in": seen}, then=column),
        default=Value(str(stand_in)),
        output_field=CharField(),
    )
