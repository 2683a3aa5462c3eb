"""Settings: one's own, the organisation's, number patterns; and the page that leads to all administration."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opsloop.activity.submissions import once
from opsloop.organisation.actions import organisation as actions
from opsloop.organisation.actions import people
from opsloop.organisation.forms.organisation import OrganisationForm, PatternForm
from opsloop.organisation.forms.people import PreferencesForm
from opsloop.organisation.models import NumberPattern, Organisation
from opsloop.organisation.modes import MODES
from opsloop.organisation.numbering import DEFAULTS, example
from opsloop.organisation.queries.blocks import template_for, zone_of
from opsloop.organisation.queries.people import security_facts
from opsloop.organisation.roles import Permission
from opsloop.organisation.strips import strip_of_rules
from opsloop.organisation.views.answers import attempt, conflict, needs
from opsloop.records.refusals import StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, saved


def kind_labels() -> dict[str, str]:
    """Return the record types that have numbers, in words."""
    return {
        "task": _("Daily operations tasks"),
        "project_task": _("Project tasks"),
        "project": _("Projects"),
        "goal": _("Goals"),
        "notice": _("Notices"),
        "request": _("Collaboration requests"),
        "communication": _("Communication records"),
        "meeting": _("Meetings"),
        "decision": _("Decisions"),
    }


@login_required
@require_GET
def manage(request: PageRequest) -> HttpResponse:
    """What one may administer."""
    may = request.person.may
    context = {
        "rail_name": "manage",
        "may": {
            "settings": may(Permission.SETTINGS_MANAGE),
            "calendar": may(Permission.CALENDAR_MANAGE),
            "departments": may(Permission.DEPARTMENTS_MANAGE),
            "people": may(Permission.PEOPLE_MANAGE),
        },
    }
    return render(request, "organisation/manage.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def preferences(request: PageRequest) -> HttpResponse:
    """One's own settings."""
    person = request.person
    form = PreferencesForm(request.POST or None, person=person)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                people.prefer(person=person, values=form.cleaned_data, at=request.now, version=seen)
            except StaleVersion as stale:
                theirs = PreferencesForm(person=stale.record)
                return conflict(request, stale, theirs=theirs, subject_kind="person")
            with translation.override(person.language):
                return saved(request, reverse("organisation:settings"), _("Saved."))
    chosen = template_for(person)
    context = {
        "rail_name": "settings",
        "form": form,
        "person": person,
        "strip": strip_of_rules(chosen.template.rules),
        "template": chosen.row,
        "security": security_facts(person),
    }
    return render(request, "organisation/preferences.html", context, status=422 if form.errors else 200)


@login_required
@needs(Permission.SETTINGS_MANAGE)
@require_http_methods(["GET", "POST"])
@once
def organisation(request: PageRequest) -> HttpResponse:
    """Settings of the organisation."""
    row = Organisation.objects.first()
    if row is None:
        raise Http404
    form = OrganisationForm(request.POST or None, organisation=row)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                values = form.cleaned_data
                done = attempt(
                    form,
                    lambda: actions.change(
                        organisation=row, values=values, by=request.person, at=request.now, version=seen
                    ),
                )
            except StaleVersion as stale:
                theirs = OrganisationForm(organisation=stale.record)
                return conflict(request, stale, theirs=theirs, subject_kind="organisation")
            if done:
                return saved(request, reverse("organisation:organisation"), _("Saved."))
    context = {
        "rail_name": "manage",
        "form": form,
        "organisation": row,
        "modes": MODES,
        "patterns": _patterns(request),
    }
    return render(request, "organisation/organisation.html", context, status=422 if form.errors else 200)


def _patterns(request: PageRequest) -> list[dict[str, Any]]:
    rows = {row.kind: row for row in NumberPattern.objects.all()}
    at = request.now.astimezone(zone_of(request.person))
    labels = kind_labels()
    return [
        {"kind": kind, "label": labels[kind], "example": example(*_parts(rows.get(kind), kind), at=at)}
        for kind in DEFAULTS
    ]


def _parts(row: NumberPattern | None, kind: str) -> tuple[str, str, int]:
    return (row.prefix, row.date_part, row.width) if row else DEFAULTS[kind]


@login_required
@needs(Permission.SETTINGS_MANAGE)
@require_http_methods(["GET", "POST"])
@once
def pattern(request: PageRequest, kind: str) -> HttpResponse:
    """How the numbers of one record type look, with an example while typing."""
    if kind not in DEFAULTS:
        raise Http404
    row = NumberPattern.objects.filter(kind=kind).first()
    form = PatternForm(request.POST or None, initial=_pattern_initial(row, kind))
    if request.method == "POST":
        seen = versions.read_version(request) if row else None
        if form.is_valid():
            try:
                data = form.cleaned_data
                done = attempt(
                    form,
                    lambda: actions.set_pattern(
                        kind=kind, **data, by=request.person, at=request.now, version=seen
                    ),
                )
            except StaleVersion as stale:
                theirs = PatternForm(initial=_pattern_initial(stale.record, kind))
                return conflict(request, stale, theirs=theirs, subject_kind="organisation")
            if done:
                return saved(
                    request, reverse("organisation:organisation"), _("Saved."), topics=["organisation:1"]
                )
    at = request.now.astimezone(zone_of(request.person))
    context = {
        "rail_name": "manage",
        "form": form,
        "row": row,
        "kind": kind,
        "label": kind_labels()[kind],
        "example": example(*_parts(row, kind), at=at),
    }
    return render(request, "organisation/pattern.html", context, status=422 if form.errors else 200)


def _pattern_initial(row: NumberPattern | None, kind: str) -> dict[str, Any]:
    prefix, date_part, width = _parts(row, kind)
    return {"prefix": prefix, "date_part": date_part, "width": width}


@login_required
@needs(Permission.SETTINGS_MANAGE)
@require_GET
def pattern_example(request: PageRequest) -> HttpResponse:
    """The example number of the pattern that is being typed."""
    form = PatternForm(request.GET)
    at = request.now.astimezone(zone_of(request.person))
    text = example(**form.cleaned_data, at=at) if form.is_valid() else "—"
    return render(request, "organisation/parts/pattern_example.html", {"example": text})
