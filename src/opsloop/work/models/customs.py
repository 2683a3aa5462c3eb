"""Fields that a project or a category of work gives its tasks, and what the tasks say in them."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.organisation.models import Person
from opsloop.records.models import Versioned
from opsloop.work.models.projects import Project
from opsloop.work.models.tasks import Category, Task


class CustomFieldQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> Self:
        """Return the fields of projects `person` may see, and those of categories, which are everybody's."""
        seen = Project.objects.visible_to(person).alive().values("pk")
        return self.filter(Q(project__isnull=True) | Q(project_id__in=seen))

    def current(self) -> Self:
        """Return the fields that are in use."""
        return self.filter(removed_at__isnull=True)


class CustomField(Versioned):
    """A field of our own making. Removed ones keep their values, so that they can come back."""

    class Kind(models.TextChoices):
        TEXT = "text", pgettext_lazy("field kind", "Text")
        NUMBER = "number", pgettext_lazy("field kind", "Number")
        DATE = "date", pgettext_lazy("field kind", "Date")
        CHOICE = "choice", pgettext_lazy("field kind", "One of a list")
        PERSON = "person", pgettext_lazy("field kind", "Person")
        CHECK = "check", pgettext_lazy("field kind", "Yes or no")

    project = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="custom_fields")
    category = models.ForeignKey(Category, null=True, on_delete=models.CASCADE, related_name="custom_fields")
    name = models.CharField(_("name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    options = models.JSONField(_("choices"), default=list, blank=True)
    required = models.BooleanField(_("must be filled in"), default=False)
    position = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(project__isnull=True) ^ Q(category__isnull=True), name="custom_field_of_one"
            ),
            models.UniqueConstraint(
                fields=["project", "name"],
                condition=Q(removed_at__isnull=True),
                name="custom_field_of_project",
            ),
            models.UniqueConstraint(
                fields=["category", "name"],
                condition=Q(removed_at__isnull=True),
                name="custom_field_of_category",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CustomValue(models.Model):
    """What one task says in one field: in the column of its kind, so that lists can filter and sort by it."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="custom_values")
    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="values")
    text = models.CharField(max_length=500, blank=True, default="")
    number = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    day = models.DateField(null=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["field", "text"], name="custom_value_text"),
            models.Index(fields=["field", "number"], name="custom_value_number"),
            models.Index(fields=["field", "day"], name="custom_value_day"),
        ]
        constraints = [models.UniqueConstraint(fields=["task", "field"], name="custom_value_once")]

    def __str__(self) -> str:
        return f"{self.field_id} of {self.task_id}"
