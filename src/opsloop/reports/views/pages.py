"""The pages of reports: the list, one report to read and write, handing it in and taking it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.engines.reporting import Capacity
from opsloop.engines.reviewing import Kind, due_period
from opsloop.records.refusals import Forbidden
from opsloop.reports import permissions
from opsloop.reports.actions import reports as actions
from opsloop.reports.documents import HEADINGS
from opsloop.reports.models import Report
from opsloop.reports.queries import pages, wording
from opsloop.reports.queries.facts import GOALS, ReportFacts, capacity_of, facts_of, gather, goals_of
from opsloop.reports.queries.links import owned
from opsloop.reports.queries.subjects import Which, subject_for
from opsloop.reports.views.finding import Place, find, values_of, zone_of
from opsloop.reviews.queries.facts import Subject
from opsloop.web.http import PageRequest, add_toast, hx_redirect, is_fragment, read_id, render_page_or_partial
from opsloop.web.versions import read_version

# The examples say how such a sentence looks.
EXAMPLES = {
    "summary": gettext_lazy(
        "e.g. the main visual is approved; the community round starts on Thursday as planned"
    ),
    "late": gettext_lazy(
        "e.g. the supplier confirmed five days late; from now on two are asked at the same time"
    ),
    "ahead": gettext_lazy(
        "e.g. the first draft of the landing page by Wednesday, so that the review can be on Friday"
    ),
    "support": gettext_lazy("e.g. finance decides about the limit of the coupons by Tuesday noon"),
}
# How long the list shows what others handed in.
RECENT = timedelta(days=45)
TITLES = {"week": pgettext_lazy("page", "Weekly reports"), "month": pgettext_lazy("page", "Monthly reports")}


@login_required
@require_GET
def reports(request: PageRequest) -> HttpResponse:
    """Show reports by week or month (`?kind=`): own ones, a department's (`?of=d12`) or project's, those to read."""
    kind: Kind = "month" if request.GET.get("kind") == "month" else "week"
    person = request.person
    led, projects = pages.led(person), pages.own_projects(person)
    wanted, pk = request.GET.get("of", ""), read_id(request.GET.get("of", "")[1:])
    department = next((one for one in led if wanted[:1] == "d" and one.pk == pk), None)
    project = next((one for one in projects if wanted[:1] == "p" and one.pk == pk), None)
    today = request.now.astimezone(zone_of(request)).date()
    which = Which(person, due_period(kind, today), department, project)
    whose = which.unwritten(request.now).place
    context = {
        "rail_name": "reports",
        "kind": kind,
        "tabs": _kind_tabs(kind, whose),
        "lines": pages.rows_of(which, kind, today=today),
        "places": _places(led, projects),
        "whose": whose,
        "due": which.period,
        "to_read": pages.to_read(person, since=request.now - RECENT),
    }
    return render_page_or_partial(request, "reports/reports.html", "rows", context)


def _places(led: Any, projects: Any) -> list[tuple[str, str]]:
    return [
        ("me", _("Mine")), *((f"d{one.pk}", one.name) for one in led), *((f"p{one.pk}", one.name) for one in projects),
    ]  # fmt: skip


def _kind_tabs(kind: Kind, whose: str) -> list[dict[str, Any]]:
    address = reverse("reports:reports")
    return [
        {"label": label, "url": f"{address}?kind={one}&of={whose}", "current": one == kind, "count": None}
        for one, label in TITLES.items()
    ]


@login_required
@require_http_methods(["GET", "POST"])
@once
def report(request: PageRequest, name: str, whose: str) -> HttpResponse:
    """Show a report; keep what is typed into it (see `values_of`, and `version`)."""
    place = find(request, name, whose)
    if request.method == "POST":
        values, version = values_of(request, place.report), read_version(request)
        kept = actions.write(
            which=place.which, values=values, by=request.person, at=request.now, version=version
        )
        if not is_fragment(request):
            return redirect("reports:report", name, whose)
        context = {"version": kept.version, "saved_at": request.now}
        return render(request, "reports/report.html#report-saved", context)
    if place.report.is_submitted:
        return redirect("reports:read", place.report.pk)
    return render_page_or_partial(request, "reports/report.html", "report-team", context_of(request, place))


def context_of(request: PageRequest, place: Place) -> dict[str, Any]:
    """Return what the page of a report shows while it is written; the facts come by themselves. Seven queries."""
    found = place.report
    team = pages.team_of(found)
    return {
        **_shared(request, found),
        "place": place,
        "version": place.version,
        "saved_at": None,
        "writing": True,
        "goals": _goal_rows(goals_of(found)),
        "parts": pages.parts_of(found),
        "team": team,
        "missing": pages.missing(team),
        "can_take": any(one.can_take for one in team),
    }


def _shared(request: PageRequest, found: Report) -> dict[str, Any]:
    today = request.now.astimezone(zone_of(request)).date()
    return {
        "rail_name": "reports",
        "report": found,
        "heading": f"{wording.title_of(found)} {found.period.name}",
        "has_later": found.period.following.starts_on <= today,
        "words": {
            key: {"label": HEADINGS[key], "example": EXAMPLES[key], "text": str(found.words.get(key, ""))}
            for key in HEADINGS
        },
        "crumbs": [(_("Reports"), reverse("reports:reports"))],
    }


def _goal_rows(goals: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = [*goals, *({"text": "", "minutes": 0} for _number in range(GOALS - len(goals)))][:GOALS]
    return [{**one, "hours": f"{one['minutes'] / 60:g}" if one.get("minutes") else ""} for one in rows]


@login_required
@require_GET
def lines(request: PageRequest, name: str, whose: str, which: str) -> HttpResponse:
    """Show what the record says `back` or `ahead`; the page fetches both when it is open."""
    place = find(request, name, whose)
    if which not in ("back", "ahead"):
        raise Http404
    found, is_back = place.report, which == "back"
    subject = subject_for(found)
    if found.is_submitted:
        facts = ReportFacts.from_json(found.facts)
    else:
        zone = zone_of(request)
        facts = gather(subject, found.period, zone=zone, at=request.now, back=is_back, ahead=not is_back)
    context = {
        **_said(found, facts, subject),
        "writing": permissions.can_write(found, request.person),
        "rail_name": "reports",
    }
    return render(request, f"reports/{which}.html", context)


def _said(found: Report, facts: ReportFacts, subject: Subject | None = None) -> dict[str, Any]:
    """Return the facts in words; whoever knows the `subject` already saves a query."""
    to = wording.linked(found, subject)
    return {
        "report": found,
        "facts": facts,
        "figures": wording.figures(facts, to),
        "back": wording.back(facts, to),
        "ahead": wording.ahead(facts, to),
        "members": [(one, to.tasks(to.due(), who=owned(one.pk))) for one in facts.members],
        "hours_url": to.rows("hours"),
    }


@login_required
@require_GET
def capacity(request: PageRequest, name: str, whose: str) -> HttpResponse:
    """Show whether what comes first next fits into the week; fetched again whenever the report was saved."""
    place = find(request, name, whose)
    found, zone = place.report, zone_of(request)
    room = None
    if found.kind == "week" and found.project is None:
        room = _room(found, zone)
    return render(request, "reports/capacity.html", {"room": room, "rail_name": "reports"})


def _room(found: Report, zone: ZoneInfo) -> Capacity:
    """Return the working time of the week after a report, with what its goals are thought to take."""
    base = capacity_of(subject_for(found), found.period.following, zone)
    return Capacity(base.available, base.placed, sum(int(one.get("minutes", 0)) for one in goals_of(found)))


@login_required
@require_POST
@once
def submission(request: PageRequest, name: str, whose: str) -> HttpResponse:
    """Hand a report in, with what stands in its fields and its figures as they are now."""
    place = find(request, name, whose)
    version, values = read_version(request), values_of(request, place.report)
    gathered = facts_of(place.report, zone=zone_of(request), at=request.now).to_json()
    kept, undo = actions.submit(
        which=place.which,
        values=values,
        facts=gathered,
        goals=goals_of(place.report),
        by=request.person,
        at=request.now,
        version=version,
    )
    text = _("The report is handed in. It keeps its figures as they are now.")
    response = hx_redirect(request, reverse("reports:read", args=[kept.pk]))
    return add_toast(response, text, undo_url=reverse("activity:undo", args=[undo.pk]))


def one_of(request: PageRequest, pk: int) -> Report:
    """Return a report that the person may see; 404 otherwise. One query."""
    rows = Report.objects.visible_to(request.person).select_related(*pages.RELATED)
    return get_object_or_404(rows, pk=pk)


@login_required
@require_GET
def read(request: PageRequest, pk: int) -> HttpResponse:
    """Show a report that was handed in; one that is still written goes on where it is."""
    found = one_of(request, pk)
    if not found.is_submitted:
        # Of a person's draft nobody else sees anything, so "me" is right here.
        return redirect("reports:report", found.period.name, found.place)
    facts = ReportFacts.from_json(found.facts)
    room = facts.capacity
    goals = list(found.goals or [])
    context = {
        **_shared(request, found),
        **_said(found, facts),
        "writing": False,
        "may_write": permissions.can_write_for(found, request.person),
        "goals": goals,
        "room": Capacity(room.available, room.placed, sum(int(one.get("minutes", 0)) for one in goals))
        if room
        else None,
        "parts": pages.parts_of(found),
    }
    return render(request, "reports/read.html", context)


@login_required
@require_POST
@once
def withdrawal(request: PageRequest, pk: int) -> HttpResponse:
    """Take a report back that was handed in, and go on writing it."""
    found = one_of(request, pk)
    if not permissions.can_write_for(found, request.person):
        raise Forbidden(_("A report is taken back by those who may write it."))
    actions.take_back(report=found, by=request.person, at=request.now, version=read_version(request))
    response = hx_redirect(request, reverse("reports:report", args=[found.period.name, found.place]))
    return add_toast(response, _("The report is open again."))
