"""Request forms: the shelf of all departments, and the builder with its live preview."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.models import Undo
from opsloop.activity.submissions import once
from opsloop.collaboration import permissions, rights
from opsloop.collaboration.actions import forms as actions
from opsloop.collaboration.forms.answers import AnswersForm
from opsloop.collaboration.forms.builder import HeadForm, QuestionForm, RouteForm
from opsloop.collaboration.library import suggestion, suggestions
from opsloop.collaboration.models import FormField, RequestForm
from opsloop.collaboration.queries import forms as queries
from opsloop.collaboration.views.frame import section_tabs
from opsloop.organisation.forms.fields import refuse
from opsloop.organisation.models import Department
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, add_toast, hx_redirect, is_fragment, refresh, saved
from opsloop.web.versions import read_version


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Request forms"), reverse("collaboration:request_forms"))]


def _find(request: PageRequest, pk: int) -> RequestForm:
    rows = RequestForm.objects.visible_to(request.person).current().select_related("department", "handler")
    return get_object_or_404(rows.prefetch_related("fields"), pk=pk)


def _question(form: RequestForm, pk: int) -> FormField:
    found = get_object_or_404(form.fields.all(), pk=pk)
    found.form = form
    return found


@login_required
@require_GET
def request_forms(request: PageRequest) -> HttpResponse:
    """Show the forms of every department; who leads one builds there."""
    person = request.person
    shelves = queries.shelves(person, lambda pk: permissions.steers(pk, person))
    context = {
        "rail_name": "collaboration",
        "tabs": section_tabs(request, "request_forms"),
        "shelves": shelves,
        "may_build": any(one.may_build for one in shelves),
        "suggestions": suggestions(),
    }
    return render(request, "collaboration/request_forms.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def new_form(request: PageRequest, department: int) -> HttpResponse:
    """Make a form for a department, empty or (`?suggestion=`) from the library."""
    chosen = get_object_or_404(Department.objects.filter(closed_at__isnull=True), pk=department)
    rights.check_can_build(chosen, request.person)
    begun = suggestion(request.GET.get("suggestion", ""))
    data = request.POST if request.method == "POST" else None
    form = HeadForm(data, department=chosen, form=None, initial=begun.values() if begun else None)
    if request.method == "POST" and form.is_valid():
        questions = begun.questions if begun else ()
        try:
            made = actions.make(
                department=chosen,
                values=form.cleaned_data,
                questions=questions,
                by=request.person,
                at=request.now,
            )
        except Refused as refused:
            refuse(form, refused)
        else:
            return hx_redirect(request, reverse("collaboration:request_form", args=[made.pk]))
    context = {
        "rail_name": "collaboration", "crumbs": _crumbs(), "form": form, "row": None, "department": chosen,
        "begun": begun, "suggestions": suggestions(),
    }  # fmt: skip
    return render(request, "collaboration/form_head.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def request_form(request: PageRequest, pk: int) -> HttpResponse:
    """Show the builder of a form with its preview; who does not lead the department sees the preview alone."""
    form = _find(request, pk)
    part = is_fragment(request) and request.headers.get("HX-Target", "").endswith("builder")
    return _shown(request, form, part=part)


def _shown(request: PageRequest, form: RequestForm, *, part: bool) -> HttpResponse:
    may_build = permissions.can(rights.check_can_change_form, form, request.person)
    context = {
        "rail_name": "collaboration",
        "crumbs": _crumbs(),
        "form_": form,
        "questions": list(form.fields.all()),
        "routes": queries.routes_of(form),
        "preview": AnswersForm(form=form),
        "route_form": RouteForm(form=form) if may_build else None,
        "may_build": may_build,
    }
    name = "collaboration/request_form.html"
    return render(request, f"{name}#builder" if part else name, context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def form_head(request: PageRequest, pk: int) -> HttpResponse:
    """Change what a form says of itself."""
    found = _find(request, pk)
    rights.check_can_change_form(found, request.person)
    data = request.POST if request.method == "POST" else None
    form = HeadForm(data, department=found.department, form=found)
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid():
            try:
                actions.change(
                    form=found, values=form.cleaned_data, by=request.person, at=request.now, version=seen
                )
            except StaleVersion as stale:
                return versions.conflict(
                    request, stale, theirs=HeadForm(department=found.department, form=stale.record)
                )
            except Refused as refused:
                refuse(form, refused)
            else:
                return _saved(request, found)
    context = {
        "rail_name": "collaboration", "crumbs": _crumbs(), "form": form, "row": found, "department": found.department,
        "begun": None, "suggestions": (),
    }  # fmt: skip
    return render(request, "collaboration/form_head.html", context, status=422 if form.errors else 200)


def _saved(request: PageRequest, form: RequestForm) -> HttpResponse:
    to = reverse("collaboration:request_form", args=[form.pk])
    return saved(request, to, _("The form was saved."), topics=["request_forms", f"request_form:{form.pk}"])


@login_required
@require_http_methods(["GET", "POST"])
@once
def new_question(request: PageRequest, pk: int) -> HttpResponse:
    """Add a question at the end of a form."""
    found = _find(request, pk)
    rights.check_can_change_form(found, request.person)
    form = QuestionForm(request.POST if request.method == "POST" else None, question=None)
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid():
            try:
                actions.add_question(
                    form=found, values=form.cleaned_data, by=request.person, at=request.now, version=seen
                )
            except StaleVersion as stale:
                return versions.conflict(request, stale, theirs=QuestionForm(question=None))
            except Refused as refused:
                refuse(form, refused)
            else:
                return _saved(request, found)
    return _question_page(request, found, form, None)


@login_required
@require_http_methods(["GET", "POST"])
@once
def question(request: PageRequest, pk: int, question: int) -> HttpResponse:
    """Change a question of a form."""
    found = _find(request, pk)
    rights.check_can_change_form(found, request.person)
    row = _question(found, question)
    form = QuestionForm(request.POST if request.method == "POST" else None, question=row)
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid():
            try:
                actions.change_question(
                    question=row, values=form.cleaned_data, by=request.person, at=request.now, version=seen
                )
            except StaleVersion as stale:
                now = FormField.objects.filter(pk=row.pk).first()
                return versions.conflict(request, stale, theirs=QuestionForm(question=now))
            except Refused as refused:
                refuse(form, refused)
            else:
                return _saved(request, found)
    return _question_page(request, found, form, row)


def _question_page(
    request: PageRequest, found: RequestForm, form: QuestionForm, row: FormField | None
) -> HttpResponse:
    crumbs = [*_crumbs(), (found.name, reverse("collaboration:request_form", args=[found.pk]))]
    context = {"rail_name": "collaboration", "crumbs": crumbs, "form": form, "row": row, "form_": found}
    return render(request, "collaboration/question.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def question_place(request: PageRequest, pk: int, question: int) -> HttpResponse:
    """Put a question at another `place`, counted from 0."""
    found = _find(request, pk)
    rights.check_can_change_form(found, request.person)
    place = request.POST.get("place", "")
    if not place.isascii() or not place.isdigit() or len(place) > 6:
        raise Refused(_("Say as a number where the question goes."), field="place")
    seen = read_version(request)
    try:
        actions.move_question(
            question=_question(found, question),
            place=int(place),
            by=request.person,
            at=request.now,
            version=seen,
        )
    except StaleVersion as stale:
        return versions.plain_conflict(request, stale)
    return _again(request, found)


@login_required
@require_POST
def question_removal(request: PageRequest, pk: int, question: int) -> HttpResponse:
    """Remove a question; it can be taken back."""
    found = _find(request, pk)
    seen = read_version(request)
    try:
        undo = actions.remove_question(
            question=_question(found, question), by=request.person, at=request.now, version=seen
        )
    except StaleVersion as stale:
        return versions.plain_conflict(request, stale)
    return _again(request, found, _("The question was removed."), undo)


@login_required
@require_POST
def routes(request: PageRequest, pk: int) -> HttpResponse:
    """Let requests with one answer go to somebody."""
    found = _find(request, pk)
    rights.check_can_change_form(found, request.person)
    seen = read_version(request)
    form = RouteForm(request.POST, form=found)
    if not form.is_valid():
        name = next(iter(form.errors))
        raise Refused(f"{form.fields[name].label}: {form.errors[name][0]}", field=name)
    key, value = form.chosen()
    try:
        actions.add_route(
            form=found, key=key, value=value, handler=form.cleaned_data["person"], by=request.person,
            at=request.now, version=seen,
        )  # fmt: skip
    except StaleVersion as stale:
        return versions.plain_conflict(request, stale)
    return _again(request, found)


@login_required
@require_POST
def route_removal(request: PageRequest, pk: int, place: int) -> HttpResponse:
    """Take a route away."""
    found = _find(request, pk)
    seen = read_version(request)
    try:
        actions.remove_route(form=found, place=place, by=request.person, at=request.now, version=seen)
    except StaleVersion as stale:
        return versions.plain_conflict(request, stale)
    return _again(request, found)


def _again(request: PageRequest, form: RequestForm, text: str = "", undo: Undo | None = None) -> HttpResponse:
    """Answer with the builder as it stands now."""
    if not is_fragment(request):
        return hx_redirect(request, reverse("collaboration:request_form", args=[form.pk]))
    response = _shown(request, _find(request, form.pk), part=True)
    if text and undo is not None:
        add_toast(response, text, undo_url=reverse("activity:undo", args=[undo.pk]))
    return response


@login_required
@require_POST
@once
def form_removal(request: PageRequest, pk: int) -> HttpResponse:
    """Offer a form no more; it can be taken back."""
    found = _find(request, pk)
    seen = read_version(request)
    try:
        undo = actions.remove(form=found, by=request.person, at=request.now, version=seen)
    except StaleVersion as stale:
        return versions.plain_conflict(request, stale)
    response = hx_redirect(request, reverse("collaboration:request_forms"))
    refresh(response, "request_forms")
    return add_toast(response, _("The form was removed."), undo_url=reverse("activity:undo", args=[undo.pk]))
