"""What the lead says about a project: updates in words, and the health they call when the rule is wrong."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opsloop.engines.projecthealth import Level
from opsloop.organisation.models import Person
from opsloop.portfolio.models.around import Around, AroundQuerySet
from opsloop.records.models import Versioned, binned_index, paired
from opsloop.work.models import Project

LEVELS = [
    (Level.GREEN.value, _("On track")),
    (Level.AMBER.value, _("At risk")),
    (Level.RED.value, _("Off track")),
]
# An update older than this is asked for.
FRESH_DAYS = 7


class ProjectUpdate(Around):
    """How the project is going, in somebody's words, with the health of that day."""

    class Kind(models.TextChoices):
        PROGRESS = "progress", _("Progress")
        CLOSING = "closing", _("Closing note")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PROGRESS, editable=False)
    health = models.CharField(_("health"), max_length=5, choices=LEVELS, default=Level.GREEN.value)
    text = models.TextField(_("update"))

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["project", "-id"], name="update_project"),
            binned_index("update_binned"),
        ]
        constraints = [paired("update_deleted_pair", "deleted_at", "deleted_by")]

    def __str__(self) -> str:
        return self.text[:60]


class HealthCall(Versioned):
    """A person's word on the health of a project, which counts instead of the rule's until it is taken away."""

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, related_name="+", verbose_name=_("project")
    )
    level = models.CharField(_("health"), max_length=5, choices=LEVELS)
    reason = models.CharField(_("reason"), max_length=300)
    called_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    called_at = models.DateTimeField()

    objects = AroundQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.project} {self.level}"
