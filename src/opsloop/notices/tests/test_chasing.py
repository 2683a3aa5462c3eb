"""Who has not confirmed is reminded in working time, then the head hears of it; nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsloop.background import running
from opsloop.background.models import Firing, Timer
from opsloop.background.timers import lines, tick
from opsloop.inbox.models import Notification
from opsloop.notices.actions import chasing, correcting
from opsloop.notices.models import Notice, Receipt
from opsloop.notices.tests.conftest import HOUR, names, receipt_of, tap
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.records.refusals import Forbidden, Refused

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def reminders(notice: Notice) -> list[str]:
    rows = Notification.objects.filter(subject_id=notice.pk, reason="notice_reminded").order_by("pk")
    return sorted(rows.values_list("person__name", flat=True))


def test_after_an_hour_of_working_time_the_unconfirmed_are_reminded(
    cast: Cast, sent: Callable[..., Notice]
) -> None:
    notice = sent()
    tap(notice, cast.lin)
    assert chasing.chase_due(at=NOW + HOUR - MINUTE) == 0
    assert chasing.chase_due(at=NOW + HOUR) == 2
    assert chasing.chase_due(at=NOW + HOUR) == 0, "whoever looks again finds nothing"
    assert reminders(notice) == sorted(["周航", "陈敏"])
    assert receipt_of(notice, cast.zhou).reminded_at == NOW + HOUR


def test_reminders_end_with_the_head_of_those_who_are_missing(
    cast: Cast, sent: Callable[..., Notice]
) -> None:
    """9:00 → 10:00 and 14:00 (120 working minutes, with lunch from 12 to 14), then the heads at 16:00."""
    notice = sent()
    tap(notice, cast.chen)
    for hours in range(1, 9):
        chasing.chase_due(at=NOW + hours * HOUR)
    assert reminders(notice) == sorted(["林悦", "林悦", "周航", "周航"])
    told = Notification.objects.filter(reason="notice_late").values_list("person__name", flat=True)
    # 林悦 has 陈敏; 周航's team has no lead, so 王磊 of 运营部 hears of it, who sent it himself.
    assert sorted(told) == sorted(["陈敏", "王磊"])
    assert receipt_of(notice, cast.lin).head_told_at is not None
    assert not Receipt.objects.exclude(next_at=None).exists()


def test_a_head_who_has_not_confirmed_either_is_passed_over(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = sent(by=cast.zhao, audience={"departments": [cast.content.pk]})
    for hours in range(1, 9):
        chasing.chase_due(at=NOW + hours * HOUR)
    assert set(Notification.objects.filter(reason="notice_late").values_list("person__name", flat=True)) == {
        "王磊"
    }
    assert names(notice, kind="copy") == {"王磊"}, "who is told can read it"


def test_the_clock_stands_still_at_the_weekend_and_runs_on_the_make_up_day(
    cast: Cast, sent: Callable[..., Notice]
) -> None:
    """18 September 2026 is a Friday, the 20th a make-up Sunday."""
    friday = datetime(2026, 9, 18, 17, 0, tzinfo=SHANGHAI)
    sent(at=friday)
    Receipt.objects.update(asked_at=friday, next_at=datetime(2026, 9, 20, 9, 30, tzinfo=SHANGHAI))
    assert chasing.chase_due(at=datetime(2026, 9, 19, 12, 0, tzinfo=SHANGHAI)) == 0
    assert chasing.chase_due(at=datetime(2026, 9, 20, 9, 29, tzinfo=SHANGHAI)) == 0
    assert chasing.chase_due(at=datetime(2026, 9, 20, 9, 30, tzinfo=SHANGHAI)) == 3


def test_nobody_is_reminded_of_what_is_over_and_nobody_who_has_left(
    cast: Cast, sent: Callable[..., Notice]
) -> None:
    closed, going = sent(), sent()
    correcting.close(notice=closed, by=cast.wang, at=NOW, version=closed.version)
    Person.objects.filter(pk=cast.zhou.pk).update(is_active=False)
    chasing.chase_due(at=NOW + HOUR)
    assert reminders(closed) == []
    assert reminders(going) == sorted(["林悦", "陈敏"])
    for one in (cast.lin, cast.chen):
        tap(going, one, NOW + 2 * HOUR)
    going.refresh_from_db()
    assert going.complete_at is not None, "who has left is not waited for"


def test_a_correction_starts_the_clock_again(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = sent()
    chasing.chase_due(at=NOW + HOUR)
    values = {name: getattr(notice, name) for name in ("title", "cause", "timing", "signature", "due_at")}
    correcting.correct(
        notice=notice, values={**values, "demands": "新"}, responsible=[], why="改", ask="auto", by=cast.wang,
        at=NOW + 2 * HOUR, version=notice.version,
    )  # fmt: skip
    running.drain()
    row = receipt_of(notice, cast.lin)
    # 11:00 + 60 working minutes ends at 12:00.
    assert (row.steps, row.next_at) == (0, NOW + 3 * HOUR)


def test_reminding_by_hand_reaches_the_unconfirmed_and_not_twice_in_ten_minutes(
    cast: Cast, sent: Callable[..., Notice]
) -> None:
    notice = sent()
    tap(notice, cast.lin)
    assert chasing.remind(notice=notice, by=cast.wang, at=NOW + MINUTE) == 2
    running.drain()
    assert reminders(notice) == sorted(["周航", "陈敏"])
    with pytest.raises(Refused):
        chasing.remind(notice=notice, by=cast.wang, at=NOW + 5 * MINUTE)
    assert chasing.remind(notice=notice, by=cast.wang, at=NOW + 12 * MINUTE, person_id=cast.zhou.pk) == 1
    with pytest.raises(Forbidden):
        chasing.remind(notice=notice, by=cast.lin, at=NOW + HOUR)
    for one in (cast.zhou, cast.chen):
        tap(notice, one, NOW + HOUR)
    with pytest.raises(Refused):
        chasing.remind(notice=notice, by=cast.wang, at=NOW + 2 * HOUR)


def test_the_timer_does_it(cast: Cast, sent: Callable[..., Notice]) -> None:
    notice = sent()
    assert {"notices.release", "notices.chase", "notices.newcomers"} <= lines().keys()
    Timer.objects.create(name="notices.chase", decided_until=NOW + 59 * MINUTE)
    tick(at=NOW + HOUR)
    assert Firing.objects.filter(timer="notices.chase").exists()
    running.drain()
    # The clock of the test stands at 9:00, so the moment that fired is what counts.
    assert reminders(notice) == sorted(["周航", "林悦", "陈敏"])


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 700), min_size=3, max_size=20))
def test_whenever_the_worker_looks_the_number_of_reminders_is_as_ruled(
    cast: Cast, sent: Callable[..., Notice], gaps: list[int]
) -> None:
    notice = sent()
    at = NOW
    for gap in [*gaps, 3000, 3000, 3000]:
        at += gap * MINUTE
        chasing.chase_due(at=at)
        chasing.chase_due(at=at)
    for one in (cast.lin, cast.zhou, cast.chen):
        assert 1 <= reminders(notice).count(one.name) <= 2
    told = Notification.objects.filter(subject_id=notice.pk, reason="notice_late")
    assert told.filter(person=cast.wang).count() >= 1
    assert Receipt.objects.filter(notice=notice, kind="to", head_told_at=None).count() == 0
