"""Taking answers: each is one request that says what it is about, so it can be repeated and undone alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.engines.hours import Span
from opsloop.engines.ritualtimes import Kind
from opsloop.planning.actions import decisions
from opsloop.records.refusals import Refused
from opsloop.rituals.actions import filling, runs, sorting
from opsloop.rituals.actions.sorting import Choice, Sorting
from opsloop.rituals.queries.evening import TOP, Evening
from opsloop.rituals.queries.morning import Morning
from opsloop.rituals.queries.week import GOALS
from opsloop.rituals.views.pages import STEPS, Ritual, answered, ritual_of, which
from opsloop.web.dates import duration
from opsloop.web.http import PageRequest, add_toast, hx_redirect, is_fragment, read_id
from opsloop.web.versions import read_version
from opsloop.work.actions import tasks
from opsloop.work.models import Task
from opsloop.work.queries.tasks import changeable

SORTED: Mapping[Choice, Promise] = {
    "today": gettext_lazy("“%(title)s” is for today."),
    "tomorrow": gettext_lazy("“%(title)s” comes back on %(day)s."),
    "backlog": gettext_lazy("“%(title)s” is in the backlog and has no date any more."),
    "cancel": gettext_lazy("“%(title)s” is cancelled."),
    "date": gettext_lazy("“%(title)s” is due on %(day)s."),
    "keep": gettext_lazy("“%(title)s” stays as it is."),
}
# The longest estimate that a chip or a goal may name: a working month.
MOST_MINUTES = 160 * 60
LONGEST_GOAL = 200
MOST_GAPS = 50


@login_required
@require_POST
def step(request: PageRequest, kind: Kind) -> HttpResponse:
    """Stand at a step (`step`), forwards or back."""
    wanted = request.POST.get("step", "")
    if wanted not in STEPS[kind]:
        raise Refused(_("There is no such step. Reload the page."))
    runs.go_to(which=which(ritual_of(request, kind), kind), step=wanted, at=request.now)
    return answered(request, kind)


@login_required
@require_POST
@once
def completion(request: PageRequest, kind: Kind) -> HttpResponse:
    """Finish a ritual and go on to Today."""
    ritual = ritual_of(request, kind)
    kept = {}
    if isinstance(ritual, Morning):
        kept = {"picked": [one.task.pk for one in ritual.picked]}
    elif isinstance(ritual, Evening):
        kept = {"top": ritual.top}
    undo = runs.finish(which=which(ritual, kind), at=request.now, answers=kept)
    words = {
        "morning": _("The day has begun. Your picks stand first."),
        "evening": _("The day is closed. It is quiet until the next working day."),
        "week": _("The week is reviewed."),
    }
    return _home(request, words[kind], undo.pk)


@login_required
@require_POST
def skip(request: PageRequest, kind: Kind) -> HttpResponse:
    """Leave a ritual out this time."""
    undo = runs.skip(which=which(ritual_of(request, kind), kind), at=request.now)
    return _home(request, _("Left out for this time."), undo.pk)


def _home(request: PageRequest, text: str, undo: int) -> HttpResponse:
    response = hx_redirect(request, reverse("desk:today"))
    if request.headers.get("HX-Request") == "true":
        add_toast(response, text, undo_url=reverse("activity:undo", args=[undo]))
    return response


@login_required
@require_POST
def sort(request: PageRequest, kind: Kind, pk: int) -> HttpResponse:
    """Say what becomes of a task (`choice`; `day` for another date)."""
    task = _own(request, pk)
    choice = request.POST.get("choice", "")
    if choice not in SORTED:
        raise Refused(_("Choose one of the ways that stand beside the task."))
    ritual = ritual_of(request, kind)
    day = ritual.day.next_workday if choice == "tomorrow" else _day(request.POST.get("day", ""))
    undo = sorting.sort(
        which=which(ritual, kind),
        choice=cast(Choice, choice),
        sorting=Sorting(task, read_version(request), day),
        at=request.now,
    )
    words = {"title": task.title, "day": f"{day:%m-%d}" if day else ""}
    return answered(request, kind, SORTED[cast(Choice, choice)] % words, undo=undo, tasks=[pk])


def _own(request: PageRequest, pk: int) -> Task:
    return get_object_or_404(changeable(request.person).filter(owner=request.person), pk=pk)


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:  # written like a date, but there is no such day
        day = None
    if text and day is None:
        raise Refused(_("This is no date. Write it like 2026-11-30."), field="day")
    return day


@login_required
@require_POST
def pick(request: PageRequest, pk: int) -> HttpResponse:
    """Take a task into today (`picked`), or leave it out."""
    task = _own(request, pk)
    ritual = Morning(request.person, at=request.now)
    is_picked = bool(request.POST.get("picked"))
    runs.pick(which=which(ritual, "morning"), task_id=task.pk, is_picked=is_picked, at=request.now)
    if not is_fragment(request):
        return redirect("rituals:morning")
    return render(request, "rituals/steps/pick_sum.html", {"ritual": Morning(request.person, at=request.now)})


@login_required
@require_POST
def removals(request: PageRequest) -> HttpResponse:
    """Leave out of today what was proposed (`task`, several)."""
    sent = [pk for text in request.POST.getlist("task")[:100] if (pk := read_id(text)) is not None]
    ritual = Morning(request.person, at=request.now)
    known = [one.task.pk for one in ritual.picked if one.task.pk in sent]
    if not known:
        raise Refused(_("None of these tasks is picked for today any more. Reload the page."))
    undo = runs.leave_out(which=which(ritual, "morning"), task_ids=known, at=request.now)
    text = ngettext("%(n)s task is not for today.", "%(n)s tasks are not for today.", len(known))
    return answered(request, "morning", text % {"n": len(known)}, undo=undo)


@login_required
@require_POST
def estimate(request: PageRequest, pk: int) -> HttpResponse:
    """Say how long a task takes (`minutes`)."""
    task = _own(request, pk)
    minutes = read_id(request.POST.get("minutes"))
    if minutes is None or not 0 < minutes <= MOST_MINUTES:
        raise Refused(_("Write the minutes as a whole number from 1 to 9600."), field="minutes")
    undo = tasks.change(
        task=task,
        values={"estimate_minutes": minutes},
        by=request.person,
        at=request.now,
        version=read_version(request),
    )
    text = _("“%(title)s” is estimated at %(time)s.") % {"title": task.title, "time": duration(minutes)}
    return answered(request, "morning", text, undo=undo, tasks=[pk])


@login_required
@require_http_methods(["POST", "DELETE"])
@once
def proposal(request: PageRequest) -> HttpResponse:
    """Look for times for what is picked (POST), or put the proposal aside (DELETE); nothing moves yet."""
    ritual = Morning(request.person, at=request.now)
    if request.method == "DELETE" or request.POST.get("decision") == "dismiss":
        if ritual.proposal:
            decisions.dismiss(proposal=ritual.proposal, by=request.person, at=request.now)
        return answered(request, "morning")
    picked = [one.task.pk for one in ritual.picked]
    if not picked:
        raise Refused(_("Nothing is picked for today yet, so there is nothing to find a time for."))
    made = decisions.propose_day(
        person=request.person, day=ritual.day.on, picked=picked, by=request.person, at=request.now
    )
    runs.keep_proposal(which=which(ritual, "morning"), proposal_id=made.pk, at=request.now)
    return answered(request, "morning")


@login_required
@require_POST
@once
def acceptance(request: PageRequest) -> HttpResponse:
    """Let the proposed times stand in the week."""
    found = Morning(request.person, at=request.now).proposal
    if found is None:
        raise Refused(_("What is picked has changed since. Make a new proposal."))
    done = decisions.accept(proposal=found, by=request.person, at=request.now)
    text = ngettext("%(count)s piece stands in the week.", "%(count)s pieces stand in the week.", done.pieces)
    return answered(request, "morning", text % {"count": done.pieces}, undo=done.undo)


@login_required
@require_POST
@once
def gaps(request: PageRequest) -> HttpResponse:
    """Record hours in gaps as they were offered (`task`, `started_at`, `ended_at`, one or several of each)."""
    ritual = Evening(request.person, at=request.now)
    undo = filling.fill(which=which(ritual, "evening"), fillings=_fillings(request), at=request.now)
    return answered(request, "evening", _("The hours are recorded."), undo=undo)


def _fillings(request: PageRequest) -> list[tuple[Task, Span]]:
    names = ("task", "started_at", "ended_at")
    rows = list(zip(*(request.POST.getlist(name)[:MOST_GAPS] for name in names), strict=False))
    ids = [pk for sent, _start, _end in rows if (pk := read_id(sent)) is not None]
    tasks_by_id = {str(task.pk): task for task in changeable(request.person).filter(pk__in=ids)}
    spans = [(_moment(start), _moment(end)) for _task, start, end in rows]
    found = [
        (tasks_by_id[sent], (start, end))
        for (sent, _start, _end), (start, end) in zip(rows, spans, strict=True)
        if sent in tasks_by_id and start is not None and end is not None
    ]
    if len(found) != len(rows):
        raise Refused(_("One of these offers does not exist any more. Reload the page."))
    return found


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:  # written like a time, but there is none such
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


@login_required
@require_POST
def top(request: PageRequest, pk: int) -> HttpResponse:
    """Count a task among the first of tomorrow (`top`), or not."""
    task = _own(request, pk)
    ritual = Evening(request.person, at=request.now)
    runs.set_top(
        which=which(ritual, "evening"),
        task_id=task.pk,
        is_top=bool(request.POST.get("top")),
        most=TOP,
        shown=ritual.top,
        at=request.now,
    )
    return answered(request, "evening")


@login_required
@require_POST
def goals(request: PageRequest) -> HttpResponse:
    """Keep what the week is for (`text` and `hours`, three of each)."""
    texts = [text.replace("\0", "").strip()[:LONGEST_GOAL] for text in request.POST.getlist("text")[:GOALS]]
    hours = request.POST.getlist("hours")[: len(texts)]
    kept = [
        {"text": text, "minutes": _minutes(hours[place] if place < len(hours) else "")}
        for place, text in enumerate(texts)
    ]
    ritual = ritual_of(request, "week")
    runs.set_goals(which=which(ritual, "week"), goals=kept, at=request.now)
    if request.POST.get("next"):
        runs.go_to(which=which(ritual, "week"), step="plan", at=request.now)
        return answered(request, "week")
    if not is_fragment(request):
        return redirect("rituals:week")
    return render(request, "rituals/steps/goals_sum.html", {"ritual": _fresh(request)})


def _fresh(request: PageRequest) -> Ritual:
    return ritual_of(request, "week")


def _minutes(text: str) -> int:
    """Read hours as people type them: 4, 4.5 or 4,5; nothing is nothing."""
    text = text.strip().replace("，", ".").replace(",", ".").replace("。", ".")
    if not text:
        return 0
    try:
        hours = float(text) if len(text) < 8 else -1.0
    except ValueError:
        hours = -1.0
    if not 0 <= hours * 60 <= MOST_MINUTES:  # also says no to what is no number
        raise Refused(_("Write hours as a number from 0 to 160, such as 4 or 4.5."), field="hours")
    return round(hours * 60)
