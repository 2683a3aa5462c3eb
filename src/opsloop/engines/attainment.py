"""How far a goal is: what its measures say, what today would let one expect, and the work done behind it.

A measure moves from a value to a value; the target may lie below the start (costs 100 → 80). Shares are in
percent. Work is summed up by its estimates: an action counts into its task, a task into its goal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Pace = Literal["reached", "ahead", "on", "behind", "far"]
WHOLE = Decimal(100)
# Points by which the measure may lag behind an even pace before that is said, and before it is said aloud.
TOLERANCE, FAR = Decimal(10), Decimal(25)


def attained(start: Decimal, target: Decimal, now: Decimal) -> Decimal:
    """Return how much of the way from `start` to `target` is done; not below 0, but it may pass 100.

    Raises:
        ZeroDivisionError: the target equals the start.
    """
    return max(Decimal(0), (now - start) * WHOLE / (target - start))


def moved(start: Decimal, target: Decimal, now: Decimal) -> tuple[Decimal, Decimal]:
    """Return how far the value came and how far it is to come: 85 → 90 at 88 is 3 of 5, 100 → 80 at 85 15 of 20.

    What went the wrong way is negative.
    """
    way = target - start
    done = now - start
    return (done, way) if way > 0 else (-done, -way)


def expected(starts: date | None, ends: date | None, today: date) -> Decimal | None:
    """Return what an even pace would have reached by the end of `today`; None without both dates."""
    if starts is None or ends is None or ends < starts:
        return None
    days, gone = (ends - starts).days + 1, (today - starts).days + 1
    return min(WHOLE, max(Decimal(0), WHOLE * gone / days))


def pace(share: Decimal | None, awaited: Decimal | None) -> Pace | None:
    """Return how a share stands to what was expected; None when either is unknown."""
    if share is not None and share >= WHOLE:
        return "reached"
    if share is None or awaited is None:
        return None
    lag = awaited - share
    if lag > FAR:
        return "far"
    if lag > TOLERANCE:
        return "behind"
    return "ahead" if lag < -TOLERANCE else "on"


def mean(shares: Iterable[Decimal | None]) -> Decimal | None:
    """Return the mean of the shares that are known, or None."""
    known = [share for share in shares if share is not None]
    return sum(known, Decimal(0)) / len(known) if known else None


def rolled_up(
    own: Mapping[int, Decimal | None], above: Mapping[int, int | None]
) -> dict[int, Decimal | None]:
    """Return the share of every goal: its own where it is measured, else the mean of the goals right below it.

    `above` names for each goal the one it is aligned to; one that is not in `own` counts as none. A goal in a
    circle of alignments takes nothing from it.
    """
    below: dict[int, list[int]] = defaultdict(list)
    for pk in own:
        parent = above.get(pk)
        if parent is not None and parent in own:
            below[parent].append(pk)
    shares: dict[int, Decimal | None] = {}
    for root in own:
        _roll_up(root, own, below, shares)
    return shares


def _roll_up(
    root: int,
    own: Mapping[int, Decimal | None],
    below: Mapping[int, Sequence[int]],
    shares: dict[int, Decimal | None],
) -> None:
    """Fill `shares` for `root` and all below it, the lowest first."""
    order, seen = [root], {root}
    for pk in order:
        fresh = [child for child in below.get(pk, ()) if child not in seen and child not in shares]
        seen.update(fresh)
        order.extend(fresh)
    for pk in reversed(order):
        share = own[pk]
        shares[pk] = share if share is not None else mean(shares.get(child) for child in below.get(pk, ()))


# ── Work ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Work:
    """A task, or an action with the task it belongs to; what is cancelled is left out by the caller.

    `percent` is 100 for what is done, `minutes` the estimate or None.
    """

    pk: int
    percent: int
    minutes: int | None = None
    parent: int | None = None


@dataclass(frozen=True)
class Done:
    """Pieces of work summed up so far; databases can sum these too, so no list is needed.

    Estimated ones: how many, their minutes, minutes × percent; the others: how many, their percents.
    """

    estimated: int = 0
    minutes: int = 0
    minute_percents: int = 0
    bare: int = 0
    bare_percents: int = 0

    def plus(self, minutes: int | None, percent: Decimal | int) -> Done:
        """Return the sum with one more piece, or with `percent` more of one that is in it already (see `corrected`)."""
        if minutes:
            return Done(
                self.estimated + 1, self.minutes + minutes, self.minute_percents + int(minutes * percent),
                self.bare, self.bare_percents,
            )  # fmt: skip
        return Done(
            self.estimated,
            self.minutes,
            self.minute_percents,
            self.bare + 1,
            self.bare_percents + int(percent),
        )

    def corrected(self, minutes: int | None, by: Decimal) -> Done:
        """Return the sum with one piece of it `by` points further than it was counted."""
        if minutes:
            more = round(minutes * by)
            return Done(
                self.estimated, self.minutes, self.minute_percents + more, self.bare, self.bare_percents
            )
        return Done(
            self.estimated, self.minutes, self.minute_percents, self.bare, self.bare_percents + round(by)
        )

    @property
    def percent(self) -> Decimal | None:
        """The share done, each piece weighed by its estimate; one without counts as the mean of the others."""
        if not self.estimated + self.bare:
            return None
        weight = Decimal(self.minutes) / self.estimated if self.estimated else Decimal(1)
        whole = self.minutes + weight * self.bare
        return (self.minute_percents + weight * self.bare_percents) / whole


def completion(pieces: Sequence[Work]) -> Decimal | None:
    """Return how much of the work behind a goal is done: actions into their task, tasks into the goal.

    A task that is not done stands where its actions stand together, if it has any.
    """
    actions: dict[int, Done] = defaultdict(Done)
    for piece in pieces:
        if piece.parent is not None:
            actions[piece.parent] = actions[piece.parent].plus(piece.minutes, piece.percent)
    whole = Done()
    for piece in pieces:
        if piece.parent is not None:
            continue
        whole = whole.plus(piece.minutes, piece.percent)
        steps = actions[piece.pk].percent if piece.pk in actions and piece.percent < 100 else None
        if steps is not None:
            whole = whole.corrected(piece.minutes, steps - piece.percent)
    return whole.percent


# ── A line over time ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Chart:
    """A line of check-ins in a box of `width` × `height`; points are "x,y x,y", y grows downwards.

    `awaited` is the even pace from the start to the due date, `today` the place of today.
    """

    width: int
    height: int
    line: str
    last: tuple[float, float]
    awaited: str
    today: float | None
    dots: tuple[tuple[float, float], ...]


def chart(
    points: Sequence[tuple[date, Decimal]],
    *,
    starts: date,
    ends: date | None,
    today: date,
    width: int,
    height: int,
) -> Chart | None:
    """Draw shares in percent over time, oldest first; None without any.

    The line begins at 0 on `starts`. What passes 100 makes room above, nothing falls out of the box.
    """
    if not points:
        return None
    first = min(starts, points[0][0])
    last = max(ends or today, today, points[-1][0], starts)
    top = max(WHOLE, *(share for _day, share in points))
    days = max(1, (last - first).days)

    def place(day: date, share: Decimal) -> tuple[float, float]:
        x = 2 + (width - 4) * (day - first).days / days
        y = height - 2 - (height - 4) * float(share / top)
        return round(x, 1), round(y, 1)

    path = [place(first, Decimal(0)), *(place(day, share) for day, share in points)]
    awaited = [place(starts, Decimal(0)), place(ends, WHOLE)] if ends and ends > starts else []
    return Chart(
        width, height, _points(path), path[-1], _points(awaited), place(today, Decimal(0))[0], tuple(path[1:])
    )


def _points(path: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in path)
