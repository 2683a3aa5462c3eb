"""The grid of a week, its cells, and what becomes of a week: handed in, approved, returned."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from opsloop.activity import queries as activity
from opsloop.engines import hours
from opsloop.organisation.happenings import entries
from opsloop.organisation.models import Person
from opsloop.organisation.queries import current_organisation
from opsloop.organisation.queries.blocks import zone_of
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Forbidden, Refused
from opsloop.timekeeping import days, shares, weeks
from opsloop.timekeeping.actions import weeks as actions
from opsloop.timekeeping.forms import read_typed
from opsloop.timekeeping.models import Timesheet
from opsloop.timekeeping.views.days import asked_day, whose
from opsloop.timekeeping.weeks import monday_of, span_of_week, week_name
from opsloop.web import versions
from opsloop.web.dates import duration
from opsloop.web.http import PageRequest, add_toast, hx_refresh, read_id, refresh, render_page_or_partial
from opsloop.work.models import Task

MOST_EVENTS = 30
SENTENCES: dict[str, Promise] = {
    "timesheet.handed_in": gettext_lazy("%(name)s handed the week in"),
    "timesheet.taken_back": gettext_lazy("%(name)s took the week back"),
    "timesheet.approved": gettext_lazy("%(name)s approved the week"),
    "timesheet.returned": gettext_lazy("%(name)s returned the week"),
}


def read_week(text: str) -> date:
    """Return the Monday of a week written like "2026-W48". Raises Http404 for one that does not exist."""
    try:
        monday = datetime.strptime(f"{text}-1", "%G-W%V-%u").date()  # noqa: DTZ007  (a date)
    except ValueError:
        raise Http404 from None
    if len(text) != len("2026-W48") or not is_plausible(monday):
        raise Http404
    return monday


@login_required
@require_GET
def week(request: PageRequest, week: str, person_pk: int | None = None) -> HttpResponse:
    """Show a week as a grid of tasks and days, planned beside recorded, and whether it is handed in."""
    return _page(request, whose(request, person_pk), read_week(week))


def _page(request: PageRequest, person: Person, monday: date) -> HttpResponse:
    organisation = current_organisation()
    found = weeks.load(person, monday, by=request.person, organisation=organisation)
    today = request.now.astimezone(zone_of(person)).date()
    is_own = person == request.person
    asks = bool(organisation and organisation.hours_approval)
    context = {
        "rail_name": "hours",
        "whose": person,
        "is_own": is_own,
        "found": found,
        "week": week_name(monday),
        "this_week": week_name(today),
        "before": week_name(monday - timedelta(days=7)),
        "after": week_name(monday + timedelta(days=7)),
        "today": today,
        "may_edit": is_own and not (found.sheet and found.sheet.is_locked),
        "asks_approval": asks,
        "may_decide": asks and found.sheet is not None and weeks.may_decide(person, request.person),
        "is_rounded": bool(organisation and organisation.hours_step),
        "sees_team": shares.sees_team(request.person),
    }
    return render_page_or_partial(request, "timekeeping/week.html", "week-hours", context)


@login_required
@require_POST
def cell(request: PageRequest, week: str) -> HttpResponse:
    """Set what one worked on a task on a day, typed into a cell; the grid comes back with its sums."""
    monday = read_week(week)
    task = get_object_or_404(
        Task.objects.visible_to(request.person), pk=read_id(request.POST.get("task")) or 0
    )
    day = asked_day(request, monday)
    if monday_of(day) != monday:
        raise Http404
    minutes = _typed_minutes(request.POST.get("typed", "").replace("\0", "").strip()[:40])
    free = days.free_time(request.person, day, at=request.now)
    change = actions.set_cell(
        task=task, day=day, minutes=minutes, by=request.person, at=request.now, free=free
    )
    if request.headers.get("HX-Request") != "true":
        return HttpResponseRedirect(reverse("timekeeping:week", args=[week]), status=303)
    response = _page(request, request.person, monday)
    if change is None:
        return response
    undo_url = reverse("activity:undo", args=[change.undo.pk]) if change.undo else ""
    text = _("%(title)s: %(time)s.") % {"title": task.title, "time": duration(minutes)}
    return add_toast(response, text, undo_url=undo_url)


def _typed_minutes(text: str) -> int:
    """Return the minutes of a cell; an empty one and 0 take the time away.

    Raises:
        Refused: it is no length of time.
    """
    if text in {"", "0", "-"}:
        return 0
    try:
        typed = read_typed(text)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="typed") from None
    if typed.minutes is None:
        raise Refused(
            _("Write how long here, like 1.5h; spans belong on the page of the day."), field="typed"
        )
    return typed.minutes


@login_required
@require_POST
def handing_in(request: PageRequest, week: str) -> HttpResponse:
    """Hand in a week of one's own."""
    actions.hand_in(by=request.person, week_start=read_week(week), at=request.now)
    return _decided(request, week, _("Handed in. Your lead sees it."))


def _sheet(request: PageRequest, pk: int) -> Timesheet:
    rows = Timesheet.objects.visible_to(request.person).select_related("person", "decided_by")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_GET
def sheet(request: PageRequest, pk: int) -> HttpResponse:
    """Go to the week that was handed in; what speaks of it knows its key only."""
    found = _sheet(request, pk)
    week = week_name(found.week_start)
    if found.person_id == request.person.pk:
        return redirect("timekeeping:week", week=week)
    return redirect("timekeeping:person_week", person_pk=found.person_id, week=week)


@login_required
@require_POST
def taking_back(request: PageRequest, pk: int) -> HttpResponse:
    """Take back a week of one's own before anybody decided on it."""
    sheet = _sheet(request, pk)
    actions.take_back(sheet=sheet, by=request.person, at=request.now, version=versions.read_version(request))
    return _decided(request, week_name(sheet.week_start), _("Taken back."))


@login_required
@require_POST
def approval(request: PageRequest, pk: int) -> HttpResponse:
    """Approve a week that was handed in."""
    sheet = _sheet(request, pk)
    actions.approve(sheet=sheet, by=request.person, at=request.now, version=versions.read_version(request))
    return _decided(request, week_name(sheet.week_start), _("Approved. The hours are locked."))


@login_required
@require_POST
def returning(request: PageRequest, pk: int) -> HttpResponse:
    """Return a week with a reason."""
    sheet = _sheet(request, pk)
    reason = request.POST.get("reason", "").replace("\0", "")
    seen = versions.read_version(request)
    actions.send_back(sheet=sheet, by=request.person, at=request.now, version=seen, reason=reason)
    return _decided(request, week_name(sheet.week_start), _("Returned. They can correct it now."))


@login_required
@require_GET
def history(request: PageRequest, pk: int) -> HttpResponse:
    """Show who handed in, approved and returned a week, and when."""
    sheet = _sheet(request, pk)
    events = activity.history("timesheet", sheet.pk)[:MOST_EVENTS]
    context = {"entries": entries(events, Timesheet, SENTENCES, {})}
    return render(request, "timekeeping/history.html", context)


def _decided(request: PageRequest, week: str, text: str) -> HttpResponse:
    response = hx_refresh(request, reverse("timekeeping:week", args=[week]))
    return refresh(add_toast(response, text), "timesheets")


@login_required
@require_GET
def team(request: PageRequest) -> HttpResponse:
    """Show the weeks of everybody whose hours one sees, with what waits for a decision first."""
    if not shares.sees_team(request.person):
        raise Forbidden(_("Your role shows you your own hours only."))
    zone = zone_of(request.person)
    today = request.now.astimezone(zone).date()
    monday = monday_of(asked_day(request, today))
    organisation = current_organisation()
    members = weeks.team(request.person, monday, organisation=organisation)
    start, end = span_of_week(monday, zone)
    context = {
        "rail_name": "hours",
        "members": members,
        "week": week_name(monday),
        "first": start,
        "last": end - hours.MINUTE,
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7) if monday + timedelta(days=7) <= today else None,
        "asks_approval": bool(organisation and organisation.hours_approval),
        "is_rounded": bool(organisation and organisation.hours_step),
        "waiting": sum(member.state == Timesheet.State.HANDED for member in members),
    }
    return render(request, "timekeeping/team.html", context)
