"""The rules of meetings, which administrators set."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opsloop.records.models import Versioned

# The times of day that suggestions prefer until an administrator says otherwise (blueprint §2.7).
GOOD_TIMES = (("09:30", "11:00"), ("14:30", "16:00"))


class MeetingRules(Versioned):
    """One row for the organisation; without it the defaults hold."""

    # In all, and for one topic, in minutes.
    most_minutes = models.PositiveSmallIntegerField(_("longest meeting"), default=90)
    topic_minutes = models.PositiveSmallIntegerField(_("longest topic"), default=40)
    # [["09:30", "11:00"], …]; none: GOOD_TIMES.
    good_times = models.JSONField(_("preferred times"), default=list, blank=True)
    # Working days before the meeting by which agenda and materials are out, and the reminder goes.
    notice_days = models.PositiveSmallIntegerField(_("agenda sent before"), default=1)
    # Working days after the meeting for the minutes, and after them for each owner to answer.
    minutes_days = models.PositiveSmallIntegerField(_("minutes sent within"), default=2)
    confirm_days = models.PositiveSmallIntegerField(_("action items confirmed within"), default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    topic_minutes__gte=5, most_minutes__gte=F("topic_minutes"), most_minutes__lte=600
                ),
                name="meeting_rules_minutes",
            ),
            models.CheckConstraint(
                condition=Q(notice_days__lte=10, minutes_days__gte=1, minutes_days__lte=20)
                & Q(confirm_days__gte=1, confirm_days__lte=20),
                name="meeting_rules_days",
            ),
        ]

    def __str__(self) -> str:
        return "rules of meetings"
