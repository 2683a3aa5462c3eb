"""The time report: its table, the entries behind each number, and both as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from opsloop.organisation.queries.blocks import zone_of
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden
from opsloop.timekeeping import reports, shares
from opsloop.timekeeping.models import TimeEntry
from opsloop.timekeeping.reports import AXES, STAND_IN, Filters, Report
from opsloop.web.charts import Chart, Point, Series
from opsloop.web.dates import duration
from opsloop.web.http import PageRequest, render_page_or_partial
from opsloop.work.export import csv_lines, workbook
from opsloop.work.queries.columns import Column
from opsloop.work.views.export import KINDS

ROWS, LINES, MOST_OUT = 50, 100, 50_000


def _read(request: PageRequest) -> tuple[Filters, ZoneInfo]:
    zone = zone_of(request.person)
    return Filters.read(request.GET, request.now.astimezone(zone).date()), zone


@login_required
@require_GET
def table(request: PageRequest) -> HttpResponse:
    """Show who or what took how many hours, month by month, with totals; every number leads to its entries."""
    filters, zone = _read(request)
    found = reports.report(request.person, filters, zone)
    page = reverse("timekeeping:report_entries")
    shown = Paginator(found.lines, LINES).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "rail_name": "hours",
        "report": found,
        "filters": filters,
        "axes": [
            (label, filters.address(by=name), name == filters.by) for name, (_column, label) in AXES.items()
        ],
        "axis": AXES[filters.by][1],
        "page": shown,
        "lines": [
            (line, page + filters.narrowed(line.key).address(), _cells(filters, line.key, line.minutes, page))
            for line in shown
        ],
        "sums": _cells(filters, "", found.sums, page),
        "entries_url": page + filters.address(),
        "export_url": reverse("timekeeping:report_out", args=["xlsx"]) + filters.address(),
        "may_export": request.person.may(Permission.TABLES_EXPORT),
        "sees_team": shares.sees_team(request.person),
        "chart": _chart(found, page),
        "chips": _chips(found),
        "clear_url": filters.address(person="", department="", category="", projects=()),
        **reports.choices(request.person),
    }
    return render_page_or_partial(request, "timekeeping/report.html", "report", context)


def _cells(filters: Filters, key: str, minutes: Sequence[int], page: str) -> list[tuple[int, str]]:
    # A year of a hundred people is 1,200 addresses: only their months differ.
    rest = page + (filters.narrowed(key) if key else filters).address_without_months()
    return [
        (value, f"{rest}&since={month.name}&until={month.name}" if value else "")
        for value, month in zip(minutes, filters.months, strict=True)
    ]


def _chart(found: Report, page: str) -> Chart:
    filters = found.filters
    points = [
        Point(month.short, value / 60, duration(value), page + filters.address(first=month, last=month))
        for month, value in zip(filters.months, found.sums, strict=True)
    ]
    return Chart(
        _("Recorded hours"), [Series(_("Recorded hours"), points)], kind="bars", unit="h", heading=_("Month")
    )


def _chips(found: Report) -> list[dict[str, str]]:
    """Return what the report is narrowed to; names are those of its lines where it has any."""
    filters, names = found.filters, {line.key: line.name for line in found.lines}
    chips = []
    for name in ("person", "department", "category"):
        key = getattr(filters, name)
        if key:
            text = names.get(key, key) if filters.by == name else _("one only")
            chips.append(
                {"key": str(AXES[name][1]), "text": text, "remove_url": filters.address(**{name: ""})}
            )
    for key in filters.projects:
        text = names.get(key, key) if filters.by == "project" else _("one only")
        left = tuple(one for one in filters.projects if one != key)
        chips.append(
            {"key": str(AXES["project"][1]), "text": text, "remove_url": filters.address(projects=left)}
        )
    return chips


@login_required
@require_GET
def entries(request: PageRequest) -> HttpResponse:
    """Show the entries behind a number of the report, the newest first."""
    filters, zone = _read(request)
    rows = reports.entries(request.person, filters, zone)
    page = Paginator(reports.loaded(rows), ROWS).get_page(request.GET.get("page"))
    seen = reports.seen_titles(list(page), request.person)
    context = {
        "rail_name": "hours",
        "filters": filters,
        "page": page,
        "rows": [(one, _title(one, seen)) for one in page],
        "seen": seen,
        "export_url": reverse("timekeeping:report_entries_out", args=["xlsx"]) + filters.address(),
        "may_export": request.person.may(Permission.TABLES_EXPORT),
        "crumbs": [(_("Time report"), reverse("timekeeping:report") + filters.address())],
    }
    return render_page_or_partial(request, "timekeeping/report_entries.html", "rows", context)


def _title(one: TimeEntry, seen: frozenset[int]) -> str:
    if one.task is None:
        return ""
    return one.task.title if one.task.pk in seen else str(STAND_IN)


@login_required
@require_GET
def report_out(request: PageRequest, kind: str) -> HttpResponseBase:
    """Send the table of a report as a text table or a workbook."""
    filters, zone = _read(request)
    found = reports.report(request.person, filters, zone)
    heads = [("name", str(AXES[filters.by][1]), "long")]
    heads += [(month.name, month.name, "minutes") for month in filters.months]
    heads.append(("total", _("Total"), "minutes"))
    lines: list[Sequence[Any]] = [(line.name, *line.minutes, line.total) for line in found.lines]
    lines.append((_("Total"), *found.sums, found.total))
    return _out(request, kind, heads, iter(lines), _("Time report"))


@login_required
@require_GET
def entries_out(request: PageRequest, kind: str) -> HttpResponseBase:
    """Send the entries behind a report as a text table or a workbook."""
    filters, zone = _read(request)
    rows = reports.loaded(reports.entries(request.person, filters, zone))[:MOST_OUT]
    heads = [
        ("from", _("From"), "moment"), ("until", pgettext("hours", "To"), "moment"), ("minutes", _("Hours"), "minutes"),
        ("person", _("Person"), "text"), ("task", _("Task"), "long"), ("category", _("Category"), "text"),
        ("note", _("Note"), "long"),
    ]  # fmt: skip
    return _out(request, kind, heads, _entry_cells(list(rows), request), _("Time entries"))


def _entry_cells(rows: Sequence[TimeEntry], request: PageRequest) -> Iterator[Sequence[Any]]:
    seen: set[int] = set()
    for start in range(0, len(rows), 500):
        seen |= reports.seen_titles(rows[start : start + 500], request.person)
    known = frozenset(seen)
    for one in rows:
        yield (
            one.started_at, one.ended_at, one.minutes, one.person.name, _title(one, known) or None,
            one.kind.name if one.kind else None, one.note or None,
        )  # fmt: skip


def _out(
    request: PageRequest,
    kind: str,
    heads: Sequence[tuple[str, str, str]],
    rows: Iterator[Sequence[Any]],
    title: str,
) -> HttpResponseBase:
    if kind not in KINDS:
        raise Http404
    if not request.person.may(Permission.TABLES_EXPORT):
        raise Forbidden(_("Your role does not allow exporting tables."))
    columns, zone = (
        [Column(name, label, "", kind=sort) for name, label, sort in heads],
        zone_of(request.person),
    )
    name = f"{title}-{timezone.localtime(request.now):%Y%m%d}.{kind}"
    response: HttpResponseBase
    if kind == "csv":
        response = StreamingHttpResponse(csv_lines(columns, rows, zone), content_type=KINDS[kind])
    else:
        response = HttpResponse(workbook(columns, rows, zone, title=title), content_type=KINDS[kind])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
