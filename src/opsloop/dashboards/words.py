"""Words of dashboards: how a number stands, how it moved, whose it is."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.dashboards.queries.figures import Figure
from opsloop.dashboards.queries.looks import Look
from opsloop.engines.dashboard import Verdict

# Word, tone and icon: colour alone says nothing.
VERDICTS: Mapping[Verdict, tuple[Promise, str, str]] = {
    "good": (pgettext_lazy("number", "On target"), "green", "done"),
    "watch": (pgettext_lazy("number", "Just missed"), "gold", "alert"),
    "bad": (pgettext_lazy("number", "Misses its target"), "red", "urgent"),
    "none": (pgettext_lazy("number", "Nothing to count"), "grey", "minus"),
}


def turned(figure: Figure) -> str:
    """Return by how much a number moved, with ▲ or ▼ and a sign: "▲ +3"; "" where nothing can be said."""
    turn = figure.turn
    if turn is None:
        return ""
    by, _is_better = turn
    if by == 0:
        return "= 0"
    return f"▲ +{by}" if by > 0 else f"▼ −{-by}"


def turned_words(figure: Figure) -> str:
    """Return whether a movement is one to the better, in words; "" where there was none."""
    turn = figure.turn
    if turn is None or turn[1] is None:
        return ""
    return _g("better") if turn[1] else _g("worse")


def heading(look: Look) -> str:
    """Return what the dashboard of a look is called."""
    if look.person is not None and look.person != look.viewer:
        return _g("Numbers of %(name)s") % {"name": look.person.name}
    if look.person is not None:
        return _g("My numbers")
    if look.department is not None:
        return _g("Dashboard of %(name)s") % {"name": look.department.name}
    return _g("Operations dashboard") if look.departments is None else _g("Dashboard of my teams")


LABELS: Mapping[str, Promise] = {"mine": _("Mine"), "wide": _("What I lead")}
