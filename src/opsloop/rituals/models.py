"""Runs of rituals, and the note of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.records.models import Versioned, paired
from opsloop.work.models import Task


class OfPersonQuerySet(models.QuerySet["RitualRun"]):
    def visible_to(self, person: Person) -> Self:
        """Return the runs `person` may see: own, and of the departments whose work they see."""
        return self.filter(_seen_by(person))

    def open(self) -> Self:
        """Return the runs that are neither finished nor skipped."""
        return self.filter(state=RitualRun.State.OPEN)


def _seen_by(person: Person) -> Q:
    if not person.is_active:
        return Q(pk__in=[])
    reach = person.reaches.departments(Permission.WORK_VIEW)
    return Q() if reach is None else Q(person=person) | Q(person__department_id__in=reach)


class RitualRun(Versioned):
    """One ritual of one person on one local day (of a week: its Monday): how far it is and what was answered."""

    class Kind(models.TextChoices):
        MORNING = "morning", _("Morning plan")
        EVENING = "evening", _("End of the day")
        WEEK = "week", _("Week review and plan")
        TEAM = "team", _("Morning round of a team")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("ritual", "Under way")
        FINISHED = "finished", pgettext_lazy("ritual", "Finished")
        SKIPPED = "skipped", pgettext_lazy("ritual", "Skipped")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    on = models.DateField(_("day"))
    # The name of the step the person stands at; "" before the first one.
    step = models.CharField(max_length=20, blank=True, default="")
    # What was answered, by step; see rituals/actions/runs.py for the shapes.
    answers = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = OfPersonQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "on"], name="ritual_once"),
            models.CheckConstraint(
                condition=Q(state="open") ^ Q(ended_at__isnull=False), name="ritual_ended_has_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Whether the person has neither finished nor skipped it."""
        return self.state == self.State.OPEN


class DailyNoteQuerySet(models.QuerySet["DailyNote"]):
    def visible_to(self, person: Person) -> Self:
        """Return the notes `person` may see: own, and of the departments whose work they see."""
        return self.filter(_seen_by(person))

    def alive(self) -> Self:
        """Return all of them: a note is emptied, never deleted. The inbox asks every kind of record."""
        return self.all()

    def blocked(self) -> Self:
        """Return the notes whose blocker nobody has answered."""
        return self.filter(blocker_state__in=DailyNote.UNANSWERED)

    def answerable_by(self, person: Person) -> Self:
        """Return the notes whose blocker `person` may answer: of the departments whose weeks they plan."""
        reach = person.reaches.departments(Permission.PLAN_TEAM)
        found = self.exclude(person=person)
        return found if reach is None else found.filter(person__department_id__in=reach)


class DailyNote(Versioned):
    """A person's day in two sentences: what was gained, and what stands in the way, perhaps with the task."""

    class Blocker(models.TextChoices):
        OPEN = "open", pgettext_lazy("blocker", "Open")
        ANSWERED = "answered", pgettext_lazy("blocker", "Answered")
        ESCALATED = "escalated", pgettext_lazy("blocker", "Escalated")

    UNANSWERED = (Blocker.OPEN, Blocker.ESCALATED)

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(_("day"))
    gain = models.CharField(_("what today brought"), max_length=300, blank=True, default="")
    blocker = models.CharField(_("what stands in the way"), max_length=300, blank=True, default="")
    task = models.ForeignKey(
        Task, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("task")
    )
    # "" without a blocker.
    blocker_state = models.CharField(max_length=10, choices=Blocker.choices, blank=True, default="")
    reply = models.CharField(_("answer"), max_length=500, blank=True, default="")
    replied_at = models.DateTimeField(null=True)
    replied_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    # Whom it was escalated to, when the lead could not clear it.
    escalated_to = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField()

    objects = DailyNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "person"]
        indexes = [
            models.Index(
                fields=["day"], name="note_unanswered", condition=Q(blocker_state__in=["open", "escalated"])
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "day"], name="note_once_a_day"),
            models.CheckConstraint(
                condition=Q(blocker="", blocker_state="") | (~Q(blocker="") & ~Q(blocker_state="")),
                name="note_blocker_has_state",
            ),
            models.CheckConstraint(
                condition=~Q(blocker_state="answered") | Q(replied_at__isnull=False),
                name="note_answered_has_when",
            ),
            paired("note_replied_pair", "replied_at", "replied_by"),
        ]

    # Shown where a record has its number; nobody quotes a note.
    number = ""

    if TYPE_CHECKING:
        person_id: int
        task_id: int | None

    def __str__(self) -> str:
        return self.blocker or self.gain

    @property
    def is_blocked(self) -> bool:
        """Whether a blocker waits for an answer."""
        return self.blocker_state in self.UNANSWERED
