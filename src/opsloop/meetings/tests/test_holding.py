"""A meeting from sign-in to done action items: rules, races, what each side is told. The chain as verbs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from opsloop.activity.actions import take_back
from opsloop.activity.models import Event
from opsloop.inbox.models import Notification
from opsloop.meetings.actions import items, minuting, noting, owing, register, running, signing
from opsloop.meetings.models import ActionItem, AgendaItem, Decision, Meeting, Minutes
from opsloop.meetings.queries.following import left_open
from opsloop.meetings.queries.load import month_of, rows_of
from opsloop.meetings.queries.minutes import history
from opsloop.meetings.queries.people import attending, seats_of
from opsloop.meetings.queries.running import room_of, topics_of
from opsloop.meetings.tests.conftest import DAY, HOUR, MINUTE, WEDNESDAY
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.work.actions import tasks
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db
Make = Callable[..., Meeting]
LATER = WEDNESDAY + HOUR


@pytest.fixture
def running_one(cast: Cast, called: Make) -> Make:
    """Return a function that calls a meeting with two topics and begins it on time; 周航 takes the minutes."""

    def made(**values: Any) -> Meeting:
        meeting = called(minute_taker=cast.zhou, **values)
        start = meeting.starts_at or WEDNESDAY
        for place, title in enumerate(("预算", "分工"), 1):
            AgendaItem.objects.create(meeting=meeting, position=place, title=title, minutes=20)
        running.begin(meeting=meeting, by=cast.wang, at=start, version=meeting.version)
        return Meeting.objects.get(pk=meeting.pk)

    return made


@pytest.fixture
def sent(cast: Cast, running_one: Make) -> Make:
    """Return a function that holds a meeting and sends minutes with one item of 林悦 and one decision."""

    def made(line: str = "@林悦 周五前 提交方案", **values: Any) -> Meeting:
        meeting = running_one(**values)
        start = meeting.starts_at or WEDNESDAY
        topic = meeting.agenda.exclude(looks_back=True).first()
        noting.note(meeting=meeting, topic=topic, lines=line, by=cast.zhou, at=start)
        noting.decide(meeting=meeting, topic=topic, lines="双12预算定为 12 万元", by=cast.zhou, at=start)
        running.end(meeting=meeting, by=cast.wang, at=start + HOUR, version=meeting.version)
        hand_and_send(meeting, cast)
        return Meeting.objects.get(pk=meeting.pk)

    return made


def hand_and_send(meeting: Meeting, cast: Cast, why: str = "") -> None:
    at = (meeting.starts_at or WEDNESDAY) + HOUR
    minutes = Minutes.objects.get(pk=meeting.pk)
    minuting.hand_over(minutes=minutes, by=cast.zhou, at=at, version=minutes.version)
    minuting.send(minutes=minutes, by=cast.wang, at=at, version=minutes.version, why=why)


def reasons(person: Person, kind: str = "item") -> list[str]:
    rows = Notification.objects.filter(person=person, subject_kind=kind, done_at__isnull=True)
    return list(rows.order_by("pk").values_list("reason", flat=True))


def test_only_the_invited_sign_in_within_the_time_and_only_with_the_code(cast: Cast, called: Make) -> None:
    meeting = called()
    given = {"meeting": meeting, "at": WEDNESDAY - 10 * MINUTE, "code": meeting.sign_in_code}
    assert meeting.sign_in_code.isdigit()
    with pytest.raises(Forbidden):
        signing.sign_in(**given, by=cast.outsider, way="code")
    with pytest.raises(Refused, match="半小时"):
        signing.sign_in(**{**given, "at": WEDNESDAY - HOUR}, by=cast.lin, way="link")
    wrong = f"{(int(meeting.sign_in_code) + 1) % 10**6:06d}"
    with pytest.raises(Refused) as refused:
        signing.sign_in(**{**given, "code": wrong}, by=cast.lin, way="qr")
    assert refused.value.field == "code"
    assert signing.sign_in(**given, by=cast.lin, way="code")
    assert not signing.sign_in(**given, by=cast.lin, way="link")
    assert signing.meeting_of_code(meeting.sign_in_code, cast.zhou, WEDNESDAY) == meeting
    for somebody in (cast.outsider, cast.admin):
        with pytest.raises(Refused):
            signing.meeting_of_code(meeting.sign_in_code, somebody, WEDNESDAY)


def test_the_host_notes_who_was_late_and_who_did_not_come(cast: Cast, running_one: Make) -> None:
    meeting = running_one()
    signing.sign_in(meeting=meeting, by=cast.lin, at=WEDNESDAY, way="link")
    signing.tick(meeting=meeting, person_id=cast.zhou.pk, by=cast.wang, at=WEDNESDAY + 20 * MINUTE)
    with pytest.raises(Forbidden):
        signing.tick(meeting=meeting, person_id=cast.chen.pk, by=cast.lin, at=WEDNESDAY)
    running.end(meeting=meeting, by=cast.wang, at=LATER, version=meeting.version)
    standing = {one.person.name: one.standing for one in attending(meeting, seats_of(meeting))}
    assert (standing["林悦"], standing["周航"], standing["陈敏"]) == ("present", "late", "absent")
    # 60 minutes of 林悦 and 40 of 周航.
    assert room_of(meeting, LATER + DAY).hours == 1.7
    assert signing.untick(meeting=meeting, person_id=cast.zhou.pk, by=cast.wang, at=LATER)


def test_one_topic_runs_at_a_time_and_each_clock_counts_its_own(cast: Cast, running_one: Make) -> None:
    meeting = running_one()
    first, second = meeting.agenda.all()
    assert [one.state for one in topics_of(meeting, WEDNESDAY + 25 * MINUTE)] == ["over", "open"]
    assert running.end_topic(topic=first, by=cast.wang, at=WEDNESDAY + 25 * MINUTE) == second
    # The second press comes late and ends nothing.
    assert running.end_topic(topic=first, by=cast.zhou, at=WEDNESDAY + 26 * MINUTE) is None
    running.pause_topic(topic=second, by=cast.wang, at=WEDNESDAY + 30 * MINUTE)
    running.start_topic(topic=first, by=cast.wang, at=WEDNESDAY + 40 * MINUTE)
    running.start_topic(topic=second, by=cast.wang, at=WEDNESDAY + 41 * MINUTE)
    found = topics_of(meeting, WEDNESDAY + 45 * MINUTE)
    assert [(one.state, one.elapsed, one.over) for one in found] == [
        ("paused", 26 * 60, 360),
        ("running", 540, 0),
    ]
    with pytest.raises(Forbidden):
        running.start_topic(topic=first, by=cast.lin, at=WEDNESDAY)
    running.end(meeting=meeting, by=cast.wang, at=LATER, version=meeting.version)
    assert not AgendaItem.objects.filter(running_since__isnull=False).exists()


def test_it_is_begun_near_its_time_and_taken_up_on_the_same_day_only(cast: Cast, called: Make) -> None:
    meeting = called()
    with pytest.raises(Refused, match="半小时"):
        running.begin(meeting=meeting, by=cast.wang, at=WEDNESDAY - HOUR, version=meeting.version)
    with pytest.raises(Forbidden):
        running.begin(meeting=meeting, by=cast.lin, at=WEDNESDAY, version=meeting.version)
    running.begin(meeting=meeting, by=cast.wang, at=WEDNESDAY, version=meeting.version)
    with pytest.raises(StaleVersion):
        running.end(
            meeting=Meeting.objects.get(pk=meeting.pk), by=cast.wang, at=LATER, version=meeting.version - 1
        )
    running.end(meeting=meeting, by=cast.wang, at=LATER, version=meeting.version)
    due = Minutes.objects.get(pk=meeting.pk).due_at
    assert due == LATER + 2 * DAY
    running.begin(meeting=meeting, by=cast.wang, at=LATER + MINUTE, version=meeting.version)
    running.end(meeting=meeting, by=cast.wang, at=LATER + HOUR, version=meeting.version)
    with pytest.raises(Refused, match="当天"):
        running.begin(meeting=meeting, by=cast.wang, at=LATER + DAY, version=meeting.version)


def test_a_line_says_who_what_and_by_when(cast: Cast, running_one: Make) -> None:
    meeting = running_one()
    topic = meeting.agenda.first()
    made = noting.note(
        meeting=meeting, topic=topic, lines="@小林 周五前 提交方案\n\n确认场地", by=cast.zhou, at=WEDNESDAY
    )  # fmt: skip
    assert [(one.what, one.owner, bool(one.due_at)) for one in made] == [
        ("提交方案", cast.lin, True),
        ("确认场地", None, False),
    ]
    assert made[0].due_at is not None
    assert made[0].due_at.astimezone(WEDNESDAY.tzinfo).date() == (WEDNESDAY + 2 * DAY).date()
    with pytest.raises(Refused) as refused:
        noting.note(meeting=meeting, topic=topic, lines="@小林 周五前", by=cast.zhou, at=WEDNESDAY)
    assert refused.value.field == "text"
    with pytest.raises(Forbidden):
        noting.note(meeting=meeting, topic=topic, lines="提交方案", by=cast.lin, at=WEDNESDAY)
    running.end(meeting=meeting, by=cast.wang, at=LATER, version=meeting.version)
    with pytest.raises(Refused, match="确认场地"):
        hand_and_send(meeting, cast)
    undo = noting.strike(item=made[1], by=cast.wang, at=LATER, version=made[1].version)
    take_back(undo=undo, by=cast.wang, at=LATER)
    assert ActionItem.objects.get(pk=made[1].pk).state == "noted"


def test_what_is_typed_is_kept_once_and_refused_when_somebody_was_faster(
    cast: Cast, running_one: Make
) -> None:
    topic = running_one().agenda.first()
    assert topic is not None
    given = {"topic": topic, "conclusion": "定 12 万", "dispute": "", "at": WEDNESDAY}
    minuting.keep_topic(**given, by=cast.zhou, version=1)
    running.pause_topic(topic=topic, by=cast.wang, at=WEDNESDAY)
    stale = AgendaItem.objects.get(pk=topic.pk)
    with pytest.raises(StaleVersion):
        minuting.keep_topic(**{**given, "topic": stale}, by=cast.wang, version=1)
    # Leading the meeting does not disturb who types.
    minuting.keep_topic(**{**given, "topic": stale}, by=cast.zhou, version=2)
    with pytest.raises(Forbidden):
        minuting.keep_topic(**{**given, "topic": stale}, by=cast.lin, version=3)


def test_minutes_go_to_the_host_and_out_and_everybody_is_told_once(cast: Cast, sent: Make) -> None:
    meeting = sent()
    assert meeting.state == "closed"
    assert reasons(cast.lin, "minutes") == ["minutes_out"]
    assert reasons(cast.chen, "minutes") == ["minutes_out"]
    assert reasons(cast.wang, "minutes") == []
    assert reasons(cast.lin) == ["item_asked"]
    decision = meeting.decisions.get()
    assert decision.number.startswith("JY2026")
    edition = meeting.editions.get()
    assert edition.content["topics"][0]["decisions"][0]["number"] == decision.number
    assert edition.content["absent"]


def test_the_host_returns_them_with_a_remark_and_corrects_what_is_out(cast: Cast, sent: Make) -> None:
    meeting = sent()
    minutes = Minutes.objects.get(pk=meeting.pk)
    topic = meeting.agenda.first()
    assert topic is not None
    with pytest.raises(Refused, match="纪要已发出"):
        minuting.keep_topic(
            topic=topic, conclusion="改", dispute="", by=cast.zhou, at=LATER, version=topic.version
        )
    minuting.reopen(minutes=minutes, by=cast.wang, at=LATER, version=minutes.version)
    minuting.keep_topic(
        topic=topic, conclusion="定 15 万", dispute="", by=cast.zhou, at=LATER, version=topic.version
    )
    minuting.hand_over(minutes=minutes, by=cast.zhou, at=LATER, version=minutes.version)
    with pytest.raises(Refused, match="一句话"):
        minuting.give_back(minutes=minutes, why=" ", by=cast.wang, at=LATER, version=minutes.version)
    minuting.give_back(minutes=minutes, why="写清金额", by=cast.wang, at=LATER, version=minutes.version)
    assert "minutes_back" in reasons(cast.zhou, "minutes")
    minuting.hand_over(minutes=minutes, by=cast.zhou, at=LATER, version=minutes.version)
    with pytest.raises(Refused, match="更正原因"):
        minuting.send(minutes=minutes, by=cast.wang, at=LATER, version=minutes.version)
    minuting.send(minutes=minutes, by=cast.wang, at=LATER, version=minutes.version, why="预算有误")
    newest, oldest = history(meeting)
    assert (newest.edition.number, newest.edition.why, oldest.edition.number) == (2, "预算有误", 1)
    assert any(piece.kind == "new" and "15" in piece.text for one in newest.changes for piece in one.pieces)
    # The item that was asked is not asked again.
    assert reasons(cast.lin) == ["item_asked"]
    assert "minutes_again" in reasons(cast.lin, "minutes")


def test_a_confirmed_item_is_a_task_and_both_are_done_together(cast: Cast, sent: Make) -> None:
    item = sent().items.get()
    with pytest.raises(Forbidden):
        items.confirm(item=item, by=cast.zhou, at=LATER, version=item.version)
    stale = ActionItem.objects.get(pk=item.pk)
    task = items.confirm(item=item, by=cast.lin, at=LATER, version=item.version)
    assert (task.title, task.owner, task.due_at, task.requester) == (
        "提交方案",
        cast.lin,
        item.due_at,
        cast.wang,
    )
    assert reasons(cast.lin) == []
    # Two answers at once: one wins, the other is told, and there is one task.
    with pytest.raises(StaleVersion):
        items.dispute(item=stale, why="太紧", by=cast.lin, at=LATER, version=stale.version)
    assert Task.objects.filter(title="提交方案").count() == 1
    tasks.close(task=task, by=cast.lin, at=LATER, version=task.version)
    assert ActionItem.objects.get(pk=item.pk).state == "done"
    tasks.reopen(task=task, by=cast.lin, at=LATER, version=task.version)
    assert ActionItem.objects.get(pk=item.pk).state == "confirmed"
    assert "item_done" in reasons(cast.wang)


def test_a_dispute_goes_to_the_host_who_asks_again_or_gives_it_up(cast: Cast, sent: Make) -> None:
    item = sent().items.get()
    with pytest.raises(Refused) as refused:
        items.dispute(item=item, why=" ", by=cast.lin, at=LATER, version=item.version)
    assert refused.value.field == "why"
    items.dispute(item=item, why="周五交不了", by=cast.lin, at=LATER, version=item.version)
    assert reasons(cast.wang) == ["item_disputed"]
    values = {"owner": cast.chen, "due_at": item.due_at}
    with pytest.raises(Forbidden):
        items.ask_again(item=item, values=values, by=cast.lin, at=LATER, version=item.version)
    items.ask_again(item=item, values=values, by=cast.wang, at=LATER, version=item.version)
    assert (reasons(cast.chen), reasons(cast.wang)) == (["item_asked"], [])
    with pytest.raises(Forbidden):
        items.confirm(item=item, by=cast.lin, at=LATER, version=item.version)
    items.drop(item=item, why="改由外包做", by=cast.wang, at=LATER, version=item.version)
    assert reasons(cast.chen) == ["item_dropped"]


def test_unanswered_items_and_late_minutes_are_chased_in_working_time_each_step_once(
    cast: Cast, sent: Make, running_one: Make, clock: time_machine.Coordinates
) -> None:
    item = sent().items.get()
    assert item.answer_due_at == LATER + DAY
    assert item.remind_at is not None
    assert owing.remind_due(at=item.remind_at - MINUTE) == 0
    # After a downtime both are due: the reminder goes first, the host hears at the next run.
    assert [owing.remind_due(at=LATER + DAY + n * 5 * MINUTE) for n in range(3)] == [1, 1, 0]
    assert reasons(cast.lin) == ["item_asked", "item_reminded"]
    assert reasons(cast.wang) == ["item_unanswered"]
    other = running_one(starts_at=WEDNESDAY + 2 * DAY)
    friday = WEDNESDAY + 2 * DAY + HOUR
    running.end(meeting=other, by=cast.wang, at=friday, version=other.version)
    # Friday, and the weekend counts nothing: they are owed on Tuesday.
    due = Minutes.objects.get(pk=other.pk).due_at
    assert due == friday + 4 * DAY
    assert [owing.remind_due(at=friday + days * DAY) for days in (2, 3, 4, 5)] == [0, 1, 1, 0]
    assert reasons(cast.zhou, "minutes")[-2:] == ["minutes_due", "minutes_late"]


def test_the_next_meeting_opens_with_what_the_last_left_open(cast: Cast, sent: Make, called: Make) -> None:
    first = sent()
    item = first.items.get()
    following = called(starts_at=WEDNESDAY + 7 * DAY, follows=first)
    looking = following.agenda.get()
    assert (looking.looks_back, looking.position) == (True, 0)
    assert left_open(following) == [item]
    task = items.confirm(item=item, by=cast.lin, at=LATER, version=item.version)
    tasks.close(task=task, by=cast.lin, at=LATER, version=task.version)
    assert [one.state for one in left_open(following)] == ["done"]
    # Two meetings on, what is done is over.
    third = called(starts_at=WEDNESDAY + 14 * DAY, follows=following)
    assert left_open(third) == []
    assert not third.agenda.exists()


def test_a_later_decision_takes_the_place_of_an_earlier_one(cast: Cast, sent: Make) -> None:
    old = sent().decisions.get()
    new = sent(starts_at=WEDNESDAY + 7 * DAY).decisions.get()
    with pytest.raises(Forbidden):
        register.replace(decision=old, later=new, by=cast.lin, at=LATER, version=old.version)
    with pytest.raises(Refused) as refused:
        register.replace(decision=new, later=old, by=cast.wang, at=LATER, version=new.version)
    assert refused.value.field == "later"
    register.replace(decision=old, later=new, by=cast.wang, at=LATER, version=old.version)
    assert Decision.objects.get(pk=old.pk).replaced_by == new
    assert set(Decision.objects.visible_to(cast.outsider)) == set()


def test_the_load_counts_who_was_there_and_hides_what_one_may_not_read(
    cast: Cast, running_one: Make, called: Make
) -> None:
    meeting = running_one()
    signing.sign_in(meeting=meeting, by=cast.lin, at=WEDNESDAY, way="link")
    running.end(meeting=meeting, by=cast.wang, at=LATER, version=meeting.version)
    called(starts_at=WEDNESDAY + DAY, is_confidential=True, host=cast.wang)
    zone = ZoneInfo(cast.lin.time_zone)
    first = WEDNESDAY.date().replace(day=1)
    month = month_of(cast.chen, first, zone)
    loads = {one.person: one.load for one in month.people}
    # 10:00 to 11:00: half an hour of it is focus, and 11:00 to 12:00 stays whole.
    assert (loads[cast.lin].taken, loads[cast.lin].meetings) == (120, 2)
    assert loads[cast.lin].focus_lost == 60
    assert set(loads) == {cast.chen, cast.lin}
    rows = rows_of(cast.chen, cast.lin, first, zone)
    assert len(rows.rows) + rows.hidden == 2
    own = rows_of(cast.lin, cast.lin, first, zone)
    assert (len(own.rows), own.hidden) == (2, 0)
    stranger = month_of(cast.outsider, first, zone)
    assert [one.person for one in stranger.people] == [cast.outsider]
    assert stranger.total.taken == 0
    assert [one.organiser for one in month_of(cast.wang, first, zone).costs] == [cast.wang]


def test_no_event_of_minutes_names_a_department(cast: Cast, sent: Make) -> None:
    meeting = sent()
    kinds = ("minutes", "item", "agenda_item", "meeting")
    rows = Event.objects.filter(subject_kind__in=kinds)
    assert rows.exists()
    assert not rows.filter(department_id__isnull=False).exists()
    assert all(cast.outsider.pk not in row.person_ids for row in rows)
    assert meeting.state == "closed"
