"""What a project may cost, and what it has cost. Money is in the organisation's own currency."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.portfolio.models.around import Around, AroundQuerySet
from opsloop.records.models import Versioned, binned_index, paired
from opsloop.work.models import Project

NOT_NEGATIVE = [MinValueValidator(Decimal(0))]


class Budget(Versioned):
    """What is planned for a project: money, hours, and what an hour is counted with, if anything."""

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, related_name="+", verbose_name=_("project")
    )
    money = models.DecimalField(
        _("budget"), max_digits=14, decimal_places=2, null=True, blank=True, validators=NOT_NEGATIVE
    )
    minutes = models.PositiveIntegerField(_("planned hours"), null=True, blank=True)
    rate = models.DecimalField(
        _("cost of an hour"), max_digits=10, decimal_places=2, null=True, blank=True, validators=NOT_NEGATIVE
    )

    objects = AroundQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.project} {self.money}"


class Expense(Around):
    """Money spent: when, how much, on what, by whom."""

    spent_on = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    what = models.CharField(_("spent on"), max_length=160)
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("spent by")
    )

    class Meta:
        ordering = ["-spent_on", "-pk"]
        indexes = [
            models.Index(fields=["project", "-spent_on"], name="expense_project_day"),
            binned_index("expense_binned"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="expense_positive"),
            paired("expense_deleted_pair", "deleted_at", "deleted_by"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.amount}"
