"""The promise of goal P5 over as many made-up problems as it names; `python3 dev.py load` runs it."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from opsloop.engines.scheduling import Effort, Problem, plan, repair, verify
from opsloop.engines.scheduling.tests.problems import problems
from opsloop.engines.scheduling.tests.test_plan import HARD

CASES = int(os.environ.get("OPSLOOP_PLANS", "50000"))


@pytest.mark.load
@settings(HARD, max_examples=CASES, database=None, phases=[Phase.generate])
@given(problems(), st.sampled_from([1, 60, 300]))
def test_no_rule_is_broken_in_a_hundred_thousand_plans(asked: Problem, iterations: int) -> None:
    """A plan, and the repair of it when a task drops out: two plans a problem, each checked."""
    found = plan(asked, effort=Effort(iterations=iterations))
    assert verify(asked, found) == []
    fewer = replace(asked, tasks=asked.tasks[1:])
    again = repair(fewer, found.placements, effort=Effort(iterations=100))
    assert verify(fewer, again) == []
