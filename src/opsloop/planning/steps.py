"""The steps that sliders and choices go by, and their words."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# How much longer a day can be tried, in minutes.
HOURS = (30, 60, 120, 180, 240)
# How much a leaning counts, from "hardly" to "above all".
LEVELS: tuple[str | Promise, ...] = (
    pgettext_lazy("how much it matters", "hardly"),
    pgettext_lazy("how much it matters", "less"),
    pgettext_lazy("how much it matters", "as usual"),
    pgettext_lazy("how much it matters", "more"),
    pgettext_lazy("how much it matters", "above all"),
)
LABELS: dict[str, Any] = {
    "on_time": _("On time"),
    "complete": _("Nothing left out"),
    "calm": _("Few moves"),
    "fitting": _("Fitting blocks"),
    "unbroken": _("Work in one go"),
    "early": _("Done early"),
}
# What each leaning means for who lives by the plan.
HINTS: dict[str, Any] = {
    "on_time": _("Due dates are kept, even if other work waits or moves for them."),
    "complete": _("As much as possible finds a place, even if some of it is late."),
    "calm": _("What stands in the week stays where it is."),
    "fitting": _("Important work in focus time, small things in fragments, surprises in the buffer."),
    "unbroken": _("A task is done in one go rather than in parts."),
    "early": _("What matters is done early in the week, so that there is time at its end."),
}
# The share of each day that is kept free, in percent.
FLEX: tuple[tuple[int, str | Promise], ...] = (
    (0, _("Nothing")),
    (10, _("Half a day a week (10 %)")),
    (20, _("One day a week (20 %)")),
    (30, _("One and a half days a week (30 %)")),
    (40, _("Two days a week (40 %)")),
)
