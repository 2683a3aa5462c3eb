"""How a project stands, by rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.projecthealth import Facts, Level, Why, judge

counts = st.integers(0, 40)
facts = st.builds(
    Facts,
    open=counts, overdue=counts, done_percent=st.integers(0, 100), nodes_missed=counts, high_risks=counts,
    spent_percent=st.none() | st.integers(0, 300), days_past_end=counts,
).map(lambda one: replace(one, overdue=min(one.overdue, one.open)))  # fmt: skip


def test_a_project_with_nothing_wrong_is_green_and_gives_no_reason() -> None:
    verdict = judge(Facts(open=20, done_percent=40, spent_percent=45))
    assert (verdict.level, verdict.reasons) == (Level.GREEN, ())


@pytest.mark.parametrize(
    ("given_facts", "why", "level"),
    [
        (Facts(open=20, overdue=2), Why.OVERDUE, Level.AMBER),
        (Facts(open=20, overdue=6), Why.OVERDUE, Level.RED),
        (Facts(open=2, overdue=1), Why.OVERDUE, Level.AMBER),
        (Facts(nodes_missed=1), Why.NODES, Level.AMBER),
        (Facts(nodes_missed=2), Why.NODES, Level.RED),
        (Facts(high_risks=1), Why.RISKS, Level.AMBER),
        (Facts(spent_percent=60, done_percent=40), Why.BUDGET, Level.AMBER),
        (Facts(spent_percent=101, done_percent=100), Why.BUDGET, Level.RED),
        (Facts(days_past_end=1), Why.END, Level.AMBER),
    ],
)
def test_each_rule_speaks_for_itself(given_facts: Facts, why: Why, level: Level) -> None:
    verdict = judge(given_facts)
    assert [(reason.why, reason.level) for reason in verdict.reasons] == [(why, level)]
    assert verdict.level is level


def test_the_loudest_reason_stands_first() -> None:
    verdict = judge(Facts(open=20, overdue=3, high_risks=4))
    assert [reason.why for reason in verdict.reasons] == [Why.RISKS, Why.OVERDUE]
    assert verdict.level is Level.RED


@given(facts, st.sampled_from(["overdue", "nodes_missed", "high_risks", "days_past_end"]))
def test_more_trouble_never_looks_better(before: Facts, name: str) -> None:
    more = replace(before, **{name: getattr(before, name) + 1})
    if more.overdue <= more.open:
        assert judge(more).level.weight >= judge(before).level.weight


@given(facts)
def test_the_level_is_that_of_the_first_reason(one: Facts) -> None:
    verdict = judge(one)
    assert verdict.level is (verdict.reasons[0].level if verdict.reasons else Level.GREEN)
    assert all(reason.level is not Level.GREEN for reason in verdict.reasons)
