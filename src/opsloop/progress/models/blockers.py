"""What holds a task up, who reported it and who clears it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.organisation.models import Person
from opsloop.records.lifecycles import Lifecycle
from opsloop.records.models import Versioned, paired
from opsloop.rituals.models import DailyNote
from opsloop.work.models import Task

BLOCKER_LIFECYCLE = Lifecycle(
    "Blocker",
    "open",
    {
        "open": {
            "cleared": "its owner says what was done, or the task made of it is done",
            "withdrawn": "who reported it takes it back",
        },
        "cleared": {"open": "it is undone, or the task made of it is opened again"},
        "withdrawn": {"open": "it is undone"},
    },
)


class BlockerQuerySet(models.QuerySet["Blocker"]):
    def visible_to(self, person: Person) -> Self:
        """Return what holds up the tasks `person` may see."""
        return self.filter(task__in=Task.objects.visible_to(person).order_by())

    def alive(self) -> Self:
        """Return those of tasks that are not in the bin."""
        return self.filter(task__deleted_at__isnull=True)

    def open(self) -> Self:
        """Return what nobody has cleared yet, of tasks that still want work."""
        return self.filter(
            state=Blocker.State.OPEN, task__deleted_at__isnull=True, task__closed_at__isnull=True
        )


class Blocker(Versioned):
    """阻塞: one thing that stands in the way of a task."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("blocker", "Open")
        CLEARED = "cleared", pgettext_lazy("blocker", "Cleared")
        WITHDRAWN = "withdrawn", pgettext_lazy("blocker", "Withdrawn")

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(_("what stands in the way"), max_length=300)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("who clears it"),
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    raised_at = models.DateTimeField()
    # The task that was made of it; once that is done, nothing stands in the way any more.
    made = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="+")
    # The note of a day that it was taken from.
    note = models.ForeignKey(DailyNote, null=True, on_delete=models.SET_NULL, related_name="+")
    answer = models.CharField(_("what was done about it"), max_length=300, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = BlockerQuerySet.as_manager()

    class Meta:
        ordering = ["raised_at", "pk"]
        indexes = [
            models.Index(fields=["owner"], name="blocker_open_owner", condition=Q(state="open")),
            models.Index(fields=["task"], name="blocker_open_task", condition=Q(state="open")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open") ^ Q(ended_at__isnull=False), name="blocker_ended_has_when"
            ),
            models.UniqueConstraint(fields=["note"], name="blocker_once_a_note"),
            paired("blocker_ended_pair", "ended_at", "ended_by"),
        ]

    # Shown where a record has its number; the task has one.
    number = ""

    if TYPE_CHECKING:
        task_id: int
        owner_id: int | None
        person_id: int

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        """Whether it still stands in the way."""
        return self.state == self.State.OPEN
