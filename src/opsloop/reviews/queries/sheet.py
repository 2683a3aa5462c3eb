"""The tables of the methodology: 月度工作复盘表 of a person, 月度运营复盘分析表 of a department.

Their headings are its own, in Chinese, in whatever language the pages are read, as those of every table that is handed
out (engines/sheets/tables.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from opsloop.engines.reviewing import Period, Rate
from opsloop.engines.sheets.tables import Column, Kind, Table
from opsloop.reviews.models import Measure, Review
from opsloop.reviews.queries.facts import Facts
from opsloop.reviews.queries.pages import Branch

KINDS = {"month": "月度", "quarter": "季度"}
_HAN_QUARTERS = "一二三四"
_STATUS = {"active": "进行中", "achieved": "已达成", "missed": "未达成"}


@dataclass(frozen=True)
class Row:
    """One heading of the table with what stands beside it, a line each; `bars` shows the shares of time there."""

    heading: str
    lines: Sequence[str]
    bars: bool = False


@dataclass(frozen=True)
class Sheet:
    """A review as its table: what it is called, whose it is, and its rows."""

    title: str
    subject: str
    rows: Sequence[Row]

    @property
    def name(self) -> str:
        """What a file of it is called, without its ending."""
        return f"{self.title}-{self.subject}-{self.rows[0].lines[0]}"


def period_text(period: Period) -> str:
    """Return how a period is written in a table: 2026年11月, 2026年第四季度."""
    if period.kind == "quarter":
        return f"{period.starts_on.year}年第{_HAN_QUARTERS[(period.starts_on.month - 1) // 3]}季度"
    return f"{period.starts_on.year}年{period.starts_on.month}月"


def sheet(review: Review, facts: Facts, causes: Sequence[Branch], measures: Sequence[Measure]) -> Sheet:
    """Return the table of a review from its sentences, its facts, its causes and its measures."""
    kind, when = KINDS[review.kind], period_text(review.period)
    unmet = [*_paragraphs(review.unmet), *_causes(causes)]
    measured = [*_paragraphs(review.improvements), *_measures(measures)]
    goals, late = list(_goals(facts)), list(_late(facts))
    completion = [
        f"关键任务完成率 {rate(facts.key)}",
        f"全部任务完成率 {rate(facts.all)}，按时率 {rate(facts.in_time)}",
    ]
    if review.department is None:
        rows = [
            Row("月份" if review.kind == "month" else "季度", [when]),
            Row("核心目标完成情况", [*goals, *completion]),
            Row("未完成原因", [*unmet, *late, *_delays(facts)]),
            Row("时间消耗分布", list(_time(facts)), bars=True),
            Row("改进措施", measured),
        ]
        return Sheet(f"{kind}工作复盘表", review.person.name, rows)
    rows = [
        Row("周期", [when]),
        Row("核心目标", goals),
        Row("关键任务完成率", completion),
        Row("延期任务及原因", [*late, *_delays(facts), *unmet]),
        Row("跨部门协作问题", [*_paragraphs(review.collaboration), *_foreign(facts)]),
        Row("时间消耗分布", list(_time(facts)), bars=True),
        Row("优化措施", measured),
        Row("下月重点" if review.kind == "month" else "下季度重点", _paragraphs(review.focus)),
    ]
    return Sheet(f"{kind}运营复盘分析表", review.department.name, rows)


def rate(value: Rate) -> str:
    """Return a rate as the tables write it: 85%（24/28）."""
    return "—" if value.percent is None else f"{value.percent}%（{value.done}/{value.total}）"


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _goals(facts: Facts) -> Iterator[str]:
    for goal in facts.goals:
        stands = "未设指标" if goal.attained is None else f"达成 {goal.attained}%"
        yield f"{goal.title}：{stands}（{_STATUS.get(goal.status, goal.status)}）"


def _late(facts: Facts) -> Iterator[str]:
    for one in facts.late:
        owner = f"（{one.owner}）" if one.owner else ""
        yield f"{one.title}{owner}：逾期 {one.days} 天{'，仍未完成' if one.is_open else ''}"
    if facts.more_late:
        yield f"另有 {facts.more_late} 项延期任务"


def _delays(facts: Facts) -> Iterator[str]:
    if facts.delays:
        yield "延期申请原因：" + "、".join(f"{one.name} {one.count} 次" for one in facts.delays)


def _causes(causes: Sequence[Branch]) -> Iterator[str]:
    for one in causes:
        yield f"{'　' * one.depth}{'└ ' if one.depth else '问题：'}{one.cause.text}"


def _measures(measures: Sequence[Measure]) -> Iterator[str]:
    for one in measures:
        owner = one.task.owner.name if one.task.owner else "待定"
        due = f"{one.task.due_at:%Y-%m-%d}" if one.task.due_at else "待定"
        yield f"{one.task.title}（{owner}，{due} 前）"


def _time(facts: Facts) -> Iterator[str]:
    for share in facts.kinds:
        yield f"{share.name} {share.percent}%（{share.minutes / 60:.1f} 小时）"
    if facts.stray is not None:
        word = "多" if facts.stray >= 0 else "少"
        yield f"已完成的 {facts.compared} 项任务比预计{word}用 {abs(facts.stray)}%"


def _foreign(facts: Facts) -> Iterator[str]:
    if facts.foreign.total:
        yield f"其他部门委托的任务按时率 {rate(facts.foreign)}"
    for side in facts.crossings:
        way = f"{side.name}提给我们" if side.to_us else f"我们提给{side.name}"
        late = f"，现逾期 {side.late} 张" if side.late else ""
        yield (
            f"{way} {side.asked} 张协作单：按时答复 {rate(side.answered)}，按时交付 {rate(side.delivered)}{late}"
        )
    for one in facts.late:
        if one.is_foreign:
            yield f"{one.title}：逾期 {one.days} 天"


def tables(made: Sheet, facts: Facts) -> list[Table]:
    """Return the sheets of the workbook: the table itself, and the lists behind its figures, time with a chart."""
    heads = tuple(Column(row.heading, "long") for row in made.rows)
    found = [
        Table(made.title, heads, (tuple("\n".join(row.lines) for row in made.rows),), subtitle=made.subject)
    ]
    if facts.late:
        more: tuple[tuple[str, Kind], ...] = (
            ("负责人", "text"),
            ("逾期天数", "number"),
            ("状态", "text"),
            ("关键任务", "text"),
        )
        columns = (Column("延期任务", "long"), *(Column(heading, kind) for heading, kind in more))
        rows = tuple(
            (
                one.title,
                one.owner,
                one.days,
                "未完成" if one.is_open else "已完成",
                "是" if one.is_key else "",
            )
            for one in facts.late
        )
        found.append(Table("延期任务", columns, rows, subtitle=made.subject))
    if facts.kinds:
        columns = (Column("工作类别"), Column("耗时", "minutes"), Column("占比（%）", "number"))
        shares = tuple((share.name, share.minutes, share.percent) for share in facts.kinds)
        found.append(Table("时间消耗分布", columns, shares, subtitle=made.subject, chart=(0, 2)))
    return found
