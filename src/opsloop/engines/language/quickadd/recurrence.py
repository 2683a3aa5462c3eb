"""How work comes round again, in Chinese: 每天, 每周一三五, 隔周五, 每月15号, 每月最后一个工作日."""

from __future__ import annotations

import re
from dataclasses import replace

from opsloop.engines.language.quickadd.clocks import clock_at
from opsloop.engines.language.quickadd.days import weekday_holds
from opsloop.engines.language.quickadd.durations import amount_at
from opsloop.engines.language.quickadd.every import english_rule_at
from opsloop.engines.language.quickadd.line import Line
from opsloop.engines.language.quickadd.numerals import NUMBER, whole, whole_within
from opsloop.engines.language.quickadd.periods import WEEK, WEEKDAY, WEEKDAYS, position_of
from opsloop.engines.language.quickadd.pieces import Kept, RulePiece
from opsloop.engines.language.quickadd.rules import WORKDAYS, Frequency, Rule
from opsloop.engines.language.quickadd.words import MEASURE

_WORKDAY_RULE = Rule("WEEKLY", weekdays=WORKDAYS)
_WEEKEND_RULE = Rule("WEEKLY", weekdays=(5, 6))
_WORKDAYS = re.compile(
    "(?:每个?工作[日天](?:每[天日])?|工作[日天]每[天日]|(?:每个?)?周一[至到~-]周五每[天日])"
)
_BARE_WORKDAYS = re.compile("工作[日天](?:的| )?")
_WEEKENDS = re.compile("每(?:逢|个|一个)?周末(?!前|之前|以前)|周末每[天日]")
_EVERY = re.compile(
    f"(?:每(?P<gap>隔)?(?P<n>{NUMBER}(?!月))? ?(?:个|逢)?|(?P<skip>隔)|(?P<on>逢(?=周|星期|礼拜)))"
    "(?P<unit>天|日|周(?!年|末|期|转|边)|星期|礼拜|月|季度?|半年|年)"
)
_EVERY_PART = re.compile("每(?=[早晚](?!报|会|餐|餐|班|期|安|间))")
_TIMES = re.compile(f"(?P<n>{NUMBER})个?(?P<unit>天|周|星期|礼拜|月|季度|年)一次(?!性)")
_ONCE = re.compile(" ?一次(?!性)")
_WEEKDAY = re.compile(f"(?: ?的? ?{WEEK})?(?P<w>{WEEKDAY})")
_SPACED_WEEKDAY = re.compile(f" ?的? ?{WEEK}(?P<w>{WEEKDAY})")
_MORE_WEEKDAYS = re.compile(f"(?: ?[、,/和及与] ?)?(?:每?{WEEK})?(?P<w>{WEEKDAY})")
_TO_WEEKDAY = re.compile(f" ?[到至~-] ?(?:每?{WEEK})?(?P<w>{WEEKDAY})")
_MONTH_DAY = re.compile(f" ?的?(?P<d>{NUMBER}) ?[日号](?!楼|线|店|仓|位|链|直播间)")
_LISTED_DAY = re.compile(
    f" ?的?(?P<d>{NUMBER})(?= ?[、,和及与] ?{NUMBER} ?(?:[、,和及与] ?{NUMBER} ?)?[日号])"
)
_MORE_DAYS = re.compile(" ?[、,和及与] ?(?:每月)?")
_EDGE = re.compile(
    f" ?的?(?:(?P<last>(?:月|季度?|年)?[底末]|最后一[天日])|(?P<first>(?:月|季度?|年)?初|第一天|首日)"
    f"|(?P<back_day>倒数第(?P<back_n>{NUMBER})[天日])"
    f"|(?P<nth>第?(?P<n>{NUMBER})|最后一|倒数第(?P<back>{NUMBER})|首)个?"
    f"(?:(?P<work>工作日|工作天)|{WEEK}(?P<w>{WEEKDAY})))"
)
_YEAR_DAY = re.compile(f" ?的?(?P<m>{NUMBER})月(?P<d>{NUMBER})[日号]")
# Behind 每周 a number counts things (每周3篇), unless it begins a time.
_RATE = re.compile(
    f"(?:至少|不少于|约|各|共)?(?:{NUMBER} ?(?:{MEASURE}|[元万千字]|分(?=[^\\w]|$))|一[句歌题图报])"
)
# 每周一起复盘 is together every week; 每周一起草周报 is every Monday.
_TOGETHER = re.compile("起(?![草床飞步诉])(?=\\w)")
_ONE_WORD = re.compile("[起直定些样]")
# 每周一三点 is Monday at three, 每周五三十分 no list; 五点检 and 五月度 begin other words.
_OTHER_WORD = re.compile(
    "点(?![检评赞位击餐名对])|时(?![间候段效])|:|号(?![召码称])|日(?![报活常])|月(?![度会报底初])|十"
)
_NO_RULE = re.compile("(?:优鲜|经济新闻|新闻|更好|逢)")

_FREQUENCIES: dict[str, tuple[Frequency, int]] = {
    "天": ("DAILY", 1), "日": ("DAILY", 1), "周": ("WEEKLY", 1), "星期": ("WEEKLY", 1), "礼拜": ("WEEKLY", 1),
    "月": ("MONTHLY", 1), "季": ("MONTHLY", 3), "季度": ("MONTHLY", 3), "半年": ("MONTHLY", 6),
    "年": ("YEARLY", 1),
}  # fmt: skip


def rule_at(line: Line, start: int) -> RulePiece | Kept | None:
    """Return the recurrence that begins at `start`; or the text to keep, if it is a rate such as 每周3篇."""
    norm = line.norm
    if match := _WORKDAYS.match(norm, start):
        return RulePiece(start, match.end(), _WORKDAY_RULE)
    if match := _WEEKENDS.match(norm, start):
        return RulePiece(start, match.end(), _WEEKEND_RULE)
    if (match := _BARE_WORKDAYS.match(norm, start)) and line.breaks_before(start):
        # 工作日 alone is a word; with a clock time behind it, it is a rule.
        return (
            RulePiece(start, match.end(), _WORKDAY_RULE)
            if clock_at(line, match.end(), after_day=False)
            else None
        )
    if (match := _EVERY_PART.match(norm, start)) and clock_at(line, match.end(), after_day=True):
        return RulePiece(start, match.end(), Rule("DAILY"))
    return _times(line, start) or _every(line, start) or english_rule_at(line, start)


def _times(line: Line, start: int) -> RulePiece | None:
    """两周一次."""
    match = _TIMES.match(line.norm, start)
    number = whole(match["n"]) if match else None
    if match is None or not number or not line.breaks_before(start):
        return None
    frequency, interval = _FREQUENCIES[match["unit"]]
    return RulePiece(start, match.end(), Rule(frequency, interval * number))


def _every(line: Line, start: int) -> RulePiece | Kept | None:
    match = _EVERY.match(line.norm, start)
    if match is None:
        return None
    frequency, interval = _FREQUENCIES[match["unit"]]
    number = whole(match["n"]) if match["n"] else 1
    if not number or (match["unit"] == "半年" and match["n"]):
        return None
    if match["skip"] or (match["gap"] and number == 1):
        number = 2
    piece = RulePiece(start, match.end(), Rule(frequency, interval * number))
    if match["skip"] and line.norm[start - 1 : start] in ("间", "相", "阻", "分", "距", "悬"):
        return None
    return _narrowed(line, piece, match["unit"])


def _narrowed(line: Line, piece: RulePiece, unit: str) -> RulePiece | Kept | None:
    """Read on for the days: 每周|一三五, 每月|最后一个工作日, 每年|3月5日."""
    once = _ONCE.match(line.norm, piece.end)
    if once:
        return replace(piece, end=once.end())
    if _NO_RULE.match(line.norm, piece.end):
        return Kept(piece.start, piece.end)
    if unit in ("周", "星期", "礼拜"):
        found = _on_weekdays(line, piece)
    elif unit in ("天", "日"):
        found = None
    else:
        found = (
            _on_year_day(line, piece)
            if unit == "年"
            else _on_month_days(line, piece)
            if unit == "月"
            else None
        )
        found = found or _on_edge(line, piece, unit)
    if found:
        return found
    if _RATE.match(line.norm, piece.end) and not _time_at(line, piece.end):
        return Kept(piece.start, piece.end)
    return piece


def _time_at(line: Line, start: int) -> bool:
    if clock_at(line, start, after_day=True) is not None:
        return True
    amount = amount_at(line.norm, start)
    return amount is not None and amount.work_minutes is not None


def _on_weekdays(line: Line, piece: RulePiece) -> RulePiece | Kept | None:
    norm = line.norm
    match = _WEEKDAY.match(norm, piece.end) or _SPACED_WEEKDAY.match(norm, piece.end)
    if match is None:
        return None
    glued = match.end() == piece.end + 1
    if glued and piece.rule.interval > 1 and norm[piece.start] == "每" and not _ends_list(line, match.end()):
        # 每两周三方会谈 is no Wednesday.
        return None
    if not weekday_holds(norm, match.end()):
        # 每周三次 and 每周日活 are no weekdays; 每周日报 is a weekly report at best.
        return Kept(piece.start, match.end())
    if glued and match["w"] == "一" and _TOGETHER.match(norm, match.end()):
        return None
    days, end = [WEEKDAYS[match["w"]]], match.end()
    through = _TO_WEEKDAY.match(norm, end)
    if through and weekday_holds(norm, through.end()):
        last = WEEKDAYS[through["w"]]
        return _with_days(
            piece, through.end(), range(days[0], last + 1) if last > days[0] else (days[0], last)
        )
    while (more := _MORE_WEEKDAYS.match(norm, end)) and _continues(norm, end, more, days):
        days, end = [*days, WEEKDAYS[more["w"]]], more.end()
    return _with_days(piece, end, days)


def _ends_list(line: Line, end: int) -> bool:
    return line.breaks_at(end) or clock_at(line, end, after_day=True) is not None or line.norm[end] == "的"


def _continues(norm: str, end: int, more: re.Match[str], days: list[int]) -> bool:
    """Tell 每周一三五 from 每周一三点 (at three), 每周五一起 (together) and 每周一日报."""
    if not weekday_holds(norm, more.end()) or _OTHER_WORD.match(norm, more.end()):
        return False
    if norm[more.start("w") - 1] in "周期拜" and more.start("w") > end:
        return True
    listed = norm[end : more.start("w")].strip(" ")
    if listed:
        return True
    if more["w"] == "一" and _ONE_WORD.match(norm, more.end()):
        return False
    alone = norm[more.end() : more.end() + 1] in ("", " ")
    return WEEKDAYS[more["w"]] not in days and (more["w"] not in "日天" or alone)


def _with_days(piece: RulePiece, end: int, days: range | list[int] | tuple[int, ...]) -> RulePiece:
    return RulePiece(piece.start, end, replace(piece.rule, weekdays=tuple(sorted(set(days)))))


def _on_month_days(line: Line, piece: RulePiece) -> RulePiece | None:
    """每月15号, 每月1号和15号, 每月1、15号."""
    norm, end, days = line.norm, piece.end, list[int]()
    while match := _MONTH_DAY.match(norm, end) or _LISTED_DAY.match(norm, end):
        number = whole_within(match["d"], 1, 31)
        if number is None:
            break
        days, end = [*days, number], match.end()
        more = _MORE_DAYS.match(norm, end)
        if more is None or not (_MONTH_DAY.match(norm, more.end()) or _LISTED_DAY.match(norm, more.end())):
            break
        end = more.end()
    if not days:
        return None
    return RulePiece(piece.start, end, replace(piece.rule, month_days=tuple(sorted(set(days)))))


def _on_year_day(line: Line, piece: RulePiece) -> RulePiece | None:
    match = _YEAR_DAY.match(line.norm, piece.end)
    if match is None:
        return None
    month, day = whole_within(match["m"], 1, 12), whole_within(match["d"], 1, 31)
    if month is None or day is None:
        return None
    return RulePiece(piece.start, match.end(), replace(piece.rule, months=(month,), month_days=(day,)))


def _on_edge(line: Line, piece: RulePiece, unit: str) -> RulePiece | None:
    match = _EDGE.match(line.norm, piece.end)
    if match is None or unit == "半年":
        return None
    first = bool(match["first"]) or bool(match["nth"] and (position_of(match) or 0) >= 0)
    rule = _in_months(piece.rule, unit, first=first)
    if match["last"] or match["first"]:
        rule = replace(rule, month_days=(1 if first else -1,))
    elif match["back_day"]:
        rule = replace(rule, month_days=(-(whole(match["back_n"]) or 1),))
    else:
        position = position_of(match)
        if position is None:
            return None
        position += position >= 0
        if match["work"]:
            rule = replace(rule, weekdays=WORKDAYS, set_position=position)
        else:
            rule = replace(rule, weekdays=(WEEKDAYS[match["w"]],), nth=position)
    return RulePiece(piece.start, match.end(), rule)


def _in_months(rule: Rule, unit: str, *, first: bool) -> Rule:
    """Say quarters and years by their months, so that the rule does not hang on the day it was made."""
    if unit == "年":
        return replace(rule, months=(1 if first else 12,)) if rule.interval == 1 else rule
    if unit in ("季", "季度") and rule.interval == 3:
        return Rule("MONTHLY", months=(1, 4, 7, 10) if first else (3, 6, 9, 12))
    return rule
