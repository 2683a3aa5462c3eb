"""Why tasks are late: counted by cause, team, category and who asked, with the rows behind each number."""

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

from opsloop.organisation.roles import Permission
from opsloop.progress.models import DelayRequest
from opsloop.progress.queries import delays as queries
from opsloop.progress.queries.delays import BY, Filters
from opsloop.progress.queries.rules import cause_names, causes, name_of
from opsloop.progress.views.answers import tabs
from opsloop.records.refusals import Forbidden
from opsloop.web.http import PageRequest, render_page_or_partial
from opsloop.work.export import csv_lines, workbook
from opsloop.work.queries.columns import Column
from opsloop.work.queries.neighbours import veil
from opsloop.work.views.export import KINDS

ROWS = 30
LATE_SHOWN = 20


@login_required
@require_GET
def delays(request: PageRequest) -> HttpResponse:
    """Show the count, the requests behind it, what waits for one's word, and what is late without a request."""
    filters = Filters.read(request.GET, timezone.localtime(request.now).date())
    rows = filters.rows(request.person)
    names = cause_names(causes())
    bars = queries.counted(rows, filters.by, names, _("None"))
    page = Paginator(queries.loaded(rows), ROWS).get_page(request.GET.get("page"))
    late = list(queries.late_unasked(request.person, now=request.now)[: LATE_SHOWN + 1])
    veil(late, request.person)
    context: dict[str, Any] = {
        "rail_name": "team",
        "tabs": tabs("delays", request.person),
        "filters": filters,
        "bars": [(bar, filters.address(**{filters.by: bar.key})) for bar in bars],
        "total": sum(bar.asked for bar in bars),
        "axes": [
            (label, filters.address(by=name), name == filters.by) for name, (_c, _n, label) in BY.items()
        ],
        "page": page,
        "rows": [(one, name_of(one.cause, names), queries.days_asked(one)) for one in page],
        "chips": queries.of_filters(filters, bars, names),
        "clear_url": filters.address(cause="", team="", category="", requester=""),
        "late": late[:LATE_SHOWN],
        "late_more": len(late) > LATE_SHOWN,
        "export_url": f"{reverse('progress:delays_out', args=['xlsx'])}{filters.address()}",
        "may_export": request.person.may(Permission.TABLES_EXPORT),
        "may_set": request.person.may(Permission.SETTINGS_MANAGE),
    }
    return render_page_or_partial(request, "progress/delays.html", "delay-count", context)


@login_required
@require_GET
def export(request: PageRequest, kind: str) -> HttpResponseBase:
    """Send the requests that the filters leave, as a text table or a workbook."""
    if kind not in KINDS:
        raise Http404
    if not request.person.may(Permission.TABLES_EXPORT):
        raise Forbidden(_("Your role does not allow exporting tables."))
    filters = Filters.read(request.GET, timezone.localtime(request.now).date())
    rows = queries.loaded(filters.rows(request.person))
    zone = timezone.get_current_timezone()
    assert isinstance(zone, ZoneInfo)
    names = cause_names(causes())
    cells = _cells(list(rows), names)
    name = f"{_('Delays')}-{timezone.localtime(request.now):%Y%m%d}.{kind}"
    response: HttpResponseBase
    if kind == "csv":
        response = StreamingHttpResponse(csv_lines(_columns(), cells, zone), content_type=KINDS[kind])
    else:
        book = workbook(_columns(), cells, zone, title=_("Delays"))
        response = HttpResponse(book, content_type=KINDS[kind])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _columns() -> list[Column]:
    reason, days = pgettext("delay", "Reason"), pgettext("delay", "Days")
    heads: Sequence[tuple[str, str, str]] = (
        ("number", _("Number"), "text"), ("title", _("Task"), "long"), ("owner", _("Owner"), "text"),
        ("team", _("Department"), "text"), ("category", _("Category"), "text"), ("asked_by", _("Who asked"), "text"),
        ("asked_at", _("Asked"), "moment"), ("cause", _("Cause"), "text"), ("reason", reason, "long"),
        ("remedy", _("Remedy"), "long"), ("help", _("Help wanted"), "long"), ("before", _("Due so far"), "moment"),
        ("wanted", _("New date"), "moment"), ("days", days, "number"), ("state", _("State"), "text"),
        ("decided_by", _("Decided by"), "text"), ("answer", _("Answer"), "long"),
    )  # fmt: skip
    return [Column(name, label, "", kind=kind) for name, label, kind in heads]


def _cells(rows: Sequence[DelayRequest], names: dict[str, str]) -> Iterator[Sequence[Any]]:
    for one in rows:
        task = one.task
        yield (
            task.number, task.title, task.owner.name if task.owner else None,
            task.department.name if task.department else None, task.category.name if task.category else None,
            one.asked_by.name, one.asked_at, name_of(one.cause, names), one.reason, one.remedy or None,
            one.help or None, one.due_before, one.due_wanted, queries.days_asked(one),
            str(one.get_state_display()), one.decided_by.name if one.decided_by else None, one.answer or None,
        )  # fmt: skip
