"""The critical path: how far each activity can slip before the end of its plan does, and what a move pushes.

Times are whole working minutes on one axis (`worktime.WorkAxis`). Links are finish–start with a lag: `after`
starts no sooner than `lag` minutes after `before` has ended. The method is that of Kelley and Walker (1959):
a forward pass for the earliest times, a backward pass for the latest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Activity:
    """Work that begins at `start` at the soonest and takes `minutes`; those of a `group` end together."""

    key: int
    start: int
    minutes: int
    group: Hashable = None

    @property
    def end(self) -> int:
        """When it ends if it begins at its start."""
        return self.start + self.minutes


@dataclass(frozen=True)
class Link:
    """`after` waits for `before`, and `lag` working minutes longer."""

    before: int
    after: int
    lag: int = 0


@dataclass(frozen=True)
class Slot:
    """When an activity begins at the soonest, and at the latest if the end of its plan shall stand."""

    early: int
    late: int

    @property
    def slack(self) -> int:
        """How many working minutes it can slip (the total float)."""
        return self.late - self.early

    @property
    def is_critical(self) -> bool:
        """Whether every minute it slips moves the end."""
        return self.slack <= 0


def slots(activities: Iterable[Activity], links: Iterable[Link]) -> dict[int, Slot]:
    """Return the slot of each activity by its key.

    A plan is what hangs together by links or by group; its end is when its last activity ends. An activity
    with nothing around it has no plan and no slot, and neither has one in or behind a circle. Links to unknown
    activities are left out. Linear in activities and links.
    """
    known = {one.key: one for one in activities}
    following = _following(known, links)
    order = _in_order(known, following)
    early = {key: known[key].start for key in order}
    for key in order:
        for link in following[key]:
            if link.after in early:
                early[link.after] = max(early[link.after], early[key] + known[key].minutes + link.lag)
    plans = _plans(known, following)
    ends: dict[int, int] = {}
    sizes: dict[int, int] = defaultdict(int)
    for key in known:
        sizes[plans[key]] += 1
    for key in order:
        ends[plans[key]] = max(ends.get(plans[key], early[key]), early[key] + known[key].minutes)
    late: dict[int, int] = {}
    for key in reversed(order):
        limits = [late[link.after] - link.lag for link in following[key] if link.after in late]
        late[key] = min([ends[plans[key]], *limits]) - known[key].minutes
    return {key: Slot(early[key], late[key]) for key in order if sizes[plans[key]] > 1}


@dataclass(frozen=True)
class Push:
    """What follows from a move: new starts by key, and the links that stay broken."""

    starts: Mapping[int, int]
    broken: Sequence[Link]


def push(
    activities: Iterable[Activity],
    links: Iterable[Link],
    *,
    moved: Mapping[int, Activity],
    fixed: frozenset[int] = frozenset(),
) -> Push:
    """Return which other activities begin later when those of `moved` stand as given there.

    An activity moves just as far as it must, and only if one that it waits for ends later than before or was
    moved. Those in `fixed`, and the moved ones themselves, stay; a link that this breaks is reported, as is
    one that stands broken around what moved.
    """
    known = {one.key: one for one in activities} | dict(moved)
    following = _following(known, links)
    now, changed, broken = dict(known), set(moved), []
    for key in _in_order(known, following):
        if key not in changed:
            continue
        for link in following[key]:
            soonest = now[key].end + link.lag
            after = now[link.after]
            if after.start >= soonest:
                continue
            if link.after in fixed or link.after in moved:
                broken.append(link)
                continue
            now[link.after] = replace(after, start=soonest)
            changed.add(link.after)
    broken += [
        link
        for before in known
        if before not in changed
        for link in following[before]
        if link.after in moved and now[link.after].start < now[before].end + link.lag
    ]
    starts = {key: now[key].start for key in changed if key not in moved}
    return Push(starts, tuple(broken))


def _following(known: Mapping[int, Activity], links: Iterable[Link]) -> Mapping[int, list[Link]]:
    following: dict[int, list[Link]] = {key: [] for key in known}
    for link in links:
        if link.before in known and link.after in known:
            following[link.before].append(link)
    return following


def _in_order(known: Mapping[int, Activity], following: Mapping[int, list[Link]]) -> list[int]:
    """Return the keys, each after those it waits for; what is in or behind a circle is left out."""
    waiting = dict.fromkeys(known, 0)
    for before in following.values():
        for link in before:
            waiting[link.after] += 1
    ready = [key for key, count in waiting.items() if not count]
    for key in ready:
        for link in following[key]:
            waiting[link.after] -= 1
            if not waiting[link.after]:
                ready.append(link.after)
    return ready


def _plans(known: Mapping[int, Activity], following: Mapping[int, list[Link]]) -> dict[int, int]:
    """Return for each key the key that stands for its plan (disjoint sets with halved paths)."""
    above = {key: key for key in known}

    def top(key: int) -> int:
        while above[key] != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    first_of: dict[Hashable, int] = {}
    for key, one in known.items():
        if one.group is not None:
            above[top(key)] = top(first_of.setdefault(one.group, key))
        for link in following[key]:
            above[top(link.after)] = top(key)
    return {key: top(key) for key in known}
