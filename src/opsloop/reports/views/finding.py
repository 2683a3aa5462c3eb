"""What the views of reports share: which report an address names, and what a page sends of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from opsloop.engines.reporting import read_name
from opsloop.engines.reviewing import Period, period_of
from opsloop.organisation.models import Department
from opsloop.records.refusals import Refused
from opsloop.reports import permissions
from opsloop.reports.actions.reports import Values
from opsloop.reports.models import TEXTS, Report
from opsloop.reports.queries.facts import GOALS
from opsloop.reports.queries.subjects import Which
from opsloop.web.http import PageRequest, read_id
from opsloop.work.models import Project

_HOURS = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?")
MOST_LINES = 200


@dataclass(frozen=True)
class Place:
    """The report that an address names: as it is kept, or as it is before its first word (no key)."""

    which: Which
    report: Report
    whose: str

    @property
    def period(self) -> Period:
        """What it tells of."""
        return self.which.period

    @property
    def name(self) -> str:
        """The name of the person, department or project."""
        return self.report.whose

    @property
    def version(self) -> int:
        """What a form states as the version it saw: 0 before the first word."""
        return self.report.version if self.report.pk else 0


def period_named(request: PageRequest, name: str) -> Period:
    """Return the period that an address names; 404 for none, and for one that lies ahead."""
    period = read_name(name)
    today = request.now.astimezone(zone_of(request)).date()
    if period is None or period.starts_on > period_of(period.kind, today).starts_on:
        raise Http404
    return period


def find(request: PageRequest, name: str, whose: str) -> Place:
    """Return the report that the address names, if the person writes it or may; 404 otherwise. At most two queries."""
    which = named(request, period_named(request, name), whose)
    # Who may only read finds handed in reports by their key.
    blank = which.unwritten(request.now)
    if not permissions.can_write_for(blank, request.person):
        raise Http404
    return Place(which, which.find() or blank, whose)


def named(request: PageRequest, period: Period, whose: str) -> Which:
    """Return the subject that "me", "d12" or "p7" names among what the person may see; 404 otherwise. One query."""
    person = request.person
    if whose == "me":
        return Which(person, period)
    kind, pk = whose[:1], read_id(whose[1:])
    if kind == "d":
        rows = Department.objects.visible_to(person).filter(closed_at__isnull=True)
        return Which(person, period, department=get_object_or_404(rows, pk=pk))
    if kind == "p":
        seen = Project.objects.visible_to(person).filter(deleted_at__isnull=True)
        return Which(person, period, project=get_object_or_404(seen.select_related("owner"), pk=pk))
    raise Http404


def zone_of(request: PageRequest) -> ZoneInfo:
    """Return the time zone of who asks."""
    return ZoneInfo(request.person.time_zone)


def values_of(request: PageRequest, report: Report) -> Values:
    """Return what a page sends of a report; lines of sections it did not show stay as they are."""
    sent = request.POST
    words = {name: _typed(sent[name]) for name in TEXTS if name in sent}
    parts = {
        int(name[5:]): _typed(sent[name])
        for name in sent
        if name.startswith("part-") and read_id(name[5:]) is not None
    }
    return Values(words, _left_out(request, report), _goals(sent), parts)


def _typed(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").strip()


def _left_out(request: PageRequest, report: Report) -> list[str] | None:
    shown = set(request.POST.getlist("shown"))
    if not shown:
        return None
    kept = [key for key in report.left_out if key.partition(":")[0] not in shown]
    sent = [_typed(key) for key in request.POST.getlist("left_out")[: MOST_LINES + 1]]
    return sorted({*kept, *(key for key in sent if key.partition(":")[0] in shown)})


def _goals(sent: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    if "goal-0" not in sent:
        return None
    return [
        {
            "text": _typed(sent.get(f"goal-{n}", "")),
            "minutes": _minutes(sent.get(f"hours-{n}", ""), f"hours-{n}"),
        }
        for n in range(GOALS)
    ]


def _minutes(text: str, field: str) -> int:
    """Return hours such as 3 or 1.5 as minutes; nothing is 0."""
    typed = _typed(text)
    if not typed:
        return 0
    if not typed.isascii() or not _HOURS.fullmatch(typed):
        raise Refused(_("Hours are a number such as 3 or 1.5."), field=field)
    return round(float(typed.replace(",", ".")) * 60)
