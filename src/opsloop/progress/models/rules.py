"""What the organisation expects: until when progress is told, and from when on a task is watched."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsloop.records.models import Versioned

DUE_BY = time(17)
DAYS, CHANCE = 3, 50


class ProgressRules(Versioned):
    """One row for the organisation; without it the defaults count (`queries.rules`)."""

    due_by = models.TimeField(_("progress is told by"), default=DUE_BY)
    warn_days = models.PositiveSmallIntegerField(_("working days before the due day"), default=DAYS)
    warn_chance = models.PositiveSmallIntegerField(_("chance in percent"), default=CHANCE)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="progress_rules_are_one"),
            models.CheckConstraint(condition=Q(warn_chance__lte=95), name="progress_chance_to_95"),
        ]

    def __str__(self) -> str:
        return f"{self.due_by:%H:%M}"
