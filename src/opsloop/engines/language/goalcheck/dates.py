"""The passes that tell a deadline from the other dates and times of a goal."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache

from opsloop.engines.language.goalcheck import rules
from opsloop.engines.language.goalcheck.forms import any_of
from opsloop.engines.language.goalcheck.pieces import Reading, Span, matches


def strike_names(reading: Reading) -> None:
    """Strike out names, unless they begin a date: 双11 is a name, 双11前 a date."""
    dates = matches(reading.folded, "deadline")
    starts = [span.start for span in dates]
    for span in matches(reading.folded, "names"):
        index = bisect_right(starts, span.start) - 1
        if index < 0 or dates[index].end <= span.end:
            reading.strike(span)


def strike_rates(reading: Reading) -> None:
    """Strike out the times inside a measure: 每月, 24小时内响应率. The 月 of 本月 is none."""
    dated = set(rules.words("rate.not_after"))
    for span in matches(reading.unclaimed, "rate"):
        before = reading.folded[max(0, span.start - 1) : span.start]
        if reading.folded[span.start] in "年季月周日天度" and before in dated:
            continue
        reading.rates.append(span)
        reading.strike(span)


def read_limits(reading: Reading) -> None:
    """Read an answer inside a time limit: 24小时内响应 names the measure and the value at once."""
    for span in matches(reading.unclaimed, "limit"):
        reading.add("measure", span)
        reading.add("target", span)
        reading.strike(span)


def strike_comparisons(reading: Reading) -> None:
    """Strike out the times we compare with: 较去年, vs. Q2."""
    for span in matches(reading.unclaimed, "comparison"):
        reading.strike(span)


def read_deadlines(reading: Reading) -> None:
    """Read dates and periods. One that says when it starts (7月起, since March) is no deadline."""
    for found in matches(reading.unclaimed, "deadline"):
        span = _without_next_word(reading.folded, found)
        if _is_value(reading.folded, span):
            continue
        if not _is_start(reading.folded, span):
            reading.add("deadline", span)
        reading.strike(span)


def _without_next_word(folded: str, span: Span) -> Span:
    """Give the last character back if it begins the next word: 四季度|内容."""
    return Span(span.start, span.end - 1) if _longer_word().match(folded, span.end - 1) else span


@cache
def _longer_word() -> re.Pattern[str]:
    return re.compile(any_of(rules.words("deadline.not_end")))


@cache
def _value_signs() -> tuple[re.Pattern[str], re.Pattern[str]]:
    resting = set(rules.words("target.not_moving"))
    lead = any_of(word for word in rules.words("target.reach") if word not in resting)
    return re.compile(r"\d++(?:\.\d++)?\s?+(?![年月日号./-])"), re.compile(rf"{lead}了?\s?$")


def _is_value(folded: str, span: Span) -> bool:
    """Tell a duration to reach from a deadline: 压缩到24小时以内 is a value, 30天内 and 在30天内 a deadline."""
    duration, lead = _value_signs()
    before = folded[max(0, span.start - 8) : span.start]
    return bool(duration.match(folded, span.start) and lead.search(before))


@cache
def _start_signs() -> tuple[re.Pattern[str], re.Pattern[str]]:
    after = re.compile(rf"\s?{any_of(rules.words('deadline.not_before'))}")
    before = re.compile(rf"{any_of(rules.words('deadline.en.not_after'))}\s$")
    return after, before


def _is_start(folded: str, span: Span) -> bool:
    after, before = _start_signs()
    return bool(after.match(folded, span.end) or before.search(folded[max(0, span.start - 16) : span.start]))
