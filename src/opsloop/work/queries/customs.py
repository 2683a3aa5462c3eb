"""Own fields: which there are for somebody, and what tasks say in them. Lists and boards ask here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    DecimalField,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models import Value as Constant
from django.db.models.expressions import Expression
from django.utils.translation import gettext as _

from opsloop.organisation.models import Person
from opsloop.work.models import CustomField, CustomValue, Task

Kind = CustomField.Kind
# A value as a list shows, sorts and compares it: text, number, day, (person's id, name) or True.
Value = str | Decimal | date | tuple[int, str] | bool
# The column that holds a kind, for filters and orders: `custom_values__` + this.
COLUMNS = {
    Kind.TEXT: "text", Kind.CHOICE: "text", Kind.NUMBER: "number", Kind.CHECK: "number", Kind.DATE: "day",
    Kind.PERSON: "person",
}  # fmt: skip


def fields_for(person: Person, *, project_id: int | None = None) -> QuerySet[CustomField]:
    """Return the fields that `person` may filter by and show as columns, those of one project if it is given.

    Fields of categories stand for every list. One query when read.
    """
    rows = CustomField.objects.visible_to(person).current().select_related("project", "category")
    if project_id is not None:
        rows = rows.filter(Q(project_id=project_id) | Q(category__isnull=False))
    return rows.order_by("category_id", "project_id", "position", "pk")


def name_of(field: CustomField) -> str:
    """Return how an address names an own field: c12."""
    return f"c{field.pk}"


def is_name(name: str) -> bool:
    """Whether an address means an own field by this."""
    return name[:1] == "c" and name.isascii() and name[1:].isdigit() and len(name) < 19


def find(name: str, person: Person) -> CustomField | None:
    """Return the field that an address names, None where `person` has none of that name. One query."""
    return fields_for(person).filter(pk=int(name[1:])).first() if is_name(name) else None


def number_in(field: CustomField) -> Expression | Subquery[Any]:
    """Return what a task says in a field of numbers, as a column of the database."""
    return Subquery(_said_in(field).values("number")[:1], output_field=DecimalField())


def key_in(field: CustomField) -> Expression | Subquery[Any]:
    """Return what a task says in a field, in the form in which tasks are divided by it; NULL for nothing."""
    said = _said_in(field)
    if field.kind == Kind.CHECK:
        ticked = Exists(said.filter(number__gt=0))
        return Case(When(ticked, then=Constant(1)), default=None, output_field=IntegerField(null=True))
    column = {Kind.PERSON: "person_id", Kind.DATE: "day"}.get(Kind(field.kind), "text")
    output = {"person_id": IntegerField, "day": DateField, "text": CharField}[column]
    return Subquery(said.values(column)[:1], output_field=output(null=True))


def order_in(field: CustomField) -> Expression | Subquery[Any]:
    """Return what tasks are sorted by when a list is sorted by a field; NULL where a task says nothing.

    Choices follow in the order of their list, what was taken off it last; people by name.
    """
    said = _said_in(field)
    if field.kind == Kind.NUMBER:
        return number_in(field)
    if field.kind == Kind.PERSON:
        return Subquery(said.values("person__name")[:1], output_field=CharField(null=True))
    if field.kind == Kind.CHOICE:
        places = [When(text=option, then=Constant(at)) for at, option in enumerate(field.options)]
        place = Case(*places, default=Constant(len(places)), output_field=IntegerField())
        return Subquery(said.annotate(place=place).values("place")[:1], output_field=IntegerField(null=True))
    return key_in(field)


def _said_in(field: CustomField) -> QuerySet[CustomValue]:
    return CustomValue.objects.filter(field=field, task_id=OuterRef("pk")).order_by()


def values_for(tasks: Collection[int], fields: Iterable[CustomField]) -> dict[int, dict[int, Value]]:
    """Return {task id: {field id: value}} of these tasks. One query, none without fields or tasks."""
    kinds = {field.pk: field.kind for field in fields}
    if not kinds or not tasks:
        return {}
    rows = CustomValue.objects.filter(task_id__in=tasks, field_id__in=kinds).select_related("person")
    found: dict[int, dict[int, Value]] = {}
    for row in rows.only("task", "field", "text", "number", "day", "person__name"):
        name = row.person.name if row.person else None
        value = _value(kinds[row.field_id], row.text, row.number, row.day, row.person_id, name)
        if value is not None:
            found.setdefault(row.task_id, {})[row.field_id] = value
    return found


def plain(value: Value) -> str | Decimal | date:
    """Return a value as a cell of a file holds it: a person by name, a tick in words."""
    if isinstance(value, tuple):
        return value[1]
    return _("Yes") if isinstance(value, bool) else value


def in_words(value: Value) -> str:
    """Return a value in words, numbers without the zeros that nobody wrote."""
    shown = plain(value)
    return f"{shown.normalize():,f}" if isinstance(shown, Decimal) else str(shown)


def lacking(task: Task) -> list[CustomField]:
    """Return the fields that must be filled in and about which `task` says nothing. One query."""
    own = Q(project_id=task.project_id) if task.project_id else Q(pk=None)
    if task.category_id:
        own |= Q(category_id=task.category_id)
    required = CustomField.objects.current().filter(own, required=True)
    return list(required.exclude(pk__in=CustomValue.objects.filter(task=task).values("field_id")))


def with_lack(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Annotate tasks with whether `lacking` would find anything, as `lacks`: for many at once."""
    own = Q(project_id=OuterRef("project_id")) | Q(category_id=OuterRef("category_id"))
    said = CustomValue.objects.filter(task_id=OuterRef(OuterRef("pk"))).order_by().values("field_id")
    required = CustomField.objects.current().filter(own, required=True).exclude(pk__in=said)
    return tasks.annotate(lacks=Exists(required.order_by()))


def saying(field: CustomField, **lookup: Any) -> Q:
    """Return the condition on tasks that what they say in `field` meets `lookup`: saying(f, gte=3).

    The lookup is on the kind's own column; `saying(f)` alone asks that something is said at all.
    """
    column = COLUMNS[Kind(field.kind)]
    wanted = {f"{column}__{name}": value for name, value in lookup.items()}
    return Q(pk__in=CustomValue.objects.filter(field=field, **wanted).order_by().values("task_id"))


@dataclass(frozen=True)
class CustomLine:
    """One own field of one task, as its page shows it."""

    field: CustomField
    value: Value | None

    @property
    def is_missing(self) -> bool:
        """Whether it must be filled in and is not."""
        return self.field.required and self.value is None

    @property
    def text(self) -> str:
        """The value in words, without a person and without yes or no."""
        return "" if self.value is None else in_words(self.value)


def lines_of(task: Task, *, with_project: bool) -> list[CustomLine]:
    """Return the own fields of a task with what it says in them; its project's only if that is seen. One query."""
    own = Q(category_id=task.category_id) if task.category_id else Q(pk=None)
    if task.project_id and with_project:
        own |= Q(project_id=task.project_id)
    rows = (
        CustomField.objects.current()
        .filter(own)
        .annotate(mine=FilteredRelation("values", condition=Q(values__task_id=task.pk)))
        .annotate(
            said_text=F("mine__text"),
            said_number=F("mine__number"),
            said_day=F("mine__day"),
            said_person=F("mine__person_id"),
            said_name=F("mine__person__name"),
        )
    )
    return [
        CustomLine(
            row,
            _value(row.kind, row.said_text, row.said_number, row.said_day, row.said_person, row.said_name),
        )
        for row in rows
    ]


def _value(
    kind: str,
    text: str | None,
    number: Decimal | None,
    day: date | None,
    person: int | None,
    name: str | None,
) -> Value | None:
    if kind == Kind.PERSON:
        return (person, name or "") if person else None
    if kind == Kind.CHECK:
        return True if number else None
    return {Kind.NUMBER: number, Kind.DATE: day}.get(Kind(kind), text or None)
