"""The figures of every pair of departments, the rows behind each, and the table of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opsloop.collaboration.queries import figures as queries
from opsloop.collaboration.queries.figures import NUMBERS, Look
from opsloop.collaboration.ruling import in_words, rules
from opsloop.collaboration.views.frame import section_tabs
from opsloop.notices.views.finding import zone_here
from opsloop.organisation.models import Department
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden
from opsloop.web.http import PageRequest, read_id
from opsloop.work.export import csv_lines, workbook
from opsloop.work.views.export import KINDS

# Rows behind a number that are shown; the number itself counts all.
MOST_ROWS = 200


def _look(request: PageRequest) -> Look:
    return Look.read(request.GET, timezone.localtime(request.now).date(), zone_here())


def _span(look: Look) -> str:
    return f"since={look.since.isoformat()}&until={look.until.isoformat()}"


@login_required
@require_GET
def figures(request: PageRequest) -> HttpResponse:
    """Show the figures of every pair, as far as one may see the requests."""
    look = _look(request)
    found = queries.matrix(request.person, look, at=request.now)
    context = {
        "rail_name": "collaboration",
        "tabs": section_tabs(request, "figures"),
        "look": look,
        "span": _span(look),
        "matrix": found,
        "pairs": found.pairs,
        "numbers": NUMBERS,
        "rules": in_words(rules())[:2],
        "may_export": request.person.may(Permission.TABLES_EXPORT),
    }
    return render(request, "collaboration/figures.html", context)


@login_required
@require_GET
def rows(request: PageRequest, code: str) -> HttpResponse:
    """Show the requests behind a number: of a pair (`asking`, `doing`), of one side, or of all."""
    if code not in NUMBERS:
        raise Http404
    look = _look(request)
    asking, doing = read_id(request.GET.get("asking")), read_id(request.GET.get("doing"))
    found = queries.behind(request.person, look, code, asking=asking, doing=doing, at=request.now)
    named = {one.pk: one.name for one in Department.objects.filter(pk__in=[asking or 0, doing or 0])}
    back = f"{reverse('collaboration:figures')}?{_span(look)}"
    context: dict[str, Any] = {
        "rail_name": "collaboration",
        "crumbs": [(_("Between departments"), back)],
        "title": str(NUMBERS[code]),
        "code": code,
        "look": look,
        "asking": named.get(asking or 0, ""),
        "doing": named.get(doing or 0, ""),
        "rows": found[:MOST_ROWS],
        "total": len(found),
        "good": sum(one.is_good for one in found),
        "has_sides": code in {"answered", "delivered", "returned"},
    }
    return render(request, "collaboration/figure_rows.html", context)


@login_required
@require_GET
def figures_out(request: PageRequest, kind: str) -> HttpResponseBase:
    """Hand the figures of all pairs out as a table."""
    if kind not in KINDS:
        raise Http404
    if not request.person.may(Permission.TABLES_EXPORT):
        raise Forbidden(_("Your role does not allow exporting tables."))
    found = queries.matrix(request.person, _look(request), at=request.now)
    cells, columns, name = queries.cells(found.pairs), queries.columns(), _("Between departments")
    response: HttpResponseBase
    if kind == "csv":
        response = StreamingHttpResponse(csv_lines(columns, cells, zone_here()), content_type=KINDS[kind])
    else:
        book = workbook(columns, cells, zone_here(), title=name, for_print=True)
        response = HttpResponse(book, content_type=KINDS[kind])
    full = f"{name}-{timezone.localtime(request.now):%Y%m%d}.{kind}"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(full)}"
    return response
