"""What the record says of a month: counted once, for a person and for a department with all below it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils.translation import gettext as _

from opsloop.engines.reviewing import Period, Rate
from opsloop.goals import actions as goals
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.progress.actions import delays
from opsloop.progress.models import DelayRequest
from opsloop.reviews.queries.facts import Crossing, Facts, gather, subject_of
from opsloop.reviews.tests.conftest import SHANGHAI
from opsloop.rituals.actions import notes
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db
NOVEMBER = Period("month", date(2026, 11, 1))


def facts_of(cast: Cast, **department: object) -> Facts:
    subject = subject_of(cast.lin, department.get("department"))  # type: ignore[arg-type]
    return gather(subject, NOVEMBER, zone=SHANGHAI, at=NOW)


def test_it_counts_what_was_due_done_and_done_in_time(cast: Cast, november: dict[str, Task]) -> None:
    found = facts_of(cast)
    assert found.all == Rate(2, 4)
    assert found.key == Rate(1, 3)
    # What is not due yet says nothing about being in time.
    assert found.in_time == Rate(1, 3)
    assert found.foreign == Rate(0, 1)


def test_late_are_the_overdue_and_those_closed_too_late_the_key_tasks_first(
    cast: Cast, november: dict[str, Task]
) -> None:
    found = facts_of(cast)
    assert [(one.title, one.days, one.is_open, one.is_foreign) for one in found.late] == [
        ("投放复盘", 7, True, False),
        ("长图", 3, False, True),
    ]
    assert found.late_count == 2


def test_hours_are_shared_out_by_kind_and_held_against_estimates(
    cast: Cast, november: dict[str, Task]
) -> None:
    found = facts_of(cast)
    assert [(share.name, share.minutes, share.percent) for share in found.kinds] == [
        ("内容创作", 150, 75),
        (str(_("Without a category")), 50, 25),
    ]
    assert (found.estimated, found.actual, found.stray, found.compared) == (120, 150, 25, 1)


def test_what_was_cancelled_or_binned_or_of_another_month_does_not_count(
    cast: Cast, november: dict[str, Task], make: object
) -> None:
    before = facts_of(cast)
    Task.objects.filter(pk=november["ahead"].pk).update(
        status=Task.Status.CANCELLED, closed_at=NOW, closed_by=cast.lin
    )
    Task.objects.filter(pk=november["overdue"].pk).update(deleted_at=NOW, deleted_by=cast.lin)
    after = facts_of(cast)
    assert (before.all.total, after.all.total) == (4, 2)
    assert gather(subject_of(cast.lin, None), NOVEMBER.before, zone=SHANGHAI, at=NOW).all == Rate(0, 0)


def test_a_department_counts_all_below_it_and_nothing_beside(cast: Cast, november: dict[str, Task]) -> None:
    whole = facts_of(cast, department=cast.operations)
    assert whole.all == facts_of(cast, department=cast.content).all == Rate(2, 4)
    assert facts_of(cast, department=cast.product).all == Rate(0, 0)


def test_goals_and_obstacles_of_the_month_are_named(cast: Cast) -> None:
    goals.create(
        by=cast.chen, at=NOW, title="提升阅读量", department=cast.content, owner=cast.lin, due_on=date(2026, 11, 30),
        key_results=[],
    )  # fmt: skip
    notes.write(
        person=cast.lin, day=date(2026, 11, 20), gain="", blocker="等素材", task=None, at=NOW, version=0
    )
    found = facts_of(cast)
    assert [(goal.title, goal.attained) for goal in found.goals] == [("提升阅读量", None)]
    assert [(one.text, one.is_answered) for one in found.obstacles] == [("等素材", False)]


def test_causes_of_delays_are_counted_and_withdrawn_requests_are_not(
    cast: Cast, november: dict[str, Task]
) -> None:
    wanted = {"reason": "低估了", "remedy": "", "help": "", "due_wanted": NOW + timedelta(days=9)}
    for name, cause in (("overdue", "estimate"), ("ahead", "outside")):
        asked = delays.ask(task=november[name], by=cast.lin, at=NOW, cause=cause, **wanted)
    assert [one.count for one in facts_of(cast).delays] == [1, 1]
    DelayRequest.objects.filter(pk=asked.pk).update(state="withdrawn", decided_at=NOW, decided_by=cast.lin)
    assert [one.count for one in facts_of(cast).delays] == [1]


def test_what_a_review_keeps_reads_back_as_it_was(cast: Cast, november: dict[str, Task]) -> None:
    notes.write(
        person=cast.lin, day=date(2026, 11, 20), gain="", blocker="等素材", task=None, at=NOW, version=0
    )
    crossings = [Crossing("产品部", to_us=True, asked=3, answered=Rate(2, 3), delivered=Rate(1, 1), late=1)]
    found = replace(facts_of(cast), crossings=crossings)
    assert Facts.from_json(found.to_json()) == Facts(
        **{**found.__dict__, "late": list(found.late), "kinds": list(found.kinds)}
    )
