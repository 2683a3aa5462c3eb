"""The Gantt chart: the page, its data, the move of a bar with its consequences, and remembered plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity import registry
from opsloop.activity.submissions import once
from opsloop.boards.actions import plans
from opsloop.boards.models import Baseline
from opsloop.boards.queries import gantt as queries
from opsloop.boards.queries import moves
from opsloop.boards.queries.moves import Wish
from opsloop.boards.views import state as states
from opsloop.boards.views.words import gantt_words
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused, StaleVersion, VersionMissing
from opsloop.web.http import (
    PageRequest,
    add_toast,
    close_dialog,
    hx_redirect,
    read_id,
    refresh,
    render_page_or_partial,
)
from opsloop.work import permissions
from opsloop.work.actions.tasks import Edit
from opsloop.work.models import Project, Task
from opsloop.work.queries import tasks as work
from opsloop.work.queries.lists import ListState

# One move is one short transaction.
MOST_MOVES = 500
# A bar as a form names it: task, version seen, new start and due date.
Stated = tuple[int, int, datetime | None, datetime | None]


# What of the address only this layout knows.
KEEP = ("as", "baseline")


@login_required
@require_GET
def gantt(request: PageRequest) -> HttpResponseBase:
    """Show the chart, or the same as a table (?as=table)."""
    usual = "" if request.GET else registry.opening(request.person, "gantt")
    if usual:
        return redirect(f"{request.path}?{usual}")
    state = states.read(request, keep=KEEP, whole_projects=True)
    pk = queries.project_of(state)
    project = Project.objects.visible_to(request.person).alive().filter(pk=pk).first() if pk else None
    address = states.full_address(replace(state, extras=()))
    context = {
        "rail_name": "tasks",
        "state": state,
        "project": project,
        "baselines": queries.baselines(request.person, project.pk) if project else [],
        "baseline": _baseline(request, state),
        "may_plan": project is not None and permissions.can_edit_project(project, request.person),
        "as_table": request.GET.get("as") == "table",
        "table_address": f"{address}&as=table",
        "chart_address": address,
    }
    if context["as_table"]:
        context["page"] = _table(request, state)
        return render_page_or_partial(request, "boards/gantt_table.html", "rows", context)
    bars = reverse("boards:gantt_bars") + states.full_address(state)
    context |= {"bars_address": bars, "island": states.island_key(state), "words": gantt_words()}
    return render_page_or_partial(request, "boards/gantt.html", "rows", context)


def _table(request: PageRequest, state: ListState) -> Any:
    chart = queries.chart(request.person, state, now=request.now)
    lines = queries.table_order(chart)
    rows = [
        (line, chart.people.get(line.task.owner_id or 0, ""), chart.projects.get(line.task.project_id or 0))
        for line in lines
    ]
    return Paginator(rows, queries.TABLE_ROWS).get_page(state.page)


def _baseline(request: PageRequest, state: ListState) -> Baseline | None:
    pk = read_id(request.GET.get("baseline"))
    found = Baseline.objects.visible_to(request.person).filter(pk=pk) if pk else Baseline.objects.none()
    project = queries.project_of(state)
    return found.filter(project_id=project).first() if project else None


@login_required
@require_GET
def bars(request: PageRequest) -> JsonResponse:
    """Answer with the bars, links and days of the chart."""
    state = states.read(request, keep=KEEP, whole_projects=True)
    chart = queries.chart(request.person, state, now=request.now)
    found = queries.as_json(chart, now=request.now, baseline=_baseline(request, state))
    return JsonResponse(found, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


@login_required
@require_http_methods(["GET", "POST"])
def move(request: PageRequest, pk: int) -> HttpResponseBase:
    """Show what follows when a bar moves (GET ?start=&due=), or do it (POST)."""
    found = get_object_or_404(work.changeable(request.person), pk=pk)
    permissions.check_can_edit(found, request.person)
    if not found.is_open:
        raise Refused(_("“%(title)s” is closed. Open it again to move it.") % {"title": found.title})
    if request.method == "POST":
        return _apply(request, pk)
    wish = Wish(moves.read_day(request.GET.get("start")), moves.read_day(request.GET.get("due")))
    return _show(request, found, wish)


def _show(request: PageRequest, task: Task, wish: Wish, *, stale: str = "") -> HttpResponse:
    if wish.start is None and wish.due is None and task.starts_at is None and task.due_at is None:
        wish = Wish(request.now.date(), request.now.date())
    shown = moves.consequences(request.person, task, wish, now=request.now)
    context = {
        "task": task,
        "shown": shown,
        "rail_name": "tasks",
        "stale": stale,
        "changes": [shown.moved, *shown.pushed],
        "is_same": shown.moved.old is not None
        and (shown.moved.old.start, shown.moved.old.due) == (shown.moved.start, shown.moved.due),
    }
    # Only what follows changes while somebody chooses dates in the dialog.
    part = "#consequences" if stale or "part" in request.GET else ""
    return render(request, f"boards/move.html{part}", context, status=412 if stale else 200)


@once
def _apply(request: PageRequest, pk: int) -> HttpResponse:
    """Give the bars the dates that were shown, if nobody has changed one of them since."""
    stated = [read_stated(one) for one in request.POST.getlist("move")]
    if not stated:
        raise VersionMissing
    if request.POST.get("only"):
        stated = [one for one in stated if one[0] == pk]
    try:
        count, undo = plans.move(edits=edits_of(request.person, stated), by=request.person, at=request.now)
    except StaleVersion as stale:
        own = next((one for one in stated if one[0] == pk), None)
        wish = Wish(own[2].date() if own and own[2] else None, own[3].date() if own and own[3] else None)
        text = _("“%(title)s” was changed by somebody meanwhile. This is what follows now.")
        task = work.visible(request.person).get(pk=pk)
        return _show(request, task, wish, stale=text % {"title": stale.record.title})
    response = HttpResponse(status=204)
    if request.headers.get("HX-Request") != "true":
        response = hx_redirect(request, reverse("boards:gantt"))
    text = ngettext("%(n)s task was moved.", "%(n)s tasks were moved.", count) % {"n": count}
    add_toast(response, text, undo_url=reverse("activity:undo", args=[undo.pk]) if undo else "")
    return refresh(close_dialog(response), "tasks")


def read_stated(text: str) -> Stated:
    """Read one `id|version|start|due` as `Change.stated` writes it."""
    parts = text.split("|")
    try:
        pk, version, *ends = read_id(parts[0]), read_id(parts[1]), *map(_moment, parts[2:])
        start, due = ends
    except (ValueError, IndexError):
        pk = version = start = due = None
    if pk is None or version is None or not (start or due):
        raise Refused(_("This move cannot be read. Close the dialog and move the bar again."))
    return pk, version, start, due


def _moment(text: str) -> datetime | None:
    moment = None if text == "-" else datetime.fromisoformat(text)
    if moment is not None and moment.tzinfo is None:
        raise ValueError(text)
    return moment


def edits_of(person: Person, stated: Sequence[Stated]) -> list[Edit]:
    """Return what bars that a form names shall hold. Raises Refused when one is out of sight."""
    if len(stated) > MOST_MOVES:
        raise Refused(
            _("At most %(n)s tasks can be changed at once. Narrow the list by a filter.") % {"n": MOST_MOVES}
        )
    rows = work.changeable(person).in_bulk([one[0] for one in stated])
    if len(rows) < len({one[0] for one in stated}):
        raise Refused(
            _("One of these tasks does not exist any more, or you may not see it. Move the bar again.")
        )
    edits = []
    for pk, version, start, due in stated:
        values = {name: value for name, value in (("starts_at", start), ("due_at", due)) if value}
        edits.append(Edit(rows[pk], values, version))
    return edits


@login_required
@require_POST
@once
def take_baseline(request: PageRequest) -> HttpResponse:
    """Remember how the dates of a project stand now, and compare with that from now on."""
    pk = read_id(request.POST.get("project"))
    project = get_object_or_404(Project.objects.visible_to(request.person).alive(), pk=pk or 0)
    name = request.POST.get("name", "")[:60]
    taken, undo = plans.take_baseline(project=project, name=name, by=request.person, at=request.now)
    response = hx_redirect(request, f"{reverse('boards:gantt')}?project={project.pk}&baseline={taken.pk}")
    text = _("The dates of “%(name)s” are remembered.") % {"name": project.name}
    return add_toast(response, text, undo_url=reverse("activity:undo", args=[undo.pk]))


@login_required
@require_POST
def forget_baseline(request: PageRequest, pk: int) -> HttpResponse:
    """Forget a remembered plan."""
    found = get_object_or_404(Baseline.objects.visible_to(request.person), pk=pk)
    plans.forget_baseline(by=request.person, at=request.now, pk=found.pk)
    response = hx_redirect(request, f"{reverse('boards:gantt')}?project={found.project_id}")
    return add_toast(response, _("The baseline “%(name)s” was removed.") % {"name": found.name})
