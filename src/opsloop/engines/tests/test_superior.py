"""Who decides between two departments, against an oracle that climbs the tree by hand."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.superior import chain, common, nearest, superior


@dataclass(frozen=True)
class World:
    """A tree by parents (department -> parent, 0 is above all), heads by department, and who takes part."""

    parents: dict[int, int]
    heads: dict[int, list[int]]
    one: int
    other: int
    parties: frozenset[int]

    def path(self, department: int) -> str:
        parts: list[str] = []
        while department:
            parts.insert(0, str(department))
            department = self.parents[department]
        return f"/{'/'.join(parts)}/" if parts else ""

    def climb(self, department: int) -> list[int]:
        """Return the department and all above it, 0 for the organisation last."""
        found = [department]
        while found[-1]:
            found.append(self.parents[found[-1]])
        return found


@st.composite
def worlds(draw: st.DrawFn) -> World:
    count = draw(st.integers(2, 9))
    parents = {number: draw(st.integers(0, number - 1)) for number in range(1, count + 1)}
    people = st.lists(st.integers(1, 6), max_size=2, unique=True)
    heads = {number: draw(people) for number in range(count + 1)}
    pair = st.integers(1, count)
    return World(
        parents, heads, draw(pair), draw(pair), frozenset(draw(st.sets(st.integers(1, 6), max_size=4)))
    )


def oracle(world: World) -> int | None:
    """Walk up from the first department; the first one that stands above the second as well, and heads who may."""
    above_other = world.climb(world.other)
    is_common = False
    for department in world.climb(world.one):
        is_common = is_common or department in above_other
        if is_common:
            free = [person for person in world.heads[department] if person not in world.parties]
            if free:
                return free[0]
    return None


@given(worlds())
def test_the_superior_is_who_the_oracle_finds(world: World) -> None:
    heads = {world.path(number): people for number, people in world.heads.items()}
    found = superior(world.path(world.one), world.path(world.other), heads, parties=world.parties)
    assert found == oracle(world)
    assert found not in world.parties
    assert found == superior(world.path(world.other), world.path(world.one), heads, parties=world.parties)


@given(worlds())
def test_one_more_party_never_brings_the_decision_nearer(world: World) -> None:
    heads = {world.path(number): people for number, people in world.heads.items()}
    one, other = world.path(world.one), world.path(world.other)
    first = superior(one, other, heads, parties=world.parties)
    if first is None:
        return
    second = superior(one, other, heads, parties=world.parties | {first})
    assert second != first


def test_a_department_below_the_other_is_judged_by_the_head_of_the_upper_one() -> None:
    heads = {"/1/": [7], "/1/4/": [8], "": [9]}
    assert common("/1/4/", "/1/") == "/1/"
    assert superior("/1/4/", "/1/", heads) == 7
    assert superior("/1/4/", "/1/", heads, parties={7}) == 9
    assert superior("/1/4/", "/2/", heads, parties={9}) is None
    assert chain("/1/4/") == ["/1/4/", "/1/", ""]


def test_who_heads_nearest_stands_first() -> None:
    heads = {"/1/": [7], "/1/4/": [8, 3], "": [9]}
    assert nearest("/1/4/", heads) == [8, 3]
    assert nearest("/1/4/", heads, besides={8, 3}) == [7]
    assert nearest("/2/", {}) == []
