"""Sorting work from the board and the ranking table: into a quadrant, out of sight, onto today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from opsloop.records.refusals import Refused, VersionMissing
from opsloop.web import versions
from opsloop.web.dates import WEEKDAYS
from opsloop.web.http import (
    PageRequest,
    add_toast,
    add_trigger,
    hx_redirect,
    is_fragment,
    read_id,
    refresh,
)
from opsloop.work import priorities
from opsloop.work.actions import triage
from opsloop.work.actions.tasks import Together
from opsloop.work.models import Task
from opsloop.work.queries import tasks as queries
from opsloop.work.views.answers import done, undo_url

# One sorting is one short transaction; more belongs into the bulk bar of the list.
MOST = 100


def default_reason() -> str:
    """Return the reason that stands for a move nobody explained: it was sorted, and by judgement."""
    return _("Judged while sorting")


@login_required
@require_POST
def moves(request: PageRequest) -> HttpResponse:
    """Put tasks into a quadrant (`quadrant` 1–4), or back to where they are suggested ("")."""
    sent = request.POST.get("quadrant", "")
    if sent and sent not in {str(one.value) for one in Task.Quadrant}:
        raise Refused(_("Choose one of the four quadrants."))
    quadrant = int(sent) if sent else None
    reason = request.POST.get("reason", "").strip() or default_reason()
    came = triage.move(
        seen=_seen(request), quadrant=quadrant, reason=reason, by=request.person, at=request.now
    )
    if quadrant is None:
        text = ngettext(
            "%(n)s task stands where it is suggested.", "%(n)s tasks stand where they are suggested.",
            len(came.changed),
        )  # fmt: skip
        return _answer(request, text % {"n": len(came.changed)}, came)
    words = {"n": len(came.changed), "quadrant": Task.Quadrant(quadrant).label}
    if len(came.changed) == 1:
        text = _("“%(title)s” is now: %(quadrant)s.") % {"title": came.changed[0].title, **words}
    else:
        text = _("%(n)s tasks are now: %(quadrant)s.") % words
    return _answer(request, text if came.undo else _("The reason is noted."), came)


@login_required
@require_POST
def deferrals(request: PageRequest) -> HttpResponse:
    """Put tasks off until a day (`until`), or bring them back ("")."""
    until = _day(request.POST.get("until", ""))
    came = triage.put_off(seen=_seen(request), until=until, by=request.person, at=request.now)
    count = len(came.changed)
    if until is None:
        text = ngettext("%(n)s task is back.", "%(n)s tasks are back.", count) % {"n": count}
    else:
        sentence = ngettext("%(n)s task comes back on %(day)s.", "%(n)s tasks come back on %(day)s.", count)
        text = sentence % {"n": count, "day": f"{until:%m-%d} {WEEKDAYS[until.weekday()]}"}
    return _answer(request, text, came)


@login_required
@require_POST
def today(request: PageRequest, pk: int) -> HttpResponse:
    """Put a task on today: it is in progress and stands first on the page of today."""
    found = get_object_or_404(queries.changeable(request.person), pk=pk)
    seen = versions.read_version(request)
    undo = triage.put_on_today(task=found, by=request.person, at=request.now, version=seen)
    text = _("“%(title)s” is on today.") % {"title": found.title}
    if request.headers.get("HX-Request") != "true":
        return redirect("work:task", pk=pk)
    response = HttpResponse(status=204)
    add_trigger(response, "triage:done", {"versions": {str(pk): found.version}, "refused": []})
    return done(response, found, text, undo)


@login_required
@require_GET
def menu(request: PageRequest, pk: int) -> HttpResponse:
    """Show what can be done with a card; `?only=deferral` the days to put it off to."""
    return _menu(request, pk, "work/triage_menu.html")


@login_required
@require_GET
def disposal(request: PageRequest, pk: int) -> HttpResponse:
    """Show the four disposals of a row of the ranking table; `?only=deferral` the days to put it off to."""
    return _menu(request, pk, "work/disposal_menu.html")


def _menu(request: PageRequest, pk: int, template: str) -> HttpResponse:
    found = get_object_or_404(queries.changeable(request.person), pk=pk)
    if not is_fragment(request):
        return redirect("work:edit", pk=pk)
    now = timezone.localtime(request.now)
    context = {
        "task": found,
        "labels": {str(key): label for key, label in priorities.DISPOSAL_LABELS.items()},
        "current": priorities.assess(found, now=now),
        "suggested": priorities.suggestion(found, now=now).quadrant,
        "quadrants": [(one.value, priorities.QUADRANT_NAMES[one.value]) for one in Task.Quadrant],
        "days": later_days(now.date()),
        "only": request.GET.get("only", ""),
        "tomorrow": now.date() + timedelta(days=1),
    }
    return render(request, template, context)


def later_days(today: date) -> Sequence[tuple[str, date]]:
    """Return the days that putting off offers: tomorrow, next Monday, the first of next month."""
    monday = today + timedelta(days=7 - today.weekday())
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (
        (_("Tomorrow"), today + timedelta(days=1)),
        (_("Next Monday"), monday),
        (pgettext("put off until", "First of next month"), first),
    )


def _seen(request: PageRequest) -> list[tuple[Task, int]]:
    """Return the tasks that are sorted, each with the version that was seen of it."""
    ids = _numbers(request.POST.getlist("task"))
    stated = _numbers(request.POST.getlist("version"))
    if not ids:
        raise Refused(_("Select at least one task."))
    if len(stated) != len(ids):
        raise VersionMissing
    if len(ids) > MOST:
        raise Refused(_("At most %(n)s tasks can be sorted at once. Select fewer.") % {"n": MOST})
    found = {task.pk: task for task in queries.changeable(request.person).filter(pk__in=ids)}
    if len(found) != len(set(ids)):
        raise Refused(_("One of these tasks does not exist any more. Reload the page."))
    return [(found[pk], version) for pk, version in zip(ids, stated, strict=True)]


def _numbers(texts: Sequence[str]) -> list[int]:
    """Return keys or versions; none at all if one of them is no number."""
    read = [number for text in texts if (number := read_id(text)) is not None]
    return read if len(read) == len(texts) else []


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:  # written like a date, but there is no such day
        day = None
    if day is None:
        raise Refused(_("This is no date. Write it like 2026-11-30."), field="until")
    return day


def _answer(request: PageRequest, text: str, came: Together) -> HttpResponse:
    """Say what was sorted and what was not, with one undo; the board refreshes itself."""
    if came.refused:
        task, why = came.refused[0]
        left = ngettext("%(n)s was left as it is.", "%(n)s were left as they are.", len(came.refused))
        parts = [text if came.changed else "", left % {"n": len(came.refused)}, f"“{task.title}”: {why}"]
        text = " ".join(filter(None, parts))
    response = HttpResponse(status=204)
    if request.headers.get("HX-Request") != "true":
        response = hx_redirect(request, reverse("work:quadrants"))
    detail = {
        "versions": {str(task.pk): task.version for task in came.changed},
        "refused": [task.pk for task, _why in came.refused],
    }
    add_trigger(response, "triage:done", detail)
    # An afterthought (a reason) has no undo of its own: the one of the move stays on the screen.
    if came.undo or came.refused:
        add_toast(response, text, undo_url=undo_url(came.undo), error=bool(came.refused))
    named = [f"task:{task.pk}" for task in came.changed]
    return refresh(response, "tasks", *named)
