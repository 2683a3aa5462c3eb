"""What the sample department looks like. Days are offsets from the sample's today (`TODAY`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

# A Wednesday. 20 September 2026 is a make-up Sunday, 25–27 September the Mid-Autumn holiday, and from
# 1 October on stands the National Day holiday with its make-up Saturday on the 10th.
TODAY = date(2026, 9, 16)
ORGANISATION = "青禾优选运营中心"
# The demonstration's password, printed by `opsloop demo`; refused on any address but this machine's own.
PASSWORD = "qinghe-demo-2026"  # noqa: S105

DEPARTMENTS = (
    ("centre", "运营中心", None),
    ("content", "内容组", "centre"),
    ("user", "用户组", "centre"),
    ("channel", "渠道组", "centre"),
    ("data", "数据组", "centre"),
)


@dataclass(frozen=True)
class PersonRow:
    """One of the department: roles are (role, department key or None for everywhere).

    `pace` is how long things really take against the estimate, the median of this person's error.
    """

    key: str
    name: str
    title: str
    department: str
    roles: tuple[tuple[str, str | None], ...]
    skills: tuple[tuple[str, int], ...] = ()
    pace: float = 1.15


PEOPLE = (
    PersonRow("shen", "沈若溪", "运营总监", "centre", (("director", None),), (("经营分析", 5),), 1.05),
    PersonRow(
        "lu", "陆远舟", "运营经理", "centre", (("manager", "centre"),), (("项目管理", 5), ("预算", 4)), 1.1
    ),
    PersonRow(
        "lin", "林知夏", "内容组主管", "content", (("lead", "content"),), (("选题策划", 5), ("文案", 4)), 1.12
    ),
    PersonRow(
        "su", "苏念", "内容策划", "content", (("member", "content"),), (("选题策划", 4), ("文案", 4)), 1.22
    ),
    PersonRow("gu", "顾一鸣", "文案编辑", "content", (("member", "content"),), (("文案", 5),), 1.05),
    PersonRow(
        "ye", "叶蓁", "视频编导", "content", (("member", "content"),), (("视频剪辑", 5), ("直播", 3)), 1.38
    ),
    PersonRow(
        "fang", "方子昂", "用户组主管", "user", (("lead", "user"),), (("用户研究", 4), ("会员", 5)), 1.1
    ),
    PersonRow("wen", "温雅", "社群运营", "user", (("member", "user"),), (("社群", 5), ("客诉处理", 4)), 1.18),
    PersonRow(
        "cheng", "程野", "会员运营", "user", (("member", "user"),), (("会员", 4), ("数据分析", 2)), 1.25
    ),
    PersonRow(
        "xu",
        "许嘉言",
        "渠道组主管",
        "channel",
        (("lead", "channel"),),
        (("渠道谈判", 5), ("项目管理", 3)),
        1.15,
    ),
    PersonRow(
        "qin", "秦朗", "投放优化师", "channel", (("member", "channel"),), (("投放", 5), ("数据分析", 3)), 1.08
    ),
    PersonRow(
        "bai", "白露", "渠道商务", "channel", (("member", "channel"),), (("渠道谈判", 3), ("直播", 4)), 1.3
    ),
    PersonRow(
        "jiang", "江临", "数据组主管", "data", (("lead", "data"),), (("数据分析", 5), ("SQL", 5)), 1.12
    ),
    PersonRow(
        "he",
        "贺文清",
        "数据分析师",
        "data",
        (("member", "data"), ("admin", None)),
        (("SQL", 4), ("数据分析", 4)),
        1.2,
    ),
)

CATEGORIES = ("内容创作", "活动策划", "用户运营", "渠道投放", "数据分析", "沟通协调", "其他")

# What no task stands for is talk, mostly.
SMALL_TALK_CATEGORY = "沟通协调"
# Whose first days of the week were planned and not fully written down; who leads; whose week is in which state.
PLANNED_BEFORE = ("lin", "gu", "bai")
LEADS = {"content": "lin", "user": "fang", "channel": "xu", "data": "jiang"}
NO_TIMESHEETS = frozenset({"shen"})
NOT_HANDED_IN = frozenset({"wen", "qin"})
RETURNED = ("su", "周四下午的选题会没有记，请补上。")
# Who works on what since when this morning.
TIMERS = (("gu", "c08", 1), ("ye", "p08", 3))

MODULES = ("内容生产", "会员增长", "活动促销", "渠道投放", "客户服务", "数据看板", "品牌公关")

# key, title, horizon, department, owner, parent, module, start and due offsets, measures (name, unit, from, to),
# description. 品牌公关 is claimed by nobody, 会员增长 by two teams of one level.
GOALS = (
    ("year", "2026年底前会员数从12万增长至20万", "long", None, "shen", None, "会员增长", -258, 106,
     (("会员数", "万人", 12, 20),), "会员贡献六成复购；明年上半年的备货按20万会员测算。"),
    ("gmv", "三季度销售额从800万元提升至1000万元", "mid", None, "shen", None, "活动促销", -77, 14,
     (("季度销售额", "万元", 800, 1000), ("复购率", "%", 24, 30)), "三季度靠国庆大促冲刺，各组目标由此拆出。"),
    ("loyal", "三季度老客服务与增长", "mid", "centre", "lu", "year", None, -77, 14, (),
     "由用户组与内容组的目标支撑，完成度看下级目标。"),
    ("reach", "9月30日前内容阅读量从45万提升至60万", "mid", "content", "lin", "gmv", "内容生产", -77, 14,
     (("月阅读量", "万次", 45, 60), ("爆款数", "篇", 2, 6)), "三档固定栏目带来稳定阅读，爆款给大促引流。"),
    ("video", "9月底短视频完播率从18%提升至25%", "mid", "content", "lin", "gmv", "内容生产", -77, 14,
     (("完播率", "%", 18, 25),), ""),
    ("active", "三季度末社群月活跃率从32%提升至40%", "mid", "user", "fang", "loyal", "会员增长", -77, 14,
     (("社群月活跃率", "%", 32, 40), ("满意度评分", "分", 85, 90)), "活跃社群是复购的入口，也是新品试用的渠道。"),
    ("fans", "三季度公众号关注用户从8万增长至10万", "mid", "content", "gu", "loyal", "会员增长", -77, 14,
     (("关注用户", "万人", 8, 10),), "与用户组的社群目标都在争取同一批会员，需要定清谁牵头。"),
    ("complaint", "9月内客诉24小时内答复率从82%提升至95%", "short", "user", "fang", "loyal", "客户服务", -15, 14,
     (("24小时答复率", "%", 82, 95),), ""),
    ("roi", "三季度投放投入产出比从2.1提升至2.6", "mid", "channel", "xu", "gmv", "渠道投放", -77, 14,
     (("投入产出比", "", 2.1, 2.6), ("获客成本", "元", 68, 55)), ""),
    ("dashboard", "9月25日前经营看板覆盖4个部门、20项指标", "short", "data", "jiang", "gmv", "数据看板", -20, 9,
     (("已上线指标", "项", 6, 20), ("覆盖部门", "个", 1, 4)), "各组日报口径统一之后，周会只看一张表。"),
    ("brand", "提升品牌影响力", "mid", "content", "su", None, None, None, None, (), ""),
)  # fmt: skip

# goal, key result, who; then check-ins: day offset, value, confidence, note. Six weeks, oldest first.
CHECK_INS = (
    ("year", "会员数", "shen", ((-41, 15.1, "sure", ""), (-27, 15.6, "sure", "召回短信带回约三千人"),
     (-13, 16.1, "risk", "自然新增放缓，靠活动拉动"), (-6, 16.4, "risk", "按现在的速度年底约18万，国庆后再看"))),
    ("gmv", "季度销售额", "shen", ((-41, 812, "sure", ""), (-34, 826, "sure", "七夕档超预期"), (-27, 840, "sure", ""),
     (-20, 852, "risk", "开学季客单价偏低"), (-13, 869, "risk", ""), (-6, 886, "risk", "缺口114万，全看大促"))),
    ("gmv", "复购率", "shen", ((-34, 25.2, "sure", ""), (-20, 26.4, "sure", ""), (-6, 27.5, "sure", "会员专享价见效"))),
    ("reach", "月阅读量", "lin", ((-41, 46.0, "sure", ""), (-34, 47.3, "sure", ""), (-27, 48.1, "sure", "栏目改版前先稳住"),
     (-20, 48.9, "risk", "两位作者休假"), (-13, 50.0, "risk", ""), (-6, 51.2, "risk", "焕新栏目首周阅读涨了一成"))),
    ("reach", "爆款数", "lin", ((-34, 2, "sure", ""), (-20, 3, "sure", "收纳清单单篇破十万"), (-6, 4, "sure", ""))),
    ("video", "完播率", "lin", ((-38, 18.6, "sure", ""), (-27, 19.4, "sure", "前三秒口播重写"), (-13, 20.6, "risk", ""),
     (-5, 21.3, "unlikely", "预热素材偏长，本月难到25%"))),
    ("active", "社群月活跃率", "fang", ((-40, 33.0, "sure", ""), (-26, 34.8, "sure", "签到玩法上线"), (-12, 36.0, "sure", ""),
     (-5, 36.5, "risk", "中秋接龙后再冲一次"))),
    ("active", "满意度评分", "fang", ((-40, 85.5, "sure", ""), (-26, 86.6, "sure", ""), (-5, 88, "sure", "回访20单，物流抱怨减少"))),
    ("fans", "关注用户", "gu", ((-37, 8.4, "sure", ""), (-21, 8.9, "sure", "菜单改版"))),
    ("complaint", "24小时答复率", "fang", ((-12, 86, "risk", ""), (-8, 90, "sure", "夜班排到22点"), (-2, 93, "sure", "话术库补齐"))),
    ("roi", "投入产出比", "xu", ((-39, 2.15, "sure", ""), (-25, 2.2, "sure", ""), (-11, 2.25, "risk", "信息流竞价涨了"),
     (-4, 2.28, "risk", "换素材组，下周看数"))),
    ("roi", "获客成本", "xu", ((-39, 67, "sure", ""), (-25, 65, "sure", "否词之后单价下降"), (-11, 62, "sure", ""), (-4, 61, "sure", ""))),
    ("dashboard", "已上线指标", "jiang", ((-14, 8, "sure", ""), (-7, 11, "risk", "接口权限卡了三天"), (-2, 13, "risk", "还差七项，等技术部"))),
    ("dashboard", "覆盖部门", "jiang", ((-14, 2, "sure", ""), (-2, 3, "sure", ""))),
)  # fmt: skip

# key, name, department, owner, members, goal, start offset, due offset, status, description
PROJECTS = (
    ("promo", "国庆大促", "channel", "xu", ("lin", "su", "gu", "ye", "fang", "wen", "qin", "bai", "jiang", "he"), "gmv",
     -16, 15, "active", "国庆档主推会场：预热、爆发、返场三段，目标成交 260 万元。"),
    ("member", "会员体系升级", "user", "fang", ("cheng", "wen", "he"), "year", -35, 35, "active",
     "等级、权益与积分规则重做，分两批灰度。"),
    ("column", "九月栏目焕新", "content", "lin", ("su", "gu", "ye"), "reach", -25, 14, "active",
     "三档固定栏目改版，统一选题会与发布节奏。"),
    ("board", "经营看板二期", "data", "jiang", ("he", "qin", "cheng"), "dashboard", -30, 9, "active",
     "把各组手工日报换成同一份口径的看板。"),
)  # fmt: skip


@dataclass(frozen=True)
class TaskRow:
    """One task: `state` is done, doing, todo, blocked, delayed or cancelled; offsets count from today.

    `after` names the tasks it waits for. A `repeats` rule makes it routine work.
    """

    key: str
    title: str
    owner: str
    category: str
    importance: int
    urgency: str
    hours: float
    begin: int
    due: int | None
    state: str
    project: str | None = None
    goal: str | None = None
    after: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    standard: str = ""
    parent: str | None = None
    repeats: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""


T = TaskRow
CAMPAIGN = (
    T("p01", "国庆大促整体方案", "xu", "活动策划", 5, "high", 12, -16, -10, "done", "promo", "gmv", standard="含目标拆解、节奏表、预算与风险预案，经总监确认"),
    T("p02", "主推商品清单与备货确认", "bai", "渠道投放", 5, "high", 6, -13, -8, "done", "promo", "gmv", after=("p01",)),
    T("p03", "大促预算分配表", "lu", "活动策划", 4, "medium", 4, -13, -9, "done", "promo", "gmv", after=("p01",)),
    T("p04", "预热期选题与文案", "su", "内容创作", 4, "medium", 10, -10, -3, "done", "promo", "reach", after=("p01",)),
    T("p05", "会场主视觉需求单", "gu", "内容创作", 4, "medium", 3, -10, -6, "done", "promo", "reach", after=("p01",)),
    T("p06", "主视觉三版定稿", "ye", "内容创作", 5, "high", 14, -6, 0, "doing", "promo", "video", after=("p05",), standard="三版横竖尺寸齐全，品牌色与字体合规"),
    T("p07", "会场页面搭建", "bai", "渠道投放", 5, "high", 12, -2, 5, "doing", "promo", "gmv", after=("p02", "p06")),
    T("p08", "短视频预热五条", "ye", "内容创作", 5, "high", 20, -4, 4, "doing", "promo", "video", after=("p04",), standard="每条30–45秒，附封面与发布文案"),
    T("p09", "直播脚本与彩排", "bai", "活动策划", 5, "high", 8, 2, 7, "todo", "promo", "gmv", after=("p02",), helpers=("ye",)),
    T("p10", "投放素材分组与测试", "qin", "渠道投放", 5, "high", 9, -3, 2, "doing", "promo", "roi", after=("p04",)),
    T("p11", "投放计划排期与出价", "qin", "渠道投放", 5, "high", 6, 1, 6, "todo", "promo", "roi", after=("p03", "p10")),
    T("p12", "社群预热接龙玩法", "wen", "用户运营", 4, "medium", 6, -1, 3, "doing", "promo", "active", after=("p04",)),
    T("p13", "老会员专属券规则", "cheng", "用户运营", 4, "high", 5, -2, 1, "blocked", "promo", "year", after=("p03",), note="等待财务确认券面额上限"),
    T("p14", "客服话术与常见问题", "wen", "用户运营", 4, "medium", 5, 2, 6, "todo", "promo", "complaint", after=("p07",)),
    T("p15", "大促数据监控表", "he", "数据分析", 4, "medium", 8, 0, 7, "todo", "promo", "dashboard", after=("p01",)),
    T("p16", "渠道资源位置换确认", "bai", "沟通协调", 4, "high", 4, -8, -2, "delayed", "promo", "roi", note="对方排期未定"),
    T("p17", "合规与价格审核", "lu", "沟通协调", 5, "high", 4, 3, 6, "todo", "promo", "gmv", after=("p07", "p13")),
    T("p18", "上线前全链路走查", "xu", "活动策划", 5, "high", 6, 6, 8, "todo", "promo", "gmv", after=("p07", "p11", "p14", "p17"), helpers=("bai", "qin", "wen")),
    T("p19", "爆发日值班表", "fang", "沟通协调", 3, "medium", 1.5, 4, 8, "todo", "promo", "complaint"),
    T("p20", "返场期内容储备", "gu", "内容创作", 3, "medium", 8, 5, 12, "todo", "promo", "reach", after=("p04",)),
    T("p21", "大促复盘模板", "jiang", "数据分析", 3, "low", 3, 6, 14, "todo", "promo", "dashboard", after=("p18",)),
    T("p22", "达人合作名单初筛", "bai", "渠道投放", 3, "medium", 6, -12, -5, "cancelled", "promo", "roi"),
)  # fmt: skip
MEMBER_PROJECT = (
    T("m01", "会员现状数据诊断", "he", "数据分析", 4, "medium", 10, -35, -28, "done", "member", "year"),
    T("m02", "会员访谈12人", "cheng", "用户运营", 4, "medium", 16, -33, -22, "done", "member", "year"),
    T("m03", "等级与权益方案初稿", "fang", "用户运营", 5, "medium", 14, -24, -14, "done", "member", "year", after=("m01", "m02")),
    T("m04", "积分规则测算", "he", "数据分析", 4, "medium", 12, -14, -1, "delayed", "member", "year", after=("m03",)),
    T("m05", "权益成本核算", "lu", "数据分析", 4, "medium", 6, -8, 6, "doing", "member", "year", after=("m03",)),
    T("m06", "灰度名单筛选规则", "cheng", "用户运营", 4, "medium", 5, -3, 7, "doing", "member", "year", after=("m03",)),
    T("m07", "会员页改版需求文档", "cheng", "用户运营", 5, "medium", 12, 0, 12, "todo", "member", "year", after=("m03",), standard="含流程图、字段表与验收口径"),
    T("m08", "权益合作方谈判", "bai", "沟通协调", 3, "medium", 8, 2, 20, "todo", "member", "year"),
    T("m09", "会员升级公告文案", "gu", "内容创作", 3, "low", 4, 8, 22, "todo", "member", "year", after=("m07",)),
    T("m10", "首批灰度上线", "fang", "用户运营", 5, "medium", 6, 14, 28, "todo", "member", "year", after=("m04", "m06", "m07")),
    T("m11", "灰度效果评估", "he", "数据分析", 4, "low", 8, 24, 35, "todo", "member", "year", after=("m10",)),
)  # fmt: skip
COLUMN_PROJECT = (
    T("c01", "三档栏目定位梳理", "lin", "内容创作", 5, "medium", 8, -25, -19, "done", "column", "reach"),
    T("c02", "选题会机制与模板", "lin", "沟通协调", 4, "medium", 4, -20, -15, "done", "column", "reach", after=("c01",)),
    T("c03", "《一周好物》改版首期", "su", "内容创作", 5, "medium", 9, -17, -9, "done", "column", "reach", after=("c01",)),
    T("c04", "《店主日记》改版首期", "gu", "内容创作", 5, "medium", 8, -16, -7, "done", "column", "reach", after=("c01",)),
    T("c05", "《三分钟厨房》样片", "ye", "内容创作", 5, "high", 16, -15, -4, "done", "column", "video", after=("c01",)),
    T("c06", "栏目封面规范", "ye", "内容创作", 3, "medium", 5, -6, 1, "doing", "column", "video"),
    T("c07", "《一周好物》第二期", "su", "内容创作", 5, "medium", 8, -2, 2, "doing", "column", "reach", after=("c03",)),
    T("c08", "《店主日记》第二期", "gu", "内容创作", 5, "medium", 8, -2, 3, "doing", "column", "reach", after=("c04",)),
    T("c09", "《三分钟厨房》第二条", "ye", "内容创作", 5, "medium", 12, 1, 6, "todo", "column", "video", after=("c05",)),
    T("c10", "栏目数据对比小结", "su", "数据分析", 4, "medium", 4, 5, 9, "todo", "column", "reach", after=("c07", "c08")),
    T("c11", "栏目运营手册", "lin", "内容创作", 4, "low", 8, 6, 14, "todo", "column", "reach", after=("c02",)),
)  # fmt: skip
BOARD_PROJECT = (
    T("b01", "指标口径字典（四个部门）", "jiang", "数据分析", 5, "medium", 12, -30, -20, "done", "board", "dashboard"),
    T("b02", "数据源接入清单", "he", "数据分析", 4, "medium", 6, -26, -18, "done", "board", "dashboard"),
    T("b03", "销售与渠道看板上线", "he", "数据分析", 5, "high", 16, -20, -8, "done", "board", "dashboard", after=("b01", "b02")),
    T("b04", "会员与社群看板", "he", "数据分析", 5, "high", 14, -7, 3, "doing", "board", "dashboard", after=("b01",)),
    T("b05", "内容看板", "jiang", "数据分析", 4, "high", 10, -5, 5, "doing", "board", "dashboard", after=("b01",)),
    T("b06", "看板权限与脱敏规则", "jiang", "数据分析", 4, "medium", 4, 0, 6, "todo", "board", "dashboard"),
    T("b07", "看板使用培训（四场）", "jiang", "沟通协调", 3, "medium", 6, 5, 9, "todo", "board", "dashboard", after=("b04", "b05")),
    T("b08", "停用手工日报", "lu", "沟通协调", 3, "low", 2, 8, 9, "todo", "board", "dashboard", after=("b07",)),
)  # fmt: skip
DAILY = (
    T("d01", "八月运营月报", "lu", "数据分析", 4, "medium", 6, -17, -11, "done"),
    T("d02", "九月内容排期表", "lin", "内容创作", 4, "medium", 4, -20, -16, "done", goal="reach"),
    T("d03", "开学季专题图文", "gu", "内容创作", 3, "medium", 8, -22, -15, "done", goal="reach"),
    T("d04", "教师节海报三张", "ye", "内容创作", 3, "high", 6, -12, -7, "done"),
    T("d05", "教师节社群互动", "wen", "用户运营", 3, "medium", 4, -11, -6, "done", goal="active"),
    T("d06", "八月投放费用对账", "qin", "渠道投放", 3, "medium", 5, -15, -9, "done", goal="roi"),
    T("d07", "渠道返点结算单", "bai", "沟通协调", 3, "high", 4, -14, -5, "done", note="晚了两天：对方发票信息有误"),
    T("d08", "流失会员召回名单", "cheng", "用户运营", 4, "medium", 6, -19, -12, "done", goal="year"),
    T("d09", "召回短信AB测试", "cheng", "用户运营", 4, "medium", 6, -12, -4, "done", goal="year"),
    T("d10", "物流客诉集中处理", "wen", "用户运营", 4, "high", 10, -10, -6, "done", goal="complaint"),
    T("d11", "客诉原因月度归类", "wen", "数据分析", 4, "medium", 5, -9, -2, "done", goal="complaint"),
    T("d12", "搜索词报告与否词", "qin", "渠道投放", 3, "low", 4, -8, -4, "done", goal="roi"),
    T("d13", "新渠道开户资料", "bai", "沟通协调", 2, "low", 3, -9, -3, "done"),
    T("d14", "数据权限季度盘点", "jiang", "数据分析", 3, "medium", 4, -10, -3, "done"),
    T("d15", "新人SQL入门分享", "jiang", "沟通协调", 2, "low", 3, -13, -7, "done"),
    T("d16", "总监例会材料（九月第二周）", "lu", "沟通协调", 4, "high", 3, -7, -2, "done"),
    T("d17", "竞品大促玩法速览", "su", "活动策划", 3, "medium", 5, -14, -8, "done"),
    T("d18", "短视频账号资料更新", "ye", "其他", 2, "low", 2, -16, -10, "done"),
    T("d19", "社群管理员招募", "wen", "用户运营", 3, "low", 6, -20, -13, "done", goal="active"),
    T("d20", "用户访谈纪要归档", "fang", "其他", 2, "low", 2, -14, -9, "done"),
    T("d21", "三季度预算执行表", "lu", "数据分析", 4, "medium", 5, -5, 1, "doing"),
    T("d22", "中秋祝福海报", "ye", "内容创作", 3, "high", 5, -1, 2, "todo", tags=("中秋",)),
    T("d23", "中秋社群活动方案", "wen", "活动策划", 4, "high", 6, -3, 1, "doing", goal="active", tags=("中秋",)),
    T("d24", "中秋物流时效公告", "fang", "沟通协调", 4, "high", 1.5, 0, 2, "todo", goal="complaint", tags=("中秋",)),
    T("d25", "差评回访20单", "wen", "用户运营", 4, "high", 5, -4, -1, "delayed", goal="complaint"),
    T("d26", "满意度问卷投放", "cheng", "用户运营", 4, "medium", 4, -3, 4, "doing", goal="active"),
    T("d27", "信息流素材周更", "qin", "渠道投放", 4, "medium", 6, -2, 2, "doing", goal="roi"),
    T("d28", "联盟渠道月度对账", "bai", "渠道投放", 3, "medium", 4, -1, 6, "todo", goal="roi"),
    T("d29", "品牌合作回函", "lin", "沟通协调", 3, "high", 1, -1, 0, "todo", goal="brand"),
    T("d30", "公众号菜单调整", "gu", "其他", 2, "low", 1.5, 0, 8, "todo"),
    T("d31", "优惠券核销异常排查", "he", "数据分析", 4, "high", 4, -2, 0, "doing", goal="gmv"),
    T("d32", "数据导出接口报错", "jiang", "数据分析", 3, "high", 3, -3, -1, "blocked", note="等技术部排查"),
    T("d33", "四季度内容预算申请", "lin", "活动策划", 4, "medium", 4, 1, 9, "todo"),
    T("d34", "社群违规处理记录", "wen", "其他", 2, "medium", 2, -2, 5, "todo"),
    T("d35", "投放账户交接清单", "qin", "其他", 2, "low", 3, 3, 12, "todo"),
    T("d36", "会员日玩法头脑风暴", "fang", "沟通协调", 3, "low", 2, 2, 9, "todo", goal="year"),
    T("d37", "供应商样品寄回", "bai", "其他", 1, "low", 1, -6, 7, "todo"),
    T("d38", "旧活动页面下线", "bai", "其他", 2, "low", 2, -5, 10, "todo"),
    T("d39", "季度述职材料", "fang", "沟通协调", 4, "medium", 6, 3, 12, "todo"),
    T("d40", "季度述职材料（内容组）", "lin", "沟通协调", 4, "medium", 6, 3, 12, "todo"),
    T("d41", "国庆值班与调休登记", "lu", "沟通协调", 3, "medium", 2, 1, 7, "todo", note="9月20日、10月10日上班"),
    T("d42", "直播间设备检查", "ye", "其他", 2, "medium", 2, -8, -1, "cancelled"),
    T("d43", "年度目标中期回顾", "shen", "活动策划", 5, "medium", 6, -2, 9, "doing", goal="year"),
    T("d44", "大促风险预案评审", "shen", "沟通协调", 5, "high", 2, 1, 3, "todo", goal="gmv"),
    T("d45", "用户分层标签更新", "cheng", "数据分析", 3, "medium", 6, -1, 8, "todo", goal="active"),
    T("d46", "内容选题库补充", "su", "内容创作", 3, "low", 4, 0, None, "todo", goal="reach"),
    T("d47", "尽快完善售后话术", "wen", "用户运营", 3, "medium", 3, -1, 4, "todo", goal="complaint"),
    T("d48", "达人寄样登记表", "bai", "其他", 2, "low", 1.5, -4, 3, "doing"),
)  # fmt: skip
ROUTINE = (
    T("r01", "运营周例会", "lu", "沟通协调", 3, "medium", 1, -2, 5, "todo", repeats="FREQ=WEEKLY;BYDAY=MO", helpers=("lin", "fang", "xu", "jiang")),
    T("r02", "运营周报汇总", "lu", "数据分析", 3, "medium", 2, -5, 2, "todo", repeats="FREQ=WEEKLY;BYDAY=FR"),
    T("r03", "社群签到与答疑", "wen", "用户运营", 3, "medium", 1, 0, 0, "doing", repeats="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", goal="active"),
    T("r04", "投放日报", "qin", "渠道投放", 3, "high", 0.5, 0, 0, "todo", repeats="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", goal="roi"),
    T("r05", "数据日报核对", "he", "数据分析", 3, "high", 0.5, 0, 0, "todo", repeats="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", goal="dashboard"),
    T("r06", "选题会", "lin", "沟通协调", 4, "medium", 1.5, -2, 1, "todo", repeats="FREQ=WEEKLY;BYDAY=TH", goal="reach", helpers=("su", "gu", "ye")),
    T("r07", "月度费用报销提交", "bai", "其他", 2, "medium", 1, -10, 14, "todo", repeats="FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
    T("r08", "客诉周复盘", "fang", "用户运营", 4, "medium", 1, -3, 2, "todo", repeats="FREQ=WEEKLY;BYDAY=FR", goal="complaint"),
)  # fmt: skip
ACTIONS = (
    T("a01", "横版主图", "ye", "内容创作", 5, "high", 5, -6, -2, "done", parent="p06"),
    T("a02", "竖版主图", "ye", "内容创作", 5, "high", 4, -4, -1, "done", parent="p06"),
    T("a03", "会场长图与切图", "ye", "内容创作", 5, "high", 5, -1, 0, "doing", parent="p06"),
    T("a04", "拍摄：厨房场景两条", "ye", "内容创作", 5, "high", 8, -4, 1, "doing", parent="p08"),
    T("a05", "拍摄：店主采访三条", "ye", "内容创作", 5, "high", 8, 1, 3, "todo", parent="p08", helpers=("gu",)),
    T("a06", "字幕与封面", "gu", "内容创作", 4, "medium", 4, 2, 4, "todo", parent="p08"),
    T("a07", "会员指标取数", "he", "数据分析", 5, "high", 5, -7, -2, "done", parent="b04"),
    T("a08", "社群指标取数", "he", "数据分析", 5, "high", 5, -2, 1, "doing", parent="b04"),
    T("a09", "页面与权限配置", "he", "数据分析", 4, "medium", 4, 1, 3, "todo", parent="b04"),
    T("a10", "走查清单", "xu", "活动策划", 4, "medium", 2, 5, 7, "todo", parent="p18"),
    T("a11", "手机端走查", "bai", "活动策划", 4, "high", 2, 7, 8, "todo", parent="p18"),
    T("a12", "支付与优惠叠加走查", "qin", "活动策划", 5, "high", 2, 7, 8, "todo", parent="p18"),
)  # fmt: skip
# Work that is planned from a day on, not only up to one: its bar in a chart is not assumed. In days from today.
STARTS = {
    "p06": -6, "p08": -4, "p10": -3, "p12": -1, "p17": 6, "p18": 7, "p20": 6, "p21": 9, "m05": -8, "m06": -3,
    "m08": 6, "m10": 15, "m11": 29, "b04": -7, "b05": -5, "b07": 6, "c06": -6, "c10": 6, "c11": 6,
}  # fmt: skip
# How the campaign's dates stood when it was planned: the tasks that have slipped since, and by how many days.
BASELINE = ("promo", "立项时的计划", -9, {"p06": 2, "p07": 2, "p16": 5, "p17": 1, "p18": 1})
# What routine work does on a day off: the holidays of early October lie ahead.
ON_HOLIDAY = {"r01": "after", "r02": "before", "r06": "skip", "r08": "before"}
# Sorted by hand, each for its reason; and put off until a day (offset).
SORTED = (
    ("d29", 4, "对方下周才开会，今天不用回"),
    ("d36", 3, "周五前要给产品部名单，可以让程野主持"),
    ("d46", 2, "选题库见底会拖垮十月排期"),
    ("d34", 4, "平台口径未定，先放一放"),
    ("m09", 1, "公告要赶在灰度前过法务"),
)
PUT_OFF = (("d30", 5), ("d37", 12), ("d38", 7), ("d35", 1), ("d48", 0))
TASKS = CAMPAIGN + MEMBER_PROJECT + COLUMN_PROJECT + BOARD_PROJECT + DAILY + ROUTINE + ACTIONS

# person, kind, first day, last day (offsets), note
LEAVE = (
    ("gu", "annual", 2, 2, "年假一天"),
    ("qin", "trip", 6, 7, "渠道大会出差"),
    ("cheng", "sick", -9, -8, ""),
)

# Saved views: whose, name, layout, query string, for whom.
VIEWS: tuple[tuple[str, str, str, str, str], ...] = (
    ("lu", "本周到期", "list", "scope=all&f=due.within.week&group=owner", "everybody"),
    (
        "lu",
        "卡住和延期",
        "board",
        "scope=all&f=status.any.blocked~delayed,owner.filled&by=owner",
        "everybody",
    ),
    (
        "lu",
        "我负责或协作，未来7天",
        "list",
        "scope=all&f=or(owner.any.me,helper.any.me),due.within.next-7",
        "own",
    ),
    ("shen", "高关联度未估时", "list", "scope=all&f=importance.least.4,estimate.empty", "everybody"),
    ("lin", "内容组本月日历", "calendar", "scope=team&f=due.within.month", "department"),
)
