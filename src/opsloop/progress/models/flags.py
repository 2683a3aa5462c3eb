"""Tasks at risk: opened and closed by the nightly run, kept so that the trend can be counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from opsloop.engines.warning import Code
from opsloop.organisation.models import Person
from opsloop.work.models import Task


class RiskFlagQuerySet(models.QuerySet["RiskFlag"]):
    def visible_to(self, person: Person) -> Self:
        """Return the flags of the tasks `person` may see."""
        return self.filter(task__in=Task.objects.visible_to(person).alive().order_by())

    def open(self) -> Self:
        """Return the flags that stand."""
        return self.filter(closed_at__isnull=True)


class Level(models.TextChoices):
    """How grave a flag is; in the order of the alphabet as in that of weight."""

    GRAVE = "grave", pgettext_lazy("risk", "Needs a decision")
    LATE = "late", pgettext_lazy("risk", "Overdue")
    SOON = "soon", pgettext_lazy("risk", "Due soon")


class RiskFlag(models.Model):
    """高风险: one stretch of time in which a task was at risk. `signs` are those of engines.warning, as JSON.

    One sign is {"code": …, **numbers}; the gravest stands first.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    signs = models.JSONField(default=list)
    # What of them is looked for: the codes between blanks, and how grave they are together.
    codes = models.CharField(max_length=60)
    level = models.CharField(max_length=6, choices=Level.choices)
    opened_at = models.DateTimeField()
    # When another sign came or one went.
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = RiskFlagQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["task", "opened_at"], name="flag_task"),
            models.Index(fields=["closed_at", "opened_at"], name="flag_spans"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(closed_at__isnull=True), name="flag_one_stands"
            ),
        ]

    if TYPE_CHECKING:
        task_id: int

    def __str__(self) -> str:
        return f"{self.task_id}{self.codes}"

    def say(self, signs: list[dict[str, Any]]) -> None:
        """Let the flag say these signs."""
        self.signs = signs
        self.codes = f" {' '.join(one['code'] for one in signs)} "
        self.level = level_of(signs)

    @property
    def marks(self) -> list[str]:
        """The codes of the signs, the gravest first."""
        return self.codes.split()


_OVERDUE, _SOON = Code.OVERDUE.value, frozenset({Code.SOON.value})


def level_of(signs: Sequence[Mapping[str, Any]]) -> Level:
    """Return how grave signs are: late, or work to be done about it, or only a day that comes near."""
    codes = {one["code"] for one in signs}
    if _OVERDUE in codes:
        return Level.LATE
    return Level.SOON if codes <= _SOON else Level.GRAVE
