"""Who does what for a task or a project: RACI."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from opsloop.organisation.models import Person


class Responsibility(models.Model):
    """The role of one person for one task or project. The owner of a task does it (R) unless it is said here.

    A project's roles stand for those of its tasks that say nothing of their own.
    """

    class Role(models.TextChoices):
        RESPONSIBLE = "R", pgettext_lazy("RACI", "Does it")
        ACCOUNTABLE = "A", pgettext_lazy("RACI", "Answers for it")
        CONSULTED = "C", pgettext_lazy("RACI", "Is asked")
        INFORMED = "I", pgettext_lazy("RACI", "Is told")

    task = models.ForeignKey(
        "work.Task", null=True, on_delete=models.CASCADE, related_name="responsibilities"
    )
    project = models.ForeignKey(
        "work.Project", null=True, on_delete=models.CASCADE, related_name="responsibilities"
    )
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=1, choices=Role.choices)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(task__isnull=True) ^ Q(project__isnull=True), name="responsibility_of_one"
            ),
            models.UniqueConstraint(fields=["task", "person"], name="responsibility_once_a_task"),
            models.UniqueConstraint(fields=["project", "person"], name="responsibility_once_a_project"),
            models.CheckConstraint(condition=Q(role__in=["R", "A", "C", "I"]), name="responsibility_raci"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.person_id}"
