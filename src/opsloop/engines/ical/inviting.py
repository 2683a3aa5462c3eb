"""Writes an invitation to a meeting, or its cancellation, as calendars take them from a mail (RFC 5545, RFC 5546).

A meeting keeps its UID for as long as it lives. What changes raises SEQUENCE, and a calendar that holds an older one
replaces it; a cancellation (METHOD:CANCEL, STATUS:CANCELLED) with the next SEQUENCE takes it out again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from opsloop.engines.ical.writing import without_forbidden

if TYPE_CHECKING:
    from icalendar import Event, vCalAddress

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
# How a seat is written: who decides or takes part has to be there, who may come does not.
ROLES = {True: "REQ-PARTICIPANT", False: "OPT-PARTICIPANT"}
STATUS = {"yes": "ACCEPTED", "maybe": "TENTATIVE", "no": "DECLINED", "none": "NEEDS-ACTION"}


@dataclass(frozen=True)
class Guest:
    """Somebody who is invited: name and mail address ("" for none), and what they answered, a key of STATUS."""

    name: str
    address: str
    is_required: bool = True
    answer: str = "none"


@dataclass(frozen=True)
class Invited:
    """A meeting as calendars know it; moments are aware, `sequence` counts its changes from 0."""

    uid: str
    sequence: int
    title: str
    starts: datetime
    ends: datetime
    changed: datetime
    organiser: Guest
    guests: Sequence[Guest]
    note: str = ""
    place: str = ""
    url: str = ""
    is_private: bool = False


def write(meetings: Sequence[Invited], *, method: Method, product: str) -> bytes:
    """Return one file that a calendar takes as it is; with several meetings each keeps its own UID.

    Raises:
        ValueError: a meeting does not end after it starts.
    """
    # Eighty modules that only who sends an invitation needs.
    from icalendar import Calendar

    file = Calendar()
    file.add("prodid", product)
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", method)
    for one in meetings:
        file.add_component(_event(one, method))
    written: bytes = file.to_ical()
    return written


def _event(meeting: Invited, method: Method) -> Event:
    if meeting.ends <= meeting.starts:
        raise ValueError(f"{meeting.uid} does not end after it starts")
    from icalendar import Event

    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", _utc(meeting.changed))
    event.add("last-modified", _utc(meeting.changed))
    event.add("dtstart", _utc(meeting.starts))
    event.add("dtend", _utc(meeting.ends))
    event.add("summary", without_forbidden(meeting.title))
    for name, text in (("description", meeting.note), ("location", meeting.place), ("url", meeting.url)):
        if text:
            event.add(name, without_forbidden(text))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("class", "PRIVATE" if meeting.is_private else "PUBLIC")
    event.add("transp", "OPAQUE")
    if meeting.organiser.address:
        event["organizer"] = _address(meeting.organiser)
    for guest in meeting.guests:
        if guest.address:
            event.add("attendee", _guest(guest, method), encode=False)
    return event


def _guest(guest: Guest, method: Method) -> vCalAddress:
    from icalendar import vText

    address = _address(guest)
    address.params["role"] = vText(ROLES[guest.is_required])
    address.params["partstat"] = vText(STATUS[guest.answer])
    address.params["rsvp"] = vText("TRUE" if method == "REQUEST" else "FALSE")
    address.params["cutype"] = vText("INDIVIDUAL")
    return address


def _address(guest: Guest) -> vCalAddress:
    from icalendar import vCalAddress, vText

    address = vCalAddress(f"mailto:{guest.address}")
    # RFC 5545 §3.2: a parameter holds no quotes; those of a name are left out.
    address.params["cn"] = vText(without_forbidden(guest.name).replace('"', ""))
    return address


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
