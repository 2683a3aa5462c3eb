"""The pieces a line is cut into. Positions are half-open: `start` up to, not including, `end`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from opsloop.engines.language.quickadd.rules import Rule


@dataclass(frozen=True)
class Piece:
    """Some characters of the line that belong together."""

    start: int
    end: int


@dataclass(frozen=True)
class Kept(Piece):
    """Text that looks like a time but is none, or is past, or is unsure: it stays in the title.

    `greedy` text takes the clock time directly behind it along: 昨天下午3点.
    """

    greedy: bool = False


@dataclass(frozen=True)
class DayPiece(Piece):
    """A calendar day.

    `weak` words (月底, 15号, 12/5) are part of a longer word when letters touch them on both sides.
    `weekday` and `month_day` are set if that is all the text said. `deadline` is built into 周末前.
    """

    day: date
    weak: bool = False
    weekday: int | None = None
    month_day: int | None = None
    deadline: bool = False


@dataclass(frozen=True)
class ClockPiece(Piece):
    """A clock time in seconds after midnight; `until` ends a range. Above 24 h it is in the next day.

    `bare` is a plain 3点, which may also be three points of something. `assumed` says that nobody
    wrote 下午 and the afternoon was taken.
    """

    seconds: int
    until: int | None = None
    bare: bool = False
    assumed: bool = False


@dataclass(frozen=True)
class MomentPiece(Piece):
    """A point in time counted from now: 2小时后. `deadline` for 2小时内."""

    at: datetime
    deadline: bool = False


@dataclass(frozen=True)
class DurationPiece(Piece):
    """How long the work takes."""

    minutes: int


@dataclass(frozen=True)
class RulePiece(Piece):
    """How the work comes round again."""

    rule: Rule
