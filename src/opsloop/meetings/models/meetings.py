"""A meeting, who is in it, and what it talks about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.channels.models import Letter
from opsloop.meetings.models.rooms import Room
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.lifecycles import Lifecycle
from opsloop.records.models import Versioned, paired

MEETING_LIFECYCLE = Lifecycle(
    "Meeting",
    start="draft",
    moves={
        "draft": {"called": "its organiser invites people"},
        "called": {
            "running": "its host begins it",
            "held": "minutes are written though nobody began it here",
            "cancelled": "its organiser cancels it",
        },
        "running": {"held": "its host ends it"},
        "held": {"running": "it is taken up again the same day", "closed": "its minutes are sent"},
        "closed": {"closed": "a corrected edition of its minutes is sent"},
    },
)


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, person: Person) -> Self:
        """Return the series of which `person` may see a meeting."""
        seen = Meeting.objects.visible_to(person).filter(series__isnull=False)
        return self.filter(Q(organiser=person) | Q(pk__in=seen.order_by().values("series")))


class Series(Versioned):
    """Meetings that come round. Each is a row of its own, made some weeks ahead from the last one."""

    organiser = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    # An RRULE as engines/recurrence reads it, counted in `time_zone` from `starts_at`.
    rule = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    time_zone = models.CharField(max_length=50)
    # Days that the rule names, as "2026-11-26", on which it does not take place.
    skipped = models.JSONField(default=list)
    # Up to when its meetings have been made; and after which none is made any more.
    made_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "series"

    if TYPE_CHECKING:
        organiser_id: int | None

    def __str__(self) -> str:
        return self.rule


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, person: Person) -> Self:
        """Return the meetings `person` is in, and those of departments whose meetings they see.

        A draft is its organiser's alone; what is confidential is seen by who is in it alone.
        """
        return self.filter(person.remembered("meetings", lambda: _seen_by(person)))

    def alive(self) -> Self:
        """Return all: what was cancelled stays to be read."""
        return self

    def coming(self) -> Self:
        """Return the meetings that are called and not over."""
        return self.filter(state__in=["called", "running"])


def _seen_by(person: Person) -> Q:
    if not person.is_active:
        return Q(pk__in=[])
    seats = Meeting._meta.get_field("seats").related_model
    invited = Exists(seats._default_manager.filter(meeting=OuterRef("pk"), person=person.pk))
    named = Q(organiser=person.pk) | (
        ~Q(state="draft") & (Q(host=person.pk) | Q(minute_taker=person.pk) | invited)
    )
    over = person.reaches.departments(Permission.MEETING_VIEW)
    overseen = Q() if over is None else Q(department__in=over)
    return named | (~Q(state="draft") & Q(is_confidential=False) & overseen)


class Meeting(Versioned):
    """People at one time [starts_at, ends_at), in a room or on a line, for an objective."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("meeting", "Draft")
        CALLED = "called", pgettext_lazy("meeting", "Called")
        RUNNING = "running", pgettext_lazy("meeting", "Running")
        HELD = "held", pgettext_lazy("meeting", "Held")
        CLOSED = "closed", pgettext_lazy("meeting", "Minutes sent")
        CANCELLED = "cancelled", pgettext_lazy("meeting", "Cancelled")

    # Given out when people are invited.
    number = models.CharField(max_length=30, blank=True, default="")
    title = models.CharField(_("meeting"), max_length=120, blank=True, default="")
    # What is different after it: the necessity check reads it.
    objective = models.TextField(_("objective"), max_length=2000, blank=True, default="")
    organiser = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    # Who leads through it and checks the minutes; who writes them.
    host = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("host")
    )
    minute_taker = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("takes the minutes"),
    )  # fmt: skip
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("to"), null=True, blank=True)
    time_zone = models.CharField(max_length=50, blank=True, default="")
    # How long a draft shall last, whose time is not chosen yet.
    lasts = models.PositiveSmallIntegerField(_("minutes"), default=60)
    # How a draft shall come round, an RRULE; "" for once.
    repeats = models.CharField(_("repeats"), max_length=200, blank=True, default="")
    # The room that is wished; a `booking` says that it is taken.
    room = models.ForeignKey(
        Room, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("room")
    )
    # The name of the room of its series that was taken when it was made; "" when it has what it needs.
    misses_room = models.CharField(max_length=60, blank=True, default="")
    # Where, when it is no room of ours; and the address of a call.
    place = models.CharField(_("place"), max_length=200, blank=True, default="")
    link = models.URLField(_("link of the call"), max_length=500, blank=True, default="")
    is_confidential = models.BooleanField(_("only for those in it"), default=False)
    # What the necessity check was told and what it said, so that reviews can look at it later.
    necessity = models.JSONField(default=dict, blank=True)

    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.SET_NULL, related_name="meetings"
    )
    # The occurrence of the series that it is, though it may have been moved.
    occurs_at = models.DateTimeField(null=True)
    # Whose open items it begins with.
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    # How often an invitation changed, as calendars count it (RFC 5545 SEQUENCE).
    sequence = models.PositiveIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    cancelled_why = models.CharField(max_length=300, blank=True, default="")
    # What people type to sign in when they cannot scan; new for each meeting, "" until it is called.
    sign_in_code = models.CharField(max_length=8, blank=True, default="")

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        indexes = [
            models.Index(fields=["starts_at"], name="meeting_start"),
            models.Index(fields=["department", "-starts_at"], name="meeting_department"),
            models.Index(fields=["organiser", "state", "-id"], name="meeting_organiser"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="meeting_number_once", condition=~Q(number="")),
            models.UniqueConstraint(fields=["series", "occurs_at"], name="meeting_occurs_once"),
            models.CheckConstraint(condition=Q(lasts__gte=5, lasts__lte=1440), name="meeting_lasts"),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(starts_at__isnull=False), name="meeting_called_has_its_time"
            ),
            paired("meeting_cancelled_pair", "cancelled_at", "cancelled_by"),
        ]

    if TYPE_CHECKING:
        organiser_id: int | None
        host_id: int | None
        minute_taker_id: int | None
        department_id: int | None
        room_id: int | None
        series_id: int | None
        follows_id: int | None

    def __str__(self) -> str:
        return self.title or str(_("Meeting without a title"))

    @property
    def is_draft(self) -> bool:
        """Whether nobody was invited yet."""
        return self.state == self.State.DRAFT

    @property
    def minutes(self) -> int:
        """How long it is planned to last, in minutes; 0 without a time."""
        if self.starts_at is None or self.ends_at is None:
            return 0
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


class OfMeetingQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> Self:
        """Return the rows of the meetings that `person` may see."""
        return self.filter(meeting__in=Meeting.objects.visible_to(person).values("pk"))


class Seat(models.Model):
    """One person in one meeting: what for, what they answered, whether they came. Guarded UPDATEs of its own row."""

    class Role(models.TextChoices):
        DECIDES = "decides", pgettext_lazy("seat", "Decides")
        TAKES_PART = "takes_part", pgettext_lazy("seat", "Takes part")
        OPTIONAL = "optional", pgettext_lazy("seat", "May come")
        COPY = "copy", pgettext_lazy("seat", "Gets the minutes")

    class Answer(models.TextChoices):
        NONE = "none", pgettext_lazy("seat", "No answer yet")
        YES = "yes", pgettext_lazy("seat", "Comes")
        MAYBE = "maybe", pgettext_lazy("seat", "Perhaps")
        NO = "no", pgettext_lazy("seat", "Does not come")

    class Way(models.TextChoices):
        LINK = "link", pgettext_lazy("signed in", "By link")
        CODE = "code", pgettext_lazy("signed in", "By code")
        QR = "qr", pgettext_lazy("signed in", "By QR code")
        HOST = "host", pgettext_lazy("signed in", "By the host")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="seats")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.TAKES_PART)
    answer = models.CharField(max_length=5, choices=Answer.choices, default=Answer.NONE)
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    # Another time they would come at.
    proposes_at = models.DateTimeField(null=True)
    signed_in_at = models.DateTimeField(null=True)
    signed_in_by = models.CharField(max_length=4, choices=Way.choices, blank=True, default="")

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["person", "meeting"], name="seat_person")]
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="seat_once")]

    if TYPE_CHECKING:
        meeting_id: int
        person_id: int

    def __str__(self) -> str:
        return f"{self.person_id} in {self.meeting_id}"


class AgendaItem(Versioned):
    """One topic: who leads it, how long it may take, how long it took, and what came of it."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("topic"), max_length=200)
    owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("owner")
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=15)
    # What is to come out of it, and what to read before.
    goal = models.CharField(_("what is to come out of it"), max_length=300, blank=True, default="")
    material = models.TextField(_("to read before"), max_length=2000, blank=True, default="")
    # The topic that looks at the open items of the meeting before.
    looks_back = models.BooleanField(default=False)
    # While it runs: since when, and how many seconds before that.
    running_since = models.DateTimeField(null=True)
    spent_seconds = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    # The minutes of this topic.
    conclusion = models.TextField(_("conclusion"), max_length=6000, blank=True, default="")
    dispute = models.TextField(_("what is disputed"), max_length=3000, blank=True, default="")

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="agenda_minutes"),
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(running_since__isnull=False), name="agenda_one_runs"
            ),
        ]

    if TYPE_CHECKING:
        meeting_id: int
        owner_id: int | None

    def __str__(self) -> str:
        return self.title


class Preparation(Versioned):
    """One line of what is to be prepared before a meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="preparations")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(_("to prepare"), max_length=200)
    owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("owner")
    )
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [paired("preparation_done_pair", "done_at", "done_by")]

    if TYPE_CHECKING:
        meeting_id: int
        owner_id: int | None

    def __str__(self) -> str:
        return self.text


class Invitation(models.Model):
    """What one letter tells one person about one meeting, for their calendar. Written anew when it goes."""

    class Method(models.TextChoices):
        REQUEST = "REQUEST", "REQUEST"
        CANCEL = "CANCEL", "CANCEL"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="invitations")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="+")
    method = models.CharField(max_length=10, choices=Method.choices)
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["letter", "meeting"], name="invitation_once_a_letter")]

    if TYPE_CHECKING:
        meeting_id: int
        person_id: int

    def __str__(self) -> str:
        return f"{self.method} {self.meeting_id} → {self.person_id}"
