"""The rules of collaboration, which administrators set."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsloop.records.models import Versioned


class CollaborationRules(Versioned):
    """One row for the organisation; without it the defaults hold. Times are working minutes."""

    # How long the other department has to answer, and how it is reminded before the superior hears of it.
    answer_minutes = models.PositiveIntegerField(_("time to answer"), default=480)
    remind_minutes = models.PositiveIntegerField(_("reminder after"), default=240)
    # How long who asked has to accept or return what was delivered, until they are reminded.
    accept_minutes = models.PositiveIntegerField(_("time to accept"), default=960)
    # How long after the agreed date a request that was not delivered goes to the superior by itself.
    late_minutes = models.PositiveIntegerField(_("taken to the superior when late by"), default=240)
    sync_days = models.PositiveSmallIntegerField(_("told of progress every"), default=1)
    sync_at = models.TimeField(_("asked for progress at"), default=time(16, 0))
    # Within how many hours by the clock a record of a talk is filled in (blueprint §2.6: 24 h).
    record_hours = models.PositiveSmallIntegerField(_("record filled in within"), default=24)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_minutes__gte=30, answer_minutes__lte=9600), name="collaboration_answer"
            ),
            models.CheckConstraint(
                condition=Q(accept_minutes__gte=30, accept_minutes__lte=9600), name="collaboration_accept"
            ),
            models.CheckConstraint(
                condition=Q(remind_minutes__gte=10, remind_minutes__lte=9600, late_minutes__lte=9600),
                name="collaboration_reminders",
            ),
            models.CheckConstraint(condition=Q(sync_days__lte=10), name="collaboration_sync_days"),
            models.CheckConstraint(
                condition=Q(record_hours__gte=1, record_hours__lte=240), name="collaboration_record"
            ),
        ]

    def __str__(self) -> str:
        return "rules of collaboration"
