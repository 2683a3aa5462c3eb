"""The columns of the sheet: how a field of a task is written into a cell. Reading cells is in `reading.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.work.models import Task

MORNING, EVENING = time(9), time(18)


@dataclass(frozen=True)
class Column:
    """One column: its name in addresses, its heading, the field it writes ("" for none), its kind and width.

    Kinds: text, choice (a list that the page knows), person, day, minutes, number.
    """

    name: str
    label: Promise
    field: str
    kind: str
    width: int
    shown: Callable[[Task], str]

    def as_data(self) -> dict[str, Any]:
        """Return what the script of the sheet knows of the column."""
        return {
            "name": self.name,
            "label": str(self.label),
            "kind": self.kind,
            "width": self.width,
            "fixed": not self.field,
        }


def moment(value: datetime | None, implied: time) -> str:
    """Return a moment as it is typed: without the clock time that a bare day would mean."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{local:%Y-%m-%d}" if local.time() == implied else f"{local:%Y-%m-%d %H:%M}"


def duration(minutes: int | None) -> str:
    """Return minutes as a spreadsheet's column of hours has them: 2h, 1.5h; else 25min."""
    if minutes is None:
        return ""
    return f"{minutes / 60:g}h" if minutes % 6 == 0 else f"{minutes}min"


def _name(record: Any) -> str:
    return record.name if record else ""


COLUMNS = (
    Column("number", _("Number"), "", "text", 148, lambda task: task.number),
    Column("title", _("Task"), "title", "text", 280, lambda task: task.title),
    Column("owner", _("Owner"), "owner", "person", 96, lambda task: _name(task.owner)),
    Column("status", _("Status"), "status", "choice", 92, lambda task: str(task.get_status_display())),
    Column("due", _("Due"), "due_at", "day", 132, lambda task: moment(task.due_at, EVENING)),
    Column("start", _("Starts"), "starts_at", "day", 132, lambda task: moment(task.starts_at, MORNING)),
    Column("estimate", _("Estimate"), "estimate_minutes", "minutes", 76, lambda task: duration(task.estimate_minutes)),
    Column("importance", _("Goal relevance"), "importance", "number", 88, lambda task: str(task.importance)),
    Column("urgency", _("Urgency"), "urgency", "choice", 76, lambda task: str(task.get_urgency_display())),
    Column("project", _("Project"), "project", "choice", 160, lambda task: _name(task.project)),
    Column("category", _("Category"), "category", "choice", 104, lambda task: _name(task.category)),
    Column("tags", _("Tags"), "tags", "text", 140, lambda task: "、".join(tag.name for tag in task.tags.all())),
    Column("progress", _("Progress"), "progress", "number", 72, lambda task: f"{task.progress}%"),
    Column("deliverable", _("Deliverable standard"), "deliverable", "text", 220, lambda task: task.deliverable),
    Column("note", _("Note"), "note", "text", 200, lambda task: task.note),
)  # fmt: skip
BY_NAME = {one.name: one for one in COLUMNS}
EDITABLE = frozenset(one.name for one in COLUMNS if one.field)
BY_FIELD = {one.field: one.name for one in COLUMNS if one.field}
