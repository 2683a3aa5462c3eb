"""Record numbers that can be quoted on the phone: pattern by type, counted without gaps."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opsloop.records.models import Versioned


class NumberPattern(Versioned):
    """How the numbers of one record type look: prefix, date part, width, and when they start again."""

    class DatePart(models.TextChoices):
        NONE = "", _("none")
        YEAR = "%Y", _("year")
        MONTH = "%Y%m", _("year and month")
        DAY = "%Y%m%d", _("year, month and day")

    kind = models.CharField(max_length=30, unique=True)
    prefix = models.CharField(_("prefix"), max_length=10)
    date_part = models.CharField(
        _("date part"), max_length=6, choices=DatePart.choices, blank=True, default=""
    )
    width = models.PositiveSmallIntegerField(_("digits"), default=3)

    def __str__(self) -> str:
        return self.kind


class NumberCounter(models.Model):
    """The last number given out for a type in a period (the date part is the period)."""

    kind = models.CharField(max_length=30)
    period = models.CharField(max_length=8, blank=True, default="")
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "period"], name="number_counter_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.period} {self.last}"
