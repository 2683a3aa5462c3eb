"""The list of tasks, a task, its form, its closing and its way to the bin."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity import registry
from opsloop.activity.models import Undo
from opsloop.activity.submissions import once
from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import (
    PageRequest,
    add_toast,
    close_drawer,
    hx_redirect,
    in_drawer,
    is_fragment,
    refresh,
    render_page_or_partial,
    saved,
    target_id,
)
from opsloop.work import capture, permissions, routine
from opsloop.work.actions import customs
from opsloop.work.actions import tasks as actions
from opsloop.work.forms.customs import CustomValuesForm
from opsloop.work.forms.tasks import FULL, NEW, TaskForm
from opsloop.work.models import Task
from opsloop.work.queries import axes, columns, lists
from opsloop.work.queries import tasks as queries
from opsloop.work.queries.customs import fields_for, lines_of
from opsloop.work.views.answers import (
    changed_by,
    detail_context,
    done,
    may_create,
    row_words,
    saved_sentence,
    show_detail,
    topics,
    undo_url,
)


@login_required
@require_http_methods(["GET", "POST"])
def tasks(request: PageRequest) -> HttpResponseBase:
    """Show the list of tasks, or create one from the line on top of it."""
    return _quick_create(request) if request.method == "POST" else _list(request)


def _list(request: PageRequest) -> HttpResponseBase:
    usual = "" if request.GET else registry.opening(request.person, "list")
    if usual:
        return redirect(f"{request.path}?{usual}")
    state = lists.ListState.read(request.GET, keep=("fold",))
    upto = request.GET.get("upto", "")
    pages = min(int(upto), lists.MOST_PAGES) if upto.isascii() and upto.isdigit() and 0 < len(upto) < 3 else 1
    is_continued = "more" in request.GET and is_fragment(request)
    shown = columns.chosen(state.cols, request.person)
    page = lists.page(
        request.person, state, now=request.now, pages=max(1, pages), columns=shown, is_continued=is_continued
    )
    headings = lists.headings(state, shown)
    context = {
        "rail_name": "tasks",
        "state": state,
        "page": page,
        "count_text": _("%(n)s tasks") % {"n": f"{page.count:,}"},
        "columns": headings,
        "sort_choices": lists.sort_choices(shown),
        "width": len(headings) + 3,
        "next_address": state.address(page=state.page + max(1, pages)),
        "may_create": may_create(request.person),
        "words": row_words(),
    }
    if is_continued:
        return render(request, "work/rows.html", context)
    fields = list(fields_for(request.person))
    context["offered"] = columns.offered(shown, fields)
    context["axes"] = [*axes.AXES.values(), *axes.of_fields(fields)]
    return render_page_or_partial(request, "work/tasks.html", "rows", context)


@once
def _quick_create(request: PageRequest) -> HttpResponse:
    """Create a task from one line in the grammar of quick-add; the list refreshes itself."""
    line = request.POST.get("text", "").strip()[:1000]
    reading = capture.read(line, by=request.person, at=request.now)
    values = reading.values()
    values["owner"] = values["owner"] or request.person
    values |= _inherited(request)
    task, undo = actions.create_undoable(
        by=request.person, at=request.now, title=reading.title[:200], **values
    )
    address = reverse("work:task", args=[task.pk])
    if request.headers.get("HX-Request") != "true":
        return redirect(address)
    response = HttpResponse(status=204)
    text = _("%(number)s “%(title)s” was created.") % {"number": task.number, "title": task.title}
    add_toast(response, text, undo_url=undo_url(undo), link=address, link_text=_("Open"))
    return refresh(response, *topics(task))


def _inherited(request: PageRequest) -> dict[str, Any]:
    """Return the project or goal that a new task takes over from the list it is added to."""
    sent = {name: request.POST[name] for name in ("project", "goal") if request.POST.get(name)}
    form = TaskForm(sent, person=request.person, now=request.now, names=tuple(sent))
    if not form.is_valid():
        raise Refused(_("The project or goal of this list does not exist any more."))
    return dict(form.cleaned_data)


@login_required
@require_http_methods(["GET", "POST"])
@once
def new(request: PageRequest) -> HttpResponse:
    """Create a task with all its fields."""
    if not may_create(request.person):
        raise Forbidden(_("Your role only allows reading."))
    given = {
        name: request.GET[name]
        for name in ("owner", "project", "goal", "parent", "title", "recurrence")
        if name in request.GET
    }
    form = TaskForm(
        request.POST or None, person=request.person, now=request.now, names=NEW,
        initial={"owner": request.person.pk, "requester": request.person.pk, **given},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            task, undo = actions.create_undoable(by=request.person, at=request.now, **_values(form))
        except Refused as refused:
            form.refuse(refused)
        else:
            address = reverse("work:task", args=[task.pk])
            text = _("%(number)s “%(title)s” was created.") % {"number": task.number, "title": task.title}
            return saved(
                request,
                address,
                text,
                topics=topics(task),
                undo_url=undo_url(undo),
                link=address,
                link_text=_("Open"),
            )
    context = {"form": form, "own": None, "task": None, "rail_name": "tasks", "back": reverse("work:tasks")}
    return render(request, "work/task_form.html", context, status=422 if form.errors else 200)


def _values(form: TaskForm) -> dict[str, Any]:
    """Return what the form holds as the actions take it."""
    values = dict(form.cleaned_data)
    if "tags" in values:
        values["tags"] = actions.tags_named(values["tags"])
    values.pop("applies", None)
    return values


@login_required
@require_GET
def task(request: PageRequest, pk: int) -> HttpResponse:
    """Show a task, as a page or in the drawer."""
    found = get_object_or_404(queries.shown(request.person), pk=pk)
    context = detail_context(found, request.person, request.now)
    template = "work/task.html#detail" if target_id(request) == "task-detail" else "work/task.html"
    return render(request, template, context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change any field of a task, its own fields included."""
    found = get_object_or_404(queries.shown(request.person), pk=pk)
    permissions.check_can_edit(found, request.person)
    form = TaskForm(request.POST or None, person=request.person, now=request.now, task=found)
    own = CustomValuesForm(
        request.POST or None,
        lines=lines_of(found, with_project=queries.sees(found, "project")),
        person=request.person,
        task_version=found.version,
    )
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid() and own.is_valid():
            try:
                undo = _change(request, found, form, own, seen)
            except StaleVersion as stale:
                return _conflict(request, stale, FULL)
            except Refused as refused:
                (own if refused.field in own.fields else form).refuse(refused)
            else:
                address = reverse("work:task", args=[pk])
                return saved(
                    request, address, saved_sentence(found), topics=topics(found), undo_url=undo_url(undo)
                )
    context = {
        "form": form, "own": own, "task": found, "rail_name": "tasks", "back": reverse("work:task", args=[pk]),
        "why": request.POST.get("why", ""),
    }  # fmt: skip
    return render(request, "work/task_form.html", context, status=422 if form.errors or own.errors else 200)


@transaction.atomic
def _change(
    request: PageRequest, found: Task, form: TaskForm, own: CustomValuesForm, seen: int
) -> Undo | None:
    """Change a task; of routine work, if so chosen, this instance alone: the next one is made beforehand."""
    values = _values(form)
    if form.cleaned_data.get("applies") == "only":
        routine.only_this(task=found, by=request.person, at=request.now)
        values.pop("recurrence", None)
    return customs.change_task(
        task=found,
        values=values,
        customs=own.values(),
        by=request.person,
        at=request.now,
        version=seen,
        why=request.POST.get("why", "").strip()[:300],
    )


def _conflict(request: PageRequest, stale: StaleVersion, names: Any) -> HttpResponse:
    theirs = TaskForm(person=request.person, now=request.now, task=stale.record, names=names)
    return versions.conflict(request, stale, theirs=theirs, **changed_by(stale.record))


@login_required
@require_http_methods(["POST", "DELETE"])
def closure(request: PageRequest, pk: int) -> HttpResponse:
    """Close a task (POST) or open it again (DELETE)."""
    found = get_object_or_404(queries.changeable(request.person), pk=pk)
    seen = versions.read_version(request)
    if request.method == "POST":
        undo = actions.close(task=found, by=request.person, at=request.now, version=seen)
        text = _("“%(title)s” is done.") % {"title": found.title}
    else:
        undo = actions.reopen(task=found, by=request.person, at=request.now, version=seen)
        text = _("“%(title)s” is open again.") % {"title": found.title}
    return answer(request, found, text, undo)


def answer(request: PageRequest, found: Task, text: str, undo: Any) -> HttpResponse:
    """Answer a change made on a row (204, the list refreshes) or on the page of the task (its fragment)."""
    if request.headers.get("HX-Request") != "true":
        return redirect("work:task", pk=found.pk)
    target = target_id(request)
    if target == "task-detail":
        return done(show_detail(request, found), found, text, undo)
    if target == f"task-{found.pk}":
        # What was written stands in `found` already, with all that a row shows.
        return done(_row(request, found), found, text, undo)
    return done(HttpResponse(status=204), found, text, undo)


@login_required
@require_GET
def row(request: PageRequest, pk: int) -> HttpResponse:
    """Show the row of one task."""
    return _row(request, get_object_or_404(lists.with_neighbours(queries.visible(request.person)), pk=pk))


def _row(request: PageRequest, found: Task) -> HttpResponse:
    current = request.headers.get("HX-Current-URL", "").partition("?")[2]
    state = lists.ListState.read(QueryDict(current))
    shown = columns.chosen(state.cols, request.person)
    row = lists.as_rows([found], request.person, now=request.now, columns=shown)[0]
    headings = lists.headings(state, shown)
    context = {"row": row, "task": found, "words": row_words(), "columns": headings}
    return render(request, "work/task_row.html", context)


@login_required
@require_GET
def status_menu(request: PageRequest, pk: int) -> HttpResponse:
    """Show the choices of a row's status menu, loaded when it is opened."""
    found = get_object_or_404(queries.visible(request.person), pk=pk)
    return render(request, "work/status_menu.html", {"task": found, "statuses": Task.Status.choices})


@login_required
@require_POST
def bin(request: PageRequest, pk: int) -> HttpResponse:  # noqa: A001  (the noun of the address)
    """Move a task to the recycle bin."""
    found = get_object_or_404(queries.changeable(request.person), pk=pk)
    seen = versions.read_version(request)
    undo = actions.put_in_bin(task=found, by=request.person, at=request.now, version=seen)
    text = _("“%(title)s” was moved to the recycle bin.") % {"title": found.title}
    response = close_drawer(HttpResponse(status=204))
    if not _is_over_a_list(request, found):
        response = hx_redirect(request, reverse("work:tasks"))
    add_toast(response, text, undo_url=undo_url(undo))
    # Not the task itself: what showed it is closing, and would only be told that it is gone.
    return refresh(response, *(topic for topic in topics(found) if topic != f"task:{found.pk}"))


def _is_over_a_list(request: PageRequest, found: Task) -> bool:
    """Whether the page behind stays when the task goes: it does unless it is the task's own page."""
    current = request.headers.get("HX-Current-URL", "")
    return in_drawer(request) or (bool(current) and reverse("work:task", args=[found.pk]) not in current)
