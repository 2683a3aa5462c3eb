"""Handing in the result of a task, accepting it, returning it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.records.refusals import Refused
from opsloop.web import versions
from opsloop.web.http import PageRequest, read_id, saved
from opsloop.work import permissions
from opsloop.work.actions import acceptance as actions
from opsloop.work.forms.reshaping import DeliveryForm
from opsloop.work.models import Task
from opsloop.work.queries import tasks as queries
from opsloop.work.views.answers import topics, undo_url
from opsloop.work.views.tasks import answer


@login_required
@require_http_methods(["GET", "POST"])
@once
def deliveries(request: PageRequest, pk: int) -> HttpResponse:
    """Hand in the result of a task."""
    found = get_object_or_404(queries.editable(request.person), pk=pk)
    permissions.check_can_hand_in(found, request.person)
    form = DeliveryForm(request.POST or None)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                _delivery, undo = actions.hand_in(
                    task=found, by=request.person, at=request.now, version=seen, **form.cleaned_data
                )
            except Refused as refused:
                form.refuse(refused)
            else:
                text = _("“%(title)s” was handed in.") % {"title": found.title}
                address = reverse("work:task", args=[pk])
                return saved(
                    request, address, text, topics=topics(found), undo_url=undo_url(undo), link=address,
                    link_text=_("Open"),
                )  # fmt: skip
    context = {
        "form": form, "task": found, "rail_name": "tasks", "back": reverse("work:task", args=[pk]),
        "accepter": permissions.accepter(found),
    }  # fmt: skip
    return render(request, "work/deliver.html", context, status=422 if form.errors else 200)


def _waiting(request: PageRequest, pk: int) -> Task:
    """Return the task, if what is decided about is what waits now and not something handed in since."""
    found: Task = get_object_or_404(queries.editable(request.person), pk=pk)
    seen = read_id(request.POST.get("delivery"))
    if seen is not None and seen != found.delivery_id:
        raise Refused(_("Something else was handed in since. Look at it first."))
    return found


@login_required
@require_POST
@once
def acceptance(request: PageRequest, pk: int) -> HttpResponse:
    """Accept what was handed in: the task is done."""
    found = _waiting(request, pk)
    note = request.POST.get("reason", "")[:2000]
    undo = actions.accept(task=found, note=note, by=request.person, at=request.now)
    return answer(request, found, _("“%(title)s” was accepted.") % {"title": found.title}, undo)


@login_required
@require_POST
@once
def send_back(request: PageRequest, pk: int) -> HttpResponse:
    """Return what was handed in, with the reason."""
    found = _waiting(request, pk)
    reason = request.POST.get("reason", "")[:2000]
    undo = actions.send_back(task=found, reason=reason, by=request.person, at=request.now)
    return answer(request, found, _("“%(title)s” was returned.") % {"title": found.title}, undo)


@login_required
@require_POST
def withdrawal(request: PageRequest, pk: int) -> HttpResponse:
    """Take back what was handed in."""
    found = get_object_or_404(queries.editable(request.person), pk=pk)
    actions.withdraw(task=found, by=request.person, at=request.now)
    return answer(request, found, _("You took it back. Hand it in again when it is ready."), None)
