"""What a meeting leaves: minutes in editions, action items that become tasks, and decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.meetings.models.meetings import AgendaItem, Meeting, OfMeetingQuerySet, Seat
from opsloop.organisation.models import Person
from opsloop.records.lifecycles import Lifecycle
from opsloop.records.models import Versioned, paired
from opsloop.work.models import Task

MINUTES_LIFECYCLE = Lifecycle(
    "Minutes",
    start="writing",
    moves={
        "writing": {
            "checking": "who writes them hands them to the host",
            "sent": "the host wrote them and sends them",
        },
        "checking": {"writing": "the host returns them with a remark", "sent": "the host sends them"},
        "sent": {"writing": "they are corrected; what went out stays readable"},
    },
)
ACTION_LIFECYCLE = Lifecycle(
    "ActionItem",
    start="noted",
    moves={
        "noted": {
            "asked": "the minutes are sent",
            "confirmed": "the minutes are sent by its owner",
            "dropped": "it is struck out before",
        },
        "asked": {
            "confirmed": "its owner confirms it",
            "disputed": "its owner disputes it",
            "asked": "the host changes it and asks again",
            "dropped": "the host gives it up",
        },
        "disputed": {
            "asked": "the host changes what, who or when, and asks again",
            "dropped": "the host gives it up",
        },
        "confirmed": {"done": "its task is done", "dropped": "the host gives it up"},
        "done": {"confirmed": "its task is opened again"},
        "dropped": {"noted": "striking it out is undone"},
    },
)


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def visible_to(self, person: Person) -> Self:
        """Return the minutes of the meetings that `person` may see, each with its meeting.

        While they are not out, they are for those who are in the meeting.
        """
        inside = Q(meeting__organiser=person) | Q(meeting__host=person) | Q(meeting__minute_taker=person)
        seated = Seat.objects.filter(meeting=OuterRef("pk"), person=person).exclude(role="copy")
        return self.filter(
            Q(edition__gt=0) | inside | Exists(seated),
            meeting__in=Meeting.objects.visible_to(person).values("pk"),
        ).select_related("meeting")

    def alive(self) -> Self:
        """Return all of them: minutes are never deleted. The inbox asks every kind of record."""
        return self.all()


class Minutes(Versioned):
    """The minutes of one meeting as they are being written; the texts stand with the topics."""

    class State(models.TextChoices):
        WRITING = "writing", pgettext_lazy("minutes", "Being written")
        CHECKING = "checking", pgettext_lazy("minutes", "With the host")
        SENT = "sent", pgettext_lazy("minutes", "Sent")

    # Also its key: the minutes of meeting 12 are minutes 12, in addresses and in the inbox.
    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="record", primary_key=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WRITING)
    # What belongs to no topic.
    remarks = models.TextField(_("further remarks"), max_length=6000, blank=True, default="")
    # By when they are to be out, in working days after the end; when who writes them is reminded, and when that was
    # done; and when the host was told that they are late.
    due_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    late_told_at = models.DateTimeField(null=True)
    returned_why = models.CharField(max_length=300, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    edition = models.PositiveSmallIntegerField(default=0)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "minutes"
        indexes = [models.Index(fields=["due_at"], name="minutes_owed", condition=Q(sent_at__isnull=True))]
        constraints = [paired("minutes_sent_pair", "sent_at", "sent_by")]

    if TYPE_CHECKING:
        meeting_id: int

    def __str__(self) -> str:
        return str(self.meeting)

    @property
    def number(self) -> str:
        """The number of its meeting."""
        return self.meeting.number


class MinutesEdition(models.Model):
    """The minutes as they went out, first or corrected. Written once."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveSmallIntegerField()
    # All that was sent, as plain values: topics with conclusions, disputes and items, who was there.
    content = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    why = models.CharField(max_length=300, blank=True, default="")

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="minutes_edition_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.number}"


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    def visible_to(self, person: Person) -> Self:
        """Return the items of the meetings that `person` may see, and their own.

        What is only noted is for those who are in the meeting, as the minutes are while they are not out.
        """
        if not person.is_active:
            return self.none()
        seen = Q(meeting__in=Meeting.objects.visible_to(person).values("pk"))
        leads = Q(meeting__organiser=person) | Q(meeting__host=person) | Q(meeting__minute_taker=person)
        seated = Seat.objects.filter(meeting=OuterRef("meeting"), person=person).exclude(role="copy")
        is_out = ~Q(state="noted")
        return self.filter((is_out & Q(owner=person)) | (seen & (is_out | leads | Exists(seated))))

    def alive(self) -> Self:
        """Return all of them: an item is given up, never deleted. The inbox asks every kind of record."""
        return self.all()

    def open(self) -> Self:
        """Return the items that are neither done nor given up."""
        return self.exclude(state__in=["done", "dropped"])


class ActionItem(Versioned):
    """What a meeting decided that somebody does by a date; a task once its owner confirms it."""

    class State(models.TextChoices):
        NOTED = "noted", pgettext_lazy("action item", "Noted")
        ASKED = "asked", pgettext_lazy("action item", "Waits for its owner")
        CONFIRMED = "confirmed", pgettext_lazy("action item", "Confirmed")
        DISPUTED = "disputed", pgettext_lazy("action item", "Disputed")
        DONE = "done", pgettext_lazy("action item", "Done")
        DROPPED = "dropped", pgettext_lazy("action item", "Given up")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    topic = models.ForeignKey(AgendaItem, null=True, on_delete=models.SET_NULL, related_name="items")
    what = models.CharField(_("what"), max_length=200)
    standard = models.CharField(_("deliverable standard"), max_length=300, blank=True, default="")
    owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("who")
    )
    due_at = models.DateTimeField(_("by when"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NOTED)
    created_at = models.DateTimeField()
    # Until when its owner confirms or disputes it, in working days after the minutes went out.
    asked_at = models.DateTimeField(null=True)
    answer_due_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    # When the host was told that nobody answers.
    host_told_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    dispute = models.CharField(max_length=300, blank=True, default="")
    task = models.OneToOneField(Task, null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True)
    dropped_why = models.CharField(max_length=300, blank=True, default="")

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["owner", "state"], name="action_item_owner"),
            models.Index(fields=["answer_due_at"], name="action_item_owed", condition=Q(state="asked")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["noted", "dropped"]) | Q(due_at__isnull=False),
                name="action_item_asked_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="disputed") | ~Q(dispute=""), name="action_item_disputed_with_reason"
            ),
        ]

    if TYPE_CHECKING:
        meeting_id: int
        owner_id: int | None
        task_id: int | None

    def __str__(self) -> str:
        return self.what

    # What the inbox shows beside the words of a record; items have none.
    number = ""


class Decision(Versioned):
    """One thing that a meeting decided, on the register until a later one takes its place."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions")
    topic = models.ForeignKey(AgendaItem, null=True, on_delete=models.SET_NULL, related_name="decisions")
    # Given out with the minutes.
    number = models.CharField(max_length=30, blank=True, default="")
    text = models.TextField(_("decision"), max_length=2000)
    decided_on = models.DateField()
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces"
    )

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_on", "-pk"]
        indexes = [models.Index(fields=["-decided_on"], name="decision_day")]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="decision_number_once", condition=~Q(number=""))
        ]

    if TYPE_CHECKING:
        meeting_id: int

    def __str__(self) -> str:
        return self.text[:60]
