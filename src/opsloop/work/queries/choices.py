"""A view's filter as people read and change it: chips, the menu of fields, the editor of one condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from opsloop.engines import filters as language
from opsloop.engines.filters import Condition, Node
from opsloop.engines.filters.dates import is_date
from opsloop.engines.language.readings import alphabetical, spelled
from opsloop.goals.models import Goal
from opsloop.organisation.models import Department, Person
from opsloop.work.models import Category, Project, Tag
from opsloop.work.queries.fields import BARE, OPERATORS, Field, known, named
from opsloop.work.queries.filters import UNREADABLE
from opsloop.work.queries.lists import STATUSES, ListState

# Enough for every department of a few thousand people; who has more goals finds them by text.
MOST_CHOICES = 2000
DAYS: Mapping[str, Any] = {
    "overdue": gettext_lazy("Overdue"),
    "today": gettext_lazy("Today"),
    "tomorrow": gettext_lazy("Tomorrow"),
    "yesterday": gettext_lazy("Yesterday"),
    "week": gettext_lazy("This week"),
    "next-week": gettext_lazy("Next week"),
    "last-week": gettext_lazy("Last week"),
    "month": gettext_lazy("This month"),
    "next-month": gettext_lazy("Next month"),
    "last-month": gettext_lazy("Last month"),
    "workday": gettext_lazy("Up to the next working day"),
}
PEOPLE: Mapping[str, Any] = {
    "me": pgettext_lazy("filter", "Me"),
    "team": pgettext_lazy("filter", "My team"),
}


@dataclass(frozen=True)
class Part:
    """One piece of the filter as it is shown: a chip, a word between chips, or a bracket."""

    kind: Literal["chip", "join", "open", "close", "not"]
    text: str = ""
    key: str = ""
    operator: str = ""
    url: str = ""
    remove_url: str = ""


@dataclass(frozen=True)
class Bar:
    """Everything that narrows a view, with what can be done about it."""

    parts: Sequence[Part]
    menu_url: str
    clear_url: str
    count: int
    all_states_url: str = ""


def bar(person: Person, state: ListState, path: str) -> Bar:
    """Return the filter of the view that is shown at `path`. One query for each kind of record named."""
    root = language.normal(state.tree)
    if root == UNREADABLE:
        told = Part("chip", _("This filter cannot be read."), remove_url=state.address(f=""))
        return Bar([told], _menu(path, state), state.cleared(), 1)
    shown = list(language.conditions(root))
    fields = named((one.field for one in shown), person)
    words = _Words(fields, person)
    words.load(shown)
    parts = list(_shown(root, (), _Looks(state, root, words, path)))
    if state.q:
        parts.append(Part("chip", state.q, _("Text"), remove_url=state.address(q="")))
    if "any" in state.status:
        parts.append(
            Part(
                "chip", str(STATUSES["any"]), str(fields["status"].label), remove_url=state.address(status=())
            )
        )
    all_states = state.address(status=("any",)) if state.only_open else ""
    return Bar(parts, _menu(path, state), state.cleared(), len(shown) + bool(state.q), all_states)


def _menu(path: str, state: ListState) -> str:
    return f"{reverse('work:filters')}?{urlencode({'on': path + state.address()})}"


def edit_url(on: str, **asked: Any) -> str:
    """Return where a condition of the page at address `on` is edited."""
    return f"{reverse('work:filter')}?{urlencode({'on': on, **asked})}"


@dataclass(frozen=True)
class _Looks:
    state: ListState
    root: language.Group
    words: _Words
    path: str

    def without(self, path: tuple[int, ...]) -> str:
        return self.state.narrowed(language.remove(self.root, path))

    def flipped(self, path: tuple[int, ...]) -> str:
        return self.state.narrowed(language.flip(self.root, path))


def _shown(group: language.Group, path: tuple[int, ...], looks: _Looks) -> Iterator[Part]:
    """Write a group as pieces; the words between its parts turn "and" into "or" and back."""
    word = pgettext("filter", "or") if group.joiner == "or" else pgettext("filter", "and")
    if group.negated:
        yield Part("not", pgettext("filter", "not"))
    if path:
        yield Part("open", "(")
    for place, part in enumerate(group.parts):
        if place:
            yield Part("join", word, url=looks.flipped(path))
        below = (*path, place)
        yield from (
            [_chip(part, below, looks)] if isinstance(part, Condition) else _shown(part, below, looks)
        )
    if path:
        yield Part("close", ")")


def _chip(condition: Condition, path: tuple[int, ...], looks: _Looks) -> Part:
    one = looks.words.fields.get(condition.field)
    remove = looks.without(path)
    if one is None:
        return Part("chip", _("This field does not exist any more."), condition.field, remove_url=remove)
    at = ".".join(map(str, path))
    return Part(
        "chip",
        looks.words.values(one, condition),
        str(one.label),
        looks.words.operator(one, condition),
        edit_url(looks.path + looks.state.address(), field=one.name, at=at),
        remove,
    )


class _Words:
    """The names of what conditions ask for, as far as the reader may know them."""

    def __init__(self, fields: Mapping[str, Field], person: Person) -> None:
        self.fields = fields
        self.person = person
        self.names: dict[str, dict[str, str]] = {}

    def load(self, conditions: Iterable[Condition]) -> None:
        wanted: dict[str, set[int]] = {}
        for one in conditions:
            records = self.fields[one.field].records if one.field in self.fields else ""
            if records:
                ids = (int(value) for value in one.values if value.isascii() and value.isdigit())
                wanted.setdefault(records, set()).update(pk for pk in ids if pk < 2**63)
        for kind, keys in wanted.items():
            found = records_of(kind, self.person).filter(pk__in=keys)
            self.names[kind] = {str(pk): name for pk, name in found.values_list("pk", _label_column(kind))}

    def operator(self, one: Field, condition: Condition) -> str:
        if condition.operator in ("any", "within", "yes") or one.kind == "flag":
            return ""
        return str(OPERATORS.get(condition.operator, condition.operator))

    def values(self, one: Field, condition: Condition) -> str:
        if condition.operator in ("yes", "no"):
            return str(OPERATORS[condition.operator])
        return _(", ").join(self.value(one, value) for value in condition.values[:4]) + (
            " …" if len(condition.values) > 4 else ""
        )

    def value(self, one: Field, value: str) -> str:
        if one.kind == "date":
            return day_text(value)
        if one.kind == "number" and value.isascii() and value.isdigit():
            return f"{int(value[:12]) / one.scale:g} {one.unit}".strip()
        known_words = {**dict(one.choices), **(PEOPLE if one.kind == "person" else {})}
        if value in known_words:
            return str(known_words[value])
        if one.records:
            return self.names.get(one.records, {}).get(value, _("Unknown"))
        return value


def day_text(value: str) -> str:
    """Return the words for a day or a span that moves with today."""
    if value in DAYS:
        return str(DAYS[value])
    way, _dash, count = value.partition("-")
    if way in ("next", "last") and count.isascii() and count.isdigit():
        days = int(count[:4])
        if way == "next":
            return ngettext("Next %(n)s day", "Next %(n)s days", days) % {"n": days}
        return ngettext("Last %(n)s day", "Last %(n)s days", days) % {"n": days}
    return value


def records_of(kind: str, person: Person) -> Any:
    """Return the records that a filter offers to `person`."""
    return {
        "person": lambda: Person.objects.visible_to(person),
        "department": lambda: Department.objects.visible_to(person),
        "project": lambda: Project.objects.visible_to(person).alive(),
        "goal": lambda: Goal.objects.visible_to(person).alive(),
        "category": Category.objects.all,
        "tag": Tag.objects.all,
    }[kind]()


def _label_column(kind: str) -> str:
    return "title" if kind == "goal" else "name"


# --- the menu and the editor --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A field in the menu; `search` is what else it is found by."""

    field: Field
    url: str
    search: str


def menu(person: Person, on: str) -> list[Entry]:
    """Return the fields to filter by, the most used first."""
    return [
        Entry(one, edit_url(on, field=one.name), f"{one.words} {spelled(str(one.label))}")
        for one in known(person).values()
    ]


@dataclass(frozen=True)
class Option:
    """One value to choose."""

    value: str
    label: Any
    search: str
    chosen: bool


@dataclass(frozen=True)
class Editor:
    """The form of one condition."""

    field: Field
    operators: Sequence[Option]
    options: Sequence[Option]
    many: bool
    number: str = ""
    text: str = ""
    days: int = 7
    first: str = ""
    last: str = ""
    day_options: Sequence[Option] = ()


def editor(person: Person, one: Field, condition: Condition | None) -> Editor:
    """Return the form of a condition on a field, filled in as it stands. At most one query."""
    chosen = condition.values if condition else ()
    operator = condition.operator if condition else one.operators[0]
    operators = [Option(name, OPERATORS[name], "", name == operator) for name in one.operators]
    first = chosen[0] if chosen else ""
    made = Editor(
        one, operators, list(_options(person, one, chosen)), one.kind in ("choice", "person", "record")
    )
    if one.kind == "number":
        shown = f"{int(first) / one.scale:g}" if first.isascii() and first.isdigit() else ""
        return replace(made, number=shown)
    if one.kind == "text":
        return replace(made, text=" ".join(chosen))
    return replace(made, **_days(one, chosen)) if one.kind == "date" else made


def _options(person: Person, one: Field, chosen: Sequence[str]) -> Iterator[Option]:
    if one.kind == "person":
        for value, label in PEOPLE.items():
            yield Option(value, label, spelled(str(label)), value in chosen)
    for value, label in one.choices:
        yield Option(str(value), label, "", str(value) in chosen)
    if one.records:
        rows = records_of(one.records, person)
        if one.records == "person":
            rows = rows.active()
        found = list(rows.values_list("pk", _label_column(one.records))[:MOST_CHOICES])
        if one.records == "person":
            found.sort(key=lambda row: alphabetical(row[1]))
        for pk, name in found:
            yield Option(str(pk), name, spelled(name), str(pk) in chosen)


def _days(one: Field, chosen: Sequence[str]) -> dict[str, Any]:
    value = chosen[0] if chosen else ("overdue" if one.name == "due" else "week")
    dates = [text for text in chosen if is_date(text)]
    way, _dash, count = value.partition("-")
    current = "dates" if dates else way if way in ("next", "last") and count.isdigit() else value
    words = {name: label for name, label in DAYS.items() if name != "overdue" or one.name == "due"}
    words |= {
        "next": _("The next … days"),
        "last": _("The last … days"),
        "dates": _("Days of the calendar"),
    }
    return {
        "day_options": [Option(name, label, "", name == current) for name, label in words.items()],
        "days": int(count[:4]) if count.isdigit() else 7,
        "first": dates[0] if dates else "",
        "last": dates[-1] if len(dates) > 1 else "",
    }


def sent(one: Field, operator: str, values: Sequence[str], extra: Mapping[str, str]) -> Condition | None:
    """Return the condition that the editor's form holds, None if it says nothing.

    `values` are the chosen ones; `extra` holds number, text, days, first and last.
    """
    if operator not in one.operators:
        operator = one.operators[0]
    if operator in BARE:
        return Condition(one.name, operator)
    read = {"date": _dates_sent, "number": _number_sent, "text": _text_sent}.get(one.kind)
    found = (
        read(one, values, extra) if read else tuple(dict.fromkeys(value for value in values if value))[:100]
    )
    return Condition(one.name, operator, found) if found else None


def _dates_sent(_one: Field, values: Sequence[str], extra: Mapping[str, str]) -> tuple[str, ...]:
    when = values[0] if values else ""
    if when == "dates":
        return tuple(text for text in (extra.get("first", ""), extra.get("last", "")) if is_date(text))
    if when in ("next", "last"):
        days = extra.get("days", "")
        return (f"{when}-{int(days[:4])}",) if days.isascii() and days.isdigit() else ()
    return (when,) if when in DAYS else ()


def _number_sent(one: Field, _values: Sequence[str], extra: Mapping[str, str]) -> tuple[str, ...]:
    try:
        number = float(extra.get("number", "")[:12])
    except ValueError:
        return ()
    return (str(round(number * one.scale)),) if 0 <= number < 10**9 else ()


def _text_sent(_one: Field, _values: Sequence[str], extra: Mapping[str, str]) -> tuple[str, ...]:
    text = extra.get("text", "").strip()[:200]
    return (text,) if text else ()


def combined(root: language.Group, at: str, condition: Condition, *, otherwise: bool) -> language.Group:
    """Return the filter with a condition put where the editor stood: new, in its place, or as an alternative."""
    path = path_of(at)
    node: Node | None = language.node_at(root, path) if path else None
    if node is None:
        return language.add(root, condition)
    change = language.alternative if otherwise else language.replace
    return change(root, path, condition)


def path_of(at: str) -> tuple[int, ...]:
    """Return the path that an address writes as 1.0."""
    return tuple(int(place) for place in at.split(".") if place.isascii() and place.isdigit())
