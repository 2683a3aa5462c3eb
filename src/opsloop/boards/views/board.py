"""The board: its page, the next cards of a column, moving a card, a limit, a task added to a column."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from opsloop.activity.submissions import once
from opsloop.boards.queries import board as queries
from opsloop.boards.queries.board import KEEP, Looks
from opsloop.boards.views.opening import usual_address
from opsloop.records.refusals import Refused
from opsloop.web import versions
from opsloop.web.http import PageRequest, add_toast, refresh, render_page_or_partial
from opsloop.work import capture
from opsloop.work.actions import customs
from opsloop.work.models import Task
from opsloop.work.queries import lists
from opsloop.work.queries import tasks as task_queries
from opsloop.work.queries.axes import AXES, customs_for, of_fields, titles, values_for
from opsloop.work.queries.customs import fields_for
from opsloop.work.queries.lists import ListState
from opsloop.work.views.answers import may_create, row_words, topics, undo_url

FACT_WORDS = {
    "number": gettext_lazy("Number"),
    "owner": gettext_lazy("Owner"),
    "due": gettext_lazy("Due"),
    "urgency": gettext_lazy("Urgency"),
    "quadrant": gettext_lazy("Quadrant"),
    "project": gettext_lazy("Project"),
    "estimate": gettext_lazy("Estimate"),
    "progress": gettext_lazy("Progress"),
}


@login_required
@require_GET
def board(request: PageRequest) -> HttpResponse:
    """Show the tasks of a view in columns."""
    usual = usual_address(request, "board")
    if usual:
        return redirect(usual)
    state, looks = _read(request)
    shown = queries.board(request.person, state, looks, now=request.now)
    context = {
        "rail_name": "tasks",
        "state": state,
        "looks": looks,
        "board": shown,
        "count_text": _("%(n)s tasks") % {"n": f"{shown.count:,}"},
        "axes": [
            *(AXES[name] for name in queries.COLUMN_AXES),
            *of_fields(fields_for(request.person)),
        ],
        "facts": [(name, word, name in looks.facts) for name, word in FACT_WORDS.items()],
        "may_create": may_create(request.person),
        "words": row_words(),
        "done_days": queries.DONE_DAYS,
    }
    return render_page_or_partial(request, "boards/board.html", "rows", context)


def _read(request: PageRequest) -> tuple[ListState, Looks]:
    return ListState.read(request.GET, keep=KEEP), Looks.read(request.GET, request.person)


@login_required
@require_GET
def cards(request: PageRequest) -> HttpResponse:
    """Show the next cards of a column."""
    state, looks = _read(request)
    start = _start(request.GET.get("start", ""))
    key, lane = request.GET.get("key", ""), request.GET.get("lane", "")
    rows, has_more = queries.cards(
        request.person, state, looks, key=key, lane=lane, start=start, now=request.now
    )
    context = {
        "rows": rows, "looks": looks, "state": state, "key": key, "lane": lane,
        "next": start + len(rows) if has_more else 0, "words": row_words(),
    }  # fmt: skip
    return render(request, "boards/cards.html", context)


def _start(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


@login_required
@require_POST
def move(request: PageRequest, pk: int) -> HttpResponse:
    """Bring a task into another column, and answer with its card."""
    found = get_object_or_404(task_queries.changeable(request.person), pk=pk)
    looks = Looks.read(request.POST, request.person)
    key = request.POST.get("key", "")
    values = values_for(looks.by, key, request.person)
    said = customs_for(looks.by, key, request.person)
    if "lane" in request.POST and looks.lanes and request.POST["lane"] != request.POST.get("lane_was"):
        values |= values_for(looks.lanes, request.POST["lane"], request.person)
        said |= customs_for(looks.lanes, request.POST["lane"], request.person)
    if "quadrant_override" in values:
        values["quadrant_reason"] = _reason(request)
    seen = versions.read_version(request)
    for field in said:
        customs.check_has(found, field)
    undo = customs.change_task(
        task=found, values=values, customs=said, by=request.person, at=request.now, version=seen
    )
    if request.headers.get("HX-Request") != "true":
        return redirect(reverse("boards:board") + f"?by={looks.by.name}")
    row = lists.as_rows([found], request.person, now=request.now)[0]
    context = {"row": row, "task": found, "looks": looks, "words": row_words()}
    response = render(request, "boards/card.html", context)
    if undo:
        add_toast(response, _moved(found, looks, key, request), undo_url=undo_url(undo))
    return refresh(response, *(topic for topic in topics(found) if topic != "tasks"))


def _reason(request: PageRequest) -> str:
    reason = request.POST.get("reason", "").strip()[:200]
    if not reason:
        raise Refused(_("Say why the task belongs into this quadrant."), field="reason")
    return reason


def _moved(task: Task, looks: Looks, key: str, request: PageRequest) -> str:
    word = titles(looks.by, [key], request.person).get(key, "")
    return _("“%(title)s” is now under “%(column)s”.") % {"title": task.title, "column": word}


@login_required
@require_GET
def limit(request: PageRequest) -> HttpResponse:
    """Go on to the board with another limit for one column."""
    state, looks = _read(request)
    sent = request.GET.get("most", "")
    limits = {**looks.limits, request.GET.get("column", "")[:20]: _start(sent)}
    kept = [(name, value) for name, value in state.extras if name != "limits"]
    text = queries.write_limits(
        {key: count for key, count in limits.items() if key.replace("-", "").replace("_", "").isalnum()}
    )
    extras = (*kept, ("limits", text)) if text else tuple(kept)
    return HttpResponseRedirect(reverse("boards:board") + state.address(extras=extras), status=303)


@login_required
@require_POST
@once
def add(request: PageRequest) -> HttpResponse:
    """Create a task from one line in the grammar of quick-add, in the column it was typed into."""
    looks = Looks.read(request.POST, request.person)
    reading = capture.read(request.POST.get("text", "").strip()[:1000], by=request.person, at=request.now)
    values: dict[str, Any] = reading.values()
    values["owner"] = values["owner"] or request.person
    key = request.POST.get("key", "")
    values |= values_for(looks.by, key, request.person)
    if "quadrant_override" in values:
        values["quadrant_reason"] = _("Added in this column of the board")
    said = customs_for(looks.by, key, request.person)
    task, undo = customs.create_saying(
        by=request.person, at=request.now, title=reading.title[:200], customs=said, values=values
    )
    if request.headers.get("HX-Request") != "true":
        return redirect(reverse("boards:board") + f"?by={looks.by.name}")
    text = _("%(number)s “%(title)s” was created.") % {"number": task.number, "title": task.title}
    address = reverse("work:task", args=[task.pk])
    response = add_toast(
        HttpResponse(status=204), text, undo_url=undo_url(undo), link=address, link_text=_("Open")
    )
    return refresh(response, *topics(task))
