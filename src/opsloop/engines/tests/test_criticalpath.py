from __future__ import annotations

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.criticalpath import Activity, Link, push, slots

FEW = st.integers(0, 6)


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[Activity], list[Link]]:
    """A few activities, linked forwards, some in one of two groups."""
    size = draw(st.integers(1, 6))
    groups = st.sampled_from([None, None, "a", "b"])
    activities = [Activity(key, draw(FEW), draw(FEW), draw(groups)) for key in range(size)]
    pairs = [(a, b) for a in range(size) for b in range(a + 1, size)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return draw(st.permutations(activities)), [Link(a, b, draw(st.integers(0, 3))) for a, b in chosen]


def begins(key: int, activities: dict[int, Activity], links: list[Link]) -> int:
    """When an activity begins, by asking everything before it: slow and plain."""
    before = [begins(one.before, activities, links) + activities[one.before].minutes + one.lag
              for one in links if one.after == key]  # fmt: skip
    return max([activities[key].start, *before])


def together(key: int, activities: dict[int, Activity], links: list[Link]) -> set[int]:
    """What hangs together with `key` by links or groups."""
    found, size = {key}, 0
    while len(found) > size:
        size = len(found)
        for one in links:
            if {one.before, one.after} & found:
                found |= {one.before, one.after}
        groups = {activities[k].group for k in found} - {None}
        found |= {k for k, one in activities.items() if one.group in groups}
    return found


def ends(keys: set[int], activities: dict[int, Activity], links: list[Link]) -> int:
    return max(begins(key, activities, links) + activities[key].minutes for key in keys)


@given(plans())
def test_slack_is_the_longest_delay_that_moves_no_end(plan: tuple[list[Activity], list[Link]]) -> None:
    listed, links = plan
    activities = {one.key: one for one in listed}
    found = slots(listed, links)
    for key in activities:
        around = together(key, activities, links)
        if len(around) == 1:
            assert key not in found
            continue
        early = begins(key, activities, links)
        end = ends(around, activities, links)
        for slack in count():
            one = activities[key]
            later = activities | {key: Activity(key, early + slack + 1, one.minutes, one.group)}
            if ends(around, later, links) > end:
                break
        assert (found[key].early, found[key].slack) == (early, slack)


@given(plans())
def test_a_plan_has_a_critical_path_to_its_end(plan: tuple[list[Activity], list[Link]]) -> None:
    listed, links = plan
    activities = {one.key: one for one in listed}
    found = slots(listed, links)
    for key in found:
        around = together(key, activities, links)
        end = ends(around, activities, links)
        last = [k for k in around if found[k].early + activities[k].minutes == end]
        assert last
        assert all(found[k].is_critical for k in last)


@given(plans(), st.data())
def test_a_move_pushes_each_just_as_far_as_it_must(
    plan: tuple[list[Activity], list[Link]], data: st.DataObject
) -> None:
    listed, links = plan
    activities = {one.key: one for one in listed}
    key = data.draw(st.sampled_from(sorted(activities)))
    fixed = frozenset(data.draw(st.sets(st.sampled_from(sorted(activities))))) - {key}
    there = Activity(key, data.draw(st.integers(0, 12)), data.draw(FEW))
    pushed = push(listed, links, moved={key: there}, fixed=fixed)
    after = {
        k: there if k == key else Activity(k, pushed.starts.get(k, one.start), one.minutes)
        for k, one in activities.items()
    }
    changed = {key, *pushed.starts}
    assert not fixed & pushed.starts.keys()
    for k, start in pushed.starts.items():
        held = [after[one.before].end + one.lag for one in links if one.after == k and one.before in changed]
        assert start == max(held) > activities[k].start
    for one in links:
        is_broken = after[one.after].start < after[one.before].end + one.lag
        touches = one.before in changed or one.after == key
        assert (one in pushed.broken) == (is_broken and touches)


def test_a_chain_with_a_lag_is_critical_and_a_short_branch_is_not() -> None:
    work = [Activity(1, 0, 480), Activity(2, 480, 480), Activity(3, 480, 120), Activity(4, 1200, 0)]
    links = [Link(1, 2), Link(1, 3), Link(2, 4, 240), Link(3, 4)]
    found = slots(work, links)
    assert [key for key, slot in found.items() if slot.is_critical] == [1, 2, 4]
    assert found[3].slack == 600


def test_a_circle_and_what_is_behind_it_have_no_slot() -> None:
    work = [Activity(key, 0, 10) for key in range(4)]
    found = slots(work, [Link(0, 1), Link(1, 0), Link(1, 2), Link(3, 2)])
    assert found.keys() == {3}
