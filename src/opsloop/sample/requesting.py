"""Requests between the departments of the sample: one in every state, told as people write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from opsloop.collaboration.actions import answering, delivering, escalating, writing
from opsloop.collaboration.models import CollaborationRequest
from opsloop.organisation.models import Department, Person

At = Callable[..., datetime]


@dataclass(frozen=True)
class RequestRow:
    """One request: who asks whom, its words, and day and hour of its due date; `sent` is None for a draft."""

    key: str
    author: str
    to: str
    title: str
    background: str
    asked: tuple[str, ...]
    standard: tuple[str, ...]
    due: tuple[int, int]
    sent: tuple[int, int, int] | None
    sync_days: int = 1


REQUESTS = (
    RequestRow(
        "poster", "fang", "content", "会员日主海报三张",
        "9月22日会员日要在社群、公众号和小程序同时露出，现有素材是去年的价格。",
        ("按会员日活动方案出一版主海报。", "横版、竖版、方形各一张。"),
        ("三种尺寸齐全：1080×1920、1920×1080、1080×1080", "价格与活动方案第3页一致，0处差错", "附分层源文件"),
        (5, 12), (-1, 16, 0),
    ),
    RequestRow(
        "attribution", "xu", "data", "投放归因周报口径统一",
        "信息流和直播的订单归因窗口不一致，上周两张报表差了11%。",
        ("给出统一的归因窗口和去重规则。", "按新口径重算最近4周。"),
        ("口径说明一页，含3个例子", "最近4周重算结果，误差不超过1%"),
        (2, 18), (-2, 10, 0), 2,
    ),
    RequestRow(
        "board", "lin", "data", "栏目看板加完播率",
        "三档栏目改版后只看得到阅读量，看不出视频是否被看完。",
        ("在内容看板里按栏目、按期加完播率。", "数据每天9:00前更新。"),
        ("三档栏目都有完播率曲线", "连续3个工作日9:00前更新"),
        (6, 18), (-4, 9, 30),
    ),
    RequestRow(
        "script", "bai", "content", "直播口播脚本两场",
        "9月18日、19日两场直播的主推款刚确定，主播需要提前两天熟悉脚本。",
        ("写两场口播脚本，每场不超过40分钟。",),
        ("每款商品有卖点、价格、互动话术三段", "每场脚本时长35–40分钟", "经渠道组试读一遍"),
        (0, 12), (-5, 14, 0),
    ),
    RequestRow(
        "coupon", "fang", "channel", "社群专属券在信息流投放",
        "社群券核销率只有9%，希望借信息流把券触达到流失会员。",
        ("从大促预算里划2万元投放社群券。",),
        ("9月20日前上线3组素材", "7天内新增领券不少于4000张"),
        (4, 18), (-3, 11, 0),
    ),
    RequestRow(
        "costs", "jiang", "channel", "八月渠道费用明细",
        "做月度经营分析需要按渠道拆分的费用。",
        ("提供八月各渠道的消耗、返点和结算金额。",),
        ("按渠道逐行列出消耗、返点、结算三列", "合计与财务系统一致"),
        (-6, 18), (-10, 9, 20),
    ),
    RequestRow(
        "interviews", "lin", "user", "推荐十位老会员接受采访",
        "《店主日记》第三期想采访老会员。",
        ("推荐10位两年以上的老会员，并确认意愿。",),
        ("10人名单，含电话和方便的时间",),
        (3, 18), (-6, 10, 40),
    ),
    RequestRow(
        "exchange", "bai", "user", "社群置换资源位",
        "想用两个社群广告位换合作品牌的首页资源位。",
        ("在两个大群各发一条合作品牌内容。",),
        ("9月20日前各发1条，附截图",),
        (4, 18), (-7, 15, 0),
    ),
    RequestRow(
        "retro", "xu", "content", "把七月投放素材全部重做",
        "七月素材点击率偏低。",
        ("42条素材全部重做。",),
        ("9月18日前交42条",),
        (2, 18), (-8, 9, 40),
    ),
    RequestRow(
        "segments", "su", "user", "高复购会员的兴趣标签",
        "做中秋选题要知道高复购会员关心什么。",
        ("给出近90天复购3次以上会员的前10个兴趣标签。",),
        (), (5, 18), None,
    ),
)  # fmt: skip


def build(people: Mapping[str, Person], departments: Mapping[str, Department], at: At) -> None:
    """Write, send and answer the requests of the sample; `at(day, hour, minute)` gives its moments."""
    made = {row.key: _written(row, people, departments, at) for row in REQUESTS}
    _settled(made, people, at)
    answering.counter(
        request=made["attribution"], due=at(7, 18, 0), scope="", by=people["jiang"], at=at(-1, 10),
        version=_v(made["attribution"]),
        why="本周在赶经营分析，重算4周要跑两轮校验；下周三前可以保证误差1%以内。",
    )  # fmt: skip
    board = made["board"]
    answering.accept(
        request=board, handler=people["he"], by=people["jiang"], at=at(-4, 14), version=_v(board),
        note="文清来做，先上两档。",
    )  # fmt: skip
    board.refresh_from_db()
    delivering.sync(
        request=board,
        progress=30,
        text="埋点已核对，缺《三分钟厨房》前两期，已找视频组补。",
        by=people["he"],
        at=at(-2, 15, 40),
    )
    board.refresh_from_db()
    delivering.sync(
        request=board,
        progress=60,
        text="两档栏目的曲线已上线，第三档明天接入。",
        by=people["he"],
        at=at(-1, 15, 50),
    )
    script = made["script"]
    answering.accept(
        request=script, handler=people["gu"], by=people["lin"], at=at(-5, 16), version=_v(script)
    )
    delivering.deliver(
        request=script, by=people["gu"], at=at(-1, 17), version=_v(script),
        note="两场脚本都写好了，分别是38分钟和36分钟；卖点、价格、互动分三段写，试读意见已改进去。",
        link="https://docs.example.com/live-script",
    )  # fmt: skip
    coupon = made["coupon"]
    answering.decline(
        request=coupon, by=people["xu"], at=at(-2, 9, 30), version=_v(coupon),
        why="大促预算已经排满，2万元要动主会场的份额，渠道组定不了。",
    )  # fmt: skip
    escalating.appeal(
        request=coupon, by=people["fang"], at=at(-2, 11), version=_v(coupon),
        why="流失会员召回是三季度目标，2万元占大促预算3%，请定夺是否调整。",
    )  # fmt: skip


def _v(request: CollaborationRequest) -> int:
    request.refresh_from_db()
    return request.version


def _written(
    row: RequestRow, people: Mapping[str, Person], departments: Mapping[str, Department], at: At
) -> CollaborationRequest:
    sent = at(*row.sent) if row.sent else at(-1, 17, 20)
    values = {
        "title": row.title, "background": row.background, "asked": "\n".join(row.asked), "due_at": at(*row.due, 0),
        "standard": "\n".join(row.standard), "to_department": departments[row.to], "sync_days": row.sync_days,
    }  # fmt: skip
    request = writing.begin(values=values, by=people[row.author], at=sent)
    if row.sent:
        writing.send(request=request, by=people[row.author], at=sent, version=request.version)
    return request


def _settled(made: Mapping[str, CollaborationRequest], people: Mapping[str, Person], at: At) -> None:
    """Let those of the past end in their ways: done, declined, withdrawn, ended by the superior."""
    costs = made["costs"]
    answering.accept(request=costs, handler=people["qin"], by=people["xu"], at=at(-9, 10), version=_v(costs))
    delivering.deliver(
        request=costs,
        note="明细表在共享盘“渠道/费用/八月”，缺联盟返点一列。",
        link="",
        by=people["qin"],
        at=at(-8, 11),
        version=_v(costs),
    )
    delivering.send_back(
        request=costs,
        met=[1],
        why="缺返点一列，请补上联盟渠道。",
        by=people["jiang"],
        at=at(-8, 14),
        version=_v(costs),
    )
    delivering.deliver(
        request=costs,
        note="已补联盟返点，合计与财务一致。",
        link="",
        by=people["qin"],
        at=at(-7, 16),
        version=_v(costs),
    )
    delivering.receive(
        request=costs, met=[0, 1], note="收到，谢谢。", by=people["jiang"], at=at(-7, 17), version=_v(costs)
    )
    answering.decline(
        request=made["interviews"],
        why="本月会员访谈名额已排给满意度调研，下月可以一起做；急用可以找客服要投诉回访名单。",
        by=people["fang"], at=at(-5, 15), version=_v(made["interviews"]),
    )  # fmt: skip
    answering.withdraw(
        request=made["exchange"],
        why="对方品牌改期了，暂时不需要。",
        by=people["bai"],
        at=at(-6, 10),
        version=_v(made["exchange"]),
    )
    retro = made["retro"]
    answering.decline(
        request=retro, by=people["lin"], at=at(-7, 10), version=_v(retro),
        why="42条全部重做要占满两周，和大促冲突；可以先重做点击率最低的6条。",
    )  # fmt: skip
    escalating.appeal(
        request=retro, why="素材拖累投放，希望尽早重做。", by=people["xu"], at=at(-7, 11), version=_v(retro)
    )
    escalating.decide(
        request=retro, decision=escalating.ENDED, due=None, by=people["lu"], at=at(-6, 9, 30), version=_v(retro),
        why="先保大促。本单结束，点击率最低的6条另提一张协作单。",
    )  # fmt: skip
