"""Who could take a task over, and handing it to them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opsloop.activity.submissions import once
from opsloop.organisation.models import Person
from opsloop.planning.candidates import candidates as proposed_owners
from opsloop.planning.permissions import can_plan
from opsloop.planning.weeks import week_name
from opsloop.records.refusals import Refused
from opsloop.web.http import PageRequest, read_id, saved
from opsloop.web.versions import read_version
from opsloop.work.actions.tasks import change
from opsloop.work.models import Task
from opsloop.work.permissions import check_can_assign, check_can_edit, why_not
from opsloop.work.queries import tasks


@login_required
@require_http_methods(["GET", "POST"])
@once
def candidates(request: PageRequest, pk: int) -> HttpResponse:
    """Show who could take a task over (GET), or hand it to somebody (POST `owner`)."""
    if request.method == "POST":
        return _hand_over(request, get_object_or_404(tasks.editable(request.person), pk=pk))
    task = _delegated(request, pk)
    reason = why_not(check_can_hand_over, task, request.person)
    return render(
        request, "planning/candidates.html", {"rail_name": "tasks", "task": task, "why_not": reason}
    )


@login_required
@require_GET
def candidate_ranking(request: PageRequest, pk: int) -> HttpResponse:
    """Show those who could take a task over, ranked; the page of candidates loads it."""
    task = _delegated(request, pk)
    context = {
        "task": task,
        "try_url": _try_url(request, task),
        "only_try": "try" in request.GET,
        "found": proposed_owners(task, request.person, at=request.now),
        "why_not": why_not(check_can_hand_over, task, request.person),
    }
    return render(request, "planning/candidate_ranking.html", context)


def _try_url(request: PageRequest, task: Task) -> str:
    """Return where it can be tried what giving the task away would do; "" if one does not plan its owner's week."""
    if task.owner is None or not can_plan(task.owner, request.person):
        return ""
    today = request.now.astimezone(ZoneInfo(task.owner.time_zone)).date()
    address = reverse("planning:what_if", args=[task.owner.pk, week_name(today)])
    return f"{address}?task={task.pk}"


def _delegated(request: PageRequest, pk: int) -> Task:
    rows = tasks.visible(request.person).select_related("owner", "category", "department", "project")
    return get_object_or_404(rows.prefetch_related("tags"), pk=pk)


def check_can_hand_over(task: Task, by: Person) -> None:
    """Raise Refused unless `by` may give the task to somebody else."""
    check_can_edit(task, by)
    check_can_assign(task, None, by)


def _hand_over(request: PageRequest, task: Task) -> HttpResponse:
    seen = read_version(request)
    people = Person.objects.visible_to(request.person).active()
    owner = people.filter(pk=read_id(request.POST.get("owner"))).first()
    if owner is None:
        raise Refused(_("Choose somebody of the list."), field="owner")
    undo = change(task=task, values={"owner": owner}, by=request.person, at=request.now, version=seen)
    text = _("“%(title)s” belongs to %(name)s now.") % {"title": task.title, "name": owner.name}
    named = ["tasks", f"task:{task.pk}"]
    undo_url = reverse("activity:undo", args=[undo.pk]) if undo else ""
    return saved(request, reverse("work:task", args=[task.pk]), text, topics=named, undo_url=undo_url)
