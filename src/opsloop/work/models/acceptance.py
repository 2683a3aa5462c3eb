"""What an owner hands in, and what who asked for it decides."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.organisation.models import Person
from opsloop.records.lifecycles import Lifecycle
from opsloop.records.models import paired

DELIVERY_LIFECYCLE = Lifecycle(
    "Delivery",
    "waiting",
    {
        "waiting": {
            "accepted": "who asked accepts it, and the task is done",
            "returned": "who asked returns it with a reason",
            "withdrawn": "the owner takes it back",
        },
        "accepted": {"waiting": "the decision is undone"},
        "returned": {"waiting": "the decision is undone"},
    },
)


class Delivery(models.Model):
    """One result handed in. Reached through its task; each decision is a guarded UPDATE of the state."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("delivery", "Waits for acceptance")
        ACCEPTED = "accepted", pgettext_lazy("delivery", "Accepted")
        RETURNED = "returned", pgettext_lazy("delivery", "Returned")
        WITHDRAWN = "withdrawn", pgettext_lazy("delivery", "Withdrawn")

    task = models.ForeignKey("work.Task", on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    note = models.TextField(_("what is handed in"), blank=True, default="")
    link = models.URLField(_("link"), max_length=500, blank=True, default="")
    handed_in_at = models.DateTimeField()
    handed_in_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.TextField(_("reason"), blank=True, default="")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["task"], condition=Q(state="waiting"), name="delivery_one_waits"),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(reason=""), name="delivery_returned_with_reason"
            ),
            paired("delivery_decided_pair", "decided_at", "decided_by"),
        ]

    def __str__(self) -> str:
        return self.note or self.link
