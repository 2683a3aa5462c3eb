"""Key nodes (关键节点): what must be reached by when, with a limit that runs in working time."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.portfolio.models.around import Around
from opsloop.records.models import binned_index, paired


class KeyNode(Around):
    """A point a project must reach. Its clock starts at `starts_at`, or when `after` is reached.

    With a limit, `due_at` is the end of the limit; without one it is given by hand.
    """

    title = models.CharField(_("key node"), max_length=120)
    output = models.CharField(_("output"), max_length=200, blank=True, default="")
    owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    after = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("starts after")
    )  # fmt: skip
    limit_minutes = models.PositiveIntegerField(_("limit in working time"), null=True, blank=True)
    starts_at = models.DateTimeField(_("clock starts"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    reached_at = models.DateTimeField(_("reached"), null=True, blank=True, editable=False)
    reached_by = models.ForeignKey(
        Person, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["project", "due_at"], name="node_project_due"),
            binned_index("node_binned"),
        ]
        constraints = [
            paired("node_reached_pair", "reached_at", "reached_by"),
            paired("node_deleted_pair", "deleted_at", "deleted_by"),
            models.CheckConstraint(
                condition=Q(limit_minutes__isnull=True) | Q(limit_minutes__gt=0), name="node_limit_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_reached(self) -> bool:
        """Whether the node has been reached."""
        return self.reached_at is not None

    def is_missed(self, at: datetime) -> bool:
        """Whether the node should have been reached before `at`, or was reached too late."""
        return self.due_at is not None and self.due_at < (self.reached_at or at)

    def is_overdue(self, at: datetime) -> bool:
        """Whether the node should have been reached before `at` and still is not."""
        return not self.is_reached and self.is_missed(at)
