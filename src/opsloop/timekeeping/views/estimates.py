"""Advice where somebody estimates, and the reserve that one's plans are made with."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from opsloop.engines.forecasting import Advice, Basis, Features, Forecast
from opsloop.timekeeping import estimates, forecast_words
from opsloop.timekeeping.forecasts import Question, forecasts
from opsloop.web.http import PageRequest, read_id
from opsloop.work.forms.fields import EstimateField
from opsloop.work.models import Task

LONGEST_TITLE = 200
# So many like tasks are asked about; an address has its limits.
MOST_LIKES = 100
BASIS_WORDS: dict[Basis, Promise] = {
    Basis.SAME: _("the same work"),
    Basis.TITLE: _("a like title"),
    Basis.CATEGORY: _("the same category"),
    Basis.PROJECT: _("the same project"),
    Basis.OWNER: _("the same owner"),
}


@login_required
@require_POST
def advice(request: PageRequest) -> HttpResponse:
    """Advise on the estimate of what stands in a form (`title`, `category`, `project`, `owner`). Writes nothing."""
    features = Features(
        title=request.POST.get("title", "").replace("\0", "").strip()[:LONGEST_TITLE],
        category=read_id(request.POST.get("category")),
        project=read_id(request.POST.get("project")),
        owner=read_id(request.POST.get("owner")) or request.person.pk,
    )
    estimate = _typed(request.POST.get("estimate_minutes", ""))
    shared = {"team": read_id(request.POST.get("department")), "requester": features.owner}
    return _advised(request, features, read_id(request.POST.get("task")), estimate, shared)


@login_required
@require_GET
def task_advice(request: PageRequest, pk: int) -> HttpResponse:
    """Advise on the estimate of a task."""
    task = get_object_or_404(Task.objects.visible_to(request.person), pk=pk)
    features = Features(task.title, task.category_id, task.project_id, task.owner_id)
    shared = {"team": task.department_id, "requester": task.owner_id}
    return _advised(request, features, pk, task.estimate_minutes, shared)


def _advised(
    request: PageRequest,
    features: Features,
    task: int | None,
    estimate: int | None,
    shared: Mapping[str, int | None],
) -> HttpResponse:
    """Show what like tasks took, and the range for the estimate: the one given, or else that of the like tasks."""
    found = None
    if features.title:
        found = estimates.advice(features, by=request.person, at=request.now, besides=task)
    asked = estimate or (found.likely if found else None)
    said = None
    if asked:
        (said,), _correlation = forecasts(
            [Question(features.owner, features.category, asked)], at=request.now
        )
    context = {
        "advice": found,
        "estimate": asked,
        "delays_query": _delays_query(found, features, shared),
        "forecast": _shown(said) if said else None,
        "why": forecast_words.reasons(said, own=features.owner == request.person.pk) if said else [],
        "basis": [BASIS_WORDS[basis] for basis in found.basis] if found else [],
        "likes": [(like.done, [BASIS_WORDS[basis] for basis in like.shares]) for like in found.likes]
        if found
        else [],
    }
    return render(request, "timekeeping/advice.html", context)


def _delays_query(found: Advice | None, features: Features, shared: Mapping[str, int | None]) -> str:
    """Return what the page asks a package above: how late the like tasks were, and others of this kind."""
    likes = ",".join(map(str, found.ids[:MOST_LIKES])) if found else ""
    values = {"like": likes, "category": features.category, **shared}
    return urlencode({name: value for name, value in values.items() if value})


def _typed(text: str) -> int | None:
    """Return the minutes of an estimate that is being typed; what is not understood (yet) is none."""
    try:
        return EstimateField(required=False).clean(text)
    except ValidationError:
        return None


def _shown(said: Forecast) -> dict[str, int | bool]:
    """Return the quantiles as people say them: whole minutes, from an hour on in steps of five."""
    shown: dict[str, int | bool] = {
        name: _round(value)
        for name, value in (("p10", said.p10), ("p50", said.p50), ("p80", said.p80), ("p90", said.p90))
    }
    return {**shown, "reserve": said.reserve, "is_thin": said.is_thin}


def _round(minutes: float) -> int:
    step = 5 if minutes >= 60 else 1
    return max(1, round(minutes / step) * step)


@login_required
@require_GET
def reserve(request: PageRequest) -> HttpResponse:
    """Say which reserve one's week is planned with, and why."""
    found = estimates.reserve_of(request.person, at=request.now)
    context = {"reserve": found, "is_chosen": request.person.reserve_percent is not None}
    return render(request, "timekeeping/reserve.html", context)
