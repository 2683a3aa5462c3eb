"""How much of the open work falls on which day: spread over the working time that is left until it is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Demand:
    """Work that is left on one task: minutes, from `first` to `last`, both included."""

    id: int
    minutes: int
    first: date
    last: date


def spread(
    demands: Iterable[Demand], capacity: Mapping[date, int], *, today: date
) -> dict[date, dict[int, int]]:
    """Return day -> task -> minutes.

    `capacity` holds the working minutes of each day that is looked at, in order; what falls after its end is
    not returned. Work lies on the days from `first` (or today) to `last` in proportion to their working
    minutes; where none of them is worked, on the last of them; what is overdue, on today.
    """
    load: dict[date, dict[int, int]] = {day: {} for day in capacity}
    for demand in demands:
        for day, minutes in _days(demand, capacity, today).items():
            if minutes and day in load:
                load[day][demand.id] = load[day].get(demand.id, 0) + minutes
    return load


def _days(demand: Demand, capacity: Mapping[date, int], today: date) -> dict[date, int]:
    first = max(demand.first, today)
    last = max(demand.last, today)
    first = min(first, last)
    room = {day: minutes for day, minutes in capacity.items() if first <= day <= last and minutes > 0}
    total = sum(room.values())
    if not total:
        return {last: demand.minutes}
    return _shares(demand.minutes, room, total)


def _shares(minutes: int, room: Mapping[date, int], total: int) -> dict[date, int]:
    """Divide whole minutes in proportion; what rounding leaves goes to the days that lost most."""
    exact = {day: minutes * part / total for day, part in room.items()}
    shares = {day: int(value) for day, value in exact.items()}
    left = minutes - sum(shares.values())
    for day in sorted(room, key=lambda one: shares[one] - exact[one])[:left]:
        shares[day] += 1
    return shares
