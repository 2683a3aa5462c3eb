"""The verbs of goals: what they write, record, refuse and take back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from opsloop.activity import actions as activity
from opsloop.activity.models import Event
from opsloop.goals import actions
from opsloop.goals.models import CheckIn, Goal, KeyResult, Module
from opsloop.goals.queries import goals as pages
from opsloop.goals.queries import scope, tree
from opsloop.goals.tests.conftest import SCORE
from opsloop.organisation.tests.cast import NOW
from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.search import queries as search


def change(goal: Goal, by, *, key_results=None, **values):
    fresh = Goal.objects.get(pk=goal.pk)
    return actions.change(
        goal=fresh, values=values, key_results=key_results, by=by, at=NOW, version=fresh.version
    )


def measure(goal: Goal, by, value, version=1, note=""):
    result = goal.key_results.get()
    actions.measure(result=result, value=Decimal(value), note=note, by=by, at=NOW, version=version)
    return KeyResult.objects.get(pk=result.pk)


def test_a_goal_has_a_number_and_a_measure(goal):
    assert goal.number.startswith("MB2026")
    assert goal.key_results.get().current_value == 85
    assert goal.attainment() == 0


def test_members_set_their_own_goals_and_leads_those_of_others(cast):
    actions.create(by=cast.lin, at=NOW, title="我的目标", owner=cast.lin, department=cast.content)
    with pytest.raises(Forbidden):
        actions.create(by=cast.lin, at=NOW, title="别人的", owner=cast.chen, department=cast.content)
    with pytest.raises(Forbidden):
        actions.create(by=cast.chen, at=NOW, title="别的部门", owner=cast.zhou, department=cast.users)
    actions.create(by=cast.chen, at=NOW, title="组员的", owner=cast.lin, department=cast.content)


def test_only_directors_set_goals_of_the_whole_organisation(cast):
    with pytest.raises(Forbidden):
        actions.create(by=cast.wang, at=NOW, title="全组织", owner=cast.wang)
    actions.create(by=cast.zhao, at=NOW, title="全组织", owner=cast.zhao)


def test_it_refuses_a_target_that_equals_its_start(cast):
    flat = {**SCORE, "to_value": Decimal(85)}
    with pytest.raises(Refused) as refused:
        actions.create(by=cast.chen, at=NOW, title="不动", department=cast.content, key_results=[flat])
    assert refused.value.field == "key_results"
    assert not Goal.objects.exists()


def test_a_check_in_moves_the_value_and_tells_the_story(cast, goal):
    assert measure(goal, cast.chen, "87.5", note="客服培训见效").attainment() == 50
    event = Event.objects.get(kind="goal.measured")
    assert event.changes == {"满意度评分": ["85 分", "87.5 分"]}
    assert event.note == "客服培训见效"


def test_it_refuses_a_stale_check_in(cast, goal):
    measure(goal, cast.chen, "86")
    with pytest.raises(StaleVersion):
        measure(goal, cast.chen, "87", version=1)


def test_editing_the_measures_keeps_where_they_stand(cast, goal):
    measure(goal, cast.chen, "87")
    old = goal.key_results.get()
    rows = [
        {**SCORE, "id": old.pk, "to_value": Decimal(95)},
        {**SCORE, "name": "投诉量", "to_value": Decimal(10)},
    ]
    change(goal, cast.chen, key_results=rows)
    first, second = goal.key_results.all()
    assert (first.pk, first.current_value, first.to_value) == (old.pk, 87, 95)
    assert (second.name, second.current_value) == ("投诉量", 85)
    now = KeyResult.objects.get(pk=old.pk)
    with pytest.raises(StaleVersion):
        actions.measure(result=now, value=Decimal(88), note="", by=cast.chen, at=NOW, version=old.version)


def test_a_measure_of_another_goal_cannot_be_taken_over(cast, goal):
    other = actions.create(by=cast.chen, at=NOW, title="另一个", department=cast.content, key_results=[SCORE])
    foreign = other.key_results.get()
    change(goal, cast.chen, key_results=[{**SCORE, "id": foreign.pk, "name": "抢来的"}])
    foreign.refresh_from_db()
    assert (foreign.goal, foreign.name) == (other, "满意度评分")


def test_measures_left_out_are_removed(cast, goal):
    change(goal, cast.chen, key_results=[])
    assert not goal.key_results.exists()


def test_a_goal_is_not_aligned_to_what_stands_below_it(cast, goal):
    below = actions.create(by=cast.chen, at=NOW, title="下级", department=cast.content, parent=goal)
    with pytest.raises(Refused) as refused:
        change(goal, cast.chen, parent=below)
    assert refused.value.field == "parent"
    with pytest.raises(Refused):
        change(goal, cast.chen, parent=goal)


def test_it_refuses_an_end_before_the_start(cast, goal):
    with pytest.raises(Refused) as refused:
        change(goal, cast.chen, starts_on=date(2026, 12, 2), due_on=date(2026, 12, 1))
    assert refused.value.field == "due_on"


def test_writing_what_stands_claims_no_version(cast, goal):
    assert change(goal, cast.chen, title=goal.title) is None
    goal.refresh_from_db()
    assert goal.version == 1


def test_a_change_is_taken_back(cast, goal):
    undo = change(goal, cast.chen, title="满意度评分从85分提升至90分", status=Goal.Status.ACHIEVED)
    goal.refresh_from_db()
    assert goal.closed_by == cast.chen
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    goal.refresh_from_db()
    assert (goal.title, goal.closed_at) == ("提升用户满意度", None)


def test_the_bin_and_back(cast, goal):
    undo = actions.put_in_bin(goal=goal, by=cast.chen, at=NOW, version=1)
    assert list(search.matching("goal", "满意度")) == []
    with pytest.raises(Forbidden):
        actions.restore(goal=Goal.objects.get(), by=cast.lin, at=NOW)
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    assert list(search.matching("goal", "满意度")) == [goal.pk]


def test_an_auditor_sets_and_changes_nothing(cast, goal):
    with pytest.raises(Forbidden):
        actions.create(by=cast.sun, at=NOW, title="审计的目标", owner=cast.sun)
    with pytest.raises(Forbidden):
        change(goal, cast.sun, title="改")
    with pytest.raises(Forbidden):
        measure(goal, cast.sun, "90")


def test_goals_above_are_seen_and_those_beside_are_not(cast, goal):
    above = actions.create(
        by=cast.wang, at=NOW, title="运营部的", department=cast.operations, owner=cast.wang
    )
    everyone = actions.create(by=cast.zhao, at=NOW, title="全组织的", owner=cast.zhao)
    assert set(Goal.objects.visible_to(cast.lin)) == {goal, above, everyone}
    assert set(Goal.objects.visible_to(cast.zhou)) == {above, everyone}
    assert set(Goal.objects.visible_to(cast.outsider)) == {everyone}


def test_the_tree_follows_the_alignment(cast, goal):
    top = actions.create(by=cast.zhao, at=NOW, title="年度", owner=cast.zhao, horizon="long")
    change(goal, cast.chen, parent=top)
    actions.create(by=cast.chen, at=NOW, title="月度", department=cast.content, parent=goal, horizon="short")
    nodes = tree.tree(cast.lin, tree.Filters(), now=NOW).nodes
    assert [(node.row.title, node.depth) for node in nodes] == [
        ("年度", 0),
        ("提升用户满意度", 1),
        ("月度", 2),
    ]


def said(goal: Goal, by, value, at=NOW, confidence="sure", note=""):
    result = goal.key_results.get()
    return actions.measure(
        result=result,
        value=Decimal(value),
        confidence=confidence,
        note=note,
        by=by,
        at=at,
        version=result.version,
    )


def test_check_ins_are_kept_and_the_last_one_speaks(cast, goal):
    said(goal, cast.chen, 86, at=NOW - timedelta(days=7), note="培训")
    said(goal, cast.chen, 87, confidence="risk")
    result = goal.key_results.get()
    assert (result.current_value, result.confidence, result.checked_at) == (87, "risk", NOW)
    assert [row.value for row in result.check_ins.all()] == [87, 86]


def test_a_check_in_without_confidence_keeps_what_was_said(cast, goal):
    said(goal, cast.chen, 86, confidence="unlikely")
    said(goal, cast.chen, 87, confidence="")
    assert goal.key_results.get().confidence == "unlikely"


def test_a_check_in_is_taken_back_unless_somebody_went_on(cast, goal):
    first = said(goal, cast.chen, 86, at=NOW - timedelta(days=7))
    second = said(goal, cast.chen, 87, confidence="risk")
    with pytest.raises(Refused):
        activity.take_back(undo=first, by=cast.chen, at=NOW)
    activity.take_back(undo=second, by=cast.chen, at=NOW)
    result = goal.key_results.get()
    assert (result.current_value, result.confidence, result.checked_at) == (
        86,
        "sure",
        NOW - timedelta(days=7),
    )
    assert CheckIn.objects.count() == 1


def test_a_tree_says_what_is_late_stale_and_behind(cast, goal):
    later = NOW + timedelta(days=20)
    change(goal, cast.chen, starts_on=date(2026, 11, 1), due_on=date(2026, 12, 31))
    said(goal, cast.chen, 86)
    (node,) = tree.tree(cast.lin, tree.Filters(), now=NOW).nodes
    assert (node.is_stale, node.is_late, node.attainment, node.expected, node.pace) == (
        False,
        False,
        20,
        37,
        "behind",
    )
    (node,) = tree.tree(cast.lin, tree.Filters(sign="stale"), now=later).nodes
    assert (node.is_stale, node.silent_days) == (True, 20)
    (node,) = tree.tree(cast.lin, tree.Filters(sign="late"), now=NOW + timedelta(days=60)).nodes
    assert node.is_late
    assert tree.tree(cast.lin, tree.Filters(sign="late"), now=NOW).nodes == []


def test_a_goal_without_measures_speaks_through_those_below(cast, goal):
    above = actions.create(
        by=cast.wang, at=NOW, title="部门目标", department=cast.operations, owner=cast.wang
    )
    change(goal, cast.chen, parent=above)
    said(goal, cast.chen, 88)
    nodes = tree.tree(cast.lin, tree.Filters(), now=NOW).nodes
    assert [(node.attainment, node.is_rolled) for node in nodes] == [(60, True), (60, False)]
    told = pages.story(above, cast.lin, now=NOW)
    assert (told.attainment, told.is_rolled, [one.row.pk for one in told.below]) == (60, True, [goal.pk])
    goal.refresh_from_db()
    told = pages.story(goal, cast.lin, now=NOW)
    assert [row.title for row in told.chain] == ["部门目标"]


def test_what_is_hidden_counts_for_nothing(cast, goal):
    above = actions.create(
        by=cast.wang, at=NOW, title="部门目标", department=cast.operations, owner=cast.wang
    )
    change(goal, cast.chen, parent=above)
    said(goal, cast.chen, 88)
    (node,) = tree.tree(cast.zhou, tree.Filters(), now=NOW).nodes
    assert (node.attainment, node.has_children) == (None, False)
    told = pages.story(above, cast.zhou, now=NOW)
    assert (told.attainment, told.below) == (None, [])


def test_two_teams_of_one_level_overlap_and_a_division_above_them_does_not(cast, goal):
    module = actions.add_module(name="会员", by=cast.chen, at=NOW)
    blank = actions.add_module(name="公关", by=cast.chen, at=NOW)
    change(goal, cast.chen, module=module)
    actions.create(
        by=cast.wang, at=NOW, title="部门会员", department=cast.operations, owner=cast.wang, module=module
    )
    found = scope.scope_map(cast.wang)
    assert [(column.module, column.is_blank, column.overlapping) for column in found.columns] == [
        (module, False, []),
        (blank, True, []),
    ]
    actions.create(
        by=cast.zhou, at=NOW, title="用户会员", department=cast.users, owner=cast.zhou, module=module
    )
    assert scope.scope_map(cast.wang).columns[0].overlapping == sorted([cast.content.name, cast.users.name])
    # A member of one team knows nothing of the goals of the other.
    mine = scope.scope_map(cast.lin)
    assert mine.columns[0].overlapping == []
    assert cast.users not in [line.department for line in mine.lines]


def test_a_module_in_use_stays(cast, goal):
    module = actions.add_module(name="会员", by=cast.chen, at=NOW)
    change(goal, cast.chen, module=module)
    with pytest.raises(Refused):
        actions.remove_module(module=module, by=cast.chen, at=NOW, version=module.version)
    change(goal, cast.chen, module=None)
    actions.remove_module(module=module, by=cast.chen, at=NOW, version=module.version)
    assert not Module.objects.exists()
