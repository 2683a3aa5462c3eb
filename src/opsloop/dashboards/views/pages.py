"""The dashboard, and the two parts that it fetches when it is open."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opsloop.dashboards.numbers import BY_CODE
from opsloop.dashboards.queries import attention as calling
from opsloop.dashboards.queries import figures, rows, teams
from opsloop.dashboards.queries.looks import Look
from opsloop.dashboards.views.looking import asked, controls, shown
from opsloop.dashboards.words import VERDICTS
from opsloop.web.charts import Chart, Point, Series
from opsloop.web.http import PageRequest


@login_required
@require_GET
def dashboard(request: PageRequest) -> HttpResponse:
    """Show the six numbers with target and trend, what misses its target first."""
    found = asked(request)
    worst_first = teams.worst_first(figures.figures(found.look))
    context: dict[str, Any] = {
        **controls(found),
        "figures": [shown(one, found.look) for one in worst_first],
        "bad": sum(one.verdict == "bad" for one in worst_first),
    }
    return render(request, "dashboards/dashboard.html", context)


@login_required
@require_GET
def attention(request: PageRequest) -> HttpResponse:
    """Show what calls for a word now, whatever time is looked at."""
    look = asked(request).look
    late, grave = calling.late_key_tasks(look), calling.grave_flags(look)
    context = {
        "look": look,
        "late": list(late[: calling.MOST]),
        "grave": list(grave[: calling.MOST]),
        "behind": rows.goals(look, "missed", moment=look.now)[: calling.MOST] if look.person is None else [],
        "overdue_url": reverse("dashboards:number", args=["overdue"]) + look.address(),
        "risk_url": reverse("dashboards:number", args=["risk"]) + look.address(),
        "goals_url": reverse("dashboards:number", args=["goals"]) + look.address(),
    }
    return render(request, "dashboards/attention.html", context)


@login_required
@require_GET
def causes(request: PageRequest) -> HttpResponse:
    """Show why other dates were asked for in the time of the trend."""
    look = asked(request).look
    found = calling.delay_causes(look)
    context = {"causes": _causes(look, found), "total": sum(n for _code, _name, n in found)}
    return render(request, "dashboards/causes.html", context)


def _causes(look: Look, found: list[tuple[str, str, int]]) -> Chart | None:
    """Return the causes as bars that lead to their requests."""
    if not found:
        return None
    since, until = calling.span_of_causes(look)
    page = reverse("progress:delays")

    def url(code: str) -> str:
        values = {"since": since, "until": until, "cause": code}
        if look.department:
            values["team"] = str(look.department.pk)
        return f"{page}?{urlencode(values)}"

    points = [Point(name, n, str(n), url(code)) for code, name, n in found[:6]]
    name = _("Why other dates were asked for")
    return Chart(name, [Series(_("Requests"), points)], kind="bars", height=96, heading=_("Cause"))


def _rows_of(code: str, query: str) -> str:
    return reverse("dashboards:number", args=[code]) + query


@login_required
@require_GET
def team_lines(request: PageRequest) -> HttpResponse:
    """Show the numbers of the departments or people below, the worst first."""
    found = asked(request)
    look = found.look
    targets = figures.targets_of(look.department)
    lines = []
    for line in teams.lines(look, found.departments, targets):
        change = {"person": line.key, "department": None} if line.is_person else {"department": line.key}
        query = look.address(**change)
        cells = [
            (BY_CODE[cell.code].label, cell, VERDICTS[cell.verdict], _rows_of(cell.code, query))
            for cell in line.cells
        ]
        lines.append((line, reverse("dashboards:dashboard") + query, cells))
    context = {"look": look, "lines": lines, "heads": [BY_CODE[code].label for code in teams.CODES]}
    return render(request, "dashboards/teams.html", context)
