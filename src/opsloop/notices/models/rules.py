"""What the organisation has agreed on about notices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from opsloop.records.models import Versioned


class NoticeRules(Versioned):
    """One row for the organisation; what it does not say is as in ruling.py.

    `ways` is importance -> {mail, group, heads, at_once, first, every, times}; `senders` is role -> how far it sends.
    """

    ways = models.JSONField(default=dict)
    senders = models.JSONField(default=dict)
    link_days = models.PositiveSmallIntegerField(default=7)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="notice_rules_are_one"),
            models.CheckConstraint(condition=Q(link_days__gte=1, link_days__lte=30), name="notice_link_days"),
        ]

    def __str__(self) -> str:
        return "rules of notices"
