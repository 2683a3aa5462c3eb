"""A day drawn as a strip: typed blocks on a time axis, in percent of its width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.engines.blocks import Block, BlockKind, Rule, Template, blocks_of_day
from opsloop.engines.workcalendar import WorkCalendar

LABELS: dict[BlockKind, Promise] = {
    BlockKind.FOCUS: _("Focus"),
    BlockKind.FRAGMENT: _("Fragments"),
    BlockKind.BUFFER: _("Buffer"),
    BlockKind.LUNCH: _("Lunch"),
    BlockKind.FLEX: _("Flexible"),
}
# A Monday of no importance: a strip shows clock times only.
SOME_MONDAY = date(2024, 1, 1)


@dataclass(frozen=True)
class Segment:
    """One block: where it stands (percent), what it is, and its times in words."""

    x: str
    width: str
    kind: str
    label: Promise
    times: str
    is_wide: bool
    is_narrow: bool


@dataclass(frozen=True)
class Strip:
    """A day as a strip, with marks at the full hours."""

    segments: tuple[Segment, ...]
    ticks: tuple[tuple[str, str], ...]
    minutes: int

    @property
    def text(self) -> str:
        """The strip in words, for those who do not see it."""
        return "; ".join(f"{segment.times} {segment.label}" for segment in self.segments)


def strip_of_rules(rules: Iterable[Rule], weekday: int = 0) -> Strip:
    """Draw the day that `rules` make of a weekday (Monday is 0)."""
    day = date(SOME_MONDAY.year, SOME_MONDAY.month, SOME_MONDAY.day + weekday)
    calendar = WorkCalendar(weekend=frozenset())
    return strip_of_blocks(blocks_of_day(Template(tuple(rules)), day, calendar=calendar, zone=UTC))


def strip_of_blocks(blocks: Sequence[Block]) -> Strip:
    """Draw the blocks of one day on an axis from the hour of the first to the end of the last."""
    if not blocks:
        return Strip((), (), 0)
    first = blocks[0].start.replace(minute=0)
    last = max(block.end for block in blocks)
    whole = max(1.0, (last - first).total_seconds())
    hours = -int(-whole // 3600)

    def percent(moment: datetime) -> float:
        return 100 * (moment - first).total_seconds() / whole

    segments = tuple(_segment(block, percent(block.start), percent(block.end)) for block in blocks)
    ticks = tuple(
        (f"{100 * n * 3600 / whole:.2f}%", f"{(first.hour + n) % 24}:00")
        for n in range(hours)
        if n * 3600 < 0.95 * whole
    )
    worked = sum((b.end - b.start).total_seconds() for b in blocks if b.kind.workable)
    return Strip(segments, ticks, int(worked // 60))


def _segment(block: Block, start: float, end: float) -> Segment:
    times = f"{block.start:%H:%M}–{block.end:%H:%M}"
    width = end - start
    return Segment(
        f"{start:.2f}%", f"{width:.2f}%", block.kind.value, LABELS[block.kind], times, width >= 9, width < 16
    )
