"""The meetings of the sample department: coming ones called as people do it, a series, rooms, answers, a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opsloop.meetings.actions import answering, calling, rooms, series, writing
from opsloop.meetings.models import Meeting, Room, Seat
from opsloop.organisation.models import Department, Person

People = Mapping[str, Person]
Departments = Mapping[str, Department]
# A moment of the sample: days from today, hour, minute.
At = Callable[..., datetime]
Topic = tuple[str, str, int, str, str]


@dataclass(frozen=True)
class MeetingRow:
    """One meeting: `begins` (day, hour, minute), people by their keys, topics (title, owner, minutes, goal, file)."""

    key: str
    by: str
    title: str
    objective: str
    begins: tuple[int, int, int]
    lasts: int
    decides: tuple[str, ...]
    takes_part: tuple[str, ...]
    topics: tuple[Topic, ...] = ()
    room: str = ""
    repeats: str = ""
    optional: tuple[str, ...] = ()
    copy: tuple[str, ...] = ()
    prepare: tuple[tuple[str, str], ...] = ()
    link: str = ""
    is_confidential: bool = False
    scribe: str = ""


ROOMS = (
    ("黄山厅", "3 楼东侧", 12, ("投影", "白板", "视频会议"), ""),
    ("漓江", "3 楼西侧", 6, ("电视屏", "白板"), ""),
    ("泰山厅", "5 楼", 30, ("投影", "视频会议", "麦克风"), ""),
    ("内容组讨论间", "3 楼内容区", 4, ("白板",), "content"),
)
MEETINGS = (
    MeetingRow(
        "weekly", "lu", "运营中心周会", "确定本周三件要事和跨组配合的时间点。", (0, 14, 30), 60,
        ("lu",), ("lin", "fang", "jiang"),
        (
            ("上周待办逐条过", "lu", 10, "每条有结论：完成、延期或取消", ""),
            ("秋上新节奏", "lin", 25, "确定首发日期和备选方案", "《秋上新排期表 v3》"),
            ("退货率异常", "jiang", 15, "确定排查负责人和完成时间", "数据组 9 月 14 日日报"),
        ),
        "黄山厅", "FREQ=WEEKLY;BYDAY=WE", ("shen",), (), (("上周退货率按渠道拆分", "jiang"),), scribe="fang",
    ),
    MeetingRow(
        "kickoff", "lin", "国庆主题专场选题评审", "选定三个主题，并确定每个主题的负责人。", (1, 9, 30), 60,
        ("lin", "lu"), ("su", "gu", "ye"),
        (
            ("三个候选主题过方案", "su", 30, "每个主题给出采用、修改或放弃", "《国庆选题池》"),
            ("分工与排期", "lin", 20, "每个主题有负责人和交稿日期", ""),
        ),
        "漓江", prepare=(("候选主题一页纸", "su"), ("去年国庆专场数据", "gu")), scribe="gu",
    ),
    MeetingRow(
        "budget", "shen", "四季度投放预算会", "确定四季度各渠道投放预算和调整规则。", (1, 14, 30), 90,
        ("shen", "lu"), ("fang", "jiang"),
        (
            ("三季度投产比复盘", "jiang", 30, "各渠道投产比有共识", "《三季度投放复盘》"),
            ("四季度分配方案", "lu", 40, "确定各渠道额度", "《四季度预算草案》"),
            ("超支与调整规则", "shen", 20, "写明谁可以调、调多少", ""),
        ),
        "黄山厅", is_confidential=True, prepare=(("预算草案按渠道列出", "lu"),), scribe="lu",
    ),
    MeetingRow(
        "member", "fang", "会员日权益讨论", "确定会员日权益清单和上线时间。", (2, 10, 0), 45,
        ("fang",), ("wen", "cheng"),
        (("权益清单", "cheng", 25, "定稿", ""), ("上线检查项", "wen", 15, "列出检查项和负责人", "")),
        "漓江", optional=("xu",), scribe="wen",
    ),
    MeetingRow(
        "interview", "lin", "短视频编导面试复盘", "决定是否录用，并确定试用期目标。", (2, 15, 0), 30,
        ("lin",), ("ye",), (), "内容组讨论间", is_confidential=True,
    ),
    MeetingRow(
        "cross", "jiang", "数据口径对齐会", "统一“新客”口径，并确定切换日期。", (5, 9, 30), 40,
        ("jiang", "fang"), ("xu", "cheng", "bai"),
        (("三个口径的差异", "xu", 20, "差异有书面说明", "《口径差异对照表》"),
         ("切换日期", "jiang", 15, "确定日期和公告人", "")),
        "", link="https://meet.example.com/qinghe-data", copy=("lu",), scribe="bai",
    ),
    MeetingRow(
        "service", "fang", "客诉升级规则评审", "确定客诉升级的条件和时限。", (6, 14, 30), 60,
        ("fang", "lu"), ("wen", "cheng"),
        (("升级条件", "wen", 30, "列出条件", ""), ("时限", "fang", 20, "写明小时数", "")),
        "漓江", prepare=(("近 30 天升级客诉清单", "wen"),),
    ),
    MeetingRow(
        "drill", "lu", "大促值守演练", "演练三类故障的处置步骤，并修订值守手册。", (7, 10, 0), 120,
        ("lu",), ("lin", "fang", "jiang", "ye", "wen", "qin", "he"),
        (("演练脚本", "lu", 45, "走完三类故障", "《值守手册 v2》"), ("手册修订", "wen", 30, "列出修订条目", "")),
        "泰山厅", optional=("shen",),
    ),
    MeetingRow(
        "off", "lin", "直播脚本碰头会", "确定周五直播脚本。", (1, 16, 0), 30, ("lin",), ("ye", "gu"), (), "漓江",
    ),
)  # fmt: skip
# Who answered what: meeting, person, answer, reason, another time.
ANSWERS: tuple[tuple[str, str, str, str, tuple[int, int, int] | None], ...] = (
    ("weekly", "lin", "yes", "", None),
    ("weekly", "fang", "yes", "", None),
    ("weekly", "shen", "maybe", "视客户拜访结束时间", None),
    ("kickoff", "su", "yes", "", None),
    ("kickoff", "lu", "yes", "", None),
    ("kickoff", "ye", "no", "外拍，改到下午可以", (1, 15, 0)),
    ("budget", "lu", "yes", "", None),
    ("budget", "jiang", "yes", "", None),
    ("member", "wen", "yes", "", None),
    ("cross", "fang", "yes", "", None),
    ("drill", "jiang", "yes", "", None),
)


def build(people: People, departments: Departments, at: At) -> None:
    """Keep rooms, call meetings, answer, cancel one and begin a draft; `at(day, hour, minute)` gives moments."""
    halls = {}
    for name, place, seats, equipment, department in ROOMS:
        values = {
            "name": name, "place": place, "seats": seats, "equipment": list(equipment),
            "department": departments[department] if department else None,
        }  # fmt: skip
        halls[name] = rooms.add(values=values, by=people["he"], at=at(-30, 10))
    called = {row.key: _call(row, people, halls, at) for row in MEETINGS}
    for key, who, said, reason, other in ANSWERS:
        meeting = Meeting.objects.get(pk=called[key].pk)
        answering.answer(
            meeting=meeting, answer=said, by=people[who], at=at(-1, 16, len(who)), sequence=meeting.sequence,
            reason=reason, proposes_at=at(*other) if other else None,
        )  # fmt: skip
    off = Meeting.objects.get(pk=called["off"].pk)
    calling.cancel(
        meeting=off,
        why="脚本已在任务里改完，不用再开。",
        by=people["lin"],
        at=at(-1, 17, 30),
        version=off.version,
    )
    _draft(people, at)


def _call(row: MeetingRow, people: People, halls: Mapping[str, Room], at: At) -> Meeting:
    by, begun = people[row.by], at(-2, 10, 5)
    values: dict[str, Any] = {
        "title": row.title, "objective": row.objective, "starts_at": at(*row.begins), "lasts": row.lasts,
        "repeats": row.repeats, "room": halls.get(row.room), "link": row.link, "is_confidential": row.is_confidential,
        "minute_taker": people[row.scribe] if row.scribe else None,
        "necessity": {"purpose": "decide", "path": "meeting"},
    }  # fmt: skip
    roles: dict[int, str] = {}
    for role, keys in (
        (Seat.Role.DECIDES, row.decides), (Seat.Role.TAKES_PART, row.takes_part), (Seat.Role.OPTIONAL, row.optional),
        (Seat.Role.COPY, row.copy),
    ):  # fmt: skip
        for key in keys:
            roles.setdefault(people[key].pk, role)
    meeting = writing.begin(values=values, roles=roles, by=by, at=begun)
    for title, owner, minutes, goal, material in row.topics:
        topic = {
            "title": title,
            "owner": people[owner],
            "minutes": minutes,
            "goal": goal,
            "material": material,
        }
        writing.add_topic(meeting=meeting, values=topic, by=by, at=begun)
    for text, owner in row.prepare:
        writing.add_preparation(meeting=meeting, text=text, owner=people[owner], by=by, at=begun)
    series.call(meeting=meeting, by=by, at=begun, version=meeting.version)
    return meeting


def _draft(people: People, at: At) -> None:
    values = {
        "title": "双11备战会", "objective": "确定备战节奏和各组第一责任人。", "lasts": 60,
        "necessity": {"purpose": "decide", "path": "meeting"},
    }  # fmt: skip
    roles: dict[int, str] = {people[key].pk: Seat.Role.TAKES_PART for key in ("lin", "fang", "jiang")}
    roles[people["shen"].pk] = Seat.Role.DECIDES
    draft = writing.begin(values=values, roles=roles, by=people["lu"], at=at(0, 8, 50))
    topic = {"title": "备战节奏", "owner": people["lu"], "minutes": 30, "goal": "确定三个关键节点"}
    writing.add_topic(meeting=draft, values=topic, by=people["lu"], at=at(0, 8, 52))
