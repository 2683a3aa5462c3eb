"""What the views of notices share: finding one, naming its parts, answering with a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from opsloop.notices.models import Notice
from opsloop.organisation.models import Department
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden
from opsloop.web.http import PageRequest
from opsloop.work.export import csv_lines, workbook
from opsloop.work.queries.columns import Column
from opsloop.work.views.export import KINDS


def find(request: PageRequest, pk: int) -> Notice:
    """Return a notice that the person may see; 404 otherwise."""
    rows = Notice.objects.visible_to(request.person).select_related("author", "department", "ended_by")
    found: Notice = get_object_or_404(rows, pk=pk)
    return found


def open_departments() -> list[Department]:
    """Return the departments there are, in the order of the tree. One query."""
    return list(Department.objects.filter(closed_at__isnull=True))


def zone_here() -> ZoneInfo:
    """Return the zone of who asks."""
    zone = timezone.get_current_timezone()
    assert isinstance(zone, ZoneInfo)
    return zone


def as_file(
    request: PageRequest, kind: str, name: str, columns: Sequence[Column], cells: Iterable[Sequence[Any]]
) -> HttpResponseBase:
    """Answer with a table as text or workbook; no cell of it is ever a formula."""
    if kind not in KINDS:
        raise Http404
    if not request.person.may(Permission.TABLES_EXPORT):
        raise Forbidden(_("Your role does not allow exporting tables."))
    response: HttpResponseBase
    if kind == "csv":
        response = StreamingHttpResponse(csv_lines(columns, cells, zone_here()), content_type=KINDS[kind])
    else:
        book = workbook(columns, cells, zone_here(), title=name)
        response = HttpResponse(book, content_type=KINDS[kind])
    full = f"{name}-{timezone.localtime(request.now):%Y%m%d}.{kind}"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(full)}"
    return response
