"""Rooms, and who has them when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Department, Person
from opsloop.records.models import Versioned


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, person: Person) -> Self:
        """Return every room: whoever works here may look for one."""
        return self if person.is_active else self.none()

    def current(self) -> Self:
        """Return the rooms that can be booked."""
        return self.filter(removed_at__isnull=True)


class Room(Versioned):
    """A room that people meet in. `bookings` is raised by each booking: that is what two at once meet at."""

    name = models.CharField(_("room"), max_length=60)
    place = models.CharField(_("where it is"), max_length=120, blank=True, default="")
    seats = models.PositiveSmallIntegerField(_("seats"), default=8)
    # Words as the organisation has them: ["projector", "whiteboard"].
    equipment = models.JSONField(_("equipment"), default=list, blank=True)
    # Only for the people of this department and below; nobody: for everybody.
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("only for department"),
    )  # fmt: skip
    bookings = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(removed_at__isnull=True), name="room_name_once"
            ),
            models.CheckConstraint(condition=Q(seats__gte=1, seats__lte=2000), name="room_seats"),
        ]

    def __str__(self) -> str:
        return self.name


class BookingQuerySet(models.QuerySet["Booking"]):
    def visible_to(self, person: Person) -> Self:
        """Return every booking: that a room is taken is no secret, for what it is stands with the meeting."""
        return self if person.is_active else self.none()


class Booking(models.Model):
    """A room is taken in [starts_at, ends_at) by one meeting. Written by actions/booking.py alone."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    meeting = models.OneToOneField("meetings.Meeting", on_delete=models.CASCADE, related_name="booking")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["room", "starts_at"], name="booking_room_start")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_start")
        ]

    if TYPE_CHECKING:
        room_id: int
        meeting_id: int

    def __str__(self) -> str:
        return f"{self.room_id} {self.starts_at:%F %H:%M}"
