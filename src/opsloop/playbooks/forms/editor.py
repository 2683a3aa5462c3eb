"""The editor of a template: its own fields, and the rows of its outline as a browser sends them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsloop.engines.playbook import Node, Outline, Step, numbers, tidy_levels
from opsloop.organisation.models import Department, Person
from opsloop.playbooks.actions.editing import MOST_DAYS, MOST_STEPS
from opsloop.playbooks.models import Playbook
from opsloop.records.refusals import Refused
from opsloop.web.forms import LeanSelect, LongTextField
from opsloop.work.models import Task

FIELDS = ("name", "description", "sharing", "department")
MOST_MINUTES = 9999 * 60
MOST_NODES = 50


class PlaybookForm(forms.Form):
    """What a template says of itself; its outline is read by `read_outline`."""

    name = forms.CharField(label=gettext_lazy("Template"), max_length=120)
    description = LongTextField(
        label=gettext_lazy("What it is for"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    roles = forms.CharField(
        label=gettext_lazy("Roles"), required=False, max_length=400,
        help_text=gettext_lazy("Separate them by commas. The first one leads; people are chosen at the start."),
    )  # fmt: skip
    sharing = forms.ChoiceField(
        label=gettext_lazy("Who may use it"), choices=Playbook.Sharing.choices,
        initial=Playbook.Sharing.DEPARTMENT, widget=forms.RadioSelect,
    )  # fmt: skip
    department = forms.ModelChoiceField(
        Department.objects.none(), label=gettext_lazy("Department"), required=False, widget=LeanSelect
    )

    def __init__(
        self,
        data: Any = None,
        *,
        person: Person,
        record: Playbook | None = None,
        outline: Outline | None = None,
    ) -> None:
        """Offer `person` the fields, filled from a template and its outline."""
        values: dict[str, Any] = {name: getattr(record, name) for name in FIELDS} if record else {}
        values.setdefault("department", person.department_id)
        if outline is not None:
            values["roles"] = str(_(", ")).join(outline.roles)
        super().__init__(data, initial=values)
        field = self.fields["department"]
        assert isinstance(field, forms.ModelChoiceField)
        open_ones = Q(closed_at__isnull=True) | Q(pk=record.department_id if record else None)
        field.queryset = Department.objects.visible_to(person).filter(open_ones)

    def refuse(self, refused: Refused) -> None:
        """Show why the rules do not allow it, under the field it belongs to."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


# The cells of a row of the outline, and of a key node, with what an untouched one holds.
STEP_CELLS: Mapping[str, str] = {
    "title": "", "role": "", "anchor": "start", "day": "1", "days": "1", "hours": "", "deliverable": "",
    "checklist": "", "after": "", "category": "", "tags": "", "importance": "3", "urgency": "medium",
    "milestone": "",
}  # fmt: skip
NODE_CELLS: Mapping[str, str] = {
    "title": "", "output": "", "role": "", "hours": "24", "follows": "", "day": "1",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A row as its inputs hold it; a step has a number and a level."""

    cells: Mapping[str, str]
    number: str = ""
    level: int = 1


BLANK_STEP, BLANK_NODE = Row(STEP_CELLS), Row(NODE_CELLS)


def rows_of(outline: Outline) -> tuple[list[Row], list[Row]]:
    """Return the steps and the key nodes of an outline as the inputs of the editor hold them."""
    names = numbers([step.level for step in outline.steps])
    steps = [
        Row(_step_cells(step, [names[place] for place in step.after]), name, step.level)
        for name, step in zip(names, outline.steps, strict=True)
    ]
    return steps, [Row(_node_cells(node)) for node in outline.nodes]


def _step_cells(step: Step, waits: Sequence[str]) -> dict[str, str]:
    return {
        "title": step.title, "role": step.role, "anchor": "due" if step.from_due else "start",
        "day": str(step.offset if step.from_due else step.offset + 1), "days": str(step.days),
        "hours": _hours_of(step.minutes), "deliverable": step.deliverable,
        "checklist": "\n".join(step.checklist), "after": ", ".join(waits), "category": step.category,
        "tags": " ".join(step.tags), "importance": str(step.importance), "urgency": step.urgency,
        "milestone": "1" if step.is_milestone else "",
    }  # fmt: skip


def _hours_of(minutes: int | None) -> str:
    """Write minutes as the hours that people type: 90 → 1.5; nothing for none."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".") if minutes else ""


def _node_cells(node: Node) -> dict[str, str]:
    return {
        "title": node.title, "output": node.output, "role": node.role, "hours": str(node.hours),
        "follows": "1" if node.follows else "", "day": str(node.offset + 1),
    }  # fmt: skip


def typed_rows(data: QueryDict) -> tuple[list[Row], list[Row]]:
    """Return the rows as they were typed, to be shown again: nothing is read, left out or put right."""
    count = len(data.getlist("step-title"))
    levels = tidy_levels([_whole(one, 1, 3, 1) for one in _column(data, "step-level", count)])
    steps = [
        Row(cells, name, level)
        for cells, name, level in zip(
            _typed(data, "step", STEP_CELLS, count), numbers(levels), levels, strict=True
        )
    ]
    nodes = _typed(data, "node", NODE_CELLS, len(data.getlist("node-title")))
    return steps, [Row(cells) for cells in nodes if cells != NODE_CELLS]


def _typed(data: QueryDict, kind: str, cells: Mapping[str, str], count: int) -> list[dict[str, str]]:
    columns = {name: _column(data, f"{kind}-{name}", count) for name in cells}
    return [{name: column[place] for name, column in columns.items()} for place in range(count)]


def _check_titles(data: QueryDict, kind: str, usual: Mapping[str, str], sentence: str) -> None:
    """Refuse a row that says something and has no title: it would be lost."""
    count = len(data.getlist(f"{kind}-title"))
    for place, cells in enumerate(_typed(data, kind, usual, count), 1):
        if not cells["title"].strip() and any(cells[name].strip() not in ("", usual[name]) for name in usual):
            raise Refused(sentence % {"n": place}, field=f"{kind}s")


def read_outline(data: QueryDict, *, is_project: bool) -> Outline:
    """Return the outline that a browser sent; rows that nobody filled in are left out.

    Raises:
        Refused: a row says what cannot be read, or has no title; the reason names the row.
    """
    count = len(data.getlist("step-title"))
    if count > MOST_STEPS:
        raise Refused(_("A template holds at most %(n)s steps. Split it.") % {"n": MOST_STEPS}, field="steps")
    _check_titles(
        data, "step", STEP_CELLS, _("Row %(n)s of the steps has no title. Give it one or remove it.")
    )
    _check_titles(
        data, "node", NODE_CELLS, _("Row %(n)s of the key nodes has no title. Give it one or empty it.")
    )
    levels = tidy_levels([_whole(one, 1, 3, 1) for one in _column(data, "step-level", count)])
    names = {name: place for place, name in enumerate(numbers(levels))}
    titles = [title.strip()[:200] for title in data.getlist("step-title")]
    # Where a row stands once those without a title are gone.
    kept = {place: after for after, place in enumerate(place for place in range(count) if titles[place])}
    steps = [_step(data, place, count, levels, titles[place], names, kept) for place in kept]
    tidy = tidy_levels([step.level for step in steps])
    steps = [_with_level(step, level) for step, level in zip(steps, tidy, strict=True)]
    nodes = _nodes(data)
    roles = [one.strip()[:40] for one in re.split("[,，、;；\n]", data.get("roles", "")) if one.strip()]
    used = [role for role in (*(step.role for step in steps), *(node.role for node in nodes)) if role]
    return Outline(
        name=data.get("name", "").strip()[:120], is_project=is_project,
        description=data.get("description", "").replace("\r\n", "\n").strip(),
        roles=tuple(dict.fromkeys([*roles, *used])), steps=tuple(steps), nodes=tuple(nodes),
    )  # fmt: skip


def _column(data: QueryDict, name: str, count: int) -> list[str]:
    """Return what stands in a column of the rows, "" where nothing was sent."""
    values = data.getlist(name)[:count]
    return [*values, *([""] * (count - len(values)))]


def _cell(data: QueryDict, name: str, place: int, count: int) -> str:
    return _column(data, name, count)[place].strip()


def _step(
    data: QueryDict, place: int, count: int, levels: Sequence[int], title: str,
    names: dict[str, int], kept: dict[int, int],
) -> Step:  # fmt: skip
    def cell(name: str) -> str:
        return _cell(data, f"step-{name}", place, count)

    number = list(names)[place]
    from_due = cell("anchor") == "due"
    day = _read(number, cell("day"), lambda text: _day(text, least=0 if from_due else 1))
    waits = [one for one in re.split(r"[,，、\s]+", cell("after")) if one]
    unknown = [one for one in waits if names.get(one) not in kept]
    if unknown:
        words = {"n": number, "wait": unknown[0]}
        raise Refused(_("Step %(n)s waits for step %(wait)s, which does not exist.") % words, field="steps")
    return Step(
        title=title, level=levels[place], role=cell("role")[:40], from_due=from_due,
        offset=day if from_due else day - 1, days=_read(number, cell("days") or "1", _day),
        minutes=_read(number, cell("hours"), _minutes), importance=_whole(cell("importance"), 1, 5, 3),
        urgency=cell("urgency") if cell("urgency") in Task.Urgency.values else "medium",
        category=cell("category")[:40], deliverable=cell("deliverable")[:4000].replace("\r\n", "\n"),
        tags=tuple(one[:40] for one in re.split(r"[,，、#\s]+", cell("tags")) if one),
        checklist=tuple(one.strip()[:300] for one in cell("checklist").splitlines() if one.strip()),
        after=tuple(kept[names[one]] for one in waits), is_milestone=cell("milestone") == "1",
    )  # fmt: skip


def _with_level(step: Step, level: int) -> Step:
    return Step(**{**{name: getattr(step, name) for name in Step.__dataclass_fields__}, "level": level})


def _nodes(data: QueryDict) -> list[Node]:
    count = len(data.getlist("node-title"))
    if count > MOST_NODES:
        raise Refused(_("A template holds at most %(n)s key nodes.") % {"n": MOST_NODES}, field="nodes")
    found: list[Node] = []
    for place in range(count):
        title = _cell(data, "node-title", place, count)[:120]
        if not title:
            continue
        hours = _read(title, _cell(data, "node-hours", place, count) or "24", _hours)
        day = _read(title, _cell(data, "node-day", place, count) or "1", _day)
        found.append(
            Node(
                title=title, output=_cell(data, "node-output", place, count)[:200],
                role=_cell(data, "node-role", place, count)[:40], hours=hours, offset=day - 1,
                follows=_cell(data, "node-follows", place, count) == "1" and bool(found),
            )
        )  # fmt: skip
    return found


def _read(row: str, text: str, how: Callable[[str], Any]) -> Any:
    try:
        return how(text)
    except (ValueError, InvalidOperation) as bad:
        words = {"row": row, "text": text[:20]}
        raise Refused(
            _("Row %(row)s: “%(text)s” is no number that fits. Days run from 1 to 400, hours to 9,999.")
            % words,
            field="steps",
        ) from bad


def _day(text: str, least: int = 1) -> int:
    value = int(text or least)
    if not least <= value <= MOST_DAYS:
        raise ValueError(text)
    return value


def _hours(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 9999:
        raise ValueError(text)
    return value


def _minutes(text: str) -> int | None:
    if not text:
        return None
    value = Decimal(text) * 60
    if not 0 < value <= MOST_MINUTES:
        raise ValueError(text)
    return int(value)


def _whole(text: str, low: int, high: int, otherwise: int) -> int:
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else otherwise
    return min(max(low, value), high)
