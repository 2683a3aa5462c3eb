"""The work of channels in the queue: put news into letters. Sending them is a task of its own (sending.py)."""

from __future__ import annotations

from datetime import datetime

from django_tasks import task

from opsloop.channels import packing
from opsloop.web import clock


@task()
def pack() -> None:
    """Put what is due into letters."""
    packing.pack(at=clock.now())


def pack_due(*, at: datetime) -> None:  # noqa: ARG001  (a timer's work; what is due now counts)
    """Put into letters what became due by itself: after quiet hours, and the bundles."""
    packing.pack(at=clock.now())
