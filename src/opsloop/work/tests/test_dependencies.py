"""What waits for what."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from opsloop.activity import actions as activity
from opsloop.engines.graphs import find_path
from opsloop.organisation.tests.cast import NOW, build_cast
from opsloop.records.refusals import Forbidden, Refused
from opsloop.work.actions import tasks
from opsloop.work.models import Dependency


def link(before, after, by):
    return tasks.add_dependency(predecessor=before, successor=after, by=by, at=NOW)


def test_a_circle_is_refused_and_named(cast, make):
    one, two, three = make("甲"), make("乙"), make("丙")
    link(one, two, cast.lin)
    link(two, three, cast.lin)
    with pytest.raises(Refused) as refused:
        link(three, one, cast.lin)
    assert "甲 → 乙 → 丙 → 甲" in refused.value.reason
    assert Dependency.objects.count() == 2


def test_a_task_does_not_wait_for_itself(cast, task):
    with pytest.raises(Refused):
        link(task, task, cast.lin)


def test_the_same_dependency_stands_once(cast, make):
    one, two = make("甲"), make("乙")
    link(one, two, cast.lin)
    with pytest.raises(Refused):
        link(one, two, cast.lin)


def test_adding_and_removing_can_be_taken_back(cast, make):
    one, two = make("甲"), make("乙")
    undo = link(one, two, cast.lin)
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert not Dependency.objects.exists()
    link(one, two, cast.lin)
    undo = tasks.remove_dependency(dependency=Dependency.objects.get(), by=cast.lin, at=NOW)
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert Dependency.objects.get().predecessor == one


def test_only_who_may_edit_the_waiting_task_links_it(cast, make):
    one, two = make("甲"), make("乙", by=cast.zhou)
    with pytest.raises(Forbidden):
        link(one, two, cast.lin)
    link(one, two, cast.zhou)


class NoCircle(TestCase):
    """Whatever is linked in whatever order, the graph never has a circle."""

    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
    def test_links_never_close_a_circle(self, pairs):
        lin = build_cast().lin
        made = [tasks.create(by=lin, at=NOW, title=f"任务 {n}", owner=lin) for n in range(5)]
        for before, after in pairs:
            try:
                link(made[before], made[after], lin)
            except Refused:
                continue
        edges = list(Dependency.objects.values_list("predecessor_id", "successor_id"))
        for start, end in edges:
            back = find_path(end, start, lambda ids: [edge for edge in edges if edge[0] in ids])
            assert back == []
