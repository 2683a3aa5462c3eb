"""`/healthz` and `/healthz/jobs`: for load balancers, containers and monitors; they need no log-in.

Two addresses, because two things are asked: may traffic be sent here, and does anybody need to get up? Pages work
without a worker, so a balancer must not take the web away when one is missing (R43).
"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from opsloop.background import queries, queue

_AWAY = {"status": "unavailable", "database": "unavailable"}


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers, else 503; "degraded" when no worker has been heard of for 30 s.

    Says nothing that a stranger should not know.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        workers = queries.living(at=queue.machine_now())
    except DatabaseError:
        return JsonResponse(_AWAY, status=503)
    status = "ok" if workers else "degraded"
    return JsonResponse({"status": status, "database": "ok", "jobs": "ok" if workers else "silent"})


@never_cache
@require_safe
def healthz_jobs(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when a worker lives and nothing has waited for more than five minutes, else 503."""
    try:
        found = queries.health(at=queue.machine_now())
    except DatabaseError:
        return JsonResponse(_AWAY, status=503)
    state = "silent" if found.is_silent else "behind" if found.is_behind else "ok"
    return JsonResponse({"jobs": state}, status=200 if state == "ok" else 503)
