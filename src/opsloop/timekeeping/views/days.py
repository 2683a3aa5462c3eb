"""The page of a day, and entries by hand: record, change, split, fill a gap."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.engines import hours
from opsloop.engines.hours import Span
from opsloop.organisation.models import Person
from opsloop.organisation.queries.blocks import zone_of
from opsloop.organisation.roles import Permission
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.timekeeping import days, shares
from opsloop.timekeeping.actions import entries as actions
from opsloop.timekeeping.actions.entries import OVERLAPS, Change, Overlap, Overlapping
from opsloop.timekeeping.forms import BAD_HOURS, EntryForm
from opsloop.timekeeping.models import TimeEntry
from opsloop.timekeeping.views.timer import moment
from opsloop.timekeeping.weeks import week_name
from opsloop.web import versions
from opsloop.web.dates import duration
from opsloop.web.http import PageRequest, read_id, render_page_or_partial, saved
from opsloop.work.models import Task


@login_required
@require_GET
def day(request: PageRequest, person_pk: int | None = None) -> HttpResponse:
    """Show a day of hours: entries and gaps, the plan beside them, and the sums."""
    person = whose(request, person_pk)
    today = request.now.astimezone(zone_of(person)).date()
    shown = asked_day(request, today)
    found = days.load(person, shown, by=request.person, at=request.now)
    context = {
        "rail_name": "hours",
        "whose": person,
        "is_own": person == request.person,
        "found": found,
        "day": shown,
        "is_today": shown == today,
        "before": shown - timedelta(days=1),
        "after": shown + timedelta(days=1) if shown < today else None,
        "week": week_name(shown),
        "sees_team": shares.sees_team(request.person),
        "base": request.path,
    }
    return render_page_or_partial(request, "timekeeping/day.html", "hours", context)


def whose(request: PageRequest, person_pk: int | None) -> Person:
    """Return whose hours are asked for: one's own, or those of somebody whose hours one may see (else 404)."""
    if person_pk is None or person_pk == request.person.pk:
        own: Person = request.person
        return own
    reach = request.person.reaches.departments(Permission.TIME_VIEW)
    people = Person.objects.visible_to(request.person)
    seen = people if reach is None else people.filter(department_id__in=reach)
    found: Person = get_object_or_404(seen, pk=person_pk)
    return found


def asked_day(request: PageRequest, otherwise: date) -> date:
    """Return the day that the address names. Raises Http404 for one that does not exist."""
    text = request.GET.get("day", "") or request.POST.get("day", "")
    if not text:
        return otherwise
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None or not is_plausible(found):
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "POST"])
@once
def entries(request: PageRequest) -> HttpResponse:
    """Record hours by hand: a form (GET) that takes a length or a span (POST)."""
    person = request.person
    today = request.now.astimezone(zone_of(person)).date()
    if request.method == "GET":
        task = read_id(request.GET.get("task"))
        initial = {"day": asked_day(request, today), "task": task, "typed": request.GET.get("typed", "")[:40]}
        return _form(request, EntryForm(by=person, initial=initial))
    form = EntryForm(request.POST, by=person)
    if form.is_valid():
        try:
            change = _record(request, form.cleaned_data)
            return recorded(request, change, form.cleaned_data["day"])
        except Refused as refusal:
            return _form(request, form, refusal=refusal)
    return _form(request, form)


def _record(request: PageRequest, values: dict[str, Any]) -> Change:
    spans = _spans(request, values)
    what = {name: values[name] for name in ("task", "category", "note")}
    return actions.record_spans(
        spans=spans, by=request.person, at=request.now, overlap=overlap(request), **what
    )


def _spans(request: PageRequest, values: dict[str, Any]) -> list[Span]:
    """Return the spans that were meant: the typed one, or free working time as long as was typed."""
    person, typed = request.person, values["typed"]
    if typed.minutes is None:
        return [span_of(person, typed, values["day"])]
    free = days.free_time(person, values["day"], at=request.now)
    laid = hours.lay(typed.minutes, free)
    if sum(hours.length(*span) for span in laid) < typed.minutes:
        raise Refused(
            _("This day has no free time left for that. Write from when to when instead."), field="typed"
        )
    return laid


def span_of(person: Person, typed: hours.Typed, on: date) -> Span:
    """Return the typed span on a day of the person.

    Raises:
        Refused: the clocks skip one of its times.
    """
    zone = zone_of(person)
    try:
        return hours.span_of(typed, on, zone, start=hours.midnight(on, zone))
    except hours.BadHoursError as bad:
        raise Refused(str(BAD_HOURS[bad.code]), field="typed") from None


def overlap(request: PageRequest) -> Overlap:
    """Return what gives way where something is recorded already, as the person said."""
    said = request.POST.get("overlap")
    return next((one for one in OVERLAPS if one == said), "refuse")


def recorded(request: PageRequest, change: Change, on: date) -> HttpResponse:
    """Say what was recorded, with the undo."""
    text = _("%(time)s recorded.") % {"time": duration(change.minutes)}
    return done(request, text, change, on)


def done(request: PageRequest, text: str, change: Change, on: date) -> HttpResponse:
    """Answer a change of hours: close the drawer, refresh what shows them, offer the undo."""
    undo_url = reverse("activity:undo", args=[change.undo.pk]) if change.undo else ""
    topics = (f"hours:{request.person.pk}",)
    return saved(request, f"{reverse('timekeeping:day')}?day={on}", text, topics=topics, undo_url=undo_url)


def _form(
    request: PageRequest, form: EntryForm, *, entry: TimeEntry | None = None, refusal: Refused | None = None
) -> HttpResponse:
    if refusal is not None:
        name = {"started_at": "typed", "ended_at": "typed", "minutes": "typed"}.get(
            refusal.field, refusal.field
        )
        form.add_error(name if name in form.fields else None, refusal.reason)
    context = {
        "rail_name": "hours",
        "form": form,
        "entry": entry,
        "is_overlapping": isinstance(refusal, Overlapping),
        "middle": entry.started_at + (entry.ended_at - entry.started_at) / 2 if entry else None,
    }
    return render(request, "timekeeping/entry.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
@once
def entry(request: PageRequest, pk: int) -> HttpResponse:
    """Change an entry of one's own."""
    found = get_object_or_404(
        TimeEntry.objects.visible_to(request.person).select_related("task", "category"), pk=pk
    )
    actions.check_own(found, request.person)
    if request.method == "GET":
        return _form(request, EntryForm(by=request.person, entry=found), entry=found)
    seen = versions.read_version(request)
    form = EntryForm(request.POST, by=request.person, entry=found)
    if not form.is_valid():
        return _form(request, form, entry=found)
    try:
        change = _change(request, found, seen, form.cleaned_data)
    except StaleVersion as stale:
        return versions.conflict(request, stale, theirs=EntryForm(by=request.person, entry=stale.record))
    except Refused as refusal:
        return _form(request, form, entry=found, refusal=refusal)
    return done(request, _("Saved."), change, form.cleaned_data["day"])


def _change(request: PageRequest, found: TimeEntry, seen: int, values: dict[str, Any]) -> Change:
    """Write the form into an entry. A mere length keeps the start; so does a span nobody touched."""
    typed = values["typed"]
    if typed.minutes is None:
        start, end = span_of(request.person, typed, values["day"])
    else:
        start = found.started_at
        end = hours.shifted(start, typed.minutes)
    what = {name: values[name] for name in ("task", "category", "note")}
    return actions.change_entry(
        entry=found, by=request.person, at=request.now, version=seen, overlap=overlap(request),
        values={**what, "started_at": start, "ended_at": end},
    )  # fmt: skip


@login_required
@require_POST
def division(request: PageRequest, pk: int) -> HttpResponse:
    """Make two entries of one at a moment."""
    found = get_object_or_404(TimeEntry.objects.visible_to(request.person).select_related("task"), pk=pk)
    seen = versions.read_version(request)
    cut = moment(request, "moment")
    if cut is None:
        raise Refused(_("Choose a time between the start and the end of the entry."), field="moment")
    change = actions.split(entry=found, by=request.person, at=request.now, version=seen, moment=cut)
    on = found.started_at.astimezone(zone_of(request.person)).date()
    return done(request, _("Split in two."), change, on)


@login_required
@require_POST
@once
def filling(request: PageRequest) -> HttpResponse:
    """Record in one click what was offered for a gap: `task`, `started_at`, `ended_at`."""
    task = get_object_or_404(
        Task.objects.visible_to(request.person).alive(), pk=read_id(request.POST.get("task")) or 0
    )
    start, end = moment(request, "started_at"), moment(request, "ended_at")
    if start is None or end is None:
        raise Refused(_("Choose from when to when."), field="started_at")
    change = actions.record_spans(spans=[(start, end)], task=task, by=request.person, at=request.now)
    return recorded(request, change, start.astimezone(zone_of(request.person)).date())
