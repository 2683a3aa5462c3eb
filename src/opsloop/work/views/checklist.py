"""The checklist of a task: add lines, tick, rewrite, move, turn into actions."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.records.refusals import Refused
from opsloop.web import versions
from opsloop.web.http import PageRequest, is_fragment
from opsloop.work import permissions
from opsloop.work.actions import checklist as actions
from opsloop.work.models import ChecklistItem
from opsloop.work.queries import tasks as queries
from opsloop.work.views.tasks import answer


def _item(request: PageRequest, pk: int, item: int) -> ChecklistItem:
    found = get_object_or_404(queries.editable(request.person), pk=pk)
    row: ChecklistItem = get_object_or_404(ChecklistItem, pk=item, task=found)
    row.task = found
    return row


@login_required
@require_POST
@once
def checklist(request: PageRequest, pk: int) -> HttpResponse:
    """Add items, one for each line of the text."""
    found = get_object_or_404(queries.editable(request.person), pk=pk)
    lines = request.POST.get("text", "").splitlines()
    undo = actions.add(task=found, texts=lines, by=request.person, at=request.now)
    count = sum(bool(line.strip()) for line in lines)
    text = ngettext("%(n)s item was added.", "%(n)s items were added.", count) % {"n": count}
    return answer(request, found, text, undo)


@login_required
@require_http_methods(["GET", "POST"])
def checklist_item(request: PageRequest, pk: int, item: int) -> HttpResponse:
    """Show the editor of an item (GET) or save its words (POST)."""
    row = _item(request, pk, item)
    permissions.check_can_edit(row.task, request.person)
    if request.method == "GET":
        return _editor(request, row, row.text) if is_fragment(request) else redirect("work:task", pk=pk)
    seen = versions.read_version(request)
    text = request.POST.get("text", "")
    if row.version != seen:
        # Short enough to be shown instead of asked about: what stands now beside what was typed.
        said = _("Meanwhile somebody wrote: “%(text)s”. Save again to keep yours.") % {"text": row.text}
        return _editor(request, row, text, said)
    try:
        undo = actions.rewrite(item=row, text=text, by=request.person, at=request.now, version=seen)
    except Refused as refused:
        if refused.field != "text":
            raise
        return _editor(request, row, text, refused.reason)
    return answer(request, row.task, _("The item was saved.") if undo else "", undo)


def _editor(request: PageRequest, row: ChecklistItem, text: str, error: str = "") -> HttpResponse:
    order = list(row.task.checklist.values_list("pk", flat=True))
    place = order.index(row.pk)
    context = {
        "task": row.task, "item": row, "text": text, "error": error, "before": place - 1, "after": place + 1,
        "is_last": place == len(order) - 1,
    }  # fmt: skip
    response = render(request, "work/check_item.html", context, status=422 if error else 200)
    if error:
        response["HX-Retarget"] = f"#item-{row.pk} .field-place"
        response["HX-Reswap"] = "innerHTML"
    return response


@login_required
@require_http_methods(["POST", "DELETE"])
def checklist_tick(request: PageRequest, pk: int, item: int) -> HttpResponse:
    """Tick an item off (POST) or take the tick back (DELETE). Ctrl+Z takes it back too, so no toast says so."""
    row = _item(request, pk, item)
    actions.tick(item=row, done=request.method == "POST", by=request.person, at=request.now)
    return answer(request, row.task, "", None)


@login_required
@require_POST
def checklist_place(request: PageRequest, pk: int, item: int) -> HttpResponse:
    """Put an item at another place, counted from 0."""
    row = _item(request, pk, item)
    permissions.check_can_edit(row.task, request.person)
    place = request.POST.get("place", "")
    if not place.isascii() or not place.isdigit() or len(place) > 6:
        raise Refused(_("Say as a number where the item goes."), field="place")
    actions.move(item=row, place=int(place), by=request.person, at=request.now)
    return answer(request, row.task, "", None)


@login_required
@require_POST
def checklist_removal(request: PageRequest, pk: int, item: int) -> HttpResponse:
    """Take an item off the list."""
    row = _item(request, pk, item)
    text = _("“%(title)s” was taken off the list.") % {"title": row.text}
    undo = actions.remove(item=row, by=request.person, at=request.now)
    return answer(request, row.task, text, undo)


@login_required
@require_POST
@once
def checklist_action(request: PageRequest, pk: int, item: int) -> HttpResponse:
    """Turn an item into an action."""
    row = _item(request, pk, item)
    action, undo = actions.make_action(item=row, by=request.person, at=request.now)
    text = _("“%(title)s” is an action now: %(number)s.") % {"title": action.title, "number": action.number}
    return answer(request, row.task, text, undo)
