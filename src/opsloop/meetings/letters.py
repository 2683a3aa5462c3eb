"""Invitations as mail: words for people, and the file that their calendar takes (RFC 5546). Written when they go.

The file says how the meeting stands at that moment, so an older letter that was late brings no older state; a person
who was taken out and invited again meanwhile gets no cancellation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from opsloop.channels.models import Letter
from opsloop.channels.writing import PREFERENCES, Attachment, CalendarPart, Group, Mail
from opsloop.engines.ical.inviting import Guest, Invited, Method, write
from opsloop.engines.ical.writing import PRODUCT
from opsloop.meetings.actions.inviting import where
from opsloop.meetings.models import Invitation, Meeting, Seat
from opsloop.organisation.models import Person
from opsloop.web.templatetags.quick import address

KIND = "text/calendar"


def mail(letter: Letter) -> Mail | None:
    """Return the mail of a letter of ours; None of letters of others, and when nothing of it holds any more."""
    rows = list(Invitation.objects.filter(letter=letter).order_by("meeting__starts_at", "pk"))
    person = letter.person
    if not rows or person is None or not person.is_active or not person.email:
        return None
    is_off = rows[0].method == Invitation.Method.CANCEL
    meetings = _standing([row.meeting_id for row in rows], person, is_off=is_off)
    if not meetings:
        return None
    with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
        return _mail(letter, person, meetings, rows, is_off=is_off)


def group(letter: Letter) -> Group | None:  # noqa: ARG001  (a letter to a group is never ours)
    """Return nothing: invitations go to persons."""
    return None


def _standing(keys: Sequence[int], person: Person, *, is_off: bool) -> list[Meeting]:
    """Return the meetings of which a letter is still true, in order."""
    rows = (
        Meeting.objects.filter(pk__in=keys)
        .select_related("organiser", "room", "host")
        .order_by("starts_at", "pk")
    )
    seated = set(Seat.objects.filter(meeting__in=keys, person=person).values_list("meeting_id", flat=True))
    if is_off:
        return [one for one in rows if one.state == Meeting.State.CANCELLED or one.pk not in seated]
    return [one for one in rows if one.state != Meeting.State.CANCELLED and one.pk in seated]


def _mail(
    letter: Letter, person: Person, meetings: Sequence[Meeting], rows: Sequence[Invitation], *, is_off: bool
) -> Mail:
    site = letter.channel.site
    method: Method = "CANCEL" if is_off else "REQUEST"
    is_new = all(row.sequence == 0 for row in rows)
    context: dict[str, Any] = {
        "name": person.name,
        "language": person.language,
        "is_off": is_off,
        "is_new": is_new,
        "meetings": [
            {"meeting": one, "where": where(one), "url": site + address("meetings:meeting", one.pk),
             "agenda": list(one.agenda.select_related("owner"))}
            for one in meetings
        ],
        "preferences": site + address(PREFERENCES),
    }  # fmt: skip
    files = [written(one, site, method=method) for one in meetings]
    return Mail(
        to=person.email,
        subject=" ".join(f"Opsloop · {_subject(meetings, is_off=is_off, is_new=is_new)}".split())[:200],
        text=render_to_string("meetings/mail.txt", context),
        html=render_to_string("meetings/mail.html", context),
        message_id=f"<{letter.key}@{host_of(site)}>",
        unsubscribe=site + address(PREFERENCES),
        attachments=[
            Attachment(f"{one.number}.ics", file, KIND) for one, file in zip(meetings, files, strict=True)
        ],
        # Mail programs show this part as buttons; with several meetings each has its own file.
        calendar=CalendarPart(files[0].decode("utf-8"), method) if len(files) == 1 else None,
    )


def _subject(meetings: Sequence[Meeting], *, is_off: bool, is_new: bool) -> str:
    first = meetings[0]
    assert first.starts_at is not None  # it was called
    said = {"title": first.title, "when": f"{timezone.localtime(first.starts_at):%m-%d %H:%M}"}
    if len(meetings) > 1:
        said["count"] = str(len(meetings))
        return (
            _("%(count)s meetings cancelled: %(title)s") if is_off else _("%(count)s meetings: %(title)s")
        ) % said
    if is_off:
        return _("Cancelled: %(title)s, %(when)s") % said
    return (_("Invitation: %(title)s, %(when)s") if is_new else _("Changed: %(title)s, %(when)s")) % said


def written(meeting: Meeting, site: str, *, method: Method) -> bytes:
    """Return a meeting as the file that calendars take. Two queries."""
    seats = Seat.objects.filter(meeting=meeting, person__is_active=True).exclude(role=Seat.Role.COPY)
    organiser = meeting.organiser
    assert meeting.starts_at is not None and meeting.ends_at is not None  # noqa: PT018  (it was called)
    agenda = [
        _("%(topic)s (%(minutes)s min)") % {"topic": one.title, "minutes": one.minutes}
        for one in meeting.agenda.all()
    ]
    changed = max(filter(None, [meeting.called_at, meeting.saved_at, meeting.cancelled_at]))
    return write(
        [
            Invited(
                uid=uid_of(meeting, site), sequence=meeting.sequence, title=meeting.title, starts=meeting.starts_at,
                ends=meeting.ends_at, changed=changed, place=where(meeting),
                note="\n".join(filter(None, [meeting.objective, *agenda, meeting.link])),
                url=site + address("meetings:meeting", meeting.pk), is_private=meeting.is_confidential,
                organiser=Guest(organiser.name, organiser.email) if organiser else Guest("", ""),
                guests=[
                    Guest(seat.person.name, seat.person.email, seat.role != Seat.Role.OPTIONAL, seat.answer)
                    for seat in seats.select_related("person").order_by("pk")
                ],
            )
        ],
        method=method,
        product=PRODUCT,
    )  # fmt: skip


def uid_of(meeting: Meeting, site: str) -> str:
    """Return what a meeting is called in all calendars for as long as it lives."""
    return f"meeting-{meeting.pk}@{host_of(site)}"


def host_of(site: str) -> str:
    """Return the name of the machine that people open."""
    return urlsplit(site).hostname or "opsloop"
