"""The timer in the top bar of every page, and what it asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.engines import hours
from opsloop.organisation.queries.blocks import blocks_for, zone_of
from opsloop.records.refusals import Refused
from opsloop.timekeeping.actions import timer as actions
from opsloop.timekeeping.actions.entries import LONGEST_MINUTES
from opsloop.timekeeping.actions.timer import Stopped, Unanswered
from opsloop.timekeeping.models import Timer
from opsloop.timekeeping.queries import recent_tasks
from opsloop.web import versions
from opsloop.web.dates import duration
from opsloop.web.http import (
    PageRequest,
    add_toast,
    close_dialog,
    read_id,
    refresh,
    render_page_or_partial,
    safe_next,
)
from opsloop.work.models import Task

# After so long without a key or a move of the mouse it is asked whether somebody was working.
IDLE_MINUTES = 15
LONGEST_IDLE = 2 * 24 * 60 * 60


@login_required
@require_http_methods(["GET", "POST"])
def timer(request: PageRequest) -> HttpResponse:
    """Show the running timer (GET), or start one on a task or a note (POST); what ran before is recorded."""
    if request.method == "GET":
        return _fragment(request)
    task_id = read_id(request.POST.get("task"))
    task = None
    if request.POST.get("task"):
        task = get_object_or_404(Task.objects.visible_to(request.person).alive(), pk=task_id or 0)
    note = request.POST.get("note", "").replace("\0", "").strip()[:200]
    try:
        started, stopped = actions.start(by=request.person, at=request.now, task=task, note=note)
    except Unanswered as unanswered:
        return _asked(request, unanswered)
    name = started.name
    text = _("The timer runs: %(name)s.") % {"name": name} if name else _("The timer runs.")
    if stopped is None:
        return _answer(request, text)
    return _answer(request, f"{told(stopped)} {text}", undo_url=_undo_url(stopped))


@login_required
@require_POST
def stop(request: PageRequest) -> HttpResponse:
    """Stop the timer and record it; `ended_at` says when one really stopped, `sure` that one worked on."""
    try:
        ended_at = moment(request, "ended_at")
        stopped = actions.stop(
            by=request.person, at=request.now, timer_id=read_id(request.POST.get("timer")), ended_at=ended_at,
            sure=request.POST.get("sure") == "yes",
        )  # fmt: skip
    except Unanswered as unanswered:
        return _asked(request, unanswered)
    if stopped is None:
        return _answer(request, _("This timer has been stopped already."))
    return _answer(request, told(stopped), undo_url=_undo_url(stopped))


@login_required
@require_POST
def removal(request: PageRequest) -> HttpResponse:
    """Throw the timer away; nothing is recorded."""
    gone = actions.discard(by=request.person, at=request.now, timer_id=read_id(request.POST.get("timer")))
    text = _("Timer discarded. Nothing was recorded.") if gone else _("This timer has been stopped already.")
    return _answer(request, text)


@login_required
@require_POST
def correction(request: PageRequest) -> HttpResponse:
    """Correct when the timer began."""
    seen = versions.read_version(request)
    started_at = moment(request, "started_at")
    if started_at is None:
        raise Refused(_("Choose a start within the last 16 hours."), field="started_at")
    corrected = actions.correct(by=request.person, at=request.now, version=seen, started_at=started_at)
    return _answer(request, _("Start corrected.") if corrected else _("This timer has been stopped already."))


@login_required
@require_http_methods(["GET", "POST"])
def idle(request: PageRequest) -> HttpResponse:
    """Ask about time without any input (GET), or do what was answered (POST): keep, cut, or cut and go on."""
    if request.method == "GET":
        return _ask_about_idleness(request)
    choice, since = request.POST.get("choice"), moment(request, "since")
    if choice not in {"cut", "go_on"} or since is None:
        return close_dialog(_answer(request, _("The time stays as it is.")))
    seen = read_id(request.POST.get("timer"))
    _running, stopped = actions.cut(
        by=request.person, at=request.now, timer_id=seen, since=since, go_on=choice == "go_on"
    )
    if stopped is None:
        return close_dialog(_answer(request, _("This timer has been stopped already.")))
    return close_dialog(_answer(request, told(stopped), undo_url=_undo_url(stopped)))


def _ask_about_idleness(request: PageRequest) -> HttpResponse:
    """Show the question. The browser says how long ago it saw somebody; from here on the server's clock counts."""
    running = actions.running(request.person)
    away = timedelta(seconds=min(read_id(request.GET.get("seconds")) or 0, LONGEST_IDLE))
    since = max(request.now - away, running.started_at) if running else request.now
    minutes = hours.length(since, request.now)
    # A timer started elsewhere in the meantime has not been idle for long.
    asked = running if minutes >= IDLE_MINUTES else None
    context = {"timer": asked, "since": since, "minutes": minutes}
    return render(request, "timekeeping/idle.html", context)


@login_required
@require_GET
def choices(request: PageRequest) -> HttpResponse:
    """Show what one may start the timer on with one click: what is in progress and was worked on lately."""
    context = {
        "tasks": recent_tasks(request.person, at=request.now),
        "running": actions.running(request.person),
    }
    return render(request, "timekeeping/timer_choices.html", context)


def told(stopped: Stopped) -> str:
    """Return in one sentence what became of a stopped timer."""
    if stopped.change is None:
        if stopped.was_trimmed:
            return _("Nothing was recorded: all of this time is recorded already.")
        return _("Nothing was recorded: the timer ran for less than a minute.")
    values = {"time": duration(stopped.change.minutes), "name": stopped.name or _("no task")}
    if stopped.was_trimmed:
        return _("%(time)s recorded on %(name)s; what was recorded already is left out.") % values
    return _("%(time)s recorded on %(name)s.") % values


def _undo_url(stopped: Stopped) -> str:
    undo = stopped.change.undo if stopped.change else None
    return reverse("activity:undo", args=[undo.pk]) if undo else ""


def moment(request: PageRequest, name: str) -> datetime | None:
    """Return the local moment that a field holds; None when it is empty.

    Raises:
        Refused: it is no moment.
    """
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        found = parse_datetime(text)
        if found is None:
            raise ValueError(text)
        if timezone.is_naive(found):
            found = hours.at_clock(found.date(), found.time(), zone_of(request.person))
    except (ValueError, OverflowError, hours.BadHoursError):
        raise Refused(_("Write the time like 2026-11-27 17:30."), field=name) from None
    return found


def _answer(request: PageRequest, text: str, *, undo_url: str = "") -> HttpResponse:
    if request.headers.get("HX-Request") != "true":
        return HttpResponseRedirect(safe_next(request, reverse("timekeeping:timer")), status=303)
    response = add_toast(_fragment(request), text, undo_url=undo_url)
    return refresh(response, f"hours:{request.person.pk}")


def _asked(request: PageRequest, unanswered: Unanswered) -> HttpResponse:
    """Answer with the question that comes before."""
    return _fragment(request, is_asking=True, error=unanswered.reason, status=422)


def _fragment(
    request: PageRequest, *, is_asking: bool = False, error: str = "", status: int = 200
) -> HttpResponse:
    running = actions.running(request.person)
    context: dict[str, Any] = {"rail_name": "hours", "timer": running, "error": error, "is_asking": is_asking}
    context |= _facts(request, running) if running else {"question": None}
    return render_page_or_partial(request, "timekeeping/timer.html", "timer", context, status=status)


def _facts(request: PageRequest, running: Timer) -> dict[str, Any]:
    zone = zone_of(request.person)
    question = hours.question(running.started_at, request.now, zone)
    offered = None
    if question in {hours.Question.OVERNIGHT, hours.Question.LONG}:
        day = running.started_at.astimezone(zone).date()
        working = [
            (block.start, block.end) for block in blocks_for(request.person, [day]) if block.kind.workable
        ]
        offered = hours.offered_end(running.started_at, request.now, working)
    return {
        "question": question,
        "offered": offered,
        "seconds": max(0, int((request.now - running.started_at).total_seconds())),
        "idle_minutes": IDLE_MINUTES,
        "began_earlier": running.started_at.astimezone(zone).date() < request.now.astimezone(zone).date(),
        "may_be_sure": request.now - running.started_at <= timedelta(minutes=LONGEST_MINUTES),
    }
