"""What several people do at the same moment is done once, counted once and lost never (R4, R7, R10, R11).

The processes and the database are real: tests/arena.py forks like the server does, on a SQLite file or on a
PostgreSQL database of its own. The long runs have the mark `load`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.installation import database
from tests.shared import once, prepared

pytestmark = pytest.mark.database
ROOT = Path(__file__).resolve().parent.parent
SHORT = {"pairs": 15, "stale": 5, "numbers": 12, "decisions": 1, "timers": 2, "writers": 2, "bookings": 20}
LONG = {
    "pairs": 1000,
    "stale": 200,
    "numbers": 150,
    "decisions": 25,
    "timers": 50,
    "writers": 20,
    "bookings": 60,
}


def run(factory: pytest.TempPathFactory, sizes: dict[str, Any]) -> dict[str, Any]:
    """Run the scenarios in a process of their own and return what happened."""
    ready = prepared(factory, "migrate", os.environ.get("DATABASE_URL", ""))
    home = shutil.copytree(ready.home, factory.mktemp("arena") / "home")
    with database("arena", ready.database) as url:
        variables = {
            **os.environ,
            "OPSLOOP_HOME": str(home),
            "DATABASE_URL": url,
            "PYTHONPATH": f"{ROOT / 'src'}",
        }
        command = [sys.executable, "-m", "tests.arena", json.dumps(sizes)]
        done = subprocess.run(
            command, cwd=ROOT, env=variables, capture_output=True, timeout=1800, check=False
        )
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def happened(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what happened in the short run, which all tests share, also those of another test process."""
    found: dict[str, Any] = once(tmp_path_factory, "arena", lambda: run(tmp_path_factory, SHORT))
    return found


@pytest.fixture(scope="module")
def happened_long(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what happened in the long run."""
    return run(tmp_path_factory, LONG)


def check_pairs(found: dict[str, Any], rounds: int) -> None:
    """Each form made one record; its second sender got the same answer, or was told that it is saved."""
    for first, second in found["answers"]:
        assert {first[0], second[0]} <= {302, 303, 409}
        assert first == second or 409 in (first[0], second[0])
    assert sorted(found["titles"]) == sorted(f"双击{n}" for n in range(rounds) if n % 5 < 3)
    assert (found["imports"], found["proposals"]) == (rounds // 5, rounds // 5)


def check_stale(found: list[list[int]]) -> None:
    """Of those who saved the same version, one was saved and all others were asked."""
    for statuses in found:
        assert sorted(statuses)[1:] == [412] * (len(statuses) - 1)
        assert min(statuses) in (302, 303)


def check_numbers(found: dict[str, Any]) -> None:
    """Numbers follow each other without a gap or a double, whatever was taken back."""
    given = [int(number.removeprefix("OP-")) for number in found["numbers"]]
    assert len(given) == found["made"]
    assert given == list(range(given[0], given[0] + len(given)))


def check_decisions(found: dict[str, list[Any]]) -> None:
    """Each decision was taken by one and had one effect; the others got a 4xx."""
    for name, turns in found.items():
        for answers, effects in turns:
            assert effects == 1, name
            taken = [status for status in answers if status < 400]
            assert len(taken) == 1, (name, answers)
            assert max(answers) < 500, (name, answers)


def check_timers(found: list[dict[str, Any]]) -> None:
    """One timer ran, one entry came of it, and of those who typed the same span one was heard."""
    for turn in found:
        assert (turn["running"], turn["left"], turn["entries"], turn["written"]) == (1, 0, 1, 1)
        assert set(turn["started"]) | set(turn["stopped"]) == {303}
        assert sorted(turn["typed"]) == [303, 422, 422, 422]


def check_bookings(found: dict[str, Any]) -> None:
    """One has the room, and of the others nothing was called, numbered or put into a calendar."""
    assert (found["booked"], found["called"], found["numbers"], found["in_calendars"]) == (1, 1, 1, 1)
    assert sorted(found["answers"]) == [303] + [422] * (len(found["answers"]) - 1)


def check_writers(found: dict[str, Any]) -> None:
    """At the rated load nobody hears of a lock; beyond it at most "later", with the time to wait."""
    assert found["rated"]["statuses"] == [204]
    assert set(found["overload"]["statuses"]) <= {204, 503}
    assert found["overload"]["silent_503"] == 0


def test_a_form_sent_twice_at_once_makes_one_record(happened: dict[str, Any]) -> None:
    check_pairs(happened["pairs"], SHORT["pairs"])


def test_of_several_who_save_the_same_version_one_wins_and_the_others_are_asked(
    happened: dict[str, Any],
) -> None:
    check_stale(happened["stale"])


def test_record_numbers_have_no_gaps_and_no_doubles(happened: dict[str, Any]) -> None:
    check_numbers(happened["numbers"])


def test_a_decision_is_taken_once(happened: dict[str, Any]) -> None:
    check_decisions(happened["decisions"])


def test_tabs_that_start_and_stop_at_once_make_one_timer_and_one_entry(happened: dict[str, Any]) -> None:
    check_timers(happened["timers"])


def test_of_twenty_who_book_a_room_at_once_exactly_one_has_it(happened: dict[str, Any]) -> None:
    check_bookings(happened["bookings"])


def test_a_locked_database_reaches_nobody(happened: dict[str, Any]) -> None:
    check_writers(happened["writers"])


@pytest.mark.load
def test_it_all_holds_for_long(happened_long: dict[str, Any]) -> None:
    check_pairs(happened_long["pairs"], LONG["pairs"])
    check_stale(happened_long["stale"])
    check_numbers(happened_long["numbers"])
    check_decisions(happened_long["decisions"])
    check_timers(happened_long["timers"])
    check_writers(happened_long["writers"])
    check_bookings(happened_long["bookings"])
    print(json.dumps(happened_long["writers"]))  # noqa: T201
