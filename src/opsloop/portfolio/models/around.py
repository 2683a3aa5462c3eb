"""What everything around a project shares: it is seen by whoever sees the project."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.records.models import Recyclable, RecyclableQuerySet, Versioned
from opsloop.work.models import Project


def seen_projects(person: Person) -> models.QuerySet[Any]:
    """Return the keys of the projects that `person` may see, for a subquery."""
    return Project.objects.visible_to(person).alive().values("pk")


class AroundQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> Self:
        """Return the rows of projects that `person` may see."""
        return self.filter(project__in=seen_projects(person))


class RecyclableAroundQuerySet(RecyclableQuerySet):
    def visible_to(self, person: Person) -> Self:
        """Return the rows of projects that `person` may see; removed ones too: say `alive()`."""
        return self.filter(project__in=seen_projects(person))


class Around(Versioned, Recyclable):
    """A record of a project that people edit, and remove with an undo."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="+", verbose_name=_("project")
    )
    created_by = models.ForeignKey(
        Person, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(editable=False)

    objects = RecyclableAroundQuerySet.as_manager()

    class Meta:
        abstract = True
