"""What the organisation has agreed on about meetings; and a series with its days off."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.meetings import permissions
from opsloop.meetings.actions import rules as actions
from opsloop.meetings.actions import series as series_actions
from opsloop.meetings.forms import RulesForm
from opsloop.meetings.models import Meeting, Series
from opsloop.meetings.ruling import rules as current
from opsloop.meetings.views.finding import crumbs
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, render_page_or_partial, saved
from opsloop.web.versions import read_version
from opsloop.work.forms.repeats import words as repeat_words

SHOWN = 40


@login_required
@require_http_methods(["GET", "POST"])
@once
def rules(request: PageRequest) -> HttpResponse:
    """Show the rules (GET), or change them (POST)."""
    permissions.check_can_set_rules(request.person)
    found = current()
    form = RulesForm(request.POST if request.method == "POST" else None, rules=found)
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid():
            try:
                actions.change(values=form.values(), by=request.person, at=request.now, version=seen)
            except StaleVersion as stale:
                return versions.conflict(request, stale, theirs=RulesForm(rules=stale.record))
            return saved(request, reverse("meetings:rules"), _("The rules were saved."))
    context = {
        "rail_name": "manage",
        "crumbs": [(_("Administration"), reverse("organisation:manage"))],
        "form": form,
        "rules": found,
    }
    return render(request, "meetings/rules.html", context, status=422 if form.errors else 200)


def _series(request: PageRequest, pk: int) -> Series:
    found: Series = get_object_or_404(
        Series.objects.visible_to(request.person).select_related("organiser"), pk=pk
    )
    return found


@login_required
@require_GET
def series(request: PageRequest, pk: int) -> HttpResponse:
    """Show a series: its meetings, those without a room, and the days off about which somebody has to decide."""
    found = _series(request, pk)
    rows = Meeting.objects.visible_to(request.person).filter(series=found).select_related("room")
    meetings = list(rows.order_by("-starts_at")[:SHOWN])
    is_own = found.organiser_id == request.person.pk
    title = meetings[0].title if meetings else repeat_words(found.rule)
    context = {
        "rail_name": "meetings",
        "crumbs": crumbs(),
        "series": found,
        "title": title,
        "repeats": repeat_words(found.rule),
        "meetings": meetings,
        "days_off": series_actions.days_off(found, request.now) if is_own else [],
        "is_own": is_own,
        "now": request.now,
    }
    return render_page_or_partial(request, "meetings/series.html", "series", context)


@login_required
@require_POST
@once
def series_day(request: PageRequest, pk: int) -> HttpResponse:
    """Decide about a day off of a series: `how` is skip, before, after or keep."""
    found = _series(request, pk)
    try:
        day = date.fromisoformat(request.POST.get("day", "")[:10])
    except ValueError:
        raise Refused(_("Choose a day on which it takes place."), field="day") from None
    made = series_actions.decide_day(
        series=found, nominal=day, how=request.POST.get("how", ""), by=request.person, at=request.now,
        version=read_version(request),
    )  # fmt: skip
    text = _("That day is left out.")
    if made is not None and made.starts_at is not None:
        when = made.starts_at.astimezone(series_actions.zone_of(found))
        text = _("It takes place on %(when)s; everybody is asked.") % {"when": f"{when:%m-%d %H:%M}"}
    topics = [f"series:{pk}", "meetings", "inbox"]
    return saved(request, reverse("meetings:series", args=[pk]), text, topics=topics)
