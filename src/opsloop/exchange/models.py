"""An import from upload to undo, and the headings a person has mapped before."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.organisation.models import Person
from opsloop.records.lifecycles import Lifecycle
from opsloop.records.models import Versioned

IMPORT_LIFECYCLE = Lifecycle(
    "Import",
    start="preview",
    moves={
        "preview": {"running": "the owner takes it in"},
        "running": {"done": "everything is written", "preview": "it is refused or cancelled"},
        "done": {"undone": "the owner undoes it"},
    },
)


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, person: Person) -> Self:
        """Return the imports that `person` made: a table not yet taken in is nobody else's business."""
        return self.filter(owner=person)


class Import(Versioned):
    """A table somebody brought: read and shown first, taken in when they say so, undone as a whole.

    `grid` holds the cells of its sheet, so that another mapping needs no second upload.
    """

    class Status(models.TextChoices):
        PREVIEW = "preview", _("Not taken in yet")
        RUNNING = "running", _("Being taken in")
        DONE = "done", _("Taken in")
        UNDONE = "undone", _("Undone")

    class Kind(models.TextChoices):
        TASKS = "tasks", _("Tasks")
        HOURS = "hours", pgettext_lazy("page", "Hours")

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TASKS)
    filename = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PREVIEW)
    grid = models.JSONField(default=list)
    sheet = models.CharField(max_length=100, blank=True, default="")
    # Heading -> field, as understood and as changed by the person.
    mapping = models.JSONField(default=dict)
    base_mapping = models.JSONField(default=dict)
    uploaded_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    # What was made and changed, for the report and for undo.
    result = models.JSONField(default=dict)

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner", "-id"], name="import_owner")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["done", "undone"]) | Q(applied_at__isnull=False),
                name="import_applied_has_when",
            )
        ]

    def __str__(self) -> str:
        return self.filename


class HeadingMemoryQuerySet(models.QuerySet["HeadingMemory"]):
    def visible_to(self, person: Person) -> Self:
        """Return what `person` has mapped."""
        return self.filter(person=person)

    def recall(self, person: Person, headings: list[str]) -> dict[str, Any]:
        """Return heading -> field for those of `headings` the person has mapped before."""
        rows = self.visible_to(person).filter(heading__in=[heading[:100] for heading in headings])
        return dict(rows.values_list("heading", "field"))


class HeadingMemory(models.Model):
    """Which field a person meant by a heading, so that the same sheet maps itself next time."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    heading = models.CharField(max_length=100)
    field = models.CharField(max_length=30, blank=True)

    objects = HeadingMemoryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "heading"], name="heading_memory_once")]

    def __str__(self) -> str:
        return f"{self.heading} → {self.field}"
