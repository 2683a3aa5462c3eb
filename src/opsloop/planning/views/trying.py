"""What would be if, and why something stands where it stands: looked at, tried out, and carried out on request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opsloop.activity.submissions import once
from opsloop.engines.scheduling import Code
from opsloop.organisation.models import Person
from opsloop.planning import recent
from opsloop.planning.actions.trying import carry_out
from opsloop.planning.explanation import Explanation, explain
from opsloop.planning.forms.trying import WhatIfForm, task_choices
from opsloop.planning.permissions import can_plan, check_can_plan
from opsloop.planning.proposals import Week
from opsloop.planning.queries.changes import why_out
from opsloop.planning.queries.effects import effect
from opsloop.planning.queries.veil import Veil
from opsloop.planning.recent import Read
from opsloop.planning.remedies import Remedy, remedies
from opsloop.planning.views.finding import planned_person, preview_url, undo_url, week_start, week_url
from opsloop.planning.weeks import week_name
from opsloop.planning.whatif import Changes, try_out
from opsloop.records.refusals import Refused
from opsloop.timekeeping.forecasts import Question, forecasts
from opsloop.web.dates import duration
from opsloop.web.http import PageRequest, hx_redirect
from opsloop.web.versions import read_version
from opsloop.work.models import Task

NAMES = ("minutes", "day", "task", "due", "owner", "estimate", "until", "parts")
# What the choice of parts means.
IN_ONE_GO = {"whole": True, "parts": False}


@login_required
@require_GET
def own_what_if(request: PageRequest) -> HttpResponse:
    """Go to the what-if of one's own current week."""
    today = request.now.astimezone(ZoneInfo(request.person.time_zone)).date()
    return redirect("planning:what_if", person_pk=request.person.pk, week=week_name(today))


@login_required
@require_http_methods(["GET", "POST"])
@once
def what_if(request: PageRequest, week: str, person_pk: int) -> HttpResponse:
    """Try changes of a week (GET, all in the query), or carry them out and open the proposal for them (POST)."""
    person = planned_person(request, person_pk)
    check_can_plan(person, request.person)
    read = recent.read(person, week_start(week), at=request.now)
    form = _form(request, read)
    if request.method == "POST":
        return _carry_out(request, read, form)
    here = reverse("planning:what_if", args=[person.pk, week])
    context: dict[str, Any] = {
        "rail_name": "plan",
        "planned_person": person,
        "is_own": person.pk == request.person.pk,
        "week": week,
        "here": here,
        "week_url": week_url(request.person, person, week),
        "form": form,
        "ask": request.GET.get("ask", ""),
        "opening": {name for name in NAMES if request.GET.get(name)} | {request.GET.get("ask", "")},
        **_effect(request, read, form),
    }
    return render(request, "planning/what_if.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def what_if_effect(request: PageRequest, week: str, person_pk: int) -> HttpResponse:
    """Show what the changes in the query would do; the page of the what-if asks for it with every change."""
    person = planned_person(request, person_pk)
    check_can_plan(person, request.person)
    read = recent.read(person, week_start(week), at=request.now)
    form = _form(request, read)
    context = {"here": reverse("planning:what_if", args=[person.pk, week]), **_effect(request, read, form)}
    return render(request, "planning/what_if_effect.html", context)


def _form(request: PageRequest, read: Read) -> WhatIfForm:
    week = read.week
    asked = request.POST if request.method == "POST" else request.GET
    is_bound = any(asked.get(name) for name in NAMES)
    return WhatIfForm(
        asked if is_bound else None,
        days=working_days(week),
        tasks=task_choices(_own_tasks(week, request.person)),
        people=_takers(request, week.person),
        today=week.now.date(),
    )


def working_days(week: Week) -> list[date]:
    """Return the days of a week ahead on which its person works."""
    days = {block.start.date() for block in week.worker.blocks if block.kind.workable}
    return sorted(day for day in days if day >= week.now.date())


def _own_tasks(week: Week, by: Person) -> Sequence[Task]:
    """Return the tasks of a week that `by` may see."""
    if week.person.pk == by.pk:
        return week.tasks
    seen = set(
        Task.objects.visible_to(by).filter(pk__in=[one.pk for one in week.tasks]).values_list("pk", flat=True)
    )
    return [task for task in week.tasks if task.pk in seen]


def _takers(request: PageRequest, person: Person) -> QuerySet[Person]:
    """Return whom work could be given to: the people of the same department and those one plans."""
    people = Person.objects.visible_to(request.person).active().exclude(pk=person.pk)
    near = people.filter(department_id=person.department_id) if person.department_id else people
    found: QuerySet[Person] = near.order_by("name")
    return found


def _changes(form: WhatIfForm, week: Week) -> Changes:
    values = form.cleaned_data
    task = next((one for one in week.tasks if one.pk == values["task"]), None)
    return Changes(
        day=values["day"] if values["minutes"] else None,
        minutes=values["minutes"] or 0,
        task=task,
        due=values["due"],
        owner=values["owner"],
        estimate=values["estimate"],
        until=values["until"],
        in_one_go=IN_ONE_GO.get(values["parts"]),
    )


def _effect(request: PageRequest, read: Read, form: WhatIfForm) -> dict[str, Any]:
    """Return what the effect of a form is shown with; nothing of it while the form is empty or cannot be read."""
    nothing: dict[str, Any] = {
        "form": form,
        "effect": None,
        "other": None,
        "changes": None,
        "sent": (),
        "hidden": None,
        "task": None,
        "late": (),
    }
    if not form.is_bound or not form.is_valid():
        return nothing
    changes = _changes(form, read.week)
    if changes.is_empty:
        return nothing
    result = try_out(read, changes, by=request.person, at=request.now)
    own = effect(result.own, request.person)
    return {
        **nothing,
        "effect": own,
        "other": effect(result.other, request.person) if result.other else None,
        "hidden": changes.owner if changes.owner and not result.other else None,
        "changes": _said(changes),
        "sent": [(name, request.GET[name]) for name in NAMES if request.GET.get(name)],
        "task": changes.task,
        "late": own.late,
    }


def _said(changes: Changes) -> list[str]:
    """Say what would be otherwise, a sentence for each thing."""
    said = []
    if changes.day is not None and changes.adds_time:
        said.append(
            _("%(time)s more working time on %(day)s.")
            % {"time": duration(changes.minutes), "day": f"{changes.day:%m-%d}"}
        )
    if changes.task is None:
        return said
    words: dict[str, Any] = {"title": changes.task.title}
    if changes.due:
        said.append(_("“%(title)s” is due %(due)s.") % {**words, "due": f"{changes.due:%m-%d %H:%M}"})
    if changes.owner:
        said.append(_("“%(title)s” belongs to %(name)s.") % {**words, "name": changes.owner.name})
    if changes.estimate:
        said.append(_("“%(title)s” takes %(time)s.") % {**words, "time": duration(changes.estimate)})
    if changes.in_one_go is not None:
        text = (
            _("“%(title)s” is done in one go.")
            if changes.in_one_go
            else _("“%(title)s” may be cut into parts.")
        )
        said.append(text % words)
    if changes.until:
        said.append(_("“%(title)s” waits until %(day)s.") % {**words, "day": f"{changes.until:%m-%d}"})
    return said


def _carry_out(request: PageRequest, read: Read, form: WhatIfForm) -> HttpResponse:
    if not form.is_bound or not form.is_valid():
        errors = list(form.errors.items()) if form.is_bound else []
        field, said = (
            errors[0] if errors else ("minutes", [_("Change something first, then it can be carried out.")])
        )
        raise Refused(str(said[0]), field=field)
    changes = _changes(form, read.week)
    version = read_version(request) if changes.changes_task else 0
    done = carry_out(read=read, changes=changes, by=request.person, at=request.now, version=version)
    text = _("Done. This is the plan for it; the week has not changed yet.")
    messages.success(request, text, extra_tags=f"undo:{undo_url(done.undo)}")
    return hx_redirect(request, preview_url(request.person, done.proposal))


@login_required
@require_GET
def reasons(request: PageRequest, week: str, person_pk: int, task_pk: int) -> HttpResponse:
    """Say why a task stands where it does in a week, or why it finds no place; what was weighed, what would help."""
    person = planned_person(request, person_pk)
    read = recent.read(person, week_start(week), at=request.now)
    task = get_object_or_404(Task.objects.visible_to(request.person), pk=task_pk)
    planned = next((one for one in read.week.tasks if one.pk == task_pk), None)
    if planned is None and task.owner_id != person.pk and task_pk not in read.week.movable:
        raise Http404
    found = _veiled(explain(read, planned), read.week, request.person) if planned else None
    plans = can_plan(person, request.person)
    is_part = request.GET.get("part") == "1"
    context = {
        "rail_name": "plan",
        "found": found,
        "why_out": "" if planned else why_out(task),
        "task": task,
        "planned_person": person,
        "week": week,
        "remedies": _helps(read.week, found) if plans and found else [],
        "what_if_url": reverse("planning:what_if", args=[person.pk, week]),
        "week_url": week_url(request.person, person, week),
        "forecast": _forecast(task, request.now),
        "has_pins": plans and not is_part,
    }
    return render(request, "planning/parts/reasons.html" if is_part else "planning/reasons.html", context)


def _veiled(found: Explanation, week: Week, by: Person) -> Explanation:
    """Return an explanation without the names of tasks that `by` may not see. One query for another's week."""
    if week.person.pk == by.pk:
        return found
    veil = Veil([*week.tasks, *(row.task for row in week.standing)], by)
    weighed = [replace(one, text=veil.hide(one.text)) for one in found.weighed]
    return replace(found, reasons=[veil.hide(one) for one in found.reasons], weighed=weighed)


def _helps(week: Week, found: Explanation) -> list[Remedy]:
    if not found.late and found.state != "refused":
        return []
    return remedies(
        found.task,
        lacks=found.lacks,
        late=found.late,
        due=found.task.due_at,
        days=working_days(week),
        now=week.now,
        cut=Code.NO_STRETCH in found.codes,
    )


def _forecast(task: Task, at: datetime) -> dict[str, int] | None:
    """Return what such tasks take, in minutes; None without an estimate."""
    if not task.estimate_minutes:
        return None
    (said,), _correlation = forecasts(
        [Question(task.owner_id, task.category_id, task.estimate_minutes)], at=at
    )
    step = 5
    return {
        name: max(step, round(getattr(said, name) / step) * step) for name in ("p10", "p50", "p80", "p90")
    }
