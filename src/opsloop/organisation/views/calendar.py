"""The working calendar of a year, its own days, and the yearly notice."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.engines.holidaynotice import Notice, read_notice
from opsloop.organisation.actions import calendar as actions
from opsloop.organisation.forms.worktime import DayForm, NoticeForm
from opsloop.organisation.models import CalendarDay, CalendarNotice
from opsloop.organisation.notices import preview, sentences
from opsloop.organisation.queries.calendar import working_calendar, year_page
from opsloop.organisation.roles import Permission
from opsloop.organisation.views.answers import attempt, conflict, needs
from opsloop.records.refusals import StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, saved

YEARS = range(2008, 2101)


@login_required
@require_GET
def this_year(request: PageRequest) -> HttpResponse:
    """Go to the page of the current year."""
    year = min(max(request.now.date().year, YEARS.start), YEARS.stop - 1)
    return HttpResponseRedirect(_year_url(year))


def _year_url(year: int) -> str:
    return reverse("organisation:calendar_year", args=[year])


@login_required
@require_GET
def year(request: PageRequest, number: int) -> HttpResponse:
    """Every day of a year, and the organisation's own rows."""
    if number not in YEARS:
        raise Http404
    context = {
        "rail_name": "manage",
        "year": year_page(number),
        "previous": number - 1 if number - 1 in YEARS else None,
        "next": number + 1 if number + 1 in YEARS else None,
        "rows": CalendarDay.objects.filter(day__year=number),
        "notice": CalendarNotice.objects.filter(year=number).first(),
        "manages": request.person.may(Permission.CALENDAR_MANAGE),
    }
    return render(request, "organisation/calendar.html", context)


@login_required
@needs(Permission.CALENDAR_MANAGE)
@require_http_methods(["GET", "POST"])
@once
def day(request: PageRequest, text: str) -> HttpResponse:
    """Say what one day is, or let it be what the library says."""
    try:
        which = date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if which.year not in YEARS:
        raise Http404
    row = CalendarDay.objects.filter(day=which).first()
    form = DayForm(request.POST or None, initial=_day_initial(which, row))
    if request.method == "POST":
        seen = versions.read_version(request) if row or request.POST.get("version") else None
        if form.is_valid():
            data = form.cleaned_data
            try:
                done = attempt(
                    form,
                    lambda: actions.set_day(
                        day=which, kind=data["kind"], name=data["name"], by=request.person, at=request.now,
                        version=seen,
                    ),
                )  # fmt: skip
            except StaleVersion as stale:
                theirs = DayForm(initial=_day_initial(which, stale.record))
                return conflict(request, stale, theirs=theirs, subject_kind="calendar")
            if done:
                return saved(request, _year_url(which.year), _("Saved."), topics=["calendars"])
    context = {"rail_name": "manage", "form": form, "day": which, "row": row}
    return render(request, "organisation/calendar_day.html", context, status=422 if form.errors else 200)


def _day_initial(day: date, row: CalendarDay | None) -> dict[str, object]:
    if row:
        return {"day": row.day, "kind": row.kind, "name": row.name}
    calendar = working_calendar([day.year])
    return {"day": day, "kind": calendar.kind_of(day), "name": calendar.name_of(day)}


@login_required
@needs(Permission.CALENDAR_MANAGE)
@require_http_methods(["GET", "POST"])
@once
def new_day(request: PageRequest) -> HttpResponse:
    """Add a day of the organisation's own, by its date."""
    form = DayForm(request.POST or None, initial={"kind": CalendarDay.Kind.HOLIDAY})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        row = CalendarDay.objects.filter(day=data["day"]).first()
        actions.set_day(**data, by=request.person, at=request.now, version=row.version if row else None)
        return saved(request, _year_url(data["day"].year), _("Saved."), topics=["calendars"])
    context = {"rail_name": "manage", "form": form}
    return render(request, "organisation/calendar_day_new.html", context, status=422 if form.errors else 200)


@login_required
@needs(Permission.CALENDAR_MANAGE)
@require_POST
@once
def day_removal(request: PageRequest, pk: int) -> HttpResponse:
    """Remove a row of the organisation's own table."""
    row = get_object_or_404(CalendarDay, pk=pk)
    actions.remove_day(row=row, by=request.person, at=request.now, version=versions.read_version(request))
    return saved(request, _year_url(row.day.year), _("The day is what the public calendar says again."))


@login_required
@needs(Permission.CALENDAR_MANAGE)
@require_http_methods(["GET", "POST"])
@once
def notice(request: PageRequest) -> HttpResponse:
    """Read the yearly notice, show what it changes, take it over."""
    form = NoticeForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"rail_name": "manage", "form": form}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        read = read_notice(text, year=request.now.date().year)
        if request.POST.get("accept") == _stamp(read) and not read.problems:
            count = actions.accept_notice(notice=read, text=text, by=request.person, at=request.now)
            return saved(
                request, _year_url(read.year), _("%(count)d days were taken over.") % {"count": count}
            )
        context |= {
            "notice": read,
            "text": text,
            "rows": preview(read),
            "problems": sentences(read),
            "stamp": _stamp(read),
        }
    status = 422 if form.errors or context.get("problems") else 200
    return render(request, "organisation/calendar_notice.html", context, status=status)


def _stamp(read: Notice) -> str:
    """Return a seal of what the preview showed, so that only that can be accepted."""
    days = "|".join(f"{day.date}{day.kind}{day.name}" for day in read.days)
    return signing.Signer(salt="calendar notice").signature(days)
