"""Calendar days in English: tomorrow, next Fri, Dec 5th, in 3 days, by the 15th, before the weekend."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from opsloop.engines.language.quickadd.durations import Amount, amount_at
from opsloop.engines.language.quickadd.line import Line
from opsloop.engines.language.quickadd.numerals import ENGLISH_NUMBER
from opsloop.engines.language.quickadd.periods import add_months, coming_date, coming_day_of_month
from opsloop.engines.language.quickadd.pieces import DayPiece
from opsloop.engines.workcalendar import WorkCalendar

_NO_WORD = "(?![a-z0-9_])"
WEEKDAY_NAMES = (
    ("monday", "mon"),
    ("tuesday", "tues", "tue"),
    ("wednesday", "weds", "wed"),
    ("thursday", "thurs", "thur", "thu"),
    ("friday", "fri"),
    ("saturday", "sat"),
    ("sunday", "sun"),
)
ENGLISH_WEEKDAYS = {name: n for n, names in enumerate(WEEKDAY_NAMES) for name in names}
WEEKDAY_WORD = f"(?:{'|'.join(sorted(ENGLISH_WEEKDAYS, key=len, reverse=True))})"
POSITIONS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
POSITIONS |= {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
ENGLISH_MONTHS = {name: n for n, name in enumerate(_MONTH_NAMES, 1)}
ENGLISH_MONTHS |= {name[:3]: n for name, n in ENGLISH_MONTHS.items()} | {"sept": 9}
MONTH_WORD = f"(?:{'|'.join(sorted(ENGLISH_MONTHS, key=len, reverse=True))})"
_DAY = "(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?"

_RELATIVE = re.compile(
    "(?P<two>(?:the )?day after tomorrow)|(?P<one>tomorrow|tmrw?|tmw)"
    f"|(?P<none>today){_NO_WORD}|(?P<night>to(?=night,?(?: at)? [0-9]))"
)
# tomorrow's agenda is about tomorrow, not due then.
_GOES_ON = re.compile("[a-z0-9_]|['’]s(?![a-z])")
_WEEKDAY = re.compile(
    f"(?:(?P<which>this|next|coming) )?(?P<w>{WEEKDAY_WORD})\\.?(?P<next> (?:of )?next week)?{_NO_WORD}"
)
_NEXT_WEEK = re.compile(f"next week(?:'?s)?(?: on|,)? (?P<w>{WEEKDAY_WORD}){_NO_WORD}")
_MONTH_DAY = re.compile(
    f"(?P<m>{MONTH_WORD})\\.? (?:the )?{_DAY}(?:,? (?P<y>20[0-9]{{2}}))?(?![0-9a-z_:%]|\\.[0-9])"
)
_DAY_MONTH = re.compile(
    f"(?:the )?{_DAY} (?:of )?(?P<m>{MONTH_WORD})\\.?(?:,? (?P<y>20[0-9]{{2}}))?(?![0-9a-z_:])"
)
_ORDINAL = re.compile(f"(?:the )?(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th){_NO_WORD}")
_NTH = re.compile(
    f"(?:the )?(?P<nth>first|second|third|fourth|last|1st|2nd|3rd|4th) (?P<w>{WEEKDAY_WORD}) (?:of|in) "
    f"(?:(?:the|this|(?P<next>next)) month|(?P<m>{MONTH_WORD})(?:,? (?P<y>20[0-9]{{2}}))?){_NO_WORD}"
)
_OF_MONTH = re.compile(f"(?:the )?{_DAY} (?:of )?(?:this|(?P<next>next)) month{_NO_WORD}")
# Behind an ordinal a weekday is part of something else: the second Monday, three Sundays.
_COUNTED = re.compile(
    f"(?<![a-z])(?:first|second|third|fourth|fifth|last|[0-9](?:st|nd|rd|th)|{ENGLISH_NUMBER}) $"
)
_NEXT_WORKDAY = re.compile(f"next (?:work(?:ing)? ?day|business day|weekday){_NO_WORD}")
_WEEKEND = re.compile(
    f"(?:before|by) (?:the |this |(?P<next>next ))?weekend{_NO_WORD}"
    f"|(?:the )?end of (?:the |this |(?P<after>next ))?(?:work(?:ing)? ?)?week{_NO_WORD}|eow{_NO_WORD}"
)
_IN = re.compile("(?:with)?in ")
_LATER = re.compile(" (?:from now|later|hence)(?![a-z])")
_ANNOUNCED = re.compile("(?:\\bon|\\bby|\\bbefore|\\bdue|\\buntil) $")

Answer = DayPiece | Amount | None


def english_day_at(
    line: Line,
    start: int,
    today: date,
    calendar: Callable[[], WorkCalendar],
    last_workday: Callable[[int], date],
) -> Answer:
    """Return a day written in English at `start`, or the amount of time from now that it names."""
    norm = line.norm
    if not ("a" <= norm[start] <= "z" or "0" <= norm[start] <= "9"):
        return None
    found = _relative(norm, start, today) or _weekday(line, start, today) or _dated(line, start, today)
    if found:
        return found
    match = _NEXT_WORKDAY.match(norm, start)
    if match:
        return DayPiece(start, match.end(), calendar().next_workday(today))
    match = _WEEKEND.match(norm, start)
    if match:
        return DayPiece(
            start, match.end(), last_workday(1 if match["next"] or match["after"] else 0), deadline=True
        )
    return _offset(norm, start)


def _relative(norm: str, start: int, today: date) -> Answer:
    match = _RELATIVE.match(norm, start)
    if match is None or (not match["night"] and _GOES_ON.match(norm, match.end())):
        return None
    return DayPiece(
        start, match.end(), today + timedelta(days=2 if match["two"] else 1 if match["one"] else 0)
    )


def _weekday(line: Line, start: int, today: date) -> Answer:
    match = _WEEKDAY.match(line.norm, start) or _NEXT_WEEK.match(line.norm, start)
    if match is None or _COUNTED.search(line.norm[max(0, start - 9) : start]):
        return None
    if _GOES_ON.match(line.norm, match.end()):
        return None
    weekday = ENGLISH_WEEKDAYS[match["w"]]
    groups = match.groupdict()
    monday = today - timedelta(days=today.weekday())
    if match.re is _NEXT_WEEK or groups["next"] or groups["which"] == "next":
        return DayPiece(start, match.end(), monday + timedelta(days=7 + weekday))
    if groups["which"] == "this":
        return DayPiece(start, match.end(), monday + timedelta(days=weekday))
    if not groups["which"] and match["w"] in ("sat", "sun", "wed", "mon") and not _reads_as_day(line, match):
        return None
    after = today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return DayPiece(start, match.end(), after, weekday=weekday)


def _reads_as_day(line: Line, match: re.Match[str]) -> bool:
    """sun and sat are words of their own, unless written as names or standing where days stand."""
    start, ahead = match.start(), line.skip_spaces(match.end())
    if line.raw[start].isupper() or _ANNOUNCED.search(line.norm[max(0, start - 7) : start]):
        return True
    if ahead >= len(line) or line.norm[ahead].isdigit() or line.norm.startswith("at ", ahead):
        return True
    return start == 0 and match["w"] in ("mon", "wed")


def _dated(line: Line, start: int, today: date) -> Answer:
    match = _MONTH_DAY.match(line.norm, start) or _DAY_MONTH.match(line.norm, start)
    if match is None:
        return _nth(line.norm, start, today) or _ordinal(line, start, today)
    month, day = ENGLISH_MONTHS[match["m"]], int(match["d"])
    found = date(int(match["y"]), month, day) if match["y"] else coming_date(today, month, day)
    return DayPiece(start, match.end(), found)


def _nth(norm: str, start: int, today: date) -> Answer:
    """the first Monday of next month, the 20th of next month."""
    match = _NTH.match(norm, start) or _OF_MONTH.match(norm, start)
    if match is None:
        return None
    groups = match.groupdict()
    first = add_months(today.replace(day=1), 1 if match["next"] else 0)
    if groups.get("m"):
        first = date(int(match["y"] or today.year), ENGLISH_MONTHS[match["m"]], 1)
    if groups.get("d"):
        return DayPiece(start, match.end(), first.replace(day=int(match["d"])))
    day = _nth_weekday(first, match)
    if day < today and groups["m"] and not groups["y"]:
        day = _nth_weekday(first.replace(year=first.year + 1), match)
    return DayPiece(start, match.end(), day)


def _nth_weekday(first: date, match: re.Match[str]) -> date:
    """Return the weekday of `match` in the month that begins on `first`."""
    weekday = ENGLISH_WEEKDAYS[match["w"]]
    if match["nth"] == "last":
        last = add_months(first, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (POSITIONS[match["nth"]] - 1))


def _ordinal(line: Line, start: int, today: date) -> Answer:
    """the 15th at the end or after by; not in "the 5th draft"."""
    match = _ORDINAL.match(line.norm, start)
    if match is None or not 1 <= int(match["d"]) <= 31:
        return None
    announced = _ANNOUNCED.search(line.norm[max(0, start - 7) : start])
    if not announced and line.skip_spaces(match.end()) < len(line):
        return None
    day = int(match["d"])
    return DayPiece(start, match.end(), coming_day_of_month(today, day), month_day=day)


def _offset(norm: str, start: int) -> Answer:
    match = _IN.match(norm, start)
    if match:
        return amount_at(norm, match.end())
    amount = amount_at(norm, start)
    later = _LATER.match(norm, amount.end) if amount else None
    return Amount(later.end(), amount.value, amount.unit) if amount and later else None
