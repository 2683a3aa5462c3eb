"""The hours of a task: a panel that the task page loads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.models import Undo
from opsloop.activity.submissions import once
from opsloop.engines import trap
from opsloop.records.refusals import Refused
from opsloop.timekeeping import shares
from opsloop.timekeeping.actions import entries as actions
from opsloop.timekeeping.forms import TimeForm
from opsloop.timekeeping.models import TimeEntry
from opsloop.timekeeping.queries import minutes_by_task
from opsloop.web.http import PageRequest, add_toast, saved, target_id
from opsloop.work.models import Task
from opsloop.work.permissions import can_edit
from opsloop.work.priorities import QUADRANT_NAMES

SHOWN = 20
# The stacked bars: how long the whole is, how high a bar and its row are, in the units of the drawing.
BAR, HEIGHT, STEP = 400, 14, 22


@login_required
@require_http_methods(["GET", "POST"])
@once
def task_hours(request: PageRequest, task_pk: int) -> HttpResponse:
    """Show who worked on a task and how long (GET), or record one's own hours (POST)."""
    task = get_object_or_404(Task.objects.visible_to(request.person), pk=task_pk)
    form = TimeForm(request.POST if request.method == "POST" else None, initial=_suggestion(request))
    if request.method == "POST" and form.is_valid() and (undo := _record(request, task, form)):
        panel = _panel(request, task, TimeForm(initial=_suggestion(request)))
        return add_toast(panel, _("Hours recorded."), undo_url=reverse("activity:undo", args=[undo.pk]))
    return _panel(request, task, form, status=422 if form.errors else 200)


@login_required
@require_POST
def removal(request: PageRequest, pk: int) -> HttpResponse:
    """Remove an entry of one's own."""
    entry = get_object_or_404(TimeEntry.objects.visible_to(request.person).select_related("task"), pk=pk)
    task = entry.task
    undo = actions.remove(entry=entry, by=request.person, at=request.now).undo
    undo_url = reverse("activity:undo", args=[undo.pk]) if undo else ""
    if task is None or target_id(request) != "task-hours":
        return saved(
            request,
            reverse("timekeeping:day"),
            _("Hours removed."),
            topics=topics(request),
            undo_url=undo_url,
        )
    panel = _panel(request, task, TimeForm(initial=_suggestion(request)))
    return add_toast(panel, _("Hours removed."), undo_url=undo_url)


def topics(request: PageRequest) -> tuple[str, ...]:
    """Return what shows the hours of who asks."""
    return (f"hours:{request.person.pk}",)


def _suggestion(request: PageRequest) -> dict[str, object]:
    """Suggest the hour that just ended."""
    return {"started_at": request.now.replace(second=0, microsecond=0) - timedelta(hours=1), "minutes": 60}


def _record(request: PageRequest, task: Task, form: TimeForm) -> Undo | None:
    try:
        return actions.record_time(task=task, by=request.person, at=request.now, **form.cleaned_data).undo
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.reason)
        return None


def _panel(request: PageRequest, task: Task, form: TimeForm, *, status: int = 200) -> HttpResponse:
    rows = TimeEntry.objects.visible_to(request.person).filter(task=task).select_related("person")
    context = {
        "task": task,
        "entries": rows.order_by("-started_at")[:SHOWN],
        "total": minutes_by_task([task.pk]).get(task.pk, 0),
        "form": form,
        "can_record": can_edit(task, request.person),
    }
    return render(request, "timekeeping/task_hours.html", context, status=status)


@login_required
@require_GET
def quadrant_shares(request: PageRequest) -> HttpResponse:
    """Show how the recorded time falls on the quadrants, mine or my team's, with the sign of the urgent trap."""
    sees_team = shares.sees_team(request.person)
    scope = "team" if request.GET.get("scope") == "team" and sees_team else "mine"
    found = shares.shares(request.person, scope, at=request.now)
    bars = [_bar(place, week.minutes) for place, week in enumerate(found.weeks)]
    context = {
        "rail_name": "tasks",
        "scope": scope,
        "sees_team": sees_team,
        "found": found,
        "rows": list(zip(found.weeks, bars, strict=True)),
        "height": STEP * len(bars),
        "width": BAR,
        "quadrants": _compared(found.trap),
        "rise": round(trap.RISE * 100),
        "floor": round(trap.FLOOR * 100),
        "enough": trap.ENOUGH,
        "urgent_up": trap.Sign.URGENT_UP in found.trap.signs,
        "important_low": trap.Sign.IMPORTANT_LOW in found.trap.signs,
    }
    return render(request, "timekeeping/quadrant_shares.html", context)


def _bar(place: int, minutes: dict[int, int]) -> dict[str, Any]:
    """Return the pieces of one stacked bar in the units of the drawing, one a quadrant that has any time."""
    of_week = trap.shares(minutes) or {}
    pieces, x = [], 0.0
    for quadrant, share in of_week.items():
        width = share * BAR
        if width:
            pieces.append({"quadrant": quadrant, "x": f"{x:.1f}", "width": f"{width:.1f}"})
        x += width
    return {"y": place * STEP, "height": HEIGHT, "pieces": pieces, "shares": of_week}


def _compared(found: trap.Trap) -> list[dict[str, Any]]:
    """Return for each quadrant its share this week and in the mean before, in percent."""
    rows = []
    for quadrant in trap.QUADRANTS:
        now = round(found.now[quadrant] * 100) if found.now else None
        before = round(found.before[quadrant] * 100) if found.before else None
        by = now - before if now is not None and before is not None else None
        rows.append(
            {"number": quadrant, "name": QUADRANT_NAMES[quadrant], "now": now, "before": before, "by": by}
        )
    return rows
