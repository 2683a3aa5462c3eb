"""Tables to hand out: the five of the methodology, as plain values. Files are written elsewhere.

Headings and answers are the methodology's own, in Chinese, in whatever language the pages are read: the
tables travel between departments and come back in, and `read_tasks` reads each of them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Kind = Literal["text", "long", "number", "minutes", "date", "moment"]
Value = str | int | float | date | datetime | tuple[str, ...] | None

PRIORITIES = {"high": "高", "medium": "中", "low": "低"}
STATUSES = {
    "not_started": "未开始",
    "in_progress": "进行中",
    "done": "已完成",
    "delayed": "延期",
    "blocked": "阻塞",
    "cancelled": "已取消",
}
DISPOSALS = {"now": "立即", "plan": "规划", "delegate": "授权", "defer": "暂缓"}
MARKS = {"not_started": "□未开始", "in_progress": "□进行中", "done": "☑已完成"}
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@dataclass(frozen=True)
class Column:
    """One column: heading, what its cells hold (minutes are shown as hours), and allowed answers if any."""

    heading: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table to print: each row has one value a column. `name` is the sheet's, the title's if empty.

    `chart` names the columns (from 0) of the names and the numbers that a bar chart below the rows is drawn of.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    subtitle: str = ""
    name: str = ""
    landscape: bool = True
    chart: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.title}: a row has {len(row)} values, not {len(self.columns)}")


_OWNER = Column("负责人")
_TITLE = Column("任务名称", "long")
_NOTE = Column("备注", "long")
_PRIORITY = Column("优先级", choices=tuple(PRIORITIES.values()))
_STATUS_CHOICES = tuple(STATUSES.values())


def _label(labels: Mapping[str, str], code: str | None) -> str | None:
    """Return the table's word for `code`; a word that is none of our codes stays as it is."""
    return labels.get(code, code) if code else None


# --- 每日工作计划表 -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class DailyLine:
    """One task of a day. `priority` is high, medium or low; `status` a code of `STATUSES`."""

    day: date
    title: str
    owner: str | None = None
    priority: str | None = None
    estimate_minutes: int | None = None
    actual_minutes: int | None = None
    status: str | None = None
    note: str | None = None


DAILY_COLUMNS = (
    Column("日期", "date"),
    _TITLE,
    _OWNER,
    _PRIORITY,
    Column("预计耗时", "minutes"),
    Column("实际耗时", "minutes"),
    Column("完成状态", choices=_STATUS_CHOICES),
    _NOTE,
)


def daily_plan(lines: Iterable[DailyLine], *, subtitle: str = "", name: str = "") -> Table:
    """Return the 每日工作计划表 of `lines`, in their order."""
    rows = (
        (
            line.day,
            line.title,
            line.owner,
            _label(PRIORITIES, line.priority),
            line.estimate_minutes,
            line.actual_minutes,
            _label(STATUSES, line.status),
            line.note,
        )
        for line in lines
    )
    return Table("每日工作计划表", DAILY_COLUMNS, tuple(rows), subtitle, name)


# --- 周工作计划表 -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WeekLine:
    """One person's week. `days` maps 0 (Monday) to 6 (Sunday) to what is planned, one line an entry."""

    week: str
    goal: str | None
    days: Mapping[int, str]
    owner: str | None = None
    due: date | datetime | None = None
    mark: str | None = None


def weekly_plan(lines: Iterable[WeekLine], *, subtitle: str = "", name: str = "") -> Table:
    """Return the 周工作计划表 of `lines`. 周六 and 周日 appear only where something is planned on them."""
    weeks = tuple(lines)
    last = max((day for line in weeks for day, text in line.days.items() if text), default=4)
    days = range(max(5, last + 1))
    columns = (
        Column("周次"),
        Column("核心目标", "long"),
        *(Column(WEEKDAYS[day], "long") for day in days),
        _OWNER,
        Column("完成时限", "moment"),
        Column("进度标记", choices=tuple(MARKS.values())),
    )
    rows = (
        (
            line.week,
            line.goal,
            *(line.days.get(day) for day in days),
            line.owner,
            line.due,
            _label(MARKS, line.mark),
        )
        for line in weeks
    )
    return Table("周工作计划表", columns, tuple(rows), subtitle, name)


# --- 任务优先级排序表 ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class RankedLine:
    """One ranked task. `disposal` is a code of `DISPOSALS`."""

    title: str
    relevance: int | None
    urgency: str | None
    estimate_minutes: int | None
    rank: int | None
    disposal: str | None


RANKING_COLUMNS = (
    _TITLE,
    Column("目标关联度", "number"),
    Column("紧急程度", choices=tuple(PRIORITIES.values())),
    Column("耗时预估", "minutes"),
    Column("优先级排序", "number"),
    Column("处理建议", choices=tuple(DISPOSALS.values())),
)


def ranking(lines: Iterable[RankedLine], *, subtitle: str = "", name: str = "") -> Table:
    """Return the 任务优先级排序表 of `lines`, in their order."""
    rows = (
        (
            line.title,
            line.relevance,
            _label(PRIORITIES, line.urgency),
            line.estimate_minutes,
            line.rank,
            _label(DISPOSALS, line.disposal),
        )
        for line in lines
    )
    return Table("任务优先级排序表", RANKING_COLUMNS, tuple(rows), subtitle, name, landscape=False)


# --- 日常运营任务跟踪表 -------------------------------------------------------------------------------


@dataclass(frozen=True)
class TrackedLine:
    """One task that is being followed. `start` and `end` make the 起止时间."""

    number: str | None
    title: str
    department: str | None = None
    owner: str | None = None
    start: date | datetime | None = None
    end: date | datetime | None = None
    priority: str | None = None
    status: str | None = None
    key_node: str | None = None
    outcome: str | None = None
    note: str | None = None


TRACKING_COLUMNS = (
    Column("任务ID"),
    _TITLE,
    Column("所属部门"),
    _OWNER,
    Column("起止时间"),
    _PRIORITY,
    Column("当前状态", choices=_STATUS_CHOICES),
    Column("关键节点", "long"),
    Column("实际完成情况", "long"),
    _NOTE,
)


def tracking(lines: Iterable[TrackedLine], *, subtitle: str = "", name: str = "") -> Table:
    """Return the 日常运营任务跟踪表 of `lines`, in their order."""
    rows = (
        (
            line.number,
            line.title,
            line.department,
            line.owner,
            period(line.start, line.end),
            _label(PRIORITIES, line.priority),
            _label(STATUSES, line.status),
            line.key_node,
            line.outcome,
            line.note,
        )
        for line in lines
    )
    return Table("日常运营任务跟踪表", TRACKING_COLUMNS, tuple(rows), subtitle, name)


def period(start: date | datetime | None, end: date | datetime | None) -> str | None:
    """Return 起止时间 as it is read in again: "2026-11-23 至 2026-11-27"; with one end, 起 or 至 tells which."""
    if start and end:
        return f"{moment_text(start)} 至 {moment_text(end)}"
    if start:
        return f"{moment_text(start)} 起"
    return f"至 {moment_text(end)}" if end else None


def moment_text(moment: date | datetime) -> str:
    """Return a date, with its time of day if it has one: "2026-11-30 18:00"."""
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else f"{moment:%Y-%m-%d}"


def minutes_text(minutes: int) -> str:
    """Return a duration as it is read in again without loss: "2.5小时", "1小时40分", "20分钟"."""
    if minutes < 60:
        return f"{minutes}分钟"
    if minutes % 6 == 0:
        return f"{minutes / 60:g}小时"
    return f"{minutes // 60}小时{minutes % 60}分"


# --- 任务分配表 ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AssignedLine:
    """One task given to people."""

    number: str | None
    title: str
    project: str | None = None
    owner: str | None = None
    collaborators: tuple[str, ...] = ()
    start: date | datetime | None = None
    due: date | datetime | None = None
    priority: str | None = None
    deliverable_standard: str | None = None


ASSIGNMENT_COLUMNS = (
    Column("任务ID"),
    _TITLE,
    Column("所属项目"),
    _OWNER,
    Column("协作人"),
    Column("开始时间", "moment"),
    Column("截止时间", "moment"),
    _PRIORITY,
    Column("交付标准", "long"),
)


def assignment(lines: Iterable[AssignedLine], *, subtitle: str = "", name: str = "") -> Table:
    """Return the 任务分配表 of `lines`, in their order."""
    rows = (
        (
            line.number,
            line.title,
            line.project,
            line.owner,
            line.collaborators,
            line.start,
            line.due,
            _label(PRIORITIES, line.priority),
            line.deliverable_standard,
        )
        for line in lines
    )
    return Table("任务分配表", ASSIGNMENT_COLUMNS, tuple(rows), subtitle, name)


# --- 目标分解表 ---------------------------------------------------------------------------------------

HORIZONS = {"long": "长期（年）", "mid": "中期（季）", "short": "短期（月/周）"}
CONFIDENCES = {"sure": "有把握", "risk": "有风险", "unlikely": "很难达成"}


@dataclass(frozen=True)
class GoalLine:
    """A goal of the tree: `depth` counts from 0, shares are whole percents or None."""

    number: str
    title: str
    depth: int
    horizon: str
    department: str | None = None
    module: str | None = None
    owner: str | None = None
    start: date | None = None
    due: date | None = None
    measures: str | None = None
    attainment: int | None = None
    expected: int | None = None
    work: int | None = None
    confidence: str | None = None
    checked: date | None = None


_GOAL_COLUMNS = (
    Column("编号"),
    Column("目标", "long"),
    Column("周期", choices=tuple(HORIZONS.values())),
    Column("部门"),
    Column("工作模块"),
    _OWNER,
    Column("开始时间", "date"),
    Column("截止时间", "date"),
    Column("衡量指标", "long"),
    Column("达成率（%）", "number"),
    Column("应达（%）", "number"),
    Column("任务完成率（%）", "number"),
    Column("信心", choices=tuple(CONFIDENCES.values())),
    Column("最近更新", "date"),
)


def goal_tree(lines: Iterable[GoalLine], *, subtitle: str = "") -> Table:
    """Return the 目标分解表: each goal under the one it is aligned to, set in by its depth."""
    rows = tuple(
        (
            line.number, "　" * line.depth + line.title, _label(HORIZONS, line.horizon), line.department or "整个组织",
            line.module, line.owner, line.start, line.due, line.measures, line.attainment, line.expected, line.work,
            _label(CONFIDENCES, line.confidence), line.checked,
        )
        for line in lines
    )  # fmt: skip
    return Table("目标分解表", _GOAL_COLUMNS, rows, subtitle)
