"""What the sample department has learned: the reviews of the month before, and its lessons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from opsloop.dashboards.actions import targets
from opsloop.engines.reviewing import period_of
from opsloop.knowledge import actions as knowledge
from opsloop.organisation.models import Department, Person
from opsloop.reviews.actions import causes, reviews
from opsloop.reviews.actions.reviews import Which
from opsloop.reviews.queries.facts import gather, subject_of
from opsloop.work.models import Category

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


# Who learned it, title, situation, deed, outcome, effect, category, days ago, who found it useful.
LESSONS = (
    (
        "ye",
        "短视频脚本先过提纲再写全文",
        "口播尺度没有事先对齐，全文写完才发现要改，返工两轮。",
        "先写五行提纲，半天内请需求方确认，再写全文。",
        "八月之后的脚本都只改一轮以内。",
        "返工从 2 轮降到 0.5 轮",
        "内容创作",
        20,
        ("su", "gu", "lin"),
    ),
    (
        "cheng",
        "短信召回名单先剔除黑名单和投诉用户",
        "六月会员日短信误发给投诉用户，新增 11 起投诉。",
        "导出名单后固定跑一遍剔除清单，法务备案后再发。",
        "九月两次召回零投诉。",
        "召回投诉 11 起 → 0 起",
        "用户运营",
        12,
        ("fang", "wen"),
    ),
    (
        "xu",
        "大促主视觉先锁定文案再开工",
        "618 主视觉做到一半改了五次主标题，设计通宵。",
        "主标题、价格口径和利益点三项由负责人签字锁定，之后的改动走变更。",
        "",
        "设计工时 46 小时 → 28 小时",
        "活动策划",
        75,
        ("ye", "shen"),
    ),
    (
        "wen",
        "社群接龙规则写成一页纸",
        "规则贴了三屏，群里一半人问重复问题。",
        "只留怎么参加、截止时间、奖品三段，配一张示例截图。",
        "答疑消息少了一大半。",
        "答疑消息 180 条 → 60 条",
        "用户运营",
        40,
        ("cheng",),
    ),
    (
        "he",
        "数据看板上线前先和财务对齐成交口径",
        "看板与财务报表差 6%，周会上争论半小时。",
        "先写一页口径说明，双方各算一天的数，对平再开发。",
        "",
        "",
        "",
        200,
        (),
    ),
)


def learn(people: Mapping[str, Person], *, now: datetime) -> None:
    """Let the lessons of the department be written, and rated by those they helped."""
    kinds = {one.name: one for one in Category.objects.all()}
    for who, title, situation, deed, outcome, effect, kind, days, helped in LESSONS:
        at = now - timedelta(days=days)
        values = {
            "title": title, "situation": situation, "deed": deed, "outcome": outcome, "effect": effect,
            "category": kinds.get(kind),
        }  # fmt: skip
        lesson = knowledge.write(values=values, task=None, by=people[who], at=at)
        for one in helped:
            knowledge.rate(lesson=lesson, is_useful=True, by=people[one], at=at + timedelta(days=3))


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


# What 青禾运营 expects of its numbers where it is not the usual: of all, and of one team.
TARGETS = (("in_time", "", 80), ("stray", "", 20), ("in_time", "content", 85))


def expect(people: Mapping[str, Person], departments: Mapping[str, Department], *, now: datetime) -> None:
    """Let the director set the targets of the dashboard two weeks before `now`."""
    for number, department, value in TARGETS:
        place = departments[department] if department else None
        at = now - timedelta(days=14)
        targets.set_target(number=number, department=place, value=value, by=people["shen"], at=at, version=0)


def _evening(now: datetime, days: int, zone: ZoneInfo) -> datetime:
    return (now.astimezone(zone) + timedelta(days=days)).replace(hour=18, minute=0)


def _find(which: Which, why: Why, parent: int | None, by: Person, at: datetime) -> None:
    text, behind = why
    made = causes.find_cause(which=which, text=text, parent=parent, by=by, at=at)
    for one in behind:
        _find(which, one, made.pk, by, at)
