"""The rhythm of the sample: progress told, what held people up, dates asked for, tasks at risk and their trend."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from opsloop.inbox.models import Notification
from opsloop.organisation.models import Person
from opsloop.progress import watching
from opsloop.progress.actions import delays, telling
from opsloop.progress.actions.telling import Word
from opsloop.progress.models import DelayRequest, RiskFlag
from opsloop.sample.content import TODAY
from opsloop.work.models import Task
from opsloop.work.queries.tasks import editable

ZONE = ZoneInfo("Asia/Shanghai")
# day offset, who, task, percent, said, problem
LINES = (
    (-2, "ye", "p06", 40, "横版两稿给到各组，等意见", ""),
    (-2, "qin", "p10", 40, "三组素材上线测试", ""),
    (-2, "wen", "p12", 30, "接龙规则写完", ""),
    (-2, "bai", "p07", 20, "首屏和导航搭好", ""),
    (-1, "ye", "p06", 60, "横版定稿，竖版改到第二稿", "商详图尺寸运营没给，竖版没法定"),
    (-1, "qin", "p10", 55, "点击率比上月高12%，砍掉两组差的", ""),
    (-1, "wen", "p12", 50, "规则和奖品过审", ""),
    (-1, "bai", "p07", 35, "商品流接好", "主视觉没定稿，头图只能先用占位"),
    (-1, "cheng", "p13", 30, "", "财务还没确认券的面额上限"),
)
# task, day offset asked, cause, reason, remedy, days, state, answer
ASKED = (
    ("p04", -6, "change", "选题会后加了两篇达人稿", "并行写作，周四统一校对", 2, "approved", "预热开始日不变即可"),
    ("p02", -11, "outside", "两家供应商的排产表没给", "先按去年量下单", 2, "approved", ""),
    ("p01", -13, "priority", "临时抽调去做中秋返场", "预算先过，方案后补", 1, "approved", ""),
    ("m02", -26, "people", "访谈对象约不齐，只有一个人在做", "文静协助约访", 3, "approved", ""),
    ("m01", -31, "estimate", "会员表比预想乱，清洗多花了两天", "", 2, "approved", "清洗脚本留下来，下次少花时间"),
    ("p05", -8, "estimate", "尺寸比预计多一倍", "先出主尺寸", 2, "rejected", "主视觉不能晚，先减尺寸"),
)  # fmt: skip
# task, who asks, cause, reason, remedy, help wanted, days
WAITING = (
    (
        "p16",
        "bai",
        "outside",
        "对方市场部换了对接人，排期要重新谈",
        "同时和直播间谈互换曝光",
        "请老徐打个招呼",
        4,
    ),
    ("p13", "cheng", "outside", "财务要等周五的预算会才能定面额上限", "规则其余部分先写完", "", 3),
)
# How many tasks were at risk in earlier weeks: weeks back, tasks, days they stayed so.
EARLIER = (
    (7, ("m01", "m02"), 6), (6, ("m02",), 5), (5, ("p01", "m03"), 9), (4, ("p01", "p02", "p03"), 6),
    (3, ("p02", "p04", "p05"), 5), (2, ("p04", "p22", "m03"), 8), (1, ("p05", "p04"), 3),
)  # fmt: skip


def build(tasks: Mapping[str, Task], people: Mapping[str, Person], now: datetime) -> None:
    """Tell some days of progress, ask for other dates, and look at what is at risk."""
    for offset, who, key, percent, said, problem in LINES:
        by, moment = people[who], at(offset, 16)
        task = editable(by).get(pk=tasks[key].pk)
        if task.is_open:
            word = Word(task, percent, said, problem)
            telling.tell(word=word, day=moment.date(), by=by, at=moment)
    _asked(tasks, people)
    for key, who, cause, reason, remedy, wanted, days in WAITING:
        by = people[who]
        task = editable(by).get(pk=tasks[key].pk)
        due = task.due_at or now
        delays.ask(
            task=task, cause=cause, reason=reason, remedy=remedy, help=wanted,
            due_wanted=max(due, now) + timedelta(days=days), by=by, at=at(-1, 17),
        )  # fmt: skip
    _flags(tasks)
    watching.watch_all(at=now - timedelta(hours=7))
    # The night told everybody; whoever opens the sample has read it.
    Notification.objects.filter(reason__in=("at_risk", "due_soon")).update(read_at=now, done_at=now)


def _asked(tasks: Mapping[str, Task], people: Mapping[str, Person]) -> None:
    """Put requests into the record that were decided long ago, of tasks that are done by now."""
    for key, offset, cause, reason, remedy, days, state, answer in ASKED:
        task = Task.objects.select_related("owner", "project__owner").get(pk=tasks[key].pk)
        owner = task.owner or people["xu"]
        decider = task.project.owner if task.project and task.project.owner != owner else people["lu"]
        due = task.due_at or at(offset, 18)
        DelayRequest.objects.create(
            task=task, asked_by=owner, asked_at=at(offset, 11), cause=cause, reason=reason, remedy=remedy,
            due_before=due - timedelta(days=days) if state == "approved" else due,
            due_wanted=due if state == "approved" else due + timedelta(days=days),
            decider=decider, state=state, decided_at=at(offset, 15), decided_by=decider, answer=answer,
        )  # fmt: skip


def _flags(tasks: Mapping[str, Task]) -> None:
    """Let tasks have been at risk in earlier weeks, so that there is a trend."""
    for back, keys, days in EARLIER:
        for number, key in enumerate(keys):
            if key in tasks:
                opened = at(-7 * back + number, 2)
                flag = RiskFlag(
                    task=tasks[key],
                    opened_at=opened,
                    changed_at=opened,
                    closed_at=opened + timedelta(days=days),
                )
                flag.say([{"code": "soon"}])
                flag.save()


def at(offset: int, hour: int) -> datetime:
    """Return an instant by its day's distance from the sample's today."""
    day: date = TODAY + timedelta(days=offset)
    return datetime.combine(day, time(hour), tzinfo=ZONE)
