"""Exactly once, of an effect: its key is written in the transaction of the effect, and there is only one of each."""

from __future__ import annotations

from django.db import IntegrityError, connection, transaction

from opsloop.background.models import Effect
from opsloop.background.queue import machine_now


def first_time(key: str) -> bool:
    """Whether the effect called `key` has not been had before; from now on it has, if the transaction commits.

    Two that ask at the same time wait for each other: the second is told no, or yes if the first is undone.

    Raises:
        RuntimeError: called outside a transaction, where key and effect could part.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an effect is claimed in the transaction that has it")
    try:
        with transaction.atomic():
            Effect.objects.create(key=key, at=machine_now())
    except IntegrityError:
        return False
    return True
