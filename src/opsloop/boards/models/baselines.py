"""A baseline: how the dates of a project stood when somebody wanted to remember them."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.work.models import Project


class BaselineQuerySet(models.QuerySet["Baseline"]):
    def visible_to(self, person: Person) -> Self:
        """Return the baselines of projects that `person` may see."""
        return self.filter(project__in=Project.objects.visible_to(person).alive())


class Baseline(models.Model):
    """The dates of a project's tasks at one moment; written once."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    # {task id: [start or null, due or null]} as ISO instants; tasks made later are not in it.
    dates = models.JSONField(default=dict)
    taken_at = models.DateTimeField(editable=False)
    taken_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = BaselineQuerySet.as_manager()

    class Meta:
        ordering = ["-taken_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="baseline_named_once")]

    def __str__(self) -> str:
        return self.name
