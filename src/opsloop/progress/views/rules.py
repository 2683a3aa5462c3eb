"""What the organisation expects of progress, and why tasks are late in its words."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.progress import permissions
from opsloop.progress.actions import rules as actions
from opsloop.progress.forms import RulesForm
from opsloop.progress.queries.rules import causes
from opsloop.progress.queries.rules import rules as current
from opsloop.web.http import PageRequest, saved
from opsloop.web.versions import read_version


@login_required
@require_http_methods(["GET", "POST"])
@once
def rules(request: PageRequest) -> HttpResponse:
    """Show the rules and the causes (GET), or change the rules (POST)."""
    permissions.check_can_set_rules(request.person)
    found = current()
    form = RulesForm(request.POST if request.method == "POST" else None, rules=found)
    if request.method == "POST" and form.is_valid():
        actions.change(
            values=form.cleaned_data, by=request.person, at=request.now, version=read_version(request)
        )
        return saved(request, reverse("progress:rules"), _("The rules were saved."))
    context = {"rail_name": "manage", "form": form, "rules": found, "causes": causes()}
    return render(request, "progress/rules.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@once
def cause(request: PageRequest) -> HttpResponse:
    """Rename a cause, offer it or not, or add one (`code` empty)."""
    permissions.check_can_set_rules(request.person)
    actions.name_cause(
        code=request.POST.get("code", "")[:20].replace("\0", ""),
        name=request.POST.get("name", "").replace("\0", ""),
        is_active=request.POST.get("is_active", "") == "on",
        by=request.person,
        at=request.now,
        version=read_version(request),
    )
    if request.headers.get("HX-Request") != "true":
        return redirect("progress:rules")
    return saved(request, reverse("progress:rules"), _("The cause was saved."))
