"""The risk register: what may go wrong, how likely, how badly, and what is done about it."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.engines.projecthealth import HIGH_RISK
from opsloop.organisation.models import Person
from opsloop.portfolio.models.around import Around
from opsloop.records.models import binned_index, paired

SCALE = [
    (1, _("1 · very low")),
    (2, _("2 · low")),
    (3, _("3 · medium")),
    (4, _("4 · high")),
    (5, _("5 · very high")),
]
# From this score on a risk is worth watching; from HIGH_RISK on it is high.
MEDIUM_RISK = 6


class Risk(Around):
    """Something that may happen to a project. The score is probability × impact, 1 to 25."""

    class Response(models.TextChoices):
        AVOID = "avoid", pgettext_lazy("risk response", "Avoid")
        REDUCE = "reduce", pgettext_lazy("risk response", "Reduce")
        TRANSFER = "transfer", pgettext_lazy("risk response", "Transfer")
        ACCEPT = "accept", pgettext_lazy("risk response", "Accept")

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("risk", "Watched")
        HAPPENED = "happened", pgettext_lazy("risk", "Happened")
        CLOSED = "closed", pgettext_lazy("risk", "Over")

    title = models.CharField(_("risk"), max_length=160)
    probability = models.PositiveSmallIntegerField(_("probability"), choices=SCALE, default=3)
    impact = models.PositiveSmallIntegerField(_("impact"), choices=SCALE, default=3)
    response = models.CharField(
        _("response"), max_length=10, choices=Response.choices, default=Response.REDUCE
    )
    measure = models.TextField(_("measure"), blank=True, default="")
    owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    review_on = models.DateField(_("next review"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    # What the score was before it last changed: the trend.
    score_before = models.PositiveSmallIntegerField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["project", "status"], name="risk_project_status"),
            binned_index("risk_binned"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(probability__gte=1, probability__lte=5), name="risk_probability_1_to_5"
            ),
            models.CheckConstraint(condition=Q(impact__gte=1, impact__lte=5), name="risk_impact_1_to_5"),
            paired("risk_deleted_pair", "deleted_at", "deleted_by"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def score(self) -> int:
        """Probability × impact."""
        return self.probability * self.impact

    @property
    def level(self) -> str:
        """Return "high", "medium" or "low"."""
        return level_of(self.score)

    @property
    def trend(self) -> int:
        """Return 1 when the score rose last, -1 when it fell, 0 when it never changed."""
        before = self.score_before or self.score
        return (self.score > before) - (self.score < before)

    def wants_review(self, today: date) -> bool:
        """Whether the day of its review has come."""
        return self.status != self.Status.CLOSED and self.review_on is not None and self.review_on <= today


def level_of(score: int) -> str:
    """Return which level a score is: "high", "medium" or "low"."""
    return "high" if score >= HIGH_RISK else "medium" if score >= MEDIUM_RISK else "low"
