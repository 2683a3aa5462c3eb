"""Reports of a week or month, what a lead took over from members, and when reports are sent to whom."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.channels.models import Channel, Letter
from opsloop.engines.reporting import DAYS, rule_of
from opsloop.engines.reviewing import Period
from opsloop.engines.timers import OnClock, OnFreeDay
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.lifecycles import Lifecycle
from opsloop.records.models import Versioned
from opsloop.work.models import Project

REPORT_LIFECYCLE = Lifecycle(
    "Report",
    start="draft",
    moves={
        "draft": {"submitted": "its writer hands it in; the figures are kept as they are"},
        "submitted": {"draft": "its writer takes it back; the figures follow the record again"},
    },
)
SCHEDULE_LIFECYCLE = Lifecycle(
    "Schedule",
    start="active",
    moves={
        "active": {"paused": "its owner pauses it", "removed": "its owner removes it"},
        "paused": {"active": "its owner lets it go on", "removed": "its owner removes it"},
        "removed": {"active": "the removal is undone", "paused": "the removal of a paused one is undone"},
    },
)
SENDING_LIFECYCLE = Lifecycle(
    "Sending",
    start="waiting",
    moves={
        "waiting": {
            "sent": "the report is handed in: a letter for each recipient is made",
            "skipped": "it was to be left out this time, nobody handed in, or the next one is due",
        },
        "skipped": {"waiting": "the pause that left it out is undone"},
    },
)


def _of_whom() -> Q:
    """Return the condition that a row is of a person alone."""
    return Q(department__isnull=True, project__isnull=True)


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, person: Person) -> Self:
        """Return the reports `person` may see: those they may write, and what was handed in by whom they lead.

        Also what was handed in of projects they see, what a schedule has sent them, and, for who sees the work of
        the whole organisation, everything handed in. What somebody is still writing is theirs alone.
        """
        if not person.is_active:
            return self.none()
        leads = person.reaches.departments(Permission.PLAN_TEAM)
        handed_in = Q(state=Report.State.SUBMITTED)
        mine = (_of_whom() & Q(person=person)) | Q(project__owner=person)
        if leads is None:
            mine |= Q(department__isnull=False)
        elif leads:
            mine |= Q(department_id__in=leads)
        if person.reaches.departments(Permission.WORK_VIEW) is None:
            return self.filter(mine | handed_in)
        sent = Posting.objects.filter(person=person).order_by().values("sending__report")
        read = (
            (_of_whom() & Q(person__department_id__in=leads or ()))
            | Q(project__in=Project.objects.visible_to(person).order_by().values("pk"))
            | Q(pk__in=sent)
        )
        return self.filter(mine | (handed_in & read))

    def alive(self) -> Self:
        """Return all of them: a report is taken back, never deleted. The inbox asks every kind of record."""
        return self.all()


class Subjected(models.Model):
    """Whose report it is: a person's, or with one of the others set a department's or a project's."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    department = models.ForeignKey(Department, null=True, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        person_id: int
        department_id: int | None
        project_id: int | None

    @property
    def is_personal(self) -> bool:
        """Whether it is of a person alone."""
        return self.department_id is None and self.project_id is None

    @property
    def whose(self) -> str:
        """The name of the person, department or project."""
        return str((self.department or self.project or self.person).name)

    @property
    def place(self) -> str:
        """What stands for it in addresses: "me", "d" or "p" and a key."""
        if self.department_id:
            return f"d{self.department_id}"
        return f"p{self.project_id}" if self.project_id else "me"


EVERY_DAY = list(dict.fromkeys(day for days in DAYS.values() for day in days))


class Kind(models.TextChoices):
    WEEK = "week", pgettext_lazy("report", "Week")
    MONTH = "month", pgettext_lazy("report", "Month")


class Report(Subjected, Versioned):
    """What a person, department or project did in a week or month: facts from the record, sentences from people.

    `person` of a department's or project's report is who wrote to it last.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("report", "Being written")
        SUBMITTED = "submitted", pgettext_lazy("report", "Handed in")

    kind = models.CharField(max_length=7, choices=Kind.choices)
    starts_on = models.DateField(_("first day"))
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    # What was written, by the names of TEXTS.
    words = models.JSONField(default=dict)
    # Keys of lines that shall not stand in it, such as "done:17".
    left_out = models.JSONField(default=list)
    # What comes first next: up to three of {"text": …, "minutes": …}; None while nobody has touched them.
    goals = models.JSONField(null=True)
    # The facts as they stood when it was handed in; {} before. Shapes: queries/facts.py.
    facts = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "pk"]
        indexes = [models.Index(fields=["kind", "starts_on"], name="report_period")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "starts_on"], condition=_of_whom(), name="report_of_person_once"
            ),
            models.UniqueConstraint(
                fields=["department", "kind", "starts_on"],
                condition=Q(department__isnull=False),
                name="report_of_department_once",
            ),
            models.UniqueConstraint(
                fields=["project", "kind", "starts_on"],
                condition=Q(project__isnull=False),
                name="report_of_project_once",
            ),
            models.CheckConstraint(
                condition=Q(department__isnull=True) | Q(project__isnull=True), name="report_of_one"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") ^ Q(submitted_at__isnull=False), name="report_submitted_has_when"
            ),
        ]

    # Shown where a record has its number; nobody quotes a report by one.
    number = ""

    def __str__(self) -> str:
        return f"{self.whose} {self.period.name}"

    @property
    def period(self) -> Period:
        """What it tells of."""
        return Period("week" if self.kind == Kind.WEEK else "month", self.starts_on)

    @property
    def is_submitted(self) -> bool:
        """Whether it was handed in; it then changes only after it was taken back."""
        return self.state == self.State.SUBMITTED


class Part(models.Model):
    """What a lead took over from the report of a member (or of a department below) into that of the department."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="parts")
    source = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(blank=True, default="")
    # The version of the source that was taken over: one that was handed in anew is offered again.
    taken = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["report", "source"], name="part_once")]

    if TYPE_CHECKING:
        report_id: int
        source_id: int

    def __str__(self) -> str:
        return self.text[:40]


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    def visible_to(self, person: Person) -> Self:
        """Return the schedules `person` may see and change: of reports that they may write, and those they made."""
        if not person.is_active:
            return self.none()
        leads = person.reaches.departments(Permission.PLAN_TEAM)
        led = Q(department__isnull=False) if leads is None else Q(department_id__in=leads)
        own = _of_whom() & Q(person=person)
        return self.exclude(state=Schedule.State.REMOVED).filter(own | Q(project__owner=person) | led)

    def active(self) -> Self:
        """Return those that send."""
        return self.filter(state=Schedule.State.ACTIVE)


class Schedule(Subjected, Versioned):
    """When a report is sent, to whom and as what. `person` of a department's or project's is who made it."""

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("schedule", "Active")
        PAUSED = "paused", pgettext_lazy("schedule", "Paused")
        REMOVED = "removed", pgettext_lazy("schedule", "Removed")

    class Shape(models.TextChoices):
        TEXT = "text", _("The whole report as the text of the mail")
        PDF = "pdf", _("A PDF beside the mail")
        WORD = "docx", _("A Word file beside the mail")
        LINK = "link", _("The numbers and a link only")

    class FreeDay(models.TextChoices):
        PREVIOUS = "previous", _("On the working day before")
        NEXT = "next", _("On the next working day")
        SKIP = "skip", _("Not at all that time")

    kind = models.CharField(max_length=7, choices=Kind.choices)
    day = models.CharField(max_length=5, choices=[(day, day) for day in EVERY_DAY])
    at = models.TimeField(default=time(18, 0))
    on_free_day = models.CharField(max_length=8, choices=FreeDay.choices, default=FreeDay.PREVIOUS)
    # Whether it sends the report of the period before the one it is sent in.
    looks_back = models.BooleanField(default=False)
    shape = models.CharField(max_length=5, choices=Shape.choices, default=Shape.PDF)
    # So many hours before, who writes the report is asked for it; 0: not.
    remind_hours = models.PositiveSmallIntegerField(default=4)
    people = models.ManyToManyField(Person, related_name="+")
    channels = models.ManyToManyField(Channel, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    # Everything up to here has been sent or left out.
    decided_until = models.DateTimeField()
    # The moment that shall be left out, and up to which was reminded.
    skips = models.DateTimeField(null=True)
    reminded_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(department__isnull=True) | Q(project__isnull=True), name="schedule_of_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.whose} {self.get_kind_display()}"

    @property
    def rule(self) -> OnClock:
        """When it sends, as the engine of timers reads it."""
        return rule_of(self.kind, self.day, self.at, OnFreeDay(self.on_free_day))

    @property
    def is_paused(self) -> bool:
        """Whether it sends nothing for the time being."""
        return self.state == self.State.PAUSED


class Sending(models.Model):
    """One moment of a schedule: once, whatever was restarted (R9)."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for the report")
        SENT = "sent", pgettext_lazy("sending", "Sent")
        SKIPPED = "skipped", _("Left out")

    class Why(models.TextChoices):
        WISH = "wish", _("It was to be left out this time.")
        MISSING = "missing", _("Nobody had handed the report in before the next one was due.")

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="sendings")
    due_at = models.DateTimeField()
    starts_on = models.DateField()
    report = models.ForeignKey(Report, null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    why = models.CharField(max_length=8, choices=Why.choices, blank=True, default="")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-due_at"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "due_at"], name="sending_once"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False, report__isnull=False),
                name="sending_sent_has_what_and_when",
            ),
        ]
        indexes = [models.Index(fields=["starts_on"], name="sending_waits", condition=Q(state="waiting"))]

    if TYPE_CHECKING:
        report_id: int | None
        schedule_id: int

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.due_at:%Y-%m-%d %H:%M}"


class Posting(models.Model):
    """One recipient of a sending: a person, or the group behind a channel. The letter says how it went.

    Without a letter the person finds it in the inbox, because no mail reaches them.
    """

    sending = models.ForeignKey(Sending, on_delete=models.CASCADE, related_name="postings")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    letter = models.OneToOneField(Letter, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sending", "person"], condition=Q(person__isnull=False), name="posting_once_a_person"
            )
        ]

    if TYPE_CHECKING:
        person_id: int | None

    def __str__(self) -> str:
        return f"{self.sending_id} → {self.person_id or ''}"


# What people write: in which order it stands.
TEXTS = ("summary", "late", "ahead", "support")
