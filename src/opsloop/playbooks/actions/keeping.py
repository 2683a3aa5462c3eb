"""存为模板: a template from a project or a task that exists, its dates turned into working days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.engines.playbook import Outline, Step, workdays_between
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.playbooks import permissions
from opsloop.playbooks.actions.editing import MOST_DAYS, MOST_STEPS, about, create
from opsloop.playbooks.events import PlaybookKept
from opsloop.playbooks.models import Playbook
from opsloop.records.refusals import Refused
from opsloop.work.models import Dependency, Project, Task


@transaction.atomic
def keep_project(*, project: Project, by: Person, at: datetime) -> Playbook:
    """Make a template from a project: the tasks and actions that `by` sees, who does them as roles.

    Raises:
        Refused: there is no task to keep.
    """
    rows = Task.objects.visible_to(by).alive().filter(project=project)
    outline = _outline(_in_order(rows, by), project.name, project.starts_on, by, is_project=True)
    playbook = create(outline=outline, by=by, at=at, **_home(by))
    activity.record(PlaybookKept(**about(playbook, by, at), project_id=project.pk))
    return playbook


@transaction.atomic
def keep_task(*, task: Task, by: Person, at: datetime) -> Playbook:
    """Make a template from a task with its actions."""
    actions = Task.objects.visible_to(by).alive().filter(parent=task)
    found = [
        task,
        *actions.select_related("owner", "category").prefetch_related("tags", "checklist").order_by("pk"),
    ]
    outline = _outline(found, task.title[:120], None, by, is_project=False)
    playbook = create(outline=outline, by=by, at=at, **_home(by))
    activity.record(PlaybookKept(**about(playbook, by, at)))
    return playbook


def _home(by: Person) -> dict[str, Any]:
    sharing = Playbook.Sharing.DEPARTMENT if by.department else Playbook.Sharing.PRIVATE
    return {"sharing": sharing, "department": by.department}


def _in_order(rows: Any, by: Person) -> list[Task]:
    """Return tasks in the order of their dates, each followed by its actions."""
    permissions.check_can_make(by)
    found = list(
        rows.exclude(status=Task.Status.CANCELLED)
        .select_related("owner", "category")
        .prefetch_related("tags", "checklist")
        .order_by(F("due_at").asc(nulls_last=True), "pk")[:MOST_STEPS]
    )
    below: dict[int, list[Task]] = {}
    for task in found:
        if task.parent_id:
            below.setdefault(task.parent_id, []).append(task)
    return [one for task in found if not task.parent_id for one in (task, *below.get(task.pk, ()))]


def _outline(
    found: Sequence[Task], name: str, start: date | None, by: Person, *, is_project: bool
) -> Outline:
    if not found:
        raise Refused(_("There is no task here that you could keep as a template."))
    days = [_day(moment) for task in found for moment in (task.starts_at, task.due_at) if moment]
    first = min([*days, start] if start else days, default=timezone.localtime().date())
    calendar = working_calendar({first.year, max([first, *days]).year})
    places = {task.pk: place for place, task in enumerate(found)}
    waits: dict[int, list[int]] = {}
    links = Dependency.objects.filter(successor__in=places, predecessor__in=places).order_by("pk")
    for before, after in links.values_list("predecessor_id", "successor_id"):
        waits.setdefault(after, []).append(places[before])
    roles = _roles(found, by)
    steps = tuple(_step(task, first, calendar, roles, tuple(waits.get(task.pk, ()))) for task in found)
    return Outline(
        name=name[:120], is_project=is_project, roles=tuple(dict.fromkeys(roles.values())), steps=steps
    )


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _roles(found: Sequence[Task], by: Person) -> dict[int, str]:
    """Return owner -> role: the position of a person, numbered when several hold the same."""
    roles: dict[int, str] = {}
    taken: dict[str, int] = {}
    owners = {task.owner_id: task.owner for task in found if task.owner_id and task.owner}
    for pk, owner in sorted(owners.items(), key=lambda one: one[0] != by.pk):
        title = (owner.title or str(_("Member")))[:34]
        taken[title] = taken.get(title, 0) + 1
        roles[pk] = title if taken[title] == 1 else f"{title} {taken[title]}"
    return roles


def _step(
    task: Task, first: date, calendar: WorkCalendar, roles: dict[int, str], after: tuple[int, ...]
) -> Step:
    due = _day(task.due_at) if task.due_at else None
    begin = _day(task.starts_at) if task.starts_at else due
    offset = workdays_between(first, begin, calendar) if begin else 0
    length = workdays_between(begin, due, calendar) + 1 if begin and due else 1
    return Step(
        title=task.title, level=2 if task.parent_id else 1, role=roles.get(task.owner_id or 0, ""),
        offset=min(offset, MOST_DAYS), days=min(max(1, length), MOST_DAYS), minutes=task.estimate_minutes,
        importance=task.importance, urgency=task.urgency, category=task.category.name if task.category else "",
        tags=tuple(tag.name for tag in task.tags.all()),
        checklist=tuple(item.text for item in task.checklist.all()), deliverable=task.deliverable, after=after,
        is_milestone=task.is_milestone,
    )  # fmt: skip
