"""The parts of a task that are records of their own: actions, dependencies, history."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.records.refusals import Refused
from opsloop.web.http import PageRequest, is_fragment, read_id
from opsloop.work import capture, permissions
from opsloop.work.actions import tasks as actions
from opsloop.work.actions.dependencies import change_lag
from opsloop.work.forms.fields import LagField
from opsloop.work.models import Dependency, Task
from opsloop.work.queries import tasks as queries
from opsloop.work.queries.history import FILTERS, history
from opsloop.work.views.tasks import answer


@login_required
@require_POST
@once
def steps(request: PageRequest, pk: int) -> HttpResponse:
    """Add an action to a task, from one line in the grammar of quick-add."""
    parent = get_object_or_404(queries.editable(request.person), pk=pk)
    permissions.check_can_edit(parent, request.person)
    line = request.POST.get("text", "").strip()[:1000]
    reading = capture.read(line, by=request.person, at=request.now)
    values = {**reading.values(), "parent": parent}
    step, undo = actions.create_undoable(
        by=request.person, at=request.now, title=reading.title[:200], **values
    )
    text = _("%(number)s “%(title)s” was created.") % {"number": step.number, "title": step.title}
    return answer(request, parent, text, undo)


@login_required
@require_http_methods(["GET", "POST"])
def dependencies(request: PageRequest, pk: int) -> HttpResponse:
    """Suggest tasks (GET ?q=), or put one of them before or after this task (POST)."""
    found = get_object_or_404(queries.editable(request.person), pk=pk)
    sent = request.GET if request.method == "GET" else request.POST
    role = "successor" if sent.get("role") == "successor" else "predecessor"
    if request.method == "GET":
        hits = queries.suggestions(request.person, sent.get("q", "")[:100], besides=found, role=role)
        return render(request, "work/suggestions.html", {"task": found, "hits": hits})
    other = queries.editable(request.person).filter(pk=_other(request) or 0).first()
    if other is None:
        raise Refused(_("Choose the task to wait for."), field="predecessor")
    first, last = (other, found) if role == "predecessor" else (found, other)
    undo = actions.add_dependency(
        predecessor=first, successor=last, lag_minutes=_lag(request), by=request.person, at=request.now
    )
    words = (
        _("It now waits for “%(title)s”.") if role == "predecessor" else _("“%(title)s” now waits for it.")
    )
    return answer(request, found, words % {"title": other.title}, undo)


def _other(request: PageRequest) -> int | None:
    return read_id(request.POST.get("other") or request.POST.get("predecessor"))


def _lag(request: PageRequest) -> int:
    """Return the lag that was typed, in working minutes."""
    try:
        return int(LagField().clean(request.POST.get("lag", "")))
    except ValidationError as bad:
        raise Refused(str(bad.messages[0]), field="lag") from bad


def _link(request: PageRequest, pk: int, link: int) -> tuple[Task, Dependency]:
    """Return the task and one of its dependencies, whichever end of it the task is."""
    found = get_object_or_404(queries.editable(request.person), pk=pk)
    ends = Dependency.objects.select_related("successor", "predecessor")
    row = get_object_or_404(ends.filter(Q(successor=found) | Q(predecessor=found)), pk=link)
    if row.successor_id != found.pk:
        # Its rights decide: it is the one that waits.
        row.successor = get_object_or_404(queries.editable(request.person), pk=row.successor_id)
    return found, row


@login_required
@require_http_methods(["DELETE", "POST"])
def dependency(request: PageRequest, pk: int, link: int) -> HttpResponse:
    """Remove a dependency; POST serves browsers without scripts."""
    found, row = _link(request, pk, link)
    undo = actions.remove_dependency(dependency=row, by=request.person, at=request.now)
    return answer(request, found, _("The two tasks do not wait for each other any more."), undo)


@login_required
@require_POST
def lag(request: PageRequest, pk: int, link: int) -> HttpResponse:
    """Change how long the later task waits after the earlier one."""
    found, row = _link(request, pk, link)
    undo = change_lag(dependency=row, lag_minutes=_lag(request), by=request.person, at=request.now)
    return answer(request, found, _("The lag was saved.") if undo else "", undo)


@login_required
@require_GET
def task_history(request: PageRequest, pk: int) -> HttpResponse:
    """Show a task's history, from the event `before` on, perhaps of one field only."""
    found = get_object_or_404(queries.visible(request.person).only("pk", "title", "number"), pk=pk)
    return _history(request, found, "work:task_history")


def _history(request: PageRequest, record: Task, name: str) -> HttpResponse:
    """Answer with the rows for htmx, else with a page of its own."""
    field = request.GET.get("field", "")[:60]
    page = history(record, request.person, before=read_id(request.GET.get("before")) or 0, field=field)
    context = {
        "history": page, "record": record, "history_url": name, "field": field, "fields": FILTERS,
        "rail_name": "tasks",
    }  # fmt: skip
    if is_fragment(request):
        asks_more = "before" in request.GET
        return render(request, "work/history.html" if asks_more else "work/history_part.html", context)
    return render(request, "work/history_page.html", context)
