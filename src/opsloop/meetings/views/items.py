"""Action items: the list, one of them, its answer, and what the host does about it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.meetings import holding_permissions as permissions
from opsloop.meetings.actions import items as actions
from opsloop.meetings.actions import noting
from opsloop.meetings.holding_forms import DecisionForm, ItemForm, WhyForm
from opsloop.meetings.models import ActionItem, Decision
from opsloop.meetings.queries import items as queries
from opsloop.meetings.views.finding import crumbs
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import (
    PageRequest,
    add_toast,
    hx_redirect,
    is_fragment,
    refresh,
    render_page_or_partial,
    saved,
)
from opsloop.web.versions import read_version
from opsloop.work.models import Task

PER_PAGE = 50


def _find(request: PageRequest, pk: int) -> ActionItem:
    """Return an item that the person may see; 404 otherwise. One query."""
    rows = ActionItem.objects.visible_to(request.person).select_related(
        "owner", "task", "topic", "meeting__host", "meeting__organiser", "meeting__department"
    )
    found: ActionItem = get_object_or_404(rows, pk=pk)
    return found


def _page(pk: int) -> str:
    return reverse("meetings:item", args=[pk])


def _topics(item: ActionItem) -> list[str]:
    return ["inbox", "items", f"item:{item.pk}", f"minutes:{item.meeting_id}"]


@login_required
@require_GET
def items(request: PageRequest) -> HttpResponse:
    """Show action items; `box` is asked, mine, led or all."""
    waiting = queries.counts(request.person)
    box = request.GET.get("box", "")
    if box not in queries.BOXES:
        box = "asked" if waiting["asked"] else "mine"
    show = request.GET.get("show", "open")
    rows = queries.box(request.person, box, with_done=show == "all").order_by("due_at", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    labels = {
        "asked": _("Waiting for my answer"), "mine": _("Mine"), "led": _("Of my meetings"),
        "all": pgettext("action items", "All"),
    }  # fmt: skip
    context = {
        "rail_name": "meetings",
        "crumbs": crumbs(),
        "box": box,
        "show": show,
        "page": page,
        "rows": [(item, queries.is_late(item, request.now)) for item in page.object_list],
        "tabs": [
            {"label": labels[name], "url": f"?box={name}", "current": name == box, "count": waiting.get(name) or None}
            for name in queries.BOXES
        ],
    }  # fmt: skip
    return render_page_or_partial(request, "meetings/items.html", "rows", context)


@login_required
@require_GET
def item(request: PageRequest, pk: int) -> HttpResponse:
    """Show one action item with what one may do about it."""
    found = _find(request, pk)
    return render_page_or_partial(request, "meetings/item.html", "item", _context(request, found))


def _context(request: PageRequest, found: ActionItem) -> dict[str, Any]:
    person, meeting = request.person, found.meeting
    task = found.task
    if task is not None and not Task.objects.visible_to(person).filter(pk=task.pk).exists():
        task = None
    return {
        "rail_name": "meetings",
        "crumbs": crumbs((_("Action items"), reverse("meetings:items"))),
        "item": found,
        "meeting": meeting,
        "sees_meeting": type(meeting).objects.visible_to(person).filter(pk=meeting.pk).exists(),
        "task": task,
        "is_late": queries.is_late(found, request.now),
        "may_answer": permissions.can(permissions.check_can_answer_item, found, person),
        "may_settle": permissions.can(permissions.check_can_settle_item, found, meeting, person),
        "may_drop": permissions.can(permissions.check_can_drop_item, found, meeting, person),
    }


@login_required
@require_POST
@once
def confirmation(request: PageRequest, pk: int) -> HttpResponse:
    """Take an item on, with one tap."""
    found = _find(request, pk)
    task = actions.confirm(item=found, by=request.person, at=request.now, version=read_version(request))
    url = reverse("work:task", args=[task.pk])
    if not is_fragment(request):
        return hx_redirect(request, _page(pk))
    response = add_toast(
        HttpResponse(status=204), _("It is a task of yours now."), link=url, link_text=_("Open")
    )
    return refresh(response, *_topics(found), "tasks")


@login_required
@require_http_methods(["GET", "POST"])
@once
def dispute(request: PageRequest, pk: int) -> HttpResponse:
    """Say why one cannot do it as it was noted."""
    found = _find(request, pk)
    permissions.check_can_answer_item(found, request.person)
    help_text = _("The host reads it, changes the item and asks again, or gives it up.")
    form = _why(request, _("What is wrong with it"), help_text)
    if request.method == "POST" and form.is_valid():
        try:
            actions.dispute(
                item=found, **form.cleaned_data, by=request.person, at=request.now, version=read_version(request)
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        else:
            return saved(request, _page(pk), _("The host is told."), topics=_topics(found))
    return _form_page(request, found, form, _("Dispute it"))


@login_required
@require_http_methods(["GET", "POST"])
@once
def giving_up(request: PageRequest, pk: int) -> HttpResponse:
    """Give an item up; its owner is told."""
    found = _find(request, pk)
    permissions.check_can_drop_item(found, found.meeting, request.person)
    form = _why(
        request, _("Why it is given up"), _("Its owner reads it. A task that was made of it stays theirs.")
    )
    if request.method == "POST" and form.is_valid():
        actions.drop(
            item=found, **form.cleaned_data, by=request.person, at=request.now, version=read_version(request)
        )
        return saved(request, _page(pk), _("The item was given up."), topics=_topics(found))
    return _form_page(request, found, form, _("Give it up"))


def _why(request: PageRequest, label: str, help_text: str) -> WhyForm:
    return WhyForm(request.POST if request.method == "POST" else None, label=label, help_text=help_text)


@login_required
@require_http_methods(["GET", "POST"])
@once
def change(request: PageRequest, pk: int) -> HttpResponse:
    """Change an item: while the minutes are written, or disputed, and then its owner is asked again."""
    found = _find(request, pk)
    is_noted = found.state == ActionItem.State.NOTED
    if is_noted:
        permissions.check_can_write(found.meeting, getattr(found.meeting, "record", None), request.person)
    else:
        permissions.check_can_settle_item(found, found.meeting, request.person)
    form = ItemForm(request.POST if request.method == "POST" else None, item=found, by=request.person)
    if request.method == "POST" and form.is_valid():
        verb = noting.change if is_noted else actions.ask_again
        try:
            verb(
                item=found, values=form.cleaned_data, by=request.person, at=request.now, version=read_version(request)
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        except StaleVersion as stale:
            return versions.conflict(request, stale, theirs=ItemForm(item=stale.record, by=request.person))
        else:
            to = reverse("meetings:run", args=[found.meeting_id]) if is_noted else _page(pk)
            text = _("Saved.") if is_noted else _("Its owner is asked again.")
            return saved(request, to, text, topics=[*_topics(found), f"agenda_item:{found.topic_id}"])
    title = _("Change the action item") if is_noted else _("Change it and ask again")
    return _form_page(request, found, form, title)


def _form_page(request: PageRequest, found: ActionItem, form: Any, title: str) -> HttpResponse:
    context = {"rail_name": "meetings", "item": found, "record": found, "form": form, "title": title}
    return render(request, "meetings/item_form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@once
def removal(request: PageRequest, pk: int) -> HttpResponse:
    """Strike out an item that is only noted; the toast brings it back."""
    found = _find(request, pk)
    undo = noting.strike(item=found, by=request.person, at=request.now, version=read_version(request))
    url = reverse("activity:undo", args=[undo.pk])
    if not is_fragment(request):
        return hx_redirect(request, reverse("meetings:run", args=[found.meeting_id]))
    response = add_toast(HttpResponse(status=204), _("The item was struck out."), undo_url=url)
    return refresh(response, f"agenda_item:{found.topic_id}", f"meeting:{found.meeting_id}")


@login_required
@require_http_methods(["GET", "POST"])
@once
def decision_text(request: PageRequest, pk: int) -> HttpResponse:
    """Write a decision anew while the minutes are written."""
    rows = Decision.objects.visible_to(request.person).select_related("meeting", "topic")
    found = get_object_or_404(rows, pk=pk)
    permissions.check_can_write(found.meeting, getattr(found.meeting, "record", None), request.person)
    form = DecisionForm(request.POST if request.method == "POST" else None, decision=found)
    if request.method == "POST" and form.is_valid():
        topics = [f"agenda_item:{found.topic_id}", f"meeting:{found.meeting_id}"]
        to = reverse("meetings:run", args=[found.meeting_id])
        try:
            noting.change_decision(
                decision=found, **form.cleaned_data, by=request.person, at=request.now, version=read_version(request)
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        except StaleVersion as stale:
            return versions.conflict(request, stale, theirs=DecisionForm(decision=stale.record))
        else:
            return saved(request, to, _("Saved."), topics=topics)
    context = {
        "rail_name": "meetings",
        "item": None,
        "record": found,
        "form": form,
        "title": _("Change the decision"),
    }
    return render(request, "meetings/item_form.html", context, status=422 if form.errors else 200)
