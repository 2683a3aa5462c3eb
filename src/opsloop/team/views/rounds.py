"""The morning round: the parts of a lead's morning on one page, and the run that remembers how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from opsloop.activity.submissions import once
from opsloop.planning.weeks import week_name
from opsloop.records.refusals import Refused
from opsloop.rituals.actions import runs
from opsloop.rituals.actions.runs import Which
from opsloop.rituals.models import RitualRun
from opsloop.rituals.queries.days import day_of
from opsloop.team.permissions import check_can_lead
from opsloop.web.http import PageRequest, add_toast, hx_redirect, is_fragment, render_page_or_partial

# The parts of the page by the ids of their sections, in the order of the morning.
STEPS: Mapping[str, Promise] = {
    "rows": gettext_lazy("Who stands where"),
    "blocked": gettext_lazy("Clear the way"),
    "plan": gettext_lazy("Even out the day"),
    "unassigned": gettext_lazy("Give out tasks"),
    "approvals": gettext_lazy("Accept results"),
    "delays": gettext_lazy("Decide about dates"),
    "arrangements": gettext_lazy("Send the day"),
}


def round_of(request: PageRequest) -> Which:
    """Return which run today's round of the person is, begun or not."""
    return Which(request.person, RitualRun.Kind.TEAM, day_of(request.person, request.now).on)


@login_required
@require_GET
def morning(request: PageRequest) -> HttpResponse:
    """Show what is to be done about the day, in order, on one page that is filled part by part."""
    check_can_lead(request.person)
    return _show(request)


def _show(request: PageRequest) -> HttpResponse:
    which = round_of(request)
    run = RitualRun.objects.filter(person=which.person, kind=which.kind, on=which.on).first()
    names = list(STEPS)
    at = names.index(run.step) if run and run.step in names else 0
    day = timezone.localtime(request.now).date()
    context: dict[str, Any] = {
        "rail_name": "team",
        "day": day,
        "week": week_name(day),
        "steps": [
            {"name": name, "label": STEPS[name], "is_current": n == at, "is_past": n < at}
            for n, name in enumerate(names)
        ],
        "step": names[at],
        "past": " ".join(names[:at]),
        "all_steps": " ".join(names),
        "next_step": names[at + 1] if at + 1 < len(names) else "",
        "first_step": names[0],
        "ended": run if run and not run.is_open else None,
    }
    return render_page_or_partial(request, "team/morning.html", "round-steps", context)


@login_required
@require_POST
def step(request: PageRequest) -> HttpResponse:
    """Stand at a part (`step`), forwards or back; what lies before it is done and out of the way."""
    check_can_lead(request.person)
    wanted = request.POST.get("step", "")
    if wanted not in STEPS:
        raise Refused(_("There is no such step. Reload the page."))
    runs.go_to(which=round_of(request), step=wanted, at=request.now)
    if is_fragment(request):
        return _show(request)
    return HttpResponseRedirect(f"{reverse('team:morning')}#{wanted}", status=303)


@login_required
@require_POST
@once
def completion(request: PageRequest) -> HttpResponse:
    """End the round of today."""
    check_can_lead(request.person)
    undo = runs.finish(which=round_of(request), at=request.now)
    return _on(request, _("The morning round is done."), undo.pk)


@login_required
@require_POST
def skip(request: PageRequest) -> HttpResponse:
    """Leave the round out today."""
    check_can_lead(request.person)
    undo = runs.skip(which=round_of(request), at=request.now)
    return _on(request, _("Left out for this time."), undo.pk)


def _on(request: PageRequest, text: str, undo: int) -> HttpResponse:
    response = hx_redirect(request, reverse("team:today"))
    if request.headers.get("HX-Request") == "true":
        add_toast(response, text, undo_url=reverse("activity:undo", args=[undo]))
    return response
