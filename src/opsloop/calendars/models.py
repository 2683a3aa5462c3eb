"""Own appointments, outside calendars with their events, and the link of one's feed."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.records.models import Versioned


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, person: Person) -> Self:
        """Return the appointments `person` may read: own, and the open ones of those whose work they see."""
        reach = person.reaches.departments(Permission.WORK_VIEW)
        mine, shared = Q(person=person), Q(is_private=False)
        if reach is None:
            return self.filter(mine | shared)
        return self.filter(mine | (shared & Q(person__department_id__in=reach)))


class Appointment(Versioned):
    """Time of one's own that is taken, half-open [starts_at, ends_at); `rule` makes it come round again."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    place = models.CharField(_("place"), max_length=200, blank=True, default="")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    # From midnight to midnight of `time_zone`; shown and handed out as days.
    is_all_day = models.BooleanField(_("all day"), default=False)
    # An RRULE as engines/recurrence reads it; "" for once. Counted in `time_zone`.
    rule = models.CharField(max_length=200, blank=True, default="")
    # Days of `time_zone`, as "2026-11-26", on which an occurrence begins that is left out; in order.
    skipped = models.JSONField(default=list)
    time_zone = models.CharField(max_length=50)
    is_private = models.BooleanField(_("private"), default=False)
    changed_at = models.DateTimeField()
    # What put it here, as ORIGINS in config/reactions.py calls it ("meeting", 12); "" for one's own. Its person
    # sees it and cannot change it: it follows what put it here.
    origin_kind = models.CharField(max_length=20, blank=True, default="", editable=False)
    origin_id = models.PositiveBigIntegerField(null=True, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["person", "starts_at"], name="appointment_person_start")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(origin_kind="", origin_id__isnull=True)
                | (~Q(origin_kind="") & Q(origin_id__isnull=False)),
                name="appointment_origin_whole",
            ),
            models.UniqueConstraint(
                fields=["origin_kind", "origin_id", "person"],
                condition=~Q(origin_kind=""),
                name="appointment_origin_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OutsideCalendarQuerySet(models.QuerySet["OutsideCalendar"]):
    def visible_to(self, person: Person) -> Self:
        """Return the calendars `person` subscribed to; their addresses are nobody else's business."""
        return self.filter(person=person)


class OutsideCalendar(Versioned):
    """A calendar of another system that a person subscribed to, and how fetching it went."""

    class Colour(models.TextChoices):
        CYAN = "cyan", _("Cyan")
        GREEN = "green", _("Green")
        GOLD = "gold", _("Gold")
        RED = "red", _("Red")
        PURPLE = "purple", _("Purple")
        GREY = "grey", _("Grey")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=1000)
    colour = models.CharField(_("colour"), max_length=10, choices=Colour.choices, default=Colour.CYAN)
    takes_time = models.BooleanField(_("counts as busy"), default=True)
    # Birthdays, holidays and "on a trip" last all day and rarely keep anybody from working.
    all_day_takes_time = models.BooleanField(_("all-day events count as busy"), default=False)
    # Below: written by fetching alone, which does not touch the version.
    fetched_at = models.DateTimeField(null=True, editable=False)
    due_at = models.DateTimeField(editable=False)
    # A key of words.ERRORS, "" when the last fetch went well.
    error = models.CharField(max_length=30, blank=True, default="", editable=False)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    left_out = models.PositiveIntegerField(default=0, editable=False)
    etag = models.CharField(max_length=300, blank=True, default="", editable=False)
    last_modified = models.CharField(max_length=100, blank=True, default="", editable=False)
    # Until when, and in which zone its days were counted, the copy reaches.
    covered_until = models.DateTimeField(null=True, editable=False)
    read_in_zone = models.CharField(max_length=50, blank=True, default="", editable=False)

    objects = OutsideCalendarQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["due_at"], name="outside_calendar_due")]
        constraints = [models.UniqueConstraint(fields=["person", "url"], name="outside_calendar_once")]

    def __str__(self) -> str:
        return self.name


class OutsideEventQuerySet(models.QuerySet["OutsideEvent"]):
    def visible_to(self, person: Person) -> Self:
        """Return the events of the calendars `person` subscribed to."""
        return self.filter(calendar__person=person)


class OutsideEvent(models.Model):
    """One occurrence of an event of an outside calendar, half-open [starts_at, ends_at)."""

    calendar = models.ForeignKey(OutsideCalendar, on_delete=models.CASCADE, related_name="events")
    title = models.CharField(max_length=200, blank=True, default="")
    place = models.CharField(max_length=200, blank=True, default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_all_day = models.BooleanField(default=False)
    # False for what its own calendar shows as free.
    takes_time = models.BooleanField(default=True)

    objects = OutsideEventQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["calendar", "starts_at"], name="outside_event_start")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="outside_event_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.title


class FeedLinkQuerySet(models.QuerySet["FeedLink"]):
    def visible_to(self, person: Person) -> Self:
        """Return one's own link."""
        return self.filter(person=person)


class FeedLink(models.Model):
    """The secret link under which other programs read a person's plan. Only its hash is kept."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = FeedLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.person}"
