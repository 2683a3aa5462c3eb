"""The checklist of a task: small steps that need no owner and no date of their own."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.records.models import Versioned, paired
from opsloop.work.models.tasks import Task


class ChecklistItem(Versioned):
    """One line of a checklist. Reached through its task."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="checklist")
    text = models.CharField(_("checklist item"), max_length=300)
    position = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [paired("checklist_done_pair", "done_at", "done_by")]

    def __str__(self) -> str:
        return self.text
