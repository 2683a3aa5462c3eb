"""The reviews of the month before that the sample department has handed in, with their causes and measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from opsloop.engines.reviewing import period_of
from opsloop.organisation.models import Department, Person
from opsloop.reviews.actions import causes, reviews
from opsloop.reviews.actions.reviews import Which
from opsloop.reviews.queries.facts import gather, subject_of

# A cause is its text and those behind it.
Why = tuple[str, tuple["Why", ...]]


@dataclass(frozen=True)
class Row:
    """One review: who wrote it, of which department (None: their own), and what stands in it."""

    who: str
    department: str | None
    texts: Mapping[str, str]
    causes: tuple[Why, ...] = ()
    # What is done, by whom, in how many days.
    measures: tuple[tuple[str, str, int], ...] = field(default_factory=tuple)


ROWS = (
    Row(
        "lin",
        None,
        {
            "unmet": "两篇深度稿比计划晚 3 天：采访对象临时改期，备选人没有提前约。\n"
            "短视频脚本返工两轮，口播尺度没有在需求单里写清。",
            "improvements": "采访类选题同时约两位嘉宾。\n脚本先过提纲再写全文，提纲半天内确认。",
            "focus": "国庆专题三篇主稿按期上线；沉淀一份选题清单模板。",
        },
        (("短视频脚本返工两轮", (("口播尺度没有事先对齐", (("需求单没有“禁用表述”一栏", ()),)),)),),
        (("需求单增加“禁用表述”一栏并通知各组", "lin", 9),),
    ),
    Row(
        "gu",
        None,
        {
            "unmet": "长图文案晚交一天，和直播脚本撞在同一天。",
            "improvements": "同一天最多排一件需要专注半天以上的稿子。",
            "focus": "大促会场文案包，分三批交付。",
        },
    ),
    Row(
        "lin",
        "content",
        {
            "unmet": "关键稿件完成率低于目标，主要卡在外部采访和素材确认两处。",
            "collaboration": "设计排期与渠道资源位时间对不上，两次临时换图。",
            "improvements": "素材确认设 24 小时时限，超时由组长当天拍板。\n每周一和渠道组对一次资源位时间表。",
            "focus": "大促内容包；建立选题库，减少临时选题。",
        },
        (
            ("关键稿件延期", (
                ("素材确认平均要 2.3 天", (("确认人不固定，群里没人拍板", ()), ("没有时限，也没有人跟进", ()))),
                ("外部采访改期", (("只约了一位嘉宾", ()),)),
            )),
        ),
        (("素材确认流程：确认人、24 小时时限、升级人", "lin", 14), ("与渠道组共用资源位时间表", "gu", 7)),
    ),
)  # fmt: skip


def build(
    people: Mapping[str, Person], departments: Mapping[str, Department], *, now: datetime, zone: ZoneInfo
) -> None:
    """Let the reviews of last month be written and handed in on the days before `now`."""
    period = period_of("month", now.astimezone(zone).date()).before
    for days, row in enumerate(reversed(ROWS), 9):
        who, at = people[row.who], now - timedelta(days=days)
        which = Which(who, period, departments[row.department] if row.department else None)
        reviews.write(which=which, values=row.texts, by=who, at=at, version=0)
        for cause in row.causes:
            _find(which, cause, None, who, at)
        for title, owner, ahead in row.measures:
            causes.take_measure(
                which=which,
                title=title,
                owner=people[owner],
                due_at=_evening(now, ahead, zone),
                by=who,
                at=at,
            )
        facts = gather(subject_of(who, which.department), period, zone=zone, at=at)
        kept = which.find()
        assert kept is not None
        reviews.submit(which=which, values={}, facts=facts.to_json(), by=who, at=at, version=kept.version)


def _evening(now: datetime, days: int, zone: ZoneInfo) -> datetime:
    return (now.astimezone(zone) + timedelta(days=days)).replace(hour=18, minute=0)


def _find(which: Which, why: Why, parent: int | None, by: Person, at: datetime) -> None:
    text, behind = why
    made = causes.find_cause(which=which, text=text, parent=parent, by=by, at=at)
    for one in behind:
        _find(which, one, made.pk, by, at)
