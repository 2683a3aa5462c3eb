"""The notices of the sample department: in every state, confirmed as people do it, with questions and a correction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from opsloop.discussion.actions import files
from opsloop.notices.actions import (
    chasing,
    confirming,
    correcting,
    delivering,
    library,
    questions,
    sending,
    writing,
)
from opsloop.notices.filing import beside
from opsloop.notices.models import Notice, Receipt
from opsloop.organisation.models import Department, Person

People = Mapping[str, Person]
Departments = Mapping[str, Department]
At = Any


@dataclass(frozen=True)
class NoticeRow:
    """One notice: audience and responsible departments by their keys, `demands` point by point, `due` (day, hour)."""

    key: str
    author: str
    importance: str
    audience: tuple[str, ...]
    title: str
    cause: str
    demands: tuple[str, ...]
    timing: str
    due: tuple[int, int] | None = None
    responsible: tuple[str, ...] = ()


GROUPS = ("content", "user", "channel", "data")
NOTICES = (
    NoticeRow(
        "training", "lin", "normal", ("content",), "短视频脚本培训通知",
        "上月短视频返工两轮以上的占三成，多数卡在脚本。",
        (
            "内容组全员参加，每人带一个正在写的脚本。",
            "提前看完共享文件夹里的三条范例。",
            "不能参加的告诉林知夏，并看回放。",
        ),
        "9月9日 15:00–16:30，三楼小会议室。", (-7, 15), ("content",),
    ),
    NoticeRow(
        "autumn", "lu", "important", ("centre",), "中秋大促分工与节点",
        "中秋大促9月21日开始，库存和主推款已经确定，需要各组按下面的分工准备。",
        (
            "内容组：9月17日 18:00 前提交主视觉和长图终稿。",
            "用户组：9月18日 12:00 前完成会员分层和触达名单。",
            "渠道组：9月18日 18:00 前确认全部投放位，预算按已批的 12 万元执行。",
            "数据组：9月19日上线活动看板，每天 10:00 更新。",
        ),
        "9月18日 18:00 完成准备；9月20日（调休上班）联调；9月21日 10:00 活动开始。", (2, 18), GROUPS,
    ),
    NoticeRow(
        "incident", "lu", "urgent", ("channel", "data"), "紧急：优惠券重复发放处置安排",
        "今天 8:20 起，投放页的满减券可重复领取，目前涉及 312 单。",
        (
            "渠道组立即下线该券的全部投放位，并在 30 分钟内回报。",
            "数据组导出 8:20 之后的领券和下单明细。",
            "客服口径由用户组统一给出，不要自行承诺补发。",
        ),
        "9:30 前完成下线；11:00 通报影响范围。", (0, 11), ("channel", "data"),
    ),
    NoticeRow(
        "security", "he", "important", ("centre",), "账号与客户数据安全要求",
        "近期有合作方反映收到冒用我方名义的邮件。",
        (
            "9月20日前为自己的账号开启两步验证。",
            "不在群里发送含手机号的表格，改用系统导出并设访问范围。",
            "阅读后确认，确认记录留存备查。",
        ),
        "9月20日 18:00 前完成。", (4, 18), ("centre",),
    ),
    NoticeRow(
        "old", "fang", "normal", ("user",), "8月社群值班表",
        "八月社群日均消息 1,900 条，晚间需要值班。",
        ("按值班表在岗，20:00–22:00 每 30 分钟看一次群。", "投诉 15 分钟内首次回复。"),
        "8月18日起执行。", None, ("user",),
    ),
    NoticeRow(
        "wrong", "xu", "normal", ("channel",), "直播间口播词更换",
        "新品卖点有调整。", ("9月15日起使用新版口播词。",), "9月15日起。", None, ("channel",),
    ),
    NoticeRow(
        "holiday", "lu", "normal", ("centre",), "中秋、国庆放假与值班安排",
        "根据国务院办公厅通知，今年中秋、国庆放假和调休安排如下。",
        (
            "9月25日至27日放假；9月20日（周日）上班。",
            "10月1日至7日放假；10月10日（周六）上班。",
            "各组 9月22日前报值班表，值班人员保持电话畅通。",
        ),
        "9月22日 18:00 前报值班表。", (6, 18), GROUPS,
    ),
    NoticeRow(
        "survey", "lu", "normal", ("user", "content"), "四季度选题征集",
        "四季度要做三场主题活动，需要各组先提方向。",
        ("每人提一个选题，写清目标人群和预期效果。",), "9月24日前。",
    ),
)  # fmt: skip


# Beside a notice: the name of a file and its text.
FILES = {
    "autumn": {
        "中秋大促分工表.csv": "组别,负责人,交付物,时限\n内容组,林知夏,主视觉和长图终稿,9月17日 18:00\n"
        "用户组,方子昂,会员分层和触达名单,9月18日 12:00\n渠道组,许嘉言,投放位确认单,9月18日 18:00\n"
        "数据组,江临,活动看板,9月19日\n",
        "会场布置说明.md": "# 会场布置说明\n\n1. 首屏横幅留 120px 给倒计时\n2. 弹窗不放价格\n",
    },
    "holiday": {"值班表模板.csv": "日期,组别,白班,晚班,电话\n9月25日,内容组,,,\n9月26日,用户组,,,\n"},
}  # fmt: skip


def build(people: People, departments: Departments, at: At) -> None:
    """Write, send, confirm, correct and end the notices of the sample; `at(day, hour, minute)` gives its moments."""
    made = {row.key: _draft(row, people, departments, at) for row in NOTICES}
    _past(made, people, at)
    _autumn(made["autumn"], people, at)
    _send(made["security"], people["he"], at(-2, 10))
    for key in ("lu", "lin", "su", "gu", "fang", "jiang", "xu", "bai"):
        _confirm(made["security"], people[key], at(-2, 11, len(key) * 3))
    for day, hour in ((-2, 14), (-1, 9), (-1, 11)):
        chasing.chase_due(at=at(day, hour, 30))
    _send(made["incident"], people["lu"], at(0, 8, 40))
    _confirm(made["incident"], people["jiang"], at(0, 8, 44))
    _confirm(made["incident"], people["bai"], at(0, 8, 51))
    _confirm(made["incident"], people["xu"], at(0, 8, 52))
    holiday = made["holiday"]
    sending.schedule(
        notice=holiday, send_at=at(1, 9, 0), by=people["lu"], at=at(-1, 17), version=holiday.version
    )
    values = {
        "name": "周会纪要报送", "importance": "normal", "title": "请报送第【】周周会纪要",
        "cause": "周会纪要要在当周归档。",
        "demands": "1. 按模板填写结论、待办和负责人。\n2. 主管审核后上传。", "timing": "每周五 17:00 前。",
        "is_shared": True,
    }  # fmt: skip
    library.keep_template(template=None, values=values, by=people["lu"], at=at(-20))
    library.keep_group(
        group=None, name="大促值守小组", is_shared=True, members=[people[key] for key in ("ye", "wen", "qin", "he")],
        by=people["lu"], at=at(-20),
    )  # fmt: skip


def _draft(row: NoticeRow, people: People, departments: Departments, at: At) -> Notice:
    begun = {"training": at(-9), "old": at(-31), "wrong": at(-2, 9), "security": at(-2, 9, 40)}.get(
        row.key, at(-1, 8)
    )
    begun = at(0, 8, 35) if row.key == "incident" else begun
    by = people[row.author]
    values = {
        "title": row.title, "cause": row.cause, "timing": row.timing, "importance": row.importance,
        "demands": "\n".join(f"{place}. {point}" for place, point in enumerate(row.demands, 1)),
        "audience": {"departments": [departments[one].pk for one in row.audience], "below": True},
        "due_at": at(*row.due, 0) if row.due else None, "for_newcomers": row.key == "security",
    }  # fmt: skip
    notice = writing.begin(values=values, by=by, at=begun)
    notice.responsible.set([departments[one] for one in row.responsible])
    uploads = [SimpleUploadedFile(name, text.encode()) for name, text in FILES.get(row.key, {}).items()]
    if uploads:
        files.attach(place=beside(notice), uploads=uploads, by=by, at=begun)
    return notice


def _send(notice: Notice, by: Person, at: datetime) -> None:
    sending.send(notice=notice, by=by, at=at, version=notice.version)
    delivering.deliver_now(notice.pk, at=at)
    notice.refresh_from_db()


def _confirm(notice: Notice, by: Person, at: datetime) -> None:
    if Receipt.objects.filter(notice=notice, person=by, kind="to", is_open=True).exists():
        confirming.mark_seen(notice=notice, by=by, at=at)
        edition = Notice.objects.get(pk=notice.pk).edition
        confirming.confirm(notice=notice, by=by, at=at, edition=edition, way=Receipt.Way.PAGE)


def _past(made: Mapping[str, Notice], people: People, at: At) -> None:
    """Let the older ones end: closed, everybody confirmed, withdrawn."""
    _send(made["old"], people["fang"], at(-30, 10))
    _confirm(made["old"], people["wen"], at(-30, 10, 20))
    _confirm(made["old"], people["cheng"], at(-30, 11, 5))
    correcting.close(
        notice=made["old"],
        by=people["fang"],
        at=at(-2, 18),
        version=Notice.objects.get(pk=made["old"].pk).version,
    )
    _send(made["training"], people["lin"], at(-8, 10))
    for place, key in enumerate(("su", "gu", "ye")):
        _confirm(made["training"], people[key], at(-8, 10, 12 + 9 * place))
    _send(made["wrong"], people["xu"], at(-2, 9, 30))
    _confirm(made["wrong"], people["bai"], at(-2, 9, 41))
    wrong = Notice.objects.get(pk=made["wrong"].pk)
    correcting.withdraw(
        notice=wrong,
        why="新版口播词还要等法务确认，旧版继续使用。",
        by=people["xu"],
        at=at(-2, 10),
        version=wrong.version,
    )
    correcting.tell_withdrawn.call(wrong.pk, people["xu"].pk, at(-2, 10).isoformat())


def _autumn(notice: Notice, people: People, at: At) -> None:
    """The large one: confirmed by most, asked about, corrected, and confirmed again by some."""
    _send(notice, people["lu"], at(-1, 9, 10))
    for place, key in enumerate(("shen", "lin", "su", "gu", "fang", "wen", "cheng", "xu", "jiang", "he")):
        _confirm(notice, people[key], at(-1, 9, 14 + 4 * place))
    asked = questions.ask(
        notice=notice, text="会员分层名单要不要去掉近 7 天退过货的？", by=people["cheng"], at=at(-1, 10, 30)
    )
    questions.answer(
        question=asked, text="要去掉，名单里单列一份，不触达。", by=people["lu"], at=at(-1, 10, 50)
    )
    notice.refresh_from_db()
    values = {
        "demands": notice.demands.replace("9月17日 18:00", "9月17日 12:00"), "timing": notice.timing,
        "title": notice.title, "cause": notice.cause, "signature": notice.signature, "due_at": notice.due_at,
    }  # fmt: skip
    moment = at(-1, 14)
    correcting.correct(
        notice=notice, values=values, responsible=list(notice.responsible.all()),
        why="主视觉要给平台留半天审核，提交时间提前到 12:00。", ask="auto", by=people["lu"], at=moment,
        version=notice.version,
    )  # fmt: skip
    correcting.tell_again.call(notice.pk, 2, people["lu"].pk, moment.isoformat(), True)  # noqa: FBT003
    for place, key in enumerate(("lin", "fang", "gu", "xu", "jiang")):
        _confirm(notice, people[key], at(-1, 14, 10 + 6 * place))
    questions.ask(notice=notice, text="看板要不要分渠道？", by=people["qin"], at=at(-1, 15))
