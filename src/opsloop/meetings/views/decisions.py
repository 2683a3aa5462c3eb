"""The register of decisions: found, filtered, handed out as a table, replaced by later ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opsloop.activity.submissions import once
from opsloop.meetings import holding_permissions as permissions
from opsloop.meetings.actions import register as actions
from opsloop.meetings.holding_forms import ReplaceForm
from opsloop.meetings.models import Decision, Meeting
from opsloop.meetings.queries import decisions as queries
from opsloop.meetings.queries.decisions import Filters
from opsloop.meetings.views.finding import crumbs
from opsloop.notices.views.finding import as_file, open_departments
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, read_id, render_page_or_partial, saved
from opsloop.web.versions import read_version

PER_PAGE = 50


def _filters(request: PageRequest) -> Filters:
    sent = request.GET
    return Filters(
        q=sent.get("q", "").strip()[:80],
        department=read_id(sent.get("department")),
        meeting=read_id(sent.get("meeting")),
        since=_day(sent.get("since")),
        until=_day(sent.get("until")),
        holds=sent.get("show") == "holds",
    )


def _day(text: str | None) -> date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None


@login_required
@require_GET
def decisions(request: PageRequest) -> HttpResponse:
    """Show the register of decisions."""
    wanted = _filters(request)
    page = Paginator(queries.register(request.person, wanted), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rail_name": "meetings",
        "crumbs": crumbs(),
        "page": page,
        "wanted": wanted,
        "departments": open_departments(),
        "chips": _chips(request, wanted),
        "query": request.GET.urlencode(),
        "may_export": request.person.may(Permission.TABLES_EXPORT),
    }
    return render_page_or_partial(request, "meetings/decisions.html", "rows", context)


def _chips(request: PageRequest, wanted: Filters) -> list[dict[str, Any]]:
    """Return what the register is narrowed to beside what the toolbar shows, each to be taken away."""
    if wanted.meeting is None:
        return []
    meeting = Meeting.objects.visible_to(request.person).filter(pk=wanted.meeting).first()
    rest = request.GET.copy()
    rest.pop("meeting", None)
    label = str(meeting) if meeting else _("One meeting")
    return [{"key": _("Meeting"), "text": label, "remove_url": f"?{rest.urlencode()}"}]


@login_required
@require_GET
def decisions_out(request: PageRequest, kind: str) -> HttpResponseBase:
    """Send the register, filtered as the page is, as a text table or a workbook."""
    rows = queries.register(request.person, _filters(request))
    return as_file(request, kind, str(_("Decisions")), queries.columns(), queries.cells(rows.iterator(500)))


@login_required
@require_http_methods(["GET", "POST"])
@once
def replacement(request: PageRequest, pk: int) -> HttpResponse:
    """Say which later decision takes the place of one, or that it holds again."""
    rows = Decision.objects.visible_to(request.person).exclude(number="")
    found = get_object_or_404(rows.select_related("meeting"), pk=pk)
    permissions.check_can_replace(found, found.meeting, request.person)
    form = ReplaceForm(request.POST if request.method == "POST" else None, decision=found, by=request.person)
    if request.method == "POST" and form.is_valid():
        try:
            actions.replace(
                decision=found, **form.cleaned_data, by=request.person, at=request.now, version=read_version(request)
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        except StaleVersion as stale:
            return versions.conflict(
                request, stale, theirs=ReplaceForm(decision=stale.record, by=request.person)
            )
        else:
            return saved(request, reverse("meetings:decisions"), _("Saved."), topics=["decisions"])
    context = {
        "rail_name": "meetings",
        "item": None,
        "record": found,
        "form": form,
        "title": _("Replace the decision"),
    }
    return render(request, "meetings/item_form.html", context, status=422 if form.errors else 200)
