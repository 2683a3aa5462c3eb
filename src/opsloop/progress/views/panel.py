"""What the page of a task shows of its progress, its risk, its delay and what holds it up: a part it loads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from opsloop.activity.registry import origin_columns, origins_of
from opsloop.organisation.models import Person
from opsloop.progress import permissions, words
from opsloop.progress.models import Blocker, DelayRequest, ProgressUpdate, RiskFlag
from opsloop.progress.queries import updates
from opsloop.progress.queries.rules import rules
from opsloop.web.http import PageRequest
from opsloop.work.models import Task
from opsloop.work.permissions import can_edit
from opsloop.work.queries.lists import helped_by

# Lines of the panel; the drawer has all.
SHOWN = 5
# Days of a cross-department task whose daily sync is shown.
SYNC_DAYS = 5


@login_required
@require_GET
def panel(request: PageRequest, pk: int) -> HttpResponse:
    """Show risk, delay, blockers and the last lines of a task."""
    standing = RiskFlag.objects.open().filter(task=OuterRef("pk")).order_by()
    rows = Task.objects.visible_to(request.person).alive().select_related("owner", "project")
    rows = rows.annotate(helps=helped_by(request.person), signs=Subquery(standing.values("signs")[:1]))
    rows = rows.annotate(**origin_columns(request.person))
    task = get_object_or_404(rows, pk=pk)
    today = timezone.localtime(request.now).date()
    told = list(ProgressUpdate.objects.filter(task=task).select_related("person")[:40])
    delay = DelayRequest.objects.filter(task=task).select_related("asked_by", "decider", "decided_by").first()
    may_edit = can_edit(task, request.person, helps=task.helps) and task.is_open
    signs = _signs(task) if task.is_open else []
    context = {
        "task": task,
        "signs": signs,
        "mark": words.mark([one["code"] for one in signs]) if signs else None,
        "delay": delay if delay and delay.state != DelayRequest.State.WITHDRAWN else None,
        "is_late_unasked": task.is_overdue(request.now) and not (delay and delay.is_undecided),
        "blockers": _blockers(task) if task.is_open else [],
        "origins": origins_of(task),
        "told": told[:SHOWN],
        "more": len(told) > SHOWN,
        "sync": _sync(task, told, today) if task.is_open else [],
        "today": today,
        "may_tell": may_edit,
        "may_ask": may_edit and task.due_at is not None and not (delay and delay.is_undecided),
    }
    return render(request, "progress/panel.html", context)


def _signs(task: Any) -> list[dict[str, Any]]:
    signs: list[dict[str, Any]] = task.signs or []
    return signs


def _blockers(task: Task) -> list[Blocker]:
    return list(Blocker.objects.open().filter(task=task).select_related("owner", "person", "made"))


def _sync(task: Task, told: Sequence[ProgressUpdate], today: date) -> list[dict[str, Any]]:
    """Return, for a task of several departments, who told what in the last days; [] for all others. One query."""
    helpers = list(task.collaborators.filter(is_active=True))
    people: list[Person] = [*([task.owner] if task.owner else []), *helpers]
    people += [one.person for one in told if one.person not in people]
    everybody = list({one.pk: one for one in people}.values())
    if len({one.department_id for one in everybody}) < 2:
        return []
    since = today - timedelta(days=SYNC_DAYS - 1)
    latest: dict[int, ProgressUpdate] = {}
    for line in told:
        if line.day >= since:
            latest.setdefault(line.person_id, line)
    return [
        {
            "person": one,
            "line": latest.get(one.pk),
            "is_today": one.pk in latest and latest[one.pk].day == today,
        }
        for one in everybody
    ]


@login_required
@require_GET
def risk(request: PageRequest, pk: int) -> HttpResponse:
    """Show why a task is at risk, what would help, and who decides."""
    rows = Task.objects.visible_to(request.person).alive()
    task = get_object_or_404(rows.select_related("owner__department", "project__owner", "department"), pk=pk)
    flag = RiskFlag.objects.open().filter(task=task).first()
    signs = flag.signs if flag else []
    before = next((one["task"] for one in signs if one["code"] == "waits"), 0)
    waits = Task.objects.visible_to(request.person).alive().filter(pk=before).first() if before else None
    days = rules().warn_days
    codes = [one["code"] for one in signs]
    decider = permissions.decider_of(task, task.owner or request.person)
    context = {
        "rail_name": "tasks",
        "task": task,
        "flag": flag,
        "reasons": [
            (words.mark([one["code"]]), words.sentence(one, days=days, before=waits.title if waits else ""))
            for one in signs
        ],
        "helps": words.helps(codes),
        "waits": waits,
        "decider": decider.person,
        "decider_role": words.ROLES[decider.role],
        "may_edit": can_edit(task, request.person) and task.is_open,
        "told": updates.of_task(task)[:SHOWN],
        "back": reverse("work:task", args=[pk]),
    }
    return render(request, "progress/risk.html", context)
