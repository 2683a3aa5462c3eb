"""The work of reports in the queue: each schedule remembers for itself how far it is decided."""

from __future__ import annotations

from datetime import datetime

from opsloop.reports.actions import reminding, sendings
from opsloop.web import clock


def send_due(*, at: datetime) -> None:  # noqa: ARG001  (a timer's work; what is due now counts)
    """Send the reports that became due, and ask for those that soon will be."""
    now = clock.now()
    sendings.send_due(at=now)
    reminding.remind_due(at=now)
