"""Why a task stands where it stands, or why not: computed from what bound it, never guessed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cached_property

from opsloop.engines.blocks import BlockKind
from opsloop.engines.priority import Disposal
from opsloop.engines.scheduling.grid import Diary, instant_of
from opsloop.engines.scheduling.jobs import Fit, Job
from opsloop.engines.scheduling.model import (
    GRID_MINUTES,
    SMALL_MINUTES,
    Code,
    Person,
    Problem,
    Reason,
    Task,
)

# How many other tasks a sentence names.
NAMED = 2


@dataclass(frozen=True)
class Case:
    """All that is known when the plan is made: diaries before and after, what stands where."""

    problem: Problem
    tasks: Mapping[str, Task]
    disposals: Mapping[str, Disposal]
    jobs: Mapping[str, Job]
    fits: Mapping[str, Fit | None]
    before: Mapping[str, Diary]
    after: Mapping[str, Diary]
    pinned: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def zones(self) -> Mapping[str, tzinfo | None]:
        """Return the zone of every person."""
        return {person.id: zone_of(person, self.problem) for person in self.problem.people}

    @cached_property
    def timelines(self) -> Mapping[str, list[tuple[int, int, str]]]:
        """Return who does what when: sorted (start, end, task) of every person."""
        lines: dict[str, list[tuple[int, int, str]]] = {person.id: [] for person in self.problem.people}
        for task_id, found in self.fits.items():
            if found is not None:
                job = self.jobs[task_id]
                for person in (job.person, *job.collaborators):
                    lines[person].extend((start, end, task_id) for start, end, _kind in found.pieces)
        for line in lines.values():
            line.sort()
        return lines

    def occupants(self, person: str, start: int, end: int) -> dict[str, int]:
        """Return the tasks in `[start, end)` with the slots each takes there."""
        line = self.timelines[person]
        taken: dict[str, int] = {}
        for index in range(max(0, bisect_left(line, (start, 0, "")) - 1), len(line)):
            a, b, task_id = line[index]
            if a >= end:
                break
            if b > start:
                taken[task_id] = taken.get(task_id, 0) + min(b, end) - max(a, start)
        return taken

    def local(self, slot: int, person: str) -> datetime:
        """Return the start of a slot in the zone of `person`."""
        return instant_of(slot).astimezone(self.zones[person])


def zone_of(person: Person, problem: Problem) -> tzinfo | None:
    """Return the zone in which `person` reads the clock."""
    return person.blocks[0].start.tzinfo if person.blocks else problem.now.tzinfo


def why_here(case: Case, job: Job, found: Fit) -> list[Reason]:
    """Return why the job stands there: what is late, what bound its start, what its blocks mean."""
    due = case.tasks[job.id].due
    if job.id in case.pinned:
        end = max(end for _start, end in case.tasks[job.id].pinned)
        late = [Reason(Code.LATE_PINNED, {"due": due})] if due is not None and end > due else []
        return [Reason(Code.PINNED), *late]
    if job.due is not None and found.end > job.due:
        return [_why_late(case, job, found, due)]
    return [_why_start(case, job, found), *_why_blocks(job, found), *_spare(case, job, found, due)]


def _spare(case: Case, job: Job, found: Fit, due: datetime | None) -> list[Reason]:
    if job.due is None or due is None:
        return []
    minutes = case.before[job.person].capacity(found.end, job.due) * GRID_MINUTES
    return [Reason(Code.AHEAD, {"due": due, "minutes": minutes})]


def _why_start(case: Case, job: Job, found: Fit) -> Reason:
    diary = case.before[job.person]
    release, cause = _release(case, job)
    if cause is not None and diary.capacity(release, found.start) == 0:
        return cause
    if diary.position(found.start) == 0:
        return Reason(Code.FIRST, {"disposal": case.disposals[job.id]})
    taken = case.occupants(job.person, release, found.start)
    taken.pop(job.id, None)
    window = diary.capacity(release, found.start)
    if sum(taken.values()) * 2 >= window:
        names = sorted(taken, key=lambda other: (-taken[other], other))[:NAMED]
        return Reason(Code.BEHIND, {"tasks": [case.tasks[other].name for other in names]})
    if _unbroken(found) and case.after[job.person].free_slots(release, found.start) > 0:
        return Reason(Code.IN_ONE_PIECE, {"minutes": job.need * GRID_MINUTES})
    return Reason(Code.FIRST_FREE)


def _release(case: Case, job: Job) -> tuple[int, Reason | None]:
    """Return the earliest slot the job could start in, and the reason if that is not simply now."""
    release = job.release
    task = case.tasks[job.id]
    cause = Reason(Code.EARLIEST, {"earliest": task.earliest}) if task.earliest else None
    if cause is not None and task.earliest is not None and task.earliest <= case.problem.now:
        cause = None
    for before, lag in job.predecessors:
        found = case.fits[before]
        if found is not None and found.end + lag >= release:
            release = found.end + lag
            finish = case.local(found.end, job.person)
            params = {"task": case.tasks[before].name, "finish": finish, "lag": lag * GRID_MINUTES}
            cause = Reason(Code.AFTER_PREDECESSOR, params)
    return release, cause


def _unbroken(found: Fit) -> bool:
    return all(one[1] == two[0] for one, two in zip(found.pieces, found.pieces[1:], strict=False))


def _why_blocks(job: Job, found: Fit) -> list[Reason]:
    kinds = {kind for _start, _end, kind in found.pieces}
    reasons: list[Reason] = []
    if BlockKind.BUFFER in kinds and job.preferred is not BlockKind.BUFFER:
        reasons.append(Reason(Code.BUFFER_NEEDED))
    elif BlockKind.FRAGMENT in kinds and job.minutes <= SMALL_MINUTES:
        reasons.append(Reason(Code.FRAGMENT))
    elif kinds == {BlockKind.FOCUS} and job.quadrant <= 2 and job.minutes > SMALL_MINUTES:
        reasons.append(Reason(Code.FOCUS))
    if not _unbroken(found):
        stretches = 1 + sum(a[1] != b[0] for a, b in zip(found.pieces, found.pieces[1:], strict=False))
        reasons.append(Reason(Code.SPLIT, {"pieces": stretches}))
    return reasons


def _why_late(case: Case, job: Job, found: Fit, due: datetime | None) -> Reason:
    diary = case.before[job.person]
    assert job.due is not None
    needed = job.need * GRID_MINUTES
    if due is not None and due <= case.problem.now:
        return Reason(Code.LATE_OVERDUE, {"due": due})
    available = diary.capacity(job.release, job.due)
    if available < job.need:
        return Reason(Code.LATE_SHORT, {"due": due, "needed": needed, "available": available * GRID_MINUTES})
    release, cause = _release(case, job)
    if (
        cause is not None
        and cause.code is Code.AFTER_PREDECESSOR
        and diary.capacity(release, job.due) < job.need
    ):
        return Reason(Code.LATE_PREDECESSOR, {"due": due, "needed": needed, **cause.params})
    taken = case.occupants(job.person, release, job.due)
    taken.pop(job.id, None)
    names = sorted(taken, key=lambda other: (-taken[other], other))[:NAMED]
    free = case.after[job.person].free_slots(release, job.due)
    own = sum(max(0, min(b, job.due) - a) for a, b, _kind in found.pieces)
    return Reason(
        Code.LATE_TAKEN,
        {
            "due": due,
            "needed": needed,
            "free": (free + own) * GRID_MINUTES,
            "tasks": [case.tasks[other].name for other in names],
        },
    )


def why_not(case: Case, job: Job) -> list[Reason]:
    """Return why the job found no place at all, and what is missing."""
    for before, _lag in job.predecessors:
        if case.fits[before] is None:
            return [Reason(Code.PREDECESSOR_UNPLACED, {"task": case.tasks[before].name})]
    release, cause = _release(case, job)
    diary, left = case.before[job.person], case.after[job.person]
    horizon = (diary.slots[-1] + 1) if diary.slots else release
    needed = job.need * GRID_MINUTES
    available = diary.capacity(release, horizon) * GRID_MINUTES
    reasons = [cause] if cause is not None else []
    if job.need * GRID_MINUTES > available:
        return [*reasons, Reason(Code.TOO_LONG, {"needed": needed, "available": available})]
    longest = _longest(diary, release) * GRID_MINUTES
    if not job.splittable and needed > longest:
        return [Reason(Code.NO_STRETCH, {"needed": needed, "longest": longest})]
    due = case.tasks[job.id].due
    if job.hard and job.due is not None and due is not None:
        free = left.free_slots(release, job.due) * GRID_MINUTES
        return [Reason(Code.HARD_DUE, {"due": due, "needed": needed, "free": free})]
    if job.collaborators:
        return [Reason(Code.NO_COMMON_TIME, {"needed": needed, "people": [job.person, *job.collaborators]})]
    return [*reasons, _full(left, job, release, horizon, needed)]


def _full(left: Diary, job: Job, release: int, horizon: int, needed: int) -> Reason:
    spare = (BlockKind.BUFFER, BlockKind.FLEX)
    kept = sum(b - a for a, b, kind in left.kinds_in(release, horizon) if kind in spare) * GRID_MINUTES
    free = left.free_slots(release, horizon) * GRID_MINUTES - kept
    longest = _longest(left, release, without=spare) * GRID_MINUTES
    return Reason(
        Code.FULL,
        {
            "needed": needed,
            "free": free,
            "kept": kept,
            "longest": longest,
            "splittable": job.splittable,
        },
    )


def _longest(diary: Diary, release: int, *, without: tuple[BlockKind, ...] = ()) -> int:
    """Return the longest unbroken free stretch at or after `release`, in slots, kinds `without` left out."""
    longest, run_start, previous = 0, release, None
    for start, end, kind in diary.free:
        if kind in without:
            continue
        start = max(start, release)
        if start >= end:
            continue
        if start != previous:
            run_start = start
        longest = max(longest, end - run_start)
        previous = end
    return longest
