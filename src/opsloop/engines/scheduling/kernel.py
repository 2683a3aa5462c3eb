# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False, nonecheck=False, freethreading_compatible=True
"""The inner loop of the planner, on flat arrays: cheapest insertion, and ruin and recreate.

One file, two lives (docs/adr/0023): compiled by Cython it is some hundred times faster, uncompiled it is
ordinary Python that gives the same plans bit for bit. So there is nothing here but whole numbers, sums and
comparisons of doubles; everything with a name or a date happens in `planner.py` and `arrays.py`.

Words: a *position* is one working slot of one person, numbered through over all people, so that a lunch or
a night lies between two neighbouring positions. `at` tells the slot of a position on the clock. A *run* is
a stretch of free positions of one kind without a gap in time.

Method: Shaw 1998 and Schrimpf et al. 2000 (ruin and recreate), Kirkpatrick et al. 1983 (acceptance).
"""

import cython

COMPILED = cython.compiled
# A slot beyond every horizon, and the person of what stands nowhere.
NEVER = cython.declare(cython.int, 1 << 30)
NOWHERE = cython.declare(cython.int, -1)
INFINITE = cython.declare(cython.double, 1e300)
ALL_BITS = cython.declare(cython.uint, 0xFFFFFFFF)
# Slots: an interruption of at most an hour is within half a day, of less than six hours within a day.
HALF_DAY_GAP = cython.declare(cython.int, 4)
DAY_GAP = cython.declare(cython.int, 24)
# So many tasks are torn out at once, and searches up to this size remember their best state inside.
MOST_RUINED = cython.declare(cython.int, 16)
# Room is made in so many slots more than a task needs at most, and by so many more tasks from before its due date. For
# what is late or left out the room is sometimes wide.
SPARE_ROOM = cython.declare(cython.int, 4)
WIDE_ROOM = cython.declare(cython.int, 32)
MORE_RUINED = cython.declare(cython.int, 4)
REMEMBERED = cython.declare(cython.int, 1500)
# How much of what a bound tells of its rounds is the last one.
RECENT = cython.declare(cython.double, 0.04)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _rolled(x: cython.uint) -> cython.uint:
    """Return what the dice show after `x` (xorshift, Marsaglia 2003)."""
    x ^= (x << 13) & ALL_BITS
    x ^= x >> 17
    x ^= (x << 5) & ALL_BITS
    return x


@cython.cclass
class Board:
    """Arrays of one problem and where everything stands. `arrays.py` fills it and says what each is."""

    people: cython.int
    tasks: cython.int
    first: cython.int
    width: cython.int
    p0: cython.int[::1]
    at: cython.int[::1]
    kind: cython.int[::1]
    grid: cython.int[::1]
    need: cython.int[::1]
    release: cython.int[::1]
    limit: cython.int[::1]
    due: cython.int[::1]
    splittable: cython.int[::1]
    piece: cython.int[::1]
    profile: cython.int[::1]
    old_person: cython.int[::1]
    tail_due: cython.int[::1]
    off: cython.int[::1]
    cand_off: cython.int[::1]
    cand: cython.int[::1]
    join_off: cython.int[::1]
    join: cython.int[::1]
    pred_off: cython.int[::1]
    pred: cython.int[::1]
    pred_lag: cython.int[::1]
    succ_off: cython.int[::1]
    succ: cython.int[::1]
    succ_lag: cython.int[::1]
    masks: cython.int[::1]
    fixed: cython.int[::1]
    where: cython.int[::1]
    start: cython.int[::1]
    end: cython.int[::1]
    pool: cython.int[::1]
    occ: cython.int[::1]
    old: cython.int[::1]
    movable: cython.int[::1]
    late_once: cython.double[::1]
    late: cython.double[::1]
    early: cython.double[::1]
    unplaced: cython.double[::1]
    share: cython.double[::1]
    moved: cython.double[::1]
    moved_once: cython.double[::1]
    moved_person: cython.double[::1]
    tail: cython.double[::1]
    key: cython.double[::1]
    price: cython.double[::1]
    gaps: cython.double[::1]
    cost: cython.double[::1]
    base: cython.double[::1]
    luck: cython.double[::1]
    # What one search needs for itself.
    rng: cython.uint
    noisy: cython.bint
    runs: cython.int
    run_start: cython.int[::1]
    run_length: cython.int[::1]
    run_kind: cython.int[::1]
    run_joined: cython.int[::1]
    # The free runs of each person as last listed, from `p0` of the person on; good while `fresh` is `stamp`.
    stamp: cython.int
    fresh: cython.int[::1]
    listed: cython.int[::1]
    list_start: cython.int[::1]
    list_length: cython.int[::1]
    list_kind: cython.int[::1]
    list_joined: cython.int[::1]
    # Whether a wider mask could have made another filling.
    narrow: cython.bint
    trial: cython.int[::1]
    best: cython.int[::1]
    best_person: cython.int
    best_cost: cython.double
    ruined: cython.int
    ruin: cython.int[::1]
    ruin_order: cython.int[::1]
    ruin_where: cython.int[::1]
    ruin_cost: cython.double[::1]
    ruin_key: cython.double[::1]
    ruin_pool: cython.int[::1]
    ruin_off: cython.int[::1]
    kept_where: cython.int[::1]
    kept_pool: cython.int[::1]
    kept_cost: cython.double[::1]
    lowest: cython.double
    # What a bound needs: the price of each position now, and the tables of the dynamic programme.
    toll: cython.double[::1]
    toll_cost: cython.double[::1]
    toll_row: cython.double[::1]
    toll_now: cython.double[::1]
    toll_way: cython.double[::1]
    toll_use: cython.int[::1]
    toll_from: cython.int[::1]
    toll_queue: cython.int[::1]
    toll_late: cython.int
    toll_end: cython.int

    def __init__(self, arrays: dict[str, object], longest: int, widest: int):
        """Take over `arrays` by name; `longest` task in slots and `widest` person in positions."""
        from array import array

        self.people = arrays["people"]
        self.tasks = arrays["tasks"]
        self.first = arrays["first"]
        self.width = arrays["width"]
        self.p0 = arrays["p0"]
        self.at = arrays["at"]
        self.kind = arrays["kind"]
        self.grid = arrays["grid"]
        self.need = arrays["need"]
        self.release = arrays["release"]
        self.limit = arrays["limit"]
        self.due = arrays["due"]
        self.splittable = arrays["splittable"]
        self.piece = arrays["piece"]
        self.profile = arrays["profile"]
        self.old_person = arrays["old_person"]
        self.tail_due = arrays["tail_due"]
        self.off = arrays["off"]
        self.cand_off = arrays["cand_off"]
        self.cand = arrays["cand"]
        self.join_off = arrays["join_off"]
        self.join = arrays["join"]
        self.pred_off = arrays["pred_off"]
        self.pred = arrays["pred"]
        self.pred_lag = arrays["pred_lag"]
        self.succ_off = arrays["succ_off"]
        self.succ = arrays["succ"]
        self.succ_lag = arrays["succ_lag"]
        self.fixed = arrays["fixed"]
        self.where = arrays["where"]
        self.start = arrays["start"]
        self.end = arrays["end"]
        self.pool = arrays["pool"]
        self.occ = arrays["occ"]
        self.old = arrays["old"]
        self.movable = arrays["movable"]
        self.late_once = arrays["late_once"]
        self.late = arrays["late"]
        self.early = arrays["early"]
        self.unplaced = arrays["unplaced"]
        self.share = arrays["share"]
        self.moved = arrays["moved"]
        self.moved_once = arrays["moved_once"]
        self.moved_person = arrays["moved_person"]
        self.tail = arrays["tail"]
        self.key = arrays["key"]
        self.gaps = arrays["gaps"]
        self.cost = arrays["cost"]
        self.base = arrays["base"]
        self.luck = arrays["luck"]
        self.masks = array("i", [0])
        self.price = array("d", [0.0])
        room = array("i", [0]) * (widest + 1)
        self.run_start = room[:]
        self.run_length = room[:]
        self.run_kind = room[:]
        self.run_joined = room[:]
        room = array("i", [0]) * (len(self.at) + 1)
        self.list_start = room[:]
        self.list_length = room[:]
        self.list_kind = room[:]
        self.list_joined = room[:]
        self.fresh = array("i", [0]) * (self.people + 1)
        self.listed = array("i", [0]) * (self.people + 1)
        self.stamp = 1
        self.narrow = False
        self.trial = array("i", [0]) * (longest + 1)
        self.best = array("i", [0]) * (longest + 1)
        few = array("i", [0]) * (MOST_RUINED + 4)
        self.ruin = few[:]
        self.ruin_order = few[:]
        self.ruin_where = few[:]
        self.ruin_off = few[:]
        self.ruin_cost = array("d", [0.0]) * (MOST_RUINED + 4)
        self.ruin_key = array("d", [0.0]) * (MOST_RUINED + 4)
        self.ruin_pool = array("i", [0]) * ((MOST_RUINED + 4) * (longest + 1))
        self.kept_where = array("i", [0])
        self.kept_pool = array("i", [0])
        self.kept_cost = array("d", [0.0])
        self.lowest = 0.0
        self.toll = self.toll_cost = self.toll_row = self.toll_now = self.toll_way = array("d", [0.0])
        self.toll_use = self.toll_from = self.toll_queue = array("i", [0])
        self.toll_late = 0
        self.toll_end = 0
        self.rng = 1
        self.noisy = False
        self.runs = 0
        self.best_person = NOWHERE
        self.best_cost = INFINITE
        self.ruined = 0

    # --- the door for Python ---------------------------------------------------------------------------

    def allow(self, chosen: cython.int[::1], *, movable: cython.int) -> None:
        """Let a search move the tasks `chosen`, or no longer."""
        i: cython.int
        for i in range(len(chosen)):
            self.movable[chosen[i]] = movable

    def late_ones(self, chosen: cython.int[::1]) -> list[int]:
        """Return those of `chosen` that stand and end after they are due."""
        i: cython.int
        t: cython.int
        found: list[int] = []
        for i in range(len(chosen)):
            t = chosen[i]
            if self.where[t] != NOWHERE and self.end[t] > self.due[t]:
                found.append(t)
        return found

    def left_out(self, chosen: cython.int[::1]) -> list[int]:
        """Return those of `chosen` that are due and stand nowhere."""
        i: cython.int
        t: cython.int
        found: list[int] = []
        for i in range(len(chosen)):
            t = chosen[i]
            if self.where[t] == NOWHERE and self.due[t] != NEVER:
                found.append(t)
        return found

    def in_time(self, chosen: cython.int[::1], aim: cython.int[::1]) -> list[int]:
        """Return those of `chosen` with an aim that stand where they meet their due date, or in the horizon."""
        i: cython.int
        t: cython.int
        found: list[int] = []
        for i in range(len(chosen)):
            t = chosen[i]
            if self.where[t] != NOWHERE and aim[t] != NEVER and self.end[t] <= self.due[t]:
                found.append(t)
        return found

    def is_broken(self) -> bool:
        """Tell whether something, pinned or not, stands whose predecessor does not or comes too late."""
        n: cython.int
        i: cython.int
        k: cython.int
        for n in range(self.tasks):
            if self.where[n] == NOWHERE:
                continue
            for i in range(self.pred_off[n], self.pred_off[n + 1]):
                k = self.pred[i]
                if self.where[k] == NOWHERE or self.end[k] + self.pred_lag[i] > self.start[n]:
                    return True
        return False

    def worst_window(
        self, person: cython.int, own: cython.int[::1], head: cython.int[::1], most: cython.longlong
    ) -> tuple[int, int, int, int]:
        """Return the window in which the tasks `own` of `person` need most slots more than there are.

        That is how many are missing (0: no window), its start and end as slots, and how many are needed. `own` is
        ordered by due dates. `head` tells when each task of the board can begin at the earliest. At most about `most`
        pairs are looked at. Of equals the shortest window is found.
        """
        i: cython.int
        j: cython.int
        t: cython.int
        count: cython.int = len(own)
        start: cython.int = NEVER
        before: cython.int
        needed: cython.int
        missing: cython.int
        worst: cython.int = 0
        begin: cython.int = 0
        until: cython.int = 0
        of_worst: cython.int = 0
        spent: cython.longlong = 0
        while True:
            # The next earlier begin of a window.
            before = -NEVER
            for i in range(count):
                j = min(head[own[i]], self.due[own[i]])
                if before < j < start:
                    before = j
            if before == -NEVER or spent > most:
                break
            spent += count
            start = before
            before = self._position(person, start)
            needed = 0
            for i in range(count):
                t = own[i]
                if head[t] < start:
                    continue
                needed += self.need[t]
                missing = needed - max(0, self._position(person, self.due[t]) - before)
                if missing > worst:
                    worst = missing
                    begin = start
                    until = self.due[t]
                    of_worst = needed
        return worst, begin, until, of_worst

    def set_prices(self, masks: cython.int[::1], price: cython.double[::1]) -> None:
        """Take over what each profile may use (three masks) and what a slot of each kind costs it (five)."""
        self.masks = masks
        self.price = price

    def seed(self, value: int) -> None:
        """Start the dice anew."""
        self.rng = ((value * 2654435761) & 0xFFFFFFFF) or 1

    def insert(self, task: cython.int) -> bool:
        """Place `task` where it is cheapest; say whether there was a place."""
        self.noisy = False
        self.stamp += 1
        if not self._find(task):
            self.cost[task] = self.unplaced[task]
            return False
        self._take(task)
        return True

    def remove(self, task: cython.int) -> None:
        """Take a placed task out."""
        self._drop(task)
        self.cost[task] = self.unplaced[task]

    def put(self, task: cython.int, person: cython.int) -> None:
        """Place `task` on the positions that stand in its part of `pool` already."""
        k: cython.int
        for k in range(self.need[task]):
            self.best[k] = self.pool[self.off[task] + k]
        self.best_person = person
        self.best_cost = self._cost_of(task, person)
        self._take(task)

    def construct(self, order: cython.int[::1]) -> cython.int:
        """Insert the tasks in this order, each where it is cheapest; return how many found no place."""
        i: cython.int
        left: cython.int = 0
        self.noisy = False
        self.stamp += 1
        for i in range(len(order)):
            if self._find(order[i]):
                self._take(order[i])
            else:
                self.cost[order[i]] = self.unplaced[order[i]]
                left += 1
        return left

    def clear(self, chosen: cython.int[::1]) -> None:
        """Take out those of `chosen` that stand."""
        i: cython.int
        for i in range(len(chosen)):
            if self.where[chosen[i]] != NOWHERE:
                self._drop(chosen[i])
                self.cost[chosen[i]] = self.unplaced[chosen[i]]

    def look_at_heads(self, head: cython.int[::1]) -> None:
        """Put off the earliest starts in `head` to where what each task waits for ends at present."""
        n: cython.int
        i: cython.int
        k: cython.int
        for n in range(self.tasks):
            for i in range(self.pred_off[n], self.pred_off[n + 1]):
                k = self.pred[i]
                if self.where[k] != NOWHERE and self.end[k] + self.pred_lag[i] > head[n]:
                    head[n] = self.end[k] + self.pred_lag[i]

    def dispatch(
        self,
        chosen: cython.int[::1],
        head: cython.int[::1],
        patience: cython.double,
        once: cython.double,
        key: cython.double[::1],
    ) -> None:
        """Fill `key` of the tasks `chosen` (in topological order) with when each would begin if the dearest went first.

        For each person on their own: whenever one is free, the task begins that costs most by the slot if it is not
        done now. That is what a slot of lateness costs, and `once` times what being late costs once; less by how many
        times `patience` usual tasks still fit before it must begin (apparent tardiness cost, Vepsalainen and Morton
        1987, the exponential by its first terms, which are the same on every machine).
        """
        from array import array

        n: cython.int = len(chosen)
        i: cython.int
        j: cython.int
        t: cython.int
        person: cython.int
        begin: cython.int
        end: cython.int
        size: cython.int
        now: cython.int
        found: cython.int
        usual: cython.double = 1.0
        value: cython.double
        most: cython.double
        # Those of each person one behind the other: `row` holds them, `first` where they begin.
        first: cython.int[::1] = array("i", [0]) * (self.people + 2)
        row: cython.int[::1] = array("i", [0]) * (n + 1)
        latest: cython.int[::1] = array("i", [0]) * (n + 1)
        early: cython.int[::1] = array("i", [0]) * (n + 1)
        for i in range(n):
            first[self.cand[self.cand_off[chosen[i]]] + 2] += 1
        for person in range(self.people):
            first[person + 2] += first[person + 1]
        for i in range(n):
            person = self.cand[self.cand_off[chosen[i]]]
            row[first[person + 1]] = chosen[i]
            first[person + 1] += 1
        for person in range(self.people):
            begin = first[person]
            end = first[person + 1]
            size = self.p0[person + 1] - self.p0[person]
            usual = 0.0
            for i in range(begin, end):
                t = row[i]
                usual += self.need[t]
                early[i] = self._position(person, head[t]) - self.p0[person]
                j = min(self.due[t], self.tail_due[t])
                latest[i] = (
                    NEVER if j == NEVER else self._position(person, j) - self.p0[person] - self.need[t]
                )
            if end > begin:
                usual = patience * usual / (end - begin)
            now = 0
            while begin < end:
                found = begin
                most = -1.0
                for i in range(begin, end):
                    value = self._press(row[i], early[i], latest[i], now, usual, once)
                    if value > most:
                        most = value
                        found = i
                t = row[found]
                # When the time is over, what is left goes by what it costs alone.
                key[t] = now if now < size else size + 1.0 / (1.0 + most)
                if early[found] > now:
                    now = early[found]
                    key[t] = now
                if now < size:
                    now += self.need[t]
                # The first of the row takes the place of the one that is done.
                row[found] = row[begin]
                early[found] = early[begin]
                latest[found] = latest[begin]
                row[begin] = t
                begin += 1
                if now >= size and begin < end:
                    for i in range(begin, end):
                        value = self._press(row[i], early[i], latest[i], now, usual, once)
                        key[row[i]] = size + 1.0 / (1.0 + value)
                    begin = end
        for i in range(n - 1, -1, -1):
            t = chosen[i]
            for j in range(self.succ_off[t], self.succ_off[t + 1]):
                if not self.fixed[self.succ[j]]:
                    key[t] = min(key[t], key[self.succ[j]] - 1e-3)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _press(
        self,
        task: cython.int,
        early: cython.int,
        latest: cython.int,
        now: cython.int,
        usual: cython.double,
        once: cython.double,
    ) -> cython.double:
        """Return what it costs by the slot of its length not to begin `task` now."""
        slack: cython.double
        value: cython.double = self.early[task]
        weight: cython.double = self.tail[task]
        if self.due[task] != NEVER:
            weight = max(weight, self.late[task] + once * self.late_once[task])
        if latest != NEVER:
            slack = latest - now if latest > now else 0.0
            slack /= usual
            value += weight / (1.0 + slack * (1.0 + slack * (0.5 + slack / 6.0)))
        if early > now:
            slack = (early - now) / usual
            value /= 1.0 + slack * (1.0 + slack * (0.5 + slack / 6.0))
        return value / self.need[task]

    def total(self, chosen: cython.int[::1]) -> float:
        """Return the cost of the tasks `chosen`."""
        i: cython.int
        total: cython.double = 0
        for i in range(len(chosen)):
            total += self.cost[chosen[i]]
        return total

    def add_terms(self, terms: cython.double[::1]) -> None:
        """Add to `terms` what the plan costs: late, unplaced, disruption, fit, fragmentation, earliness."""
        t: cython.int
        k: cython.int
        q: cython.int
        previous: cython.int
        for t in range(self.tasks):
            if self.fixed[t]:
                continue
            if self.where[t] == NOWHERE:
                terms[1] += self.unplaced[t]
                continue
            previous = NOWHERE
            for k in range(self.need[t]):
                q = self.pool[self.off[t] + k]
                self.trial[k] = q
                terms[3] += self.price[self.profile[t] * 5 + self.kind[q]]
                if previous != NOWHERE and self.at[q] != self.at[previous] + 1:
                    terms[4] += self.share[t] * self._gap(self.at[q] - self.at[previous] - 1)
                previous = q
            terms[0] += self._lateness(t, self.end[t])
            terms[5] += self.early[t] * (previous - self.p0[self.where[t]] + 1)
            if self.moved[t] > 0:
                terms[2] += self._moves(t, self.where[t])

    def look_behind(
        self,
        aim: cython.int[::1],
        value: cython.double[::1],
        head: cython.int[::1],
        finish: cython.int[::1],
        reachable: cython.int[::1],
        presses: cython.int[::1],
        per_weight: cython.double,
        undated: cython.double,
        day: cython.double,
    ) -> None:
        """Work out how early each task can end, how soon it must for those that wait for it, and its key.

        `aim` is by when it should be done, NEVER if at no time. Filled are `head` and `finish`, the earliest start
        and end; `reachable`, whether the aim can be met; `presses`, whether something due hangs on it; and
        `tail_due`, `tail` and `key` of the board. Tasks stand in topological order.
        """
        n: cython.int
        i: cython.int
        k: cython.int
        latest: cython.int
        wanted: cython.int
        low: cython.int
        person: cython.int
        weight: cython.double
        for n in range(self.tasks):
            head[n] = self.release[n]
            finish[n] = NEVER
            presses[n] = self.due[n] != NEVER
            self.tail_due[n] = NEVER
            self._look_ahead(n, head, finish)
            reachable[n] = aim[n] != NEVER and finish[n] <= aim[n]
        for n in range(self.tasks - 1, -1, -1):
            for i in range(self.succ_off[n], self.succ_off[n + 1]):
                k = self.succ[i]
                if self.fixed[k] and self.where[k] == NOWHERE:
                    continue
                weight = self.late_once[k] / day
                if self.fixed[k]:
                    latest = self.start[k]
                else:
                    weight += self.late[k]
                    wanted = min(aim[k], self.tail_due[k])
                    if wanted == NEVER or not reachable[k]:
                        continue
                    person = self.cand[self.cand_off[k]]
                    low = self._position(person, wanted) - self.need[k]
                    if low < self.p0[person]:
                        continue
                    latest = self.at[low]
                latest -= self.succ_lag[i]
                if finish[n] > latest:
                    continue
                reachable[n] = 1
                presses[n] = presses[n] or presses[k]
                self.tail_due[n] = min(self.tail_due[n], latest)
                self.tail[n] = max(self.tail[n], weight, self.tail[k])
        for n in range(self.tasks):
            person = self.cand[self.cand_off[n]]
            wanted = min(aim[n], self.tail_due[n])
            if wanted == NEVER or (self.due[n] == NEVER and self.tail_due[n] == NEVER):
                self.key[n] = self.p0[person + 1] - self.p0[person]
                if wanted == NEVER:
                    self.key[n] += undated
            else:
                self.key[n] = self._position(person, wanted) - self.p0[person] - self.need[n]
            self.key[n] -= per_weight * value[n]
        for n in range(self.tasks - 1, -1, -1):
            for i in range(self.succ_off[n], self.succ_off[n + 1]):
                self.key[n] = min(self.key[n], self.key[self.succ[i]] - 1e-3)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _look_ahead(self, n: cython.int, head: cython.int[::1], finish: cython.int[::1]) -> cython.void:
        """Set when task `n` can start and end at the earliest."""
        i: cython.int
        index: cython.int
        person: cython.int
        if self.fixed[n]:
            finish[n] = NEVER if self.where[n] == NOWHERE else self.end[n]
            return
        for i in range(self.pred_off[n], self.pred_off[n + 1]):
            head[n] = max(head[n], min(NEVER, finish[self.pred[i]] + self.pred_lag[i]))
        for i in range(self.cand_off[n], self.cand_off[n + 1]):
            person = self.cand[i]
            index = self._position(person, head[n]) + self.need[n] - 1
            if index < self.p0[person + 1]:
                finish[n] = min(finish[n], self.at[index] + 1)

    def pieces(
        self,
        shown: cython.int[::1],
        begins: cython.int[::1],
        first: cython.int[::1],
        last: cython.int[::1],
        kinds: cython.int[::1],
    ) -> None:
        """List the pieces of what stands and is not fixed: slots `[first, last)` of one kind of `shown`.

        Those of task n have the places `begins[n]` to `begins[n + 1]` of the lists.
        """
        n: cython.int
        k: cython.int
        q: cython.int
        size: cython.int = 0
        for n in range(self.tasks):
            begins[n] = size
            if self.fixed[n] or self.where[n] == NOWHERE:
                continue
            for k in range(self.off[n], self.off[n + 1]):
                q = self.pool[k]
                if size > begins[n] and last[size - 1] == self.at[q] and kinds[size - 1] == shown[q]:
                    last[size - 1] += 1
                    continue
                first[size] = self.at[q]
                last[size] = self.at[q] + 1
                kinds[size] = shown[q]
                size += 1
        begins[self.tasks] = size

    def standing_in(self, mask: cython.int) -> list[int]:
        """Return the tasks that are not fixed and stand in a kind of `mask`, if only in part."""
        n: cython.int
        k: cython.int
        found: list[int] = []
        for n in range(self.tasks):
            if self.fixed[n] or self.where[n] == NOWHERE:
                continue
            for k in range(self.off[n], self.off[n + 1]):
                if (mask >> self.kind[self.pool[k]]) & 1:
                    found.append(n)
                    break
        return found

    def ideals(self) -> None:
        """Set `base` to what each task costs at the very least, were everybody free."""
        t: cython.int
        for t in range(self.tasks):
            self.base[t] = self._ideal(t)

    def price_leaving_out(self) -> None:
        """Add to what it costs to leave a task out what its dearest place could cost, and how much that disturbs.

        So nothing is left out while there is a place for it, whatever block that place is in.
        """
        t: cython.int
        k: cython.int
        row: cython.int
        mask: cython.int
        parts: cython.int
        most: cython.double
        split: cython.double = max(self.gaps[0], self.gaps[1], self.gaps[2])
        for t in range(self.tasks):
            if self.fixed[t]:
                continue
            row = self.profile[t]
            mask = self.masks[row * 3] | self.masks[row * 3 + 1] | self.masks[row * 3 + 2]
            most = 0.0
            for k in range(5):
                if (mask >> k) & 1 and self.price[row * 5 + k] > most:
                    most = self.price[row * 5 + k]
            parts = self.need[t] // max(1, self.piece[t]) if self.splittable[t] else 1
            self.unplaced[t] += self.need[t] * (most + self.moved[t]) + (parts - 1) * self.share[t] * split
            self.unplaced[t] += self.moved_once[t] + self.moved_person[t]
            if self.where[t] == NOWHERE:
                self.cost[t] = self.unplaced[t]

    def begin(self, chosen: cython.int[::1]) -> None:
        """Start a search over the tasks `chosen`; up to `REMEMBERED` of them, the best state is kept."""
        from array import array

        i: cython.int
        t: cython.int
        slots: cython.int = 0
        n: cython.int = len(chosen)
        self.lowest = 0.0
        for i in range(n):
            t = chosen[i]
            self.lowest += self.cost[t]
            slots += self.need[t]
        if n > REMEMBERED:
            return
        if len(self.kept_where) < n:
            self.kept_where = array("i", [0]) * n
            self.kept_cost = array("d", [0.0]) * n
        if len(self.kept_pool) < slots:
            self.kept_pool = array("i", [0]) * slots
        self._keep(chosen, n)

    def search(
        self,
        chosen: cython.int[::1],
        iterations: cython.int,
        hot: cython.double,
        cold: cython.double,
    ) -> float:
        """Ruin and recreate `iterations` times, cooling from `hot` to `cold`; return the cost reached.

        Only tasks that are `movable` move; `chosen` are these and nothing else, as given to `begin`.
        """
        result: cython.double = 0.0
        n: cython.int = len(chosen)
        # Python may have moved something since.
        self.stamp += 1
        if n > 0:
            with cython.nogil:
                result = self._search(chosen, n, iterations, hot, cold)
        return result

    def finish(self, chosen: cython.int[::1]) -> None:
        """Go back to the best state since `begin`, if it is kept."""
        i: cython.int
        n: cython.int = len(chosen)
        total: cython.double = 0.0
        if n > REMEMBERED:
            return
        for i in range(n):
            total += self.cost[chosen[i]]
        if total > self.lowest + 1e-6:
            self._go_back(chosen, n)

    # --- a lower bound ---------------------------------------------------------------------------------

    def bound(
        self,
        person: cython.int,
        chosen: cython.int[::1],
        release: cython.int[::1],
        limit: cython.int[::1],
        after: cython.int[::1],
        without: cython.double[::1],
        usable: cython.int[::1],
        tolls: cython.double[::1],
        late: cython.double[::1],
        ends: cython.double[::1],
        spread: cython.double[::1],
        rounds: cython.int,
        upper: cython.double,
    ) -> float:
        """Return what the tasks `chosen` of `person` cost at the very least, on the `usable` positions.

        Lagrangian relaxation of "no two at a time" (Fisher 1981): every position gets a price, every task
        looks for its cheapest pattern of slots alone, by dynamic programming over slots used and the last
        of them, and prices rise where too many meet. Each round's sum is a lower bound, whatever the
        prices: the best is returned. The way of the rounds before is kept in part, or prices would swing
        (Camerini, Fratta and Maffioli 1975). For each of `chosen`: its earliest start and latest end as slots, the
        slot `after` which it must end, and what it costs `without` a place. `tolls` are the prices to begin
        with, and on return the best. `upper` is the cost of a known plan, which only sets the step. Filled are, over
        the last rounds: in which share of them each task was `late` or left out, at how many positions it `ends`, one
        more than there are if left out, and the `spread` (variance) of that.
        """
        from array import array

        size: cython.int = self.p0[person + 1] - self.p0[person]
        longest: cython.int = 1
        i: cython.int
        for i in range(len(chosen)):
            if self.need[chosen[i]] > longest:
                longest = self.need[chosen[i]]
        doubles = array("d", [0.0]) * (size + 1)
        self.toll = doubles[:]
        self.toll_cost = doubles[:]
        self.toll_row = array("d", [0.0]) * (longest * (size + 1))
        self.toll_now = doubles[:]
        self.toll_way = doubles[:]
        self.toll_use = array("i", [0]) * (size + 1)
        self.toll_queue = array("i", [0]) * (size + 1)
        self.toll_from = array("i", [0]) * (longest * (size + 1))
        for i in range(size):
            self.toll[i] = tolls[i]
        result: cython.double
        n: cython.int = len(chosen)
        with cython.nogil:
            result = self._bound(
                person,
                size,
                chosen,
                n,
                release,
                limit,
                after,
                without,
                usable,
                tolls,
                late,
                ends,
                spread,
                rounds,
                upper,
            )
        return result

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _bound(
        self,
        person: cython.int,
        size: cython.int,
        chosen: cython.int[::1],
        n: cython.int,
        release: cython.int[::1],
        limit: cython.int[::1],
        after: cython.int[::1],
        without: cython.double[::1],
        usable: cython.int[::1],
        tolls: cython.double[::1],
        late: cython.double[::1],
        ends: cython.double[::1],
        spread: cython.double[::1],
        rounds: cython.int,
        upper: cython.double,
    ) -> cython.double:
        weight: cython.double
        k: cython.int
        i: cython.int
        q: cython.int
        excess: cython.int
        norm: cython.double
        value: cython.double
        best: cython.double = -INFINITE
        pace: cython.double = 1.0
        stale: cython.int = 0
        for k in range(rounds):
            # The first rounds say little of where tasks want to be.
            weight = RECENT if k * RECENT > 1.0 else 1.0 / (1.0 + k)
            value = 0.0
            for q in range(size):
                value -= self.toll[q]
                self.toll_use[q] = 0
            for i in range(n):
                value += self._pattern(
                    person, size, chosen[i], release[i], limit[i], after[i], without[i], usable
                )
                late[i] += weight * (self.toll_late - late[i])
                ends[i] += weight * (self.toll_end - ends[i])
                spread[i] += weight * (self.toll_end * 1.0 * self.toll_end - spread[i])
            if value > best + 1e-9 * upper:
                best = value
                stale = 0
                for q in range(size):
                    tolls[q] = self.toll[q]
            else:
                stale += 1
                if stale >= 10:
                    pace *= 0.7
                    stale = 0
            norm = 0.0
            for q in range(size):
                excess = self.toll_use[q] - 1
                if excess < 0 and self.toll[q] <= 0:
                    excess = 0
                self.toll_way[q] = excess + 0.9 * self.toll_way[q]
                if self.toll_way[q] < 0 and self.toll[q] <= 0:
                    self.toll_way[q] = 0.0
                norm += self.toll_way[q] * self.toll_way[q]
            if norm < 1e-9 or upper - best <= 1e-6 * upper or pace < 1e-4:
                break
            norm = pace * (upper - value) / norm
            for q in range(size):
                self.toll[q] += norm * self.toll_way[q]
                if self.toll[q] < 0:
                    self.toll[q] = 0.0
        for i in range(n):
            spread[i] -= ends[i] * ends[i]
        return best

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _pattern(
        self,
        person: cython.int,
        size: cython.int,
        task: cython.int,
        release: cython.int,
        limit: cython.int,
        after: cython.int,
        without: cython.double,
        usable: cython.int[::1],
    ) -> cython.double:
        """Return the cheapest cost of `task` at the present tolls, and count the positions it uses."""
        base: cython.int = self.p0[person]
        need: cython.int = self.need[task]
        row: cython.int = self.profile[task]
        mask: cython.int = self.masks[row * 3] | self.masks[row * 3 + 1] | self.masks[row * 3 + 2]
        low: cython.int = self._position(person, release) - base
        high: cython.int = size
        q: cython.int
        j: cython.int
        k: cython.int
        near: cython.int
        head: cython.int
        tail: cython.int
        piece: cython.int = self.piece[task]
        here: cython.int
        before: cython.int
        first: cython.int
        far: cython.int
        far_best: cython.int
        source: cython.int
        cost: cython.double
        least: cython.double
        share: cython.double = self.share[task]
        if limit < NEVER:
            high = self._position(person, limit) - base
        for q in range(low, high):
            if usable[q] and (mask >> self.kind[base + q]) & 1:
                cost = self.price[row * 5 + self.kind[base + q]] + self.toll[q]
                if self.moved[task] > 0 and self.old[base + q] != task:
                    cost += self.moved[task]
                self.toll_cost[q] = cost
            else:
                self.toll_cost[q] = INFINITE
        # What a new stretch costs that has just its least length and ends at q.
        for q in range(low, high):
            cost = 0.0
            for j in range(piece):
                if q - j < low or (j > 0 and self.at[base + q - j] != self.at[base + q - j + 1] - 1):
                    cost = INFINITE
                    break
                if self.toll_cost[q - j] >= INFINITE:
                    cost = INFINITE
                    break
                cost += self.toll_cost[q - j]
            self.toll_now[q] = cost
        # Row k: k + 1 slots used, the last of them q, its stretch long enough.
        for k in range(piece - 1, need):
            here = k * size
            before = (k - piece) * size
            far = near = low
            far_best = NOWHERE
            head = tail = 0
            for q in range(low, high):
                least = INFINITE
                source = NOWHERE
                if self.toll_cost[q] >= INFINITE:
                    self.toll_row[here + q] = INFINITE
                    continue
                if k == piece - 1:
                    least = self.toll_now[q]
                elif q > low and self.at[base + q] == self.at[base + q - 1] + 1:
                    least = self.toll_row[here - size + q - 1] + self.toll_cost[q]
                    source = q - 1
                if self.splittable[task] and k >= 2 * piece - 1 and self.toll_now[q] < INFINITE:
                    first = q - piece + 1
                    while far < first and self.at[base + first] - self.at[base + far] - 1 >= DAY_GAP:
                        if (
                            far_best == NOWHERE
                            or self.toll_row[before + far] < self.toll_row[before + far_best]
                        ):
                            far_best = far
                        far += 1
                    if far_best != NOWHERE:
                        cost = self.toll_row[before + far_best] + share * self.gaps[2] + self.toll_now[q]
                        if cost < least:
                            least = cost
                            source = -far_best - 2
                    # Those less than a day but more than half a day off: the cheapest stands first in the queue.
                    while near < first and self.at[base + first] - self.at[base + near] - 1 > HALF_DAY_GAP:
                        while (
                            tail > head
                            and self.toll_row[before + self.toll_queue[tail - 1]]
                            >= self.toll_row[before + near]
                        ):
                            tail -= 1
                        self.toll_queue[tail] = near
                        tail += 1
                        near += 1
                    while tail > head and self.toll_queue[head] < far:
                        head += 1
                    if tail > head:
                        j = self.toll_queue[head]
                        cost = self.toll_row[before + j] + self.toll_now[q] + share * self.gaps[1]
                        if cost < least:
                            least = cost
                            source = -j - 2
                    for j in range(near if near > far else far, first):
                        cost = self.toll_row[before + j] + self.toll_now[q] + share * self.gaps[0]
                        if cost < least:
                            least = cost
                            source = -j - 2
                self.toll_row[here + q] = least
                self.toll_from[here + q] = source
        least = without
        source = NOWHERE
        for q in range(low, high):
            cost = self.toll_row[(need - 1) * size + q]
            if cost < least and self.at[base + q] >= after:
                cost += self.early[task] * (q + 1) + self._lateness(task, self.at[base + q] + 1)
                if cost < least:
                    least = cost
                    source = q
        k = need - 1
        q = source
        self.toll_late = q == NOWHERE or self.at[base + q] >= self.due[task]
        # In positions: where the task ends, one beyond the last if nowhere.
        self.toll_end = size + 1 if q == NOWHERE else q + 1
        while q != NOWHERE:
            source = self.toll_from[k * size + q]
            if source >= 0:
                self.toll_use[q] += 1
                q = source
                k -= 1
            else:
                # A stretch begins here: its least length lies behind.
                for j in range(piece):
                    self.toll_use[q - j] += 1
                q = -source - 2 if source < NOWHERE else NOWHERE
                k -= piece
        return least

    # --- insertion -------------------------------------------------------------------------------------

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _dice(self) -> cython.uint:
        self.rng = _rolled(self.rng)
        return self.rng

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _position(self, person: cython.int, slot: cython.int) -> cython.int:
        """Return the first position of `person` at or after `slot`."""
        low: cython.int = self.p0[person]
        high: cython.int = self.p0[person + 1]
        middle: cython.int
        while low < high:
            middle = (low + high) >> 1
            if self.at[middle] < slot:
                low = middle + 1
            else:
                high = middle
        return low

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _lateness(self, task: cython.int, end: cython.int) -> cython.double:
        if end <= self.due[task]:
            return 0.0
        return self.late_once[task] + self.late[task] * (end - self.due[task])

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _gap(self, slots: cython.int) -> cython.double:
        if slots <= HALF_DAY_GAP:
            return self.gaps[0]
        if slots < DAY_GAP:
            return self.gaps[1]
        return self.gaps[2]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _ideal(self, task: cython.int) -> cython.double:
        i: cython.int
        p: cython.int
        q: cython.int
        cost: cython.double
        least: cython.double = self.unplaced[task]
        for i in range(self.cand_off[task], self.cand_off[task + 1]):
            p = self.cand[i]
            q = self._position(p, self.release[task]) + self.need[task] - 1
            if q < self.p0[p + 1] and self.at[q] < self.limit[task]:
                cost = self.early[task] * (q - self.p0[p] + 1) + self._lateness(task, self.at[q] + 1)
                if cost < least:
                    least = cost
        return least

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _is_free(self, task: cython.int, q: cython.int) -> cython.bint:
        i: cython.int
        other: cython.int
        if self.occ[q] != NOWHERE:
            return False
        for i in range(self.join_off[task], self.join_off[task + 1]):
            other = self.grid[self.join[i] * self.width + self.at[q] - self.first]
            if other == NOWHERE or self.occ[other] != NOWHERE:
                return False
        return True

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _read_runs(
        self, task: cython.int, person: cython.int, low: cython.int, high: cython.int
    ) -> cython.int:
        """List the free runs of `person` from position `low` to the slot `high`; return their slots."""
        i: cython.int
        q: cython.int
        n: cython.int = 0
        begin: cython.int
        end: cython.int
        length: cython.int
        total: cython.int = 0
        first: cython.int = self.p0[person]
        stays: cython.bint = self.moved[task] > 0
        if self.join_off[task] < self.join_off[task + 1]:
            return self._read_own_runs(task, person, low, high)
        if self.fresh[person] != self.stamp:
            self._list_runs(person)
        for i in range(first, first + self.listed[person]):
            q = self.list_start[i]
            length = self.list_length[i]
            if q + length <= low:
                continue
            if high != NEVER:
                if self.at[q] >= high:
                    break
                if self.at[q] + length > high:
                    length = high - self.at[q]
            if q < low:
                length -= low - q
                q = low
                if length <= 0:
                    break
            self.run_start[n] = q
            self.run_length[n] = length
            self.run_kind[n] = self.list_kind[i]
            self.run_joined[n] = self.list_joined[i] if n > 0 else 0
            total += length
            n += 1
            if not stays:
                continue
            # Where a piece in force began, a run begins.
            end = q + length
            for begin in range(q + 1, end):
                if self.old[begin] == task and self.old[begin - 1] != task:
                    self.run_length[n - 1] -= end - begin
                    self.run_start[n] = begin
                    self.run_length[n] = end - begin
                    self.run_kind[n] = self.list_kind[i]
                    self.run_joined[n] = 1
                    n += 1
        self.runs = n
        return total

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _list_runs(self, person: cython.int) -> cython.void:
        """List the free runs of `person` for those who need not look closer."""
        first: cython.int = self.p0[person]
        q: cython.int
        n: cython.int = first - 1
        follows: cython.bint = False
        for q in range(first, self.p0[person + 1]):
            if self.occ[q] != NOWHERE:
                follows = False
                continue
            if follows and self.at[q] != self.at[q - 1] + 1:
                follows = False
            if follows and self.kind[q] == self.list_kind[n]:
                self.list_length[n] += 1
                continue
            n += 1
            self.list_start[n] = q
            self.list_length[n] = 1
            self.list_kind[n] = self.kind[q]
            self.list_joined[n] = follows
            follows = True
        self.listed[person] = n + 1 - first
        self.fresh[person] = self.stamp

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _use_up(self, task: cython.int, person: cython.int) -> cython.void:
        """Take the slots in `best` out of the runs of `person` as listed, or forget the list."""
        first: cython.int = self.p0[person]
        end: cython.int = first + self.listed[person]
        i: cython.int = first
        k: cython.int
        n: cython.int
        q: cython.int
        for k in range(self.need[task]):
            q = self.best[k]
            while i < end and self.list_start[i] + self.list_length[i] <= q:
                i += 1
            if i == end or self.list_start[i] != q:
                self.fresh[person] = 0
                return
            self.list_start[i] += 1
            self.list_length[i] -= 1
            self.list_joined[i] = 0
            if self.list_length[i] == 0 and i + 1 < end:
                self.list_joined[i + 1] = 0
        n = first
        for i in range(first, end):
            if self.list_length[i] > 0:
                if n < i:
                    self.list_start[n] = self.list_start[i]
                    self.list_length[n] = self.list_length[i]
                    self.list_kind[n] = self.list_kind[i]
                    self.list_joined[n] = self.list_joined[i]
                n += 1
        self.listed[person] = n - first

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _read_own_runs(
        self, task: cython.int, person: cython.int, low: cython.int, high: cython.int
    ) -> cython.int:
        """List the free runs for a task that is done together; return their slots."""
        q: cython.int = low
        last: cython.int = self.p0[person + 1]
        n: cython.int = 0
        total: cython.int = 0
        previous: cython.int = -2
        joint: cython.bint = self.join_off[task] < self.join_off[task + 1]
        stays: cython.bint = self.moved[task] > 0
        while q < last and self.at[q] < high:
            if self.occ[q] != NOWHERE or (joint and not self._is_free(task, q)):
                q += 1
                continue
            total += 1
            if (
                previous == q - 1
                and self.at[q] == self.at[previous] + 1
                and not (stays and self.old[q] == task and self.old[previous] != task)
            ):
                if self.kind[q] == self.run_kind[n - 1]:
                    self.run_length[n - 1] += 1
                    previous = q
                    q += 1
                    continue
                self.run_joined[n] = 1
            else:
                self.run_joined[n] = (
                    1 if previous == q - 1 and q > low and self.at[q] == self.at[previous] + 1 else 0
                )
            self.run_start[n] = q
            self.run_length[n] = 1
            self.run_kind[n] = self.kind[q]
            n += 1
            previous = q
            q += 1
        self.runs = n
        return total

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _fill(
        self, task: cython.int, run: cython.int, mask: cython.int, bound: cython.double
    ) -> cython.double:
        """Return the cost of the earliest filling that starts with `run`, positions left in `trial`.

        Lateness and earliness are not in it. More than `bound`, or no filling: infinite.
        """
        left: cython.int = self.need[task]
        least: cython.int = self.piece[task]
        j: cython.int = run
        k: cython.int
        n: cython.int = 0
        length: cython.int
        size: cython.int
        q: cython.int
        cost: cython.double = 0.0
        price: cython.double
        self.narrow = False
        while left > 0:
            if j >= self.runs:
                return INFINITE
            if not (mask >> self.run_kind[j]) & 1:
                self.narrow = True
                if n == 0:
                    return INFINITE
                j += 1
                continue
            length = self.run_length[j]
            k = j + 1
            while length < left and k < self.runs and self.run_joined[k]:
                if not (mask >> self.run_kind[k]) & 1:
                    self.narrow = True
                    break
                length += self.run_length[k]
                k += 1
            if length >= left:
                length = left
            else:
                if not self.splittable[task]:
                    return INFINITE
                if left - length < least:
                    length = left - least
                if length < least:
                    if n == 0:
                        return INFINITE
                    j = k
                    continue
            left -= length
            if n > 0:
                cost += self.share[task] * self._gap(
                    self.at[self.run_start[j]] - self.at[self.trial[n - 1]] - 1
                )
            while length > 0:
                size = self.run_length[j]
                if size > length:
                    size = length
                price = self.price[self.profile[task] * 5 + self.run_kind[j]]
                cost += price * size
                for q in range(self.run_start[j], self.run_start[j] + size):
                    self.trial[n] = q
                    n += 1
                length -= size
                j += 1
            if cost >= bound:
                return INFINITE
            j = k
        return cost

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _moves(self, task: cython.int, person: cython.int) -> cython.double:
        """Return what the trial costs because it is not where the accepted plan has the task."""
        k: cython.int
        n: cython.int = 0
        for k in range(self.need[task]):
            if self.old[self.trial[k]] != task:
                n += 1
        if n == 0:
            return 0.0
        cost: cython.double = self.moved_once[task] + self.moved[task] * n
        if person != self.old_person[task]:
            cost += self.moved_person[task]
        return cost

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _cost_of(self, task: cython.int, person: cython.int) -> cython.double:
        """Return the cost of the positions in the task's part of `pool`."""
        k: cython.int
        q: cython.int
        previous: cython.int = NOWHERE
        cost: cython.double = 0.0
        for k in range(self.need[task]):
            q = self.pool[self.off[task] + k]
            self.trial[k] = q
            cost += self.price[self.profile[task] * 5 + self.kind[q]]
            if previous != NOWHERE and self.at[q] != self.at[previous] + 1:
                cost += self.share[task] * self._gap(self.at[q] - self.at[previous] - 1)
            previous = q
        cost += self.early[task] * (previous - self.p0[person] + 1)
        cost += self._lateness(task, self.at[previous] + 1)
        if self.moved[task] > 0:
            cost += self._moves(task, person)
        return cost

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _find(self, task: cython.int) -> cython.bint:
        """Look for the cheapest place of `task`; leave it in `best`, `best_person`, `best_cost`."""
        low: cython.int = self.release[task]
        high: cython.int = self.limit[task]
        i: cython.int
        j: cython.int
        m: cython.int
        other: cython.int
        person: cython.int
        position: cython.int
        end: cython.int
        mask: cython.int
        guide: cython.double = 0.0
        cost: cython.double
        bound: cython.double
        choice: cython.double = INFINITE
        for i in range(self.pred_off[task], self.pred_off[task + 1]):
            other = self.pred[i]
            if self.where[other] == NOWHERE:
                return False
            if self.end[other] + self.pred_lag[i] > low:
                low = self.end[other] + self.pred_lag[i]
        for i in range(self.succ_off[task], self.succ_off[task + 1]):
            other = self.succ[i]
            if self.where[other] == NOWHERE:
                if not self.fixed[other]:
                    guide = self.tail[task]
            elif self.start[other] - self.succ_lag[i] < high:
                high = self.start[other] - self.succ_lag[i]
        if low + self.need[task] > high:
            return False
        self.best_person = NOWHERE
        if self.noisy and self.succ_off[task] == self.succ_off[task + 1]:
            # A search leaves out what costs more in every place.
            choice = self.unplaced[task]
        for i in range(self.cand_off[task], self.cand_off[task + 1]):
            person = self.cand[i]
            position = self._position(person, low)
            if self.p0[person + 1] - position < self.need[task]:
                continue
            if self._read_runs(task, person, position, high) < self.need[task]:
                continue
            for j in range(self.runs):
                position = self.run_start[j]
                bound = self.early[task] * (position + self.need[task] - self.p0[person])
                end = self.at[position] + self.need[task]
                bound += self._lateness(task, end)
                if guide > 0 and end > self.tail_due[task]:
                    bound += guide * (end - self.tail_due[task])
                if bound >= choice:
                    break
                if self.noisy and (self._dice() & 31) == 0:
                    continue
                for m in range(3):
                    mask = self.masks[self.profile[task] * 3 + m]
                    if mask == 0:
                        break
                    if not (mask >> self.run_kind[j]) & 1:
                        continue
                    cost = self._fill(task, j, mask, choice)
                    if cost >= INFINITE:
                        if not self.narrow:
                            break
                        continue
                    position = self.trial[self.need[task] - 1]
                    end = self.at[position] + 1
                    cost += self.early[task] * (position - self.p0[person] + 1) + self._lateness(task, end)
                    if guide > 0 and end > self.tail_due[task]:
                        cost += guide * (end - self.tail_due[task])
                    if self.moved[task] > 0:
                        cost += self._moves(task, person)
                    if cost < choice:
                        choice = cost
                        self.best_person = person
                        for position in range(self.need[task]):
                            self.best[position] = self.trial[position]
                    if not self.narrow:
                        # A wider mask fills in the same way.
                        break
        if self.best_person == NOWHERE:
            return False
        if guide > 0:
            end = self.at[self.best[self.need[task] - 1]] + 1
            if end > self.tail_due[task]:
                choice -= guide * (end - self.tail_due[task])
        self.best_cost = choice
        return True

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _take(self, task: cython.int) -> cython.void:
        """Put `task` where the last `_find` said."""
        k: cython.int
        i: cython.int
        q: cython.int = 0
        if self.join_off[task] < self.join_off[task + 1]:
            self.stamp += 1
        elif self.fresh[self.best_person] == self.stamp:
            self._use_up(task, self.best_person)
        for k in range(self.need[task]):
            q = self.best[k]
            self.pool[self.off[task] + k] = q
            self.occ[q] = task
            for i in range(self.join_off[task], self.join_off[task + 1]):
                self.occ[self.grid[self.join[i] * self.width + self.at[q] - self.first]] = task
        self.where[task] = self.best_person
        self.start[task] = self.at[self.best[0]]
        self.end[task] = self.at[q] + 1
        self.cost[task] = self.best_cost

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _drop(self, task: cython.int) -> cython.void:
        k: cython.int
        i: cython.int
        q: cython.int
        if self.join_off[task] < self.join_off[task + 1]:
            self.stamp += 1
        self.fresh[self.where[task]] = 0
        for k in range(self.need[task]):
            q = self.pool[self.off[task] + k]
            self.occ[q] = NOWHERE
            for i in range(self.join_off[task], self.join_off[task + 1]):
                self.occ[self.grid[self.join[i] * self.width + self.at[q] - self.first]] = NOWHERE
        self.where[task] = NOWHERE

    # --- ruin and recreate -----------------------------------------------------------------------------

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _tear_out(self, task: cython.int) -> cython.void:
        """Take `task` out and remember where it stood, unless it is out or fixed or too many are out."""
        i: cython.int
        k: cython.int
        n: cython.int = self.ruined
        if not self.movable[task] or n >= MOST_RUINED:
            return
        for i in range(n):
            if self.ruin[i] == task:
                return
        self.ruin[n] = task
        self.ruin_where[n] = self.where[task]
        self.ruin_cost[n] = self.cost[task]
        self.ruin_off[n + 1] = self.ruin_off[n]
        if self.where[task] != NOWHERE:
            for k in range(self.need[task]):
                self.ruin_pool[self.ruin_off[n] + k] = self.pool[self.off[task] + k]
            self.ruin_off[n + 1] += self.need[task]
            self._drop(task)
        self.ruined = n + 1

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _tear_out_between(self, person: cython.int, low: cython.int, high: cython.int) -> cython.void:
        q: cython.int
        if low < self.p0[person]:
            low = self.p0[person]
        if high > self.p0[person + 1]:
            high = self.p0[person + 1]
        for q in range(low, high):
            if self.occ[q] != NOWHERE:
                self._tear_out(self.occ[q])

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _tear_behind(self) -> cython.void:
        """Tear out, in some cases, what waits for what is out: else that could not go anywhere later."""
        i: cython.int = 0
        k: cython.int
        t: cython.int
        while i < self.ruined:
            t = self.ruin[i]
            if self.succ_off[t] < self.succ_off[t + 1] and self._dice() & 3 == 0:
                for k in range(self.succ_off[t], self.succ_off[t + 1]):
                    if self.where[self.succ[k]] != NOWHERE:
                        self._tear_out(self.succ[k])
            i += 1

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _pick(self, chosen: cython.int[::1], n: cython.int) -> cython.int:
        """Return an expensive task in seven cases of ten, by a tournament, else any."""
        i: cython.int
        t: cython.int
        found: cython.int = chosen[self._dice() % n]
        if self._dice() % 10 < 7:
            for i in range(3):
                t = chosen[self._dice() % n]
                if self.cost[t] - self.base[t] > self.cost[found] - self.base[found]:
                    found = t
        return found

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _make_room(self, task: cython.int) -> cython.void:
        """Tear out `task`, and what stands somewhere in the time in which it would be better placed."""
        person: cython.int = self.cand[
            self.cand_off[task] + self._dice() % (self.cand_off[task + 1] - self.cand_off[task])
        ]
        low: cython.int = self._position(person, self.release[task])
        high: cython.int
        until: cython.int = self.due[task]
        _n: cython.int
        hurt: cython.bint = self.where[task] == NOWHERE or self.end[task] > until
        self._tear_out(task)
        if self.where[task] != NOWHERE:
            return
        if self.tail[task] > 0 and self.tail_due[task] < until:
            until = self.tail_due[task]
        if until == NEVER or until <= self.release[task]:
            high = self.p0[person + 1]
        else:
            high = self._position(person, until)
        if high - low <= self.need[task]:
            high = low + self.need[task] + 1
        if high > self.p0[person + 1]:
            high = self.p0[person + 1]
        first: cython.int = low
        last: cython.int = high
        other: cython.int
        size: cython.int = self.need[task] + self._dice() % (SPARE_ROOM + 1)
        if hurt and self._dice() & 3 == 0:
            # Where a whole day must be laid anew for it to fit.
            size += self._dice() % (WIDE_ROOM + 1)
        if high - size > low:
            low += self._dice() % (high - size - low + 1)
        self._tear_out_between(person, low, low + size)
        if last > first and self._dice() & 1:
            for _n in range(1 + self._dice() % MORE_RUINED):
                other = self.occ[first + self._dice() % (last - first)]
                if other != NOWHERE:
                    self._tear_out(other)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _tear_near(self, task: cython.int) -> cython.void:
        """Tear out `task` and its neighbours in time, sometimes what it waits for too."""
        person: cython.int = self.where[task]
        length: cython.int = 2 + self._dice() % 28
        low: cython.int
        i: cython.int
        if person == NOWHERE:
            person = self.cand[
                self.cand_off[task] + self._dice() % (self.cand_off[task + 1] - self.cand_off[task])
            ]
            low = self.p0[person] + self._dice() % (self.p0[person + 1] - self.p0[person] + 1)
        else:
            low = self.pool[self.off[task] + self._dice() % self.need[task]] - self._dice() % length
        self._tear_out(task)
        if self._dice() % 3 == 0:
            for i in range(self.pred_off[task], self.pred_off[task + 1]):
                self._tear_out(self.pred[i])
        self._tear_out_between(person, low, low + length)
        if self._dice() % 3 == 0:
            length = 2 + self._dice() % 12
            low = self.p0[person] + self._dice() % (self.p0[person + 1] - self.p0[person] + 1)
            self._tear_out_between(person, low, low + length)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _recreate(self, leading: cython.bint) -> cython.bint:
        """Insert what was torn out in one of several orders; say whether nothing is broken."""
        n: cython.int = self.ruined
        i: cython.int
        j: cython.int
        t: cython.int
        _round: cython.int
        placed: cython.int
        value: cython.double
        mode: cython.int = self._dice() % 4
        for i in range(n):
            t = self.ruin[i]
            if leading and i == 0:
                value = -INFINITE
            elif mode == 0:
                value = self.key[t]
            elif mode == 1:
                value = -self.late[t]
            elif mode == 2:
                value = -self.need[t]
            else:
                value = self._dice() % 1024
            j = i
            while j > 0 and self.ruin_key[j - 1] > value:
                self.ruin_key[j] = self.ruin_key[j - 1]
                self.ruin_order[j] = self.ruin_order[j - 1]
                j -= 1
            self.ruin_key[j] = value
            self.ruin_order[j] = t
        self.noisy = True
        # What waits for another one that is out as well comes in a later round.
        for _round in range(n):
            placed = 0
            for i in range(n):
                t = self.ruin_order[i]
                if self.where[t] == NOWHERE and self._find(t):
                    self._take(t)
                    placed += 1
            if placed == 0:
                break
        for i in range(n):
            t = self.ruin_order[i]
            if self.where[t] == NOWHERE:
                self.cost[t] = self.unplaced[t]
                for j in range(self.succ_off[t], self.succ_off[t + 1]):
                    if self.where[self.succ[j]] != NOWHERE:
                        return False
        return True

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _restore(self) -> cython.void:
        i: cython.int
        k: cython.int
        t: cython.int
        for i in range(self.ruined):
            if self.where[self.ruin[i]] != NOWHERE:
                self._drop(self.ruin[i])
        for i in range(self.ruined):
            t = self.ruin[i]
            if self.ruin_where[i] != NOWHERE:
                for k in range(self.need[t]):
                    self.best[k] = self.ruin_pool[self.ruin_off[i] + k]
                self.best_person = self.ruin_where[i]
                self.best_cost = self.ruin_cost[i]
                self._take(t)
            self.cost[t] = self.ruin_cost[i]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _keep(self, chosen: cython.int[::1], n: cython.int) -> cython.void:
        i: cython.int
        k: cython.int
        t: cython.int
        slot: cython.int = 0
        for i in range(n):
            t = chosen[i]
            self.kept_where[i] = self.where[t]
            self.kept_cost[i] = self.cost[t]
            for k in range(self.need[t]):
                self.kept_pool[slot + k] = self.pool[self.off[t] + k]
            slot += self.need[t]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _go_back(self, chosen: cython.int[::1], n: cython.int) -> cython.void:
        i: cython.int
        k: cython.int
        t: cython.int
        slot: cython.int = 0
        for i in range(n):
            if self.where[chosen[i]] != NOWHERE:
                self._drop(chosen[i])
        for i in range(n):
            t = chosen[i]
            if self.kept_where[i] != NOWHERE:
                for k in range(self.need[t]):
                    self.best[k] = self.kept_pool[slot + k]
                self.best_person = self.kept_where[i]
                self.best_cost = self.kept_cost[i]
                self._take(t)
            self.cost[t] = self.kept_cost[i]
            slot += self.need[t]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _search(
        self,
        chosen: cython.int[::1],
        n: cython.int,
        iterations: cython.int,
        hot: cython.double,
        cold: cython.double,
    ) -> cython.double:
        i: cython.int
        k: cython.int
        t: cython.int
        leading: cython.bint
        before: cython.double
        after: cython.double
        total: cython.double = 0.0
        heat: cython.double
        for i in range(n):
            total += self.cost[chosen[i]]
        for k in range(iterations):
            heat = hot + (cold - hot) * k / iterations
            t = self._pick(chosen, n)
            self.ruined = 0
            self.ruin_off[0] = 0
            leading = self._dice() & 1
            if leading:
                self._make_room(t)
            else:
                self._tear_near(t)
            self._tear_behind()
            before = 0.0
            for i in range(self.ruined):
                before += self.ruin_cost[i]
            if self._recreate(leading):
                after = 0.0
                for i in range(self.ruined):
                    after += self.cost[self.ruin[i]]
                if after - before <= heat * self.luck[self._dice() & 1023]:
                    total += after - before
                    if n <= REMEMBERED and total < self.lowest - 1e-6:
                        self.lowest = total
                        self._keep(chosen, n)
                    continue
            self._restore()
        return total


def weigh(
    value: cython.double[::1],
    haste: cython.double[::1],
    need: cython.int[::1],
    due: cython.int[::1],
    aim: cython.int[::1],
    late_once: cython.double[::1],
    late: cython.double[::1],
    early: cython.double[::1],
    unplaced: cython.double[::1],
    share: cython.double[::1],
    count: cython.int,
    last: cython.int,
    rates: cython.double[::1],
) -> None:
    """Fill what each of `count` tasks costs where it is late (once, a slot), not early (a slot), left out, split.

    `value` is how much it counts, `haste` how much of a hurry it is in, `last` the slot behind the last. `rates`:
    missed, tardiness and earliness a slot, left out an hour; the share of haste without an aim; the hours from which
    on longer work is in no greater hurry; the slots from which on a split costs less; minutes of a slot, slots of a
    day.
    """
    n: cython.int
    days: cython.int
    hours: cython.double
    hurry: cython.double
    place: cython.double
    size: cython.double = count
    for n in range(count):
        hours = need[n] * rates[7] / 60
        hurry = haste[n]
        if aim[n] == NEVER:
            hurry *= rates[4]
        late_once[n] = rates[0] * value[n]
        late[n] = rates[1] * value[n]
        # Of equals the one that was named first goes first.
        place = n
        early[n] = rates[2] * hurry * min(rates[5], hours) * (1 + 1e-4 * (1 - place / size))
        unplaced[n] = rates[3] * hurry * (hours + 0.5)
        share[n] = min(1.0, rates[6] / need[n])
        if due[n] != NEVER:
            days = last - due[n] if last > due[n] else 0
            unplaced[n] += late_once[n] + late[n] * (days + rates[8])
        elif aim[n] != NEVER:
            unplaced[n] += late_once[n] / 2


@cython.cclass
class Project:
    """A project with scarce resources (RCPSP): a genetic search for the shortest schedule.

    Activity lists, serial generation, double justification (Valls, Ballestín and Quintanilla 2005), two-point
    crossover and exchange of neighbours (Hartmann 1998).
    """

    count: cython.int
    kinds: cython.int
    horizon: cython.int
    size: cython.int
    rng: cython.uint
    best: cython.int
    made: cython.longlong
    duration: cython.int[::1]
    demand: cython.int[::1]
    capacity: cython.int[::1]
    pred_off: cython.int[::1]
    pred: cython.int[::1]
    succ_off: cython.int[::1]
    succ: cython.int[::1]
    latest: cython.int[::1]
    begin: cython.int[::1]
    best_begin: cython.int[::1]
    usage: cython.int[::1]
    lists: cython.int[::1]
    spans: cython.int[::1]
    child: cython.int[::1]
    order: cython.int[::1]
    mark: cython.int[::1]
    waiting: cython.int[::1]
    stale: cython.int

    def __init__(self, arrays: dict[str, object], size: int, seed: int):
        """Take over the arrays of `rcpsp.py` and make a first population of `size`."""
        from array import array

        self.count = arrays["count"]
        self.kinds = arrays["kinds"]
        self.horizon = arrays["horizon"]
        self.duration = arrays["duration"]
        self.demand = arrays["demand"]
        self.capacity = arrays["capacity"]
        self.pred_off = arrays["pred_off"]
        self.pred = arrays["pred"]
        self.succ_off = arrays["succ_off"]
        self.succ = arrays["succ"]
        self.latest = arrays["latest"]
        ints = array("i", [0]) * (self.count + 1)
        self.size = size
        self.begin = ints[:]
        self.best_begin = ints[:]
        self.child = ints[:]
        self.order = ints[:]
        self.mark = ints[:]
        self.waiting = ints[:]
        self.usage = array("i", [0]) * (self.kinds * (self.horizon + 2) + 1)
        self.lists = array("i", [0]) * (size * self.count + 1)
        self.spans = array("i", [0]) * (size + 1)
        self.rng = ((seed * 2654435761) & 0xFFFFFFFF) or 1
        self.best = NEVER
        self.made = 0
        self.stale = 0

    def populate(self) -> int:
        """Make the whole population anew; return the best length known."""
        i: cython.int
        with cython.nogil:
            for i in range(self.size):
                self._sample(i)
                self._decode()
                self._enter(i)
            self.stale = 0
        return self.best

    def evolve(self, children: cython.int) -> int:
        """Make so many children, each taking the place of the worst if it is no worse; return the best length."""
        i: cython.int
        with cython.nogil:
            for i in range(children):
                self._cross()
                self._decode()
                self._replace()
        return self.best

    def schedules(self) -> int:
        """Return how many schedules were made."""
        return self.made

    def is_stale(self) -> bool:
        """Tell whether the population has become all alike."""
        return self.stale > 6 * self.size

    def starts(self) -> list[int]:
        """Return the starts of the best schedule."""
        return [self.best_begin[i] for i in range(self.count)]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _dice(self) -> cython.uint:
        self.rng = _rolled(self.rng)
        return self.rng

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _sample(self, member: cython.int) -> cython.void:
        """Fill `child` with a list that respects precedence, what must end early tending to come first."""
        i: cython.int
        j: cython.int
        n: cython.int = 0
        ready: cython.int = 0
        picked: cython.int
        other: cython.int
        for i in range(self.count):
            self.waiting[i] = self.pred_off[i + 1] - self.pred_off[i]
            if self.waiting[i] == 0:
                self.order[ready] = i
                ready += 1
        while ready > 0:
            picked = self._dice() % ready
            # The first member follows the rule; the others hold small tournaments.
            for i in range(ready if member == 0 else 2):
                other = i if member == 0 else self._dice() % ready
                if self.latest[self.order[other]] < self.latest[self.order[picked]]:
                    picked = other
            j = self.order[picked]
            ready -= 1
            self.order[picked] = self.order[ready]
            self.child[n] = j
            n += 1
            for i in range(self.succ_off[j], self.succ_off[j + 1]):
                self.waiting[self.succ[i]] -= 1
                if self.waiting[self.succ[i]] == 0:
                    self.order[ready] = self.succ[i]
                    ready += 1

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _cross(self) -> cython.void:
        """Fill `child` from two members, then exchange a few neighbours."""
        n: cython.int = self.count
        mother: cython.int = self._parent()
        father: cython.int = self._parent()
        low: cython.int = self._dice() % n
        high: cython.int = self._dice() % n
        i: cython.int
        k: cython.int
        a: cython.int
        b: cython.int
        filled: cython.int = 0
        if low > high:
            low, high = high, low
        for i in range(n):
            self.mark[i] = 0
        for i in range(low):
            k = self.lists[mother * n + i]
            self.child[filled] = k
            self.mark[k] = 1
            filled += 1
        for i in range(n):
            if filled >= high:
                break
            k = self.lists[father * n + i]
            if not self.mark[k]:
                self.child[filled] = k
                self.mark[k] = 1
                filled += 1
        for i in range(n):
            k = self.lists[mother * n + i]
            if not self.mark[k]:
                self.child[filled] = k
                self.mark[k] = 1
                filled += 1
        for i in range(n - 1):
            if self._dice() % 20 == 0:
                a = self.child[i]
                b = self.child[i + 1]
                if not self._precedes(a, b):
                    self.child[i] = b
                    self.child[i + 1] = a

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _parent(self) -> cython.int:
        one: cython.int = self._dice() % self.size
        two: cython.int = self._dice() % self.size
        return one if self.spans[one] <= self.spans[two] else two

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _precedes(self, a: cython.int, b: cython.int) -> cython.bint:
        i: cython.int
        for i in range(self.succ_off[a], self.succ_off[a + 1]):
            if self.succ[i] == b:
                return True
        return False

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _fits(self, task: cython.int, at: cython.int) -> cython.int:
        """Return the last period that is too full for `task` to start at `at`, or -1 if none is."""
        k: cython.int
        t: cython.int
        need: cython.int
        worst: cython.int = NOWHERE
        for k in range(self.kinds):
            need = self.demand[task * self.kinds + k]
            if need == 0:
                continue
            for t in range(at + self.duration[task] - 1, at - 1, -1):
                if self.usage[k * self.horizon + t] + need > self.capacity[k]:
                    if t > worst:
                        worst = t
                    break
        return worst

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _first_full(self, task: cython.int, at: cython.int) -> cython.int:
        """Return the first period that is too full for `task` to start at `at`, or NEVER."""
        k: cython.int
        t: cython.int
        need: cython.int
        worst: cython.int = NEVER
        for k in range(self.kinds):
            need = self.demand[task * self.kinds + k]
            if need == 0:
                continue
            for t in range(at, at + self.duration[task]):
                if self.usage[k * self.horizon + t] + need > self.capacity[k]:
                    if t < worst:
                        worst = t
                    break
        return worst

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _occupy(self, task: cython.int, at: cython.int) -> cython.void:
        k: cython.int
        t: cython.int
        need: cython.int
        self.begin[task] = at
        for k in range(self.kinds):
            need = self.demand[task * self.kinds + k]
            if need > 0:
                for t in range(at, at + self.duration[task]):
                    self.usage[k * self.horizon + t] += need

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _clear(self) -> cython.void:
        i: cython.int
        for i in range(self.kinds * self.horizon):
            self.usage[i] = 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _forward(self) -> cython.int:
        """Start the activities of `child` one after the other as early as they can; return the length."""
        i: cython.int
        j: cython.int
        task: cython.int
        at: cython.int
        full: cython.int
        length: cython.int = 0
        self._clear()
        for i in range(self.count):
            task = self.child[i]
            at = 0
            for j in range(self.pred_off[task], self.pred_off[task + 1]):
                full = self.begin[self.pred[j]] + self.duration[self.pred[j]]
                if full > at:
                    at = full
            full = self._fits(task, at)
            while full != NOWHERE:
                at = full + 1
                full = self._fits(task, at)
            self._occupy(task, at)
            if at + self.duration[task] > length:
                length = at + self.duration[task]
        self.made += 1
        return length

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _backward(self, length: cython.int) -> cython.void:
        """Push the activities of `child`, the last first, as late as they can end by `length`."""
        i: cython.int
        j: cython.int
        task: cython.int
        at: cython.int
        full: cython.int
        self._clear()
        for i in range(self.count - 1, -1, -1):
            task = self.child[i]
            at = length
            for j in range(self.succ_off[task], self.succ_off[task + 1]):
                if self.begin[self.succ[j]] < at:
                    at = self.begin[self.succ[j]]
            at -= self.duration[task]
            full = self._first_full(task, at)
            while full != NEVER:
                at = full - self.duration[task]
                full = self._first_full(task, at)
            self._occupy(task, at)
        self.made += 1

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _sort(self, by_end: cython.bint) -> cython.void:
        """Sort `child` by start, or by end; it is nearly sorted and stays as it is among equals."""
        i: cython.int
        j: cython.int
        task: cython.int
        value: cython.int
        for i in range(1, self.count):
            task = self.child[i]
            value = self.begin[task] + (self.duration[task] if by_end else 0)
            j = i
            while j > 0 and (
                self.begin[self.child[j - 1]] + (self.duration[self.child[j - 1]] if by_end else 0) > value
            ):
                self.child[j] = self.child[j - 1]
                j -= 1
            self.child[j] = task

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _decode(self) -> cython.void:
        """Schedule `child` and justify it to the right and back to the left."""
        i: cython.int
        length: cython.int = self._forward()
        self._sort(True)
        self._backward(length)
        self._sort(False)
        length = self._forward()
        self._sort(False)
        self.mark[self.count] = length
        if length < self.best:
            self.best = length
            self.stale = 0
            for i in range(self.count):
                self.best_begin[i] = self.begin[i]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _enter(self, member: cython.int) -> cython.void:
        i: cython.int
        for i in range(self.count):
            self.lists[member * self.count + i] = self.child[i]
        self.spans[member] = self.mark[self.count]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _replace(self) -> cython.void:
        """Let the child take the place of the worst of three, if it is no longer than that one."""
        i: cython.int
        one: cython.int
        worst: cython.int = self._dice() % self.size
        for i in range(3):
            one = self._dice() % self.size
            if self.spans[one] > self.spans[worst]:
                worst = one
        self.stale += 1
        if self.mark[self.count] < self.spans[worst]:
            self.stale = 0
        if self.mark[self.count] <= self.spans[worst]:
            self._enter(worst)


@cython.cclass
class Crew:
    """Staffing by skill: tasks in an order, each to whoever of the able can start it first; a search over orders.

    Each move takes a task forward in the order, half of the time one that ends last; what is not longer is kept. Of
    equally long schedules the one whose people end more evenly is better. After `patience` moves without a shorter
    schedule the best order is shaken and the search goes on from there.
    """

    count: cython.int
    people: cython.int
    rng: cython.uint
    best: cython.int
    value: cython.double
    best_value: cython.double
    stale: cython.int
    duration: cython.int[::1]
    able_off: cython.int[::1]
    able: cython.int[::1]
    pred_off: cython.int[::1]
    pred: cython.int[::1]
    sought: cython.double[::1]
    order: cython.int[::1]
    best_order: cython.int[::1]
    tried: cython.int[::1]
    place: cython.int[::1]
    begin: cython.int[::1]
    ends: cython.int[::1]
    who: cython.int[::1]
    free: cython.int[::1]
    late: cython.int[::1]
    length: cython.int
    current: cython.int

    def __init__(self, arrays: dict[str, object], order: cython.int[::1], seed: int):
        """Take over the arrays of `multiskill.py` and begin with an `order` that respects precedence."""
        from array import array

        self.count = arrays["count"]
        self.people = arrays["people"]
        self.duration = arrays["duration"]
        self.able_off = arrays["able_off"]
        self.able = arrays["able"]
        self.pred_off = arrays["pred_off"]
        self.pred = arrays["pred"]
        self.sought = arrays["sought"]
        ints = array("i", [0]) * (self.count + 1)
        self.order = ints[:]
        self.best_order = ints[:]
        self.tried = ints[:]
        self.place = ints[:]
        self.begin = ints[:]
        self.ends = ints[:]
        self.who = ints[:]
        self.late = ints[:]
        self.free = array("i", [0]) * (self.people + 1)
        self.rng = ((seed * 2654435761) & 0xFFFFFFFF) or 1
        self.stale = 0
        i: cython.int
        for i in range(self.count):
            self.tried[i] = order[i]
        self.value = self.best_value = self._decode()
        self.best = self.current = self.length
        for i in range(self.count):
            self.order[i] = self.best_order[i] = self.tried[i]

    def search(self, moves: cython.int, patience: cython.int, bound: cython.int) -> int:
        """Try so many moves, or until `bound` is reached; return the best length."""
        i: cython.int
        with cython.nogil:
            for i in range(moves):
                if self.best <= bound:
                    break
                self._step(patience)
        return self.best

    def result(self) -> tuple[list[int], list[int], int]:
        """Return starts and people of the best schedule, and its length."""
        i: cython.int
        for i in range(self.count):
            self.tried[i] = self.best_order[i]
        self._decode()
        found = (
            [self.begin[n] for n in range(self.count)],
            [self.who[n] for n in range(self.count)],
            self.length,
        )
        # The schedule at hand is that of the order at hand again.
        for i in range(self.count):
            self.tried[i] = self.order[i]
        self._decode()
        return found

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _dice(self) -> cython.uint:
        self.rng = _rolled(self.rng)
        return self.rng

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _decode(self) -> cython.double:
        """Schedule `tried`; return its length, then how unevenly people end, as one number."""
        i: cython.int
        k: cython.int
        n: cython.int
        p: cython.int
        one: cython.int
        start: cython.int
        release: cython.int
        first: cython.int
        value: cython.double = 0.0
        for p in range(self.people):
            self.free[p] = 0
        self.length = 0
        for i in range(self.count):
            n = self.tried[i]
            release = 0
            for k in range(self.pred_off[n], self.pred_off[n + 1]):
                if self.ends[self.pred[k]] > release:
                    release = self.ends[self.pred[k]]
            one = NOWHERE
            first = NEVER
            for k in range(self.able_off[n], self.able_off[n + 1]):
                p = self.able[k]
                start = self.free[p] if self.free[p] > release else release
                if one != NOWHERE and start > first:
                    continue
                if (
                    one == NOWHERE
                    or start < first
                    or self.free[p] > self.free[one]
                    or (self.free[p] == self.free[one] and self.sought[p] < self.sought[one])
                ):
                    one = p
                    first = start
            self.begin[n] = first
            self.ends[n] = first + self.duration[n]
            self.free[one] = self.ends[n]
            self.who[n] = one
            if self.ends[n] > self.length:
                self.length = self.ends[n]
        for p in range(self.people):
            value += self.free[p] * 1.0 * self.free[p]
        # Below one unit of length, whatever the ends are.
        return self.length + value / (1.0 + self.people * 1.0 * self.length * self.length)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _step(self, patience: cython.int) -> cython.void:
        """Try one move."""
        i: cython.int
        value: cython.double
        for i in range(self.count):
            self.tried[i] = self.order[i]
        self._shift()
        value = self._decode()
        if value <= self.value:
            self.stale = 0 if self.length < self.current else self.stale + 1
            self.value = value
            self.current = self.length
            for i in range(self.count):
                self.order[i] = self.tried[i]
        else:
            self.stale += 1
        if self.value < self.best_value:
            self.best_value = self.value
            self.best = self.current
            for i in range(self.count):
                self.best_order[i] = self.order[i]
        if self.stale > patience:
            self.stale = 0
            for i in range(self.count):
                self.tried[i] = self.best_order[i]
            self._decode()
            for i in range(8):
                self._shift()
                self._decode()
            self.value = self._decode()
            self.current = self.length
            for i in range(self.count):
                self.order[i] = self.tried[i]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _shift(self) -> cython.void:
        """Take one task of `tried` forward, half of the time one that ends last, or what that one waits for."""
        i: cython.int
        n: cython.int
        at: cython.int
        to: cython.int
        low: cython.int
        found: cython.int = 0
        for i in range(self.count):
            self.place[self.tried[i]] = i
        n = self.tried[self._dice() % self.count]
        if self._dice() & 1:
            for i in range(self.count):
                if self.ends[i] >= self.length - 2:
                    self.late[found] = i
                    found += 1
            if found > 0:
                n = self.late[self._dice() % found]
        while True:
            at = self.place[n]
            low = 0
            for i in range(self.pred_off[n], self.pred_off[n + 1]):
                if self.place[self.pred[i]] + 1 > low:
                    low = self.place[self.pred[i]] + 1
            if low < at:
                break
            # Nothing can go before it: a predecessor is what holds it up.
            if self.pred_off[n] == self.pred_off[n + 1]:
                return
            n = self.pred[self.pred_off[n] + self._dice() % (self.pred_off[n + 1] - self.pred_off[n])]
        to = low + self._dice() % (at - low)
        for i in range(at, to, -1):
            self.tried[i] = self.tried[i - 1]
        self.tried[to] = n
