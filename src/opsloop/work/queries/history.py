"""What happened to a task or a project, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.activity import queries as activity
from opsloop.goals.models import Goal
from opsloop.organisation.happenings import Changing, References, changes_in_words, entries, veil
from opsloop.organisation.history import Entry
from opsloop.organisation.models import Person
from opsloop.work.models import Project, Task

ROWS = 20
SENTENCES: Mapping[str, Promise] = {
    "task.created": _("%(name)s created the task"),
    "task.changed": _("%(name)s changed the task"),
    "task.closed": _("%(name)s closed the task"),
    "task.reopened": _("%(name)s reopened the task"),
    "task.binned": _("%(name)s moved the task to the recycle bin"),
    "task.restored": _("%(name)s restored the task"),
    "task.dependency": _("%(name)s changed what the task waits for"),
    "task.checklist": _("%(name)s changed the checklist"),
    "task.handed_in": _("%(name)s handed in the result"),
    "task.accepted": _("%(name)s accepted the result"),
    "task.returned": _("%(name)s returned the result"),
    "task.withdrawn": _("%(name)s took the result back"),
    "task.undecided": _("%(name)s took the decision about the result back"),
    "task.role": _("%(name)s changed who does what"),
    "task.copied": _("%(name)s made the task from another one"),
    "task.merged": _("%(name)s merged the task into another one"),
    "task.unmerged": _("%(name)s parted the merged tasks again"),
    "task.converted": _("%(name)s turned the task into something else"),
    "task.custom": _("%(name)s changed the task"),
    "task.at_risk": _("%(name)s: the task is at risk"),
    "task.due_soon": _("%(name)s: the task is due soon and not finished"),
    "task.at_ease": _("%(name)s: the task is at risk no more"),
    "progress.told": _("%(name)s told the progress"),
    "project.role": _("%(name)s changed who does what"),
    "project.fields": _("%(name)s changed the fields of its tasks"),
    "project.created": _("%(name)s created the project"),
    "project.changed": _("%(name)s changed the project"),
    "project.binned": _("%(name)s moved the project to the recycle bin"),
    "project.restored": _("%(name)s restored the project"),
    "project.baseline_taken": _("%(name)s remembered the dates as a baseline"),
    "project.baseline_forgotten": _("%(name)s removed a baseline"),
}
LABELS: Mapping[str, Promise] = {
    "predecessors": _("Waits for"),
    "predecessor": _("After"),
    "lag_minutes": _("Lag"),
    "checklist": _("Checklist"),
    "roles": _("Roles"),
    "copied_from": _("Copied from"),
    "merged_into": _("Merged into"),
    "converted_into": _("Became part of"),
    "custom_fields": _("Own field"),
}
# What the history of a task can be narrowed to.
FILTERS: Mapping[str, Promise] = {
    "status": _("Status"),
    "owner": _("Owner"),
    "due_at": _("Due"),
    "progress": _("Progress"),
    "urgency": _("Urgency"),
    "importance": _("Goal relevance"),
    "estimate_minutes": _("Estimate"),
    "title": _("Title"),
    "deliverable": _("Deliverable standard"),
    "checklist": _("Checklist"),
    "roles": _("Roles"),
    "predecessors": _("Waits for"),
    "project": _("Project"),
    "goal": _("Goal"),
}


@dataclass(frozen=True)
class HistoryPage:
    """Some entries, newest first; `before` is the event id from which to go on, 0 at the end."""

    entries: list[Entry]
    before: int


def history(record: Task | Project, person: Person, *, before: int = 0, field: str = "") -> HistoryPage:
    """Return the newest entries of a record, or those before the event `before`. Up to six queries.

    `field` leaves only the changes of one field.
    """
    model: type[Model] = type(record)
    rows = activity.history(model._meta.model_name or "", record.pk)
    if before:
        rows = rows.filter(pk__lt=before)
    if field:
        rows = rows.filter(changes__has_key=field)
    found = list(rows[: ROWS + 1])
    shown = veil(found[:ROWS], references(person))
    return HistoryPage(entries(shown, model, SENTENCES, LABELS), shown[-1].pk if len(found) > ROWS else 0)


def references(person: Person) -> References:
    tasks = (Task.objects.visible_to(person), _("A task of another department"))
    return {
        "predecessors": tasks,
        "predecessor": tasks,
        "copied_from": tasks,
        "merged_into": tasks,
        "converted_into": tasks,
        "parent": tasks,
        "project": (Project.objects.visible_to(person), _("A project of another department")),
        "goal": (Goal.objects.visible_to(person), _("A goal of another department")),
    }


def in_words(changing: Sequence[Changing], person: Person) -> list[list[tuple[str, str, str]]]:
    """Return changes of tasks that are not made yet, in the words that their history would have."""
    shown = veil(changing, references(person))
    return [changes_in_words(one.changes, Task, LABELS) for one in shown]
