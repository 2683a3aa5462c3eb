"""From jobs and diaries to the flat arrays of the kernel, and back to pieces."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from math import log
from typing import Any, TypeAlias

from opsloop.engines.blocks import BlockKind
from opsloop.engines.scheduling import kernel
from opsloop.engines.scheduling.grid import Diary, Segment
from opsloop.engines.scheduling.jobs import Fit, Job
from opsloop.engines.scheduling.model import GRID_MINUTES, SMALL_MINUTES, Weights

NEVER = 1 << 30
NOWHERE = -1
KINDS = tuple(BlockKind)
NUMBER = {kind: n for n, kind in enumerate(KINDS)}
RESERVE = (BlockKind.BUFFER, BlockKind.FLEX)
RESERVED = sum(1 << NUMBER[kind] for kind in RESERVE)
DAY_SLOTS = 24 * 60 // GRID_MINUTES
# Work of two hours or more is interrupted anyway: what counts is the share of it.
FULL_PRICE = 8
# What nobody may take the time of, whatever it gains.
UNTOUCHABLE = 1e12
# What is not due in the horizon, or soon after it, is in half the hurry.
UNHURRIED = 0.5
# What a minute in a fragment costs work that has to start as soon as it can, as a share.
PRESSING = 0.1
# Hours from which on a task is in no greater hurry for being longer.
LONG = 8
# How many slots earlier one point of weight lets a task be tried in the construction.
KEY_PER_WEIGHT = 6
UNDATED = 28
# −ln of a share of chance, as a table: the dice of the acceptance give the same on every machine.
LUCK = array("d", (-log((n + 0.5) / 1024) for n in range(1024)))
# A job, who does it (or nobody), and its positions.
Standing: TypeAlias = "tuple[int, int, array[int]]"
TERMS = ("late", "unplaced", "disruption", "fit", "fragmentation", "earliness")


class Table:
    """The board of one problem. Tasks are numbered in the order of `jobs`, people in that of `diaries`."""

    def __init__(
        self,
        jobs: Sequence[Job],
        diaries: Mapping[str, Diary],
        weights: Weights,
        *,
        pins: Mapping[str, Fit | None],
        accepted: Mapping[str, tuple[str, Sequence[int]]],
        now: int,
    ) -> None:
        """Number everything.

        `pins` hold the fixed jobs (None: it cannot be planned), `accepted` owner and slots in the plan in
        force.
        """
        self.jobs = jobs
        self.weights = weights
        self.number = {job.id: n for n, job in enumerate(jobs)}
        self.names = list(diaries)
        self.person = {who: n for n, who in enumerate(self.names)}
        self._profiles: dict[tuple[object, ...], int] = {}
        self.prices = array("d")
        self.masks = array("i")
        self.arrays: dict[str, object] = {"people": len(self.names), "tasks": len(jobs)}
        self._number_positions(diaries)
        self._number_tasks(pins)
        self._weigh()
        self._link()
        self._remember(accepted, now)
        self._set_up()
        self._choose_profiles()

    # --- filling -------------------------------------------------------------------------------------

    def _number_positions(self, diaries: Mapping[str, Diary]) -> None:
        self.p0 = array("i", [0])
        self.at = array("i")
        # The kind that counts, and the one of the block.
        self.kind = array("i")
        self.shown = array("i")
        read: dict[int, tuple[array[int], array[int], array[int]]] = {}
        for found in diaries.values():
            # Most people of a department share one diary.
            if id(found) not in read:
                read[id(found)] = _positions(found)
            at, shown, kind = read[id(found)]
            self.at += at
            self.shown += shown
            self.kind += kind
            self.p0.append(len(self.at))
        self.occ = array("i", [NOWHERE]) * max(1, len(self.at))

    def _number_tasks(self, pins: Mapping[str, Fit | None]) -> None:
        jobs, count = self.jobs, len(self.jobs)
        # What is longer than anybody's whole time cannot be planned, and must not take room for it either.
        widest = max((b - a for a, b in self._bounds()), default=0)
        too_long = [job.need > widest and job.id not in pins for job in jobs]
        self.need = array(
            "i", [1 if out else min(job.need, widest + 1) for job, out in zip(jobs, too_long, strict=True)]
        )
        self.release = array("i", [job.release for job in jobs])
        self.due = array("i", [NEVER if job.due is None else job.due for job in jobs])
        self.aim = array("i", [NEVER if job.aim is None else job.aim for job in jobs])
        self.limit = array("i", [job.due if job.hard and job.due is not None else NEVER for job in jobs])
        self.splittable = array("i", [job.splittable for job in jobs])
        self.piece = array("i", map(min, [job.piece for job in jobs], self.need))
        self.fixed = array("i", [out or job.id in pins for job, out in zip(jobs, too_long, strict=True)])
        self.where = array("i", [NOWHERE]) * count
        self.start = array("i", [0]) * count
        self.end = array("i", [0]) * count
        self.off = array("i", accumulate(self.need, initial=0))
        self.pool = array("i", [0]) * max(1, self.off[-1])
        for job_id, found in pins.items():
            n = self.number.get(job_id)
            if n is not None and found is not None:
                self.where[n] = self.person[jobs[n].person]
                self.start[n], self.end[n] = found.start, found.end

    def _weigh(self) -> None:
        w, jobs = self.weights, self.jobs
        value = [
            job.weight * w.quadrant[job.quadrant] * (1 + w.relevance * (job.relevance - 3)) for job in jobs
        ]
        hurry = [2 ** (job.score / 60) / 16 * (1 if job.aim is not None else UNHURRIED) for job in jobs]
        hours = [need * GRID_MINUTES / 60 for need in self.need]
        last, count = self._last(), len(jobs)
        minutely = w.tardiness * GRID_MINUTES
        quarterly = w.earliness * GRID_MINUTES
        self.value = array("d", value)
        self.late_once = array("d", [w.missed * v for v in value])
        self.late = array("d", [minutely * v for v in value])
        # Of equals the one that was named first goes first.
        self.early = array(
            "d",
            [
                quarterly * haste * min(LONG, length) * (1 + 1e-4 * (1 - n / count))
                for n, (haste, length) in enumerate(zip(hurry, hours, strict=True))
            ],
        )
        self.unplaced = array("d", [w.unplaced * h * (n + 0.5) for h, n in zip(hurry, hours, strict=True)])
        self.share = array("d", [min(1.0, FULL_PRICE / need) for need in self.need])
        for n, (due, aim) in enumerate(zip(self.due, self.aim, strict=True)):
            if due != NEVER:
                days = max(0, last - due) + DAY_SLOTS
                self.unplaced[n] += self.late_once[n] + self.late[n] * days
            elif aim != NEVER:
                self.unplaced[n] += self.late_once[n] / 2

    def _last(self) -> int:
        return max((self.at[end - 1] + 1 for end in self.p0[1:] if end > 0), default=0)

    def _link(self) -> None:
        person = self.person
        self.cand_off = _offsets([job.candidates for job in self.jobs])
        self.cand = array("i", [person[who] for job in self.jobs for who in job.candidates]) or array(
            "i", [0]
        )
        self.join_off = _offsets([job.joins for job in self.jobs])
        self.join = array("i", [person[who] for job in self.jobs for who in job.joins]) or array("i", [0])
        self.before = self._links([job.predecessors for job in self.jobs])
        self.after = self._links([job.successors for job in self.jobs])
        self.pred_off, self.pred, self.pred_lag = _links(self.before)
        self.succ_off, self.succ, self.succ_lag = _links(self.after)

    def _links(self, rows: Sequence[Sequence[tuple[str, int]]]) -> list[list[tuple[int, int]]]:
        number = self.number
        return [[(number[one], lag) for one, lag in links] if links else [] for links in rows]

    def position(self, person: int, slot: int) -> int:
        """Return the first position of `person` at or after `slot`."""
        return bisect_left(self.at, slot, self.p0[person], self.p0[person + 1])

    def _remember(self, accepted: Mapping[str, tuple[str, Sequence[int]]], now: int) -> None:
        """Note where the accepted plan has each job; what is near costs more to move."""
        count, w = len(self.jobs), self.weights
        self.remembers = False
        self.old = array("i", [NOWHERE]) * max(1, len(self.at))
        self.old_person = array("i", [NOWHERE]) * count
        self.moved, self.moved_once, self.moved_person = _zeros(count), _zeros(count), _zeros(count)
        for job_id, (who, slots) in accepted.items():
            n = self.number.get(job_id)
            if n is None or who not in self.person or self.fixed[n] or not slots:
                continue
            self.remembers = True
            person = self.person[who]
            near = 1 + 3 / (1 + max(0, slots[0] - now) / DAY_SLOTS)
            self.old_person[n] = person
            self.moved[n] = w.moved * GRID_MINUTES * near
            self.moved_once[n] = w.moved_task * near
            self.moved_person[n] = w.moved_person
            for slot in slots:
                q = self.position(person, slot)
                if q < self.p0[person + 1] and self.at[q] == slot:
                    self.old[q] = n

    def _set_up(self) -> None:
        """Make the board, and look at what waits for what."""
        w, count = self.weights, len(self.jobs)
        self.first = min((self.at[a] for a, b in self._bounds()), default=0)
        width = self._last() - self.first + 1
        # A row of slots for each of those who join in something, and for nobody else.
        rows = {person: row for row, person in enumerate(dict.fromkeys(self.join[: self.join_off[-1]]))}
        self.grid = array("i", [NOWHERE]) * max(1, width * len(rows))
        for person, row in rows.items():
            for q in range(self.p0[person], self.p0[person + 1]):
                self.grid[row * width + self.at[q] - self.first] = q
        joining = array("i", [rows.get(person, 0) for person in self.join])
        self.head, self.finish, self.reachable, self.presses = (array("i", [0]) * count for _ in range(4))
        self.profile, self.movable, self.tail_due = (array("i", [0]) * count for _ in range(3))
        self.tail, self.key, self.base = _zeros(count), _zeros(count), _zeros(count)
        self.cost = array(
            "d", [0.0 if at else cost for at, cost in zip(self.fixed, self.unplaced, strict=True)]
        )
        names = (
            "p0 at kind grid need release limit due splittable piece profile old_person tail_due off "
            "cand_off cand join_off join pred_off pred pred_lag succ_off succ succ_lag fixed where start "
            "end pool occ old late_once late early unplaced share moved moved_once moved_person tail key "
            "movable cost base"
        )
        self.arrays |= {name: getattr(self, name) for name in names.split()}
        self.arrays |= {
            "join": joining,
            "first": self.first,
            "width": width,
            "gaps": array("d", [w.split, w.split_day, w.split_night]),
            "luck": LUCK,
        }
        longest = max(self.need, default=1)
        widest = max((b - a for a, b in self._bounds()), default=1)
        self.board = kernel.Board(_filled(self.arrays), longest, widest)
        if count:
            self.board.look_behind(
                self.aim,
                self.value,
                self.head,
                self.finish,
                self.reachable,
                self.presses,
                KEY_PER_WEIGHT,
                UNDATED,
                DAY_SLOTS,
            )
        self.board.ideals()

    def _choose_profiles(self) -> None:
        """Tell which kinds of block each job may use, and at which prices."""
        self.strict = array("i", [0]) * len(self.jobs)
        for n, job in enumerate(self.jobs):
            small = job.minutes <= SMALL_MINUTES
            # Time kept free for surprises is for what would be late without it. A small thing may stand there
            # too, for there is hardly another use for the end of a day, and one that must not be split, for
            # it may fit nowhere else.
            anywhere = small or not job.splittable or bool(self.presses[n])
            asked = (job.preferred, small, job.quadrant == 1, job.pressing)
            self.profile[n] = self._profile((*asked, anywhere))
            self.strict[n] = self._profile((*asked, False)) if anywhere else self.profile[n]
        self.board.set_prices(self.masks or array("i", [0]), self.prices or array("d", [0.0]))

    def _profile(self, asked: tuple[BlockKind | None, bool, bool, bool, bool]) -> int:
        known = self._profiles.get(asked)
        if known is not None:
            return known
        preferred, small, urgent, pressing, anywhere = asked
        w = self.weights
        levels = _levels(
            preferred,
            w.misfit_urgent if urgent else w.misfit,
            w.spare * (PRESSING if pressing else 1),
            w.reserve if anywhere else None,
            small=small,
        )
        self.prices.extend(levels[-1].get(kind, 0.0) * GRID_MINUTES for kind in KINDS)
        masks = list(dict.fromkeys(sum(1 << NUMBER[kind] for kind in level) for level in levels))
        self.masks.extend([*masks, 0, 0][:3])
        self._profiles[asked] = len(self._profiles)
        return self._profiles[asked]

    def _bounds(self) -> list[tuple[int, int]]:
        return [(a, b) for a, b in zip(self.p0, self.p0[1:], strict=False) if a < b]

    # --- reading -------------------------------------------------------------------------------------

    def slots(self, n: int) -> list[int]:
        """Return the positions of a placed job."""
        return list(self.pool[self.off[n] : self.off[n + 1]])

    def fits(self) -> list[Fit | None]:
        """Return where each job stands, as pieces of one kind each; None for what is fixed or does not stand."""
        count, room = len(self.jobs), max(1, self.off[-1])
        begins = array("i", [0]) * (count + 1)
        first, last, kinds = (array("i", [0]) * room for _ in range(3))
        self.board.pieces(_never_empty(self.shown), begins, first, last, kinds)
        pieces = list(zip(first, last, map(KINDS.__getitem__, kinds), strict=True))
        return [Fit(tuple(pieces[a:b])) if a < b else None for a, b in pairwise(begins)]

    def mask_of(self, n: int) -> int:
        """Return the kinds of block that job `n` may use at all, as bits."""
        masks = self.masks[self.profile[n] * 3 : self.profile[n] * 3 + 3]
        return max(masks)

    def joined(self, person: int, slot: int) -> int:
        """Return the position of `person` that is `slot`, or none."""
        q = self.position(person, slot)
        return q if q < self.p0[person + 1] and self.at[q] == slot else NOWHERE

    def using_reserve(self) -> list[int]:
        """Return the jobs that stand in time kept free for surprises, though that is not their place."""
        return [n for n in self.board.standing_in(RESERVED) if self.jobs[n].preferred not in RESERVE]

    def strict_profile(self, n: int) -> int:
        """Return the profile of job `n` for all but the time kept free."""
        return self.strict[n]

    def free(self, who: str) -> list[Segment]:
        """Return what is free of a person's time, as a diary has it."""
        found: list[Segment] = []
        person = self.person[who]
        for q in range(self.p0[person], self.p0[person + 1]):
            if self.occ[q] != NOWHERE:
                continue
            slot, kind = self.at[q], KINDS[self.shown[q]]
            if found and found[-1][1] == slot and found[-1][2] is kind:
                found[-1] = (found[-1][0], slot + 1, kind)
            else:
                found.append((slot, slot + 1, kind))
        return found

    def in_time(self, n: int) -> bool:
        """Tell whether job `n` stands where it meets its due date, or in the horizon if that is later."""
        if self.where[n] == NOWHERE or self.jobs[n].aim is None:
            return False
        return self.end[n] <= self.due[n]

    def terms(self) -> dict[str, float]:
        """Return what the plan costs, term by term."""
        found = array("d", [0.0]) * len(TERMS)
        self.board.add_terms(found)
        return dict(zip(TERMS, found, strict=True))

    def save(self, chosen: Iterable[int]) -> list[Standing]:
        """Return where the jobs `chosen` stand, for `load`."""
        return [(n, self.where[n], self.pool[self.off[n] : self.off[n + 1]]) for n in chosen]

    def load(self, state: Sequence[Standing]) -> None:
        """Put the jobs of `state` back where they stood."""
        for n, _person, _slots in state:
            if self.where[n] != NOWHERE:
                self.board.remove(n)
        for n, person, slots in state:
            if person != NOWHERE:
                self.pool[self.off[n] : self.off[n + 1]] = slots
                self.board.put(n, person)

    def snapshot(self) -> list[array[Any]]:
        """Return where everything stands, for `restore`."""
        return [one[:] for one in self._state()]

    def restore(self, state: Sequence[array[Any]]) -> None:
        """Put everything back where it stood."""
        for one, kept in zip(self._state(), state, strict=True):
            memoryview(one)[:] = memoryview(kept)

    def _state(self) -> tuple[array[Any], ...]:
        return (self.where, self.start, self.end, self.pool, self.occ, self.cost)


def _positions(found: Diary) -> tuple[array[int], array[int], array[int]]:
    """Return the slots of a diary, the kind of block of each, and the kind that counts."""
    at, shown, counts = array("i"), array("i"), array("i")
    flexible = {edge for a, b, kind in found.free if kind is BlockKind.FLEX for edge in (a, b)}
    for start, end, kind in found.free:
        at.extend(range(start, end))
        shown.extend([NUMBER[kind]] * (end - start))
        if kind is BlockKind.FRAGMENT and (start in flexible or end in flexible):
            # A fragment amid a flexible day is part of what that day keeps free.
            kind = BlockKind.FLEX
        counts.extend([NUMBER[kind]] * (end - start))
    return at, shown, counts


def _zeros(count: int) -> array[float]:
    return array("d", [0.0]) * count


def _links(rows: Sequence[Sequence[tuple[int, int]]]) -> tuple[array[int], array[int], array[int]]:
    """Return the links as offsets, numbers and lags."""
    numbers = array("i", [one for links in rows for one, _lag in links] or [0])
    return _offsets(rows), numbers, array("i", [lag for links in rows for _one, lag in links] or [0])


def _offsets(rows: Sequence[Sequence[object]]) -> array[int]:
    return array("i", accumulate(map(len, rows), initial=0))


def _filled(arrays: Mapping[str, object]) -> dict[str, object]:
    """Return the arrays with none of them empty, which a typed view could not hold."""
    return {
        name: _never_empty(value) if isinstance(value, array) else value for name, value in arrays.items()
    }


def _never_empty(values: array[Any]) -> array[Any]:
    return values or array(values.typecode, [0])


def _levels(
    preferred: BlockKind | None, misfit: float, spare: float, reserve: float | None, *, small: bool
) -> list[dict[BlockKind, float]]:
    """Return the allowed kinds with their prices: first choice, then fragments, flex time and buffers too."""
    if preferred not in (None, BlockKind.FOCUS, BlockKind.LUNCH):
        prices = {preferred: 0.0, BlockKind.FOCUS: misfit}
    elif small:
        prices = {BlockKind.FRAGMENT: 0.0, BlockKind.FOCUS: misfit}
    else:
        prices = {BlockKind.FOCUS: 0.0}
    levels = [dict(prices)]
    prices.setdefault(BlockKind.FRAGMENT, spare)
    levels.append(dict(prices))
    if reserve is not None:
        for kind in RESERVE:
            prices.setdefault(kind, reserve)
        levels.append(dict(prices))
    return levels
