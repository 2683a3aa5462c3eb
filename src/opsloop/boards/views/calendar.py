"""The calendar of due dates: its page, and moving a task to another day."""

from __future__ import annotations

from datetime import date, datetime, time

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opsloop.boards.queries import calendar as queries
from opsloop.boards.queries.calendar import KEEP, Item
from opsloop.boards.templatetags.boards import calendar_words
from opsloop.boards.views.opening import usual_address
from opsloop.engines.filters.dates import is_date
from opsloop.records.refusals import Refused
from opsloop.web import versions
from opsloop.web.dates import WEEKDAYS
from opsloop.web.http import PageRequest, add_toast, refresh, render_page_or_partial
from opsloop.work.actions import tasks as actions
from opsloop.work.queries import tasks as task_queries
from opsloop.work.queries.lists import ListState
from opsloop.work.views.answers import may_create, topics, undo_url

DUE_TIME = time(18)


@login_required
@require_GET
def calendar(request: PageRequest) -> HttpResponse:
    """Show a month or a week of due dates, starts and milestones."""
    usual = usual_address(request, "calendar")
    if usual:
        return redirect(usual)
    state = ListState.read(request.GET, keep=KEEP)
    is_week = request.GET.get("span") == "week"
    day = request.GET.get("day", "")
    shown = queries.calendar(request.person, state, day=day, is_week=is_week, now=request.now)

    def at(span: str, day: str) -> str:
        return state.address(extras=tuple(pair for pair in (("span", span), ("day", day)) if pair[1]))

    span = "week" if is_week else ""
    context = {
        "rail_name": "tasks",
        "state": state,
        "calendar": shown,
        "count_text": _("%(n)s tasks") % {"n": f"{shown.count:,}"},
        "weekdays": WEEKDAYS,
        "words": calendar_words(),
        "before": at(span, shown.before),
        "after": at(span, shown.after),
        "today": at(span, ""),
        "month_address": at("", day),
        "week_address": at("week", day),
        "list_address": reverse("work:tasks"),
        "may_create": may_create(request.person),
    }
    return render_page_or_partial(request, "boards/calendar.html", "rows", context)


@login_required
@require_POST
def move(request: PageRequest, pk: int) -> HttpResponse:
    """Move the due date of a task to another day (its start, if it began where it was taken from)."""
    found = get_object_or_404(task_queries.changeable(request.person), pk=pk)
    sent = request.POST.get("key", "")
    if not is_date(sent):
        raise Refused(_("This is no date. Write it like 2026-11-30."))
    begins = request.POST.get("begins") == "1"
    name = "starts_at" if begins else "due_at"
    moved = _at(date.fromisoformat(sent), getattr(found, name))
    undo = actions.change(
        task=found,
        values={name: moved},
        by=request.person,
        at=request.now,
        version=versions.read_version(request),
    )
    if request.headers.get("HX-Request") != "true":
        return redirect(reverse("boards:calendar") + f"?day={sent}")
    owner = found.owner.name if found.owner else ""
    item = Item(found, begins, found.is_overdue(request.now), may_move=True, owner=owner)
    response = render(request, "boards/calendar_item.html", {"item": item})
    if undo:
        text = _("“%(title)s” was moved to %(day)s.") % {"title": found.title, "day": sent}
        add_toast(response, text, undo_url=undo_url(undo))
    return refresh(response, *(topic for topic in topics(found) if topic != "tasks"))


def _at(day: date, moment: datetime | None) -> datetime:
    """Return the day with the time of day that stood, else the end of work."""
    clock = timezone.localtime(moment).time() if moment else DUE_TIME
    return timezone.make_aware(datetime.combine(day, clock))
