"""Calendar days: 明天, 下周五, 12月5日, 2026/11/30, 15号, 下个工作日, 周末前, 3天后, next Fri, Dec 5."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from opsloop.engines.language.quickadd.clocks import clock_at, has_day_part
from opsloop.engines.language.quickadd.durations import Amount, amount_at
from opsloop.engines.language.quickadd.english import english_day_at
from opsloop.engines.language.quickadd.frame import Frame
from opsloop.engines.language.quickadd.line import Line
from opsloop.engines.language.quickadd.numerals import NUMBER, whole, whole_within
from opsloop.engines.language.quickadd.periods import (
    WEEK,
    WEEKDAY,
    WEEKDAYS,
    WHICH,
    YEAR,
    add_months,
    coming_date,
    coming_day_of_month,
    period_edge_at,
    steps_of,
    year_of,
)
from opsloop.engines.language.quickadd.pieces import DayPiece, MomentPiece
from opsloop.engines.language.quickadd.words import MEASURE, either

Day = DayPiece | None
_ONE_DAY = timedelta(days=1)
_RELATIVE = {"今": 0, "明": 1, "后": 2, "大后": 3}
# A weekday sign that counts something: 周三次, 每周五天, 本周三个任务; but not 周三次日达, 周五项目会.
NO_WEEKDAY = f"(?:{MEASURE}|天(?!津|猫|河|府)|大(?=任务|重点|核心|目标|板块|问题))"
_NO_SUNDAY = "(?:[报均常志历程记期销增]|活(?!动)|环比)"

_RELATIVE_DAY = re.compile("(?P<day>大?后|今|明)(?:[天日](?!性|之后|方舟|头条|资本)|(?<=[今明])儿个?)")
_SHORT_DAY = re.compile("(?P<day>[今明后])(?=[早晚晨夜])")
_WEEK_DAY = re.compile(f"(?P<which>{WHICH}){WEEK}(?:(?: |的)?{WEEK})?(?P<w>{WEEKDAY})")
_WEEKS_ON = re.compile(f"(?P<n>{NUMBER}) ?个?{WEEK}(?:之后|以后|后)(?: |的)?{WEEK}(?P<w>{WEEKDAY})")
_BARE_WEEKDAY = re.compile(f"{WEEK}(?P<w>{WEEKDAY})")
_LISTED = re.compile(f"{WEEKDAY}{{1,6}}(?![^ ,，、。])")
_MONTH_DAY = re.compile(
    f"(?:(?P<y>{YEAR}) ?年 ?)?(?P<m>{NUMBER}) ?月份? ?(?P<d>{NUMBER})(?: ?(?P<sign>[日号]))?"
)
_WHICH_MONTH_DAY = re.compile(f"(?P<which>{WHICH})月份? ?的?(?P<d>{NUMBER}) ?[日号]")
_DAY_OF_MONTH = re.compile(f"(?P<d>{NUMBER}) ?(?P<sign>[日号])")
_D = "[0-9]{1,2}"
_SEP = "(?P<sep>[-/.])"
_YMD = re.compile(
    f"(?P<y>[0-9]{{4}}){_SEP}(?P<m>{_D})(?P=sep)(?P<d>{_D})(?=t[0-9]|[^0-9a-z_/]|$)(?!\\.[0-9])"
)
_YMD_SPACED = re.compile("(?P<y>(?:19|20)[0-9]{2}) (?P<m>[01][0-9]) (?P<d>[0-3][0-9])(?![0-9a-z])")
_DMY = re.compile(f"(?P<a>{_D}){_SEP}(?P<b>{_D})(?P=sep)(?P<y>[0-9]{{4}})(?![0-9a-z_/-])")
_SHORT_YMD = re.compile(f"(?P<a>{_D}){_SEP}(?P<b>{_D})(?P=sep)(?P<c>{_D})(?![0-9a-z_/.-])")
# 1/2 and 3/4 are shares rather than days, unless a deadline is said.
_SHARE = "(?:1/[234]|2/3|3/4)(?![0-9/]|前|之前|截止)"
_SLASHED = re.compile(f"(?!{_SHARE})(?P<m>{_D})/(?P<d>{_D})(?![0-9a-z_/%])")
_DOTTED = re.compile(
    "(?P<m>[0-9]{1,2})[.-](?P<d>[0-9]{1,2})(?= ?(?:[0-9]{1,2}:[0-9]{2} ?)?(?:前(?!后|端)|之前|以前|截止))"
)
# 12-05 and 11-30 by themselves: two digits each, and no range such as 10-12 could be.
_DASHED = re.compile(
    "(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12][0-9]|3[01])(?![^ ,，])(?! ?(?:点|个|人|名|份|篇|条|岁|元|天|小时|分钟))"
)
_NEXT_WORKDAY = re.compile("(?:下一?1?个|次个?|下)工作[日天]")
_BEFORE_WEEKEND = re.compile("(?P<which>(?:(?:这|本|下{1,2})个?)?)周末(?:之前|以前|前)")
_AFTER = re.compile(" ?(?:之后|以后|后(?![台端续期勤置果备视来者天加排]|半[段程场]|面(?![试谈访签])))")
_WITHIN = re.compile(" ?(?:之内|以内|内)")
# What, right behind it, makes 3号 the name of a thing and 7日 a length of time.
_NO_DAY_AHEAD = {
    "号": re.compile(
        either(
            "楼 线 店 仓 位 文件 门 机 院 馆 厅 会议室 桌 房 厂 库 产品 直播间 账号 车 方案 选手 链接 包 柜 人物",
            "坑 池 口 站点 群",
        )
    ),
    "日": re.compile(
        either(
            "留存 活跃 活用户 内 游 均 退 无理由 复购 转化 新增 达 打卡 gmv roi ltv dau 数据 环比 同比 滚动 累计 年化"
        )
    ),
}
_COUNTED_BEFORE = re.compile("[近前后第满每超共达足余月周]$|星期$|礼拜$|过去$|未来$|连续$|最近$")
# 农历八月初五, and a year that could not be read.
_NOT_THIS_CALENDAR = re.compile("(?:农历|阴历|旧历|年)$")


def day_at(line: Line, start: int, frame: Frame) -> DayPiece | MomentPiece | None:
    """Return the longest reading of a day, or of a moment such as 2小时后, that begins at `start`."""
    found: list[DayPiece | MomentPiece] = []
    for read in _READERS:
        try:
            piece = read(line, start, frame)
        except (ValueError, OverflowError):
            # No such day (2月30日), or beyond the year 9999.
            continue
        if piece is not None:
            found.append(piece)
    return max(found, key=lambda piece: piece.end, default=None)


def next_weekday(today: date, weekday: int) -> date:
    """Return the next such day, today excluded."""
    return today + _ONE_DAY * ((weekday - today.weekday() - 1) % 7 + 1)


def weekday_holds(norm: str, end: int) -> bool:
    """Tell whether the weekday sign that ends at `end` is one, unlike in 每周三次 or 本周日报."""
    stops = NO_WEEKDAY if norm[end - 1] in "一二三四五六" else _NO_SUNDAY
    return re.compile(stops).match(norm, end) is None


def _relative_day(line: Line, start: int, frame: Frame) -> Day:
    match = _RELATIVE_DAY.match(line.norm, start)
    if match is None:
        return None
    return DayPiece(start, match.end(), frame.today + _ONE_DAY * _RELATIVE[match["day"]])


def _short_day(line: Line, start: int, frame: Frame) -> Day:
    """今晚8点 and 明早9点 name a day; 今晚 alone does not say when."""
    match = _SHORT_DAY.match(line.norm, start)
    if match is None or not has_day_part(line.norm, match.end()):
        return None
    if clock_at(line, match.end(), after_day=True) is None:
        return None
    return DayPiece(start, match.end(), frame.today + _ONE_DAY * "今明后".index(match["day"]))


def _week_day(line: Line, start: int, frame: Frame) -> Day:
    match = _WEEK_DAY.match(line.norm, start)
    if match is None or not weekday_holds(line.norm, match.end()):
        return None
    days = 7 * steps_of(match["which"]) + WEEKDAYS[match["w"]] - frame.today.weekday()
    return DayPiece(start, match.end(), frame.today + _ONE_DAY * days)


def _weeks_on(line: Line, start: int, frame: Frame) -> Day:
    """两周后的周三: that day of the week two weeks on."""
    match = _WEEKS_ON.match(line.norm, start)
    weeks = whole(match["n"]) if match else None
    if match is None or weeks is None or not weekday_holds(line.norm, match.end()):
        return None
    days = 7 * weeks + WEEKDAYS[match["w"]] - frame.today.weekday()
    return DayPiece(start, match.end(), frame.today + _ONE_DAY * days)


def _bare_weekday(line: Line, start: int, frame: Frame) -> Day:
    match = _BARE_WEEKDAY.match(line.norm, start)
    if match is None or line.norm[start - 1 : start] in tuple("每隔逢第半一两二三四五六上色双单"):
        return None
    # 周一三五 and 周六日 are several days: unsure without 每.
    if not weekday_holds(line.norm, match.end()) or _LISTED.match(line.norm, match.end()):
        return None
    weekday = WEEKDAYS[match["w"]]
    return DayPiece(start, match.end(), next_weekday(frame.today, weekday), weekday=weekday)


def _month_day(line: Line, start: int, frame: Frame) -> Day:
    match = _MONTH_DAY.match(line.norm, start)
    if match is None or _NOT_THIS_CALENDAR.search(line.norm[max(0, start - 2) : start]):
        return None
    if not match["sign"] and not _stands_without_sign(line, match):
        return None
    month, day, year = whole(match["m"]), whole(match["d"]), year_of(match["y"], frame.today)
    if month is None or day is None or year is None:
        return None
    found = date(year, month, day) if match["y"] else coming_date(frame.today, month, day)
    return DayPiece(start, match.end(), found)


def _stands_without_sign(line: Line, match: re.Match[str]) -> bool:
    """12月5 is a day at the end of a word; 12月5场直播 is not, and 八月十五 is a festival."""
    if match[0] in ("八月十五", "五月初五") or line.norm[match.end() : match.end() + 1] in (
        ".",
        "%",
        "-",
        "~",
    ):
        return False
    return line.breaks_at(match.end()) or line.norm[match.end()] in "前早晚上下中凌"


def _which_month_day(line: Line, start: int, frame: Frame) -> Day:
    match = _WHICH_MONTH_DAY.match(line.norm, start)
    day = whole(match["d"]) if match else None
    if match is None or day is None:
        return None
    first = add_months(frame.today.replace(day=1), steps_of(match["which"]))
    return DayPiece(start, match.end(), first.replace(day=day))


def _day_of_month(line: Line, start: int, frame: Frame) -> Day:
    match = _DAY_OF_MONTH.match(line.norm, start)
    day = whole_within(match["d"], 1, 31) if match else None
    if match is None or day is None or _NO_DAY_AHEAD[match["sign"]].match(line.norm, match.end()):
        return None
    if _COUNTED_BEFORE.search(line.norm[max(0, start - 2) : start]):
        return None
    # 十日 and 三日 are more often a number of days than a day of the month.
    if match["sign"] == "日" and not match["d"].isdigit() and not line.breaks_at(match.end()):
        return None
    return DayPiece(
        start, match.end(), coming_day_of_month(frame.today, day), weak=match["sign"] == "号", month_day=day
    )


def _numeric(line: Line, start: int, _frame: Frame) -> Day:
    match = _YMD.match(line.norm, start) or _YMD_SPACED.match(line.norm, start)
    if match:
        end = match.end() + (line.norm[match.end() : match.end() + 1] == "t")
        return DayPiece(start, end, date(int(match["y"]), int(match["m"]), int(match["d"])))
    match = _DMY.match(line.norm, start)
    if match:
        return DayPiece(
            start, match.end(), _day_first(line, int(match["a"]), int(match["b"]), int(match["y"]))
        )
    return _short_numeric(line, start)


def _day_first(line: Line, a: int, b: int, year: int) -> date:
    """1/2/2020: the day first, except in plain English text, which is mostly American."""
    english = any("a" <= c <= "z" for c in line.norm) and not any(line.is_han(n) for n in range(len(line)))
    month, day = (a, b) if (english and a <= 12) or b > 12 else (b, a)
    return date(year, month, day)


def _short_numeric(line: Line, start: int) -> Day:
    """26-11-30 is year first; 3-7-27 and 05/05/89 can only be year last."""
    match = _SHORT_YMD.match(line.norm, start)
    if match is None:
        return None
    a, b, c = match["a"], match["b"], match["c"]
    if len(a) == 2 and 1 <= int(b) <= 12 and 1 <= int(c) <= 31:
        if match["sep"] == "." and not 20 <= int(a) <= 40:
            return None
        return DayPiece(start, match.end(), date(year_of(a, date.min) or 0, int(b), int(c)))
    if match["sep"] == "." or len(c) != 2:
        return None
    return DayPiece(start, match.end(), _day_first(line, int(a), int(b), year_of(c, date.min) or 0))


def _slashed(line: Line, start: int, frame: Frame) -> Day:
    match = _SLASHED.match(line.norm, start) or _DOTTED.match(line.norm, start) or _dashed(line, start)
    if match is None:
        return None
    month, day = int(match["m"]), int(match["d"])
    # 22/04 can only be the day first.
    month, day = (day, month) if month > 12 and "/" in match[0] else (month, day)
    return DayPiece(start, match.end(), coming_date(frame.today, month, day), weak=True)


def _dashed(line: Line, start: int) -> re.Match[str] | None:
    """Return the match of 11-30 as a word of its own; 10-12 may be a range and stays."""
    match = _DASHED.match(line.norm, start)
    if match is None or not line.breaks_before(start):
        return None
    is_range = int(match["m"]) < int(match["d"]) <= 12 and "0" not in (match["m"][0], match["d"][0])
    return None if is_range else match


def _next_workday(line: Line, start: int, frame: Frame) -> Day:
    match = _NEXT_WORKDAY.match(line.norm, start)
    return DayPiece(start, match.end(), frame.calendar.next_workday(frame.today)) if match else None


def _before_weekend(line: Line, start: int, frame: Frame) -> Day:
    match = _BEFORE_WEEKEND.match(line.norm, start)
    if match is None:
        return None
    return DayPiece(start, match.end(), last_workday(frame, steps_of(match["which"])), deadline=True)


def last_workday(frame: Frame, weeks: int) -> date:
    """Return the last working day of the week `weeks` on; of the next week if this one's is over."""
    asked = frame.today + timedelta(weeks=weeks)
    day = frame.calendar.last_workday_of_week(asked)
    return day if day >= frame.today else frame.calendar.last_workday_of_week(asked + timedelta(weeks=1))


def _after_or_within(line: Line, start: int, frame: Frame) -> DayPiece | MomentPiece | None:
    """3天后 is a day, 2小时后 a moment; 3天内 and 2小时内 are deadlines if nothing touches them."""
    amount = amount_at(line.norm, start)
    if amount is None:
        return None
    after = _AFTER.match(line.norm, amount.end)
    within = _WITHIN.match(line.norm, amount.end)
    if within and not (line.breaks_before(start) and line.breaks_at(within.end())):
        return None
    match = after or within
    return offset_piece(start, match.end(), amount, frame, deadline=match is within) if match else None


def offset_piece(
    start: int, end: int, amount: Amount, frame: Frame, *, deadline: bool = False
) -> DayPiece | MomentPiece | None:
    """Return the day or moment that is `amount` from now, or None for half a month and the like."""
    if amount.unit == "minute":
        return MomentPiece(start, end, frame.later(timedelta(minutes=amount.value)), deadline=deadline)
    if amount.value != int(amount.value):
        return None
    return DayPiece(start, end, _offset(amount.unit, int(amount.value), frame), deadline=deadline)


def _offset(unit: str, value: int, frame: Frame) -> date:
    if unit == "workday":
        return frame.calendar.add_workdays(frame.today, value)
    if unit in ("month", "year"):
        return add_months(frame.today, value * (12 if unit == "year" else 1))
    return frame.today + _ONE_DAY * value * (7 if unit == "week" else 1)


def _english(line: Line, start: int, frame: Frame) -> DayPiece | MomentPiece | None:
    found = english_day_at(
        line, start, frame.today, lambda: frame.calendar, lambda weeks: last_workday(frame, weeks)
    )
    if isinstance(found, Amount):
        return offset_piece(start, found.end, found, frame)
    return found


_READERS: tuple[Callable[[Line, int, Frame], DayPiece | MomentPiece | None], ...] = (
    _relative_day,
    _short_day,
    _week_day,
    _weeks_on,
    _bare_weekday,
    _month_day,
    _which_month_day,
    _day_of_month,
    _numeric,
    _slashed,
    _next_workday,
    _before_weekend,
    period_edge_at,
    _after_or_within,
    _english,
)
