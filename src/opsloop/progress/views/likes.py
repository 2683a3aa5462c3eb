"""How late like tasks were, shown where somebody estimates."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from opsloop.progress.queries import likes
from opsloop.web.http import PageRequest, read_id


@login_required
@require_GET
def like_delays(request: PageRequest) -> HttpResponse:
    """Say how many of the tasks `like` (keys between commas) were late, why, and what is usual for their kind.

    `category`, `team` and `requester` are keys of what the new task shares. Fetched by the advice on an estimate.
    """
    ids = [pk for text in request.GET.get("like", "").split(",") if (pk := read_id(text)) is not None]
    context = {name: read_id(request.GET.get(name)) for name in ("category", "team", "requester")}
    said = likes.said_of(request.person, ids, context, at=request.now)
    today = timezone.localtime(request.now).date()
    since, page = today - timedelta(days=likes.SINCE.days), reverse("progress:delays")
    around = [(one, f"{page}?since={since}&until={today}&{one.key}={one.value}") for one in said.around]
    return render(request, "progress/like_delays.html", {"said": said, "around": around})
