"""The page of background work: queue, workers, timers, and what was given up."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from opsloop.background import queries, queue
from opsloop.records.refusals import Forbidden, Refused
from opsloop.web.http import PageRequest, add_toast, hx_refresh, is_fragment, read_id, render_page_or_partial

# A form that names more rows than the page shows was not made by the page.
MOST = 500


def administrators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse whoever may not change the settings. The permission is spelled out: its names lie above."""

    @wraps(view)
    def wrapper(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.person.may("settings.manage"):
            raise Forbidden(_("Your role does not allow this. Ask an administrator."))
        return view(request, *args, **kwargs)

    return wrapper


@login_required
@administrators_only
@require_GET
def overview(request: PageRequest) -> HttpResponse:
    """Show how the background work stands."""
    found = queries.Overview(machine=queue.machine_now(), at=request.now)
    context = {"rail_name": "manage", "found": found, "most": queries.SHOWN}
    return render_page_or_partial(request, "background/overview.html", "work", context)


@login_required
@administrators_only
@require_GET
def alarm(request: PageRequest) -> HttpResponse:
    """Show how many things call for an administrator: the badge of the rail."""
    if not is_fragment(request):
        return redirect("background:overview")
    count = queries.health(at=queue.machine_now()).problems
    return render(request, "background/alarm.html", {"count": count, "url": reverse("background:alarm")})


def _ids(request: PageRequest) -> list[int]:
    found = [read_id(value) for value in request.POST.getlist("selected")[:MOST]]
    ids = [pk for pk in found if pk]
    if not ids:
        raise Refused(_("Choose at least one row."), field="selected")
    return ids


@login_required
@administrators_only
@require_POST
def retry(request: PageRequest) -> HttpResponse:
    """Try again what was given up."""
    count = queue.retry(ids=_ids(request))
    queue.check_some(count)
    text = ngettext("It is tried again now.", "%(count)s are tried again now.", count) % {"count": count}
    return add_toast(hx_refresh(request, reverse("background:overview")), text)


@login_required
@administrators_only
@require_POST
def discard(request: PageRequest) -> HttpResponse:
    """Never do what waits or was given up."""
    count = queue.discard(ids=_ids(request))
    queue.check_some(count)
    text = ngettext("It will not be done.", "%(count)s will not be done.", count) % {"count": count}
    return add_toast(hx_refresh(request, reverse("background:overview")), text)
