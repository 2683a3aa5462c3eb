"""What stands around the sample's tasks: checklists, roles, results handed in, fields of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from opsloop.organisation.models import Person
from opsloop.work.actions import acceptance, checklist, customs, roles, tasks
from opsloop.work.models import CustomField, Project, Task

# The task, its lines, and how many of them are ticked off.
CHECKLISTS = (
    ("p06", ("横版主视觉 1920×1080", "竖版主视觉 1080×1920", "方版主视觉 1080×1080", "品牌色与字体自查",
             "商用字体授权确认", "分层源文件归档"), 4),
    ("p07", ("首屏头图与倒计时", "五个品类楼层", "优惠券领取入口", "满减规则说明", "手机端走查", "埋点自测"), 2),
    ("p08", ("第一条：开箱", "第二条：对比测评", "第三条：达人口播", "第四条：用户见证", "第五条：福利预告"), 2),
    ("p12", ("接龙规则一页纸", "奖品与预算确认", "三个种子群试跑", "群公告与话术"), 2),
    ("p15", ("成交口径与财务对齐", "小时级刷新", "异常波动提醒"), 0),
    ("c07", ("选题定稿", "样品到齐", "正文与配图", "发布排期"), 3),
    ("m06", ("近90天活跃", "剔除黑名单", "按等级分层抽样", "名单交法务备案"), 1),
)  # fmt: skip
# Task (None for the project itself), person, role.
PROMO_ROLES: tuple[tuple[str | None, str, str], ...] = (
    (None, "xu", "A"), (None, "shen", "I"),
    ("p06", "xu", "A"), ("p06", "lin", "C"), ("p06", "bai", "I"),
    ("p07", "xu", "A"), ("p07", "ye", "R"), ("p07", "he", "C"),
    ("p08", "lin", "A"), ("p08", "gu", "C"), ("p08", "qin", "I"),
    ("p11", "xu", "A"), ("p11", "he", "C"), ("p11", "lu", "C"),
    ("p17", "shen", "A"), ("p17", "xu", "A"), ("p17", "fang", "I"),
    ("p18", "xu", "A"), ("p18", "he", "C"), ("p18", "fang", "I"),
)  # fmt: skip
CHANNELS = ("公众号", "抖音", "小红书", "社群", "店内会场")
VALUES = (
    ("p06", "店内会场", "0"), ("p07", "店内会场", "3200"), ("p08", "抖音", "8500"), ("p09", "抖音", "12000"),
    ("p10", "小红书", "6000"), ("p12", "社群", "1800"), ("p20", "公众号", None),
)  # fmt: skip


@dataclass(frozen=True)
class Built:
    """What has been built before, by the keys of `content`."""

    people: Mapping[str, Person]
    projects: Mapping[str, Project]
    tasks: Mapping[str, Task]


def build(sample: Built, now: datetime) -> None:
    """Add all of it, as the people of the sample would have done by `now`, a few minutes before nine."""
    for key, lines, done in CHECKLISTS:
        _checklist(_task(sample, key), lines, done, now)
    for one, who, role in PROMO_ROLES:
        record: Any = _task(sample, one) if one else sample.projects["promo"]
        roles.set_role(record=record, person=sample.people[who], role=role, by=sample.people["xu"], at=now)
    _own_fields(sample, now)
    _deliveries(sample, now)


def _task(sample: Built, key: str) -> Task:
    found: Task = Task.objects.select_related("owner", "requester", "created_by", "project").get(
        pk=sample.tasks[key].pk
    )
    return found


def _owner(task: Task) -> Person:
    assert task.owner is not None
    return task.owner


def _checklist(task: Task, lines: tuple[str, ...], done: int, now: datetime) -> None:
    checklist.add(task=task, texts=lines, by=_owner(task), at=now)
    for item in list(task.checklist.all())[:done]:
        checklist.tick(item=item, done=True, by=_owner(task), at=now)


def _own_fields(sample: Built, now: datetime) -> None:
    project, by = sample.projects["promo"], sample.people["xu"]
    kinds = CustomField.Kind
    channel, _undo = customs.add_field(
        owner=project, name="投放渠道", kind=kinds.CHOICE, options=CHANNELS, by=by, at=now
    )
    budget, _undo = customs.add_field(owner=project, name="预算（元）", kind=kinds.NUMBER, by=by, at=now)
    for key, where, money in VALUES:
        task = _task(sample, key)
        said = {channel: where, budget: Decimal(money) if money else None}
        customs.change_task(task=task, values={}, customs=said, by=by, at=now, version=task.version)


def _deliveries(sample: Built, now: datetime) -> None:
    """One result waits for who asked, one came back with a reason."""
    for key in ("p06", "p08", "p10", "c07", "m07"):
        task = _task(sample, key)
        asker = task.requester
        assert asker is not None
        tasks.change(task=task, values={"needs_acceptance": True}, by=asker, at=now, version=task.version)
    waiting = _task(sample, "p10")
    acceptance.hand_in(
        task=waiting, note="A、B 两组各六套素材已跑满三天，点击率与成本对比见表。", link="https://drive.example.com/qinghe/promo-ab",
        by=_owner(waiting), at=now, version=waiting.version,
    )  # fmt: skip
    returned = _task(sample, "c07")
    acceptance.hand_in(
        task=returned,
        note="第二期正文和配图已排好版。",
        by=_owner(returned),
        at=now,
        version=returned.version,
    )
    again = _task(sample, "c07")
    assert again.requester is not None
    acceptance.send_back(
        task=again, reason="三号商品缺实拍图，价格口径请和渠道组对一下再交。", by=again.requester, at=now
    )
