"""Tasks that were made from a notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsloop.notices.models.notices import Notice
from opsloop.organisation.models import Department, Person
from opsloop.work.models import Task


class NoticeTaskQuerySet(models.QuerySet["NoticeTask"]):
    def visible_to(self, person: Person) -> Self:
        """Return those whose notice and whose task `person` may see."""
        notices = Notice.objects.visible_to(person).values("pk")
        return self.filter(
            notice__in=notices, task__in=Task.objects.visible_to(person).order_by().values("pk")
        )

    def standing(self) -> Self:
        """Return those whose task does not lie in the bin."""
        return self.filter(task__deleted_at__isnull=True)


class NoticeTask(models.Model):
    """A task made from a notice: one for oneself by a reader, or one for the head of a responsible department."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="tasks")
    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="+")
    # For whom it was made, who need not own it any more.
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    department = models.ForeignKey(
        Department, null=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("responsible")
    )

    objects = NoticeTaskQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "person"],
                name="notice_task_once_for_oneself",
                condition=Q(department__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["notice", "department"],
                name="notice_task_once_for_department",
                condition=Q(department__isnull=False),
            ),
        ]

    if TYPE_CHECKING:
        notice_id: int
        task_id: int
        person_id: int
        department_id: int | None

    def __str__(self) -> str:
        return f"{self.notice_id} → {self.task_id}"
