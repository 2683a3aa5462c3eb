"""Booking rooms. The guarded UPDATE of the room's row is where two bookings at once meet (R11)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from opsloop.meetings import permissions
from opsloop.meetings.models import Booking, Meeting, Room
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused


@transaction.atomic
def book(*, meeting: Meeting, room: Room, by: Person, starts_at: datetime, ends_at: datetime) -> Booking:
    """Take `room` for a meeting in [starts_at, ends_at); what the meeting had taken before becomes free.

    Raises:
        Refused: somebody has it in that time, it was removed, or it is only for another department.
    """
    permissions.check_may_use(room, by)
    # Whoever comes second waits here until the first has committed, and then sees their booking. On SQLite there is
    # one writer at a time anyway; on PostgreSQL the row lock orders those who want this room.
    if not Room.objects.filter(pk=room.pk, removed_at__isnull=True).update(bookings=F("bookings") + 1):
        raise Refused(_("There is no such room any more. Choose another one."), field="room")
    taken = clashes(room, starts_at, ends_at).exclude(meeting=meeting).first()
    if taken is not None:
        said = _("%(room)s is taken from %(start)s to %(end)s. Choose another room or time.")
        start, end = timezone.localtime(taken.starts_at), timezone.localtime(taken.ends_at)
        said %= {"room": room.name, "start": f"{start:%m-%d %H:%M}", "end": f"{end:%H:%M}"}
        raise Refused(said, field="room")
    values = {"room": room, "starts_at": starts_at, "ends_at": ends_at}
    booking, _is_new = Booking.objects.update_or_create(meeting=meeting, defaults=values)
    return booking


def clashes(room: Room, starts_at: datetime, ends_at: datetime) -> QuerySet[Booking]:
    """Return the bookings of a room that overlap [starts_at, ends_at), by start."""
    return Booking.objects.filter(room=room, starts_at__lt=ends_at, ends_at__gt=starts_at).order_by(
        "starts_at"
    )


def free(*, meeting: Meeting) -> None:
    """Give back what a meeting had taken."""
    Booking.objects.filter(meeting=meeting).delete()
