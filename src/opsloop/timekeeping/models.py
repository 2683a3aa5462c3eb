"""Time entries, the running timer, and the weeks that were handed in."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.records.lifecycles import Lifecycle
from opsloop.records.models import Versioned, paired
from opsloop.work.models import Category, Task

TIMESHEET_LIFECYCLE = Lifecycle(
    "Timesheet",
    start="handed",
    moves={
        "handed": {
            "open": "its person takes it back",
            "approved": "a lead approves it",
            "returned": "a lead returns it with a reason",
        },
        "open": {"handed": "its person hands it in"},
        "returned": {"handed": "its person hands it in again"},
        "approved": {"returned": "a lead returns it with a reason"},
    },
)


class TimeEntryQuerySet(models.QuerySet["TimeEntry"]):
    def visible_to(self, person: Person) -> Self:
        """Return the entries `person` may see: own, and of the departments whose hours they may see."""
        reach = person.reaches.departments(Permission.TIME_VIEW)
        if reach is None:
            return self.all()
        return self.filter(Q(person=person) | Q(person__department_id__in=reach))

    def touching(self, start: datetime, end: datetime) -> Self:
        """Return the entries that overlap the half-open span."""
        return self.filter(started_at__lt=end, ended_at__gt=start)


class TimeEntry(Versioned):
    """Time a person worked, half-open [started_at, ended_at), usually on a task."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # Said here only when it differs from the task's, or where there is no task.
    category = models.ForeignKey(
        Category,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("category"),
    )
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("to"))
    minutes = models.PositiveIntegerField(_("minutes"))
    note = models.CharField(_("note"), max_length=200, blank=True, default="")

    objects = TimeEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["person", "started_at"], name="entry_person_start"),
            models.Index(fields=["task", "started_at"], name="entry_task_start"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__gt=F("started_at")), name="entry_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.started_at:%m-%d %H:%M} {self.minutes}"

    @property
    def kind(self) -> Category | None:
        """What kind of work it was: its own category, else that of its task."""
        return self.category or (self.task.category if self.task else None)


class TimerQuerySet(models.QuerySet["Timer"]):
    def visible_to(self, person: Person) -> Self:
        """Return the timer of `person`: what somebody does this minute is not watched."""
        return self.filter(person=person)


class Timer(Versioned):
    """What a person is working on now and since when. The unique key says: one a person."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    started_at = models.DateTimeField(_("from"))

    objects = TimerQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.person} {self.started_at:%m-%d %H:%M}"

    @property
    def name(self) -> str:
        """What it is called on a page: the task, else the note, else nothing."""
        return self.task.title if self.task else self.note


class TimesheetQuerySet(models.QuerySet["Timesheet"]):
    def visible_to(self, person: Person) -> Self:
        """Return the weeks of hours `person` may see: own, and where they may see hours."""
        reach = person.reaches.departments(Permission.TIME_VIEW)
        if reach is None:
            return self.all()
        return self.filter(Q(person=person) | Q(person__department_id__in=reach))

    def alive(self) -> Self:
        """Return all of them: a week is never deleted. The inbox asks every kind of record."""
        return self.all()


class Timesheet(Versioned):
    """A person's week of hours from the day it is first handed in; before that, a week is simply open."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("week of hours", "Open")
        HANDED = "handed", pgettext_lazy("week of hours", "Handed in")
        APPROVED = "approved", pgettext_lazy("week of hours", "Approved")
        RETURNED = "returned", pgettext_lazy("week of hours", "Returned")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    week_start = models.DateField(_("week"))
    state = models.CharField(_("status"), max_length=10, choices=State.choices, default=State.HANDED)
    handed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")

    objects = TimesheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "week_start"], name="timesheet_once_a_week"),
            paired("timesheet_decided_by_has_when", "decided_at", "decided_by"),
        ]

    # Shown where a record has its number; nobody quotes a week of hours.
    number = ""

    def __str__(self) -> str:
        year, week, _weekday = self.week_start.isocalendar()
        return str(_("Hours of %(week)s")) % {"week": f"{year}-W{week:02}"}

    @property
    def is_locked(self) -> bool:
        """Whether its hours may not be changed any more."""
        return self.state == self.State.APPROVED
