"""Sentences about the ranking, in three languages. This file is a table: anyone may mend a sentence."""

from __future__ import annotations

from opsloop.engines.priority import Disposal, Nearness, Priority
from opsloop.engines.workcalendar import Language

LANGUAGES: dict[Language, int] = {"zh-Hans": 0, "zh-Hant": 1, "en": 2}

DISPOSALS: dict[Disposal, tuple[str, str, str]] = {
    Disposal.NOW: ("立即", "立即", "Do now"),
    Disposal.PLAN: ("规划", "規劃", "Plan"),
    Disposal.DELEGATE: ("授权", "授權", "Delegate"),
    Disposal.DEFER: ("暂缓", "暫緩", "Defer"),
}
QUADRANTS: dict[int, tuple[str, str, str]] = {
    1: ("重要且紧急，立即处理。", "重要且緊急，立即處理。", "Important and urgent: do it now."),
    2: ("重要不紧急，规划时间做。", "重要不緊急，規劃時間做。", "Important, not urgent: plan time for it."),
    3: (
        "紧急不重要，可授权他人。",
        "緊急不重要，可授權他人。",
        "Urgent, not important: it may be delegated.",
    ),
    4: ("不紧急也不重要，可暂缓。", "不緊急也不重要，可暫緩。", "Neither urgent nor important: it can wait."),
}
NEARNESS: dict[Nearness, tuple[str, str, str]] = {
    Nearness.OVERDUE: ("已过截止时间。", "已過截止時間。", "It is overdue."),
    Nearness.TODAY: ("当天截止。", "當天截止。", "It is due that day."),
    Nearness.SOON: ("三天内截止。", "三天內截止。", "It is due within three days."),
    Nearness.LATER: ("三天以后截止。", "三天以後截止。", "It is due in more than three days."),
    Nearness.NONE: ("没有截止时间。", "沒有截止時間。", "It has no due date."),
}
UNKNOWN_RELEVANCE = (
    "没有填目标关联度，按3计算。",
    "沒有填目標關聯度，按3計算。",
    "It has no goal relevance; 3 is assumed.",
)
UNKNOWN_URGENCY = (
    "没有填紧急程度，按中计算。",
    "沒有填緊急程度，按中計算。",
    "It has no urgency; medium is assumed.",
)
OVERRIDDEN = ("象限由人指定。", "象限由人指定。", "A person chose the quadrant.")
PROVISIONAL = (
    "{year}年的放假调休安排尚未收录，按法定节假日和周末计算。",
    "{year}年的放假調休安排尚未收錄，按法定節假日和週末計算。",
    "The official holiday notice for {year} is not known yet; statutory holidays and weekends are assumed.",
)
NO_WORKDAYS = (
    "{week}没有工作日。",
    "{week}沒有工作日。",
    "{week} has no working day.",
)
NO_TASKS = (
    "表里没有任务。请检查工作表是否选对。",
    "表裡沒有任務。請檢查工作表是否選對。",
    "There is no task on the sheet. Check that it is the right one.",
)


def disposal(found: Priority, language: Language) -> str:
    """Return what to do with the task, in a word or two."""
    return DISPOSALS[found.disposal][LANGUAGES[language]]


def why(found: Priority, language: Language) -> str:
    """Return why the task has its quadrant, in whole sentences."""
    sentences = [QUADRANTS[found.quadrant], NEARNESS[found.nearness]]
    if found.relevance is None:
        sentences.append(UNKNOWN_RELEVANCE)
    if found.urgency is None:
        sentences.append(UNKNOWN_URGENCY)
    if found.overridden:
        sentences.append(OVERRIDDEN)
    joint = " " if language == "en" else ""
    return joint.join(sentence[LANGUAGES[language]] for sentence in sentences)
