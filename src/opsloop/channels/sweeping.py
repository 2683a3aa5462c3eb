"""Clears letters and their pieces after a while: the inbox and the history stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from opsloop.channels.models import Delivery, Failure, Letter

# So long an administrator can look what became of a message; longer than any event is told again.
KEPT = timedelta(days=60)
BATCH = 1000


def sweep(*, at: datetime) -> int:
    """Remove what is old, in batches; return how many rows. Can be run again at any time."""
    before = at - KEPT
    pieces = _remove(Delivery.objects.filter(at__lt=before))
    letters = _remove(Letter.objects.filter(made_at__lt=before))
    return pieces + letters + _remove(Failure.objects.filter(at__lt=before))


def _remove(rows: Any) -> int:
    removed = 0
    while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
        rows.model.objects.filter(pk__in=ids).delete()
        removed += len(ids)
    return removed
