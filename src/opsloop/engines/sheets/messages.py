"""What is wrong with a cell, as a sentence with its remedy, in three languages. One line a rule."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SLOT = re.compile(r"\{(\w+)\}")

LANGUAGES = ("zh-hans", "zh-hant", "en")

_WHERE = {
    "zh-hans": "第{row}行“{column}”：",
    "zh-hant": "第{row}列「{column}」：",
    "en": "Row {row}, “{column}”: ",
}

# code -> (zh-Hans, zh-Hant, en). Those in `OF_THE_SHEET` name no cell.
SENTENCES: dict[str, tuple[str, str, str]] = {
    "title_missing": (
        "这一行有内容，但没有任务名称。请填写名称，或删除这一行。",
        "這一列有內容，但沒有任務名稱。請填寫名稱，或刪除這一列。",
        "this row has content but no task name. Enter a name, or delete the row.",
    ),
    "error_cell": (
        "公式出错，显示为{value}。请修正公式，或直接填写内容。",
        "公式出錯，顯示為{value}。請修正公式，或直接填寫內容。",
        "the formula failed and shows {value}. Repair it, or type the content.",
    ),
    "not_a_date": (
        "“{value}”不是一个明确的日期。请写成 2026-11-30 或 11月30日 的样子。",
        "「{value}」不是一個明確的日期。請寫成 2026-11-30 或 11月30日 的樣子。",
        "“{value}” is not one definite date. Write it like 2026-11-30 or Nov 30.",
    ),
    "no_such_date": (
        "日历上没有“{value}”这一天。请改成存在的日期。",
        "日曆上沒有「{value}」這一天。請改成存在的日期。",
        "there is no such day as “{value}”. Change it to a day that exists.",
    ),
    "no_such_time": (
        "“{value}”里的时刻不存在。请写成 18:00 的样子。",
        "「{value}」裡的時刻不存在。請寫成 18:00 的樣子。",
        "the time of day in “{value}” does not exist. Write it like 18:00.",
    ),
    "ambiguous_date": (
        "“{value}”可以是{first}，也可以是{second}。请把年份写在前面。",
        "「{value}」可以是{first}，也可以是{second}。請把年份寫在前面。",
        "“{value}” may be {first} or {second}. Write the year first.",
    ),
    "date_out_of_range": (
        "“{value}”的年份是{year}，应在2000年到2100年之间。请检查日期。",
        "「{value}」的年份是{year}，應在2000年到2100年之間。請檢查日期。",
        "“{value}” is in the year {year}; dates from 2000 to 2100 are accepted. Check the date.",
    ),
    "ends_before_start": (
        "“{value}”的结束早于开始。请检查起止时间。",
        "「{value}」的結束早於開始。請檢查起訖時間。",
        "“{value}” ends before it starts. Check both times.",
    ),
    "not_a_duration": (
        "“{value}”不是时长。请写成 2h、2.5小时 或 30min。",
        "「{value}」不是時長。請寫成 2h、2.5小時 或 30min。",
        "“{value}” is not a duration. Write it like 2h or 30min.",
    ),
    "duration_range": (
        "“{value}”是一个范围。请只写一个时长，例如取较大的数。",
        "「{value}」是一個範圍。請只寫一個時長，例如取較大的數。",
        "“{value}” is a range. Write one duration, for instance the larger one.",
    ),
    "duration_not_positive": (
        "时长“{value}”必须大于0。",
        "時長「{value}」必須大於0。",
        "the duration “{value}” must be more than 0.",
    ),
    "duration_too_long": (
        "时长“{value}”超过2000小时。请检查单位，或把任务拆开。",
        "時長「{value}」超過2000小時。請檢查單位，或把任務拆開。",
        "the duration “{value}” is more than 2,000 hours. Check the unit, or divide the task.",
    ),
    "not_a_relevance": (
        "“{value}”不是目标关联度。请填1到5的整数。",
        "「{value}」不是目標關聯度。請填1到5的整數。",
        "“{value}” is no goal relevance. Enter a whole number from 1 to 5.",
    ),
    "relevance_out_of_range": (
        "目标关联度“{value}”不在范围内。请填1到5的整数。",
        "目標關聯度「{value}」不在範圍內。請填1到5的整數。",
        "the goal relevance “{value}” is out of range. Enter a whole number from 1 to 5.",
    ),
    "not_an_urgency": (
        "“{value}”不是紧急程度。请填高、中或低。",
        "「{value}」不是緊急程度。請填高、中或低。",
        "“{value}” is no urgency. Enter high, medium or low.",
    ),
    "not_yes_or_no": (
        "“{value}”看不出是或否。请填是或否。",
        "「{value}」看不出是或否。請填是或否。",
        "“{value}” is neither yes nor no. Enter yes or no.",
    ),
    "not_a_progress": (
        "“{value}”不是进度。请填0%到100%。",
        "「{value}」不是進度。請填0%到100%。",
        "“{value}” is no progress. Enter 0% to 100%.",
    ),
    "unknown_prerequisite": (
        "表里没有名称或编号为“{name}”的任务。请改成表中的任务名称或编号。",
        "表裡沒有名稱或編號為「{name}」的任務。請改成表中的任務名稱或編號。",
        "no task on the sheet is called or numbered “{name}”. Use a task name or number from the sheet.",
    ),
    "depends_on_itself": (
        "任务不能以自己为前置任务。请删除或改成别的任务。",
        "任務不能以自己為前置任務。請刪除或改成別的任務。",
        "a task cannot wait for itself. Delete it, or name another task.",
    ),
    "not_a_prerequisite": (
        "“{value}”不是任务名称或编号，可能被自动改成了日期。请设为文本后重新填写。",
        "「{value}」不是任務名稱或編號，可能被自動改成了日期。請設為文字後重新填寫。",
        "“{value}” is no task name or number; it may have become a date. Format it as text, type it again.",
    ),
    "not_a_fixed_time": (
        "“{value}”不是固定时间。请写成 11月25日 14:00-15:00。",
        "「{value}」不是固定時間。請寫成 11月25日 14:00-15:00。",
        "“{value}” is no fixed time. Write it like 2026-11-25 14:00-15:00.",
    ),
    "fixed_time_without_clock": (
        "“{value}”没有写几点到几点。请写成 11月25日 14:00-15:00。",
        "「{value}」沒有寫幾點到幾點。請寫成 11月25日 14:00-15:00。",
        "“{value}” does not say from when to when. Write it like 2026-11-25 14:00-15:00.",
    ),
    "fixed_time_without_day": (
        "“{value}”没有写哪一天。请写成 11月25日 14:00-15:00，或填写截止时间。",
        "「{value}」沒有寫哪一天。請寫成 11月25日 14:00-15:00，或填寫截止時間。",
        "“{value}” does not say which day. Write it like 2026-11-25 14:00-15:00, or enter a due date.",
    ),
    "fixed_time_without_end": (
        "“{value}”没有结束时间，也没有预计耗时。请补上其中一个。",
        "「{value}」沒有結束時間，也沒有預計耗時。請補上其中一個。",
        "“{value}” has no end and the task has no estimate. Add one of them.",
    ),
    "fixed_time_recurs": (
        "“{value}”是重复的时间，这里只能写一天。请写明日期。",
        "「{value}」是重複的時間，這裡只能寫一天。請寫明日期。",
        "“{value}” recurs, but one day is wanted here. Write the date.",
    ),
    "no_headings": (
        "工作表“{value}”里找不到表头，看不出哪一列是任务名称。请加一行表头，例如：任务名称、负责人、预计耗时、截止时间。",
        "工作表「{value}」裡找不到標題列，看不出哪一欄是任務名稱。請加一列標題，例如：任務名稱、負責人、預計耗時、截止時間。",
        (
            "no headings were found on the sheet “{value}”, so the column of task names is unknown. "
            "Add a row of headings, for example: Task, Owner, Estimate, Due."
        ),
    ),
    "empty_sheet": (
        "工作表“{value}”是空的。请选择有任务的工作表。",
        "工作表「{value}」是空的。請選擇有任務的工作表。",
        "the sheet “{value}” is empty. Choose the sheet with the tasks.",
    ),
}

OF_THE_SHEET = frozenset({"no_headings", "empty_sheet"})


def render(code: str, params: Mapping[str, str], language: str = "zh-hans") -> str:
    """Return the sentence for `code` in `language` ("zh-hans", "zh-hant" or "en"), its cell named first."""
    place = LANGUAGES.index(language.lower())
    where = "" if code in OF_THE_SHEET else _WHERE[LANGUAGES[place]]
    # One pass, so that braces inside a cell stay text.
    return _SLOT.sub(lambda slot: _short(params.get(slot[1], "")), where + SENTENCES[code][place])


def reason(code: str, params: Mapping[str, str], language: str = "zh-hans") -> str:
    """Return the sentence for `code` without the place of its cell: for who looks at the cell already."""
    said = SENTENCES[code][LANGUAGES.index(language.lower())]
    text = _SLOT.sub(lambda slot: _short(params.get(slot[1], "")), said)
    return text[:1].upper() + text[1:]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"
