"""What a new plan changes of the one people go by, as moves a person can read; and the repair of a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from opsloop.engines.blocks import Span
from opsloop.engines.scheduling.model import Effort, Placement, Plan, Problem, Reason
from opsloop.engines.scheduling.planner import plan
from opsloop.engines.scheduling.reasons import LANGUAGES, QUOTES, moment
from opsloop.engines.workcalendar import Language

# Iterations of a repair for each task: what moves is near the cause, so less is to be searched.
REPAIR_EACH = 200
MOST_REPAIR = 30_000


class Change(StrEnum):
    """What happens to a task."""

    NEW = "new"
    MOVED = "moved"
    HANDED_OVER = "handed_over"
    TAKEN_OUT = "taken_out"


@dataclass(frozen=True)
class Move:
    """One task that stands elsewhere than before.

    `before` and `after` are its pieces of whoever does it, sorted, adjoining ones joined; empty where it
    did not or does not stand. `minutes` of it are at other times than before. `reasons` are those of the
    new plan.
    """

    task: str
    change: Change
    person: str | None
    previous: str | None
    before: tuple[Span, ...]
    after: tuple[Span, ...]
    minutes: int
    reasons: Sequence[Reason]


def repair(
    problem: Problem,
    accepted: Iterable[Placement],
    *,
    seed: int = 0,
    effort: Effort | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Plan:
    """Return a plan for `problem` that moves as little of the plan `accepted` as its weights allow.

    For an urgent arrival, a task that slipped, an absence (the person's busy times), a changed due date:
    put the change into the problem, pin what must not move, and ask. `moves` tells the difference.
    """
    asked = replace(problem, accepted=tuple(accepted))
    iterations = min(MOST_REPAIR, REPAIR_EACH * len(problem.tasks))
    return plan(asked, seed=seed, effort=effort or Effort(iterations=iterations), should_stop=should_stop)


def moves(problem: Problem, accepted: Iterable[Placement], found: Plan) -> list[Move]:
    """Return what differs between `accepted` and the plan `found`, in order of the first time concerned.

    Pieces that were over at `problem.now` do not count, nor do pinned tasks.
    """
    ahead = [piece for piece in accepted if piece.end > problem.now]
    old, new = _by_task(problem, ahead), _by_task(problem, found.placements)
    why: dict[str, Sequence[Reason]] = {piece.task: piece.reasons for piece in found.placements}
    why |= {one.task: one.reasons for one in found.unplaced}
    differing: list[Move] = []
    for task in problem.tasks:
        was, now = old.get(task.id, ()), new.get(task.id, ())
        if task.pinned or was == now or (not was and not now):
            continue
        differing.append(_move(task.id, was, now, why.get(task.id, ())))
    return sorted(differing, key=lambda move: (min((*move.before, *move.after))[0], move.task))


Pieces = tuple[tuple[str, datetime, datetime], ...]


def _by_task(problem: Problem, pieces: Iterable[Placement]) -> Mapping[str, Pieces]:
    """Return the pieces of whoever does each task, adjoining ones joined."""
    able = {task.id: task.candidates for task in problem.tasks}
    joins = {task.id: task.collaborators for task in problem.tasks}
    found: dict[str, list[tuple[str, datetime, datetime]]] = {}
    for piece in sorted(pieces, key=lambda piece: (piece.task, piece.start)):
        if piece.person not in able.get(piece.task, ()):
            continue
        if piece.person in joins[piece.task] and able[piece.task][:1] != (piece.person,):
            continue
        row = found.setdefault(piece.task, [])
        if row and row[-1][0] == piece.person and row[-1][2] == piece.start:
            row[-1] = (piece.person, row[-1][1], piece.end)
        else:
            row.append((piece.person, piece.start, piece.end))
    return {task: tuple(row) for task, row in found.items()}


def _move(task: str, was: Pieces, now: Pieces, reasons: Sequence[Reason]) -> Move:
    previous = was[0][0] if was else None
    person = now[0][0] if now else None
    if not was:
        change = Change.NEW
    elif not now:
        change = Change.TAKEN_OUT
    else:
        change = Change.MOVED if person == previous else Change.HANDED_OVER
    before = tuple((start, end) for _who, start, end in was)
    after = tuple((start, end) for _who, start, end in now)
    kept = _common(before, after) if change is Change.MOVED else 0
    minutes = max(_minutes(before), _minutes(after)) - kept
    return Move(task, change, person, previous, before, after, minutes, reasons)


def _minutes(spans: Iterable[Span]) -> int:
    return round(sum((end - start).total_seconds() for start, end in spans) / 60)


def _common(before: Iterable[Span], after: Iterable[Span]) -> int:
    after = list(after)
    shared = [(max(a, c), min(b, d)) for a, b in before for c, d in after if a < d and c < b]
    return _minutes(shared)


# change -> (zh-Hans, zh-Hant, en)
SENTENCES: dict[Change, tuple[str, str, str]] = {
    Change.NEW: ("{task}新排在{after}。", "{task}新排在{after}。", "{task} is new on {after}."),
    Change.MOVED: (
        "{task}从{before}移到{after}。",
        "{task}從{before}移到{after}。",
        "{task} moves from {before} to {after}.",
    ),
    Change.HANDED_OVER: (
        "{task}由{previous}（{before}）交给{person}（{after}）。",
        "{task}由{previous}（{before}）交給{person}（{after}）。",
        "{task} goes from {previous} ({before}) to {person} ({after}).",
    ),
    Change.TAKEN_OUT: (
        "{task}原在{before}，现在排不下。",
        "{task}原在{before}，現在排不下。",
        "{task} stood on {before} and finds no place now.",
    ),
}


def told(move: Move, problem: Problem, language: Language) -> str:
    """Return a move as one sentence, its times those of the first pieces."""
    name = next((task.name for task in problem.tasks if task.id == move.task), move.task)
    return SENTENCES[move.change][LANGUAGES[language]].format(
        task=QUOTES[language].format(name),
        before=moment(move.before[0][0], language) if move.before else "",
        after=moment(move.after[0][0], language) if move.after else "",
        person=move.person,
        previous=move.previous,
    )
