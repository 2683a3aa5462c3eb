"""The work of channels in the queue: carry news out of the inbox. Sending letters is a task of its own (sending.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django_tasks import task

from opsloop.background import queue
from opsloop.channels import outbox, packing
from opsloop.channels.models import Channel
from opsloop.inbox.models import Notification
from opsloop.web import clock


@task()
def carry(events: list[int]) -> None:
    """Write who shall hear of these events which way; letters are made once all that waits before them has been."""
    outbox.deliver(events)
    # One that waits packs for all: what happens together goes together.
    queue.add(pack, key="channels.pack")


@task()
def pack() -> None:
    """Put what is due into letters."""
    packing.pack(at=clock.now())


def queue_carrying(told: Sequence[Notification]) -> None:
    """Queue, in the transaction that makes them, that these lines of the inbox go out. One query without a channel.

    The errand names the events; who gets what which way is written by `outbox.deliver`, and nobody waits for it.
    """
    if told and Channel.objects.alive().exists():
        # No key here: two transactions that tell at once would wait for each other on it.
        queue.add(carry, sorted({one.event_id for one in told}))


def pack_due(*, at: datetime) -> None:  # noqa: ARG001  (a timer's work; what is due now counts)
    """Put into letters what became due by itself: after quiet hours, and the bundles."""
    packing.pack(at=clock.now())
