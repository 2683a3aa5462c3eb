"""By what tasks can be divided: groups of a list, columns and lanes of a board.

An axis gives every task one key in the database, knows the keys that are always there, the words for the
others, and what must be written to bring a task under a key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zlib import crc32

from django.db.models import Case, F, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from opsloop.engines.language.readings import alphabetical
from opsloop.goals.models import Goal
from opsloop.organisation.models import Department, Person
from opsloop.records.refusals import Refused
from opsloop.work.models import Category, CustomField, Project, Tag, Task
from opsloop.work.priorities import in_quadrant
from opsloop.work.queries import customs
from opsloop.work.queries.fields import Asking

NONE = ""
BUCKETS: Sequence[tuple[str, Promise]] = (
    ("0", _("Overdue")),
    ("1", _("Today")),
    ("2", _("Tomorrow")),
    ("3", _("This week")),
    ("4", _("Next week")),
    ("5", _("Later")),
    ("9", _("Without a due date")),
)


@dataclass(frozen=True)
class Axis:
    """One way of dividing tasks. `fixed` keys stand in their order; others follow by what `records` names."""

    name: str
    label: Promise | str
    key: Callable[[Asking], Combinable]
    icon: str
    fixed: Sequence[tuple[str, Any]] = ()
    records: str = ""
    empty: Promise | str = ""
    # The field that is written when a task moves under another key; "" where nothing can be.
    writes: str = ""
    # The own field that is written instead.
    custom: CustomField | None = None

    @property
    def rank(self) -> Combinable | None:
        """The place of a key (annotated as `group_key`) among those of a list of choices; None elsewhere."""
        if self.custom is None or self.custom.kind != CustomField.Kind.CHOICE:
            return None
        places = [When(group_key=key, then=Value(at)) for at, (key, _label) in enumerate(self.fixed)]
        return Case(*places, default=Value(len(places)), output_field=IntegerField())

    def order(self) -> Sequence[str]:
        """The keys that are always there, in their order."""
        return [key for key, _label in self.fixed]


def _column(name: str) -> Callable[[Asking], Combinable]:
    return lambda _asking: F(name)


def _quadrant_key(asking: Asking) -> Combinable:
    now = timezone.localtime(asking.now)
    cases = [When(in_quadrant(one, now=now), then=Value(one)) for one in (1, 2, 3)]
    return Case(*cases, default=Value(4), output_field=IntegerField())


def _due_key(asking: Asking) -> Combinable:
    """The bucket of the due date; open tasks that are past come first."""
    midnight = timezone.localtime(asking.now).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - timedelta(days=midnight.weekday())
    ends = (
        (1, midnight + timedelta(days=1)),
        (2, midnight + timedelta(days=2)),
        (3, monday + timedelta(days=7)),
        (4, monday + timedelta(days=14)),
    )
    return Case(
        When(due_at__isnull=True, then=Value(9)),
        When(due_at__lt=asking.now, then=Value(0)),
        *(When(due_at__lt=end, then=Value(number)) for number, end in ends),
        default=Value(5),
        output_field=IntegerField(),
    )


def _tag_key(_asking: Asking) -> Combinable:
    """The first of a task's tags, so that each task stands in one place."""
    tags = Task.tags.through.objects.filter(task_id=OuterRef("pk")).order_by("tag_id")
    return Subquery(tags.values("tag_id")[:1])


AXES: Mapping[str, Axis] = {
    one.name: one
    for one in (
        Axis("status", _("Status"), _column("status"), "in-progress", Task.Status.choices, writes="status"),
        Axis("owner", _("Owner"), _column("owner_id"), "person", records="person", empty=_("Nobody yet"),
             writes="owner"),
        Axis("project", _("Project"), _column("project_id"), "project", records="project",
             empty=_("Without a project"), writes="project"),
        Axis("due", _("Due"), _due_key, "due", BUCKETS),
        Axis("quadrant", _("Quadrant"), _quadrant_key, "quadrants",
             [(str(value), label) for value, label in Task.Quadrant.choices], writes="quadrant_override"),
        Axis("urgency", _("Urgency"), _column("urgency"), "urgent", Task.Urgency.choices, writes="urgency"),
        Axis("category", _("Category"), _column("category_id"), "documents", records="category",
             empty=_("Without a category"), writes="category"),
        Axis("goal", _("Goal"), _column("goal_id"), "goals", records="goal", empty=_("Without a goal"), writes="goal"),
        Axis("department", _("Department"), _column("department_id"), "department", records="department",
             empty=_("Without a department"), writes="department"),
        Axis("tag", _("Tag"), _tag_key, "tag", records="tag", empty=_("Without a tag")),
    )
}  # fmt: skip
_RECORDS: Mapping[str, tuple[type[Any], str]] = {
    "person": (Person, "name"),
    "project": (Project, "name"),
    "goal": (Goal, "title"),
    "department": (Department, "name"),
    "category": (Category, "name"),
    "tag": (Tag, "name"),
}


# Every number would be a group of its own.
_UNDIVIDED = frozenset({CustomField.Kind.NUMBER})


def of_field(field: CustomField) -> Axis:
    """Return the axis that an own field is."""
    kind = CustomField.Kind(field.kind)
    fixed: Sequence[tuple[str, Any]] = ()
    if kind == CustomField.Kind.CHOICE:
        fixed = [(one, one) for one in field.options]
    elif kind == CustomField.Kind.CHECK:
        fixed = [("1", _("Yes"))]
    return Axis(
        customs.name_of(field),
        field.name,
        lambda _asking: customs.key_in(field),
        "edit",
        fixed,
        "person" if kind == CustomField.Kind.PERSON else "",
        pgettext_lazy("field", "No") if kind == CustomField.Kind.CHECK else _("Not filled in"),
        custom=field,
    )


def of_fields(fields: Iterable[CustomField]) -> list[Axis]:
    """Return the axes that own fields are: all but those of numbers."""
    return [of_field(one) for one in fields if one.kind not in _UNDIVIDED]


def is_axis(name: str) -> bool:
    """Whether an address can name an axis by this; whether there is such an own field is not asked."""
    return name in AXES or customs.is_name(name)


def find(name: str, person: Person) -> Axis | None:
    """Return the axis of this name, None if `person` has none. One query for an own field, else none."""
    if not customs.is_name(name):
        return AXES.get(name)
    field = customs.find(name, person)
    return of_field(field) if field and field.kind not in _UNDIVIDED else None


def short(key: str) -> str:
    """Return a key as lists of keys in an address write it: codes and ids as they are, texts as a number."""
    if not key:
        return "none"
    is_plain = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if is_plain else f"x{crc32(key.encode('utf-8', 'replace')):08x}"


def as_key(value: Any) -> str:
    """Return a key of the database as an address writes it."""
    return NONE if value is None else str(value)


def titles(axis: Axis, keys: Iterable[str], person: Person) -> dict[str, Any]:
    """Return the words for keys, in the order in which they are shown. At most one query.

    Owner and project stand on the tasks that the reader sees; a goal has readers of its own.
    """
    wanted = set(keys)
    found: dict[str, Any] = {key: label for key, label in axis.fixed if key in wanted}
    if axis.records:
        model, name = _RECORDS[axis.records]
        ids = [int(key) for key in wanted if key.isdigit()]
        seen = Goal.objects.visible_to(person) if model is Goal else model._base_manager.all()
        rows = seen.filter(pk__in=ids).values_list("pk", name)
        found |= {str(pk): label for pk, label in sorted(rows, key=lambda row: alphabetical(row[1]))}
        found |= {str(pk): _("Not shown to you") for pk in ids if str(pk) not in found}
    elif axis.custom is not None:
        found |= {key: key for key in sorted(wanted) if key and key not in found}
    if NONE in wanted:
        found[NONE] = axis.empty
    return found


def values_for(axis: Axis, key: str, person: Person) -> dict[str, Any]:
    """Return what must be written to bring a task under `key`.

    Raises:
        Refused: nothing can be written there, or the record does not exist for `person`.
    """
    if axis.custom is not None:
        return {}
    if not axis.writes:
        raise Refused(gettext("Tasks cannot be moved between these groups. Change the field in the task."))
    if axis.records:
        return {axis.writes: _record(axis, key, person)}
    if key not in axis.order():
        raise Refused(gettext("This column does not exist any more. Reload the page."))
    return {axis.writes: int(key) if axis.writes == "quadrant_override" else key}


def customs_for(axis: Axis, key: str, person: Person) -> dict[CustomField, Any]:
    """Return what must be said in own fields to bring a task under `key`: nothing where the axis is none.

    Raises:
        Refused: the key does not exist, or not for `person`.
    """
    field = axis.custom
    if field is None:
        return {}
    if key == NONE:
        return {field: None}
    if axis.records:
        return {field: _record(axis, key, person)}
    if field.kind == CustomField.Kind.CHECK:
        return {field: key == "1"}
    return {field: _day(key) if field.kind == CustomField.Kind.DATE else key}


def _day(key: str) -> date:
    try:
        return date.fromisoformat(key)
    except ValueError as trouble:
        raise Refused(gettext("This column does not exist any more. Reload the page.")) from trouble


def _record(axis: Axis, key: str, person: Person) -> Any:
    if key == NONE:
        return None
    model = _RECORDS[axis.records][0]
    rows: Any = model._default_manager
    rows = rows.visible_to(person) if hasattr(rows, "visible_to") else rows.all()
    found = rows.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
    if found is None:
        raise Refused(gettext("This column does not exist any more. Reload the page."))
    return found
