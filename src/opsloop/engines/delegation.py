"""Who could take a task over: skill, practice, room before it is due, and the team (blueprint §2.2, 授权).

The score is made to be explained, not to be exact: up to 40 points for the best matching skill (8 for each of
its five levels, half when only a part of its name matches), up to 25 for like tasks done (5 each), up to 25
for the time left before the due date as a part of what the task takes, 10 for the task's own department.
Who has no working time at all before it is due stands last, whatever they can do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

SKILL_LEVEL, ALIKE_EACH, ALIKE_MOST, ROOM, TEAM = 8, 5, 25, 25, 10
PARTLY = 0.5
# What a task takes when nobody has said so.
USUAL_MINUTES = 60


class Why(StrEnum):
    """One reason for or against somebody."""

    SKILL = "skill"
    NEAR_SKILL = "near_skill"
    ALIKE = "alike"
    ROOM = "room"
    TIGHT = "tight"
    AWAY = "away"
    HIDDEN = "hidden"
    TEAM = "team"


FITTING = frozenset({Why.SKILL, Why.NEAR_SKILL, Why.ALIKE, Why.TEAM})


@dataclass(frozen=True)
class Reason:
    """A code with what its sentence needs: a name, and a number (level, count or minutes)."""

    why: Why
    number: int = 0
    name: str = ""


@dataclass(frozen=True)
class Candidate:
    """What is known of somebody. `free` are working minutes not yet taken before the due date.

    `available` are all working minutes until then. Both are None when the asker may not see them.
    """

    id: int
    skills: Mapping[str, int]
    alike: int
    available: int | None
    free: int | None
    in_department: bool


@dataclass(frozen=True)
class Scored:
    """A candidate's place: the score, and the reasons in the order in which they weigh."""

    id: int
    score: float
    reasons: tuple[Reason, ...]

    @property
    def speaks_for(self) -> bool:
        """Whether anything but free time speaks for this person."""
        return any(reason.why in FITTING for reason in self.reasons)


def match(skill: str, words: Iterable[str]) -> float:
    """Return how well a skill fits to what a task is about: 1 wholly, PARTLY by two characters in common, 0."""
    name = skill.casefold()
    texts = [word.casefold() for word in words if word]
    if any(name in text or (len(text) > 1 and text in name) for text in texts):
        return 1.0
    pairs = {name[n : n + 2] for n in range(len(name) - 1) if not name[n : n + 2].isascii()}
    return PARTLY if any(pair in text for pair in pairs for text in texts) else 0.0


def score(candidates: Iterable[Candidate], *, words: Sequence[str], minutes: int | None) -> list[Scored]:
    """Return the candidates, the best first; on a tie who has more room, then the order given."""
    wanted = minutes or USUAL_MINUTES
    scored = [(_score(one, words, wanted), one) for one in candidates]
    scored.sort(key=lambda pair: (_is_away(pair[1]), -pair[0].score, -(pair[1].free or 0)))
    return [one for one, _candidate in scored]


def _is_away(candidate: Candidate) -> bool:
    return candidate.available == 0


def _score(candidate: Candidate, words: Sequence[str], wanted: int) -> Scored:
    parts = [
        _skill(candidate, words),
        (
            min(ALIKE_MOST, ALIKE_EACH * candidate.alike),
            Reason(Why.ALIKE, candidate.alike) if candidate.alike else None,
        ),
        _room(candidate, wanted),
        (TEAM, Reason(Why.TEAM)) if candidate.in_department else (0, None),
    ]
    return Scored(
        candidate.id,
        sum(points for points, _reason in parts),
        tuple(reason for _points, reason in parts if reason),
    )


def _skill(candidate: Candidate, words: Sequence[str]) -> tuple[float, Reason | None]:
    fits = [(match(name, words), level, name) for name, level in sorted(candidate.skills.items())]
    fit, level, name = max(fits, key=lambda one: one[0] * one[1], default=(0.0, 0, ""))
    if not fit:
        return 0, None
    return SKILL_LEVEL * level * fit, Reason(Why.SKILL if fit == 1 else Why.NEAR_SKILL, level, name)


def _room(candidate: Candidate, wanted: int) -> tuple[float, Reason]:
    if candidate.free is None:
        return 0, Reason(Why.HIDDEN)
    if _is_away(candidate):
        return 0, Reason(Why.AWAY)
    if candidate.free >= wanted:
        return ROOM, Reason(Why.ROOM, candidate.free)
    return ROOM * max(0, candidate.free) / wanted, Reason(Why.TIGHT, wanted - max(0, candidate.free))
