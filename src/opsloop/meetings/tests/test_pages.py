"""The pages of meetings: from the check to the call, answering on the other side, rooms, rules, series."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from opsloop.inbox.models import Notification
from opsloop.meetings.actions import writing
from opsloop.meetings.models import Meeting, MeetingRules, Room, Seat
from opsloop.meetings.tests.conftest import HTMX, NOW, WEDNESDAY
from opsloop.notices.models import Notice
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast

pytestmark = pytest.mark.django_db
Make = Callable[..., Meeting]
Login = Callable[[Person], Client]


def url(name: str, *args: Any) -> str:
    return reverse(f"meetings:{name}", args=args)


def form_of(meeting: Meeting, **values: Any) -> dict[str, Any]:
    roles = writing.roles_of(meeting)
    chosen = {role: [pk for pk, one in roles.items() if one == role] for role in Seat.Role.values}
    begins = "2026-11-25T10:00"
    return {
        "title": meeting.title, "objective": meeting.objective, "starts_at": begins, "lasts": "60",
        "version": meeting.version, **chosen, **values,
    }  # fmt: skip


def test_the_check_offers_a_notice_and_carries_the_text_over(cast: Cast, as_person: Login) -> None:
    client = as_person(cast.wang)
    said = {"title": "通报考勤新规", "objective": "告知全员12月起的打卡要求", "purpose": ""}
    page = client.post(url("new"), said)
    assert "改发通知" in page.content.decode()
    assert not Meeting.objects.exists()
    answer = client.post(url("as_notice"), said)
    notice = Notice.objects.get()
    assert answer.url == reverse("notices:edit", args=[notice.pk])
    assert (notice.title, notice.demands) == (said["title"], said["objective"])


def test_the_check_never_blocks_and_keeps_its_answer(cast: Cast, as_person: Login) -> None:
    client = as_person(cast.lin)
    said = {"title": "通报考勤新规", "objective": "", "purpose": "inform", "go": "call", "minutes": "30",
            "at": WEDNESDAY.isoformat(), "with": f"{cast.zhou.pk},{cast.wu.pk}"}  # fmt: skip
    answer = client.post(url("new"), said)
    meeting = Meeting.objects.get()
    assert answer.url == url("edit", meeting.pk)
    assert meeting.necessity["path"] == "notice"
    assert (meeting.lasts, meeting.starts_at) == (30, WEDNESDAY)
    assert set(writing.roles_of(meeting)) == {cast.lin.pk, cast.zhou.pk}, "who has left is not invited"
    assert as_person(cast.sun).get(url("new")).status_code == 403


def test_a_draft_keeps_itself_is_seen_by_nobody_else_and_is_called(
    cast: Cast, as_person: Login, draft: Make
) -> None:
    meeting = draft()
    client = as_person(cast.wang)
    assert client.get(url("edit", meeting.pk)).status_code == 200
    assert as_person(cast.lin).get(url("meeting", meeting.pk)).status_code == 404
    kept = client.post(url("edit", meeting.pk), form_of(meeting, title="改名"), headers=HTMX)
    assert kept.status_code == 200
    assert 'name="version" value="2"' in kept.content.decode()
    stale = client.post(url("edit", meeting.pk), form_of(meeting), headers=HTMX)
    assert stale.status_code == 412
    meeting.refresh_from_db()
    late = client.post(url("edit", meeting.pk), form_of(meeting, go="call", starts_at=""))
    assert late.status_code == 422
    meeting.refresh_from_db()
    done = client.post(url("edit", meeting.pk), form_of(meeting, go="call"))
    assert done.url == url("meeting", meeting.pk)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.starts_at) == ("called", WEDNESDAY)
    assert as_person(cast.lin).get(url("meeting", meeting.pk)).status_code == 200
    assert as_person(cast.outsider).get(url("meeting", meeting.pk)).status_code == 404
    assert client.get(url("edit", meeting.pk)).status_code == 200, "it can be changed"


def test_what_is_typed_is_added_up_and_broken_rules_are_named(
    cast: Cast, as_person: Login, draft: Make
) -> None:
    meeting = draft()
    writing.add_topic(meeting=meeting, values={"title": "预算", "minutes": 50}, by=cast.wang, at=NOW)
    body = (
        as_person(cast.wang).post(url("standing", meeting.pk), form_of(meeting, lasts="100")).content.decode()
    )
    assert "6.7" in body, "four people for 100 minutes"
    assert "90" in body
    assert "40" in body


def test_a_suggested_time_with_its_room_goes_into_the_draft(
    cast: Cast, as_person: Login, draft: Make, room: Room
) -> None:
    meeting = draft(starts_at=None)
    client = as_person(cast.wang)
    shown = client.post(url("times", meeting.pk), form_of(meeting, starts_at=""), headers=HTMX)
    assert shown.status_code == 200
    assert "黄山厅" in shown.content.decode()
    slot = f"{WEDNESDAY.isoformat()}|{room.pk}"
    answer = client.post(url("time", meeting.pk), form_of(meeting, starts_at="", slot=slot))
    assert answer.status_code == 303, answer.content.decode()[:2000]
    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.room) == (WEDNESDAY, room)
    assert client.post(url("time", meeting.pk), form_of(meeting, slot="soon")).status_code == 409


def test_topics_are_added_put_in_order_and_taken_off(cast: Cast, as_person: Login, draft: Make) -> None:
    meeting, client = draft(), as_person(cast.wang)
    for title in ("一", "二", "三"):
        said = {"title": title, "minutes": "20", "owner": cast.lin.pk}
        assert client.post(url("topics", meeting.pk), said, headers=HTMX).status_code == 200
    first, _second, third = meeting.agenda.all()
    client.post(url("topic_place", third.pk), {"place": "0"}, headers=HTMX)
    assert [one.title for one in meeting.agenda.all()] == ["三", "一", "二"]
    changed = client.post(url("topic", first.pk), {"title": "一改", "minutes": "25", "version": "1"})
    assert changed.status_code == 303
    assert (
        client.post(url("topic", first.pk), {"title": "x", "minutes": "25", "version": "1"}).status_code
        == 412
    )
    assert (
        client.post(url("topics", meeting.pk), {"title": "", "minutes": "5"}, headers=HTMX).status_code == 409
    )
    client.post(url("topic_removal", third.pk), headers=HTMX)
    assert [one.title for one in meeting.agenda.all()] == ["一改", "二"]
    assert as_person(cast.lin).post(url("topic_removal", first.pk)).status_code == 404


def test_an_invitation_is_answered_from_the_inbox_with_one_press(
    cast: Cast, as_person: Login, called: Make
) -> None:
    meeting = called()
    client = as_person(cast.lin)
    told = Notification.objects.get(person=cast.lin, subject_kind="meeting")
    assert told.reason == "meeting"
    inbox = client.get(reverse("inbox:inbox")).content.decode()
    press = f"{url('answer', meeting.pk)}?sequence=0&amp;answer="
    assert f"{press}yes" in inbox
    assert f"{press}no" in inbox
    assert client.post(f"{url('answer', meeting.pk)}?sequence=0&answer=yes", headers=HTMX).status_code == 204
    told.refresh_from_db()
    assert told.done_at is not None
    assert Notification.objects.filter(person=cast.wang, reason="meeting_yes").exists()
    stale = client.post(f"{url('answer', meeting.pk)}?sequence=7&answer=yes", headers=HTMX)
    assert stale.status_code == 409
    assert as_person(cast.zhao).post(f"{url('answer', meeting.pk)}?sequence=0&answer=yes").status_code == 403


def test_a_proposal_of_another_time_stands_beside_the_answer(
    cast: Cast, as_person: Login, called: Make
) -> None:
    meeting = called()
    said = {"answer": "no", "reason": "出差", "proposes_at": "2026-11-26T15:00", "sequence": "0"}
    assert as_person(cast.zhou).post(url("answer", meeting.pk), said).status_code == 303
    page = as_person(cast.wang).get(url("meeting", meeting.pk)).content.decode()
    assert "出差" in page
    assert "15:00" in page
    assert "出差" not in as_person(cast.lin).get(url("meeting", meeting.pk)).content.decode()


def test_rooms_are_kept_by_administrators_and_their_day_hides_what_is_not_ones_own(
    cast: Cast, as_person: Login, called: Make, room: Room
) -> None:
    meeting = called(room=room, is_confidential=True)
    day = f"{url('rooms')}?day=2026-11-25"
    assert meeting.title in as_person(cast.lin).get(day).content.decode()
    hidden = as_person(cast.zhao).get(day).content.decode()
    assert meeting.title not in hidden
    assert "10:00–11:00" in hidden
    said = {"name": "泰山厅", "seats": "12", "equipment": "投影，白板, 投影", "place": "", "department": ""}
    assert as_person(cast.wang).post(url("new_room"), said).status_code == 403
    client = as_person(cast.admin)
    assert client.post(url("new_room"), said).status_code == 303
    made = Room.objects.get(name="泰山厅")
    assert made.equipment == ["投影", "白板"]
    assert client.post(url("new_room"), said).status_code == 422, "names are given once"
    assert client.get(url("room", made.pk)).status_code == 200
    assert client.post(url("room_removal", room.pk), {"version": room.version}).status_code == 409
    assert client.post(url("room_removal", made.pk), {"version": made.version}).status_code == 303


def test_rules_are_set_by_administrators(cast: Cast, as_person: Login) -> None:
    said = {"most_minutes": "60", "topic_minutes": "30", "morning_from": "10:00", "morning_to": "11:30",
            "afternoon_from": "", "afternoon_to": "", "notice_days": "2", "minutes_days": "1", "confirm_days": "1",
            "version": "0"}  # fmt: skip
    assert as_person(cast.wang).get(url("rules")).status_code == 403
    client = as_person(cast.admin)
    assert client.get(url("rules")).status_code == 200
    assert client.post(url("rules"), {**said, "topic_minutes": "90"}).status_code == 422
    assert client.post(url("rules"), said).status_code == 303
    found = MeetingRules.objects.get()
    assert (found.most_minutes, found.good_times) == (60, [["10:00", "11:30"]])
    assert client.post(url("rules"), said).status_code == 412


def test_the_lists_show_each_what_is_theirs(cast: Cast, as_person: Login, called: Make, draft: Make) -> None:
    meeting, other = called(), draft(title="还没发")
    mine = as_person(cast.lin).get(url("meetings")).content.decode()
    assert meeting.title in mine
    drafts = as_person(cast.wang).get(f"{url('meetings')}?box=drafts").content.decode()
    assert other.title in drafts
    assert meeting.title in as_person(cast.zhao).get(f"{url('meetings')}?box=all").content.decode()
    assert meeting.title not in as_person(cast.outsider).get(url("meetings")).content.decode()
    found = as_person(cast.lin).get(f"{url('meetings')}?q=fupan").content.decode()
    assert meeting.title in found, "by pinyin"
    assert meeting.title in as_person(cast.lin).get(reverse("desk:search") + "?q=双11复盘").content.decode()


def test_the_appointment_leads_to_the_meeting_and_is_nobodys_to_change(
    cast: Cast, as_person: Login, called: Make
) -> None:
    from opsloop.calendars.models import Appointment

    meeting, client = called(), as_person(cast.lin)
    row = Appointment.objects.get(person=cast.lin)
    page = reverse("calendars:appointment", args=[row.pk])
    assert client.get(page).url == url("meeting", meeting.pk)
    removal = client.post(reverse("calendars:appointment_removal", args=[row.pk]), {"version": row.version})
    assert removal.status_code == 409
    client.post(url("answer", meeting.pk), {"answer": "no", "sequence": "0"})
    assert not Appointment.objects.filter(person=cast.lin).exists()


def test_a_copy_and_a_discarded_draft(cast: Cast, as_person: Login, called: Make, draft: Make) -> None:
    meeting, client = called(), as_person(cast.wang)
    client.post(url("copy", meeting.pk))
    made = Meeting.objects.get(state="draft")
    assert (made.title, made.follows) == (meeting.title, meeting)
    gone = client.post(url("removal", made.pk), headers=HTMX)
    assert gone.status_code == 204
    assert not Meeting.objects.filter(state="draft").exists()


def test_the_quick_line_offers_a_meeting(cast: Cast, as_person: Login) -> None:
    line = {"text": "会议 明天下午3点 周会 30分钟 @周航"}
    body = as_person(cast.lin).post(reverse("desk:quick_add_preview"), line).content.decode()
    assert "meetings/new/?title=%E5%91%A8%E4%BC%9A" in body
    assert f"with={cast.zhou.pk}" in body
    assert "minutes=30" in body


def test_a_free_hour_of_a_room_begins_a_meeting_there(cast: Cast, as_person: Login) -> None:
    room = Room.objects.create(name="黄山厅", seats=8, created_at=NOW)
    client = as_person(cast.lin)
    page = client.get(reverse("meetings:rooms")).content.decode()
    address = next(
        one for one in re.findall(r'href="([^"]*meetings/new/[^"]*room=[^"]*)"', page) if "T14" in one
    )
    check = client.get(unescape(address)).content.decode()
    sent = dict(re.findall(r'type="hidden" name="(at|room)" value="([^"]*)"', check))
    client.post(reverse("meetings:new"), {**sent, "title": "碰头", "go": "call"})
    draft = Meeting.objects.get(title="碰头")
    assert draft.room == room
    assert draft.starts_at is not None
    assert timezone.localtime(draft.starts_at).hour == 14
