"""Handing out several requests at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from opsloop.collaboration.actions import answering
from opsloop.collaboration.models import CollaborationRequest
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused, StaleVersion


@dataclass(frozen=True)
class HandedOut:
    """What came of it: those handed over, and those left where they are with the reason."""

    given: Sequence[CollaborationRequest]
    refused: Sequence[tuple[CollaborationRequest, str]]


def hand_out(
    *, requests: Sequence[CollaborationRequest], handler: Person, by: Person, at: datetime
) -> HandedOut:
    """Hand each request to `handler`; one that the rules refuse, or that moved on meanwhile, is left and named.

    Each in a transaction of its own: they are independent, and none waits for the others.
    """
    given: list[CollaborationRequest] = []
    refused: list[tuple[CollaborationRequest, str]] = []
    for request in requests:
        try:
            with transaction.atomic():
                answering.assign(request=request, handler=handler, by=by, at=at, version=request.version)
        except Refused as why:
            refused.append((request, why.reason))
        except StaleVersion as stale:
            refused.append((stale.record, ""))
        else:
            given.append(request)
    return HandedOut(given, refused)
