"""Which lessons speak of a task: by the words they share that few lessons have, and by the kind of work. Pure.

Words are those of `forecasting.grams`: of Chinese every pair of characters. A pair that stands in many lessons says
little, so each weighs by how rare it is (inverse document frequency, Spärck Jones 1972).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from opsloop.engines.forecasting import grams

# A word of the title says what a lesson is about; one of its situation may have come in by the way.
TITLE, SITUATION = 1.0, 0.5
SAME_KIND = 0.12
# Each person who found it useful, up to five.
USEFUL, MOST_USEFUL = 0.02, 5
# Below this share of the task's own words it is another matter.
LEAST = 0.22
LEAST_SHARED = 2


@dataclass(frozen=True)
class Known:
    """A lesson as far as likeness asks: its words, its kind of work (None: none), and how many found it useful."""

    pk: int
    title: str
    situation: str
    kind: int | None
    useful: int = 0


@dataclass(frozen=True)
class Recalled:
    """A lesson that speaks of a task: how much (0 to about 1.2), the words both have, whether the kind agrees."""

    pk: int
    score: float
    shared: tuple[str, ...]
    same_kind: bool


def recall(title: str, kind: int | None, lessons: Sequence[Known], *, most: int = 3) -> list[Recalled]:
    """Return the lessons that speak of a task with this title and kind of work, the closest first, at most `most`.

    The kind alone recalls nothing: a lesson shares at least two pairs of characters, or a whole word, with the title.
    """
    wanted = grams(title)
    titles = [grams(one.title) for one in lessons]
    everything = [words | grams(one.situation) for words, one in zip(titles, lessons, strict=True)]
    common = Counter(word for words in everything for word in words)
    weight = {word: math.log((1 + len(lessons)) / (1 + common[word])) + 0.3 for word in wanted}
    whole = sum(weight.values())
    found = []
    for one, own, words in zip(lessons, titles, everything, strict=True):
        shared = wanted & words
        if not _is_enough(shared):
            continue
        said = sum(weight[word] * (TITLE if word in own else SITUATION) for word in shared) / whole
        if said < LEAST:
            continue
        same = kind is not None and kind == one.kind
        score = said + SAME_KIND * same + USEFUL * min(one.useful, MOST_USEFUL)
        found.append(Recalled(one.pk, round(score, 4), _joined(title, shared), same))
    return sorted(found, key=lambda one: (-one.score, -one.pk))[:most]


def _is_enough(shared: frozenset[str]) -> bool:
    return len(shared) >= LEAST_SHARED or any(word.isascii() for word in shared)


def _joined(title: str, shared: frozenset[str]) -> tuple[str, ...]:
    """Return the shared words as they stand in the title, pairs that overlap put together: 短视 + 视频 → 短视频."""
    text = title.lower()
    marked = [False] * len(text)
    for word in shared:
        at = text.find(word)
        while at >= 0:
            marked[at : at + len(word)] = [True] * len(word)
            at = text.find(word, at + 1)
    found, run = [], ""
    for char, is_shared in zip([*title, ""], [*marked, False], strict=True):
        if is_shared:
            run += char
        elif run:
            found.append(run)
            run = ""
    return tuple(dict.fromkeys(found)) or tuple(sorted(shared))
