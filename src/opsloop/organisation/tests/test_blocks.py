"""Time blocks: the editor, and which blocks count for whom."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from opsloop.engines.blocks import DEFAULT_TEMPLATE, BlockKind, Rule
from opsloop.organisation.actions import blocks as verbs
from opsloop.organisation.actions import leave
from opsloop.organisation.models import BlockTemplate
from opsloop.organisation.queries import blocks_for, blocks_for_many, template_for
from opsloop.organisation.tests.cast import NOW, Cast, person

ZONE = ZoneInfo("Asia/Shanghai")
# A Tuesday, and the Saturday 2026-02-28 on which 调休 is worked.
TUESDAY, MAKE_UP, NEW_YEAR = date(2026, 11, 24), date(2026, 2, 28), date(2026, 1, 1)


def data(*rows: tuple[str, str, str], days: str = "01234", **more: object) -> dict[str, object]:
    form: dict[str, object] = {"rules-TOTAL_FORMS": len(rows), "rules-INITIAL_FORMS": 0, **more}
    for number, (kind, start, end) in enumerate(rows):
        form |= {
            f"rules-{number}-kind": kind,
            f"rules-{number}-start": start,
            f"rules-{number}-end": end,
            f"rules-{number}-weekdays": list(days),
        }
    return form


def spans(blocks) -> list[tuple[str, str, str]]:
    return [(b.kind.value, f"{b.start:%H:%M}", f"{b.end:%H:%M}") for b in blocks]


def test_a_fragment_splits_the_focus_it_stands_in(cast, client):
    client.force_login(cast.lin)
    url = f"/time-blocks/people/{cast.lin.pk}/"
    assert (
        client.post(url, data(("focus", "9:00", "12：00"), ("fragment", "1000", "10:30"))).status_code == 303
    )
    assert spans(blocks_for(cast.lin, [TUESDAY])) == [
        ("focus", "09:00", "10:00"), ("fragment", "10:00", "10:30"), ("focus", "10:30", "12:00"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        [("focus", "09:00", "12:00"), ("buffer", "11:00", "13:00")],
        [("focus", "09:00", "12:00"), ("fragment", "11:30", "12:30")],
        [("focus", "09:00", "12:00"), ("focus", "09:00", "12:00")],
        [("focus", "12:00", "09:00")],
        [("focus", "09:00", "")],
        [("focus", "25:00", "26:00")],
        [("nap", "09:00", "10:00")],
        [("lunch", "12:00", "13:00")],
        [],
    ],
)
def test_it_refuses_blocks_that_make_no_day(cast, client, rows):
    client.force_login(cast.lin)
    assert client.post(f"/time-blocks/people/{cast.lin.pk}/", data(*rows)).status_code == 422
    assert not BlockTemplate.objects.exists()


def test_blocks_on_different_weekdays_do_not_overlap(cast):
    rules = [
        Rule(BlockKind.FOCUS, time(9), time(12), frozenset({0})),
        Rule(BlockKind.BUFFER, time(9), time(12), frozenset({1})),
    ]
    verbs.set_rules(rules=rules, by=cast.lin, at=NOW, version=None, person=cast.lin)
    assert spans(blocks_for(cast.lin, [TUESDAY])) == [("buffer", "09:00", "12:00")]


def test_the_nearest_template_counts(cast):
    def rule(hour: int) -> list[Rule]:
        return [Rule(BlockKind.FOCUS, time(hour), time(hour + 1))]

    def first_hour() -> int:
        return template_for(cast.lin).template.rules[0].start.hour

    assert template_for(cast.lin).template == DEFAULT_TEMPLATE
    verbs.set_rules(rules=rule(6), by=cast.admin, at=NOW, version=None)
    assert first_hour() == 6
    verbs.set_rules(rules=rule(7), by=cast.wang, at=NOW, version=None, department=cast.operations)
    assert first_hour() == 7
    verbs.set_rules(rules=rule(8), by=cast.chen, at=NOW, version=None, department=cast.content)
    assert first_hour() == 8
    own = verbs.set_rules(rules=rule(9), by=cast.lin, at=NOW, version=None, person=cast.lin)
    assert first_hour() == 9
    verbs.remove(template=own, by=cast.lin, at=NOW, version=own.version)
    assert first_hour() == 8


def test_days_off_have_no_blocks_and_make_up_days_have_those_of_a_weekday(cast):
    assert blocks_for(cast.lin, [NEW_YEAR]) == ()
    assert spans(blocks_for(cast.lin, [MAKE_UP])) == spans(blocks_for(cast.lin, [TUESDAY]))


def test_leave_is_taken_out(cast):
    noon = datetime(2026, 11, 24, 12, tzinfo=ZONE)
    leave.enter(
        person=cast.lin, kind="sick", starts_at=noon, ends_at=noon + timedelta(hours=12), by=cast.lin, at=NOW
    )
    assert spans(blocks_for(cast.lin, [TUESDAY])) == [
        ("focus", "09:00", "10:00"), ("fragment", "10:00", "10:30"), ("focus", "10:30", "12:00"),
    ]  # fmt: skip
    assert len(blocks_for(cast.zhou, [TUESDAY])) == 6


@pytest.mark.once
def test_blocks_of_many_people_cost_as_many_queries_as_those_of_one(cast):
    week = [TUESDAY + timedelta(days=n) for n in range(7)]
    with CaptureQueriesContext(connection) as one:
        blocks_for(cast.lin, week)
    everybody = [*cast.active, *(person(f"p{n}", f"人{n}", cast.data, None) for n in range(10))]
    with CaptureQueriesContext(connection) as many:
        found = blocks_for_many(everybody, week)
    assert len(many) <= len(one) <= 7
    assert set(found) == {row.pk for row in everybody}


def test_a_stale_editor_meets_a_conflict(cast, client):
    client.force_login(cast.chen)
    url = f"/time-blocks/departments/{cast.content.pk}/"
    assert client.post(url, data(("focus", "9", "12"))).status_code == 303
    assert client.post(url, data(("focus", "9", "11"))).status_code == 428
    assert client.post(url, data(("focus", "9", "11"), version=1)).status_code == 303
    assert client.post(url, data(("focus", "9", "10"), version=1)).status_code == 412


@pytest.mark.parametrize(
    ("who", "mine", "team", "whole", "other"),
    [
        ("lin", 200, 403, 403, 403),
        ("chen", 200, 200, 403, 403),
        ("wang", 200, 200, 403, 200),
        ("admin", 200, 200, 200, 200),
        ("sun", 403, 403, 403, 403),
    ],
)
def test_who_may_set_whose_blocks(cast, client, who, mine, team, whole, other):
    client.force_login(getattr(cast, who))
    statuses = [
        client.get(f"/time-blocks/{path}/").status_code
        for path in (
            f"people/{cast.lin.pk}", f"departments/{cast.content.pk}", "organisation", f"people/{cast.zhou.pk}",
        )
    ]  # fmt: skip
    assert statuses == [mine, team, whole, other]


def test_the_preview_draws_what_is_typed_and_names_an_overlap(cast, client):
    client.force_login(cast.lin)
    drawn = client.post("/time-blocks/preview/", data(("focus", "9", "12"), ("buffer", "13", "14")))
    assert [strip.minutes for _days, strip in drawn.context["days"]] == [240]
    bad = client.post("/time-blocks/preview/", data(("focus", "9", "12"), ("buffer", "11", "14")))
    assert bad.context["problem"]


def test_the_list_shows_teams_and_needs_few_queries(cast, client, django_assert_max_num_queries):
    verbs.set_rules(rules=DEFAULT_TEMPLATE.rules, by=cast.admin, at=NOW, version=None)
    client.force_login(cast.chen)
    client.get("/time-blocks/")
    with django_assert_max_num_queries(15):
        response = client.get("/time-blocks/")
    assert [row.name for row in response.context["teams"]] == ["内容组"]


DAY_FORM = {
    "rules-TOTAL_FORMS": "2", "rules-INITIAL_FORMS": "0",
    "rules-0-kind": "focus", "rules-0-start": "10:00", "rules-0-end": "12:00",
    "rules-1-kind": "buffer", "rules-1-start": "14:00", "rules-1-end": "15:00",
}  # fmt: skip


@time_machine.travel(NOW, tick=True)
def test_one_day_of_a_person_is_different_and_only_that_day(cast: Cast, client: Client) -> None:
    client.force_login(cast.lin)
    address = f"/time-blocks/people/{cast.lin.pk}/days/?day=2026-11-27"
    assert client.get(address).status_code == 200
    assert client.post(address, DAY_FORM).status_code == 303
    days = [date(2026, 11, 26), date(2026, 11, 27)]
    starts = [(block.start.day, block.start.hour, str(block.kind)) for block in blocks_for(cast.lin, days)]
    assert (26, 9, "focus") in starts
    assert [one for one in starts if one[0] == 27] == [(27, 10, "focus"), (27, 14, "buffer")]
    assert all(block.start.hour != 14 or str(block.kind) == "focus" for block in blocks_for(cast.chen, days))
    assert "?day=2026-11-27" in client.get(f"/time-blocks/people/{cast.lin.pk}/").content.decode()


def test_a_day_of_the_team_counts_over_own_blocks_and_ones_own_day_over_that(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.chen)
    day = date(2026, 11, 27)
    own = [Rule(BlockKind.FOCUS, time(8), time(12))]
    verbs.set_rules(rules=own, by=cast.lin, at=NOW, version=None, person=cast.lin)
    assert (
        client.post(f"/time-blocks/departments/{cast.content.pk}/days/?day={day}", DAY_FORM).status_code
        == 303
    )
    assert [block.start.hour for block in blocks_for(cast.lin, [day])] == [10, 14]
    verbs.set_rules(rules=own, by=cast.lin, at=NOW, version=None, person=cast.lin, day=day)
    assert [block.start.hour for block in blocks_for(cast.lin, [day])] == [8]
    row = BlockTemplate.objects.get(person=cast.lin, day=day)
    verbs.remove(template=row, by=cast.lin, at=NOW, version=row.version)
    assert [block.start.hour for block in blocks_for(cast.lin, [day])] == [10, 14]
    assert [block.start.hour for block in blocks_for(cast.lin, [date(2026, 11, 26)])] == [8]


@pytest.mark.parametrize("day", ["2026-02-30", "x", "9999-12-31", "0001-01-01"])
def test_what_is_no_day_is_refused_with_the_remedy(cast: Cast, client: Client, day: str) -> None:
    client.force_login(cast.lin)
    response = client.get(f"/time-blocks/people/{cast.lin.pk}/days/?day={day}")
    assert response.status_code == 409
    assert "2026-11-27" in response.content.decode()


def test_somebody_else_does_not_set_my_day(cast: Cast, client: Client) -> None:
    client.force_login(cast.zhou)
    assert client.post(f"/time-blocks/people/{cast.lin.pk}/days/?day=2026-11-27", DAY_FORM).status_code in (
        403,
        404,
    )
    assert not BlockTemplate.objects.exists()
