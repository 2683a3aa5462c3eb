"""Bringing the reports of a team together, and asking for those that are missing."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from opsloop.activity.submissions import once
from opsloop.reports import permissions
from opsloop.reports.actions import merging
from opsloop.reports.actions import reports as actions
from opsloop.reports.actions.reminding import leads_of
from opsloop.reports.models import Part, Report
from opsloop.reports.queries import pages
from opsloop.reports.queries.subjects import Which
from opsloop.reports.views.finding import find
from opsloop.web.http import PageRequest, add_toast, hx_redirect, read_id


@login_required
@require_POST
@once
def parts(request: PageRequest, name: str, whose: str) -> HttpResponse:
    """Take over what one of the team handed in (`source`), or without it what all have and is not taken over yet."""
    place = find(request, name, whose)
    team = pages.team_of(place.report)
    wanted = read_id(request.POST.get("source"))
    sources: list[Report] = [
        one.report for one in team
        if one.report is not None and (one.report.pk == wanted if wanted else one.can_take)
    ]  # fmt: skip
    merging.merge(which=place.which, sources=sources, by=request.person, at=request.now)
    response = hx_redirect(request, reverse("reports:report", args=[name, whose]))
    text = ngettext("%(n)s report is taken over.", "%(n)s reports are taken over.", len(sources))
    return add_toast(response, text % {"n": len(sources)})


@login_required
@require_POST
@once
def removal(request: PageRequest, pk: int) -> HttpResponse:
    """Take a part out of a report again."""
    rows = Part.objects.filter(report__in=Report.objects.visible_to(request.person).order_by().values("pk"))
    related = (*(f"report__{name}" for name in pages.RELATED), "source__person")
    part = get_object_or_404(rows.select_related(*related), pk=pk)
    permissions.check_can_write(part.report, request.person)
    to = reverse("reports:report", args=[part.report.period.name, part.report.place])
    merging.drop(part=part, by=request.person, at=request.now)
    return add_toast(hx_redirect(request, to), _("It is out again; it can be taken over anew."))


@login_required
@require_POST
@once
def asking(request: PageRequest, name: str, whose: str) -> HttpResponse:
    """Ask those of the team who have not handed in."""
    place = find(request, name, whose)
    count = 0
    for one in pages.missing(pages.team_of(place.report)):
        people = [one.person] if one.person else leads_of(one.department) if one.department else []
        people = [person for person in people if person.pk != request.person.pk]
        if people:
            which = Which(people[0], place.period, department=one.department)
            count += bool(actions.ask(which=which, people=people, by=request.person, at=request.now))
    text = ngettext("%(n)s report was asked for.", "%(n)s reports were asked for.", count) % {"n": count}
    return add_toast(hx_redirect(request, reverse("reports:report", args=[name, whose])), text)
