"""Tasks made from a notice: a part of its page, and of the dates on Today."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from opsloop.activity.models import Undo
from opsloop.activity.submissions import once
from opsloop.notices import permissions
from opsloop.notices.actions import tasks as actions
from opsloop.notices.models import Notice
from opsloop.notices.queries.deadlines import tasks_from
from opsloop.notices.views.finding import find
from opsloop.web.http import PageRequest, add_toast, hx_redirect, is_fragment, refresh


@login_required
@require_http_methods(["GET", "POST"])
@once
def tasks(request: PageRequest, pk: int) -> HttpResponse:
    """Show the tasks made from a notice (GET), or make some (POST): for oneself, or `for` the heads of departments."""
    found = find(request, pk)
    if request.method == "POST":
        return _hand_out(request, found) if request.POST.get("for") == "heads" else _take_on(request, found)
    if not is_fragment(request):
        return redirect("notices:notice", pk)
    rows = tasks_from(found, request.person)
    own = any(row.department_id is None and row.person_id == request.person.pk for row in rows)
    responsible = list(found.responsible.order_by("path"))
    have = {row.department_id for row in rows}
    context = {
        "notice": found,
        "rows": rows,
        "may_take_on": not own and permissions.can(permissions.check_can_take_on, found, request.person),
        "lacking": [one for one in responsible if one.pk not in have]
        if permissions.can(permissions.check_can_hand_out, found, request.person)
        else [],
    }
    return render(request, "notices/tasks.html", context)


def _take_on(request: PageRequest, found: Notice) -> HttpResponse:
    task, undo = actions.take_on(notice=found, by=request.person, at=request.now)
    link = reverse("work:task", args=[task.pk])
    return _said(request, found, _("It is your task now: %(number)s.") % {"number": task.number}, undo, link)


def _hand_out(request: PageRequest, found: Notice) -> HttpResponse:
    done = actions.hand_out(notice=found, by=request.person, at=request.now)
    text = ngettext("%(count)s task was given out.", "%(count)s tasks were given out.", len(done.made))
    sentences = [*([text % {"count": len(done.made)}] if done.made else []), *done.refused]
    return _said(request, found, "\n".join(sentences), done.undo, error=bool(done.refused))


def _said(
    request: PageRequest, found: Notice, text: str, undo: Undo | None, link: str = "", *, error: bool = False
) -> HttpResponse:
    if not is_fragment(request):
        return hx_redirect(request, reverse("notices:notice", args=[found.pk]))
    undo_url = reverse("activity:undo", args=[undo.pk]) if undo else ""
    said = add_toast(
        HttpResponse(status=204), text, undo_url=undo_url, link=link, link_text=_("Open it"), error=error
    )
    return refresh(said, f"notice:{found.pk}", "notices", "tasks")
