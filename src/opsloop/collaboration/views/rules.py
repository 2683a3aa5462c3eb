"""What the organisation has agreed on about requests between departments."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opsloop.activity.submissions import once
from opsloop.collaboration import permissions
from opsloop.collaboration.actions import rules as actions
from opsloop.collaboration.forms.requests import RulesForm
from opsloop.collaboration.ruling import in_words
from opsloop.collaboration.ruling import rules as current
from opsloop.records.refusals import StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, saved
from opsloop.web.versions import read_version


@login_required
@require_http_methods(["GET", "POST"])
@once
def rules(request: PageRequest) -> HttpResponse:
    """Show the rules (GET), or change them (POST)."""
    permissions.check_can_set_rules(request.person)
    found = current()
    form = RulesForm(request.POST if request.method == "POST" else None, rules=found)
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid():
            try:
                actions.change(values=form.cleaned_data, by=request.person, at=request.now, version=seen)
            except StaleVersion as stale:
                return versions.conflict(request, stale, theirs=RulesForm(rules=stale.record))
            return saved(request, reverse("collaboration:rules"), _("The rules were saved."))
    context = {
        "rail_name": "manage",
        "crumbs": [(_("Administration"), reverse("organisation:manage"))],
        "form": form,
        "rules": found,
        "words": in_words(found),
    }
    return render(request, "collaboration/rules.html", context, status=422 if form.errors else 200)
