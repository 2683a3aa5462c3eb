"""The lists of notices, the table of confirmations, and what waits on Today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opsloop.notices import permissions
from opsloop.notices.models import Importance
from opsloop.notices.queries import confirmations, deadlines
from opsloop.notices.queries import notices as queries
from opsloop.notices.queries.confirmations import Filters
from opsloop.notices.views.finding import as_file, zone_here
from opsloop.organisation.roles import Permission
from opsloop.web.http import PageRequest, is_fragment, render_page_or_partial

PER_PAGE, PER_TABLE = 30, 15
# Notices that the strip of Today names; a person who has more opens the list.
ON_TODAY = 3
# A file of more notices than this would take minutes and hundreds of megabytes.
MOST_IN_FILE = 500


@login_required
@require_GET
def notices(request: PageRequest) -> HttpResponse:
    """Show a list of notices: `box` is what waits to be confirmed, received, sent, drafts, or all one oversees."""
    sees_all = request.person.may(Permission.NOTICE_VIEW)
    may_send = permissions.may_send(request.person)
    numbers = queries.box_counts(request.person)
    boxes = {"confirm", "mine", *(["sent", "drafts"] if may_send else []), *(["all"] if sees_all else [])}
    box = request.GET.get("box", "")
    if box not in boxes:
        box = "confirm" if numbers.get("confirm") else "mine"
    wanted = request.GET.get("q", "").replace("\0", "")[:100]
    page = Paginator(queries.listed(request.person, box, wanted), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rail_name": "notices",
        "box": box,
        "q": wanted,
        "page": page,
        "lines": queries.lines(request.person, list(page.object_list), counts=box in {"sent", "all"}),
        "tabs": [
            {
                "label": label,
                "url": f"{reverse('notices:notices')}?box={name}",
                "current": name == box,
                "count": numbers.get(name) or None,
            }
            for name, label in queries.BOXES.items()
            if name in boxes
        ],
        "may_send": may_send,
        "sees_all": sees_all,
    }
    return render_page_or_partial(request, "notices/notices.html", "rows", context)


@login_required
@require_GET
def strip(request: PageRequest) -> HttpResponse:
    """Show, on Today, what calls to be confirmed and what is due today or tomorrow; nothing where nothing is."""
    if not is_fragment(request):
        return redirect("notices:notices")
    person = request.person
    waiting = queries.to_confirm(person, ON_TODAY)
    loud = [one for one in waiting if one.notice.importance != Importance.NORMAL]
    total = queries.open_receipts(person).count() if waiting else 0
    midnight = timezone.localtime(request.now).replace(hour=0, minute=0, second=0, microsecond=0)
    dates = deadlines.due(person, midnight, midnight + timedelta(days=2))
    context = {
        "receipts": loud,
        "more": total - len(loud),
        "dates": dates[:ON_TODAY],
        "more_dates": max(0, len(dates) - ON_TODAY),
        "may_make": person.may(Permission.WORK_CREATE),
    }
    return render(request, "notices/strip.html", context)


@login_required
@require_GET
def table(request: PageRequest) -> HttpResponse:
    """Show the table of confirmations: a row for each notice that the person oversees."""
    filters = Filters.read(request.GET, timezone.localtime(request.now).date())
    rows = filters.rows(request.person, zone_here())
    page = Paginator(rows, PER_TABLE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "rail_name": "notices",
        "crumbs": [(_("Notices"), reverse("notices:notices"))],
        "filters": filters,
        "page": page,
        "rows": confirmations.table(list(page.object_list)),
        "columns": confirmations.table_columns(),
        "asked": request.GET.urlencode(),
        "may_export": request.person.may(Permission.TABLES_EXPORT),
    }
    return render_page_or_partial(request, "notices/table.html", "rows", context)


@login_required
@require_GET
def table_out(request: PageRequest, kind: str) -> HttpResponseBase:
    """Send the table of confirmations as a text table or a workbook, everybody spelled out."""
    filters = Filters.read(request.GET, timezone.localtime(request.now).date())
    rows = list(filters.rows(request.person, zone_here())[:MOST_IN_FILE])
    cells = confirmations.table_cells(rows)
    return as_file(request, kind, _("Confirmations of notices"), confirmations.table_columns(), cells)
