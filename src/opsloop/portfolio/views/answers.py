"""What the views around a project answer alike: how a record is found, edited and removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from opsloop.activity import queries as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.portfolio import permissions
from opsloop.portfolio.actions import records
from opsloop.portfolio.models.around import Around
from opsloop.portfolio.queries import page
from opsloop.portfolio.queries.history import of_record
from opsloop.portfolio.queries.standing import modules
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, add_toast, refresh, saved

Found = TypeVar("Found", bound=Around)


def find_project(request: PageRequest, pk: int) -> Any:
    """Return a project that the viewer may see, or answer 404."""
    return get_object_or_404(page.find(request.person), pk=pk)


def find_record(request: PageRequest, model: type[Found], pk: int) -> Found:
    """Return a record of a project that the viewer may see, or answer 404."""
    rows = model._default_manager.all().visible_to(request.person).alive()
    found: Found = get_object_or_404(
        rows.select_related("project__department").prefetch_related("project__members"), pk=pk
    )
    return found


def require_module(name: str) -> None:
    """Answer 404 unless the organisation's mode shows this part."""
    if name not in modules():
        raise Http404


def undo_url(undo: Undo | None) -> str:
    """Return where the toast's undo posts to, or ""."""
    return reverse("activity:undo", args=[undo.pk]) if undo else ""


def topics(project_pk: int) -> list[str]:
    """Return what shows a project: its page and the list."""
    return [f"project:{project_pk}", "projects"]


def home(project_pk: int) -> str:
    """Return the address of a project's page."""
    return reverse("portfolio:project", args=[project_pk])


def changed(request: PageRequest, project_pk: int, text: str, undo: Undo | None) -> HttpResponse:
    """Answer a form that was saved: back to the project, with a toast and its undo."""
    return saved(request, home(project_pk), text, topics=topics(project_pk), undo_url=undo_url(undo))


def acted(project_pk: int, text: str, undo: Undo | None) -> HttpResponse:
    """Answer a button: nothing moves, a toast tells it and the page refreshes itself."""
    response = HttpResponse(status=204)
    add_toast(response, text, undo_url=undo_url(undo))
    return refresh(response, *topics(project_pk))


def writer_of(project_pk: int) -> Mapping[str, Any]:
    """Say who wrote around a project last and when, for the dialog of a conflict."""
    event = activity.history("project", project_pk).first()
    if event is None:
        return {}
    return {"changed_by": Person.objects.filter(pk=event.actor_id).first(), "changed_at": event.at}


def show_form(request: PageRequest, form: Any, context: Mapping[str, Any]) -> HttpResponse:
    """Show a form around a project: on a page of its own, or in the drawer."""
    whole = {
        "rail_name": "projects", "form": form, "record": None, "history": (), "removal": "", "lede": "",
        "version_of": None, "vague": False, **context,
    }  # fmt: skip
    return render(request, "portfolio/form.html", whole, status=422 if form.errors else 200)


def add_view(
    request: PageRequest,
    *,
    project: Any,
    form_class: Callable[..., Any],
    initial: Mapping[str, Any],
    verb: Callable[..., tuple[Any, Undo]],
    words: Mapping[str, str],
    vague: bool = False,
) -> HttpResponse:
    """Show and take a form that adds a record to a project. `words`: "title", "button", "added" with %(title)s."""
    permissions.check_can_contribute(project, request.person)
    form = form_class(
        request.POST if request.method == "POST" else None,
        project=project, person=request.person, initial=dict(initial),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            made, undo = verb(project=project, by=request.person, at=request.now, **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            return changed(request, project.pk, words["added"] % {"title": made}, undo)
    context = {"project": project, "title": words["title"], "button": words["button"], "vague": vague}
    return show_form(request, form, context)


def edit_view(
    request: PageRequest,
    *,
    record: Any,
    form_class: Callable[..., Any],
    verb: Callable[..., Undo | None],
    words: Mapping[str, str],
    vague: bool = False,
) -> HttpResponse:
    """Show and take the form of a record. `verb(values=, by=, at=, version=)`; `words` as in `add_view`, "saved"."""
    project, kind = record.project, records.kind_of(record)
    permissions.check_can_act_on(project, records.owner_of(record), request.person)
    made = {"project": project, "person": request.person}
    form = form_class(request.POST if request.method == "POST" else None, record=record, **made)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                undo = verb(values=form.cleaned_data, by=request.person, at=request.now, version=seen)
            except StaleVersion as stale:
                theirs = form_class(record=stale.record, **made)
                return versions.conflict(request, stale, theirs=theirs, **writer_of(project.pk))
            except Refused as refused:
                form.refuse(refused)
            else:
                return changed(request, project.pk, words["saved"] % {"title": record}, undo)
    context = {
        "project": project, "title": words["title"], "button": words["button"], "record": record,
        "version_of": record, "vague": vague, "history": of_record(kind, record.pk, project.pk),
        "removal": reverse("portfolio:removal", args=[kind, record.pk]),
    }  # fmt: skip
    return show_form(request, form, context)
