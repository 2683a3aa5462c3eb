"""Undo, live refresh, and the job centre."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opsloop.activity import actions, jobs, live, queries
from opsloop.activity.models import Event, Job, Undo
from opsloop.web.http import PageRequest, add_toast, hx_refresh, render_page_or_partial, safe_next

RECENT_JOBS = 30


@login_required
@require_POST
def undo(request: PageRequest, pk: int) -> HttpResponse:
    """Take back the action that a toast offered."""
    step = get_object_or_404(Undo.objects.visible_to(request.person).usable(at=request.now), pk=pk)
    actions.take_back(undo=step, by=request.person, at=request.now)
    return add_toast(hx_refresh(request, safe_next(request)), _("Undone."))


@login_required
@require_POST
def undo_last(request: PageRequest) -> HttpResponse:
    """Take back the person's newest action (Ctrl+Z on a page without a toast)."""
    step = queries.last_undo(request.person, at=request.now)
    if step is None:
        return add_toast(HttpResponse(status=204), _("There is nothing to undo."))
    actions.take_back(undo=step, by=request.person, at=request.now)
    return add_toast(hx_refresh(request, safe_next(request)), _("Undone."))


@require_GET
async def live_stream(request: Any) -> HttpResponseBase:
    """Stream what changes, to a logged-in person's open page; tell any other page that its session is over."""
    person = await request.auser()
    if not person.is_authenticated or not person.is_active:
        # A status would say it to everybody but the page: an EventSource sees none, and would ask again for ever.
        return HttpResponse("event: logged-out\ndata: {}\n\n", content_type="text/event-stream")
    departments = await sync_to_async(_hearable)(person)
    since = await sync_to_async(live.newest)()
    listener = live.Listener(person.pk, departments, asyncio.get_running_loop())
    events = live.stream(listener, catch_up=partial(_missed, request, listener), since=since)
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _hearable(person: Any) -> frozenset[int] | None:
    """Return the departments whose events `person` may hear of; None for all.

    The permission is spelled out because organisation, which names it, lies above.
    """
    departments: frozenset[int] | None = person.reaches.departments("work.view")
    return departments


def _missed(request: Any, listener: live.Listener) -> list[Event]:
    """Return what came after the last event of a broken stream, or since the page of a new one was made.

    The page says which event was the newest when it was made (`since`), and how many milliseconds ago (`age`).
    """
    last = _number(request.headers.get("Last-Event-ID", ""))
    if last is not None:
        return live.missed(listener, last)
    newest = _number(request.GET.get("since", ""))
    if newest is None:
        return []
    age = timedelta(milliseconds=min(_number(request.GET.get("age", "")) or 0, 10**9))
    return live.missed(listener, newest, since=request.now - min(age, live.LONGEST_AGE))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


@login_required
@require_GET
def job_list(request: PageRequest) -> HttpResponse:
    """Show the person's jobs: what waits, runs and ended."""
    rows = Job.objects.visible_to(request.person).order_by("-pk")[:RECENT_JOBS]
    context = {"jobs": rows, "has_active": any(job.is_active for job in rows)}
    return render_page_or_partial(request, "activity/jobs.html", "jobs", context)


@login_required
@require_GET
def job_detail(request: PageRequest, pk: int) -> HttpResponse:
    """Show one job: how far it is, its result or what went wrong."""
    job = get_object_or_404(Job.objects.visible_to(request.person), pk=pk)
    return render_page_or_partial(request, "activity/job.html", "job", {"job": job})


@login_required
@require_POST
def job_cancellation(request: PageRequest, pk: int) -> HttpResponse:
    """Ask a job to stop."""
    job = get_object_or_404(Job.objects.visible_to(request.person), pk=pk)
    jobs.cancel(job=job)
    return hx_refresh(request, "/jobs/")
