"""Saved views: what is offered above a layout, and whether what is shown is still what was saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import QueryDict

from opsloop.boards import permissions
from opsloop.boards.models import Habit, SavedView
from opsloop.organisation.models import Person
from opsloop.work.layouts import LAYOUTS, address_of
from opsloop.work.queries.lists import ListState

# More than these stand in the menu behind the strip.
SHOWN = 6
MOST = 200


@dataclass(frozen=True)
class Entry:
    """One saved view in the strip."""

    view: SavedView
    url: str
    icon: str
    is_current: bool
    is_default: bool


@dataclass(frozen=True)
class Strip:
    """The views that a person may use, and how the one that is open differs from what was saved."""

    entries: Sequence[Entry]
    more: Sequence[Entry]
    current: SavedView | None
    is_changed: bool
    is_default: bool
    may_change: bool
    has_filter: bool


def usable(person: Person) -> QuerySet[SavedView]:
    """Return the views that `person` may use, their own first."""
    mine = Case(When(owner=person, then=Value(0)), default=Value(1), output_field=IntegerField())
    return (
        SavedView.objects.visible_to(person)
        .select_related("owner", "department")
        .order_by(mine, "position", "pk")
    )


def strip(person: Person, layout: str, on: str) -> Strip:
    """Return the strip above the layout that is shown at address `on`. Two queries."""
    views = list(usable(person)[:MOST])
    defaults = set(Habit.objects.visible_to(person).exclude(view=None).values_list("view_id", flat=True))
    query = urlsplit(on).query
    state = ListState.read(QueryDict(query))
    current = next((view for view in views if view.pk == state.view), None)
    entries = [
        Entry(view, address(view), icon_of(view.layout), view == current, view.pk in defaults)
        for view in views
    ]
    # The open one is always in sight.
    first = sorted(entries[:SHOWN] + [one for one in entries[SHOWN:] if one.is_current], key=entries.index)
    changed = current is not None and (layout, saved_query(query)) != (current.layout, current.query)
    return Strip(
        first,
        [one for one in entries if one not in first],
        current,
        changed,
        current is not None and current.pk in defaults,
        current is not None and permissions.can_change(current, person),
        bool(saved_query(query)),
    )


def address(view: SavedView) -> str:
    """Return where a view opens."""
    layout = next((one for one in LAYOUTS if one.name == view.layout), LAYOUTS[0])
    where = address_of(layout) or address_of(LAYOUTS[0])
    return f"{where}?{view.query}&view={view.pk}" if view.query else f"{where}?view={view.pk}"


def icon_of(layout: str) -> str:
    """Return the icon of a layout."""
    return next((one.icon for one in LAYOUTS if one.name == layout), "list")


def saved_query(query: str) -> str:
    """Return the query string of an address as it is saved: the view alone, always written the same way."""
    own = QueryDict(query)
    state = ListState.read(own, keep=sorted(name for name in own if name not in ListState.names()))
    return state.address(view=0).removeprefix("?")


def opening(person: Person, layout: str) -> str:
    """Return the query string with which a layout opens for `person` when its address says nothing. One query."""
    habit = Habit.objects.visible_to(person).filter(layout=layout).select_related("view").first()
    if habit is None:
        return ""
    if habit.view is not None:
        return f"{habit.view.query}&view={habit.view.pk}".removeprefix("&")
    return f"cols={habit.columns}" if habit.columns else ""
