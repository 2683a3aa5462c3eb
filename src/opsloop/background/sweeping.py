"""Clears what the queue keeps for a while only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from opsloop.background.models import EFFECT_DAYS, KEPT_DAYS, Effect, Errand, Firing, Worker
from opsloop.background.queue import machine_now

# So many rows go at once: a sweep must not hold the lock for long.
BATCH = 1000
FIRING_DAYS = 30


def sweep(*, at: datetime) -> int:
    """Remove old rows in batches; return how many. What was given up stays until somebody looks at it."""
    now = machine_now()
    ended = Errand.objects.filter(
        status__in=["done", "discarded"], finished_at__lt=now - timedelta(KEPT_DAYS)
    )
    return (
        _remove(ended)
        + _remove(Effect.objects.filter(at__lt=now - timedelta(EFFECT_DAYS)))
        + _remove(Firing.objects.filter(fired_at__lt=at - timedelta(FIRING_DAYS)))
        + _remove(Worker.objects.filter(beat_at__lt=now - timedelta(1)))
    )


def _remove(rows: Any) -> int:
    removed = 0
    while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
        rows.model.objects.filter(pk__in=ids).delete()
        removed += len(ids)
    return removed
