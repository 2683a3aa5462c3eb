"""Checking in: where a key result stands now, how sure one is, and why."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opsloop.activity.submissions import once
from opsloop.goals import actions, forms, permissions
from opsloop.goals.models import KeyResult
from opsloop.goals.queries import goals as queries
from opsloop.goals.views.answers import changed_by, find, topics, undo_url
from opsloop.records.refusals import StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, saved


@login_required
@require_http_methods(["GET", "POST"])
@once
def check_in(request: PageRequest, pk: int, result: int) -> HttpResponse:
    """Enter where a key result stands now, with confidence and a note."""
    found = find(request, pk)
    permissions.check_can_edit(found, request.person)
    row = get_object_or_404(KeyResult.objects.select_related("goal"), pk=result, goal=found)
    form = forms.CheckInForm(request.POST or None, result=row)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                undo = actions.measure(
                    result=row, by=request.person, at=request.now, version=seen, **form.cleaned_data
                )
            except StaleVersion as stale:
                theirs = forms.CheckInForm(result=stale.record)
                return versions.conflict(request, stale, theirs=theirs, **changed_by(found))
            text = _("“%(name)s” now stands at %(value)s.") % {"name": row.name, "value": row.current_text}
            to = reverse("goals:goal", args=[pk])
            return saved(request, to, text, topics=topics(pk), undo_url=undo_url(undo))
    context = {
        "form": form, "goal": found, "result": row, "rail_name": "goals",
        "measured": queries.measured(row, now=request.now),
    }  # fmt: skip
    return render(request, "goals/check_in.html", context, status=422 if form.errors else 200)
