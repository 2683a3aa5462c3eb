"""Small tasks for the tests of the queue. What they did stands in a table that forbids no second row."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from django.db import transaction
from django_tasks import task

from opsloop.background import queue
from opsloop.background.effects import first_time
from opsloop.background.models import Firing

_microseconds = count()


def done(number: int) -> int:
    """Return how often the effect with this number was had."""
    return Firing.objects.filter(timer=f"chore:{number}").count()


def have_effect(number: int) -> None:
    """Have the effect with this number, unless it was had."""
    with transaction.atomic():
        if first_time(f"chore:{number}"):
            now = datetime.now(UTC)
            # No two are the same, so that the table would hold a second one as well.
            due_at = now.replace(microsecond=next(_microseconds) % 1_000_000)
            Firing.objects.create(timer=f"chore:{number}", due_at=due_at, fired_at=now)


@task()
def write(number: int) -> None:
    """Have an effect and end well."""
    have_effect(number)


@task()
def write_then_break(number: int) -> None:
    """Have an effect, then fail as long as it was the first time: executed, and yet reported as failed."""
    is_new = not done(number)
    have_effect(number)
    if is_new:
        raise ConnectionError("after the effect")


@task(queue_name=queue.LONG)
def write_slowly(number: int) -> None:
    """Have an effect in the lane of what takes long."""
    have_effect(number)


@task()
def poison(number: int) -> None:
    """Always fail."""
    raise ValueError(f"poison {number}")


@task()
def hopeless() -> None:
    """Say that there is no use in trying again."""
    raise queue.Hopeless("the address does not exist")


@task()
def busy() -> None:
    """Ask for more time."""
    raise queue.Later(30)
