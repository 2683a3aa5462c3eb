"""Typed blocks of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.blocks import (
    DEFAULT_TEMPLATE,
    Block,
    BlockKind,
    Rule,
    Template,
    blocks_between,
    blocks_of_day,
    keep_flexible,
)
from opsloop.engines.workcalendar import WorkCalendar, china

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)


def shape(day: date, template: Template = DEFAULT_TEMPLATE, **changes: object) -> list[str]:
    """Return the day's blocks as short text."""
    options: dict[str, object] = {"calendar": china([2026]), "zone": SHANGHAI, **changes}
    blocks = blocks_of_day(template, day, **options)  # type: ignore[arg-type]
    return [f"{b.start:%H:%M}-{b.end:%H:%M} {b.kind}" for b in blocks]


def test_a_fragment_splits_the_focus_block() -> None:
    """The default day of the methodology."""
    assert shape(MONDAY) == [
        "09:00-10:00 focus",
        "10:00-10:30 fragment",
        "10:30-12:00 focus",
        "12:00-14:00 lunch",
        "14:00-17:00 focus",
        "17:00-17:30 buffer",
    ]


def test_a_holiday_has_no_blocks_and_a_makeup_saturday_has() -> None:
    """National Day is free; 10 October 2026 is a Saturday that is worked like a weekday."""
    assert shape(date(2026, 10, 1)) == []
    assert shape(date(2026, 10, 10)) == shape(MONDAY)


def test_leave_is_cut_out() -> None:
    """Leave given in another zone counts as the instants it names."""
    leave = [(datetime(2026, 11, 23, 1, 30, tzinfo=UTC), datetime(2026, 11, 23, 8, 0, tzinfo=UTC))]
    assert shape(MONDAY, leave=leave) == ["09:00-09:30 focus", "16:00-17:00 focus", "17:00-17:30 buffer"]


def test_a_flex_half_day_keeps_its_fragment() -> None:
    """Flex wins over focus, a fragment over both."""
    template = Template((*DEFAULT_TEMPLATE.rules, Rule(BlockKind.FLEX, time(9), time(12), frozenset({0}))))
    assert shape(MONDAY, template)[:3] == ["09:00-10:00 flex", "10:00-10:30 fragment", "10:30-12:00 flex"]


def test_a_block_over_the_change_of_clocks_has_its_real_length() -> None:
    """On 29 March 2026 the hour from 2 to 3 does not exist in Berlin."""
    template = Template((Rule(BlockKind.FOCUS, time(1), time(4), frozenset(range(7))),))
    calendar = WorkCalendar(weekend=frozenset())
    (block,) = blocks_of_day(template, date(2026, 3, 29), calendar=calendar, zone=ZoneInfo("Europe/Berlin"))
    assert (block.end.astimezone(UTC) - block.start.astimezone(UTC)).total_seconds() == 2 * 3600


def test_a_week_is_the_sum_of_its_days() -> None:
    """Five days of six blocks."""
    week = blocks_between(DEFAULT_TEMPLATE, MONDAY, date(2026, 11, 29), calendar=china([2026]), zone=SHANGHAI)
    assert len(week) == 30
    assert list(week) == sorted(week)


def test_it_refuses_a_block_that_ends_before_it_starts() -> None:
    """With the two times in the message."""
    with pytest.raises(ValueError, match="12:00:00 to 09:00:00"):
        Rule(BlockKind.FOCUS, time(12), time(9))


@given(st.integers(0, 60))
def test_a_share_of_each_day_becomes_flexible_and_no_time_is_lost(percent: int) -> None:
    day = blocks_of_day(DEFAULT_TEMPLATE, MONDAY, calendar=china([2026]), zone=SHANGHAI)
    kept = keep_flexible(day, percent)

    def minutes(blocks: Sequence[Block], kind: BlockKind | None = None) -> float:
        return sum((b.end - b.start).total_seconds() / 60 for b in blocks if kind in (None, b.kind))

    assert minutes(kept) == minutes(day)
    for kind in (BlockKind.FRAGMENT, BlockKind.BUFFER, BlockKind.LUNCH):
        assert minutes(kept, kind) == minutes(day, kind)
    work = minutes(day) - minutes(day, BlockKind.LUNCH)
    assert work * percent / 100 - 15 < minutes(kept, BlockKind.FLEX) <= work * percent / 100
    assert all(one.end <= two.start for one, two in pairwise(kept))


def test_a_day_that_is_flexible_already_is_left_as_it_is() -> None:
    template = Template((Rule(BlockKind.FLEX, time(9), time(17)),))
    day = blocks_of_day(template, MONDAY, calendar=china([2026]), zone=SHANGHAI)
    assert keep_flexible(day, 20) == day
