"""Reads the yearly notice of the State Council on public holidays, as text or as a table.

The notice is prose with a strict form: 「国庆节：10月1日至7日放假调休，共7天。9月20日（周日）、10月10日
（周六）上班。」 Every date belongs to the verb that follows it; what the notice only encourages is left out.
The number of days and the weekdays it states are checked, because a wrong year is the likeliest mistake.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from opsloop.engines.workcalendar import DayKind, DayOverride

ProblemCode = Literal["unreadable", "bad_date", "weekday_differs", "days_differ", "bad_kind", "too_long"]

# 《全国年节及纪念日放假办法》: the days off for all citizens. A notice that has them all is complete.
FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
LONGEST_HOLIDAY = 15
MAX_TEXT = 20_000

_HEADING = re.compile(rf"({'|'.join(FESTIVALS)})((?:[、和与及](?:{'|'.join(FESTIVALS)}))*)\s*[：:]")
_NAME = re.compile("|".join(FESTIVALS))
_TITLE_YEAR = re.compile(r"(20\d\d)\s*年(?!\s*\d{1,2}\s*月)")
_DATE = (
    r"(?:(?P<year>20\d\d)年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日"
    r"(?:\s*[（(]\s*(?:周|星期)(?P<weekday>[一二三四五六日天])[^）)]*[）)])?"
)
_TOKEN = re.compile(
    r"(?P<encourage>鼓励)|共\s*(?P<count>\d{1,2})\s*天|(?P<off>放假|补休|连休|休息)|(?P<work>上班|补班)"
    r"|(?P<to>至|到|—+|－|–|-|~|～)|(?P<stop>[。；;\n])|" + _DATE
)
_WEEKDAYS = "一二三四五六日"
# How a table may name the kinds of days.
_WORDS: tuple[tuple[DayKind, str], ...] = (
    ("holiday", "holiday off 放假 休 休息 节假日 假日 假期"),
    ("makeup", "makeup make-up work 上班 补班 调休 调休上班 班"),
    ("workday", "workday 工作日"),
    ("weekend", "weekend 周末"),
)
_KINDS: dict[str, DayKind] = {word: kind for kind, words in _WORDS for word in words.split()}


@dataclass(frozen=True)
class Problem:
    """One thing that cannot be right: `text` quotes it, `line` counts from 1 (0: the whole text)."""

    code: ProblemCode
    text: str
    line: int = 0


@dataclass(frozen=True)
class Notice:
    """What was read: days in order, problems, and which festivals the notice speaks of."""

    year: int
    days: tuple[DayOverride, ...]
    problems: tuple[Problem, ...] = ()
    festivals: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_complete(self) -> bool:
        """Whether all statutory festivals are there, so that nothing has to be guessed for the year."""
        return self.festivals >= frozenset(FESTIVALS)

    @property
    def missing(self) -> tuple[str, ...]:
        """The statutory festivals that the notice does not mention."""
        return tuple(name for name in FESTIVALS if name not in self.festivals)


def read_notice(text: str, *, year: int) -> Notice:
    """Read the prose of a notice, or lines of "date,kind,name".

    `year` is meant where the text names none. Never raises for bad text: what cannot be read is a problem.
    """
    if len(text) > MAX_TEXT:
        return Notice(year, (), (Problem("too_long", ""),))
    text = _plain(text)
    if _HEADING.search(text):
        return _read_prose(text, year)
    return read_table(text, year=year)


def read_table(text: str, *, year: int) -> Notice:
    """Read lines of date, kind and name, separated by comma or tab; a heading line is skipped."""
    days: dict[date, DayOverride] = {}
    problems: list[Problem] = []
    rows = [line.replace("\t", ",").replace("，", ",") for line in text.splitlines()]
    for number, cells in enumerate(csv.reader(io.StringIO("\n".join(rows))), start=1):
        first = [cell.strip() for cell in [*cells, "", "", ""]][:3]
        if not any(first) or (number == 1 and not re.search(r"\d", first[0])):
            continue
        day, kind = _table_date(first[0], year), _KINDS.get(first[1].lower())
        if day is None:
            code: ProblemCode = "bad_date" if re.search(r"\d", first[0]) else "unreadable"
            problems.append(Problem(code, ",".join(cells)[:60], number))
        elif kind is None:
            problems.append(Problem("bad_kind", first[1][:60], number))
        else:
            days[day] = DayOverride(day, kind, first[2][:60])
    if not days and not problems:
        problems.append(Problem("unreadable", text.strip()[:60]))
    festivals = frozenset(
        found for day in days.values() if day.kind == "holiday" for found in _NAME.findall(day.name)
    )
    ordered = tuple(days[day] for day in sorted(days))
    return Notice(_commonest_year(ordered, year), ordered, tuple(problems), festivals)


def _plain(text: str) -> str:
    """Return the text in half-width digits without blanks inside dates."""
    table = {ord(full): half for full, half in zip("０１２３４５６７８９", "0123456789", strict=True)}
    return re.sub(r"(?<=\d)[ \u3000]+(?=[年月日天])|(?<=[年月])[ \u3000]+(?=\d)", "", text.translate(table))


def _read_prose(text: str, year: int) -> Notice:
    titled = _TITLE_YEAR.search(text)
    year = int(titled[1]) if titled else year
    days: dict[date, DayOverride] = {}
    problems: list[Problem] = []
    festivals: set[str] = set()
    for name, body, line in _items(text):
        festivals.update(_NAME.findall(name))
        for row in _Item(name, year, line, problems).read(body):
            days[row.date] = row
    return Notice(year, tuple(days[day] for day in sorted(days)), tuple(problems), frozenset(festivals))


def _items(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield the festival, the words about it and the line they start on."""
    found = list(_HEADING.finditer(text))
    for index, heading in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else len(text)
        names = "、".join(_NAME.findall(heading[1] + heading[2]))
        yield names, text[heading.end() : end], text.count("\n", 0, heading.start()) + 1


@dataclass
class _Item:
    """The reading of what the notice says about one festival."""

    name: str
    year: int
    line: int
    problems: list[Problem]

    def read(self, body: str) -> list[DayOverride]:
        rows: list[DayOverride] = []
        waiting: list[date] = []
        off: set[date] = set()
        month, is_range, encouraged = 0, False, False
        for token in _TOKEN.finditer(body):
            if token["stop"]:
                waiting, is_range, encouraged = [], False, False
            elif token["encourage"]:
                encouraged = True
            elif token["to"]:
                is_range = bool(waiting)
            elif token["day"]:
                month = int(token["month"] or month or 0)
                day = self._date(token, month, waiting[-1] if is_range and waiting else None)
                if day:
                    waiting += self._between(waiting[-1], day) if is_range else [day]
                is_range = False
            elif token["count"]:
                self._check_count(int(token["count"]), off, token[0])
            elif not encouraged:
                is_off = bool(token["off"])
                rows += [self._row(day, is_off=is_off) for day in waiting]
                off.update(waiting if is_off else ())
                waiting, is_range = [], False
        return rows

    def _row(self, day: date, *, is_off: bool) -> DayOverride:
        return DayOverride(
            day, "holiday" if is_off else "makeup", self.name if is_off else f"{self.name}调休上班"
        )

    def _date(self, token: re.Match[str], month: int, after: date | None) -> date | None:
        year = int(token["year"] or (after.year if after else self.year))
        if not token["year"] and not after and month == 12 and "元旦" in self.name:
            year -= 1
        try:
            day = date(year, month, int(token["day"]))
            if after and day < after and not token["year"]:
                day = date(year + 1, month, int(token["day"]))
        except ValueError:
            self.problems.append(Problem("bad_date", token[0], self.line))
            return None
        said = (token["weekday"] or "").replace("天", "日")
        if said and _WEEKDAYS.index(said) != day.weekday():
            self.problems.append(Problem("weekday_differs", f"{day.isoformat()} {token[0]}", self.line))
        return day

    def _between(self, first: date, last: date) -> list[date]:
        length = (last - first).days
        if not 0 < length <= LONGEST_HOLIDAY:
            self.problems.append(Problem("bad_date", f"{first.isoformat()} – {last.isoformat()}", self.line))
            return []
        return [first + timedelta(days=n) for n in range(1, length + 1)]

    def _check_count(self, said: int, off: set[date], text: str) -> None:
        # A short holiday joined to a weekend states the weekend too, without naming its dates.
        if len(off) > said:
            self.problems.append(Problem("days_differ", f"{self.name}：{text}", self.line))


def _table_date(text: str, year: int) -> date | None:
    numbers = [int(number) for number in re.findall(r"\d+", text)[:4]]
    if len(numbers) == 2:
        numbers.insert(0, year)
    if len(numbers) != 3:
        return None
    try:
        return date(numbers[0], numbers[1], numbers[2])
    except (ValueError, OverflowError):
        return None


def _commonest_year(days: Iterable[DayOverride], otherwise: int) -> int:
    years = [day.date.year for day in days]
    return max(set(years), key=years.count) if years else otherwise
