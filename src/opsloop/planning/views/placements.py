"""A piece of the week: its form, which a drag sends as well, and what else can be done with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.engines import intervals
from opsloop.organisation.models import Person
from opsloop.planning import room
from opsloop.planning.actions import placements as actions
from opsloop.planning.forms.pieces import CutForm, PlaceForm, TimesForm
from opsloop.planning.models import Placement
from opsloop.planning.permissions import can_plan, check_can_plan
from opsloop.planning.proposals import needed_minutes, reserve
from opsloop.planning.queries.veil import Veil
from opsloop.planning.queries.weeks import sentence
from opsloop.planning.views.finding import changed, placement_of, planned_person, url_at, week_start, week_url
from opsloop.planning.weeks import week_name
from opsloop.records.refusals import Refused
from opsloop.timekeeping.queries import minutes_by_task
from opsloop.web.dates import duration
from opsloop.web.http import PageRequest, read_id
from opsloop.web.versions import read_version
from opsloop.work.models import Task
from opsloop.work.queries import tasks

# So many days ahead a form looks for a free time to begin with.
LOOK_AHEAD = 14
MOST_REMOVALS = 100


@login_required
@require_http_methods(["GET", "POST"])
@once
def placement(request: PageRequest, pk: int) -> HttpResponse:
    """Show where a piece stands (GET), or move it there (POST `day`, `start`, `end`): drags, keys and the form."""
    found = placement_of(request, pk)
    person, zone = found.person, ZoneInfo(found.person.time_zone)
    start, end = found.starts_at.astimezone(zone), found.ends_at.astimezone(zone)
    if request.method == "GET":
        form = TimesForm(
            person=person, initial={"day": start.date(), "start": start.time(), "end": end.time()}
        )
        return _form(request, found, form)
    seen = read_version(request)
    form = TimesForm(request.POST, person=person)
    if not form.is_valid():
        return _invalid(request, found, form)
    values = form.cleaned_data
    undo = actions.move(
        placement=found,
        starts_at=values["starts_at"],
        ends_at=values["ends_at"],
        by=request.person,
        at=request.now,
        version=seen,
        off_hours=values["off_hours"],
    )
    begins, ends = values["starts_at"].astimezone(zone), values["ends_at"].astimezone(zone)
    words = {"day": f"{begins:%m-%d}", "start": f"{begins:%H:%M}", "end": f"{ends:%H:%M}"}
    text = _("Moved to %(day)s, %(start)s–%(end)s.") % words
    to = url_at(request.person, person, values["starts_at"])
    return changed(request, person, text, to=to, undo=undo, piece=found)


def _form(request: PageRequest, found: Placement, form: TimesForm, *, status: int = 200) -> HttpResponse:
    zone = ZoneInfo(found.person.time_zone)
    start, end = found.starts_at.astimezone(zone), found.ends_at.astimezone(zone)
    quarters = (found.ends_at - found.starts_at) // room.GRID
    middle = (found.starts_at + quarters // 2 * room.GRID).astimezone(zone)
    veil = Veil([found.task], request.person)
    shown = veil.task(found.task)
    is_asked = found.ends_at > request.now and shown.number
    context = {
        "rail_name": "plan",
        "placement": found,
        "task": shown,
        "reasons_url": reverse("planning:reasons", args=[found.person_id, week_name(start.date()), shown.pk])
        if is_asked
        else "",
        "why": veil.why(found.task, sentence(found.reason)),
        "form": form,
        "cut": CutForm(initial={"cut": middle.time()}) if quarters > 1 else None,
        "can_plan": can_plan(found.person, request.person),
        "starts_at": start,
        "ends_at": end,
        "week_url": url_at(request.person, found.person, found.starts_at),
    }
    return render(request, "planning/placement.html", context, status=status)


def _invalid(request: PageRequest, found: Placement, form: TimesForm) -> HttpResponse:
    """Answer times that cannot be read: in the form, or to a drag as a refusal."""
    if request.headers.get("HX-Request") == "true" and not request.headers.get("HX-Target"):
        field, errors = next(iter(form.errors.items()))
        raise Refused(str(errors[0]), field=field)
    return _form(request, found, form, status=422)


@login_required
@require_http_methods(["GET", "POST"])
@once
def place(request: PageRequest, pk: int) -> HttpResponse:
    """Ask where a task shall stand in its owner's week (GET), or put it there (POST `day`, `start`, `minutes`)."""
    task = get_object_or_404(tasks.visible(request.person).select_related("owner"), pk=pk)
    if task.owner is None:
        raise Refused(_("Nobody owns this task yet. Choose an owner, and it can be put into their week."))
    person = task.owner
    check_can_plan(person, request.person)
    if request.method == "GET":
        return _place_form(
            request, task, PlaceForm(person=person, initial=_first_free(person, task, request.now))
        )
    form = PlaceForm(request.POST, person=person)
    if not form.is_valid():
        if request.headers.get("HX-Request") == "true" and not request.headers.get("HX-Target"):
            field, errors = next(iter(form.errors.items()))
            raise Refused(str(errors[0]), field=field)
        return _place_form(request, task, form, status=422)
    values = form.cleaned_data
    done = actions.place(
        person=person,
        task=task,
        starts_at=values["starts_at"],
        minutes=values["minutes"],
        by=request.person,
        at=request.now,
        off_hours=values["off_hours"],
        over=values["over"],
    )
    to = url_at(request.person, person, values["starts_at"])
    return changed(request, person, _placed(task, done.left), to=to, undo=done.undo)


def _place_form(request: PageRequest, task: Task, form: PlaceForm, *, status: int = 200) -> HttpResponse:
    context = {"rail_name": "plan", "task": task, "form": form}
    return render(request, "planning/place.html", context, status=status)


def _placed(task: Task, left: int) -> str:
    if not left:
        return _("“%(title)s” stands in the week.") % {"title": task.title}
    text = _("“%(title)s” stands in the week as far as the day has room; %(left)s wait in the tray.")
    return text % {"title": task.title, "left": duration(left)}


def _first_free(person: Person, task: Task, now: datetime) -> dict[str, object]:
    """Return the first free quarter of an hour ahead, and how long the task takes, to begin the form with."""
    today = room.day_of(person, now)
    days = [today + timedelta(days=offset) for offset in range(LOOK_AHEAD)]
    span = (max(now, room.day_span(person, days[0])[0]), room.day_span(person, days[-1])[1])
    worked = [(max(start, span[0]), end) for start, end in room.spans(room.working(person, days))]
    taken = [one.span for one in room.taken(person, span)]
    chosen = room.fill(intervals.subtract(worked, taken), 15)
    start = (chosen[0][0] if chosen else now).astimezone(ZoneInfo(person.time_zone))
    minutes = needed_minutes(task, reserve(person, at=now), minutes_by_task([task.pk]).get(task.pk, 0))
    return {"day": start.date(), "start": start.time(), "minutes": minutes}


@login_required
@require_POST
@once
def parts(request: PageRequest, pk: int) -> HttpResponse:
    """Cut a piece in two (POST `cut`, a clock time of its day)."""
    found = placement_of(request, pk)
    zone = ZoneInfo(found.person.time_zone)
    seen = read_version(request)
    form = CutForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Say at which time to split it, such as 10:30."), field="cut")
    cut = datetime.combine(found.starts_at.astimezone(zone).date(), form.cleaned_data["cut"], tzinfo=zone)
    undo = actions.split(placement=found, cut=cut, by=request.person, at=request.now, version=seen)
    to = url_at(request.person, found.person, found.starts_at)
    return changed(request, found.person, _("Split in two."), to=to, undo=undo, piece=found)


@login_required
@require_http_methods(["POST", "DELETE"])
def pin(request: PageRequest, pk: int) -> HttpResponse:
    """Fix a placement where it stands (POST), or let the planner move it again (DELETE, or POST `off`)."""
    found = placement_of(request, pk)
    is_pinned = request.method == "POST" and not request.POST.get("off")
    actions.set_pinned(
        placement=found,
        is_pinned=is_pinned,
        by=request.person,
        at=request.now,
        version=read_version(request),
    )
    text = (
        _("Pinned. The planner leaves it where it is.") if is_pinned else _("The planner may move it again.")
    )
    to = url_at(request.person, found.person, found.starts_at)
    return changed(request, found.person, text, to=to, piece=found)


@login_required
@require_POST
def removal(request: PageRequest, pk: int) -> HttpResponse:
    """Take a placement out of the week."""
    found = placement_of(request, pk)
    undo = actions.take_out(placements={found: read_version(request)}, by=request.person, at=request.now)
    to = url_at(request.person, found.person, found.starts_at)
    return changed(request, found.person, _("Taken out of the week."), to=to, undo=undo)


@login_required
@require_POST
@once
def removals(request: PageRequest, week: str, person_pk: int) -> HttpResponse:
    """Take several pieces out of a week at once (POST `piece`, each as key|version): the relief of a full day."""
    person = planned_person(request, person_pk)
    week_start(week)  # a week that does not exist is not found
    stated = [_stated(text) for text in request.POST.getlist("piece")[:MOST_REMOVALS]]
    if not stated:
        raise Refused(_("Choose at least one piece to take out."), field="piece")
    rows = Placement.objects.visible_to(request.person).filter(person=person).select_related("person", "task")
    found = rows.in_bulk([pk for pk, _version in stated])
    if len(found) < len(stated):
        raise Refused(_("One of these pieces is not in the week any more. Reload the page."), field="piece")
    pieces = {found[pk]: version for pk, version in stated}
    undo = actions.take_out(placements=pieces, by=request.person, at=request.now)
    to = week_url(request.person, person, week)
    text = _("Taken out: %(titles)s") % {"titles": ", ".join(one.task.title for one in pieces)}
    return changed(request, person, text, to=to, undo=undo)


def _stated(text: str) -> tuple[int, int]:
    pk, _bar, version = text.partition("|")
    key, seen = read_id(pk), read_id(version)
    if key is None or seen is None:
        raise Refused(_("This piece cannot be read. Reload the page and choose again."), field="piece")
    return key, seen
