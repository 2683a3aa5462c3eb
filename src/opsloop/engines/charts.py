"""Where the marks of a chart stand: values in, places out. Pure; drawn by `web/templatetags/charts.py`.

Horizontal places are percents of the drawing's width and vertical ones pixels, so that a chart is as wide as its
frame without stretching its text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["line", "bars"]
# What a scale may end on, times a power of ten: people read these at a glance.
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
# Pixels kept free above the highest and below the lowest mark.
PADDING = 10
# Bars take up this share of their slot.
FILLED = 0.64
MOST_SERIES = 6


@dataclass(frozen=True)
class Mark:
    """One value: its slot (0 first), and its dot: `x` in percent, `y` in pixels from above.

    Its bar has `left` and `width` in percent, `top` and `height` in pixels.
    """

    slot: int
    x: float
    y: float
    left: float
    width: float
    top: float
    height: float
    value: float


@dataclass(frozen=True)
class Drawing:
    """A chart of `height` pixels: the scale with its lines, the target, and of each series its marks, None for gaps."""

    height: int
    slots: int
    ticks: Sequence[tuple[float, float]]
    target: float | None
    series: Sequence[Sequence[Mark | None]]

    @property
    def slot_width(self) -> float:
        """How wide a slot is, in percent."""
        return 100 / self.slots if self.slots else 100


def draw(
    series: Sequence[Sequence[float | None]], *, kind: Kind, height: int, target: float | None = None
) -> Drawing:
    """Return where the marks of up to six series stand that share their slots.

    Bars begin at zero. A line may be cut off below, so that small movements are seen: its scale says where it begins.

    Raises:
        ValueError: more series than can be told apart, or series of different lengths.
    """
    if len(series) > MOST_SERIES:
        raise ValueError(f"{len(series)} series cannot be told apart")
    slots = max((len(one) for one in series), default=0)
    if any(len(one) != slots for one in series):
        raise ValueError("the series of a chart have as many slots each")
    known = [value for one in series for value in one if value is not None]
    low, high = scale([*known, *([target] if target is not None else [])], from_zero=kind == "bars")

    def place(value: float) -> float:
        return round(height - PADDING - (value - low) / (high - low) * (height - 2 * PADDING), 1)

    return Drawing(
        height=height,
        slots=slots,
        ticks=[(value, place(value)) for value in (low, (low + high) / 2, high)],
        target=None if target is None else place(target),
        series=[_marks(one, number, len(series), place, low) for number, one in enumerate(series)],
    )


def scale(values: Iterable[float], *, from_zero: bool) -> tuple[float, float]:
    """Return the ends of a scale that holds all values: round numbers, never the same one twice."""
    found = list(values)
    low, high = min(found, default=0.0), max(found, default=1.0)
    if from_zero or (low >= 0 and low <= (high - low)):
        low = min(low, 0.0)
    if high <= low:
        high = low + 1
    step = _round_up((high - low) / 4)
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _round_up(value: float) -> float:
    power: float = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in STEPS if step * power >= value * (1 - 1e-9))


def _marks(
    values: Sequence[float | None], number: int, many: int, place: Callable[[float], float], low: float
) -> list[Mark | None]:
    slot_width = 100 / len(values) if values else 100
    width, floor = slot_width * FILLED / many, place(max(low, 0.0))

    def mark(slot: int, value: float) -> Mark:
        middle, y = (slot + 0.5) * slot_width, place(value)
        left = middle - slot_width * FILLED / 2 + number * width
        height = round(abs(floor - y), 1)
        return Mark(slot, round(middle, 2), y, round(left, 2), round(width, 2), min(y, floor), height, value)

    return [None if value is None else mark(slot, value) for slot, value in enumerate(values)]
