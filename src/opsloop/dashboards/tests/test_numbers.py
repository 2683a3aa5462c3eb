"""What the numbers count, and that the rows behind each are exactly those."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from opsloop.dashboards.actions import targets
from opsloop.dashboards.numbers import NUMBERS
from opsloop.dashboards.queries import figures, looks, rows, teams
from opsloop.dashboards.queries.figures import Figure
from opsloop.dashboards.queries.looks import Look
from opsloop.dashboards.tests.conftest import WEEK, day
from opsloop.goals import actions as goals
from opsloop.goals.models import CheckIn, Goal
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.progress import watching
from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db


def look_of(person: Person, /, *, at: datetime = NOW, **sent: str) -> Look:
    departments = looks.seen_departments(person)
    return looks.read_look(sent, person, now=at, departments=departments)


def found(look: Look) -> dict[str, Figure]:
    return {one.number.code: one for one in figures.figures(look)}


def now(figure: Figure) -> tuple[int | None, int, int]:
    return figure.now.value, figure.now.part, figure.now.whole


def test_on_monday_it_looks_at_the_week_before_and_counts_what_was_due_in_it(
    cast: Cast, week: dict[str, Task]
) -> None:
    look = look_of(cast.zhao)
    assert look.stretch.name == WEEK
    shown = found(look)
    # Key: done late counts as done; in time: it does not. The light task is no key task.
    assert now(shown["key"]) == (50, 2, 4)
    assert now(shown["in_time"]) == (40, 2, 5)
    assert now(shown["stray"]) == (50, 1, 1)


def test_of_a_week_that_is_not_over_only_what_was_due_by_now_counts(
    cast: Cast, week: dict[str, Task]
) -> None:
    thursday = look_of(cast.zhao, at=day(19, 9), period=WEEK)
    assert now(found(thursday)["in_time"])[2] == 3


def test_a_number_that_stands_looks_at_the_end_of_each_week(cast: Cast, week: dict[str, Task]) -> None:
    readings = found(look_of(cast.zhao))["overdue"].readings
    # At the end of the week: the open and the other one, of these and the one ahead.
    assert (readings[-1].part, readings[-1].whole) == (2, 3)
    # A week before, all seven were open and none was due.
    assert (readings[-2].part, readings[-2].whole) == (0, 7)
    assert readings[0].value is None


def test_signs_of_risk_are_counted_until_they_are_closed(cast: Cast, week: dict[str, Task]) -> None:
    watching.watch_all(at=day(20, 2))
    before = found(look_of(cast.zhao))["risk"].now
    assert before.part == len(rows.tasks(_number("risk"), look_of(cast.zhao), "missed"))
    assert before.part >= 2
    Task.objects.filter(pk=week["open"].pk).update(
        status=Task.Status.DONE, closed_at=day(21), closed_by=cast.lin
    )
    assert found(look_of(cast.zhao))["risk"].now.part == before.part - 1


def _number(code: str) -> Any:
    return next(one for one in NUMBERS if one.code == code)


def test_goals_keep_pace_as_they_stood_then(cast: Cast) -> None:
    goal = goals.create(
        by=cast.chen, at=day(1), title="阅读量", department=cast.content, owner=cast.chen, starts_on=day(1).date(),
        due_on=day(30).date(),
        key_results=[{"name": "阅读量", "unit": "万", "from_value": Decimal(0), "to_value": Decimal(100)}],
    )  # fmt: skip
    result = goal.key_results.get()
    for number, value in ((8, 30), (21, 40)):
        CheckIn.objects.create(key_result=result, value=value, by=cast.chen, at=day(number, 12))
    result.current_value = Decimal(90)
    result.save(update_fields=["current_value"])
    Goal.objects.filter(pk=goal.pk).update(created_at=day(1))
    readings = found(look_of(cast.zhao, period="2026-W48"))["goals"].readings
    values = {one.stretch.name: one.value for one in readings}
    # On the 8th 30 of 27 expected, on the 22nd 40 of 73, now 90.
    assert (values["2026-W45"], values["2026-W47"], values["2026-W48"]) == (100, 0, 100)
    assert values["2026-W43"] is None


@pytest.mark.parametrize("code", [one.code for one in NUMBERS])
@pytest.mark.parametrize("period", [WEEK, "2026-W46", "2026-11"])
def test_the_rows_of_a_number_are_those_it_counted(
    cast: Cast, week: dict[str, Task], code: str, period: str
) -> None:
    watching.watch_all(at=day(20, 2))
    look = look_of(cast.zhao, period=period)
    reading, number = found(look)[code].now, _number(code)
    if code in ("goals", "stray"):
        counted = {
            part: len(rows.goals(look, part) if code == "goals" else rows.strayed(look, part))
            for part in rows.PARTS
        }
    else:
        counted = {part: rows.tasks(number, look, part).count() for part in rows.PARTS}
    assert counted["all"] == reading.whole == counted["missed"] + counted["met"]
    if code != "stray":
        assert reading.part == counted["missed" if number.better == "less" else "met"]
    assert figures.figure_of(number, look) == found(look)[code]


def test_leads_see_their_departments_directors_all_members_themselves(
    cast: Cast, week: dict[str, Task]
) -> None:
    assert now(found(look_of(cast.chen))["in_time"]) == (50, 2, 4)
    assert now(found(look_of(cast.wang))["in_time"]) == (40, 2, 5)
    assert now(found(look_of(cast.zhou))["in_time"]) == (0, 0, 1)
    # A member who writes a department into the address still sees their own.
    asked = look_of(cast.zhou, department=str(cast.content.pk), scope="wide")
    assert (asked.person, asked.scope) == (cast.zhou, "mine")
    # And a lead another department, or a person outside: their own teams.
    assert look_of(cast.chen, department=str(cast.users.pk)).departments == frozenset({cast.content.pk})
    assert look_of(cast.chen, person=str(cast.zhou.pk)).person is None
    assert look_of(cast.chen, person=str(cast.lin.pk)).person == cast.lin


def test_a_department_narrows_the_numbers_and_names_its_people_below(
    cast: Cast, week: dict[str, Task]
) -> None:
    departments = looks.seen_departments(cast.zhao)
    look = look_of(cast.zhao, department=str(cast.operations.pk))
    lines = {line.name: line for line in teams.lines(look, departments, {})}
    assert set(lines) == {"内容组", "用户组", "渠道组", "数据组"}
    assert [cell.said for cell in lines["内容组"].cells][:2] == ["66%", "50%"]
    assert next(iter(lines)) in {"内容组", "用户组"}
    below = teams.lines(look_of(cast.zhao, department=str(cast.content.pk)), departments, {})
    assert [(line.name, line.is_person) for line in below] == [("林悦", True)]
    assert below[0].cells[1].part == 2


def test_the_nearest_target_counts(cast: Cast, week: dict[str, Task]) -> None:
    def target(department: Any) -> int:
        return figures.targets_of(department).get("in_time", 85)

    targets.set_target(number="in_time", department=None, value=80, by=cast.zhao, at=NOW, version=0)
    undo = targets.set_target(
        number="in_time", department=cast.operations, value=70, by=cast.zhao, at=NOW, version=0
    )
    assert (target(None), target(cast.operations), target(cast.content), target(cast.product)) == (
        80, 70, 70, 80,
    )  # fmt: skip
    assert found(look_of(cast.zhao, department=str(cast.content.pk)))["in_time"].target == 70
    targets.undo_set_target(by=cast.zhao, at=NOW, **undo.arguments)
    assert target(cast.content) == 80


def test_targets_are_set_by_who_directs_and_never_over_somebody_elses(cast: Cast) -> None:
    values: dict[str, Any] = {"number": "key", "department": None, "at": NOW}
    with pytest.raises(Forbidden):
        targets.set_target(value=50, by=cast.chen, version=0, **values)
    with pytest.raises(Refused):
        targets.set_target(value=120, by=cast.zhao, version=0, **values)
    targets.set_target(value=95, by=cast.admin, version=0, **values)
    with pytest.raises(StaleVersion):
        targets.set_target(value=80, by=cast.zhao, version=0, **values)
    assert figures.targets_of(None) == {"key": 95}


def test_what_is_binned_counts_nowhere(cast: Cast, week: dict[str, Task], make: Callable[..., Task]) -> None:
    Task.objects.update(deleted_at=day(22), deleted_by=cast.lin)
    shown = found(look_of(cast.zhao))
    assert {one.now.whole for one in shown.values()} == {0}
    assert {one.verdict for one in shown.values()} == {"none"}


def test_an_address_of_nonsense_is_looked_at_as_usual(cast: Cast) -> None:
    usual = look_of(cast.zhao)
    for sent in ({"period": "2026-W99"}, {"period": "1999-01"}, {"period": "2031-W01"}, {"department": "²"}):
        assert replace(look_of(cast.zhao, **sent), now=NOW).stretch == usual.stretch
