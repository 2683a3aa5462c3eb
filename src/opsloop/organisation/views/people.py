"""The directory, a person, and adding people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.organisation import permissions
from opsloop.organisation.actions import invitations, people
from opsloop.organisation.forms.people import NewPersonForm, PersonForm, RoleForm, SkillsForm
from opsloop.organisation.history import entries_of
from opsloop.organisation.models import Department, Invitation, Leave, Person, PersonSkill, RoleAssignment
from opsloop.organisation.queries import people as queries
from opsloop.organisation.queries.blocks import template_for, zone_of
from opsloop.organisation.queries.departments import indented
from opsloop.organisation.roles import Permission, Role
from opsloop.organisation.spans import leave_words
from opsloop.organisation.strips import strip_of_rules
from opsloop.organisation.views.answers import attempt, conflict, needs
from opsloop.records.refusals import StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, read_id, render_page_or_partial, saved

PAGE = 50


@login_required
@require_GET
def people_list(request: PageRequest) -> HttpResponse:
    """The directory."""
    filters = _filters(request)
    found = queries.directory(request.person, filters, at=request.now)
    page: Any = Paginator(queries.by_name(found), PAGE).get_page(request.GET.get("page"))
    page.object_list = queries.loaded(found, page.object_list)
    context = {
        "rail_name": "people",
        "page": page,
        "filters": filters,
        "chips": _chips(request, filters),
        "departments": indented(Department.objects.visible_to(request.person).filter(closed_at__isnull=True)),
        "roles": Role.choices,
        "statuses": status_words(),
        "may_invite": request.person.may(Permission.PEOPLE_MANAGE),
    }
    return render_page_or_partial(request, "organisation/people.html", "people", context)


def _filters(request: PageRequest) -> queries.Filters:
    pk = read_id(request.GET.get("department"))
    department = Department.objects.visible_to(request.person).filter(pk=pk).first() if pk else None
    role, status = request.GET.get("role", ""), request.GET.get("status", "")
    return queries.Filters(
        text=request.GET.get("q", "").replace("\x00", "").strip()[:60],
        department=department,
        role=role if role in Role.values else "",
        status=status if status in ("disabled", "waiting", "all") else "",
    )


def status_words() -> dict[str, str]:
    """Return what the directory can be narrowed to by status."""
    return {"waiting": _("Not joined yet"), "disabled": _("Disabled"), "all": _("Everybody")}


def _chips(request: HttpRequest, filters: queries.Filters) -> list[dict[str, str]]:
    shown = {
        "q": (_("Search"), filters.text),
        "department": (_("Department"), str(filters.department or "")),
        "role": (_("Role"), str(Role(filters.role).label) if filters.role else ""),
        "status": (_("Status"), status_words().get(filters.status, "")),
    }
    return [
        {
            "key": key,
            "text": text,
            "remove_url": "?" + urlencode({k: v for k, v in request.GET.items() if k not in (name, "page")}),
        }
        for name, (key, text) in shown.items()
        if text
    ]


def person_url(person: Person) -> str:
    """Return the address of a person's page."""
    return reverse("organisation:person", args=[person.pk])


@login_required
@require_GET
def person(request: PageRequest, pk: int) -> HttpResponse:
    """One person: who they are, what they may do, when they work."""
    found = _find(request, pk)
    by = request.person
    chosen = template_for(found)
    manages = permissions.can_manage(found, by)
    context = {
        "rail_name": "people",
        "person": found,
        "manages": manages,
        "is_self": found.pk == by.pk,
        "may_grant": by.may(Permission.ROLES_GRANT) or manages,
        "may_edit_skills": permissions.allows(permissions.check_can_enter_leave, found, by),
        "may_disable": manages and permissions.allows(permissions.check_can_disable, found, by),
        "may_invite": manages and permissions.allows(permissions.check_can_invite, found, by),
        "sees_phone": permissions.allows(permissions.check_can_see_contact, found, by),
        "assignments": list(found.role_assignments.all()),
        "skills": PersonSkill.objects.filter(person=found)
        .select_related("skill")
        .order_by("-level", "skill__name"),
        "template": chosen.row,
        "strip": strip_of_rules(chosen.template.rules),
        "leave": [
            {"leave": row, "words": leave_words(row, zone_of(found))} for row in _coming_leave(request, found)
        ],
        "invitation": Invitation.objects.filter(person=found).open(at=request.now).first()
        if manages
        else None,
        "history": entries_of("person", found.pk, limit=8) if manages else None,
    }
    return render(request, "organisation/person.html", context)


def _coming_leave(request: PageRequest, person: Person) -> Iterable[Leave]:
    return Leave.objects.visible_to(request.person).filter(person=person, ends_at__gt=request.now)[:5]


def _find(request: PageRequest, pk: int) -> Person:
    people = Person.objects.visible_to(request.person).select_related("department")
    found: Person = get_object_or_404(people.prefetch_related(queries.roles_prefetch()), pk=pk)
    return found


@login_required
@needs(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
@once
def new_person(request: PageRequest) -> HttpResponse:
    """Add a person and, unless told otherwise, make their link at once."""
    form = NewPersonForm(request.POST or None, by=request.person)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: _create(request, form))
        if made:
            text = _("%(name)s was added.") % {"name": made.name}
            return saved(request, links_url([made]), text, topics=["persons"])
    shown: dict[str, Any] = {"rail_name": "people", "form": form}
    return render(request, "organisation/person_new.html", shown, status=422 if form.errors else 200)


@transaction.atomic
def _create(request: PageRequest, form: NewPersonForm) -> Person:
    data = dict(form.cleaned_data)
    role = Role(data.pop("role"))
    made = people.create(by=request.person, at=request.now, role=role, **data)
    invitations.invite(person=made, by=request.person, at=request.now)
    return made


def links_url(people: Iterable[Person]) -> str:
    """Return the address of the page that shows the links of `people`."""
    query = urlencode([("person", person.pk) for person in people])
    return f"{reverse('organisation:invitation_links')}?{query}"


@login_required
@needs(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
@once
def person_edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change what the directory says about somebody."""
    found, by = _find(request, pk), request.person
    permissions.check_can_manage(found, by)
    form = PersonForm(request.POST or None, by=by, person=found)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                done = attempt(
                    form,
                    lambda: people.change(
                        person=found, values=form.cleaned_data, by=by, at=request.now, version=seen
                    ),
                )
            except StaleVersion as stale:
                theirs = PersonForm(by=by, person=stale.record)
                return conflict(request, stale, theirs=theirs, subject_kind="person")
            if done:
                return saved(request, person_url(found), _("Saved."), topics=[f"person:{pk}", "persons"])
    context = {"rail_name": "people", "form": form, "person": found}
    return render(request, "organisation/person_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
@once
def person_skills(request: PageRequest, pk: int) -> HttpResponse:
    """Say what somebody can do."""
    found, by = _find(request, pk), request.person
    permissions.check_can_enter_leave(found, by)
    form = SkillsForm(request.POST or None, initial={"skills": _skill_lines(found)})
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                levels = form.cleaned_data["skills"]
                done = attempt(
                    form,
                    lambda: people.set_skills(
                        person=found, levels=levels, by=by, at=request.now, version=seen
                    ),
                )
            except StaleVersion as stale:
                theirs = SkillsForm(initial={"skills": _skill_lines(stale.record)})
                return conflict(request, stale, theirs=theirs, subject_kind="person")
            if done:
                return saved(request, person_url(found), _("Saved."), topics=[f"person:{pk}"])
    context = {"rail_name": "people", "form": form, "person": found}
    return render(request, "organisation/person_skills.html", context, status=422 if form.errors else 200)


def _skill_lines(person: Person) -> str:
    rows = PersonSkill.objects.filter(person=person).order_by("-level", "skill__name")
    return "\n".join(f"{name} {level}" for name, level in rows.values_list("skill__name", "level"))


@login_required
@needs(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
@once
def role_grants(request: PageRequest, pk: int) -> HttpResponse:
    """Grant a role."""
    found, by = _find(request, pk), request.person
    permissions.check_can_manage(found, by)
    form = RoleForm(request.POST or None, by=by, person=found)
    if request.method == "POST" and form.is_valid():
        role, department = Role(form.cleaned_data["role"]), form.cleaned_data["department"]
        if attempt(
            form, lambda: people.grant(person=found, role=role, department=department, by=by, at=request.now)
        ):
            return saved(request, person_url(found), _("Role granted."), topics=[f"person:{pk}"])
    context = {"rail_name": "people", "form": form, "person": found}
    return render(request, "organisation/role_grant.html", context, status=422 if form.errors else 200)


@login_required
@needs(Permission.PEOPLE_MANAGE)
@require_POST
@once
def role_withdrawal(request: PageRequest, pk: int, assignment: int) -> HttpResponse:
    """Take a role away."""
    found = _find(request, pk)
    permissions.check_can_manage(found, request.person)
    row = get_object_or_404(
        RoleAssignment.objects.select_related("person", "department"), pk=assignment, person=found
    )
    people.withdraw(assignment=row, by=request.person, at=request.now)
    return saved(request, person_url(found), _("Role withdrawn."), topics=[f"person:{pk}"])


@login_required
@needs(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
@once
def disablement(request: PageRequest, pk: int) -> HttpResponse:
    """Ask what happens to open work, then disable somebody."""
    found, by = _find(request, pk), request.person
    permissions.check_can_disable(found, by)
    if request.method == "POST":
        people.disable(person=found, by=by, at=request.now, version=versions.read_version(request))
        text = _("%(name)s is disabled and logged out everywhere.") % {"name": found.name}
        return saved(request, person_url(found), text, topics=[f"person:{pk}", "persons"])
    context = {"rail_name": "people", "person": found, "holdings": queries.holdings(found)}
    return render(request, "organisation/person_disable.html", context)


@login_required
@needs(Permission.PEOPLE_MANAGE)
@require_POST
@once
def enablement(request: PageRequest, pk: int) -> HttpResponse:
    """Let a disabled person back in."""
    found = _find(request, pk)
    people.enable(person=found, by=request.person, at=request.now, version=versions.read_version(request))
    text = _("%(name)s can log in again.") % {"name": found.name}
    return saved(request, person_url(found), text, topics=[f"person:{pk}", "persons"])


@login_required
@require_GET
def person_rights(request: PageRequest, pk: int) -> HttpResponse:
    """What this person may do where."""
    found = _find(request, pk)
    if found.pk != request.person.pk:
        permissions.check_can_manage(found, request.person)
    context: dict[str, Any] = {"rail_name": "people", "person": found, "rights": queries.rights(found)}
    return render(request, "organisation/person_rights.html", context)


@login_required
@require_GET
def role_matrix(request: PageRequest) -> HttpResponse:
    """Permissions × roles."""
    context = {"rail_name": "manage", "rows": queries.matrix(), "roles": queries.role_columns()}
    return render(request, "organisation/roles.html", context)
