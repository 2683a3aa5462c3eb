"""Tasks on the grid as columns: a list for each thing that is known of a task, task n at place n of every list.

A plan of forty thousand tasks is half a second of Python: what is made for each task is a number in a list, and what
is the same for many (how urgent, how long, who could) is worked out once. ADR 0034.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from opsloop.engines import priority
from opsloop.engines.blocks import BlockKind
from opsloop.engines.priority import Nearness, Priority, Quadrant, Urgency
from opsloop.engines.scheduling.grid import EPOCH, SLOT, Diary, ceil_slot, needed_slots
from opsloop.engines.scheduling.model import GRID_MINUTES, Problem, Task

NEVER = 1 << 30
DAY_SLOTS = 24 * 60 // GRID_MINUTES
# What is due within a week after the horizon goes before what is late already.
SOON_BEYOND = 7 * DAY_SLOTS
# A wait of centuries is as good as one of more.
LONGEST_LAG = 1 << 26
PRESSING = frozenset({Nearness.OVERDUE, Nearness.TODAY})
NEARNESS = (Nearness.OVERDUE, Nearness.TODAY, Nearness.SOON, Nearness.LATER)
# What a task waits for, or what waits for it, with lags in slots; nearly always nothing.
Links = Sequence[tuple[int, int]]
NOTHING: Links = ()
Asked = tuple[int | None, Urgency | None, Quadrant | None, Nearness]
Length = tuple[int | None, int | None, float, int]


class Dues:
    """When each task of a problem is due: since 1970, as a slot, and how near that is. None where it is not."""

    def __init__(self, problem: Problem) -> None:
        """Read every due date once. Lengths of time compare ten times as fast as instants of two zones."""
        limits = [moment - EPOCH for moment in priority.nearness_limits(problem.now)]
        try:
            self.since: list[timedelta | None] = [
                None if (due := task.due) is None else due - EPOCH for task in problem.tasks
            ]
        except TypeError as error:
            raise ValueError("every due date must carry a time zone") from error
        self.slots: list[int | None] = [None if at is None else at // SLOT for at in self.since]
        self.nearness = [
            Nearness.NONE if at is None else NEARNESS[bisect_left(limits, at)] for at in self.since
        ]


class Ranks(dict[Asked, int]):
    """The number of the priority of whatever is important, urgent and near in the same way; `found` holds them."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.found: list[Priority] = []

    def __missing__(self, asked: Asked) -> int:
        """Work out one more."""
        self.found.append(_rank(asked))
        number = self[asked] = len(self.found) - 1
        return number


@lru_cache(maxsize=1024)
def _rank(asked: Asked) -> Priority:
    """Return the priority: there are a few hundred in all, the same in every plan."""
    relevance, urgency, quadrant, nearness = asked
    return priority.assess_near(priority.Item("", relevance, urgency, None, None, quadrant), nearness)


class Needs(dict[Length, int]):
    """The slots of whatever is estimated and worked on alike."""

    def __init__(self, default_minutes: int) -> None:
        """Remember what stands for no estimate."""
        super().__init__()
        self.default_minutes = default_minutes

    def __missing__(self, length: Length) -> int:
        """Work out one more."""
        planned, minutes, reserve, worked = length
        task = Task("", minutes, (), planned_minutes=planned, reserve=reserve, worked_minutes=worked)
        found = self[length] = needed_slots(task, self.default_minutes)
        return found


class Able(dict[tuple[str, ...], tuple[str, ...]]):
    """Who of the candidates has working time; nobody where one of them is unknown."""

    def __init__(self, diaries: Mapping[str, Diary]) -> None:
        """Remember everybody's time."""
        super().__init__()
        self.diaries = diaries

    def __missing__(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """Look at the time of some."""
        diaries = self.diaries
        known = all(who in diaries for who in candidates)
        found = self[candidates] = tuple([who for who in candidates if known and diaries[who].slots])
        return found


@dataclass
class Columns:
    """What is to be planned, in topological order; times in slots, NEVER for none.

    `places` are those of the tasks in the problem. `due` is NEVER if nothing placed in the horizon could be late;
    `aim` is the due date, or the end of the horizon for what is due soon behind it: done by then it is surely met.
    `rank` is the place in `ranks`. `small` fits into a fragment, `pressing` is important and due today or overdue:
    it starts as soon as it can, through a fragment if need be.
    """

    places: list[int]
    ids: list[str]
    candidates: list[tuple[str, ...]]
    need: list[int]
    release: list[int]
    due: list[int]
    aim: list[int]
    hard: list[bool]
    rank: list[int]
    ranks: list[Priority]
    weight: list[float]
    minutes: list[int]
    splittable: list[bool]
    piece: list[int]
    preferred: list[BlockKind | None]
    joins: list[tuple[str, ...]]
    before: list[Links]
    after: list[Links]

    @property
    def pressing(self) -> list[bool]:
        """Return of each priority whether it presses."""
        return [rank.quadrant == 1 and rank.nearness in PRESSING for rank in self.ranks]


def columns(problem: Problem, places: list[int], dues: Dues, able: Able, first: int, last: int) -> Columns:
    """Return the columns of the tasks at `places`, planned from slot `first` to `last`."""
    tasks = [problem.tasks[place] for place in places]
    ids = [task.id for task in tasks]
    ranks, needs = Ranks(), Needs(problem.default_minutes)
    default = problem.default_minutes
    end = problem.end - EPOCH
    due: list[int] = []
    aim: list[int] = []
    furthest = last + SOON_BEYOND
    for place in places:
        slot = dues.slots[place]
        if slot is None:
            due.append(NEVER)
            aim.append(NEVER)
            continue
        since = dues.since[place]
        due.append(slot if since is not None and since <= end else NEVER)
        # Work due long after the horizon is not pressed.
        aim.append(min(last, slot) if slot <= furthest else NEVER)
    asked = [
        (task.importance, task.urgency, task.quadrant, dues.nearness[place])
        for task, place in zip(tasks, places, strict=True)
    ]
    lengths = [(task.planned_minutes, task.minutes, task.reserve, task.worked_minutes) for task in tasks]
    before, after = _links(tasks, ids)
    return Columns(
        places=places,
        ids=ids,
        # Pins may have taken the last free slot of all who could: then it finds no place, and that is said. A pinned
        # span stands in the diary of the first candidate already.
        candidates=[
            task.candidates[:1] if task.pinned else able[task.candidates] or task.candidates[:1]
            for task in tasks
        ],
        need=list(map(needs.__getitem__, lengths)),
        release=[
            first if (earliest := task.earliest) is None else max(first, ceil_slot(earliest))
            for task in tasks
        ],
        due=due,
        aim=aim,
        hard=[task.hard_due for task in tasks],
        rank=list(map(ranks.__getitem__, asked)),
        ranks=ranks.found,
        weight=[task.weight if task.weight > 0 else 0.0 for task in tasks],
        minutes=[minutes if (minutes := task.minutes) and minutes > 0 else default for task in tasks],
        splittable=[task.splittable for task in tasks],
        piece=[-(-task.min_piece // GRID_MINUTES) if task.min_piece > GRID_MINUTES else 1 for task in tasks],
        preferred=[task.preferred for task in tasks],
        joins=[tuple(dict.fromkeys(task.collaborators)) if task.collaborators else () for task in tasks],
        before=before,
        after=after,
    )


def _links(tasks: Sequence[Task], ids: Sequence[str]) -> tuple[list[Links], list[Links]]:
    """Return what each task waits for, and what waits for it."""
    before: list[Links] = [NOTHING] * len(tasks)
    after: list[Links] = [NOTHING] * len(tasks)
    waiting = [n for n, task in enumerate(tasks) if task.predecessors]
    number = {task_id: n for n, task_id in enumerate(ids)} if waiting else {}
    behind: dict[int, list[tuple[int, int]]] = {}
    for n in waiting:
        lags: dict[int, int] = {}
        for one in tasks[n].predecessors:
            k = number.get(one.task)
            if k is not None:
                lag = min(LONGEST_LAG, max(0, -(-one.lag_minutes // GRID_MINUTES)))
                lags[k] = max(lag, lags.get(k, 0))
        before[n] = list(lags.items())
        for k, lag in lags.items():
            behind.setdefault(k, []).append((n, lag))
    for k, links in behind.items():
        after[k] = links
    return before, after


def offsets(rows: Sequence[Sequence[object]]) -> list[int]:
    """Return where the rows begin if they stand one behind the other, and where the last one ends."""
    found, reached = [0], 0
    for size in map(len, rows):
        reached += size
        found.append(reached)
    return found
