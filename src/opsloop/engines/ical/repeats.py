"""When an event of a calendar file comes round (RRULE of RFC 5545), one day looked at after the other.

dateutil runs on to the year 9999 when a rule names no day at all, a 30th of February for instance, and files come
from anybody. Here whether a day belongs to a rule is reckoned from the day alone, so that only the days in question
are looked at: those of the span, or with COUNT those since the beginning.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, product

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
PARTS = frozenset({
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYWEEKNO",
    "BYYEARDAY", "BYHOUR", "BYMINUTE", "BYSECOND",
})  # fmt: skip
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Nothing comes round more often than hourly, and no list is longer than the days of a year.
MOST_TIMES_A_DAY = 24
LONGEST_LIST = 366
_DAY = timedelta(days=1)
DayTest = Callable[[date], bool]


@dataclass(frozen=True)
class Repeat:
    """A rule that was read: its period, which days of a period it names, and at which times of these."""

    frequency: str
    interval: int
    count: int | None
    week_start: int
    tests: tuple[DayTest, ...]
    times: tuple[time, ...]
    positions: tuple[int, ...]

    def occurrences(self, first: datetime, *, since: datetime, until: datetime) -> Iterator[datetime]:
        """Yield what is named in [max(first, since), until], in order; all three are on the event's own clock."""
        floor = first if self.count is not None else max(first, since)
        found = (moment for moment in self._from(first, floor, until) if moment >= first)
        for number, moment in enumerate(found):
            if moment > until or (self.count is not None and number >= self.count):
                return
            if moment >= since:
                yield moment

    def days_to_look_at(self, first: datetime, *, since: datetime, until: datetime) -> int:
        """Return how many days `occurrences` looks at, at most."""
        floor = first if self.count is not None else max(first, since)
        return max(0, (until - floor).days + 2 * 366)

    def _from(self, first: datetime, floor: datetime, until: datetime) -> Iterator[datetime]:
        anchor = self._period(first.date())
        days = _days(self._period_begins(floor.date()), until.date())
        for period, of_period in groupby(days, key=self._period):
            if (period - anchor) % self.interval:
                continue
            named = [day for day in of_period if all(test(day) for test in self.tests)]
            moments = [datetime.combine(day, at) for day in named for at in self.times]
            yield from self._at_positions(moments, until)

    def _at_positions(self, moments: list[datetime], until: datetime) -> Iterator[datetime]:
        if not self.positions:
            yield from moments
            return
        # The last period is cut off by the end of the span; its days are filled up first.
        size = len(moments)
        places = sorted({n - (n > 0) if n > 0 else size + n for n in self.positions})
        yield from (moments[place] for place in places if 0 <= place < size and moments[place] <= until)

    def _period(self, day: date) -> int:
        if self.frequency == "DAILY":
            return day.toordinal()
        if self.frequency == "WEEKLY":
            # 1 January of the year 1 was a Monday, with the ordinal 1.
            return (day.toordinal() - 1 - self.week_start) // 7
        return day.year * 12 + day.month if self.frequency == "MONTHLY" else day.year

    def _period_begins(self, day: date) -> date:
        if self.frequency == "WEEKLY":
            back = (day.weekday() - self.week_start) % 7
            return date.fromordinal(max(1, day.toordinal() - back))
        if self.frequency == "MONTHLY":
            return day.replace(day=1)
        return date(day.year, 1, 1) if self.frequency == "YEARLY" else day


def _days(first: date, last: date) -> Iterator[date]:
    # To the end of the last year: BYSETPOS=-1 asks for the last day of a whole period.
    ends = min(date(last.year, 12, 31).toordinal() + 7, date.max.toordinal())
    return (date.fromordinal(number) for number in range(first.toordinal(), ends + 1))


def read(parts: Mapping[str, str], first: datetime) -> Repeat:
    """Return the rule of `parts` (names and values in capitals) for an event that begins at `first`.

    Raises:
        ValueError: it is not understood, or comes round more than hourly.
    """
    frequency = parts.get("FREQ", "")
    if frequency not in FREQUENCIES or not parts.keys() <= PARTS:
        raise ValueError("not understood")
    count = int(parts["COUNT"]) if "COUNT" in parts else None
    interval = int(parts.get("INTERVAL", "1"))
    if interval < 1 or (count is not None and count < 1):
        raise ValueError("INTERVAL and COUNT are positive")
    return Repeat(
        frequency=frequency,
        interval=interval,
        count=count,
        week_start=WEEKDAYS.index(parts.get("WKST", "MO")),
        tests=tuple(_tests(parts, frequency, first)),
        times=_times(parts, first),
        positions=_numbers(parts, "BYSETPOS", 366),
    )


def _tests(parts: Mapping[str, str], frequency: str, first: datetime) -> Iterator[DayTest]:
    months = frozenset(_numbers(parts, "BYMONTH", 12))
    month_days = frozenset(_numbers(parts, "BYMONTHDAY", 31))
    year_days = frozenset(_numbers(parts, "BYYEARDAY", 366))
    weeks = frozenset(_numbers(parts, "BYWEEKNO", 53))
    weekdays = _weekdays(parts.get("BYDAY", ""))
    if not (month_days or year_days or weeks or weekdays):
        if frequency == "WEEKLY":
            weekdays = [(0, first.weekday())]
        elif frequency in ("MONTHLY", "YEARLY"):
            month_days = frozenset({first.day})
            if frequency == "YEARLY" and not months:
                months = frozenset({first.month})
    if months:
        yield lambda day: day.month in months
    if month_days:
        yield lambda day: day.day in month_days or day.day - _length_of_month(day) - 1 in month_days
    if year_days:
        yield lambda day: _of_year(day) in year_days or _of_year(day) - _length_of_year(day) - 1 in year_days
    if weeks:
        if parts.get("WKST", "MO") != "MO" or frequency != "YEARLY":
            raise ValueError("weeks are numbered as ISO 8601 does, in years")
        if not weekdays:
            weekdays = [(0, first.weekday())]
        yield lambda day: _is_week(day, weeks)
    if weekdays:
        yield _weekday_test(
            weekdays, in_month=frequency == "MONTHLY" or bool(months), nth=frequency in ("MONTHLY", "YEARLY")
        )


def _weekday_test(weekdays: list[tuple[int, int]], *, in_month: bool, nth: bool) -> DayTest:
    every = frozenset(weekday for n, weekday in weekdays if not n or not nth)
    numbered = frozenset(pair for pair in weekdays if pair[0] and nth)

    def test(day: date) -> bool:
        weekday = day.weekday()
        if weekday in every or not numbered:
            return weekday in every
        place, length = (
            (day.day, _length_of_month(day)) if in_month else (_of_year(day), _length_of_year(day))
        )
        return ((place - 1) // 7 + 1, weekday) in numbered or (
            -((length - place) // 7 + 1),
            weekday,
        ) in numbered

    return test


def _is_week(day: date, weeks: frozenset[int]) -> bool:
    """Whether a day of its own calendar year lies in one of the weeks; of the neighbour's weeks none are meant."""
    year, week, _weekday = day.isocalendar()
    last = date(year, 12, 28).isocalendar().week
    return year == day.year and (week in weeks or week - last - 1 in weeks)


def _length_of_month(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _length_of_year(day: date) -> int:
    return 366 if isleap(day.year) else 365


def _of_year(day: date) -> int:
    return day.toordinal() - date(day.year, 1, 1).toordinal() + 1


def _times(parts: Mapping[str, str], first: datetime) -> tuple[time, ...]:
    lists = [
        sorted(set(_numbers(parts, name, most, least=0))) or [own]
        for name, most, own in (
            ("BYHOUR", 23, first.hour),
            ("BYMINUTE", 59, first.minute),
            ("BYSECOND", 59, first.second),
        )
    ]
    times = tuple(time(hour, minute, second) for hour, minute, second in product(*lists))
    if len(times) > MOST_TIMES_A_DAY:
        raise ValueError("more than hourly")
    return times


def _numbers(parts: Mapping[str, str], name: str, most: int, *, least: int = 1) -> tuple[int, ...]:
    if name not in parts:
        return ()
    numbers = tuple(int(text) for text in parts[name].split(",")[: LONGEST_LIST + 1])
    if len(numbers) > LONGEST_LIST or any(not least <= abs(n) <= most for n in numbers):
        raise ValueError(f"{name} is out of range")
    return numbers


def _weekdays(text: str) -> list[tuple[int, int]]:
    """Return BYDAY as pairs of a number (0: every one) and a weekday."""
    pairs = []
    for piece in text.split(",")[: LONGEST_LIST + 1] if text else ():
        number = int(piece[:-2]) if piece[:-2] else 0
        if abs(number) > 53:
            raise ValueError("BYDAY is out of range")
        pairs.append((number, WEEKDAYS.index(piece[-2:])))
    return pairs
