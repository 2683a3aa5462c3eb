"""What stands around the sample's projects: key nodes, risks, money, updates. Days are offsets from today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from opsloop.organisation.models import Person
from opsloop.playbooks.actions import suggesting
from opsloop.portfolio.actions import budget, nodes, risks, steering
from opsloop.portfolio.models import KeyNode
from opsloop.sample.content import TODAY
from opsloop.work.models import Project

ZONE = ZoneInfo("Asia/Shanghai")

# project, title, output, owner, limit in working hours (None: due day), clock starts (offset, hour) or None when
# it follows the node before, due offset, reached (offset, hour) or None
NODES: tuple[tuple[str, str, str, str, int | None, tuple[int, int] | None, int | None, tuple[int, int] | None], ...] = (
    ("promo", "需求收集", "各组需求与资源清单", "xu", 24, (-16, 9), None, (-12, 11)),
    ("promo", "方案制定", "大促方案与预算表", "xu", 48, None, None, (-2, 17)),
    ("promo", "主视觉定稿", "三版横竖尺寸定稿图", "ye", 8, (-1, 9), None, None),
    ("promo", "会场页面提测", "可点击的完整会场", "bai", None, None, 5, None),
    ("promo", "上线前全链路走查", "走查记录，问题清零", "xu", 16, None, None, None),
    ("promo", "预热开始", "首条预热内容发布", "lin", None, None, 9, None),
    ("member", "现状诊断", "会员数据诊断报告", "he", 40, (-35, 9), None, (-28, 16)),
    ("member", "规则方案评审", "等级、权益、积分规则评审稿", "fang", 48, (-24, 9), None, (-14, 15)),
    ("member", "积分成本确认", "财务签字的测算表", "he", 40, (-14, 9), None, None),
    ("member", "首批灰度上线", "10% 会员可见新等级", "fang", None, None, 28, None),
    ("member", "灰度效果评估", "复购与投诉的前后对比", "he", 40, None, None, None),
)  # fmt: skip
# project, title, probability, impact, response, measure, owner, review offset, status, probability before (or None)
RISKS = (
    ("promo", "主视觉延期，预热素材赶不上9月25日", 4, 4, "reduce",
     "先出竖版，横版与商详图错后两天；顾一鸣备一套往年改款。", "ye", 1, "open", 3),
    ("promo", "主推商品备货不足，爆发日提前售罄", 3, 5, "reduce",
     "9月18日前拿到供应商书面排产；售罄后切到同价替补清单。", "bai", 2, "open", None),
    ("promo", "平台资源位置换失败，会场流量缺口约三成", 4, 3, "transfer",
     "与直播间互换曝光，预留 2 万元投放补量。", "xu", -1, "open", 4),
    ("promo", "优惠叠加出现负毛利", 2, 4, "avoid", "老会员券与满减互斥；上线前由财务抽查 20 个组合。", "fang", 5, "open", 3),
    ("promo", "爆发日客服排队超过5分钟", 2, 3, "accept", "值班表加两人，常见问题置顶；超时先发安抚话术。", "wen", 7, "open", None),
    ("promo", "短视频审核驳回", 3, 2, "reduce", "违禁词表提前过一遍，送审至少留 48 小时。", "ye", -3, "closed", None),
    ("member", "新等级规则使部分老会员降级，引发投诉", 4, 4, "reduce",
     "设 90 天保级期，公告前先电话访谈 30 位高价值会员。", "fang", 2, "open", None),
    ("member", "积分测算口径与财务不一致，评审反复", 5, 3, "avoid", "周四前三方对齐口径，写进评审稿附件。", "he", 0, "open", 4),
    ("member", "权益合作方临时退出", 2, 3, "transfer", "合同写明替补方案，备选两家已接触。", "cheng", 12, "open", None),
)  # fmt: skip
# project, money, hours, rate
BUDGETS = (("promo", 180000, 320, None), ("member", 60000, 260, 85))
# project, offset, amount, what, by
EXPENSES = (
    ("promo", -12, "12800.00", "主视觉外包首款", "ye"),
    ("promo", -9, "36000.00", "达人种草预付款", "bai"),
    ("promo", -6, "4560.00", "短视频拍摄场地与道具", "ye"),
    ("promo", -4, "22000.00", "信息流测试投放充值", "qin"),
    ("promo", -2, "3180.50", "会场页面素材版权", "gu"),
    ("member", -30, "6000.00", "会员访谈礼品卡", "cheng"),
    ("member", -15, "9800.00", "权益合作方打样", "cheng"),
    ("member", -5, "2400.00", "短信通道充值", "cheng"),
)
# project, offset, hour, by, health, text
UPDATES = (
    ("promo", -9, 17, "xu", "green",
     "方案与预算过会，主推 42 款清单已发供应商。下周盯两件事：主视觉定稿、资源位置换。"),
    ("promo", -2, 18, "xu", "amber",
     "预热文案全部交付，投放素材测试跑了两轮，点击率比上月高 12%。\n主视觉还差两版，老会员券等财务确认面额上限，资源位置换对方没给排期。\n本周目标：周五前主视觉定稿，券规则解锁，会场页面开始联调。"),
    ("member", -22, 16, "fang", "green", "12 场访谈完成，共识是权益要少而明确。规则初稿本周出。"),
    ("member", -9, 17, "fang", "amber",
     "规则初稿评审通过，积分测算卡在口径：财务按面值计，我们按核销率计，差 1.8 倍。\n已约周四三方对齐，灰度时间暂不变。"),
    ("column", -3, 17, "lin", "green", "新栏目《一周好物》两期平均阅读 3.1 万，比旧栏目高 40%，固定在每周二发布。"),
)  # fmt: skip


def build(projects: Mapping[str, Project], people: Mapping[str, Person]) -> None:
    """Put everything around the sample's projects, each at its time and by its person; bring the templates."""
    suggesting.bring(by=people["lu"], at=at(-40))
    for key, money, hours, rate in BUDGETS:
        project = projects[key]
        values = {
            "money": Decimal(money), "minutes": hours * 60, "rate": Decimal(rate) if rate else None,
        }  # fmt: skip
        budget.plan(project=project, values=values, by=people_of(project, people), at=at(-14), version=None)
    _nodes(projects, people)
    _risks(projects, people)
    for key, offset, amount, what, who in EXPENSES:
        budget.spend(
            project=projects[key], by=people[who], at=at(offset, 15), amount=Decimal(amount), what=what,
            spent_on=day(offset), person=people[who],
        )  # fmt: skip
    for key, offset, hour, who, health, text in UPDATES:
        steering.post_update(
            project=projects[key], text=text, health=health, by=people[who], at=at(offset, hour)
        )
    steering.call_health(
        project=projects["member"], level="amber", by=people["fang"], at=at(-1, 11), version=None,
        reason="测算口径周四就能对齐，关键路径还有 6 天余量，先不按严重处理。",
    )  # fmt: skip


def people_of(project: Project, people: Mapping[str, Person]) -> Person:
    """Return who leads a project, as the sample knows them."""
    return next(person for person in people.values() if person.pk == project.owner_id)


def at(offset: int, hour: int = 10) -> datetime:
    """Return an instant by its day's distance from the sample's today."""
    return datetime.combine(day(offset), time(hour), tzinfo=ZONE)


def day(offset: int) -> date:
    """Return a day by its distance from the sample's today."""
    return TODAY + timedelta(days=offset)


def _nodes(projects: Mapping[str, Project], people: Mapping[str, Person]) -> None:
    before: dict[str, KeyNode] = {}
    reached: list[tuple[KeyNode, tuple[int, int]]] = []
    for key, title, output, owner, hours, starts, due, done in NODES:
        project = projects[key]
        values: dict[str, Any] = {"title": title, "output": output, "owner": people[owner]}
        if hours:
            values |= {"limit_minutes": hours * 60, "starts_at": at(*starts) if starts else None}
        if due is not None:
            values["due_at"] = at(due, 18)
        if hours and starts is None:
            values["after"] = before[key]
        node, _undo = nodes.add(project=project, by=people_of(project, people), at=at(-16, 9), **values)
        before[key] = node
        if done:
            reached.append((node, done))
    for node, when in sorted(reached, key=lambda one: one[1]):
        fresh = KeyNode.objects.select_related("project__department").get(pk=node.pk)
        by = fresh.owner or people_of(fresh.project, people)
        nodes.reach(node=fresh, by=by, at=at(*when), version=fresh.version)


def _risks(projects: Mapping[str, Project], people: Mapping[str, Person]) -> None:
    for key, title, probability, impact, response, measure, owner, review, status, earlier in RISKS:
        made, _undo = risks.add(
            project=projects[key], by=people[owner], at=at(-9, 11), title=title, impact=impact,
            probability=earlier or probability, response=response, measure=measure, owner=people[owner],
            review_on=day(review),
        )  # fmt: skip
        values: dict[str, Any] = {"probability": probability, "status": status}
        risks.change(risk=made, values=values, by=people[owner], at=at(-2, 10), version=made.version)
