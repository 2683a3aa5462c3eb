"""The clock of requests in working time: reminders, the way to the superior, prompts for progress; each once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsloop.background import running
from opsloop.background.models import Timer
from opsloop.background.timers import lines, tick
from opsloop.collaboration.actions import answering, clock, delivering, escalating, rules
from opsloop.collaboration.models import CollaborationRequest
from opsloop.collaboration.tests.conftest import DAY, DUE, HOUR, MINUTE, Sent, again, kinds
from opsloop.inbox.models import Notification
from opsloop.organisation.models import RoleAssignment
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.records.refusals import Forbidden

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
LONG = "一" * 2000


def told(reason: str) -> list[str]:
    rows = Notification.objects.filter(reason=reason).order_by("pk")
    return list(rows.values_list("person__name", flat=True))


def test_who_owes_an_answer_is_reminded_and_then_the_superior_hears_of_it(cast: Cast, asked: Sent) -> None:
    """9:00 + 240 working minutes is 15:00 (lunch from 12 to 14); + 480 is 10:30 on Tuesday."""
    request = asked()
    assert clock.chase_due(at=NOW + 6 * HOUR - MINUTE) == 0
    assert clock.chase_due(at=NOW + 6 * HOUR) == 1
    assert clock.chase_due(at=NOW + 6 * HOUR) == 0, "whoever looks again finds nothing"
    assert told("request_reminded") == ["陈敏"]
    assert clock.chase_due(at=NOW + DAY + 1.5 * HOUR - MINUTE) == 0
    assert clock.chase_due(at=NOW + DAY + 1.5 * HOUR) == 1
    request = again(request)
    assert (request.state, request.escalated_to) == ("escalated", cast.wang)
    assert (told("request_decide"), sorted(told("request_up"))) == (["王磊"], sorted(["周航", "陈敏"]))
    assert kinds(request) == ["asked", "reminded", "escalated"]


def test_the_clock_stands_still_at_the_weekend_and_runs_on_the_make_up_day(cast: Cast, asked: Sent) -> None:
    """18 September 2026 is a Friday, the 20th a make-up Sunday: 90 minutes on Friday, then 150 on Sunday."""
    friday = datetime(2026, 9, 18, 16, 0, tzinfo=SHANGHAI)
    request = asked(at=friday, due_at=friday + 10 * DAY)
    assert again(request).next_step_at == datetime(2026, 9, 20, 11, 30, tzinfo=SHANGHAI)
    assert clock.chase_due(at=datetime(2026, 9, 19, 12, 0, tzinfo=SHANGHAI)) == 0


def test_an_answer_stops_the_clock_and_a_new_turn_starts_its_own(cast: Cast, asked: Sent) -> None:
    request = asked()
    clock.chase_due(at=NOW + 6 * HOUR)
    answering.counter(
        request=again(request), due=DUE + DAY, scope="", why="忙", by=cast.chen, at=NOW + 7 * HOUR,
        version=request.version,
    )  # fmt: skip
    request = again(request)
    assert (request.steps_done, request.turn_at) == (0, NOW + 7 * HOUR)
    assert clock.chase_due(at=NOW + DAY + 2 * HOUR) == 0
    # 960 working minutes from Monday 16:00: 90 + 390 + 390 + 90 on Thursday.
    assert request.next_step_at == NOW + 3 * DAY + 1.5 * HOUR


def test_who_asked_is_reminded_of_a_delivery_and_then_their_head_hears_of_it(
    cast: Cast, accepted: Sent
) -> None:
    request = accepted()
    delivering.deliver(request=request, note="好了", link="", by=cast.lin, at=NOW, version=request.version)
    for day in range(1, 30):
        clock.chase_due(at=NOW + day * DAY)
    assert told("request_reminded") == ["周航", "周航"]
    assert told("request_silent") == ["王磊"], "周航's team has no lead of its own"
    assert again(request).next_step_at is None


def test_what_is_not_delivered_goes_up_by_itself(cast: Cast, accepted: Sent) -> None:
    """Due on Friday 9:00; 240 working minutes later it is 15:00."""
    request = accepted()
    assert clock.chase_due(at=DUE + 6 * HOUR - MINUTE) == 0
    assert clock.chase_due(at=DUE + 6 * HOUR) == 1
    assert again(request).escalated_to == cast.wang
    assert not told("request_reminded")


def test_a_superior_who_does_not_decide_is_reminded_and_then_the_next_one_up_decides(
    cast: Cast, accepted: Sent
) -> None:
    request = accepted()
    escalating.give_up(request=request, why="来不及", by=cast.lin, at=NOW, version=request.version)
    for hours in range(1, 24 * 14):
        clock.chase_due(at=NOW + hours * HOUR)
    request = again(request)
    assert (request.state, request.escalated_to) == ("escalated", cast.zhao)
    assert Counter(told("request_reminded"))["王磊"] == 2
    assert told("request_decide") == ["王磊", "赵倩"]


def test_where_nobody_stands_above_the_handler_is_called_once_more(cast: Cast, accepted: Sent) -> None:
    RoleAssignment.objects.filter(person__in=[cast.wang, cast.zhao]).update(role="member")
    request = accepted()
    assert clock.chase_due(at=DUE + DAY) == 1
    assert clock.chase_due(at=DUE + 30 * DAY) == 0
    assert (again(request).state, told("request_reminded")) == ("accepted", ["林悦"])


def test_progress_is_asked_for_on_working_days_unless_it_was_told(cast: Cast, accepted: Sent) -> None:
    """Accepted on Monday: the first prompt comes on Tuesday at 16:00."""
    request = accepted()
    tuesday = NOW + DAY + 7 * HOUR
    assert clock.prompt_due(at=tuesday - MINUTE) == 0
    assert (clock.prompt_due(at=tuesday), clock.prompt_due(at=tuesday)) == (1, 0)
    assert told("request_sync") == ["林悦"]
    delivering.sync(request=request, progress=30, text="好", by=cast.lin, at=NOW + 2 * DAY)
    assert clock.prompt_due(at=tuesday + DAY) == 0, "they told it that day"
    assert clock.prompt_due(at=tuesday + 2 * DAY) == 1


def test_every_other_day_and_never(cast: Cast, accepted: Sent) -> None:
    other, never = accepted(sync_days=2), accepted(sync_days=0)
    assert again(other).next_sync_at == NOW + 2 * DAY + 7 * HOUR
    assert again(never).next_sync_at is None


def test_nobody_is_called_about_what_is_over(cast: Cast, asked: Sent, accepted: Sent) -> None:
    for request in (asked(), accepted()):
        answering.withdraw(
            request=request, why="不要了", by=cast.zhou, at=NOW + HOUR, version=request.version
        )
    assert clock.chase_due(at=NOW + 30 * DAY) == clock.prompt_due(at=NOW + 30 * DAY) == 0


def test_the_rules_can_be_changed_by_administrators_and_count_from_then_on(cast: Cast, asked: Sent) -> None:
    old = asked()
    values = {"answer_minutes": 120, "remind_minutes": 60}
    with pytest.raises(Forbidden):
        rules.change(values=values, by=cast.wang, at=NOW, version=0)
    rules.change(values=values, by=cast.admin, at=NOW, version=0)
    new = asked()
    assert again(new).next_step_at == NOW + HOUR
    # What was sent before is looked at again when its old moment comes.
    clock.chase_due(at=again(old).next_step_at or NOW)
    assert "陈敏" in told("request_reminded")


def test_the_timers_do_it(cast: Cast, asked: Sent) -> None:
    request = asked()
    assert {"requests.chase", "requests.sync"} <= lines().keys()
    Timer.objects.create(name="requests.chase", decided_until=NOW + 6 * HOUR - MINUTE)
    tick(at=NOW + 6 * HOUR)
    running.drain()
    assert told("request_reminded") == ["陈敏"]
    assert again(request).state == "asked"


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 900), min_size=3, max_size=20))
def test_whenever_the_worker_looks_each_step_is_taken_once_and_in_order(
    cast: Cast, asked: Sent, gaps: list[int]
) -> None:
    request = asked()
    at = NOW
    for gap in [*gaps, 3000, 3000, 3000]:
        at += timedelta(minutes=gap)
        clock.chase_due(at=at)
        clock.chase_due(at=at)
    said = kinds(request)
    mine = Notification.objects.filter(subject_id=request.pk)
    assert said[0] == "asked"
    assert said.index("reminded") < said.index("escalated"), "nobody is reported who was not reminded before"
    assert mine.filter(reason="request_reminded", person=cast.chen).count() == 1
    assert mine.filter(reason="request_decide", person=cast.wang).count() == 1
    assert mine.filter(reason="request_decide").count() == said.count("escalated") <= 2
    assert CollaborationRequest.objects.get(pk=request.pk).escalated_to in {cast.wang, cast.zhao}
