"""Asking for another date, and deciding: what stands behind a task is shown before anything moves."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.models import Undo
from opsloop.activity.submissions import once
from opsloop.boards.queries import moves
from opsloop.boards.queries.moves import Wish
from opsloop.boards.views.gantt import edits_of, read_stated
from opsloop.progress import permissions
from opsloop.progress.actions import delays as actions
from opsloop.progress.forms import DelayForm, OfferForm, suggested_due
from opsloop.progress.models import DelayRequest
from opsloop.progress.queries import delays as queries
from opsloop.progress.queries.rules import cause_names, causes, name_of
from opsloop.progress.views.answers import editable, topics, undo_url
from opsloop.progress.words import ROLES
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web.http import PageRequest, render_page_or_partial, saved
from opsloop.web.versions import read_version
from opsloop.work.permissions import can_edit
from opsloop.work.queries.neighbours import veil

TASK = ("task__owner", "task__department", "task__project", "task__parent", "task__requester", "task__goal")
RELATED = (*TASK, "task__category", "task__created_by", "task__delivery", "asked_by", "decider", "decided_by")


@login_required
@require_http_methods(["GET", "POST"])
@once
def ask(request: PageRequest, pk: int) -> HttpResponse:
    """Ask for another due date of a task."""
    task = editable(request, pk)
    permissions.check_can_ask(task, request.person)
    form = DelayForm(
        request.POST if request.method == "POST" else None, initial={"due_wanted": suggested_due(task)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.ask(task=task, by=request.person, at=request.now, **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            name = made.decider.name if made.decider else _("The team lead")
            text = _("Asked. %(name)s decides.") % {"name": name}
            return saved(request, reverse("progress:delay", args=[made.pk]), text, topics=topics(task))
    decider = permissions.decider_of(task, request.person)
    context = {
        "rail_name": "tasks",
        "task": task,
        "form": form,
        "decider": decider.person,
        "decider_role": ROLES[decider.role],
        "waits": DelayRequest.objects.undecided().filter(task=task).first(),
    }
    return render(request, "progress/ask.html", context, status=422 if form.errors else 200)


def _found(request: PageRequest, pk: int) -> DelayRequest:
    rows = DelayRequest.objects.visible_to(request.person).alive().select_related(*RELATED)
    return get_object_or_404(rows.prefetch_related("task__collaborators"), pk=pk)


@login_required
@require_GET
def delay(request: PageRequest, pk: int) -> HttpResponse:
    """Show a request, and to those whom it waits for what they can do."""
    found = _found(request, pk)
    names = cause_names(causes())
    context = {
        "rail_name": "tasks",
        "delay": found,
        "task": found.task,
        "cause": name_of(found.cause, names),
        "days": queries.days_asked(found),
        "may_decide": permissions.can_decide(found, request.person),
        "may_answer": permissions.can_answer(found, request.person),
        "offer": OfferForm(initial={"due_offered": timezone.localtime(found.due_wanted)}),
    }
    return render(request, "progress/delay.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def approval(request: PageRequest, pk: int) -> HttpResponse:
    """Show what follows when the date moves (GET); approve it, with what was shown to move along (POST)."""
    found = _found(request, pk)
    permissions.check_can_decide(found, request.person)
    if request.method == "GET":
        return _preview(request, found)
    stated = [read_stated(one) for one in request.POST.getlist("move")] if request.POST.get("along") else []
    try:
        undo = actions.approve(
            request=found, by=request.person, at=request.now, version=read_version(request),
            answer=request.POST.get("answer", "").replace("\0", ""), along=edits_of(request.person, stated),
        )  # fmt: skip
    except StaleVersion as stale:
        text = _("“%(title)s” was changed by somebody meanwhile. This is what follows now.")
        return _preview(request, _found(request, pk), stale=text % {"title": stale.record.title})
    text = _("Approved: “%(title)s” is due %(day)s.") % {
        "title": found.task.title, "day": f"{timezone.localtime(found.due_wanted):%m-%d %H:%M}",
    }  # fmt: skip
    return _done(request, found, text, undo)


def _preview(request: PageRequest, found: DelayRequest, *, stale: str = "") -> HttpResponse:
    day = timezone.localtime(found.due_wanted).date()
    shown = None
    if can_edit(found.task, request.person):
        shown = moves.consequences(request.person, found.task, Wish(due=day), now=request.now)
    context = {
        "rail_name": "tasks",
        "delay": found,
        "task": found.task,
        "shown": shown,
        "stale": stale,
    }
    return render_page_or_partial(
        request, "progress/approval.html", "approval", context, status=412 if stale else 200
    )


@login_required
@require_POST
@once
def rejection(request: PageRequest, pk: int) -> HttpResponse:
    """Reject a request, with the reason (`answer`)."""
    found = _found(request, pk)
    answer = request.POST.get("answer", "").replace("\0", "")
    undo = actions.reject(request=found, reason=answer, by=request.person, at=request.now)
    return _done(request, found, _("Rejected. %(name)s is told.") % {"name": found.asked_by.name}, undo)


@login_required
@require_POST
@once
def offer(request: PageRequest, pk: int) -> HttpResponse:
    """Offer another date (`due_offered`)."""
    found = _found(request, pk)
    permissions.check_can_decide(found, request.person)
    form = OfferForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Choose the date that you offer."), field="due_offered")
    actions.counter(
        request=found, due=form.cleaned_data["due_offered"], answer=form.cleaned_data["answer"],
        by=request.person, at=request.now,
    )  # fmt: skip
    return _done(request, found, _("Offered. %(name)s is told.") % {"name": found.asked_by.name}, None)


@login_required
@require_POST
@once
def taking(request: PageRequest, pk: int) -> HttpResponse:
    """Take the date that was offered."""
    found = _found(request, pk)
    undo = actions.take_offer(request=found, by=request.person, at=request.now, version=read_version(request))
    return _done(request, found, _("The new date stands."), undo)


@login_required
@require_POST
@once
def withdrawal(request: PageRequest, pk: int) -> HttpResponse:
    """Take a request back."""
    found = _found(request, pk)
    actions.withdraw(request=found, by=request.person, at=request.now)
    return _done(request, found, _("The request is withdrawn."), None)


def _done(request: PageRequest, found: DelayRequest, text: str, undo: Undo | None) -> HttpResponse:
    address = reverse("progress:delay", args=[found.pk])
    return saved(request, address, text, topics=[*topics(found.task), "inbox"], undo_url=undo_url(undo))


@login_required
@require_GET
def waiting(request: PageRequest) -> HttpResponse:
    """Show the requests that wait for one's word, for the page and the morning round."""
    found = queries.waiting_for(request.person)
    veil([one.task for one in found], request.person)
    names = cause_names(causes())
    context: dict[str, Any] = {
        "rail_name": "team",
        "requests": [(one, name_of(one.cause, names), queries.days_asked(one)) for one in found],
    }
    return render_page_or_partial(request, "progress/waiting.html", "delays", context)
