"""The tasks of a view as a file: exactly what is filtered, in the columns and the order of the list."""

from __future__ import annotations

from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden
from opsloop.web.http import PageRequest
from opsloop.work.export import csv_lines, workbook
from opsloop.work.queries import export as queries
from opsloop.work.queries.columns import chosen
from opsloop.work.queries.lists import ListState

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@login_required
@require_GET
def export(request: PageRequest, kind: str) -> HttpResponseBase:
    """Send the tasks of a view as a CSV that streams, or as a workbook."""
    if kind not in KINDS:
        raise Http404
    if not request.person.may(Permission.TABLES_EXPORT):
        raise Forbidden(_("Your role does not allow exporting tables."))
    state = ListState.read(request.GET)
    columns = chosen(state.cols, request.person)
    zone = timezone.get_current_timezone()
    assert isinstance(zone, ZoneInfo)
    rows = queries.rows(request.person, state, columns, now=request.now)
    name = f"{_('Tasks')}-{timezone.localtime(request.now):%Y%m%d}.{kind}"
    response: HttpResponseBase
    if kind == "csv":
        response = StreamingHttpResponse(csv_lines(columns, rows, zone), content_type=KINDS[kind])
    else:
        response = HttpResponse(workbook(columns, rows, zone, title=_("Tasks")), content_type=KINDS[kind])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
