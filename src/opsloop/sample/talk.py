"""What the people of the sample department say to each other, and the files they keep beside their work."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One comment: who says it, when (days from today, hour, minute), and what.

    `answers` counts back: 1 answers the line before in the same talk. `signs` are (person, sign).
    """

    who: str
    day: int
    hour: int
    minute: int
    text: str
    answers: int = 0
    signs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Talk:
    """The talk of one record, in order."""

    kind: str
    key: str
    lines: tuple[Line, ...]


L = Line
TALKS = (
    Talk("task", "p06", (
        L("xu", -2, 10, 12, "@叶蓁 三版主视觉里横版先给渠道那边，他们周四就要排资源位。"),
        L("ye", -2, 10, 40, "横版今天下班前出，竖版明天上午。长图要等切图规范，@顾一鸣 需求单里的尺寸表方便补一下吗？", 0, (("xu", "agree"),)),
        L("gu", -2, 14, 5, "补好了，放在文件里了：会场尺寸表。首屏留 120px 给倒计时。", 1, (("ye", "thanks"), ("xu", "agree"))),
        L("xu", -1, 17, 30, "横版看过了，主标题再大一号，价格标签不要压到人脸。其他没问题。", 0, (("ye", "done"),)),
        L("ye", 0, 8, 50, "改好了，@许嘉言 看最新一版，确认后我就切图。"),
    )),
    Talk("task", "p13", (
        L("cheng", -2, 11, 0, "券面额上限财务还没批。按 30 元还是 50 元写规则？", 0, (("fang", "seen"),)),
        L("fang", -2, 11, 25, "先按 30 元做一版，@陆远舟 麻烦今天帮忙问一下财务的口径。"),
        L("lu", -1, 9, 20, "问过了，财务周三下午开会定。超过 30 元需要总监签字。", 1, (("cheng", "agree"), ("fang", "agree"))),
        L("cheng", -1, 16, 41, "> 财务周三下午开会定\n那我先标阻塞，结果出来半天能改完。@方子昂 规则初稿你先看逻辑。"),
    )),
    Talk("task", "p07", (
        L("bai", -1, 15, 10, "会场页框架已经搭好，等主视觉定稿就能换图。预计 21 号可以走查。", 0, (("xu", "agree"), ("lu", "agree"))),
        L("xu", -1, 15, 32, "好。注意 9 月 20 日是调休上班，可以用来联调。@秦朗 落地页参数那天一起对。"),
        L("qin", -1, 18, 2, "收到，20 号上午可以。", 1, (("bai", "done"),)),
    )),
    Talk("task", "p10", (
        L("qin", -1, 11, 8, "素材分了四组：价格、场景、达人口播、用户证言。前三组已经在跑。"),
        L("jiang", -1, 13, 45, "证言组注意样本量，低于 3000 次曝光的先别下结论。", 1, (("qin", "agree"),)),
        L("qin", 0, 8, 58, "昨晚数据：口播组点击率 3.1%，比场景组高 0.8 个点。@许嘉言 建议预算往口播挪两成。"),
    )),
    Talk("task", "p12", (
        L("wen", -1, 14, 20, "接龙玩法改成三人成团，奖励用 5 元无门槛券，成本 @陆远舟 看能不能放进大促预算。"),
        L("lu", -1, 17, 55, "可以，上限 2000 张，单独建券批次方便核算。", 1, (("wen", "cheers"), ("fang", "agree"))),
        L("fang", 0, 8, 45, "规则里写清楚一人限一次，去年被刷过。@温雅 今天中午前给我文案。"),
    )),
    Talk("task", "p16", (
        L("bai", -2, 16, 0, "对方排期还没定，说要等他们总部批。已经催了两次。", 0, (("xu", "seen"),)),
        L("xu", -1, 10, 5, "再等就来不及做图了。@白露 周四中午前没有答复就启用备选：社区团购那家的开屏。"),
    )),
    Talk("task", "b04", (
        L("he", -2, 15, 30, "社群指标里“活跃”有两种口径：发言过、或者点击过。字典里写的是发言，用户组日报用的是点击。"),
        L("cheng", -2, 16, 12, "以字典为准，日报我们改。", 1, (("he", "agree"), ("jiang", "agree"))),
        L("jiang", -1, 10, 50, "把差异写进看板的说明里，不然下周还会有人问。@贺文清"),
        L("he", 0, 8, 40, "写好了，鼠标移到指标名上能看到口径和更新时间。", 1, (("jiang", "cheers"),)),
    )),
    Talk("task", "m04", (
        L("he", -3, 11, 20, "测算卡在权益成本：合作方报价只有区间。"),
        L("lu", -2, 9, 48, "用中位数先算一版，区间做敏感性分析，放附表。", 1, (("he", "agree"),)),
        L("fang", -1, 15, 5, "@贺文清 灰度名单等这个结果，今天能先给一个粗算吗？误差 10% 以内就行。"),
    )),
    Talk("task", "c07", (
        L("su", -1, 10, 30, "第二期选题定“返校便当”，素材够用。@林知夏 封面想用暖色，和第一期区分。"),
        L("lin", -1, 11, 2, "可以，但栏目名的位置不要动，读者认这个。", 1, (("su", "done"),)),
        L("gu", -1, 13, 18, "我这边第二期也在周五发，建议错开两小时：你 10 点，我 12 点。", 0, (("su", "agree"), ("lin", "agree"))),
    )),
    Talk("task", "d23", (
        L("wen", -1, 9, 50, "中秋社群活动两个方案：晒团圆饭、猜灯谜。灯谜互动成本低，我倾向第二个。"),
        L("fang", -1, 10, 22, "同意灯谜。奖品用中秋礼盒的小样，库存我去要。", 1, (("wen", "agree"),)),
        L("cheng", -1, 19, 3, "@温雅 老会员那边我可以同步发一条短信，灯谜链接给我就行。", 0, (("wen", "thanks"), ("fang", "agree"))),
    )),
    Talk("task", "d31", (
        L("he", -1, 11, 40, "核销异常集中在 9 月 12 日那批券，同一张券被核销两次，共 37 单。"),
        L("jiang", -1, 14, 0, "像是门店端重试没做幂等。@贺文清 把 37 单明细放文件里，我转技术部。"),
        L("he", -1, 15, 26, "明细已放。金额合计 1,110 元，影响不大，但大促前必须修。", 1, (("jiang", "agree"),)),
    )),
    Talk("task", "d44", (
        L("lu", -1, 16, 30, "@沈若溪 风险预案初稿列了五条：库存、支付、客服、物流、舆情。评审会定在周五上午？", 0, ()),
        L("shen", -1, 18, 20, "周五 10 点可以。支付那条把上次的故障时间线附上，客服那条要有加人的门槛。", 1, (("lu", "done"), ("xu", "seen"))),
    )),
    Talk("task", "d29", (
        L("lin", -1, 17, 10, "品牌方希望联名栏目冠名三期。@沈若溪 报价低于我们的底价，回绝还是谈条件？"),
    )),
    Talk("project", "promo", (
        L("xu", -1, 9, 10, "本周目标：主视觉定稿、素材测试出结论、老客券规则批下来。卡住的直接在任务里说，别等晨会。", 0,
          (("lu", "agree"), ("bai", "agree"), ("qin", "agree"), ("ye", "agree"))),
        L("lu", -1, 9, 35, "预算还剩 18% 没有分配，留给返场。", 1, (("xu", "agree"),)),
        L("shen", 0, 8, 30, "@许嘉言 今天下班前给我一句话：按现在的进度，260 万能不能到，差在哪。"),
    )),
    Talk("goal", "complaint", (
        L("fang", -2, 17, 20, "答复率 93%，差 2 个点都在晚上 8 点以后。本周起晚班加一人。", 0, (("shen", "agree"), ("wen", "agree"))),
        L("shen", -1, 9, 0, "加人只到月底，月底前把夜间自动应答做好。@方子昂 给个日期。"),
    )),
)  # fmt: skip


@dataclass(frozen=True)
class FileRow:
    """A file beside a task: its name and what stands in it (text, or a picture of one colour)."""

    kind: str
    key: str
    who: str
    day: int
    name: str
    text: str = ""
    colour: tuple[int, int, int] | None = None

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return png(320, 200, self.colour) if self.colour else self.text.encode("utf-8-sig")


FILES = (
    FileRow("task", "p06", "gu", -2, "会场尺寸表.csv", "位置,宽,高,备注\n首屏横幅,1920,720,留120px给倒计时\n列表头图,750,360,\n弹窗,600,800,不放价格\n分享卡,500,400,微信用\n"),
    FileRow("task", "p06", "ye", 0, "主视觉-横版-V3.png", colour=(196, 61, 46)),
    FileRow("task", "p06", "ye", 0, "主视觉-竖版-V2.png", colour=(230, 138, 46)),
    FileRow("task", "d31", "he", -1, "重复核销明细-37单.csv", "订单号,券号,门店,首次核销,再次核销,金额\n" + "".join(f"QH202609{n:05d},C{n * 37 % 9999:04d},门店{n % 9 + 1},2026-09-12 {10 + n % 9}:{n % 60:02d},2026-09-12 {10 + n % 9}:{(n + 1) % 60:02d},30\n" for n in range(1, 38))),
    FileRow("task", "p13", "cheng", -2, "老会员专属券规则-初稿.md", "# 老会员专属券规则（初稿）\n\n1. 对象：注册满 180 天、近 90 天有消费\n2. 面额：30 元（上限待财务确认）\n3. 门槛：满 199 元可用，不与满减叠加\n4. 有效期：10 月 1 日至 10 月 7 日\n"),
    FileRow("project", "promo", "xu", -3, "国庆大促节奏表.csv", "阶段,开始,结束,重点\n预热,9月22日,9月28日,内容种草与接龙\n爆发,9月29日,10月3日,会场与直播\n返场,10月4日,10月8日,清仓与老客券\n"),
)  # fmt: skip


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """Return a picture: a colour that grows lighter downwards."""
    lines = []
    for row in range(height):
        shade = [min(255, part + (255 - part) * row // (height * 2)) for part in colour]
        lines.append(b"\0" + bytes(shade) * width)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(lines), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
