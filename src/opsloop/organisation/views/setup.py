"""The first-run page."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opsloop.organisation.actions import organisation as actions
from opsloop.organisation.forms.setup import PRESETS, SetUpForm
from opsloop.organisation.middleware import is_set_up
from opsloop.organisation.models import Person
from opsloop.organisation.modes import MODES
from opsloop.organisation.queries.calendar import year_page
from opsloop.organisation.roles import Role
from opsloop.organisation.strips import strip_of_rules
from opsloop.organisation.views.answers import attempt
from opsloop.records.refusals import Refused
from opsloop.web.http import PageRequest


@require_http_methods(["GET", "POST"])
def set_up(request: PageRequest) -> HttpResponse:
    """Set the organisation up, once; then the first administrator is logged in."""
    if is_set_up():
        return _already(request)
    form = SetUpForm(request.POST or None, initial=_initial())
    if request.method == "POST" and form.is_valid():
        person = attempt(form, lambda: _run(request, form))
        if person:
            messages.success(request, _("Everything is ready. Invite your people next."))
            people = reverse("organisation:people")
            answer: HttpResponse = perform_login(
                request, person, email_verification="none", redirect_url=people
            )
            return answer
        if is_set_up():
            return _already(request)
    return render(
        request, "organisation/set_up.html", _context(request, form), status=422 if form.errors else 200
    )


@require_POST
def sample(request: PageRequest) -> HttpResponse:
    """Load the sample department instead, where the command line offers it."""
    load = sample_loader()
    if load is None:
        raise Refused(_("The sample department is not available here."))
    if is_set_up():
        return _already(request)
    load()
    # The administrator can also remove the sample again.
    admin = Person.objects.filter(role_assignments__role=Role.ADMIN).order_by("pk").first()
    if admin is None:
        return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)
    text = _("The sample department is loaded. You are logged in as %(name)s.") % {"name": admin.name}
    messages.success(request, text)
    answer: HttpResponse = perform_login(request, admin, email_verification="none")
    return answer


def sample_loader() -> Any:
    """Return the function that loads the sample department, named in the one table; None without it."""
    return getattr(import_module(settings.OPSLOOP_REACTIONS), "LOAD_SAMPLE", None)


def _run(request: PageRequest, form: SetUpForm) -> Any:
    return actions.set_up(
        at=request.now,
        values=form.values,
        outline=form.cleaned_data["departments"],
        rules=form.rules,
        admin=form.admin,
    )


def _already(request: PageRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        messages.info(request, _("This installation has been set up already. Please log in."))
    return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)


def _initial() -> dict[str, Any]:
    departments = _("Operations\n    Content\n    Users\n    Channels\n    Data")
    return {
        "language": get_language() or settings.LANGUAGE_CODE,
        "time_zone": settings.TIME_ZONE,
        "departments": departments,
    }


def _context(request: PageRequest, form: SetUpForm) -> dict[str, Any]:
    today = request.now.date()
    return {
        "form": form,
        "modes": MODES,
        "years": [year_page(today.year), year_page((today + timedelta(days=365)).year)],
        "presets": [
            {"key": key, "label": label, "strip": strip_of_rules(rules)}
            for key, (label, rules) in PRESETS.items()
        ],
        "has_sample": sample_loader() is not None,
    }
