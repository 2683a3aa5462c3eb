"""Invitations as mail: what a calendar takes, updates and cancels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from icalendar import Calendar

from opsloop.background import running
from opsloop.channels.actions import channels
from opsloop.channels.models import Letter, Wish
from opsloop.meetings.actions import answering, calling
from opsloop.meetings.models import Meeting
from opsloop.meetings.tests.conftest import HOUR, NOW, WEDNESDAY
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast

pytestmark = pytest.mark.django_db
Make = Callable[..., Meeting]
SITE = "https://ops.example.cn"


@pytest.fixture(autouse=True)
def _mail_channel(cast: Cast) -> None:
    for one in (cast.wang, cast.lin, cast.zhou, cast.chen):
        one.email = f"{one.username}@example.cn"
        one.save(update_fields=["email"])
    values = {"name": "邮件", "sender": "ops@example.cn"}
    channels.add(kind="mail", values=values, site=SITE, by=cast.admin, at=NOW)


def outbox() -> dict[str, Any]:
    """Let the worker send, and return address -> mail; what was sent before is forgotten."""
    mail.outbox.clear()
    running.drain()
    return {message.to[0]: message for message in mail.outbox}


def event_of(message: Any) -> tuple[str, Any]:
    """Return the method and the event that a mail holds, as a calendar reads them."""
    [(text, kind)] = [
        (one.content, one.mimetype) for one in message.alternatives if "calendar" in one.mimetype
    ]
    found = Calendar.from_ical(text)
    assert kind == f"text/calendar; method={found['METHOD']}"
    attached = [(name, one) for name, _content, one in message.attachments]
    assert attached == [(attached[0][0], "text/calendar")]
    assert attached[0][0].endswith(".ics")
    return str(found["METHOD"]), found.walk("VEVENT")[0]


def test_everybody_with_an_address_is_invited_by_mail(cast: Cast, called: Make) -> None:
    meeting = called()
    sent = outbox()
    assert set(sent) == {f"{name}@example.cn" for name in ("wanglei", "linyue", "zhouhang", "chenmin")}
    method, event = event_of(sent["linyue@example.cn"])
    assert method == "REQUEST"
    assert (str(event["UID"]), event["SEQUENCE"]) == (f"meeting-{meeting.pk}@ops.example.cn", 0)
    assert event["ORGANIZER"] == "mailto:wanglei@example.cn"
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (WEDNESDAY, WEDNESDAY + HOUR)
    guests = {str(one): one.params for one in event["ATTENDEE"]}
    assert guests["mailto:linyue@example.cn"]["RSVP"] == "TRUE"
    assert guests["mailto:linyue@example.cn"]["ROLE"] == "REQ-PARTICIPANT"
    assert guests["mailto:chenmin@example.cn"]["ROLE"] == "OPT-PARTICIPANT"
    assert guests["mailto:wanglei@example.cn"]["PARTSTAT"] == "ACCEPTED"
    assert meeting.title in sent["linyue@example.cn"].subject
    assert event["STATUS"] == "CONFIRMED"


def test_a_change_updates_and_a_cancellation_takes_it_out(cast: Cast, called: Make) -> None:
    meeting = called()
    uid = str(event_of(outbox()["linyue@example.cn"])[1]["UID"])
    values = {"starts_at": WEDNESDAY + HOUR}
    calling.change(meeting=meeting, values=values, by=cast.wang, at=NOW, version=meeting.version)
    method, event = event_of(outbox()["linyue@example.cn"])
    assert (method, str(event["UID"]), event["SEQUENCE"]) == ("REQUEST", uid, 1)
    assert event.decoded("DTSTART") == WEDNESDAY + HOUR
    roles = {cast.zhou.pk: "takes_part", cast.chen.pk: "optional"}
    calling.change(meeting=meeting, values={}, roles=roles, by=cast.wang, at=NOW, version=meeting.version)
    sent = outbox()
    assert set(sent) == {"linyue@example.cn"}, "the others have the same meeting as before"
    method, event = event_of(sent["linyue@example.cn"])
    assert (method, str(event["UID"]), event["STATUS"]) == ("CANCEL", uid, "CANCELLED")
    calling.cancel(meeting=meeting, why="延期", by=cast.wang, at=NOW, version=meeting.version)
    sent = outbox()
    assert set(sent) == {f"{name}@example.cn" for name in ("wanglei", "zhouhang", "chenmin")}
    method, event = event_of(sent["zhouhang@example.cn"])
    assert (method, event["SEQUENCE"], event["STATUS"]) == ("CANCEL", 2, "CANCELLED")
    assert "延期" in sent["zhouhang@example.cn"].body


def test_a_late_letter_tells_no_older_state(cast: Cast, called: Make) -> None:
    meeting = called()
    calling.cancel(meeting=meeting, why="延期", by=cast.wang, at=NOW, version=meeting.version)
    sent = outbox()
    assert event_of(sent["linyue@example.cn"])[0] == "CANCEL"
    assert Letter.objects.filter(person=cast.lin, state="dropped").count() == 1, (
        "the invitation is not true any more"
    )


def test_who_wants_no_mail_about_meetings_gets_none(cast: Cast, called: Make) -> None:
    Wish.objects.create(person=cast.lin, topic="meetings", way="mail", mode="off")
    called()
    assert "linyue@example.cn" not in outbox()


def test_a_name_cannot_break_out_of_the_file(cast: Cast, called: Make) -> None:
    bad = 'x"\r\nATTENDEE:mailto:evil@example.cn\r\n;CN="'
    Person.objects.filter(pk=cast.zhou.pk).update(name=bad[:60])
    meeting = called(title="会议\r\nBEGIN:VEVENT", objective="一行\n二行; 三行, 四行")
    answering.answer(meeting=meeting, answer="yes", by=cast.lin, at=NOW, sequence=0)
    _method, event = event_of(outbox()["linyue@example.cn"])
    assert len([one for one in event["ATTENDEE"] if "evil" in str(one)]) == 0
    assert "二行; 三行, 四行" in str(event["DESCRIPTION"])
