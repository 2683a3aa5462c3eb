"""Request forms of the sample's departments, requests that came in by them, and records of what departments agreed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from opsloop.collaboration.actions import forms, records, writing
from opsloop.collaboration.library import suggestion
from opsloop.collaboration.models import CommunicationRecord, RequestForm
from opsloop.organisation.models import Department, Person
from opsloop.work.actions import tasks

At = Callable[..., datetime]
People = Mapping[str, Person]
Departments = Mapping[str, Department]
# Department, form of the library, who builds it, who gets what comes in, (question, answer, who gets that).
FORMS = (
    ("content", "design", "lin", None, ()),
    ("content", "content", "lin", "gu", (("体裁", "短视频脚本", "ye"),)),
    ("data", "data", "jiang", None, (("数据类型", "投放", "he"), ("含个人信息", "✓", "jiang"))),
    ("channel", "campaign", "xu", "qin", ()),
)


@dataclass(frozen=True)
class TalkRow:
    """One record: who wrote it, the departments involved, its words; `talked` and `due` are day and hour."""

    author: str
    to: tuple[str, ...]
    matter: str
    talked: tuple[int, int]
    resolution: str = ""
    follower: str = ""
    due: tuple[int, int] | None = None
    outcome: str = ""
    done: tuple[int, int] = (0, 9)


TALKS = (
    TalkRow(
        "fang", ("data",), "会员分层口径对齐", (-12, 10),
        "1. 近 90 天复购 3 次以上为高价值会员。\n2. 退货率超过 30% 的不进名单。\n3. 每周三 18:00 前更新。",
        "jiang", (-9, 18), "9月7日起按新口径更新，已核对两周，名单误差 0.4%。", (-8, 17),
    ),
    TalkRow(
        "xu", ("content",), "信息流素材交接时间", (-9, 15),
        "素材在投放前 2 个工作日 12:00 交；晚交的顺延一天上线。", "gu", (-6, 12),
        "试行一周，14 条素材有 13 条准时。", (-5, 11),
    ),
    TalkRow(
        "lin", ("user", "channel"), "中秋大促内容与触达排期", (-6, 14),
        "1. 长图 9月17日 12:00 前交。\n2. 社群分两批触达，间隔 4 小时。\n3. 投放位 9月18日锁定。",
        "fang", (2, 18),
    ),
    TalkRow(
        "jiang", ("channel",), "投放归因窗口", (-5, 10),
        "统一为点击后 7 天；直播间按场次去重。", "he", (-1, 18),
    ),
    TalkRow(
        "fang", ("content",), "会员日主海报返工原因", (-3, 16),
        "价格以活动方案第 3 页为准，改价先改方案再改图。", "su", (4, 18),
    ),
    TalkRow("xu", ("data",), "直播数据延迟", (-2, 11)),
    TalkRow("lin", ("data",), "完播率口径与看板上线", (0, 8)),
)  # fmt: skip


def build(people: People, departments: Departments, at: At) -> None:
    """Build the forms, ask by two of them, and put the talks on record; `at(day, hour, minute)` gives the moments."""
    made = {
        (department, key): _form(department, key, by, handler, routes, people, departments, at)
        for department, key, by, handler, routes in FORMS
    }
    _ask(made, people, at)
    rows = [_talk(row, people, departments, at) for row in TALKS]
    _follow_up(rows, people, at)
    records.remind_due(at=at(0, 9))


def _form(
    department: str, key: str, by: str, handler: str | None, routes: Sequence[tuple[str, str, str]],
    people: People, departments: Departments, at: At,
) -> RequestForm:  # fmt: skip
    begun = suggestion(key)
    assert begun is not None
    values = {**begun.values(), "handler": people[handler] if handler else None}
    form = forms.make(
        department=departments[department],
        values=values,
        questions=begun.questions,
        by=people[by],
        at=at(-25),
    )
    keys = {one.label: one.key for one in form.fields.all()}
    for label, value, who in routes:
        forms.add_route(
            form=form, key=keys[label], value=value, handler=people[who], by=people[by], at=at(-25),
            version=form.version,
        )  # fmt: skip
    return form


def _ask(made: Mapping[tuple[str, str], RequestForm], people: People, at: At) -> None:
    """Ask by forms: one waits since this morning, the other's answer is overdue."""
    for key, author, title, asked, due, sent, answers in (
        (
            ("content", "design"), "wen", "社群专属券长图", "按定稿文案做一张社群长图，突出领取步骤。", at(5, 18),
            at(0, 8, 50),
            [["用途", "长图"], ["投放渠道", "公众号；小红书"], ["尺寸", "1080×3200"],
             ["定稿文案", "会员日满 199 减 30，仅限本群领取"], ["上线时间", "2026-09-21"]],
        ),
        (
            ("data", "data"), "cheng", "流失会员名单（近 90 天未下单）", "导出名单，用于中秋前的召回。", at(4, 12),
            at(-3, 9, 40),
            [["要回答的问题", "哪些老会员值得用券召回"], ["数据类型", "用户"], ["统计开始", "2026-06-15"],
             ["统计结束", "2026-09-13"], ["需要的字段", "会员号、最近下单日、累计金额"], ["更新方式", "只要一次"]],
        ),
    ):  # fmt: skip
        form = made[key]
        values = {
            "title": title, "asked": asked, "standard": form.standard, "due_at": due, "form": form,
            "to_department": form.department, "answers": answers,
        }  # fmt: skip
        request = writing.begin(values=values, by=people[author], at=sent)
        writing.send(request=request, by=people[author], at=sent, version=request.version)


def _talk(row: TalkRow, people: People, departments: Departments, at: At) -> CommunicationRecord:
    by, talked = people[row.author], at(*row.talked)
    others = [departments[one] for one in row.to]
    record = records.write(
        values={"matter": row.matter, "talked_at": talked}, to_departments=others, by=by, at=talked
    )
    if row.resolution:
        values = {
            "resolution": row.resolution, "follower": people[row.follower], "due_at": at(*row.due) if row.due else None,
        }  # fmt: skip
        _change(record, values, by, at(row.talked[0], row.talked[1] + 1))
    if row.outcome:
        _change(record, {"outcome": row.outcome}, by, at(*row.done))
    return record


def _change(record: CommunicationRecord, values: Mapping[str, object], by: Person, at: datetime) -> None:
    records.change(record=record, values=values, to_departments=None, by=by, at=at, version=record.version)


def _follow_up(rows: Sequence[CommunicationRecord], people: People, at: At) -> None:
    """Let two resolutions become tasks of who follows them up; one of the tasks is done."""
    records.follow_up(record=rows[2], by=people["fang"], at=at(-6, 16), version=rows[2].version)
    done = records.follow_up(record=rows[4], by=people["su"], at=at(-3, 18), version=rows[4].version)
    tasks.close(task=done, by=people["su"], at=at(-1, 16), version=done.version)
