"""Telling progress: all of one's day on a page, one task in the drawer, the strip on Today."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from opsloop.activity.submissions import once
from opsloop.organisation.queries import working_calendar
from opsloop.progress import permissions
from opsloop.progress.actions import telling
from opsloop.progress.actions.telling import Word
from opsloop.progress.forms import STEPS, LineForm, TellForm
from opsloop.progress.models import Nudge, ProgressUpdate
from opsloop.progress.queries import updates as queries
from opsloop.progress.queries.rules import rules
from opsloop.progress.queries.updates import Line
from opsloop.progress.views.answers import editable, tabs, topics, undo_url
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web.http import PageRequest, render_page_or_partial, saved
from opsloop.work.models import Task
from opsloop.work.queries.neighbours import veil


def today_of(request: PageRequest) -> date:
    """Return the day it is for who asks."""
    return timezone.localtime(request.now).date()


@login_required
@require_http_methods(["GET", "POST"])
@once
def mine(request: PageRequest) -> HttpResponse:
    """Show the tasks in hand with a line each (GET), or keep all lines together (POST)."""
    lines = queries.lines_of(request.person, today_of(request))
    veil([line.task for line in lines], request.person)
    rows = [(line, _form(request, line)) for line in lines]
    if request.method == "POST" and rows and _all_valid(rows):
        answer = _keep_all(request, rows)
        if answer is not None:
            return answer
    is_refused = any(form.errors for _line, form in rows)
    found = rules()
    context = {
        "rail_name": "today",
        "tabs": tabs("mine", request.person),
        "rows": rows,
        "told": sum(line.update is not None for line in lines),
        "due_by": found.due_by,
        "day": today_of(request),
        "is_workday": working_calendar({today_of(request).year}).is_workday(today_of(request)),
    }
    return render_page_or_partial(
        request, "progress/mine.html", "lines", context, status=422 if is_refused else 200
    )


def _all_valid(rows: list[tuple[Line, LineForm]]) -> bool:
    """Whether nothing is wrong in any line; each is asked, so that all that is wrong is shown at once."""
    return not [form for _line, form in rows if not form.is_valid()]


def _form(request: PageRequest, line: Line) -> LineForm:
    told = line.update
    initial = {
        "percent": line.percent, "said": told.said if told else "", "problem": told.problem if told else "",
        "seen": told.version if told else 0,
    }  # fmt: skip
    data = request.POST if request.method == "POST" else None
    return LineForm(data, initial=initial, prefix=f"t{line.task.pk}")


def _keep_all(request: PageRequest, rows: list[tuple[Line, LineForm]]) -> HttpResponse | None:
    """Keep the lines that say something new and those not told yet; None if one is refused."""
    wanted = [(line, form) for line, form in rows if line.update is None or form.has_changed()]
    words = [_word(line.task, form.cleaned_data) for line, form in wanted]
    try:
        count, undo = telling.tell_many(words=words, day=today_of(request), by=request.person, at=request.now)
    except StaleVersion as stale:
        sentence = _("This line was written in another window meanwhile. Reload the page.")
        _refuse(rows, getattr(stale.record, "task_id", 0), sentence)
        return None
    except Refused as refused:
        _refuse(rows, 0, refused.reason)
        return None
    text = ngettext("Progress of %(n)s task told.", "Progress of %(n)s tasks told.", count) % {"n": count}
    return saved(request, reverse("desk:today"), text, topics=["tasks", "progress"], undo_url=undo_url(undo))


def _refuse(rows: list[tuple[Line, LineForm]], pk: int, reason: str) -> None:
    form = next((form for line, form in rows if line.task.pk == pk), rows[0][1])
    form.add_error(None, reason)


def _word(task: Task, values: dict[str, Any]) -> Word:
    return Word(task, values["percent"], values["said"], values["problem"], values["seen"])


@login_required
@require_http_methods(["GET", "POST"])
@once
def tell(request: PageRequest, pk: int) -> HttpResponse:
    """Tell how one task goes; a step pressed (`quick`) is the percentage, and keeps it at once."""
    task = editable(request, pk)
    permissions.check_can_tell(task, request.person)
    day = today_of(request)
    told = ProgressUpdate.objects.filter(task=task, person=request.person, day=day).first()
    form = TellForm(_sent(request), by=request.person, initial=_initial(task, told))
    if request.method == "POST" and form.is_valid():
        try:
            done = telling.tell(
                word=_word(task, form.cleaned_data), day=day, by=request.person, at=request.now,
                clearer=form.cleaned_data["clearer"],
            )  # fmt: skip
        except StaleVersion:
            form.add_error(None, _("This line was written in another window meanwhile. Reload the page."))
        except Refused as refused:
            form.refuse(refused)
        else:
            text = _("Progress of “%(title)s” told: %(n)s %%.") % {
                "title": task.title,
                "n": done.update.percent,
            }
            return saved(
                request, reverse("work:task", args=[pk]), text, topics=[*topics(task), "progress"],
                undo_url=undo_url(done.undo),
            )  # fmt: skip
    context = {
        "rail_name": "tasks",
        "task": task,
        "form": form,
        "steps": STEPS,
        "history": queries.of_task(task),
        "follows_actions": task.actions.alive().exists(),
    }
    return render(request, "progress/tell.html", context, status=422 if form.errors else 200)


def _sent(request: PageRequest) -> Any:
    if request.method != "POST":
        return None
    data = request.POST.copy()
    step = request.POST.get("quick")
    if step:
        data["percent"] = step
    return data


def _initial(task: Task, told: ProgressUpdate | None) -> dict[str, Any]:
    if told is None:
        return {"percent": task.progress, "seen": 0}
    return {"percent": told.percent, "said": told.said, "problem": told.problem, "seen": told.version}


@login_required
@require_GET
def strip(request: PageRequest) -> HttpResponse:
    """Say on Today how many tasks are not told yet, and by when; nothing on a day off or on leave."""
    day, found = today_of(request), rules()
    due = queries.due_moment(request.person, day, found)
    away = queries.leave_around([request.person], day).get(request.person.pk, ())
    is_asked = working_calendar({day.year}).is_workday(day) and not any(
        start <= due < end for start, end in away
    )
    lines = queries.lines_of(request.person, day) if is_asked else []
    context = {
        "asked": len(lines),
        "left": sum(line.update is None for line in lines),
        "due_by": found.due_by,
        "is_late": request.now >= due,
    }
    return render(request, "progress/strip.html", context)


@login_required
@require_GET
def nudge(request: PageRequest, pk: int) -> HttpResponse:
    """Lead from the reminder in the inbox to the lines of the day."""
    get_object_or_404(Nudge.objects.visible_to(request.person), pk=pk)
    return redirect("progress:mine")
