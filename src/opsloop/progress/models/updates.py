"""What a person says of a task on a day, and the reminder of those who said nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.records.models import Versioned
from opsloop.work.models import Task


class ProgressUpdateQuerySet(models.QuerySet["ProgressUpdate"]):
    def visible_to(self, person: Person) -> Self:
        """Return the updates of the tasks `person` may see."""
        return self.filter(task__in=Task.objects.visible_to(person).alive().order_by())


class ProgressUpdate(Versioned):
    """进度更新: a line a day of one person about one task. The last word of the day counts."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(_("day"))
    percent = models.PositiveSmallIntegerField(_("progress in percent"))
    # What the task stood at before the first word of the day.
    percent_before = models.PositiveSmallIntegerField(default=0)
    said = models.CharField(_("today's progress"), max_length=300, blank=True, default="")
    problem = models.CharField(_("problem met"), max_length=300, blank=True, default="")
    written_at = models.DateTimeField()

    objects = ProgressUpdateQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-written_at"]
        indexes = [models.Index(fields=["person", "day"], name="update_person_day")]
        constraints = [
            models.UniqueConstraint(fields=["task", "person", "day"], name="update_once_a_day"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="update_percent_to_100"),
        ]

    if TYPE_CHECKING:
        task_id: int
        person_id: int

    def __str__(self) -> str:
        return self.said or f"{self.percent}%"


class NudgeQuerySet(models.QuerySet["Nudge"]):
    def visible_to(self, person: Person) -> Self:
        """Return what `person` was reminded of."""
        return self.filter(person=person) if person.is_active else self.none()

    def alive(self) -> Self:
        """Return all: the inbox asks every kind of record."""
        return self.all()


class Nudge(models.Model):
    """A person was reminded, once, that a day's progress is not told yet."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    at = models.DateTimeField()

    objects = NudgeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="nudge_once_a_day")]

    # Shown where a record has its number; nobody quotes a reminder.
    number = ""

    def __str__(self) -> str:
        return _g("Progress of %(day)s") % {"day": self.day.isoformat()}
