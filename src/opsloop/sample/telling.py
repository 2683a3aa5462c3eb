"""The reports of the sample department: those of last week, the team's own, and the schedule that sends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from opsloop.engines.reviewing import Period, period_of
from opsloop.organisation.models import Department, Person
from opsloop.reports.actions import merging, reports, schedules, sendings
from opsloop.reports.actions.reports import Values
from opsloop.reports.models import Report
from opsloop.reports.queries.facts import facts_of
from opsloop.reports.queries.subjects import Which


@dataclass(frozen=True)
class Row:
    """One report of last week: who wrote it, of which department (None: their own), and what stands in it."""

    who: str
    department: str | None
    words: Mapping[str, str]
    # What comes first next: text and hours.
    goals: tuple[tuple[str, float], ...] = field(default_factory=tuple)
    is_handed_in: bool = True


ROWS = (
    Row(
        "su",
        None,
        {
            "summary": "国庆专题选题定了三篇，第一篇采访约到本周五。",
            "late": "达人稿晚交一天：对方档期临时变动，已改成同时约两位。",
            "support": "请渠道组周三前给到资源位尺寸。",
        },
        (("国庆专题第一篇初稿", 6), ("达人稿二改", 3)),
    ),
    Row(
        "gu",
        None,
        {"summary": "会场文案第一批交付，一次通过。", "ahead": "第二批文案周四前交。"},
        (("会场文案第二批", 8), ("短信文案三条", 2)),
    ),
    Row(
        "lin",
        None,
        {
            "summary": "选题会开完，三篇主稿各有负责人。",
            "ahead": "盯第一篇采访，周五前看到初稿。",
        },
        (("国庆专题主稿排期", 4), ("和渠道组对资源位时间表", 1), ("八月复盘措施跟进", 2)),
    ),
    Row(
        "lin",
        "content",
        {
            "summary": "国庆专题按计划推进：三篇主稿都有负责人，会场文案第一批一次通过。",
            "late": "达人稿延期一天，原因是外部档期；以后外部采访同时约两位。",
            "ahead": "主稿初稿齐、会场文案第二批交付，和渠道组对齐资源位。",
            "support": "请渠道组周三前确认资源位尺寸；请财务周五前给优惠券口径。",
        },
    ),
    Row(
        "fang",
        "user",
        {
            "summary": "会员日规则过审，社群接龙试跑两个群。",
            "late": "券面额等财务口径，规则文案顺延两天。",
            "support": "财务口径周五前必须定。",
        },
    ),
    Row(
        "xu",
        "channel",
        {"summary": "三组素材测试完，砍掉两组差的；资源位谈下两个。", "ahead": "锁定国庆资源位。"},
        is_handed_in=False,
    ),
)  # fmt: skip


def build(
    people: Mapping[str, Person], departments: Mapping[str, Department], *, now: datetime, zone: ZoneInfo
) -> None:
    """Let the reports of last week be written and handed in on its Friday, and the team's be sent by its schedule."""
    period = period_of("week", now.astimezone(zone).date()).before
    friday = period.starts_on + timedelta(days=4)
    _schedule(people, departments, datetime.combine(period.starts_on, time(9), tzinfo=zone))
    for number, row in enumerate(ROWS):
        at = datetime.combine(friday, time(16, 20), tzinfo=zone) + timedelta(minutes=11 * number)
        _write(row, period, people, departments, at, zone)
    sendings.send_due(at=datetime.combine(friday, time(18, 2), tzinfo=zone))


def _schedule(people: Mapping[str, Person], departments: Mapping[str, Department], at: datetime) -> None:
    of = Report(person=people["lin"], department=departments["content"])
    values = {
        "kind": "week", "day": "last", "at": time(18), "on_free_day": "previous", "looks_back": False, "shape": "pdf",
        "remind_hours": 4, "people": [people["lu"], people["shen"]], "channels": [],
    }  # fmt: skip
    schedules.add(of=of, values=values, by=people["lin"], at=at)


def _write(
    row: Row,
    period: Period,
    people: Mapping[str, Person],
    departments: Mapping[str, Department],
    at: datetime,
    zone: ZoneInfo,
) -> None:
    who = people[row.who]
    which = Which(who, period, departments[row.department] if row.department else None)
    goals = [{"text": text, "minutes": round(hours * 60)} for text, hours in row.goals]
    values = Values(words=row.words, goals=goals)
    report = reports.write(which=which, values=values, by=who, at=at, version=0)
    if row.department == "content":
        sources = Report.objects.filter(
            state=Report.State.SUBMITTED, starts_on=period.starts_on, department=None
        )
        mine = sources.exclude(person=who).select_related("person", "department", "project").order_by("pk")
        merging.merge(which=which, sources=list(mine), by=who, at=at)
    if row.is_handed_in:
        facts = facts_of(report, zone=zone, at=at).to_json()
        reports.submit(
            which=which, values=Values(), facts=facts, goals=goals, by=who, at=at, version=report.version
        )
