"""The held meetings of the sample department: minutes and items in every state, decisions, one that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opsloop.meetings.actions import (
    calling,
    items,
    minuting,
    noting,
    owing,
    register,
    running,
    signing,
    writing,
)
from opsloop.meetings.models import ActionItem, AgendaItem, Decision, Meeting, Minutes
from opsloop.organisation.models import Person
from opsloop.work.actions import tasks

People = Mapping[str, Person]
At = Any


@dataclass(frozen=True)
class TopicRow:
    """One topic: owner by key, planned and real minutes, what came of it; items as the taker types them."""

    title: str
    owner: str
    planned: int
    took: int
    conclusion: str = ""
    dispute: str = ""
    decisions: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class HeldRow:
    """One meeting: who called and hosts it, who takes the minutes, who takes part; (day, hour, minute), its length."""

    key: str
    title: str
    objective: str
    host: str
    taker: str
    people: tuple[str, ...]
    when: tuple[int, int, int]
    lasts: int
    topics: tuple[TopicRow, ...]
    absent: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    follows: str = ""


HELD = (
    HeldRow(
        "week36",
        "运营周例会（第36周）",
        "确定中秋大促的主推款和各组分工",
        "lu",
        "su",
        ("lin", "fang", "xu", "su", "qin"),
        (-9, 9, 30),
        60,
        (
            TopicRow("上周目标完成情况", "lu", 15, 14, "上周关键任务完成 24/28，两项延期因素材返工。"),
            TopicRow(
                "中秋大促主推款",
                "xu",
                25,
                31,
                "主推礼盒 A 与组合装 C，渠道组本周锁定投放位。",
                "礼盒 B 是否保留：用户组希望保留，渠道组认为毛利太低，下次再议。",
                ("中秋大促主推礼盒A与组合装C，不再推单品折扣。", "投放预算定为12万元，超出部分由经理审批。"),
                ("@许嘉言 9月9日 18:00 锁定首批投放位", "@程野 9月11日 18:00 完成会员分层初稿"),
            ),
            TopicRow(
                "值班与客服口径",
                "fang",
                15,
                12,
                "晚间值班延长到 22:00。",
                "",
                (),
                ("@温雅 9月10日 12:00 更新客服问答口径", "@秦朗 9月14日 18:00 补一份上月退货明细"),
            ),
        ),
        ("qin",),
        ("xu",),
        ("shen",),
    ),
    HeldRow(
        "week37",
        "运营周例会（第37周）",
        "检查大促准备，定下需要支援的事",
        "lu",
        "su",
        ("lin", "fang", "xu", "su", "jiang"),
        (-2, 9, 30),
        60,
        (
            TopicRow(
                "大促准备检查",
                "lu",
                25,
                24,
                "主视觉周四中午提交，会员分层按新口径。",
                "",
                ("主视觉提交时间提前到9月17日12:00。",),
                (
                    "@苏念 9月17日 12:00 提交主视觉终稿",
                    "@程野 9月18日 12:00 按新口径重做会员分层",
                    "@江临 9月19日 10:00 上线活动看板",
                ),
            ),
            TopicRow(
                "投放预算",
                "xu",
                20,
                28,
                "首批投放后按转化分两期使用。",
                "第二期是否预留三成。",
                ("投放预算分两期使用，首期8万元。",),
                ("@许嘉言 9月21日 18:00 提交首期投放小结",),
            ),
        ),
        (),
        ("jiang",),
        ("shen",),
        "week36",
    ),
    HeldRow(
        "topics",
        "四季度选题会",
        "从二十个选题里定下四季度的三场主题活动",
        "lin",
        "gu",
        ("su", "gu", "ye"),
        (-1, 14, 30),
        75,
        (
            TopicRow("选题初筛", "su", 30, 33, "二十个选题按目标人群和可量化结果打分，前六名进入复议。"),
            TopicRow(
                "主题活动方向",
                "lin",
                35,
                36,
                "倾向“返乡礼”“暖冬会员日”“年货节”三个方向。",
                "年货节由内容组还是渠道组牵头。",
                ("四季度做三场主题活动，不再增加。",),
                ("@叶蓁 9月18日 18:00 出三个方向的短视频样片", "@苏念 9月22日 18:00 写三场活动的一页方案"),
            ),
        ),
        ("ye",),
        (),
        ("lu",),
    ),
    HeldRow(
        "launch",
        "优惠券事故复盘会",
        "查清重复领取的原因，定下不再发生的办法",
        "xu",
        "jiang",
        ("jiang", "bai", "qin", "wen"),
        (0, 8, 50),
        45,
        (
            TopicRow("经过与影响", "jiang", 10, 0, "8:20 到 8:51 共 312 单，涉及 287 个账号。"),
            TopicRow("原因", "bai", 15, 0),
            TopicRow("改进措施", "xu", 20, 0),
        ),
    ),
)


def build(people: People, at: At) -> None:
    """Call, hold and follow up the meetings of the sample; `at(day, hour, minute)` gives its moments."""
    held: dict[str, Meeting] = {}
    for row in HELD[:-1]:
        held[row.key] = _hold(row, people, at, held)
    for key in ("week36", "week37"):
        _send(held[key], people, at)
    _after_first(held["week36"], people, at)
    _after_second(held["week37"], people, at)
    _replace(held, people, at)
    _hand_over(held["topics"], people["gu"], at(-1, 17, 20))
    owing.remind_due(at=at(0, 9, 0))
    _run(HELD[-1], people, at)


def _call(row: HeldRow, people: People, at: At, held: Mapping[str, Meeting]) -> Meeting:
    roles = {people[key].pk: "takes_part" for key in row.people}
    roles |= {people[row.host].pk: "decides"} | {people[key].pk: "copy" for key in row.copies}
    starts = at(*row.when)
    values = {
        "title": row.title, "objective": row.objective, "host": people[row.host], "minute_taker": people[row.taker],
        "starts_at": starts, "lasts": row.lasts, "place": "三楼小会议室", "follows": held.get(row.follows),
    }  # fmt: skip
    before = starts - timedelta(days=4 if row.key != "launch" else 0, hours=1)
    # The accident of this morning is looked at half an hour after it was noticed.
    before = starts - timedelta(minutes=8) if row.key == "launch" else before
    meeting = writing.begin(values=values, roles=roles, by=people[row.host], at=before)
    for place, topic in enumerate(row.topics, 1):
        AgendaItem.objects.create(
            meeting=meeting,
            position=place,
            title=topic.title,
            owner=people[topic.owner],
            minutes=topic.planned,
        )
    return calling.call(meeting=meeting, by=people[row.host], at=before, version=meeting.version)


def _hold(row: HeldRow, people: People, at: At, held: Mapping[str, Meeting]) -> Meeting:
    """Let a meeting run as it was: people sign in, each topic takes its time, the taker notes."""
    meeting, host, taker = _call(row, people, at, held), people[row.host], people[row.taker]
    now: datetime = at(*row.when)
    for place, key in enumerate(
        [row.host, *(one for one in row.people if one not in (*row.absent, *row.late, row.host))]
    ):
        signing.sign_in(
            meeting=meeting, by=people[key], at=now - timedelta(minutes=6 - place % 5), way="link"
        )
    running.begin(meeting=meeting, by=host, at=now, version=meeting.version)
    for key in row.late:
        signing.tick(meeting=meeting, person_id=people[key].pk, by=host, at=now + timedelta(minutes=13))
    looking = meeting.agenda.filter(looks_back=True).first()
    if looking is not None:
        now += timedelta(minutes=6)
        running.end_topic(topic=looking, by=host, at=now)
    for topic in row.topics:
        now = _discuss(meeting, topic, taker, host, now)
    running.end(meeting=meeting, by=host, at=now, version=meeting.version)
    return Meeting.objects.get(pk=meeting.pk)


def _discuss(meeting: Meeting, row: TopicRow, taker: Person, host: Person, now: datetime) -> datetime:
    topic = meeting.agenda.get(title=row.title)
    end = now + timedelta(minutes=row.took)
    minuting.keep_topic(
        topic=topic, conclusion=row.conclusion, dispute=row.dispute, by=taker, at=end, version=topic.version
    )
    for lines, verb in ((row.decisions, noting.decide), (row.items, noting.note)):
        if lines:
            verb(meeting=meeting, topic=topic, lines="\n".join(lines), by=taker, at=end)
    running.end_topic(topic=topic, by=host, at=end)
    return end


def _hand_over(meeting: Meeting, taker: Person, moment: datetime) -> None:
    minutes = Minutes.objects.get(pk=meeting.pk)
    minuting.hand_over(minutes=minutes, by=taker, at=moment, version=minutes.version)


def _send(meeting: Meeting, people: People, at: At) -> None:
    """Send the minutes in the afternoon of the same day; of the first meeting a corrected edition follows."""
    assert meeting.over_at is not None
    moment = meeting.over_at + timedelta(hours=5)
    _hand_over(meeting, people["su"], moment - timedelta(hours=1))
    minutes = Minutes.objects.get(pk=meeting.pk)
    minuting.send(minutes=minutes, by=people["lu"], at=moment, version=minutes.version)
    if meeting.follows_id is not None:
        return
    later = at(-8, 10)
    minuting.reopen(minutes=minutes, by=people["lu"], at=later, version=minutes.version)
    topic = meeting.agenda.get(title="上周目标完成情况")
    minuting.keep_topic(
        topic=topic, conclusion="上周关键任务完成 25/28，两项延期因素材返工，一项因等待供应商。", dispute="",
        by=people["su"], at=later, version=topic.version,
    )  # fmt: skip
    minuting.send(
        minutes=minutes,
        by=people["lu"],
        at=at(-8, 10, 30),
        version=minutes.version,
        why="完成数按系统记录更正。",
    )


def _item(meeting: Meeting, start: str) -> ActionItem:
    return meeting.items.get(what__startswith=start)


def _confirm(meeting: Meeting, start: str, by: Person, moment: datetime) -> ActionItem:
    item = _item(meeting, start)
    items.confirm(item=item, by=by, at=moment, version=item.version)
    return item


def _done(item: ActionItem, by: Person, moment: datetime) -> None:
    assert item.task is not None
    tasks.close(task=item.task, by=by, at=moment, version=item.task.version)


def _after_first(meeting: Meeting, people: People, at: At) -> None:
    """Done, given up, and open though it is late."""
    _done(_confirm(meeting, "锁定首批", people["xu"], at(-8, 9)), people["xu"], at(-7, 16))
    _done(_confirm(meeting, "更新客服", people["wen"], at(-8, 9, 20)), people["wen"], at(-6, 11))
    _confirm(meeting, "补一份", people["qin"], at(-8, 11))
    item = _confirm(meeting, "完成会员分层", people["cheng"], at(-8, 10))
    items.drop(
        item=item, why="口径改了，下次例会重新安排。", by=people["lu"], at=at(-3, 17), version=item.version
    )


def _after_second(meeting: Meeting, people: People, at: At) -> None:
    """Confirmed, disputed, and two that still wait, one of them reminded."""
    _confirm(meeting, "提交主视觉", people["su"], at(-2, 16, 30))
    item = _item(meeting, "按新口径")
    items.dispute(
        item=item, why="新口径名单周五上午才能拿到，建议改到周五 18:00。", by=people["cheng"], at=at(-1, 10),
        version=item.version,
    )  # fmt: skip


def _replace(held: Mapping[str, Meeting], people: People, at: At) -> None:
    """Let a later decision take the place of an earlier one."""
    old = held["week36"].decisions.get(text__startswith="投放预算")
    later: Decision = held["week37"].decisions.get(text__startswith="投放预算")
    register.replace(decision=old, later=later, by=people["lu"], at=at(-2, 17), version=old.version)


def _run(row: HeldRow, people: People, at: At) -> None:
    """Let the meeting of this morning run: its first topic is over, the second one has its time."""
    meeting, host = _call(row, people, at, {}), people[row.host]
    start: datetime = at(*row.when)
    arrived: Sequence[str] = (row.host, "jiang", "bai")
    for key in arrived:
        signing.sign_in(meeting=meeting, by=people[key], at=start - timedelta(minutes=2), way="link")
    running.begin(meeting=meeting, by=host, at=start, version=meeting.version)
    first = meeting.agenda.get(title=row.topics[0].title)
    minuting.keep_topic(
        topic=first, conclusion=row.topics[0].conclusion, dispute="", by=people[row.taker],
        at=start + timedelta(minutes=9), version=first.version,
    )  # fmt: skip
    noting.note(
        meeting=meeting, topic=first, lines="@秦朗 今天 18:00 导出重复领券明细", by=people[row.taker],
        at=start + timedelta(minutes=10),
    )  # fmt: skip
    running.end_topic(topic=first, by=host, at=start + timedelta(minutes=11))
