"""Readers of public formats and the searches behind `opsloop bench planner`, on small instances of our own."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloop.engines.scheduling import multiskill, rcpsp
from opsloop.engines.scheduling.rcpsp import Instance, ReadingError

PSPLIB = """\
************************************************************************
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           5
   4        1          1           6
   5        1          1           6
   6        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  R 2
------------------------------------------------------------------------
  1      1     0       0    0
  2      1     3       2    0
  3      1     4       3    1
  4      1     2       2    0
  5      1     2       3    1
  6      1     0       0    0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1  R 2
    4    1
************************************************************************
"""
PATTERSON = """\
6 2
4 1

0 0 0 2 2 3
3 2 0 1 4
4 3 1 1 5
2 2 0 1 6
2 3 1 1 6
0 0 0 0
"""
IMOPSE = """\
====
ResourceID \t Salary \t Skills
1\t \t \t23.1\t \t Q1: 2   Q2: 0
2\t \t \t98.0\t \t Q2: 1 \t
====
TaskID \t Duration \t Skill \t Predecessor IDs
1\t \t \t5\t Q1: 1\t \t
2\t \t \t4\t Q2: 0\t \t
3\t \t \t4\t Q2: 1\t \t1\t
4\t \t \t3\t Q1: 2\t \t1\t2\t
====
"""


def test_both_formats_say_the_same() -> None:
    """One project, written twice."""
    one, two = rcpsp.read_psplib(PSPLIB, "x"), rcpsp.read_patterson(PATTERSON, "x")
    assert one == two
    assert one.capacities == (4, 1)
    assert one.successors[0] == (1, 2)


def test_a_project_is_solved_to_its_optimum() -> None:
    """Two chains that cannot run side by side: 3 and 4, then 2 and 2, eleven periods."""
    found = rcpsp.solve(rcpsp.read_psplib(PSPLIB))
    assert (found.makespan, rcpsp.faults(rcpsp.read_psplib(PSPLIB), found)) == (11, [])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PSPLIB.replace("RESOURCEAVAILABILITIES", "NOTHING"), "missing"),
        (
            PSPLIB.replace("2        1          1           4", "2        1          1           9"),
            "no activity",
        ),
        (PSPLIB.replace("4        1          1           6", "4        1          1           2"), "wait"),
        (PSPLIB.replace("3      1     4       3    1", "3      1     4       5    1"), "than there is"),
        ("", "missing"),
    ],
)
def test_a_broken_file_is_refused_with_what_is_wrong(text: str, told: str) -> None:
    """Never an index out of range."""
    with pytest.raises(ReadingError, match=told):
        rcpsp.read_psplib(text)


@given(st.text(max_size=60))
def test_no_text_makes_a_reader_fail_otherwise(text: str) -> None:
    """Whatever is in the file."""
    for reader in (rcpsp.read_psplib, rcpsp.read_patterson, multiskill.read_imopse):
        with pytest.raises(ReadingError):
            reader(text)


def made_up(seed: int, count: int = 24) -> Instance:
    """Return a random project."""
    dice = random.Random(seed)
    successors = tuple(
        tuple(sorted(dice.sample(range(n + 1, count), min(dice.randint(0, 2), count - n - 1))))
        for n in range(count)
    )
    demands = tuple((dice.randint(0, 3), dice.randint(0, 2)) for _ in range(count))
    return Instance("x", tuple(dice.randint(0, 6) for _ in range(count)), demands, (4, 3), successors)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_every_schedule_is_valid_and_no_shorter_than_the_bound(seed: int) -> None:
    """Recounted period by period; a longer search is never worse."""
    project = made_up(seed)
    short, long = (rcpsp.solve(project, seed=seed, schedules=n) for n in (1, 1_500))
    assert rcpsp.faults(project, short) == rcpsp.faults(project, long) == []
    assert long.bound <= long.makespan <= short.makespan


def test_a_fault_is_seen() -> None:
    """A schedule that starts everything at once is not taken for one."""
    project = made_up(1)
    assert rcpsp.faults(project, rcpsp.Schedule((0,) * 24, 6, 1)) != []


def test_staffing_by_skill_is_solved() -> None:
    """Person 1 does tasks 1 and 4, person 2 the others: nine at least, because 3 waits for 1."""
    found = multiskill.read_imopse(IMOPSE)
    assert found.able == ((0,), (0, 1), (1,), (0,))
    made = multiskill.solve(found)
    assert (made.makespan, made.bound, multiskill.faults(found, made)) == (9, 9, [])


def test_a_skill_that_nobody_has_is_named() -> None:
    """Refused, not planned."""
    with pytest.raises(ReadingError, match="nobody"):
        multiskill.read_imopse(IMOPSE.replace("Q1: 2\t", "Q7: 2\t"))
