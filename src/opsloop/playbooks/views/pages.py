"""Templates: the list, one with its outline, the editor, and what is done with one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity import queries as activity
from opsloop.activity.models import Undo
from opsloop.activity.submissions import once
from opsloop.engines.language.goalcheck import vague_words
from opsloop.engines.playbook import Outline, Step, numbers
from opsloop.goals.queries.goals import LANGUAGES
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.playbooks import permissions
from opsloop.playbooks.actions import editing as actions
from opsloop.playbooks.actions import keeping, suggesting
from opsloop.playbooks.actions.editing import MOST_STEPS
from opsloop.playbooks.forms.editor import (
    BLANK_NODE,
    BLANK_STEP,
    PlaybookForm,
    read_outline,
    rows_of,
    typed_rows,
)
from opsloop.playbooks.models import Playbook
from opsloop.playbooks.queries import outlines as queries
from opsloop.playbooks.queries.history import history
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, add_toast, hx_redirect, refresh, render_page_or_partial, saved
from opsloop.work.models import Category, Project, Task


def find(request: PageRequest, pk: int) -> Playbook:
    """Return a template that the viewer may see with its parts, or answer 404."""
    visible = Playbook.objects.visible_to(request.person).alive().values("pk")
    found: Playbook = get_object_or_404(queries.with_parts().filter(pk__in=visible), pk=pk)
    return found


def undo_url(undo: Undo | None) -> str:
    """Return where the toast's undo posts to, or ""."""
    return reverse("activity:undo", args=[undo.pk]) if undo else ""


@login_required
@require_GET
def playbooks(request: PageRequest) -> HttpResponse:
    """Show the templates that the person may use."""
    archived, kind = request.GET.get("archived") == "1", request.GET.get("kind", "")
    kind = kind if kind in Playbook.Kind.values else ""
    address = reverse("playbooks:playbooks")
    tabs = [
        {"label": _("All"), "url": address, "current": not archived and not kind, "count": None},
        *(
            {"label": label, "url": f"{address}?kind={value}", "current": kind == value, "count": None}
            for value, label in Playbook.Kind.choices
        ),
        {"label": _("Archived"), "url": f"{address}?archived=1", "current": archived, "count": None},
    ]
    context = {
        "rail_name": "projects",
        "tabs": tabs,
        "cards": queries.cards(request.person, kind=kind, archived=archived),
        "archived": archived,
        "may_make": request.person.may(Permission.WORK_CREATE),
        "may_project": request.person.may(Permission.PROJECT_EDIT),
        "crumbs": [(_("Projects"), reverse("portfolio:projects"))],
    }
    return render_page_or_partial(request, "playbooks/playbooks.html", "playbooks", context)


@login_required
@require_GET
def playbook(request: PageRequest, pk: int) -> HttpResponse:
    """Show a template: what it makes, step by step."""
    found = find(request, pk)
    outline = queries.outline_of(found)
    names = numbers([step.level for step in outline.steps])
    context = {
        "rail_name": "projects",
        "playbook": found,
        "crumbs": [(_("Templates"), reverse("playbooks:playbooks"))],
        "outline": outline,
        "rows": [
            (name, step, [names[place] for place in step.after])
            for name, step in zip(names, outline.steps, strict=True)
        ],
        "days": queries.days_needed(outline),
        "may_edit": permissions.can_edit(found, request.person),
        "may_start": permissions.can_start(found, request.person),
        "may_make": request.person.may(Permission.WORK_CREATE),
        "history": history(found),
    }
    return render_page_or_partial(request, "playbooks/playbook.html", "playbook-body", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def new(request: PageRequest) -> HttpResponse:
    """Make a template from nothing."""
    permissions.check_can_make(request.person)
    is_project = (request.POST or request.GET).get("kind", "project") != "task"
    outline = Outline(
        "", is_project=is_project, roles=(str(_("Lead")),), steps=(Step(""), Step(""), Step(""))
    )
    form = PlaybookForm(request.POST or None, person=request.person, outline=outline)
    if request.method == "POST":
        try:
            outline = read_outline(request.POST, is_project=is_project)
            if form.is_valid():
                values = {name: form.cleaned_data[name] for name in ("sharing", "department")}
                made = actions.create(outline=outline, by=request.person, at=request.now, **values)
                text = _("The template “%(name)s” was made.") % {"name": made.name}
                return saved(request, reverse("playbooks:playbook", args=[made.pk]), text)
        except Refused as refused:
            form.refuse(refused)
    return _editor(request, form, outline, None)


@login_required
@require_http_methods(["GET", "POST"])
@once
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a template as a whole."""
    found = find(request, pk)
    permissions.check_can_edit(found, request.person)
    outline = queries.outline_of(found)
    form = PlaybookForm(request.POST or None, person=request.person, record=found, outline=outline)
    if request.method == "POST":
        seen = versions.read_version(request)
        try:
            outline = read_outline(request.POST, is_project=found.is_project)
            if form.is_valid():
                values = {name: form.cleaned_data[name] for name in ("sharing", "department")}
                undo = actions.change(
                    playbook=found, outline=outline, values=values, by=request.person, at=request.now, version=seen
                )  # fmt: skip
                text = _("The template “%(name)s” was saved.") % {"name": found.name}
                return saved(request, reverse("playbooks:playbook", args=[pk]), text, undo_url=undo_url(undo))
        except StaleVersion as stale:
            theirs = PlaybookForm(
                person=request.person, record=stale.record, outline=queries.outline_of(find(request, pk))
            )
            return versions.conflict(request, stale, theirs=theirs, **_writer(pk))
        except Refused as refused:
            form.refuse(refused)
    return _editor(request, form, outline, found)


def _writer(pk: int) -> dict[str, Any]:
    event = activity.history("playbook", pk).first()
    if event is None:
        return {}
    return {"changed_by": Person.objects.filter(pk=event.actor_id).first(), "changed_at": event.at}


def _editor(
    request: PageRequest, form: PlaybookForm, outline: Outline, found: Playbook | None
) -> HttpResponse:
    # A form that is shown again shows what was typed, whatever could be read of it.
    steps, nodes = typed_rows(request.POST) if form.is_bound else rows_of(outline)
    back = reverse("playbooks:playbook", args=[found.pk]) if found else reverse("playbooks:playbooks")
    context = {
        "rail_name": "projects", "form": form, "playbook": found, "outline": outline, "steps": steps,
        "nodes": nodes, "back": back, "blank": BLANK_STEP, "blank_node": BLANK_NODE,
        "urgencies": Task.Urgency.choices, "relevance": "12345",
        "categories": Category.objects.values_list("name", flat=True),
    }  # fmt: skip
    return render(request, "playbooks/editor.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def words(request: PageRequest) -> HttpResponse:
    """Name the vague words of the steps while they are being typed, with what to write instead."""
    texts = [
        *request.POST.getlist("step-title")[:MOST_STEPS],
        *request.POST.getlist("step-deliverable")[:MOST_STEPS],
    ]
    language = LANGUAGES.get(get_language() or "")
    found = {
        word.text: word.proposal for text in texts for word in vague_words(text[:1000], language=language)
    }
    return render(request, "goals/words.html", {"words": found})


@login_required
@require_POST
@once
def copy(request: PageRequest, pk: int) -> HttpResponse:
    """Make a template of one's own from another, and open its editor."""
    found = find(request, pk)
    name = (_("%(name)s (copy)") % {"name": found.name})[:120]
    made = actions.copy(playbook=found, name=name, by=request.person, at=request.now)
    response = hx_redirect(request, reverse("playbooks:edit", args=[made.pk]))
    return add_toast(response, _("This is your copy; only you see it until you share it."))


@login_required
@require_http_methods(["POST", "DELETE"])
@once
def archive(request: PageRequest, pk: int) -> HttpResponse:
    """Put a template out of the way (POST), or offer it again (DELETE)."""
    found, seen = find(request, pk), versions.read_version(request)
    act = {"by": request.person, "at": request.now, "version": seen}
    if request.method == "POST":
        undo, text = actions.archive(playbook=found, **act), _("“%(name)s” was archived.")
    else:
        undo, text = actions.bring_back(playbook=found, **act), _("“%(name)s” is offered again.")
    response = hx_redirect(request, reverse("playbooks:playbooks"))
    return add_toast(response, text % {"name": found.name}, undo_url=undo_url(undo))


@login_required
@require_POST
@once
def removal(request: PageRequest, pk: int) -> HttpResponse:
    """Remove a template; what was made from it stays."""
    found, seen = find(request, pk), versions.read_version(request)
    undo = actions.remove(playbook=found, by=request.person, at=request.now, version=seen)
    response = hx_redirect(request, reverse("playbooks:playbooks"))
    return add_toast(response, _("“%(title)s” was removed.") % {"title": found.name}, undo_url=undo_url(undo))


@login_required
@require_POST
@once
def suggested(request: PageRequest) -> HttpResponse:
    """Take in the templates that Opsloop brings along, those that are not there yet."""
    made = suggesting.bring(by=request.person, at=request.now)
    text = (
        _("%(n)s templates were added.") % {"n": len(made)}
        if made
        else _("All suggested templates are here already.")
    )
    response = hx_redirect(request, reverse("playbooks:playbooks"))
    return refresh(add_toast(response, text), "playbooks")


@login_required
@require_POST
@once
def from_project(request: PageRequest, pk: int) -> HttpResponse:
    """Keep a project as a template, and open it."""
    found = get_object_or_404(Project.objects.visible_to(request.person).alive(), pk=pk)
    return _kept(request, keeping.keep_project(project=found, by=request.person, at=request.now))


@login_required
@require_POST
@once
def from_task(request: PageRequest, pk: int) -> HttpResponse:
    """Keep a task with its actions as a template, and open it."""
    tasks = Task.objects.visible_to(request.person).alive().select_related("owner", "category")
    found = get_object_or_404(tasks, pk=pk)
    return _kept(request, keeping.keep_task(task=found, by=request.person, at=request.now))


def _kept(request: PageRequest, made: Playbook) -> HttpResponse:
    response = hx_redirect(request, reverse("playbooks:edit", args=[made.pk]))
    return add_toast(
        response, _("Kept as the template “%(name)s”. Give it a last polish.") % {"name": made.name}
    )
