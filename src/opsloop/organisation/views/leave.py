"""Leave: one's own and that of people one leads."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.organisation import permissions
from opsloop.organisation.actions import leave as actions
from opsloop.organisation.forms.worktime import LeaveForm
from opsloop.organisation.models import Leave
from opsloop.organisation.queries.blocks import zone_of
from opsloop.organisation.queries.people import led_people
from opsloop.organisation.spans import leave_words
from opsloop.organisation.views.answers import attempt, conflict
from opsloop.records.refusals import StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, read_id, saved

PAGE = 50


@login_required
@require_GET
def leave_list(request: PageRequest) -> HttpResponse:
    """Coming leave first; past leave on its own tab."""
    by = request.person
    past = request.GET.get("past") == "1"
    rows = Leave.objects.visible_to(by).select_related("person", "person__department")
    coming = rows.filter(ends_at__gt=request.now).order_by("starts_at", "pk")
    shown = rows.filter(ends_at__lte=request.now).order_by("-starts_at", "-pk") if past else coming
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    mine = set(led_people(by).values_list("pk", flat=True))
    context = {
        "rail_name": "leave",
        "page": page,
        "rows": [
            {"leave": row, "words": leave_words(row, zone_of(row.person)), "may_edit": row.person_id in mine}
            for row in page
        ],
        "tabs": [
            {"label": _("Now and coming"), "url": "?", "current": not past, "count": None},
            {"label": _("Past"), "url": "?past=1", "current": past, "count": None},
        ],
        "past": past,
    }
    return render(request, "organisation/leave.html", context)


def _list_url() -> str:
    return reverse("organisation:leave")


@login_required
@require_http_methods(["GET", "POST"])
@once
def new_leave(request: PageRequest) -> HttpResponse:
    """Enter leave."""
    form = LeaveForm(request.POST or None, by=request.person, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        if attempt(
            form, lambda: actions.enter(person=person, **form.values, by=request.person, at=request.now)
        ):
            return saved(request, _list_url(), _("The leave was entered."), topics=["leaves"])
    context = {"rail_name": "leave", "form": form}
    return render(request, "organisation/leave_new.html", context, status=422 if form.errors else 200)


def _initial(request: PageRequest) -> dict[str, Any]:
    today = request.now.astimezone(zone_of(request.person)).date()
    person = read_id(request.GET.get("person")) or request.person.pk
    return {"person": person, "first_day": today, "last_day": today}


@login_required
@require_http_methods(["GET", "POST"])
@once
def leave(request: PageRequest, pk: int) -> HttpResponse:
    """Change leave."""
    by = request.person
    row = get_object_or_404(Leave.objects.visible_to(by).select_related("person"), pk=pk)
    permissions.check_can_enter_leave(row.person, by)
    form = LeaveForm(request.POST or None, by=by, leave=row)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                done = attempt(
                    form,
                    lambda: actions.change(
                        leave=row, values=form.values, by=by, at=request.now, version=seen
                    ),
                )
            except StaleVersion as stale:
                theirs = LeaveForm(by=by, leave=stale.record)
                return conflict(request, stale, theirs=theirs, subject_kind="leave")
            if done:
                return saved(request, _list_url(), _("Saved."), topics=["leaves"])
    context = {"rail_name": "leave", "form": form, "leave": row}
    return render(request, "organisation/leave_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@once
def leave_cancellation(request: PageRequest, pk: int) -> HttpResponse:
    """Take leave back."""
    row = get_object_or_404(Leave.objects.visible_to(request.person).select_related("person"), pk=pk)
    actions.cancel(leave=row, by=request.person, at=request.now, version=versions.read_version(request))
    return saved(request, _list_url(), _("The leave was cancelled."), topics=["leaves"])
