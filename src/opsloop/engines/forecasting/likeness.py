"""Advice on an estimate from like tasks and what they really took, by weighted quantiles.

Work of few kinds is estimated well by its own past: the next 周报 takes what the last ones took. Likeness is made to
be explained: the same title up to numbers (routine work, or of one template) counts whole; else a shared title counts
up to 0.6 and category, project and owner the rest. Durations are skewed, so everything is done on logarithms, and
thin data is drawn towards what is known of durations at large: two like tasks move the middle most of the way and
leave the spread wide (pseudo-counts below; the rule of additive smoothing).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

# Weights of what two tasks share; the same work counts 1.
TITLE, CATEGORY, PROJECT, OWNER = 0.6, 0.15, 0.1, 0.15
# Less alike than this is another kind of work: a third of a title, or two of the rest together.
ALIKE = 0.2
# As many like tasks are assumed beforehand: for the middle, drawn to all history, and for the spread.
MIDDLE_PRIOR, SPREAD_PRIOR = 0.5, 3.0
# Half of tasks end within this factor of their middle, where nothing is known of the kind of work.
USUAL_SPREAD = math.log(1.6)
LOW, HIGH = 0.2, 0.8
STEP = 5
MOST_LIKES = 5
# The reserve stays within what the method asks for (blueprint §2.3), whatever the past says.
LEAST_RESERVE, MOST_RESERVE = 10, 20
RESERVE_PRIOR = 5.0
FEWEST_PAIRS = 3

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_WORD = re.compile(r"[^\W\d_]+")


class Basis(StrEnum):
    """What like tasks share with the one that is estimated."""

    SAME = "same"
    TITLE = "title"
    CATEGORY = "category"
    PROJECT = "project"
    OWNER = "owner"


@dataclass(frozen=True)
class Done:
    """A finished task: what it was, and the minutes it took. Keys are those of records; None is none."""

    id: int
    title: str
    minutes: int
    category: int | None = None
    project: int | None = None
    owner: int | None = None


@dataclass(frozen=True)
class Features:
    """What is known of the task to estimate."""

    title: str
    category: int | None = None
    project: int | None = None
    owner: int | None = None


@dataclass(frozen=True)
class Like:
    """A like task, how alike (0 to 1), and by what."""

    done: Done
    likeness: float
    shares: tuple[Basis, ...]


@dataclass(frozen=True)
class Advice:
    """Minutes that the work may take: seldom less than `low`, seldom more than `high`; from `n` like tasks."""

    low: int
    likely: int
    high: int
    n: int
    basis: tuple[Basis, ...]
    likes: tuple[Like, ...]
    # The keys of all `n`, the likest first.
    ids: tuple[int, ...] = ()


def grams(title: str) -> frozenset[str]:
    """Return the words of a title, and of Chinese every pair of characters; numbers say nothing about work."""
    text = unicodedata.normalize("NFKC", title).lower()
    found: set[str] = set()
    for run in _HAN.findall(text):
        found.update(run[at : at + 2] for at in range(max(1, len(run) - 1)))
    found.update(word for word in _WORD.findall(_HAN.sub(" ", text)) if len(word) > 1)
    return frozenset(found)


def likeness(done: Done, features: Features, wanted: frozenset[str]) -> Like:
    """Return how alike a finished task is."""
    own = grams(done.title)
    if wanted and own == wanted:
        return Like(done, 1.0, (Basis.SAME,))
    shared = 2 * len(own & wanted) / (len(own) + len(wanted)) if own and wanted else 0.0
    parts = [(Basis.TITLE, TITLE * shared)] if shared else []
    for basis, weight, one, other in (
        (Basis.CATEGORY, CATEGORY, done.category, features.category),
        (Basis.PROJECT, PROJECT, done.project, features.project),
        (Basis.OWNER, OWNER, done.owner, features.owner),
    ):
        if one is not None and one == other:
            parts.append((basis, weight))
    return Like(done, sum(weight for _basis, weight in parts), tuple(basis for basis, _weight in parts))


def advise(history: Iterable[Done], features: Features) -> Advice | None:
    """Return what the work may take, or None when nothing finished is like it.

    If any task is the same work, only such ones count: other work of the same person says less.
    """
    wanted = grams(features.title)
    known = [one for one in history if one.minutes > 0]
    found = [like for one in known if (like := likeness(one, features, wanted)).likeness >= ALIKE]
    found.sort(key=lambda like: (-like.likeness, -like.done.id))
    same = [like for like in found if Basis.SAME in like.shares]
    likes = same or found
    if not likes:
        return None
    points = [(math.log(like.done.minutes), like.likeness) for like in likes]
    weight = sum(share for _value, share in points)
    overall = quantile([(math.log(one.minutes), 1.0) for one in known], 0.5)
    middle = (weight * quantile(points, 0.5) + MIDDLE_PRIOR * overall) / (weight + MIDDLE_PRIOR)
    below = _shrunk(middle - quantile(points, LOW), weight)
    above = _shrunk(quantile(points, HIGH) - middle, weight)
    shares = {basis for like in likes for basis in like.shares}
    return Advice(
        low=_minutes(middle - below),
        likely=_minutes(middle),
        high=_minutes(middle + above),
        n=len(likes),
        basis=tuple(basis for basis in Basis if basis in shares),
        likes=tuple(likes[:MOST_LIKES]),
        ids=tuple(like.done.id for like in likes),
    )


def _shrunk(spread: float, weight: float) -> float:
    return (weight * max(0.0, spread) + SPREAD_PRIOR * USUAL_SPREAD) / (weight + SPREAD_PRIOR)


def _minutes(value: float) -> int:
    return max(STEP, round(math.exp(value) / STEP) * STEP)


def quantile(points: Sequence[tuple[float, float]], share: float) -> float:
    """Return the weighted quantile of (value, weight) points: between the two values around `share`."""
    ordered = sorted(points)
    total = sum(weight for _value, weight in ordered)
    reached, before = 0.0, ordered[0]
    at_before = 0.0
    for value, weight in ordered:
        at = (reached + weight / 2) / total
        if at >= share:
            gap = at - at_before
            ratio = (share - at_before) / gap if gap > 0 and value != before[0] else 1.0
            return before[0] + (value - before[0]) * max(0.0, min(1.0, ratio))
        reached += weight
        before, at_before = (value, weight), at
    return ordered[-1][0]


@dataclass(frozen=True)
class Reserve:
    """The reserve of a person in percent, from `n` estimated and finished tasks; `error` is the raw overrun."""

    percent: int
    n: int
    error: int


def reserve(pairs: Iterable[tuple[int, int]], *, otherwise: int) -> Reserve:
    """Return the reserve from (estimated, actual) minutes of one's own finished tasks.

    The middle overrun, drawn to none while there are few; `otherwise` when there are fewer than three.
    """
    ratios = [
        (math.log(actual / estimated), 1.0) for estimated, actual in pairs if estimated > 0 and actual > 0
    ]
    if len(ratios) < FEWEST_PAIRS:
        return Reserve(otherwise, len(ratios), 0)
    middle = quantile(ratios, 0.5) * len(ratios) / (len(ratios) + RESERVE_PRIOR)
    error = round((math.exp(middle) - 1) * 100)
    return Reserve(max(LEAST_RESERVE, min(MOST_RESERVE, error)), len(ratios), error)
