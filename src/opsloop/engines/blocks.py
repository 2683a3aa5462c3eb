"""Block templates: the typed time blocks of a person's day (核心专注, 碎片处理, 弹性缓冲).

A template is a list of rules per weekday. Where rules overlap, the more special kind wins: lunch over
buffer over fragment over flex over focus. So a fragment inside a focus block splits it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from opsloop.engines import intervals
from opsloop.engines.workcalendar import WorkCalendar

Span = tuple[datetime, datetime]


class BlockKind(StrEnum):
    """What a stretch of the day is meant for."""

    FOCUS = "focus"
    FRAGMENT = "fragment"
    BUFFER = "buffer"
    LUNCH = "lunch"
    FLEX = "flex"

    @property
    def workable(self) -> bool:
        """Tell whether a task may ever stand in such a block."""
        return self is not BlockKind.LUNCH


# From the most general kind to the most special one: a later kind cuts the earlier ones.
LAYERS = (BlockKind.FOCUS, BlockKind.FLEX, BlockKind.FRAGMENT, BlockKind.BUFFER, BlockKind.LUNCH)
WORKWEEK = frozenset(range(5))
GRID = timedelta(minutes=15)


@dataclass(frozen=True)
class Rule:
    """On these weekdays (Monday is 0) `start` to `end` is of this kind; an end of 0:00 is midnight."""

    kind: BlockKind
    start: time
    end: time
    weekdays: frozenset[int] = WORKWEEK

    def __post_init__(self) -> None:
        """Refuse a rule that ends before it starts."""
        if self.end != time(0) and self.end <= self.start:
            raise ValueError(f"a block must end after it starts: {self.start} to {self.end}")


@dataclass(frozen=True)
class Template:
    """The block rules of a person or team."""

    rules: tuple[Rule, ...]

    def rules_of(self, day: date, calendar: WorkCalendar) -> tuple[Rule, ...]:
        """Return the rules for `day`: none on a day off.

        A make-up workday on a weekend for which the template says nothing is worked like the first
        weekday that has rules.
        """
        if not calendar.is_workday(day):
            return ()
        for weekday in (day.weekday(), *range(7)):
            rules = tuple(rule for rule in self.rules if weekday in rule.weekdays)
            if rules or calendar.kind_of(day) != "makeup":
                return rules
        return ()


@dataclass(frozen=True, order=True)
class Block:
    """A typed stretch `[start, end)` of one day, in aware datetimes of the person's zone."""

    start: datetime
    end: datetime
    kind: BlockKind


# blueprint §2.3
DEFAULT_TEMPLATE = Template(
    (
        Rule(BlockKind.FOCUS, time(9), time(12)),
        Rule(BlockKind.FRAGMENT, time(10), time(10, 30)),
        Rule(BlockKind.LUNCH, time(12), time(14)),
        Rule(BlockKind.FOCUS, time(14), time(17)),
        Rule(BlockKind.BUFFER, time(17), time(17, 30)),
    )
)


def blocks_of_day(
    template: Template, day: date, *, calendar: WorkCalendar, zone: tzinfo, leave: Sequence[Span] = ()
) -> tuple[Block, ...]:
    """Return the blocks of `day`, sorted and disjoint, lunch included, time on `leave` left out.

    `leave` holds half-open spans of aware datetimes in any zone. On the night of a change of clocks a
    block is as long as the real time between its two wall-clock times.
    """
    blocks: list[Block] = []
    taken: list[Span] = []
    rules = template.rules_of(day, calendar)
    away = [(start.astimezone(UTC), end.astimezone(UTC)) for start, end in leave]
    for kind in reversed(LAYERS):
        wanted = [_span(rule, day, zone) for rule in rules if rule.kind is kind]
        free = intervals.subtract(wanted, taken)
        taken.extend(free)
        for start, end in intervals.subtract(free, away):
            blocks.append(Block(start.astimezone(zone), end.astimezone(zone), kind))
    return tuple(sorted(blocks))


def keep_flexible(blocks: Sequence[Block], percent: int) -> tuple[Block, ...]:
    """Return `blocks` with the last focus time of each day made flexible, until that is `percent` of the day's work.

    Time that is flexible already counts. Fragments, buffer and lunch stay. On a grid of 15 minutes, rounded down.
    """
    if percent <= 0:
        return tuple(blocks)
    days: dict[date, list[Block]] = {}
    for block in blocks:
        days.setdefault(block.start.date(), []).append(block)
    return tuple(block for own in days.values() for block in sorted(_with_flexible(own, percent)))


def _with_flexible(blocks: Sequence[Block], percent: int) -> Iterator[Block]:
    work = [block for block in blocks if block.kind.workable]
    there = sum((_length(block) for block in work if block.kind is BlockKind.FLEX), timedelta())
    wanted = sum((_length(block) for block in work), timedelta()) * percent / 100 - there
    left = max(timedelta(), wanted // GRID * GRID)
    for block in sorted(blocks, reverse=True):
        if block.kind is not BlockKind.FOCUS or not left:
            yield block
            continue
        taken = min(left, _length(block))
        left -= taken
        # In UTC: on the night of a change of clocks a difference is the time that passes.
        cut = (block.end.astimezone(UTC) - taken).astimezone(block.end.tzinfo)
        if block.start < cut:
            yield Block(block.start, cut, BlockKind.FOCUS)
        yield Block(cut, block.end, BlockKind.FLEX)


def _length(block: Block) -> timedelta:
    return block.end.astimezone(UTC) - block.start.astimezone(UTC)


def blocks_between(
    template: Template,
    first: date,
    last: date,
    *,
    calendar: WorkCalendar,
    zone: tzinfo,
    leave: Sequence[Span] = (),
) -> tuple[Block, ...]:
    """Return the blocks of every day from `first` to `last`, both included, in order."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return tuple(
        block
        for day in days
        for block in blocks_of_day(template, day, calendar=calendar, zone=zone, leave=leave)
    )


def _span(rule: Rule, day: date, zone: tzinfo) -> Span:
    """Return the rule's stretch on `day` as instants: arithmetic in UTC knows no change of clocks."""
    last = day + timedelta(days=1) if rule.end == time(0) else day
    start = datetime.combine(day, rule.start, tzinfo=zone)
    return start.astimezone(UTC), datetime.combine(last, rule.end, tzinfo=zone).astimezone(UTC)
