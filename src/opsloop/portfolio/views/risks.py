"""The risk register of a project."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opsloop.activity.submissions import once
from opsloop.portfolio import permissions
from opsloop.portfolio.actions import risks as actions
from opsloop.portfolio.forms.risks import RiskForm
from opsloop.portfolio.models import Risk
from opsloop.portfolio.queries import page
from opsloop.portfolio.views.answers import (
    add_view,
    edit_view,
    find_project,
    find_record,
    home,
    require_module,
)
from opsloop.web.http import PageRequest, render_page_or_partial

# A new risk is looked at again after this many days.
REVIEW_DAYS = 7


@login_required
@require_GET
def register(request: PageRequest, pk: int) -> HttpResponse:
    """Show all risks of a project, in the matrix and in a table."""
    require_module("risks")
    project = find_project(request, pk)
    found = page.risks(project)
    context = {
        "rail_name": "projects",
        "project": project,
        "crumbs": [(project.name, home(project.pk))],
        "risks": found,
        "matrix": page.matrix(found),
        "scale": page.SCALE,
        "today": timezone.localtime(request.now).date(),
        "may_contribute": permissions.can_contribute(project, request.person),
    }
    return render_page_or_partial(request, "portfolio/risks.html", "risk-body", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def new_risk(request: PageRequest, pk: int) -> HttpResponse:
    """Put a risk into the register."""
    require_module("risks")
    project = find_project(request, pk)
    words = {
        "title": _("New risk"), "button": _("Record the risk"),
        "added": _("The risk “%(title)s” was recorded."),
    }  # fmt: skip
    review = timezone.localtime(request.now).date() + timedelta(days=REVIEW_DAYS)
    initial = {"owner": request.person.pk, "review_on": review}
    return add_view(
        request, project=project, form_class=RiskForm, initial=initial, verb=actions.add, words=words, vague=True
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
@once
def risk(request: PageRequest, pk: int) -> HttpResponse:
    """Change a risk."""
    require_module("risks")
    found = find_record(request, Risk, pk)
    words = {"title": _("Risk"), "button": _("Save"), "saved": _("The risk “%(title)s” was saved.")}
    verb = partial(actions.change, risk=found)
    return edit_view(request, record=found, form_class=RiskForm, verb=verb, words=words, vague=True)
