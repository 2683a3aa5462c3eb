"""From columns and diaries to the flat arrays of the kernel, and back to pieces."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from math import log
from typing import Any, TypeAlias

from opsloop.engines.blocks import BlockKind
from opsloop.engines.priority import DEFAULT_RELEVANCE, Priority
from opsloop.engines.scheduling import kernel
from opsloop.engines.scheduling.columns import DAY_SLOTS, NEVER, Columns, Links, offsets
from opsloop.engines.scheduling.grid import Diary, Piece, Segment
from opsloop.engines.scheduling.model import GRID_MINUTES, SMALL_MINUTES, Weights

NOWHERE = -1
KINDS = tuple(BlockKind)
NUMBER = {kind: n for n, kind in enumerate(KINDS)}
RESERVE = (BlockKind.BUFFER, BlockKind.FLEX)
RESERVED = sum(1 << NUMBER[kind] for kind in RESERVE)
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
# The pieces of a fixed task.
Pieces = tuple[Piece, ...]
TERMS = ("late", "unplaced", "disruption", "fit", "fragmentation", "earliness")


Wish = tuple[BlockKind | None, bool, bool, bool, bool]


class Profiles(dict[Wish, int]):
    """Which kinds of block whatever is alike may use, and at which prices, numbered as they are asked for.

    Asked by preferred kind, whether small, urgent, pressing, and whether time kept free will do.
    """

    def __init__(self, weights: Weights) -> None:
        """Begin with none."""
        super().__init__()
        self.weights = weights
        self.prices = array("d")
        self.masks = array("i")

    def __missing__(self, asked: Wish) -> int:
        """Work out one more."""
        preferred, small, urgent, pressing, anywhere = asked
        w = self.weights
        masks, prices = _profile(
            preferred,
            w.misfit_urgent if urgent else w.misfit,
            w.spare * (PRESSING if pressing else 1),
            w.reserve if anywhere else None,
            small=small,
        )
        self.masks.extend(masks)
        self.prices.extend(prices)
        number = self[asked] = len(self)
        return number


class Table:
    """The board of one problem. Tasks are numbered as in the columns, people in the order of `diaries`."""

    def __init__(
        self,
        columns: Columns,
        diaries: Mapping[str, Diary],
        weights: Weights,
        *,
        pins: Mapping[int, Pieces],
        accepted: Mapping[str, tuple[str, Sequence[int]]],
        now: int,
    ) -> None:
        """Number everything.

        `pins` hold the pieces of the fixed tasks (none: it cannot be planned), `accepted` owner and slots in the plan
        in force.
        """
        self.columns = columns
        self.ids = columns.ids
        self.count = len(columns.ids)
        self.weights = weights
        self.names = list(diaries)
        self.person = {who: n for n, who in enumerate(self.names)}
        self.before, self.after = columns.before, columns.after
        self.prices = array("d")
        self.masks = array("i")
        self.arrays: dict[str, object] = {"people": len(self.names), "tasks": self.count}
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

    def _number_tasks(self, pins: Mapping[int, Pieces]) -> None:
        told, count = self.columns, self.count
        # What is longer than anybody's whole time cannot be planned, and must not take room for it either.
        widest = max((b - a for a, b in self._bounds()), default=0)
        too_long = [n for n, need in enumerate(told.need) if need > widest]
        need = told.need[:]
        self.fixed = array("i", [0]) * count
        for n in too_long:
            need[n] = widest + 1 if n in pins else 1
            self.fixed[n] = 1
        self.need = array("i", need)
        self.release = array("i", told.release)
        self.due = array("i", told.due)
        self.aim = array("i", told.aim)
        self.limit = array("i", [NEVER]) * count
        for n, hard in enumerate(told.hard):
            if hard:
                self.limit[n] = self.due[n]
        self.splittable = array("i", told.splittable)
        self.piece = array("i", map(min, told.piece, need))
        self.where = array("i", [NOWHERE]) * count
        self.start = array("i", [0]) * count
        self.end = array("i", [0]) * count
        self.off = array("i", accumulate(need, initial=0))
        self.pool = array("i", [0]) * max(1, self.off[-1])
        for n, pieces in pins.items():
            self.fixed[n] = 1
            if pieces:
                self.where[n] = self.person[told.candidates[n][0]]
                self.start[n], self.end[n] = pieces[0][0], pieces[-1][1]

    def _weigh(self) -> None:
        """Work out what each task costs where it is late, left out, not early (docstring of `Weights`)."""
        w, told, count = self.weights, self.columns, self.count
        # By quadrant and relevance, and by score: so few that powers are taken once.
        heavy = [(w.quadrant[one.quadrant], 1 + w.relevance * (_relevance(one) - 3)) for one in told.ranks]
        haste = [_haste(one.score) for one in told.ranks]
        value = [weight * heavy[n][0] * heavy[n][1] for weight, n in zip(told.weight, told.rank, strict=True)]
        self.value = array("d", value)
        self.late_once, self.late, self.early, self.unplaced, self.share = (_zeros(count) for _ in range(5))
        hurry = array("d", map(haste.__getitem__, told.rank))
        if count:
            kernel.weigh(
                self.value,
                hurry,
                self.need,
                self.due,
                self.aim,
                self.late_once,
                self.late,
                self.early,
                self.unplaced,
                self.share,
                count,
                self._last(),
                self._rates(),
            )

    def _rates(self) -> array[float]:
        w = self.weights
        by_slot = [w.missed, w.tardiness * GRID_MINUTES, w.earliness * GRID_MINUTES, w.unplaced]
        return array("d", [*by_slot, UNHURRIED, LONG, FULL_PRICE, GRID_MINUTES, DAY_SLOTS])

    def _last(self) -> int:
        return max((self.at[end - 1] + 1 for end in self.p0[1:] if end > 0), default=0)

    def _link(self) -> None:
        person, told = self.person, self.columns
        self.cand_off = array("i", offsets(told.candidates))
        self.cand = array("i", [person[who] for able in told.candidates for who in able] or [0])
        self.join_off = array("i", offsets(told.joins))
        self.join = array("i", [person[who] for joins in told.joins if joins for who in joins] or [0])
        self.pred_off, self.pred, self.pred_lag = _links(self.before)
        self.succ_off, self.succ, self.succ_lag = _links(self.after)

    def position(self, person: int, slot: int) -> int:
        """Return the first position of `person` at or after `slot`."""
        return bisect_left(self.at, slot, self.p0[person], self.p0[person + 1])

    def _remember(self, accepted: Mapping[str, tuple[str, Sequence[int]]], now: int) -> None:
        """Note where the accepted plan has each job; what is near costs more to move."""
        count, w = self.count, self.weights
        self.remembers = False
        self.old = array("i", [NOWHERE]) * max(1, len(self.at))
        self.old_person = array("i", [NOWHERE]) * count
        self.moved, self.moved_once, self.moved_person = _zeros(count), _zeros(count), _zeros(count)
        number = {task_id: n for n, task_id in enumerate(self.ids)} if accepted else {}
        for task_id, (who, slots) in accepted.items():
            n = number.get(task_id)
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
        w, count = self.weights, self.count
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

    def _choose_profiles(self) -> None:
        """Tell which kinds of block each job may use, and at which prices."""
        told, profiles = self.columns, Profiles(self.weights)
        presses = told.pressing
        urgent = [rank.quadrant == 1 for rank in told.ranks]
        small = [minutes <= SMALL_MINUTES for minutes in told.minutes]
        # Time kept free for surprises is for what would be late without it. A small thing may stand there too, for
        # there is hardly another use for the end of a day, and one that must not be split, for it may fit nowhere
        # else.
        asked = [
            (preferred, little, urgent[rank], presses[rank], little or not splits or bool(hangs))
            for preferred, little, rank, splits, hangs in zip(
                told.preferred, small, told.rank, told.splittable, self.presses, strict=True
            )
        ]
        memoryview(self.profile)[:] = memoryview(array("i", map(profiles.__getitem__, asked)))
        # With the profile of each for all but the time kept free.
        self._strict = {profiles[one]: profiles[(*one[:4], False)] for one in list(profiles)}
        self.masks, self.prices = profiles.masks, profiles.prices
        self.board.set_prices(_never_empty(self.masks), _never_empty(self.prices))
        self.board.price_leaving_out()
        self.board.ideals()

    def _bounds(self) -> list[tuple[int, int]]:
        return [(a, b) for a, b in zip(self.p0, self.p0[1:], strict=False) if a < b]

    # --- reading -------------------------------------------------------------------------------------

    def slots(self, n: int) -> list[int]:
        """Return the positions of a placed job."""
        return list(self.pool[self.off[n] : self.off[n + 1]])

    def pieces(self) -> tuple[list[int], list[int], list[int], list[int]]:
        """Return where the pieces of each task begin that is not fixed, and first slot, end and kind of each piece."""
        room = max(1, self.off[-1])
        begins = array("i", [0]) * (self.count + 1)
        first, last, kinds = (array("i", [0]) * room for _ in range(3))
        self.board.pieces(_never_empty(self.shown), begins, first, last, kinds)
        size = begins[self.count]
        return begins.tolist(), first[:size].tolist(), last[:size].tolist(), kinds[:size].tolist()

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
        return [n for n in self.board.standing_in(RESERVED) if self.columns.preferred[n] not in RESERVE]

    def strict_profile(self, n: int) -> int:
        """Return the profile of job `n` for all but the time kept free."""
        return self._strict[self.profile[n]]

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


@lru_cache(maxsize=1024)
def _haste(score: int) -> float:
    """Return how much of a hurry a score is: each 60 points double it."""
    return float(2 ** (score / 60) / 16)


def _relevance(rank: Priority) -> int:
    return rank.relevance or DEFAULT_RELEVANCE


def _links(rows: Sequence[Links]) -> tuple[array[int], array[int], array[int]]:
    """Return the links as offsets, numbers and lags."""
    numbers = array("i", [one for links in rows if links for one, _lag in links] or [0])
    lags = array("i", [lag for links in rows if links for _one, lag in links] or [0])
    return array("i", offsets(rows)), numbers, lags


def _filled(arrays: Mapping[str, object]) -> dict[str, object]:
    """Return the arrays with none of them empty, which a typed view could not hold."""
    return {
        name: _never_empty(value) if isinstance(value, array) else value for name, value in arrays.items()
    }


def _never_empty(values: array[Any]) -> array[Any]:
    return values or array(values.typecode, [0])


@lru_cache(maxsize=256)
def _profile(
    preferred: BlockKind | None, misfit: float, spare: float, reserve: float | None, *, small: bool
) -> tuple[Sequence[int], Sequence[float]]:
    """Return three masks of kinds, each wider than the one before or 0, and the price of a slot of each kind."""
    levels = _levels(preferred, misfit, spare, reserve, small=small)
    masks = list(dict.fromkeys(sum(1 << NUMBER[kind] for kind in level) for level in levels))
    return [*masks, 0, 0][:3], [levels[-1].get(kind, 0.0) * GRID_MINUTES for kind in KINDS]


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
