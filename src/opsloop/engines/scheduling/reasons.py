"""The sentences of the reason codes, in three languages. This file is a table: anyone may mend a sentence.

Names in braces are filled in: titles in quotation marks, lengths in hours or minutes, instants as date,
weekday and time. Every sentence is whole; none is put together from parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from opsloop.engines.priority import Disposal
from opsloop.engines.scheduling.model import Code, Reason
from opsloop.engines.workcalendar import Language

# sentence -> (zh-Hans, zh-Hant, en)
SENTENCES: dict[str, tuple[str, str, str]] = {
    "pinned": (
        "时间由人固定，不移动。",
        "時間由人固定，不移動。",
        "A person fixed this time; it is not moved.",
    ),
    "first_now": (
        "最紧要，排在最先可用的时段。",
        "最緊要，排在最先可用的時段。",
        "It matters most, so it has the first free time.",
    ),
    "first": (
        "排在最先可用的时段。",
        "排在最先可用的時段。",
        "It has the first free time.",
    ),
    "after_predecessor": (
        "前置任务{task}{finish}才完成，随后马上开始。",
        "前置任務{task}{finish}才完成，隨後馬上開始。",
        "It starts right after {task}, which is finished on {finish}.",
    ),
    "after_predecessor_lag": (
        "前置任务{task}{finish}完成，再等待{lag}后开始。",
        "前置任務{task}{finish}完成，再等待{lag}後開始。",
        "It starts {lag} after {task}, which is finished on {finish}.",
    ),
    "earliest": (
        "最早{earliest}才能开始。",
        "最早{earliest}才能開始。",
        "It cannot start before {earliest}.",
    ),
    "behind": (
        "之前的时段先安排了{tasks}。",
        "之前的時段先安排了{tasks}。",
        "The time before it goes to {tasks}.",
    ),
    "in_one_piece": (
        "需要{minutes}，放在能连续做完的时段。",
        "需要{minutes}，放在能連續做完的時段。",
        "It takes {minutes} and stands where it can be done with the fewest interruptions.",
    ),
    "first_free": (
        "这是最先合适的时段。",
        "這是最先合適的時段。",
        "This is the first time that suits it.",
    ),
    "focus": (
        "重要工作，放在核心专注时段。",
        "重要工作，放在核心專注時段。",
        "Important work goes to focus time.",
    ),
    "fragment": (
        "小事，放在碎片处理时段。",
        "小事，放在碎片處理時段。",
        "A small matter goes to fragment time.",
    ),
    "buffer_needed": (
        "其他时段不够，用到弹性缓冲。",
        "其他時段不夠，用到彈性緩衝。",
        "Other time does not suffice, so it uses buffer time.",
    ),
    "split": (
        "跨时段分{pieces}段完成。",
        "跨時段分{pieces}段完成。",
        "It is done in {pieces} parts.",
    ),
    "ahead": (
        "截止{due}，之前还余{minutes}工作时间。",
        "截止{due}，之前還餘{minutes}工作時間。",
        "It is due {due}; {minutes} of working time are left before that.",
    ),
    "ahead_none": (
        "截止{due}，刚好赶上，没有余量。",
        "截止{due}，剛好趕上，沒有餘量。",
        "It is due {due} and just in time, with nothing to spare.",
    ),
    "late_overdue": (
        "已过截止时间（{due}），在不影响其他任务按时完成的前提下尽早补做。",
        "已過截止時間（{due}），在不影響其他任務按時完成的前提下儘早補做。",
        "It was due {due} already; it is made up for as early as no other task becomes late by it.",
    ),
    "late_short": (
        "赶不上截止{due}：需要{needed}，到截止前只有{available}工作时间。可推迟截止、缩小范围或增加人手。",
        "趕不上截止{due}：需要{needed}，到截止前只有{available}工作時間。可推遲截止、縮小範圍或增加人手。",
        (
            "It misses {due}: it needs {needed}, and only {available} of working time are left until then. "
            "A later date, a smaller scope or another person would help."
        ),
    ),
    "late_predecessor": (
        "赶不上截止{due}：前置任务{task}{finish}才完成，之后需要{needed}。可提前前置任务或推迟截止。",
        "趕不上截止{due}：前置任務{task}{finish}才完成，之後需要{needed}。可提前前置任務或推遲截止。",
        (
            "It misses {due}: {task} is finished on {finish} only, and it needs {needed} after that. "
            "An earlier {task} or a later date would help."
        ),
    ),
    "late_taken": (
        "赶不上截止{due}：需要{needed}，到截止前只剩{free}，时间已给{tasks}。可推迟截止、缩小范围或换人。",
        "趕不上截止{due}：需要{needed}，到截止前只剩{free}，時間已給{tasks}。可推遲截止、縮小範圍或換人。",
        (
            "It misses {due}: it needs {needed}, and {free} are left until then, because {tasks} come first. "
            "A later date, a smaller scope or another person would help."
        ),
    ),
    "late_scattered": (
        "赶不上截止{due}：需要{needed}，到截止前虽有{free}空闲，但太零散，时间已给{tasks}。可推迟截止或换人。",
        "趕不上截止{due}：需要{needed}，到截止前雖有{free}空閒，但太零散，時間已給{tasks}。可推遲截止或換人。",
        (
            "It misses {due}: it needs {needed}, and the {free} free until then are too scattered, because "
            "{tasks} come first. A later date or another person would help."
        ),
    ),
    "late_pinned": (
        "固定的时间晚于截止{due}。",
        "固定的時間晚於截止{due}。",
        "The fixed time is later than the due date {due}.",
    ),
    "overloaded": (
        "{start}到{due}之间要做{tasks}等共{needed}，工作时间只有{available}，还差{missing}，必有任务延期。可增加时间、推迟截止或换人。",
        "{start}到{due}之間要做{tasks}等共{needed}，工作時間只有{available}，還差{missing}，必有任務延期。可增加時間、推遲截止或換人。",
        (
            "From {start} to {due} there are {needed} of work ({tasks} and others) and only {available} of "
            "working time: {missing} are missing, so something must be late. "
            "More hours, a later date or another person would help."
        ),
    ),
    "cycle": (
        "前置关系成了环：{walk}。请去掉其中一个前置任务。",
        "前置關係成了環：{walk}。請去掉其中一個前置任務。",
        "The tasks wait for each other: {walk}. Remove one of these dependencies.",
    ),
    "cycle_self": (
        "任务把自己列为前置任务。请改正前置任务。",
        "任務把自己列為前置任務。請改正前置任務。",
        "The task waits for itself. Correct its predecessor.",
    ),
    "predecessor_unplaced": (
        "前置任务{task}未能安排。",
        "前置任務{task}未能安排。",
        "It waits for {task}, which could not be planned.",
    ),
    "no_owner": (
        "没有负责人。请指派负责人后再排。",
        "沒有負責人。請指派負責人後再排。",
        "It has no owner. Assign one and plan again.",
    ),
    "unknown_owner": (
        "找不到负责人{person}。请更正或新增此人。",
        "找不到負責人{person}。請更正或新增此人。",
        "There is no person called {person}. Correct the name or add the person.",
    ),
    "no_worktime": (
        "{person}在这段时间没有工作时间。请换人或改期。",
        "{person}在這段時間沒有工作時間。請換人或改期。",
        "{person} has no working time in this period. Choose another person or another week.",
    ),
    "starts_later": (
        "最早{earliest}才能开始，不在计划期内。",
        "最早{earliest}才能開始，不在計劃期內。",
        "It cannot start before {earliest}, which is after the planned period.",
    ),
    "too_long": (
        "需要{needed}，计划期内可用的工作时间只有{available}。请拆成小任务、延长计划期或增加人手。",
        "需要{needed}，計劃期內可用的工作時間只有{available}。請拆成小任務、延長計劃期或增加人手。",
        (
            "It needs {needed}, and the period has only {available} of working time for it. "
            "Break it up, plan a longer period or add people."
        ),
    ),
    "no_stretch": (
        "不可拆分，需要连续{needed}，最长的连续时段只有{longest}。请允许拆分或拆成小任务。",
        "不可拆分，需要連續{needed}，最長的連續時段只有{longest}。請允許拆分或拆成小任務。",
        (
            "It must not be split and needs {needed} at a stretch; the longest stretch is {longest}. "
            "Allow splitting or break it up."
        ),
    ),
    "full": (
        "时间已排满：需要{needed}，只剩{free}。可改期、缩小范围或换人。",
        "時間已排滿：需要{needed}，只剩{free}。可改期、縮小範圍或換人。",
        (
            "The period is full: it needs {needed}, and {free} are left. "
            "Another week, a smaller scope or another person would help."
        ),
    ),
    "full_kept": (
        "时间已排满：需要{needed}，只剩{free}，另有{kept}弹性时间留给突发事项。可改期、缩小范围或换人。",
        "時間已排滿：需要{needed}，只剩{free}，另有{kept}彈性時間留給突發事項。可改期、縮小範圍或換人。",
        (
            "The period is full: it needs {needed}, and {free} are left besides {kept} kept for surprises. "
            "Another week, a smaller scope or another person would help."
        ),
    ),
    "full_scattered": (
        "剩余的{free}太零散：需要{needed}，最长的连续时段只有{longest}。可改期或换人。",
        "剩餘的{free}太零散：需要{needed}，最長的連續時段只有{longest}。可改期或換人。",
        (
            "The {free} left are too scattered: it needs {needed}, and the longest stretch is {longest}. "
            "Another week or another person would help."
        ),
    ),
    "hard_due": (
        "必须在{due}前完成：需要{needed}，之前只剩{free}。可推迟截止、缩小范围或换人。",
        "必須在{due}前完成：需要{needed}，之前只剩{free}。可推遲截止、縮小範圍或換人。",
        (
            "It must be finished by {due}: it needs {needed}, and {free} are left until then. "
            "A later date, a smaller scope or another person would help."
        ),
    ),
    "pin_clash": (
        "固定的时间（{start}）与{task}冲突。请改动其中一个。",
        "固定的時間（{start}）與{task}衝突。請改動其中一個。",
        "Its fixed time ({start}) clashes with {task}. Move one of them.",
    ),
    "pin_before_predecessor": (
        "固定的时间（{start}）早于前置任务{task}的完成时间（{finish}）。请改动其中一个。",
        "固定的時間（{start}）早於前置任務{task}的完成時間（{finish}）。請改動其中一個。",
        "Its fixed time ({start}) is before {task} is finished ({finish}). Move one of them.",
    ),
    "pin_outside": (
        "固定的时间（{start}）不在计划期内。",
        "固定的時間（{start}）不在計劃期內。",
        "Its fixed time ({start}) is outside the planned period.",
    ),
    "no_common_time": (
        "{people}没有共同的空闲时间，需要{needed}。",
        "{people}沒有共同的空閒時間，需要{needed}。",
        "{people} have no {needed} free at the same time.",
    ),
    "no_estimate": (
        "没有填耗时预估，按{minutes}计算。",
        "沒有填耗時預估，按{minutes}計算。",
        "It has no estimate; {minutes} are assumed.",
    ),
    "bad_estimate": (
        "耗时预估不大于零，按{minutes}计算。",
        "耗時預估不大於零，按{minutes}計算。",
        "Its estimate is not above zero; {minutes} are assumed.",
    ),
    "unknown_predecessor": (
        "找不到前置任务{task}，按已完成处理。请核对名称。",
        "找不到前置任務{task}，按已完成處理。請核對名稱。",
        "There is no task called {task}; it is taken as done. Check the name.",
    ),
}

LANGUAGES: dict[Language, int] = {"zh-Hans": 0, "zh-Hant": 1, "en": 2}
QUOTES: dict[Language, str] = {"zh-Hans": "“{}”", "zh-Hant": "「{}」", "en": "“{}”"}
WEEKDAYS: dict[Language, str] = {"zh-Hans": "一二三四五六日", "zh-Hant": "一二三四五六日", "en": ""}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def render(reasons: Iterable[Reason], language: Language) -> str:
    """Return the reasons as whole sentences of `language`, in the order given."""
    sentences = [sentence(reason, language) for reason in reasons]
    return (" " if language == "en" else "").join(sentences)


def sentence(reason: Reason, language: Language) -> str:
    """Return one reason as one sentence (or a sentence and what would help)."""
    template = SENTENCES[_variant(reason)][LANGUAGES[language]]
    return template.format(**_shown(reason.params, language))


def _variant(reason: Reason) -> str:
    """Return which sentence fits the values of the reason."""
    params: Mapping[str, Any] = reason.params
    match reason.code:
        case Code.FIRST if params["disposal"] is Disposal.NOW:
            return "first_now"
        case Code.AFTER_PREDECESSOR if params["lag"]:
            return "after_predecessor_lag"
        case Code.AHEAD if not params["minutes"]:
            return "ahead_none"
        case Code.LATE_TAKEN if params["free"] >= params["needed"]:
            return "late_scattered"
        case Code.CYCLE if len(params["tasks"]) == 1:
            return "cycle_self"
        case Code.FULL if params["free"] >= params["needed"]:
            return "full_scattered"
        case Code.FULL if params["kept"]:
            return "full_kept"
        case Code.NO_ESTIMATE if params["given"] is not None:
            return "bad_estimate"
    return reason.code.value


def _shown(params: Mapping[str, Any], language: Language) -> dict[str, str]:
    quote = QUOTES[language].format
    shown: dict[str, str] = {}
    for name, value in params.items():
        if name in ("task", "person"):
            shown[name] = quote(value)
        elif name == "tasks":
            shown[name] = _listed([quote(one) for one in value], language)
            shown["walk"] = " → ".join(quote(one) for one in [*value, *value[:1]])
        elif name == "people":
            shown[name] = _listed(value, language)
        elif isinstance(value, datetime):
            shown[name] = moment(value, language, begins=name in ("earliest", "start"))
        elif name == "pieces":
            shown[name] = str(value)
        elif isinstance(value, int):
            shown[name] = length(value, language)
    return shown


def _listed(values: list[str], language: Language) -> str:
    if language != "en":
        return "、".join(values)
    return " and ".join([", ".join(values[:-1]), values[-1]] if len(values) > 1 else values)


def length(minutes: int, language: Language) -> str:
    """Return a length of time as people say it: below an hour in minutes, else in hours."""
    if minutes < 60:
        return (
            f" {minutes} 分钟".replace("钟", "鐘" if language == "zh-Hant" else "钟")
            if language != "en"
            else (f"{minutes} min")
        )
    hours = f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
    return {"zh-Hans": f" {hours} 小时", "zh-Hant": f" {hours} 小時", "en": f"{hours} h"}[language]


def moment(instant: datetime, language: Language, *, begins: bool = False) -> str:
    """Return an instant as date, weekday and time.

    A midnight stands for a whole day: the one it ends, or the one it begins if something `begins` then.
    """
    day, clock = instant.date(), f" {instant:%H:%M}"
    if instant.time() == time(0):
        day, clock = day if begins else day - timedelta(days=1), ""
    if language == "en":
        return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{clock}"
    return f"{day.month}月{day.day}日周{WEEKDAYS[language][day.weekday()]}{clock}".replace(
        "周", "週" if language == "zh-Hant" else "周"
    )
