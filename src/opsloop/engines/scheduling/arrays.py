"""From jobs and diaries to the flat arrays of the kernel, and back to pieces."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from math import log

from opsloop.engines.blocks import BlockKind
from opsloop.engines.scheduling import kernel
from opsloop.engines.scheduling.grid import Diary, Piece, Segment
from opsloop.engines.scheduling.jobs import Fit, Job
from opsloop.engines.scheduling.model import GRID_MINUTES, SMALL_MINUTES, Weights

NEVER = 1 << 30
NOWHERE = -1
KINDS = tuple(BlockKind)
NUMBER = {kind: n for n, kind in enumerate(KINDS)}
RESERVE = (BlockKind.BUFFER, BlockKind.FLEX)
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
        self._prices = array("d")
        self._masks = array("i")
        self.arrays: dict[str, object] = {"people": len(self.names), "tasks": len(jobs)}
        self._number_positions(diaries)
        self._number_tasks(pins)
        self._weigh()
        self._link()
        self._look_behind()
        self._remember(accepted, now)
        self._finish()

    # --- filling -------------------------------------------------------------------------------------

    def _number_positions(self, diaries: Mapping[str, Diary]) -> None:
        self.p0 = array("i", [0])
        self.at = array("i")
        # The kind that counts, and the one of the block.
        self.kind = array("i")
        self.shown = array("i")
        for found in diaries.values():
            flexible = {edge for a, b, kind in found.free if kind is BlockKind.FLEX for edge in (a, b)}
            for start, end, kind in found.free:
                self.at.extend(range(start, end))
                self.shown.extend([NUMBER[kind]] * (end - start))
                if kind is BlockKind.FRAGMENT and (start in flexible or end in flexible):
                    # A fragment amid a flexible day is part of what that day keeps free.
                    kind = BlockKind.FLEX
                self.kind.extend([NUMBER[kind]] * (end - start))
            self.p0.append(len(self.at))
        self.occ = array("i", [NOWHERE]) * max(1, len(self.at))

    def _number_tasks(self, pins: Mapping[str, Fit | None]) -> None:
        jobs, count = self.jobs, len(self.jobs)
        # What is longer than anybody's whole time cannot be planned, and must not take room for it either.
        widest = max((b - a for a, b in self._bounds()), default=0)
        too_long = [job.id not in pins and job.need > widest for job in jobs]
        self.need = array(
            "i", (1 if out else min(job.need, widest + 1) for job, out in zip(jobs, too_long, strict=True))
        )
        self.release = array("i", (job.release for job in jobs))
        self.due = array("i", (NEVER if job.due is None else job.due for job in jobs))
        self.limit = array("i", (job.due if job.hard and job.due is not None else NEVER for job in jobs))
        self.splittable = array("i", (int(job.splittable) for job in jobs))
        self.piece = array("i", (min(job.piece, need) for job, need in zip(jobs, self.need, strict=True)))
        self.fixed = array("i", (int(out or job.id in pins) for job, out in zip(jobs, too_long, strict=True)))
        self.where = array("i", [NOWHERE]) * count
        self.start = array("i", [0]) * count
        self.end = array("i", [0]) * count
        self.off = array("i", [0])
        for need in self.need:
            self.off.append(self.off[-1] + need)
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
        last = self._last()
        self.value = value
        self.late_once = array("d", (w.missed * v for v in value))
        self.late = array("d", (w.tardiness * GRID_MINUTES * v for v in value))
        self.early = array(
            "d",
            (
                # Of equals the one that was named first goes first.
                w.earliness * GRID_MINUTES * hurry[n] * min(LONG, hours[n]) * (1 + 1e-4 * (1 - n / len(jobs)))
                for n in range(len(jobs))
            ),
        )
        self.unplaced = array("d", (w.unplaced * h * (n + 0.5) for h, n in zip(hurry, hours, strict=True)))
        self.share = array("d", (min(1.0, FULL_PRICE / need) for need in self.need))
        for n, job in enumerate(jobs):
            if job.due is not None:
                days = max(0, last - job.due) + DAY_SLOTS
                self.unplaced[n] += self.late_once[n] + self.late[n] * days
            elif job.aim is not None:
                self.unplaced[n] += self.late_once[n] / 2

    def _last(self) -> int:
        return max((self.at[end - 1] + 1 for end in self.p0[1:] if end > 0), default=0)

    def _link(self) -> None:
        number = self.number
        self.cand_off, self.cand = _offsets([self.person[who] for who in job.candidates] for job in self.jobs)
        self.join_off, self.join = _offsets([self.person[who] for who in job.joins] for job in self.jobs)
        before = [[(number[one], lag) for one, lag in job.predecessors] for job in self.jobs]
        after = [[(number[one], lag) for one, lag in job.successors] for job in self.jobs]
        self.pred_off, self.pred = _offsets([one for one, _lag in links] for links in before)
        self.pred_lag = array("i", [lag for links in before for _one, lag in links] or [0])
        self.succ_off, self.succ = _offsets([one for one, _lag in links] for links in after)
        self.succ_lag = array("i", [lag for links in after for _one, lag in links] or [0])
        self.before, self.after = before, after

    def _look_behind(self) -> None:
        """Work out how early each job can end, and how soon it must for those that wait for it."""
        count = len(self.jobs)
        self.head = array("i", self.release)
        self.finish = array("i", [NEVER]) * count
        for n in range(count):
            self._set_head(n)
        self.tail_due = array("i", [NEVER]) * count
        self.tail = array("d", [0.0]) * count
        # Whether something that is due in the horizon hangs on it.
        self.presses = [job.due is not None for job in self.jobs]
        self.reachable = [
            job.aim is not None and self.finish[n] <= job.aim for n, job in enumerate(self.jobs)
        ]
        for n in reversed(range(count)):
            for k, lag in self.after[n]:
                self._look_at_successor(n, k, lag)
        self.key = array("d", (self._key(n) for n in range(count)))
        for n in reversed(range(count)):
            for k, _lag in self.after[n]:
                self.key[n] = min(self.key[n], self.key[k] - 1e-3)

    def _set_head(self, n: int) -> None:
        if self.fixed[n]:
            self.finish[n] = NEVER if self.where[n] == NOWHERE else self.end[n]
            return
        for k, lag in self.before[n]:
            self.head[n] = max(self.head[n], min(NEVER, self.finish[k] + lag))
        for person in self.cand[self.cand_off[n] : self.cand_off[n + 1]]:
            index = self.position(person, self.head[n]) + self.need[n] - 1
            if index < self.p0[person + 1]:
                self.finish[n] = min(self.finish[n], self.at[index] + 1)

    def _look_at_successor(self, n: int, k: int, lag: int) -> None:
        if self.fixed[k] and self.where[k] == NOWHERE:
            return
        if self.fixed[k]:
            latest: int | None = None
            latest, weight = self.start[k], self.late_once[k] / DAY_SLOTS
        else:
            latest, weight = self._latest_start(k), self.late_once[k] / DAY_SLOTS + self.late[k]
        if latest is None or self.finish[n] > latest - lag:
            return
        self.reachable[n] = True
        self.presses[n] = self.presses[n] or self.presses[k]
        self.tail_due[n] = min(self.tail_due[n], latest - lag)
        self.tail[n] = max(self.tail[n], weight, self.tail[k])

    def _wanted(self, n: int) -> int | None:
        aim = self.jobs[n].aim
        wanted = min(NEVER if aim is None else aim, self.tail_due[n])
        return None if wanted == NEVER else wanted

    def _latest_start(self, n: int) -> int | None:
        wanted = self._wanted(n)
        if wanted is None or not self.reachable[n]:
            return None
        person = self.cand[self.cand_off[n]]
        index = self.position(person, wanted) - self.need[n]
        return self.at[index] if index >= self.p0[person] else None

    def _key(self, n: int) -> float:
        """Return when the construction tries the job: latest start less a bonus for weight."""
        bonus = KEY_PER_WEIGHT * self.value[n]
        person = self.cand[self.cand_off[n]]
        first = self.p0[person]
        wanted = self._wanted(n)
        if wanted is None or (self.jobs[n].due is None and self.tail_due[n] == NEVER):
            return self.p0[person + 1] - first + (UNDATED if wanted is None else 0) - bonus
        return self.position(person, wanted) - first - self.need[n] - bonus

    def position(self, person: int, slot: int) -> int:
        """Return the first position of `person` at or after `slot`."""
        return bisect_left(self.at, slot, self.p0[person], self.p0[person + 1])

    def _remember(self, accepted: Mapping[str, tuple[str, Sequence[int]]], now: int) -> None:
        """Note where the accepted plan has each job; what is near costs more to move."""
        count, w = len(self.jobs), self.weights
        self.old = array("i", [NOWHERE]) * max(1, len(self.at))
        self.old_person = array("i", [NOWHERE]) * count
        self.moved = array("d", [0.0]) * count
        self.moved_once = array("d", [0.0]) * count
        self.moved_person = array("d", [0.0]) * count
        for job_id, (who, slots) in accepted.items():
            n = self.number.get(job_id)
            if n is None or who not in self.person or self.fixed[n] or not slots:
                continue
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

    def _profile(self, n: int, *, strict: bool = False) -> int:
        job = self.jobs[n]
        small = job.minutes <= SMALL_MINUTES
        # Time kept free for surprises is for what would be late without it. A small thing may stand there
        # too, for there is hardly another use for the end of a day, and one that must not be split, for
        # it may fit nowhere else.
        anywhere = small or not job.splittable or self.presses[n]
        spare = self.weights.spare * (PRESSING if job.pressing else 1)
        misfit = self.weights.misfit_urgent if job.quadrant == 1 else self.weights.misfit
        profile = (job.preferred, small, misfit, spare, anywhere and not strict)
        if profile not in self._profiles:
            self._profiles[profile] = len(self._profiles)
            reserve = self.weights.reserve if profile[-1] else None
            levels = _levels(job.preferred, misfit, spare, reserve, small=small)
            self._prices.extend(levels[-1].get(kind, 0.0) * GRID_MINUTES for kind in KINDS)
            masks = list(dict.fromkeys(sum(1 << NUMBER[kind] for kind in level) for level in levels))
            self._masks.extend([*masks, 0, 0][:3])
        return self._profiles[profile]

    def _finish(self) -> None:
        w = self.weights
        self.profile = array("i", (self._profile(n) for n in range(len(self.jobs))))
        self.strict = array("i", (self._profile(n, strict=True) for n in range(len(self.jobs))))
        self.first = min((self.at[a] for a, b in self._bounds()), default=0)
        width = self._last() - self.first + 1
        # A row of slots for each of those who join in something, and for nobody else.
        rows = {person: row for row, person in enumerate(dict.fromkeys(self.join[: self.join_off[-1]]))}
        self.grid = array("i", [NOWHERE]) * max(1, width * len(rows))
        for person, row in rows.items():
            for q in range(self.p0[person], self.p0[person + 1]):
                self.grid[row * width + self.at[q] - self.first] = q
        joining = array("i", (rows.get(person, 0) for person in self.join))
        zeros = array("d", [0.0]) * len(self.jobs)
        names = (
            "p0 at kind grid need release limit due splittable piece profile old_person tail_due off "
            "cand_off cand join_off join pred_off pred pred_lag succ_off succ succ_lag fixed where start "
            "end pool occ old late_once late early unplaced share moved moved_once moved_person tail key"
        )
        self.movable = array("i", [0]) * len(self.jobs)
        self.cost = array("d", (0.0 if self.fixed[n] else self.unplaced[n] for n in range(len(self.jobs))))
        self.base = zeros[:]
        self.arrays |= {name: getattr(self, name) for name in names.split()}
        self.arrays |= {
            "join": joining,
            "first": self.first,
            "width": width,
            "masks": self._masks,
            "price": self._prices,
            "gaps": array("d", [w.split, w.split_day, w.split_night]),
            "movable": self.movable,
            "cost": self.cost,
            "base": self.base,
            "luck": LUCK,
        }
        longest = max(self.need, default=1)
        widest = max((b - a for a, b in self._bounds()), default=1)
        self.board = kernel.Board(_filled(self.arrays), longest, widest)
        self.board.ideals()

    def _bounds(self) -> list[tuple[int, int]]:
        return [(a, b) for a, b in zip(self.p0, self.p0[1:], strict=False) if a < b]

    # --- reading -------------------------------------------------------------------------------------

    def slots(self, n: int) -> list[int]:
        """Return the positions of a placed job."""
        return list(self.pool[self.off[n] : self.off[n + 1]])

    def fit(self, n: int) -> Fit | None:
        """Return where job `n` stands as pieces of one kind each, or None."""
        if self.where[n] == NOWHERE or self.fixed[n]:
            return None
        pieces: list[Piece] = []
        for q in self.pool[self.off[n] : self.off[n + 1]]:
            slot, kind = self.at[q], KINDS[self.shown[q]]
            if pieces and pieces[-1][1] == slot and pieces[-1][2] is kind:
                pieces[-1] = (pieces[-1][0], slot + 1, kind)
            else:
                pieces.append((slot, slot + 1, kind))
        return Fit(tuple(pieces))

    def mask_of(self, n: int) -> int:
        """Return the kinds of block that job `n` may use at all, as bits."""
        masks = self._masks[self.profile[n] * 3 : self.profile[n] * 3 + 3]
        return max(masks)

    def joined(self, person: int, slot: int) -> int:
        """Return the position of `person` that is `slot`, or none."""
        q = self.position(person, slot)
        return q if q < self.p0[person + 1] and self.at[q] == slot else NOWHERE

    def uses_reserve(self, n: int) -> bool:
        """Tell whether job `n` stands in time kept free for surprises, though that is not its place."""
        if self.jobs[n].preferred in RESERVE:
            return False
        kinds = self.kind
        return any(KINDS[kinds[q]] in RESERVE for q in self.pool[self.off[n] : self.off[n + 1]])

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

    def owner(self, n: int) -> str:
        """Return who does job `n`, or would."""
        return self.names[self.where[n]] if self.where[n] != NOWHERE else self.jobs[n].candidates[0]

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

    def save(self, chosen: Iterable[int]) -> list[tuple[int, int, array[int]]]:
        """Return where the jobs `chosen` stand, for `load`."""
        return [(n, self.where[n], self.pool[self.off[n] : self.off[n + 1]]) for n in chosen]

    def load(self, state: Iterable[tuple[int, int, array[int]]]) -> None:
        """Put the jobs of `state` back where they stood."""
        state = list(state)
        for n, _person, _slots in state:
            if self.where[n] != NOWHERE:
                self.board.remove(n)
        for n, person, slots in state:
            if person != NOWHERE:
                self.pool[self.off[n] : self.off[n + 1]] = slots
                self.board.put(n, person)


def _offsets(rows: Iterable[Sequence[int]]) -> tuple[array[int], array[int]]:
    offsets, flat = array("i", [0]), array("i")
    for row in rows:
        flat.extend(row)
        offsets.append(len(flat))
    return offsets, flat or array("i", [0])


def _filled(arrays: Mapping[str, object]) -> dict[str, object]:
    """Return the arrays with none of them empty, which a typed view could not hold."""
    return {
        name: array(value.typecode, [0]) if isinstance(value, array) and not value else value
        for name, value in arrays.items()
    }


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
