"""The list of tasks at risk, with the trend."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from opsloop.engines.warning import Code, remedies
from opsloop.organisation.models import Department
from opsloop.organisation.roles import Permission
from opsloop.progress.models import Level
from opsloop.progress.queries import flags as queries
from opsloop.progress.queries.flags import Filters, Week
from opsloop.progress.views.answers import tabs
from opsloop.progress.words import MARKS
from opsloop.web.charts import Chart, Point, Series
from opsloop.web.http import PageRequest, read_id, render_page_or_partial
from opsloop.work.queries.neighbours import veil

ROWS = 30


@login_required
@require_GET
def risks(request: PageRequest) -> HttpResponse:
    """Show what is at risk, the gravest first, with what can be done in one click, and the trend of eight weeks."""
    filters = _read(request)
    standing = filters.standing(request.person)
    page = Paginator(standing, ROWS).get_page(request.GET.get("page"))
    weeks = queries.trend(filters.rows(request.person), request.now)
    veil([flag.task for flag in page], request.person)
    rows = [(flag, [one.value for one in remedies(Code(code) for code in flag.marks)][:2]) for flag in page]
    context: dict[str, Any] = {
        "rail_name": "team",
        "tabs": tabs("risks", request.person),
        "filters": filters,
        "page": page,
        "rows": rows,
        "trend": _trend(weeks),
        "scopes": _scopes(request, filters),
        "levels": [(value, label, _address(filters, level=value)) for value, label in Level.choices],
        "codes": [(code.value, MARKS[code][0]) for code in Code],
        "departments": _departments(request),
        "chips": _chips(filters),
        "clear_url": _address(Filters(scope=filters.scope)),
    }
    return render_page_or_partial(request, "progress/risks.html", "risks", context)


def _read(request: PageRequest) -> Filters:
    leads = request.person.may(Permission.PLAN_TEAM)
    scope = request.GET.get("scope", "")
    return Filters(
        scope if scope in ("mine", "all") or (scope == "team" and leads) else "team" if leads else "mine",
        read_id(request.GET.get("department")),
        request.GET.get("level", "") if request.GET.get("level", "") in Level.values else "",
        request.GET.get("code", "") if request.GET.get("code", "") in list(Code) else "",
    )


def _address(filters: Filters, **changes: Any) -> str:
    values = {**vars(filters), **changes}
    return "?" + urlencode({name: value for name, value in values.items() if value})


def _scopes(request: PageRequest, filters: Filters) -> list[tuple[str, str, bool]]:
    labels = [
        ("mine", pgettext("progress", "Mine")),
        ("team", _("My team")),
        ("all", _("All that I may see")),
    ]
    if not request.person.may(Permission.PLAN_TEAM):
        del labels[1]
    return [(label, _address(filters, scope=name), name == filters.scope) for name, label in labels]


def _departments(request: PageRequest) -> list[Department]:
    reach = request.person.reaches.departments(Permission.WORK_VIEW)
    rows = Department.objects.visible_to(request.person).filter(closed_at__isnull=True)
    return list(rows if reach is None else rows.filter(pk__in=reach))


def _chips(filters: Filters) -> list[dict[str, str]]:
    chips = []
    if filters.level:
        text = str(Level(filters.level).label)
        chips.append({"key": _("How grave"), "text": text, "remove_url": _address(filters, level="")})
    if filters.code:
        text = str(MARKS[Code(filters.code)][0])
        chips.append({"key": _("Reason"), "text": text, "remove_url": _address(filters, code="")})
    return chips


def _trend(weeks: list[Week]) -> Chart:
    """Return what stood at the end of each week beside what was opened in it."""
    stood = [Point(f"{week.monday:%m-%d}", week.standing, str(week.standing)) for week in weeks]
    opened = [Point(f"{week.monday:%m-%d}", week.opened, str(week.opened)) for week in weeks]
    return Chart(
        _("How many tasks were at risk at the end of each week, and how many came to it"),
        [Series(_("At its end"), stood), Series(pgettext("risks", "New"), opened)],
        kind="bars", heading=_("Week from"),
    )  # fmt: skip
