"""What the views of dashboards share: the look that an address names, charts, and the controls above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opsloop.dashboards.queries.figures import Figure
from opsloop.dashboards.queries.looks import MINE, WIDE, Look, read_look, seen_departments, sees_wide
from opsloop.dashboards.words import LABELS, VERDICTS, heading, turned, turned_words
from opsloop.engines.dashboard import Step, due_stretch
from opsloop.organisation.models import Department
from opsloop.web.charts import Chart, Point, Series
from opsloop.web.http import PageRequest


@dataclass(frozen=True)
class Asked:
    """A look with the departments that may be chosen instead."""

    look: Look
    departments: Sequence[Department]


def asked(request: PageRequest) -> Asked:
    """Return what the address of a request looks at. Two queries at most."""
    departments = seen_departments(request.person)
    look = read_look(request.GET.dict(), request.person, now=request.now, departments=departments)
    return Asked(look, departments)


def controls(found: Asked) -> dict[str, Any]:
    """Return what the controls above every page of a dashboard show."""
    look = found.look
    today = look.now.astimezone(look.zone).date()
    steps: Sequence[tuple[Step, str]] = (
        ("week", pgettext("dashboard", "By week")), ("month", pgettext("dashboard", "By month")),
    )  # fmt: skip
    scopes = [
        (
            LABELS[name],
            look.address(scope=name, department=None, person=None),
            name == look.scope and _own(look),
        )
        for name in (WIDE, MINE)
    ]
    later = look.stretch.following
    return {
        "rail_name": "dashboard",
        "look": look,
        "heading": heading(look),
        "scopes": scopes if sees_wide(look.viewer) else [],
        "departments": found.departments if look.scope == WIDE else [],
        "steps": [
            (label, look.address(period=due_stretch(step, today).name), look.stretch.step == step)
            for step, label in steps
        ],
        "earlier_url": look.address(period=look.stretch.before.name),
        "later_url": look.address(period=later.name) if later.starts_on <= today else "",
        "is_partial": look.is_partial(look.stretch),
        "query": look.address(),
    }  # fmt: skip


def _own(look: Look) -> bool:
    return look.person is None or look.person == look.viewer


@dataclass(frozen=True)
class Shown:
    """A figure as a card shows it."""

    figure: Figure
    said: str
    of: str
    turned: str
    turned_words: str
    verdict: tuple[Any, str, str]
    target: str
    url: str
    chart: Chart


def shown(figure: Figure, look: Look, *, height: int = 84) -> Shown:
    """Return a figure with its words, its chart and the address of its rows."""
    number, now = figure.number, figure.now
    base = reverse("dashboards:number", args=[number.code])
    points = [
        Point(
            one.stretch.short, one.value, _said(figure, one), base + look.address(period=one.stretch.name),
            look.is_partial(one.stretch),
        )
        for one in figure.readings
    ]  # fmt: skip
    chart = Chart(
        name=str(number.label), series=[Series(str(number.label), points)], height=height, unit="%",
        target=float(figure.target) if number.better != "near" else None,
        target_said=number.target_said(figure.target),
        heading=_("Week") if look.stretch.step == "week" else _("Month"),
    )  # fmt: skip
    return Shown(
        figure, number.said(now.value), _of(figure), turned(figure), turned_words(figure),
        VERDICTS[figure.verdict], number.target_said(figure.target), base + look.address(), chart,
    )  # fmt: skip


def _said(figure: Figure, one: Any) -> str:
    return figure.number.said(one.value)


def _of(figure: Figure) -> str:
    now = figure.now
    if figure.number.better == "near":
        return _("%(n)s tasks") % {"n": now.whole} if now.whole else ""
    return f"{now.part}/{now.whole}" if now.whole else ""
