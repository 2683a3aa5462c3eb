"""What the planner promises, on weeks one can check by eye and on thousands nobody has seen."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsloop.engines import intervals
from opsloop.engines.blocks import BlockKind
from opsloop.engines.scheduling import Code, Person, Plan, Predecessor, Problem, Weights, plan, render, verify
from opsloop.engines.scheduling.tests.problems import (
    END,
    MINUTES,
    NOW,
    PEOPLE,
    WEEK,
    at,
    problem,
    problems,
    task,
)
from opsloop.engines.workcalendar import Language

HARD = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
LANGUAGES: tuple[Language, ...] = ("zh-Hans", "zh-Hant", "en")


def lines(found: Plan) -> list[str]:
    """Return the placements as short text."""
    return [f"{p.task} {p.start:%a %H:%M}-{p.end:%H:%M} {p.block}" for p in found.placements]


def in_time(asked: Problem, found: Plan) -> set[str]:
    """Return the tasks with a due date that are placed and not late."""
    dated = {one.id for one in asked.tasks if one.due is not None}
    return {piece.task for piece in found.placements if not piece.late} & dated


def codes(found: Plan, name: str) -> list[Code]:
    """Return the reason codes of a task that is not placed."""
    return [reason.code for one in found.unplaced if one.task == name for reason in one.reasons]


# --- Promises over generated problems -----------------------------------------------------------


@HARD
@given(problems())
def test_every_plan_passes_the_independent_checker(asked: Problem) -> None:
    """Overlap, working time, order, pins, minutes, grid, lateness: nothing is ever broken."""
    assert verify(asked, plan(asked)) == []


@HARD
@given(problems())
def test_equal_problems_give_equal_plans(asked: Problem) -> None:
    """The planner has no memory and no dice."""
    assert plan(asked) == plan(asked)


@HARD
@given(problems(), MINUTES, st.sampled_from(PEOPLE), st.integers(1, 5))
def test_a_task_that_cannot_be_met_delays_none_that_can(
    asked: Problem, minutes: int | None, owner: str, importance: int
) -> None:
    """Adding an overdue task, however important, costs no other task its due date.

    Owners are given: who takes an open task depends on what everybody has to do.
    """
    asked = replace(asked, tasks=tuple(replace(one, candidates=one.candidates[:1]) for one in asked.tasks))
    overdue = task(
        "overdue", minutes, candidates=(owner,), due=asked.now, importance=importance, urgency="high"
    )
    harder = replace(asked, tasks=(*asked.tasks, overdue))
    assert in_time(asked, plan(asked)) <= in_time(harder, plan(harder))


@HARD
@given(problems())
def test_a_late_task_had_no_room_before_its_due_date(asked: Problem) -> None:
    """With all late work taken out, the time before a missed due date is too short or too scattered."""
    found = plan(asked)
    for late in found.late:
        one = next(t for t in asked.tasks if t.id == late.task)
        if one.pinned or one.predecessors or one.collaborators or not one.splittable or one.due is None:
            continue
        needed = sum(p.minutes for p in found.placements if p.task == late.task)
        free = _free_stretches(asked, found, late.person, one.earliest, one.due)
        room = sum(length // 15 * 15 - 15 for length in free if length >= one.min_piece)
        assert room < needed


def _free_stretches(
    asked: Problem, found: Plan, who: str, earliest: datetime | None, due: datetime
) -> list[int]:
    """Return the free working minutes of `who` before `due`, stretch by stretch, as if nothing was late."""
    person = next(p for p in asked.people if p.id == who)
    blocks = [(b.start, b.end) for b in person.blocks if b.kind.workable]
    kept = [(p.start, p.end) for p in found.placements if p.person == who and not p.late]
    free = intervals.subtract(blocks, [*kept, *person.busy])
    begin = max(asked.now, earliest or asked.now)
    stretches = intervals.clip(free, begin, due) if begin < due else []
    return [int((end - start).total_seconds()) // 60 for start, end in stretches]


@HARD
@given(problems())
def test_every_reason_is_a_whole_sentence_in_three_languages(asked: Problem) -> None:
    """No code without its sentence, no value without its place."""
    found = plan(asked)
    for one in [*found.placements, *found.unplaced]:
        for language in LANGUAGES:
            text = render(one.reasons, language)
            assert text.endswith("." if language == "en" else "。")
            assert "{" not in text.replace("{braces}", "")


@HARD
@given(problems())
def test_a_search_that_is_stopped_at_once_still_gives_a_valid_plan(asked: Problem) -> None:
    """Cancelling costs quality, never validity."""
    assert verify(asked, plan(asked, should_stop=lambda: True)) == []


@settings(HARD, max_examples=30)
@given(problems())
def test_a_first_plan_comes_at_once_and_the_last_is_no_worse(asked: Problem) -> None:
    """Both are whole: valid, explained, and what the first says stays true of it when the search goes on."""
    seen: list[Plan] = []
    last = plan(asked, on_progress=seen.append)
    assert seen[-1] == last
    assert verify(asked, seen[0]) == []
    assert len(seen) == 2


# --- Plans one can check by eye -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("estimate", "planned"), [(10, 15), (15, 30), (30, 45), (60, 75), (120, 135), (240, 270), (480, 540)]
)
def test_a_placement_is_the_estimate_and_its_reserve_on_the_grid(estimate: int, planned: int) -> None:
    """Two hours become two and a quarter; the next grid value above ten per cent in general."""
    found = plan(problem(task("a", estimate)))
    assert sum(piece.minutes for piece in found.placements) == planned


def test_important_work_stands_in_focus_and_small_work_in_a_fragment() -> None:
    """Blueprint §2.3, with the buffer left free."""
    found = plan(problem(task("方案", 240, importance=5), task("回消息", 15, importance=2, urgency="low")))
    kinds = {piece.task: set() for piece in found.placements}  # type: ignore[var-annotated]
    for piece in found.placements:
        kinds[piece.task].add(piece.block)
    assert kinds == {"方案": {BlockKind.FOCUS}, "回消息": {BlockKind.FRAGMENT}}


def test_the_most_pressing_task_starts_the_week() -> None:
    """An escalated complaint due on Monday noon goes before a report due on Friday."""
    report = task("周报", 120, importance=5, urgency="high", due=at(5))
    complaint = task("客诉", 60, importance=5, urgency="high", due=at(0, 12))
    assert lines(plan(problem(report, complaint)))[0] == "客诉 Mon 09:00-10:00 focus"


def test_an_overdue_task_comes_first_where_others_have_time() -> None:
    """It is late anyway, but not later than need be."""
    found = plan(problem(task("旧账", 240, due=at(-2), importance=4), task("周报", 120, due=at(5))))
    assert found.placements[0].task == "旧账"
    assert in_time(problem(task("周报", 120, due=at(5))), found) == {"周报"}


def test_all_deadlines_are_kept_if_they_can_be() -> None:
    """Seven hours a day, five days, a task due every evening: only one order works."""
    week = [task(f"日{day}", 330, due=at(day + 1), importance=5 - day) for day in range(5)]
    found = plan(problem(*reversed(week)))
    assert found.late == ()
    assert found.unplaced == ()


def test_what_is_late_leaves_room_for_what_is_due_next_monday() -> None:
    """Four days are taken; the fifth goes to what can still be met, not to what is overdue."""
    found = plan(
        problem(
            *(task(f"day{n}", 300, due=at(n, 18)) for n in range(4)),
            task("overdue", 240, due=at(-1), importance=2),
            task("monday", 240, due=at(7, 10), importance=5),
        )
    )
    assert {piece.task for piece in found.placements if not piece.late} >= {"monday"}
    assert {piece.end <= END for piece in found.placements if piece.task == "monday"} == {True}


def test_what_is_due_in_a_month_does_not_push_out_what_is_overdue() -> None:
    """There is time for it later."""
    found = plan(
        problem(
            *(task(f"day{n}", 300, due=at(n, 18)) for n in range(4)),
            task("overdue", 240, due=at(-1), importance=5, urgency="high"),
            task("next month", 480, due=at(35), importance=1, urgency="low"),
        )
    )
    assert [one.task for one in found.unplaced] == ["next month"]


def test_the_buffer_is_used_only_to_keep_a_deadline() -> None:
    """A full Monday needs the last half hour; a full week without deadlines leaves it free."""
    monday = plan(problem(task("当天", 350, due=at(1))))
    assert monday.late == ()
    assert BlockKind.BUFFER in {piece.block for piece in monday.placements}
    week = plan(problem(*(task(f"任务{n}", 300) for n in range(8))))
    assert BlockKind.BUFFER not in {piece.block for piece in week.placements}


def test_work_of_others_is_waited_for() -> None:
    """A successor of another person starts after the end, and after the lag."""
    before = task("初稿", 120, candidates=(PEOPLE[1],))
    after = task("终审", 60, predecessors=(Predecessor("初稿", lag_minutes=120),), due=at(1))
    found = plan(problem(before, after))
    end = max(piece.end for piece in found.placements if piece.task == "初稿")
    start = min(piece.start for piece in found.placements if piece.task == "终审")
    assert start >= end + timedelta(hours=2)
    assert found.late == ()


def test_a_task_hurries_for_those_who_wait_for_it() -> None:
    """Without a due date of its own it is still done in time for its successor."""
    others = [task(f"急件{n}", 120, importance=5, urgency="high", due=at(5)) for n in range(5)]
    base = task("底稿", 120, importance=1, urgency="low")
    after = task("成稿", 120, candidates=(PEOPLE[1],), predecessors=(Predecessor("底稿"),), due=at(1))
    found = plan(problem(*others, base, after))
    assert found.late == ()


def test_a_cycle_is_named_and_the_rest_is_planned() -> None:
    """The tasks of the ring stand in its order; what waits for them says so."""
    ring = [task("a", predecessors=(Predecessor("c"),)), task("b", predecessors=(Predecessor("a"),))]
    ring.append(task("c", predecessors=(Predecessor("b"),)))
    found = plan(problem(*ring, task("d", predecessors=(Predecessor("c"),)), task("e")))
    assert {piece.task for piece in found.placements} == {"e"}
    assert "“a” → “b” → “c” → “a”" in render(found.unplaced[0].reasons, "zh-Hans")
    assert codes(found, "d") == [Code.PREDECESSOR_UNPLACED]


def test_what_is_impossible_is_named() -> None:
    """Nobody, somebody unknown, too long, too long in one piece, after the week, two at one time."""
    noon = (at(1, 12), at(1, 13))
    found = plan(
        problem(
            task("无人", candidates=()),
            task("生人", candidates=("谁",)),
            task("太长", 6000),
            task("整块", 300, splittable=False),
            task("下月", earliest=at(9)),
            task("午会", pinned=(noon,)),
            task("午餐会", pinned=(noon,)),
            task("死线", 480, due=at(1), hard_due=True),
        )
    )
    assert {one.task: one.reasons[0].code for one in found.unplaced} == {
        "无人": Code.NO_OWNER,
        "生人": Code.UNKNOWN_OWNER,
        "太长": Code.TOO_LONG,
        "整块": Code.NO_STRETCH,
        "下月": Code.STARTS_LATER,
        "午餐会": Code.PIN_CLASH,
        "死线": Code.HARD_DUE,
    }


def test_what_is_assumed_is_said() -> None:
    """No estimate is an hour; an unknown predecessor is taken as done."""
    found = plan(problem(task("a", None, predecessors=(Predecessor("幽灵"),))))
    text = render(found.placements[0].reasons, "zh-Hans")
    assert "没有填耗时预估，按 1 小时计算。" in text
    assert "找不到前置任务“幽灵”" in text


def test_an_open_task_goes_to_whoever_has_time() -> None:
    """Of two candidates the one without work."""
    busy = [task(f"满{n}", 420) for n in range(4)]
    found = plan(problem(*busy, task("谁都行", 120, candidates=PEOPLE[:2])))
    assert {piece.person for piece in found.placements if piece.task == "谁都行"} == {PEOPLE[1]}


def test_joint_work_stands_in_both_diaries() -> None:
    """The collaborator is there at the same time."""
    found = plan(
        problem(
            task("占用", 180, candidates=(PEOPLE[1],), pinned=((at(0, 9), at(0, 12)),)),
            task("对稿", 60, collaborators=(PEOPLE[1],)),
        )
    )
    joint = [piece for piece in found.placements if piece.task == "对稿"]
    assert {piece.person for piece in joint} == set(PEOPLE[:2])
    assert {piece.start for piece in joint} == {at(0, 14)}


def test_a_past_pin_stays_when_the_rest_of_the_week_is_planned_again() -> None:
    """On Wednesday, Monday's meeting is where it was."""
    asked = problem(task("周会", pinned=((at(0, 9), at(0, 10)),)), task("其他"), now=at(2, 11), start=at(0))
    found = plan(asked)
    assert found.unplaced == ()
    assert {piece.start for piece in found.placements} == {at(0, 9), at(2, 14)}
    assert verify(asked, found) == []


def test_ten_thousand_tasks_of_one_person_end_in_seconds() -> None:
    """What does not fit is refused with a reason, and in about linear time."""
    asked = problem(*(task(f"t{n}", 60, due=at(n % 9), importance=n % 5 + 1) for n in range(10_000)))
    started = time.process_time()
    found = plan(asked)
    assert time.process_time() - started < 20
    assert len(found.unplaced) + len({piece.task for piece in found.placements}) == 10_000
    # The checker too: it took 3 s and more when it counted what is left out anew for each task.
    started = time.process_time()
    assert verify(asked, found) == []
    assert time.process_time() - started < 1.5


def test_a_task_pinned_twice_at_one_time_is_named() -> None:
    """Its own pins clash: it cannot stand twice in one hour."""
    asked = problem(task("a", 60, pinned=((at(1, 9), at(1, 11)), (at(1, 10), at(1, 12)))), task("b"))
    found = plan(asked)
    assert codes(found, "a") == [Code.PIN_CLASH]
    assert {piece.task for piece in found.placements} == {"b"}
    assert verify(asked, found) == []


def test_pins_may_take_all_the_time_there_is() -> None:
    """What is left has no place, and is told so; nothing fails."""
    asked = problem(task("a", 60, pinned=((at(4, 17), at(4, 17.5)),)), task("b"), now=at(4, 17), start=NOW)
    found = plan(asked)
    assert {piece.task for piece in found.placements} == {"a"}
    assert codes(found, "b") == [Code.TOO_LONG]
    assert verify(asked, found) == []


def test_a_chain_of_thousands_ends_too() -> None:
    """No recursion limit in the way of long chains, possible or not."""
    chain = [
        task(f"t{n}", 15, predecessors=(Predecessor(f"t{n - 1}"),) if n else (), due=at(3))
        for n in range(3_000)
    ]
    found = plan(problem(*chain))
    assert codes(found, "t2999") == [Code.PREDECESSOR_UNPLACED]


def test_what_is_huge_is_named_and_the_rest_is_planned() -> None:
    """An estimate of a thousand years takes no more memory than one of a day, nor does a wait of one."""
    tasks = [task(f"t{n}", 10 ** (9 + n), due=at(1), min_piece=10**12) for n in range(20)]
    tasks.append(task("rest", 60))
    tasks.append(task("waits", 60, predecessors=(Predecessor("rest", lag_minutes=10**15),)))
    tasks.append(task("behind", 60, predecessors=(Predecessor("t0"),)))
    tasks.append(task("pinned", 60, predecessors=(Predecessor("t0"),), pinned=((at(2, 9), at(2, 10)),)))
    asked = problem(*tasks)
    started = time.process_time()
    found = plan(asked)
    assert time.process_time() - started < 1
    assert {piece.task for piece in found.placements} == {"rest"}
    assert codes(found, "t5") == [Code.TOO_LONG]
    assert codes(found, "behind") == codes(found, "pinned") == [Code.PREDECESSOR_UNPLACED]
    assert verify(asked, found) == []


def test_two_tasks_with_one_id_are_an_error_of_the_caller() -> None:
    """The door says so at once."""
    with pytest.raises(ValueError, match="'a'"):
        plan(problem(task("a"), task("a")))


def test_the_checker_sees_what_is_wrong() -> None:
    """A checker that finds nothing in a spoilt plan would prove nothing."""
    asked = problem(task("a", 60, due=at(0, 9.5)), task("b", 60), people=PEOPLE[:1])
    good = plan(asked)
    first, *rest = good.placements
    spoilt = {
        "once": replace(good, placements=tuple(p for p in good.placements if p.task == "a")),
        "overlap": replace(
            good, placements=(first, *(replace(p, start=first.start, end=first.end) for p in rest))
        ),
        "minutes": replace(good, placements=(replace(first, end=first.start + timedelta(minutes=30)), *rest)),
        "worktime": replace(good, placements=(replace(first, block=BlockKind.BUFFER), *rest)),
        "late": replace(good, late=()),
        "reason": replace(good, placements=(replace(first, reasons=()), *rest)),
    }
    for rule, bad in spoilt.items():
        assert rule in {fault.rule for fault in verify(asked, bad)}, rule
    assert verify(asked, good) == []
    assert WEEK[0].start == at(0, 9)


def test_the_checker_sees_work_in_time_that_is_kept_free() -> None:
    """A long task that nothing presses has no business in the buffer; with a due date that needs it, it has."""
    asked = problem(task("a", 120), people=PEOPLE[:1])
    good = plan(asked)
    buffer = (at(0, 17), at(0, 17.5))
    spoilt = replace(
        good,
        placements=tuple(
            replace(piece, start=buffer[0], end=buffer[1], block=BlockKind.BUFFER)
            for piece in good.placements
        ),
    )
    assert "reserve" in {fault.rule for fault in verify(asked, spoilt)}
    pressed = replace(asked, tasks=(replace(asked.tasks[0], due=at(1)),))
    assert "reserve" not in {fault.rule for fault in verify(pressed, spoilt)}


def test_the_checker_sees_busy_times_among_many() -> None:
    """Of a whole day of appointments, given in any order and one inside another, it finds the one that is in the way."""
    appointments = [(at(0, 14 + n / 4), at(0, 14.25 + n / 4)) for n in range(7, -1, -1)]
    busy = (*appointments, (at(0, 8), at(0, 9)), (at(1, 8), at(1, 18)), (at(1, 9), at(1, 10)))
    asked = problem(task("a", 60, planned_minutes=60))
    asked = replace(asked, people=(Person(PEOPLE[0], WEEK, busy),))
    good = plan(asked)
    assert verify(asked, good) == []
    for day, hour, rules in ((0, 15, {"busy"}), (1, 11, {"busy"}), (0, 11, set()), (2, 11, set())):
        moved = replace(good.placements[0], start=at(day, hour), end=at(day, hour + 1), block=BlockKind.FOCUS)
        spoilt = replace(good, placements=(moved,))
        assert {fault.rule for fault in verify(asked, spoilt)} == rules, (day, hour)


def test_the_checker_does_not_guess_who_of_two_does_joint_work() -> None:
    """Where each candidate is a collaborator too, time kept free of one of them is the other's company."""
    both = PEOPLE[:2]
    asked = problem(task("a", 60, planned_minutes=60, candidates=both, collaborators=both))
    flexible = tuple(
        replace(one, kind=BlockKind.FLEX) if one.kind is BlockKind.FOCUS else one for one in WEEK
    )
    for kept_free in range(2):
        people = tuple(Person(who, flexible if n == kept_free else WEEK) for n, who in enumerate(both))
        mixed = replace(asked, people=people)
        found = plan(mixed)
        assert {piece.block for piece in found.placements} == {BlockKind.FOCUS, BlockKind.FLEX}
        assert verify(mixed, found) == []
    alone = replace(mixed, tasks=(replace(mixed.tasks[0], candidates=both[1:]),))
    assert "reserve" in {fault.rule for fault in verify(alone, found)}


def test_the_checker_recounts_how_late_something_is() -> None:
    """Minutes that are told but not true are found."""
    asked = problem(task("a", 120, due=at(0, 10)))
    good = plan(asked)
    wrong = replace(good, late=(replace(good.late[0], minutes=good.late[0].minutes + 60),))
    assert verify(asked, good) == []
    assert [fault.rule for fault in verify(asked, wrong)] == ["late"]


def test_a_change_of_weight_has_a_visible_effect() -> None:
    """Whoever minds a small thing in focus less than a wait gets it sooner."""
    small = [task(f"小事{n}", 30, importance=2, urgency="low") for n in range(4)]
    strict = plan(problem(*small, people=PEOPLE[:1]))
    relaxed = plan(problem(*small, people=PEOPLE[:1], weights=Weights(misfit=0, misfit_urgent=0)))
    assert max(p.end for p in relaxed.placements) < max(p.end for p in strict.placements)


def test_what_counts_more_wins_when_two_cannot_both_be_met() -> None:
    """The weight of a task is a factor on that of its quadrant and relevance."""
    pair = [task(name, 150, due=at(0, 12), importance=3) for name in ("甲", "乙")]
    for winner in range(2):
        weighed = [replace(one, weight=10.0 if n == winner else 1.0) for n, one in enumerate(pair)]
        found = plan(problem(*weighed, people=PEOPLE[:1]))
        assert in_time(problem(*weighed), found) == {pair[winner].id}
