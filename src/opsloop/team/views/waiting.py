"""What waits for a lead, each list a page and a part of the morning round: blockers, tasks of nobody, approvals."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.models import Undo
from opsloop.activity.submissions import once
from opsloop.organisation.models import Person
from opsloop.planning.candidates import candidates as proposed_owners
from opsloop.records.refusals import Refused
from opsloop.rituals.queries.notes import blockers_for
from opsloop.team.actions import clearing
from opsloop.team.permissions import check_can_lead
from opsloop.team.queries import waiting as queries
from opsloop.team.queries.people import superiors
from opsloop.team.views.tabs import tabs
from opsloop.web.http import (
    PageRequest,
    add_toast,
    is_fragment,
    read_id,
    refresh,
    render_page_or_partial,
)
from opsloop.web.versions import read_version
from opsloop.work.models import Task
from opsloop.work.permissions import check_can_assign, check_can_edit, why_not
from opsloop.work.queries import tasks as work

# Candidates offered beside a task; the page of all of them is one click away.
OFFERED = 3


@login_required
@require_GET
def blocked(request: PageRequest) -> HttpResponse:
    """Show what is stuck in the team, with what one can do about it."""
    check_can_lead(request.person)
    found = queries.blockers(request.person)
    notes = blockers_for(request.person)
    context = {
        **_frame("blocked"),
        "notes": notes,
        "count": len(found) + len(notes),
        "blockers": found,
    }
    return render_page_or_partial(request, "team/blocked.html", "blocked", context)


@login_required
@require_POST
@once
def answer(request: PageRequest, pk: int) -> HttpResponse:
    """Answer the owner of a blocked task; with `unblock` it goes on."""
    task = _editable(request, pk)
    unblock = bool(request.POST.get("unblock"))
    undo = clearing.answer(
        task=task, text=request.POST.get("text", ""), unblock=unblock, by=request.person, at=request.now,
        version=read_version(request),
    )  # fmt: skip
    text = _("Answered; “%(title)s” goes on.") if undo else _("Answered “%(title)s”.")
    return _done(request, "team:blocked", text % {"title": task.title}, undo, f"task:{pk}", "tasks")


@login_required
@require_POST
@once
def carrying_up(request: PageRequest, pk: int) -> HttpResponse:
    """Ask somebody above to clear the way of a task."""
    task = _editable(request, pk)
    wanted = read_id(request.POST.get("to"))
    to = next((one for one in superiors(request.person, [task])[pk] if one.pk == wanted), None)
    if to is None:
        raise Refused(_("Choose somebody of the list to carry it up to."), field="to")
    undo = clearing.carry_up(
        task=task, to=to, text=request.POST.get("text", ""), by=request.person, at=request.now,
        version=read_version(request),
    )  # fmt: skip
    text = _("%(name)s was asked about “%(title)s”.") % {"name": to.name, "title": task.title}
    return _done(request, "team:blocked", text, undo, f"task:{pk}", "tasks")


@login_required
@require_GET
def unassigned(request: PageRequest) -> HttpResponse:
    """Show the tasks of nobody, each with those who could take it."""
    check_can_lead(request.person)
    found = list(queries.unassigned(request.person)[: queries.SHOWN + 1])
    context = {
        **_frame("unassigned"),
        "tasks": found[: queries.SHOWN],
        "has_more": len(found) > queries.SHOWN,
    }
    return render_page_or_partial(request, "team/unassigned.html", "unassigned", context)


@login_required
@require_GET
def candidates(request: PageRequest, pk: int) -> HttpResponse:
    """Show the first of those who could take a task over, with the reason, to give it to one in one click."""
    rows = work.visible(request.person).select_related("owner", "category", "department", "project")
    task = get_object_or_404(rows.prefetch_related("tags", "collaborators"), pk=pk)
    if not is_fragment(request):
        return redirect("planning:candidates", pk=pk)
    found = proposed_owners(task, request.person, at=request.now)
    context = {
        "task": task,
        "found": found[:OFFERED],
        "why_not": why_not(_check_can_give, task, request.person),
    }
    return render(request, "team/parts/candidates.html", context)


def _check_can_give(task: Task, by: Person) -> None:
    check_can_edit(task, by)
    check_can_assign(task, None, by)


@login_required
@require_http_methods(["GET", "POST"])
@once
def approvals(request: PageRequest) -> HttpResponse:
    """Show the results that wait for one's word (GET), or decide on several at once (POST `decision`)."""
    if request.method == "POST":
        return _decide(request)
    context = {
        **_frame("approvals"),
        "tasks": queries.approvals(request.person),
        "reasons": reasons(),
    }
    return render_page_or_partial(request, "team/approvals.html", "approvals", context)


def reasons() -> list[str]:
    """Return why a result usually comes back, ready to be sent with one press."""
    return [
        _("Something of what was agreed is missing. Please complete it."),
        _("The figures are not right. Please check them against the source."),
        _("It does not meet the deliverable standard yet. Please compare and revise."),
        _("Please add how you came to it, so that it can be followed."),
    ]


def _decide(request: PageRequest) -> HttpResponse:
    ids = {pk for sent in request.POST.getlist("selected") if (pk := read_id(sent))}
    if not ids:
        raise Refused(_("Choose at least one result."), field="selected")
    tasks = [task for task in queries.approvals(request.person) if task.pk in ids]
    accepts = request.POST.get("decision") == "accept"
    done = clearing.decide(
        tasks=tasks, reason=request.POST.get("reason", "")[:2000], accepts=accepts, by=request.person,
        at=request.now,
    )  # fmt: skip
    if not done.changed:
        raise Refused(done.refused[0][1] if done.refused else _("Somebody has decided already."))
    count = len(done.changed)
    text = (
        ngettext("%(n)s result accepted.", "%(n)s results accepted.", count)
        if accepts
        else ngettext("%(n)s result returned.", "%(n)s results returned.", count)
    ) % {"n": count}
    for task, why in done.refused:
        text += "\n" + _("“%(title)s”: %(why)s") % {"title": task.title, "why": why}
    return _done(request, "team:approvals", text, done.undo, "tasks", "inbox")


def _frame(current: str) -> dict[str, Any]:
    return {"rail_name": "team", "tabs": tabs(current)}


def _editable(request: PageRequest, pk: int) -> Task:
    task: Task = get_object_or_404(work.editable(request.person), pk=pk)
    return task


def _done(request: PageRequest, page: str, text: str, undo: Undo | None, *topics: str) -> HttpResponse:
    """Answer what was done in a list: the list is asked for again, the toast tells."""
    if request.headers.get("HX-Request") != "true":
        return redirect(page)
    undo_url = reverse("activity:undo", args=[undo.pk]) if undo else ""
    return refresh(add_toast(HttpResponse(status=204), text, undo_url=undo_url), *topics)
