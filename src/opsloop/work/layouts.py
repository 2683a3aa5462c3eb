"""The layouts in which tasks can be looked at; the switch between them carries the filter over.

Some belong to packages above this one: they are known here by their address's name only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.work.queries.lists import ListState


@dataclass(frozen=True)
class Layout:
    """One way of showing tasks: its name in addresses, its URL name, its word and its icon."""

    name: str
    url_name: str
    label: Promise
    icon: str


LAYOUTS: Sequence[Layout] = (
    Layout("list", "work:tasks", pgettext_lazy("layout", "List"), "list"),
    Layout("board", "boards:board", pgettext_lazy("layout", "Board"), "board"),
    Layout("quadrants", "work:quadrants", _("Quadrants"), "quadrants"),
    Layout("sheet", "boards:sheet", pgettext_lazy("layout", "Sheet"), "table"),
    Layout("gantt", "boards:gantt", _("Gantt"), "gantt"),
    Layout("calendar", "boards:calendar", pgettext_lazy("layout", "Calendar"), "calendar"),
    Layout("workload", "boards:workload", _("Workload"), "team"),
)


@dataclass(frozen=True)
class Entry:
    """One entry of the switch."""

    name: str
    label: Promise
    icon: str
    url: str
    current: bool


def switch(state: ListState, current: str) -> list[Entry]:
    """Return the entries of the switch for what `state` shows; what one layout alone knows stays behind."""
    carried = state.address(extras=(), view=0)
    found = []
    for one in LAYOUTS:
        address = address_of(one)
        if address:
            found.append(Entry(one.name, one.label, one.icon, address + carried, one.name == current))
    return found


def address_of(layout: Layout) -> str:
    """Return where a layout stands, "" where the package that shows it is not installed."""
    try:
        return reverse(layout.url_name)
    except NoReverseMatch:
        return ""
