"""What meetings take of a day, against an oracle that looks at each minute."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.blocks import DEFAULT_TEMPLATE, BlockKind, Span, blocks_of_day
from opsloop.engines.meetingload import SHORTEST_FOCUS, Load, focus_lost, load
from opsloop.engines.workcalendar import china

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 9, 17)
MORNING = datetime(2026, 9, 17, 8, tzinfo=SHANGHAI)
BLOCKS = blocks_of_day(DEFAULT_TEMPLATE, DAY, calendar=china([2026]), zone=SHANGHAI)
MINUTE = timedelta(minutes=1)

spans = st.tuples(st.integers(0, 11 * 60), st.integers(1, 180)).map(
    lambda pair: (MORNING + pair[0] * MINUTE, MORNING + (pair[0] + pair[1]) * MINUTE)
)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 9, 17, hour, minute, tzinfo=SHANGHAI)


def oracle(meetings: list[Span]) -> Load:
    """Look at every minute from 8:00 on: is somebody in a meeting, and what is that minute meant for."""
    kinds = {}
    for block in BLOCKS:
        moment = block.start
        while moment < block.end:
            kinds[moment] = block.kind
            moment += MINUTE
    every = [MORNING + n * MINUTE for n in range(15 * 60)]
    busy = [moment for moment in every if any(start <= moment < end for start, end in meetings)]
    work = {moment for moment, kind in kinds.items() if kind is not BlockKind.LUNCH}
    focus = {moment for moment, kind in kinds.items() if kind is BlockKind.FOCUS}
    taken, pieces = set(busy), []
    for block in BLOCKS:
        own = [moment for moment in every if block.start <= moment < block.end]
        if block.kind is not BlockKind.FOCUS or not taken & set(own):
            continue
        run = 0
        for moment in [*own, None]:
            if moment is not None and moment not in taken:
                run += 1
                continue
            pieces.append(run if run < SHORTEST_FOCUS // MINUTE else 0)
            run = 0
    return Load(
        len(meetings), len(taken), len(taken & work), len(work), len(focus), len(taken & focus), sum(pieces)
    )


@given(st.lists(spans, max_size=6))
def test_it_counts_as_the_oracle_counts_minutes(meetings: list[Span]) -> None:
    assert load(meetings, BLOCKS) == oracle(meetings)


@given(st.lists(spans, max_size=5), spans)
def test_one_meeting_more_never_gives_time_back(meetings: list[Span], more: Span) -> None:
    before, after = load(meetings, BLOCKS), load([*meetings, more], BLOCKS)
    assert after.taken >= before.taken
    assert after.at_work >= before.at_work
    assert after.focus_lost >= before.focus_lost
    assert after.focus_lost + after.splintered <= after.focus
    assert 0 <= after.share <= 100


def test_a_meeting_in_the_middle_of_the_morning_costs_more_than_its_length() -> None:
    # 9:00–10:00 and 10:30–12:00 are focus: of the second 50 minutes go, and 10 and 30 are left over.
    found = load([(at(10, 40), at(11, 30))], BLOCKS)
    assert (found.focus_lost, found.splintered, found.share) == (50, 40, round(100 * 50 / 390))
    assert focus_lost(at(12), at(14), BLOCKS) == 0


def test_a_department_is_the_sum_of_its_people() -> None:
    one, other = load([(at(9), at(10))], BLOCKS), load([(at(14), at(16))], BLOCKS)
    assert (one + other).share == round(100 * 180 / 780)
    assert load([], []).share == 0
