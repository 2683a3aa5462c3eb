"""Templates of notices, and groups of recipients."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.notices import permissions
from opsloop.notices.actions import library as actions
from opsloop.notices.forms import PEOPLE, GroupForm, TemplateForm
from opsloop.notices.library import suggestions
from opsloop.notices.models import NoticeTemplate, RecipientGroup
from opsloop.notices.views.finding import find
from opsloop.organisation.models import Person
from opsloop.records.refusals import StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, read_id, saved
from opsloop.web.versions import read_version


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Notices"), reverse("notices:notices"))]


def _find_template(request: PageRequest, pk: int) -> NoticeTemplate:
    found: Any = get_object_or_404(NoticeTemplate.objects.visible_to(request.person), pk=pk)
    return cast("NoticeTemplate", found)


def _find_group(request: PageRequest, pk: int) -> RecipientGroup:
    found: Any = get_object_or_404(RecipientGroup.objects.visible_to(request.person), pk=pk)
    return cast("RecipientGroup", found)


@login_required
@require_GET
def templates(request: PageRequest) -> HttpResponse:
    """Show the templates one has, and the library."""
    permissions.check_may_send(request.person)
    rows = NoticeTemplate.objects.visible_to(request.person).select_related("owner")
    context = {
        "rail_name": "notices",
        "crumbs": _crumbs(),
        "rows": [(row, permissions.can(permissions.check_can_keep, row, request.person)) for row in rows],
        "suggestions": suggestions(),
    }
    return render(request, "notices/templates.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def new_template(request: PageRequest) -> HttpResponse:
    """Make a template; `?notice=` begins it with the text of a notice."""
    permissions.check_may_send(request.person)
    initial: dict[str, Any] = {}
    if wanted := read_id(request.GET.get("notice")):
        found = find(request, wanted)
        initial = {
            name: getattr(found, name) for name in ("importance", "title", "cause", "demands", "timing")
        }
        initial["name"] = found.title[:60]
    form = TemplateForm(request.POST if request.method == "POST" else None, template=None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.keep_template(template=None, values=form.cleaned_data, by=request.person, at=request.now)
        return saved(request, reverse("notices:templates"), _("The template was saved."))
    return _template_page(request, form, None)


def _template_page(request: PageRequest, form: TemplateForm, row: NoticeTemplate | None) -> HttpResponse:
    crumbs = [*_crumbs(), (_("Templates of notices"), reverse("notices:templates"))]
    context = {"rail_name": "notices", "crumbs": crumbs, "form": form, "row": row, "kind": "template"}
    return render(request, "notices/keep.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
@once
def template(request: PageRequest, pk: int) -> HttpResponse:
    """Change a template."""
    row = _find_template(request, pk)
    permissions.check_can_keep(row, request.person)
    form = TemplateForm(request.POST if request.method == "POST" else None, template=row)
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid():
            values = form.cleaned_data
            try:
                actions.keep_template(
                    template=row, values=values, by=request.person, at=request.now, version=seen
                )
            except StaleVersion as stale:
                return versions.conflict(request, stale, theirs=TemplateForm(template=stale.record))
            return saved(request, reverse("notices:templates"), _("The template was saved."))
    return _template_page(request, form, row)


@login_required
@require_POST
@once
def template_removal(request: PageRequest, pk: int) -> HttpResponse:
    """Remove a template."""
    row = _find_template(request, pk)
    actions.remove(row=row, by=request.person, at=request.now)
    return saved(request, reverse("notices:templates"), _("The template was removed."))


@login_required
@require_GET
def groups(request: PageRequest) -> HttpResponse:
    """Show the groups of recipients one may use."""
    permissions.check_may_send(request.person)
    rows = (
        RecipientGroup.objects.visible_to(request.person).select_related("owner").annotate(n=Count("members"))
    )
    context = {
        "rail_name": "notices",
        "crumbs": _crumbs(),
        "rows": [(row, permissions.can(permissions.check_can_keep, row, request.person)) for row in rows],
    }
    return render(request, "notices/groups.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def new_group(request: PageRequest) -> HttpResponse:
    """Make a group of recipients."""
    permissions.check_may_send(request.person)
    form = GroupForm(request.POST if request.method == "POST" else None, group=None)
    if request.method == "POST" and form.is_valid():
        _keep_group(request, form, None)
        return saved(request, reverse("notices:groups"), _("The group was saved."))
    return _group_page(request, form, None)


def _keep_group(
    request: PageRequest, form: GroupForm, row: RecipientGroup | None, seen: int | None = None
) -> None:
    data = form.cleaned_data
    actions.keep_group(
        group=row, name=data["name"], is_shared=data["is_shared"], members=list(data["members"]),
        by=request.person, at=request.now, version=seen,
    )  # fmt: skip


def _group_page(request: PageRequest, form: GroupForm, row: RecipientGroup | None) -> HttpResponse:
    crumbs = [*_crumbs(), (_("Groups of recipients"), reverse("notices:groups"))]
    context = {
        "rail_name": "notices", "crumbs": crumbs, "form": form, "row": row, "kind": "group",
        "people": Person.objects.active().only("name"), "people_id": PEOPLE,
    }  # fmt: skip
    return render(request, "notices/keep.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
@once
def group(request: PageRequest, pk: int) -> HttpResponse:
    """Change a group of recipients."""
    row = _find_group(request, pk)
    permissions.check_can_keep(row, request.person)
    form = GroupForm(request.POST if request.method == "POST" else None, group=row)
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid():
            try:
                _keep_group(request, form, row, seen)
            except StaleVersion as stale:
                return versions.conflict(request, stale, theirs=GroupForm(group=stale.record))
            return saved(request, reverse("notices:groups"), _("The group was saved."))
    return _group_page(request, form, row)


@login_required
@require_POST
@once
def group_removal(request: PageRequest, pk: int) -> HttpResponse:
    """Remove a group of recipients."""
    row = _find_group(request, pk)
    actions.remove(row=row, by=request.person, at=request.now)
    return saved(request, reverse("notices:groups"), _("The group was removed."))
