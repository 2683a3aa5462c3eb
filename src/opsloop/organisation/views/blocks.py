"""The time blocks of the organisation, a team or a person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.engines.blocks import DEFAULT_TEMPLATE
from opsloop.organisation import permissions
from opsloop.organisation.actions import blocks as actions
from opsloop.organisation.forms.worktime import rule_formset, rules_of
from opsloop.organisation.models import BlockTemplate, Department, Person
from opsloop.organisation.queries.blocks import as_template, template_for, zone_of
from opsloop.organisation.queries.people import assignable_departments
from opsloop.organisation.roles import Permission
from opsloop.organisation.strips import Strip, strip_of_rules
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused
from opsloop.web import versions
from opsloop.web.dates import WEEKDAYS
from opsloop.web.http import PageRequest, saved

# More exceptions ahead than this are looked up by their day.
MOST_EXCEPTIONS = 30


@dataclass(frozen=True)
class Owner:
    """Whose blocks: a person's, a department's, or (neither) the organisation's."""

    person: Person | None = None
    department: Department | None = None
    # An exception of this day alone.
    day: date | None = None

    @property
    def name(self) -> str:
        """The name for headings."""
        return str(self.person or self.department or _("Whole organisation"))

    @property
    def row(self) -> BlockTemplate | None:
        """The own template, its rules loaded, or None."""
        rows = BlockTemplate.objects.filter(person=self.person, department=self.department, day=self.day)
        return rows.prefetch_related("rules").first()

    @property
    def url(self) -> str:
        """The address of the editor."""
        if self.person:
            return reverse("organisation:blocks_person", args=[self.person.pk])
        if self.department:
            return reverse("organisation:blocks_department", args=[self.department.pk])
        return reverse("organisation:blocks_organisation")

    @property
    def week_url(self) -> str:
        """The address of the editor of the ordinary week."""
        return replace(self, day=None).url

    @property
    def days_url(self) -> str:
        """The address of the editor of a single day, which takes `day=`; "" for the organisation."""
        if self.person:
            return reverse("organisation:blocks_person_day", args=[self.person.pk])
        return (
            reverse("organisation:blocks_department_day", args=[self.department.pk])
            if self.department
            else ""
        )

    def exceptions(self, since: date) -> list[BlockTemplate]:
        """Return the exceptions from `since` on."""
        rows = BlockTemplate.objects.filter(person=self.person, department=self.department, day__gte=since)
        return list(rows.order_by("day")[:MOST_EXCEPTIONS])

    @property
    def is_removable(self) -> bool:
        """Whether there is somebody above whose blocks would count instead."""
        return bool(self.person or self.department)

    def check(self, by: Person) -> None:
        """Raise Forbidden unless `by` may edit these blocks."""
        permissions.check_can_edit_blocks(department=self.department, person=self.person, by=by)


@login_required
@require_GET
def block_list(request: PageRequest) -> HttpResponse:
    """One's own day, the organisation's, and those of teams and people one may see."""
    by = request.person
    rows = (
        BlockTemplate.objects.visible_to(by)
        .usual()
        .select_related("department", "person")
        .prefetch_related("rules")
    )
    others = [row for row in rows if row.person_id != by.pk]
    others.sort(key=lambda row: (bool(row.person_id), bool(row.department_id), row.name))
    mine = template_for(by)
    context = {
        "rail_name": "manage",
        "mine": mine.row,
        "mine_is_own": bool(mine.row and mine.row.person_id == by.pk),
        "mine_strip": strip_of_rules(mine.template.rules),
        "cards": [
            {
                "owner": Owner(row.person, row.department),
                "strip": strip_of_rules(as_template(row).rules),
                "may_edit": permissions.can_edit_template(row, by),
            }
            for row in others
        ],
        "teams": assignable_departments(by, Permission.BLOCKS_MANAGE).exclude(
            pk__in=[row.department_id for row in others if row.department_id]
        ),
    }
    return render(request, "organisation/blocks.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def blocks_organisation(request: PageRequest) -> HttpResponse:
    """Edit the organisation's blocks."""
    return _edit(request, Owner())


@login_required
@require_http_methods(["GET", "POST"])
@once
def blocks_department(request: PageRequest, pk: int) -> HttpResponse:
    """Edit the blocks of a department."""
    return _edit(
        request, Owner(department=get_object_or_404(Department.objects.visible_to(request.person), pk=pk))
    )


@login_required
@require_http_methods(["GET", "POST"])
@once
def blocks_person(request: PageRequest, pk: int) -> HttpResponse:
    """Edit the blocks of a person."""
    people = Person.objects.visible_to(request.person).select_related("department")
    return _edit(request, Owner(person=get_object_or_404(people, pk=pk)))


@login_required
@require_http_methods(["GET", "POST"])
@once
def blocks_department_day(request: PageRequest, pk: int) -> HttpResponse:
    """Edit the blocks of a department on a single day."""
    department = get_object_or_404(Department.objects.visible_to(request.person), pk=pk)
    return _edit(request, Owner(department=department, day=_day(request)))


@login_required
@require_http_methods(["GET", "POST"])
@once
def blocks_person_day(request: PageRequest, pk: int) -> HttpResponse:
    """Edit the blocks of a person on a single day."""
    people = Person.objects.visible_to(request.person).select_related("department")
    return _edit(request, Owner(person=get_object_or_404(people, pk=pk), day=_day(request)))


def _day(request: PageRequest) -> date:
    """Return the day that the address names, today if it names none.

    Raises:
        Refused: it names something else.
    """
    text = request.GET.get("day", "")
    if not text:
        return request.now.astimezone(zone_of(request.person)).date()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not is_plausible(day):
        raise Refused(_("Choose a day between 2000 and 2100, for example 2026-11-27."))
    return day


@login_required
@require_POST
@once
def blocks_removal(request: PageRequest, pk: int) -> HttpResponse:
    """Drop own blocks, so that those above count again."""
    rows = BlockTemplate.objects.visible_to(request.person).select_related("department", "person")
    template = get_object_or_404(rows, pk=pk)
    actions.remove(
        template=template, by=request.person, at=request.now, version=versions.read_version(request)
    )
    return saved(
        request,
        reverse("organisation:blocks"),
        _("The blocks above count again."),
        topics=["block_templates"],
    )


@login_required
@require_POST
def blocks_preview(request: PageRequest) -> HttpResponse:
    """Draw the day that the rows of the editor make, while they are typed."""
    formset = rule_formset((), request.POST, is_single_day=request.GET.get("single") == "1")
    return render(request, "organisation/parts/blocks_preview.html", _preview(formset))


def _preview(formset: Any) -> dict[str, Any]:
    problem, rules = "", []
    if formset.is_valid():
        rules = rules_of(formset)
        try:
            actions.check_rules(rules)
        except Refused as refusal:
            problem = refusal.reason
    return {"days": [] if problem else _days(rules), "problem": problem}


def _days(rules: Any) -> list[tuple[str, Strip]]:
    """Return one strip for each group of weekdays that look alike."""
    groups: list[tuple[list[int], Strip]] = []
    for weekday in range(7):
        today = [rule for rule in rules if weekday in rule.weekdays]
        strip = strip_of_rules(today, weekday)
        if groups and groups[-1][1] == strip:
            groups[-1][0].append(weekday)
        elif today:
            groups.append(([weekday], strip))
    return [(_weekday_words(weekdays), strip) for weekdays, strip in groups if strip.segments]


def _weekday_words(weekdays: list[int]) -> str:
    first, last = str(WEEKDAYS[weekdays[0]]), str(WEEKDAYS[weekdays[-1]])
    return first if len(weekdays) == 1 else f"{first}–{last}"


def _edit(request: PageRequest, owner: Owner) -> HttpResponse:
    owner.check(request.person)
    row = owner.row
    inherited = template_for(owner.person).template if owner.person else _above(owner.department)
    rules = as_template(row).rules if row else inherited.rules
    if owner.day and not row:
        rules = tuple(rule for rule in rules if owner.day.weekday() in rule.weekdays)
    formset = rule_formset(rules, request.POST or None, is_single_day=owner.day is not None)
    if request.method == "POST":
        seen = versions.read_version(request) if row or request.POST.get("version") else None
        if formset.is_valid():
            try:
                actions.set_rules(
                    rules=rules_of(formset), by=request.person, at=request.now, version=seen,
                    department=owner.department, person=owner.person, day=owner.day,
                )  # fmt: skip
            except Refused as refusal:
                formset.non_form_errors().append(refusal.reason)
            else:
                home = owner.week_url if owner.day else reverse("organisation:blocks")
                return saved(request, home, _("Saved."), topics=["block_templates"])
    today = request.now.astimezone(zone_of(request.person)).date()
    is_bad = bool(formset.is_bound and (formset.non_form_errors() or any(formset.errors)))
    days = _preview(formset)["days"] if formset.is_bound else _days(rules)
    if owner.day:
        days = [(str(WEEKDAYS[owner.day.weekday()]), strip) for _words, strip in days[:1]]
    context = {
        "rail_name": "manage",
        "owner": owner,
        "row": row,
        "formset": formset,
        "days": days,
        "problem": "",
        "today": today,
        "exceptions": [] if owner.day or not owner.days_url else owner.exceptions(today),
    }
    return render(request, "organisation/blocks_edit.html", context, status=422 if is_bad else 200)


def _above(department: Department | None) -> Any:
    """Return the template that counts for a department without one of its own."""
    chain = [*department.ancestor_ids] if department else []
    rows = {
        row.department_id: row
        for row in BlockTemplate.objects.usual().filter(person=None).prefetch_related("rules")
    }
    found = next(filter(None, [rows.get(pk) for pk in reversed(chain)]), None) or rows.get(None)
    return as_template(found) if found and department else DEFAULT_TEMPLATE
