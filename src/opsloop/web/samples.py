"""Sample content of `/style/`: made up for the component library, shown nowhere else.

Samples are in Chinese on purpose and not translated: they test type and line breaking with the text that
most people will read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator

from opsloop.web.charts import Chart, Point, Series
from opsloop.web.forms import DateTimeInput


@dataclass(frozen=True)
class Person:
    name: str


@dataclass(frozen=True)
class Task:
    pk: int
    number: str
    title: str
    owner: Person | None
    priority: str
    status: str
    quadrant: str
    due: datetime
    minutes: int
    share: int
    is_late: bool = False


@dataclass(frozen=True)
class Happening:
    by: Person | None
    at: datetime
    text: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)


class SampleForm(forms.Form):
    """One of every kind of field."""

    title = forms.CharField(
        label="任务名称", initial="双十一复盘:订单量与满意度", help_text="一句话说清要交付什么。"
    )
    owner = forms.ChoiceField(label="负责人", choices=[("", "请选择"), ("1", "李晓雯"), ("2", "张伟")])
    due = forms.DateTimeField(label="截止时间", required=False, widget=DateTimeInput())
    standard = forms.CharField(label="交付标准", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    urgency = forms.ChoiceField(
        label="紧急程度",
        choices=[("high", "高"), ("medium", "中"), ("low", "低")],
        widget=forms.RadioSelect,
        initial="medium",
    )
    notify = forms.BooleanField(label="完成后通知协作人", required=False, initial=True)
    sheet = forms.FileField(label="附件", required=False)


PEOPLE = [Person(name) for name in ("李晓雯", "张伟", "王思远", "陈洁", "欧阳明", "Anna Schmidt")]
_TASKS = (
    ("OP-018", "核对双十一退款订单并回复客服", 0, "urgent", "in_progress", "important_urgent", -5, 90, 60),
    ("OP-021", "拟定 12 月用户召回方案", 1, "high", "not_started", "important", 28, 240, 0),
    (
        "RW20261105",
        "年货节会场页面首版验收:含移动端、弱网与暗色模式三种情况的截图记录",
        2,
        "medium",
        "waiting",
        "important",
        52,
        180,
        80,
    ),
    ("OP-009", "整理渠道周报数据口径", 3, "medium", "blocked", "urgent", 75, 60, 35),
    ("OP-002", "更新常见问题库", 4, "low", "done", "neither", -30, 45, 100),
    ("OP-033", "预订下周评审会议室", None, "low", "cancelled", "neither", 100, 15, 0),
)


def tasks(now: datetime) -> list[Task]:
    """Return sample tasks around `now`."""
    return [
        Task(
            pk=index,
            number=row[0],
            title=row[1],
            owner=None if row[2] is None else PEOPLE[row[2]],
            priority=row[3],
            status=row[4],
            quadrant=row[5],
            due=now + timedelta(hours=row[6]),
            minutes=row[7],
            share=row[8],
            is_late=row[6] < 0 and row[4] != "done",
        )
        for index, row in enumerate(_TASKS, start=1)
    ]


def charts() -> list[Chart]:
    """Return a chart of each kind: a line to its target with a gap, several lines, bars of two kinds, none at all."""
    labels = [f"W{week}" for week in range(41, 49)]

    def points(values: Sequence[float | None], unit: str = "") -> list[Point]:
        last = len(values) - 1
        return [
            Point(label, value, "—" if value is None else f"{value:g}{unit}", "#", is_partial=place == last)
            for place, (label, value) in enumerate(zip(labels, values, strict=True))
        ]

    rates = points([78, 82, None, 85, 91, 88, 93, 84], "%")
    return [
        Chart("按时完成率", [Series("按时完成率", rates)], unit="%", target=90, target_said="≥ 90%", heading="周"),
        Chart(
            "各组完成率",
            [
                Series("内容组", points([80, 82, 85, 84, 88, 90, 91, 89], "%")),
                Series("用户组", points([70, 74, 71, 69, 75, 78, 80, 82], "%")),
                Series("渠道组", points([92, 90, 91, 93, 90, 94, 95, 93], "%")),
            ],
            unit="%", heading="周",
        ),
        Chart(
            "高风险任务",
            [Series("周末", points([6, 8, 7, 9, 5, 4, 6, 3])), Series("新增", points([3, 4, 2, 5, 1, 2, 4, 1]))],
            kind="bars", heading="周",
        ),
        Chart("还没有数据", [Series("完成率", points([None] * 8))]),
    ]  # fmt: skip


def context(now: datetime) -> dict[str, Any]:
    """Return everything `/style/` shows."""
    refused = SampleForm({"title": "", "urgency": "high"}, auto_id="refused_%s")
    refused.add_error(None, "截止时间早于开始时间:请把截止时间改到 12-05 15:00 之后。")
    return {
        "rail_name": "style",
        "charts": charts(),
        "tasks": tasks(now),
        "people": PEOPLE,
        "form": SampleForm(auto_id="sample_%s"),
        "refused": refused,
        "page": Paginator(range(12480), 50).page(3),
        "tones": ["red", "orange", "gold", "green", "cyan", "blue", "purple", "grey"],
        "crumbs": [("任务", "#"), ("年货节", "#")],
        "tabs": [
            {"label": "列表", "url": "#", "current": True, "count": 24},
            {"label": "看板", "url": "#", "current": False, "count": None},
            {"label": "四象限", "url": "#", "current": False, "count": None},
        ],
        "chips": [
            {"key": "状态", "text": "进行中", "remove_url": "#"},
            {"key": "负责人", "text": "李晓雯", "remove_url": "#"},
        ],
        "moments": [
            now - timedelta(seconds=20),
            now - timedelta(minutes=12),
            now - timedelta(hours=5),
            now - timedelta(days=3),
            now - timedelta(days=400),
        ],
        "dates": [now, now + timedelta(days=1), now + timedelta(days=9), now + timedelta(days=90)],
        "happenings": [
            Happening(
                PEOPLE[0],
                now - timedelta(minutes=3),
                "李晓雯 修改了任务",
                [("截止时间", "12-04 18:00", "12-05 15:00"), ("优先级", "中", "高")],
            ),
            Happening(PEOPLE[1], now - timedelta(hours=4), "张伟 开始了任务"),
            Happening(None, now - timedelta(days=2), "系统按周会模板创建了任务"),
        ],
    }
