"""The interval forecaster: what it says of records whose truth is known."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloop.engines.forecasting import Entry, Forecaster, Scope, outlook, ratios, sums
from opsloop.engines.forecasting.backtest import measure
from opsloop.engines.forecasting.records import RecordError, read
from opsloop.engines.forecasting.throughput import outlooks


def record(n: int, *, seed: int = 1, spread: float = 0.5, people: int = 3, bias: float = 0.0) -> list[Entry]:
    """Return a record whose truth is known: a lognormal around the estimate, the same for all people."""
    drawn = random.Random(seed)
    entries = []
    for at in range(n):
        estimate = drawn.choice([30, 60, 120, 240])
        factor = math.exp(drawn.gauss(bias, spread))
        entries.append(Entry(at / 4, at % people, drawn.choice("ab"), estimate, estimate * factor))
    return entries


def learned(entries: list[Entry]) -> Forecaster:
    forecaster = Forecaster()
    for entry in entries:
        forecaster.learn(entry)
    return forecaster


def test_quantiles_come_near_those_of_a_known_distribution() -> None:
    said = learned(record(600)).forecast(person=0, kind="a", estimate=60)
    assert said.p50 == pytest.approx(60, rel=0.15)
    assert said.p80 == pytest.approx(60 * math.exp(0.5 * 0.8416), rel=0.2)
    assert said.p10 == pytest.approx(60 * math.exp(-0.5 * 1.2816), rel=0.25)


def test_a_person_who_takes_twice_as_long_is_told_so_and_another_is_not() -> None:
    entries = record(600)
    slow = [Entry(one.day, "slow", one.kind, one.estimate, one.estimate * 2) for one in entries[::3]]
    forecaster = learned(sorted(entries + slow, key=lambda one: one.day))
    own = forecaster.forecast(person="slow", kind="a", estimate=60)
    assert own.p50 == pytest.approx(120, rel=0.1)
    assert own.reasons[0].scope.person
    assert own.reasons[0].percent == 100
    assert not own.is_thin
    assert forecaster.forecast(person=0, kind="a", estimate=60).p50 < 80


def test_with_nothing_known_it_is_wide_around_the_estimate_and_says_it_is_thin() -> None:
    said = Forecaster().forecast(person=1, kind=None, estimate=100)
    assert said.p50 == pytest.approx(100)
    assert said.p10 < 60
    assert said.p90 > 160
    assert said.is_thin
    assert said.reasons == ()
    assert said.own == 0


def test_a_newcomer_gets_what_is_known_of_everyone_and_it_is_called_thin() -> None:
    said = learned(record(400, bias=0.7)).forecast(person="new", kind="a", estimate=60)
    assert said.p50 == pytest.approx(60 * math.exp(0.7), rel=0.15)
    assert said.is_thin
    assert not any(reason.scope.person for reason in said.reasons)


def test_shares_of_the_reasons_are_parts_of_one_whole() -> None:
    said = learned(record(300)).forecast(person=1, kind="b", estimate=120)
    assert 0.9 < sum(reason.share for reason in said.reasons) <= 1 + 1e-9
    assert said.reasons[-1].share <= said.reasons[0].share
    assert Scope() in {reason.scope for reason in said.reasons}


@pytest.mark.parametrize(
    ("estimate", "actual"), [(0, 60), (60, 0), (-1, 60), (60, -5), (math.nan, 60), (60, math.inf)]
)
def test_entries_that_nobody_logged_are_left_out(estimate: float, actual: float) -> None:
    forecaster = Forecaster()
    assert not forecaster.learn(Entry(1, 1, 1, estimate, actual))
    assert forecaster.learn(Entry(1, 1, 1, 60, 60))
    assert (forecaster.learned, forecaster.skipped) == (1, 1)


@pytest.mark.parametrize("estimate", [0, -3, math.nan, math.inf])
def test_it_refuses_to_forecast_without_an_estimate(estimate: float) -> None:
    with pytest.raises(ValueError, match="estimate"):
        Forecaster().forecast(person=1, kind=1, estimate=estimate)


amount = st.floats(min_value=1e-6, max_value=1e7)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-5000, 3_000_000), st.integers(0, 2), st.integers(0, 1), amount, amount), max_size=15
    ),
    amount,
)  # fmt: skip
def test_whatever_it_learned_quantiles_are_in_order_and_finite(rows, estimate) -> None:
    forecaster = learned([Entry(*row) for row in rows])
    said = forecaster.forecast(person=0, kind=0, estimate=estimate)
    assert 0 < said.p10 <= said.p50 <= said.p80 <= said.p90 < math.inf
    assert 10 <= said.reserve <= 20
    assert 0 <= forecaster.correlation <= 0.8


def test_fit_knows_what_learning_one_by_one_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratios, "WALKED", 150)
    entries = record(600)
    fitted = Forecaster.fit(entries)
    said = fitted.forecast(person=1, kind="a", estimate=60)
    slow = learned(entries).forecast(person=1, kind="a", estimate=60)
    assert (fitted.learned, said.own) == (600, slow.own)
    assert said.p80 == pytest.approx(slow.p80, rel=0.1)


def test_what_is_larger_than_all_before_is_told_by_where_sizes_lead() -> None:
    drawn = random.Random(8)
    entries = []
    for at in range(900):
        estimate = drawn.choice([30, 60, 120, 240, 480])
        usual = 60 * math.sqrt(estimate / 60)
        entries.append(Entry(at / 4, at % 3, "a", estimate, usual * math.exp(drawn.gauss(0, 0.3))))
    forecaster = learned(entries)
    for estimate in (30, 240, 1920, 3840):
        said = forecaster.forecast(person=1, kind="a", estimate=estimate)
        assert said.p50 == pytest.approx(60 * math.sqrt(estimate / 60), rel=0.3)
    for estimate in (1e-6, 1e7):
        said = forecaster.forecast(person=1, kind="a", estimate=estimate)
        assert estimate / 101 < said.p10 <= said.p90 < estimate * 101


def test_it_follows_how_work_goes_of_late_and_sums_do_so_less() -> None:
    drawn = random.Random(9)
    entries = []
    for at in range(1200):
        mood = 0.7 if at // 30 % 2 else -0.7
        entries.append(Entry(at / 4, 1, "a", 60, 60 * math.exp(mood + drawn.gauss(0, 0.3))))
    forecaster = learned(entries)
    slow = forecaster.forecast(person=1, kind="a", estimate=60)
    for entry in [Entry(301, 1, "a", 60, 60 * math.exp(drawn.gauss(-0.7, 0.3))) for _at in range(15)]:
        forecaster.learn(entry)
    swift = forecaster.forecast(person=1, kind="a", estimate=60)
    assert slow.p50 > 1.3 * swift.p50
    assert slow.moments.mean == pytest.approx(swift.moments.mean, rel=0.15)


def test_where_work_is_logged_in_round_numbers_it_says_round_numbers() -> None:
    drawn = random.Random(10)
    entries = [
        Entry(at / 4, at % 2, "ab"[at % 3 % 2], 60, drawn.choice([30, 60, 60, 60, 90, 90]))
        for at in range(800)
    ]
    said = learned(entries).forecast(person=1, kind="a", estimate=60)
    assert (said.p50, said.p80) == (pytest.approx(60), pytest.approx(90))


@pytest.mark.parametrize("exact", [0.0, 0.6])
@pytest.mark.parametrize("people", [1, 40])
def test_few_people_one_kind_and_many_exact_hits_are_covered_too(people: int, exact: float) -> None:
    drawn = random.Random(11)
    entries = [
        replace(one, kind="", actual=one.estimate if drawn.random() < exact else one.actual)
        for one in record(1200, people=people)
    ]
    report = measure(entries)
    assert 0.76 <= report.coverage.value <= 0.84
    assert sum(report.loss.hours) < 1.05 * sum(report.baseline.hours)


def test_old_habits_fade() -> None:
    then = [Entry(day, 1, 1, 60, 120) for day in range(100)]
    now = [Entry(2000 + day, 1, 1, 60, 60) for day in range(30)]
    assert learned(then + now).forecast(person=1, kind=1, estimate=60).p50 == pytest.approx(60, rel=0.08)


def test_intervals_cover_what_they_promise_on_a_record_that_drifts() -> None:
    calm = record(500, spread=0.3)
    wild = [Entry(200 + one.day, *_rest(one)) for one in record(500, seed=2, spread=0.8, bias=0.4)]
    report = measure(calm + wild)
    assert report.tested == 500
    assert 0.74 <= report.coverage.value <= 0.86
    assert sum(report.loss.hours) < 0.93 * sum(report.baseline.hours)


def _rest(entry: Entry) -> tuple:
    return entry.person, entry.kind, entry.estimate, entry.actual


def test_people_who_swing_together_widen_sums() -> None:
    drawn = random.Random(3)
    entries = []
    for block in range(60):
        mood = drawn.gauss(0, 0.6)
        entries += [
            Entry(block * 10 + at, 1, 1, 60, 60 * math.exp(mood + drawn.gauss(0, 0.3))) for at in range(10)
        ]
    swinging, steady = learned(entries), learned(record(600, people=1))
    assert swinging.correlation > steady.correlation + 0.02
    task = swinging.forecast(person=1, kind=1, estimate=60).moments
    narrow = sums.quantiles([task] * 10, correlation=0.0)
    wide = sums.quantiles([task] * 10, correlation=0.5)
    assert wide[3] - wide[0] > 2 * (narrow[3] - narrow[0])
    assert sums.quantiles([], correlation=0.1) == (0, 0, 0, 0)


def test_the_outlook_follows_the_level_of_late() -> None:
    drawn = random.Random(4)
    weeks = [drawn.randint(8, 12) for _week in range(60)] + [drawn.randint(18, 22) for _week in range(20)]
    said = outlook(weeks, 4)
    assert said is not None
    assert said.p10 <= 80 <= said.p90
    assert said.p10 > 40
    assert outlook([1, 2, 3], 2) is None


def test_an_outlook_uses_nothing_that_came_later() -> None:
    weeks = [float(at * 7 % 13) for at in range(60)]
    first = outlooks(weeks, 4, since=40)[0]
    assert outlooks([*weeks[:40], *[999.0] * 20], 4, since=40)[0] == first


HEADING = "date,person,category,estimate_hours,actual_hours\n"


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        (HEADING + "2024-03-01,a,b,1,2\n", (1, 2)),
        ("\ufeff日期;负责人;类别;预计工时;实际工时\n2024-03-01;王;写作;1,5;2\n", (1.5, 2)),
        ("Completed On\tDeveloperID\tHoursEstimate\tHoursActual\n01-Mar-24\t7\t.5\t1e1\n", (0.5, 10)),
        ("date,plan minutes,actual minutes\r\n3/1/2024 14:05,30,90\r\n", (0.5, 1.5)),
        ('date,category,estimate,actual\n2024-03-01,"two\nlines\u2028here",1,2\n', (1, 2)),
    ],
)  # fmt: skip
def test_it_reads_records_of_many_forms(text: str, hours: tuple[float, float]) -> None:
    (entry,) = read(text).entries
    assert (entry.estimate / 60, entry.actual / 60) == hours
    assert entry.day == 738946


@pytest.mark.parametrize(
    ("rows", "code", "row", "column"),
    [
        ("2024-03-01,a,b,1,x\n", "no_number", 2, "actual_hours"),
        ("2024-03-01,a,b,1,2\n2024-03-01,a,b,-1,2\n", "negative", 3, "estimate_hours"),
        ("2024-03-01,a,b,1,2\n2024-13-01,a,b,1,2\n", "no_date", 3, "date"),
        (",a,b,1,2\n", "missing_date", 2, "date"),
        ("2024-03-01,a,b,1e9,2\n", "too_much", 2, "estimate_hours"),
        ("2024-03-01,a,b,1,inf\n", "no_number", 2, "actual_hours"),
        ("", "empty", 0, ""),
    ],
)
def test_a_bad_row_is_named_with_its_column(rows: str, code: str, row: int, column: str) -> None:
    assert read(HEADING + "2024-03-01,a,b,1,2\n").entries
    with pytest.raises(RecordError) as caught:
        read(HEADING + rows)
    assert (caught.value.code, caught.value.row, caught.value.column) == (code, row, column)


def test_a_column_that_is_needed_is_named() -> None:
    with pytest.raises(RecordError) as caught:
        read("date,person,estimate_hours\n2024-03-01,a,1\n")
    assert (caught.value.code, caught.value.column) == ("no_column", "actual_hours")


def test_unlogged_rows_are_counted_and_others_put_in_order() -> None:
    found = read(
        HEADING + "2024-03-02,a,b,1,2\n2024-03-01,a,b,3,2\n2024-03-03,a,b,NA,2\n2024-03-03,a,b,1,0\n"
    )
    assert [entry.estimate for entry in found.entries] == [180, 60]
    assert (found.unlogged, found.sorted) == (2, True)
