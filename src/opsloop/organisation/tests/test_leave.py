"""Leave of oneself and of people one leads."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from opsloop.activity.models import Event
from opsloop.organisation.models import Leave, Person
from opsloop.organisation.tests.cast import count_queries, person

ZONE = ZoneInfo("Asia/Shanghai")


def form(
    who: Person, first: str = "2026-12-01", last: str = "2026-12-02", **more: object
) -> dict[str, object]:
    return {
        "person": who.pk, "kind": "annual", "first_day": first, "first_half": "am", "last_day": last,
        "last_half": "pm", "note": "", **more,
    }  # fmt: skip


def enter(client, who: Person, *days: str, **more: object):
    return client.post("/leave/new/", form(who, *days, **more))


def test_whole_days_last_until_midnight_and_half_days_until_noon(cast, client):
    client.force_login(cast.lin)
    assert enter(client, cast.lin).status_code == 303
    row = Leave.objects.get()
    assert (row.starts_at, row.ends_at) == (
        datetime(2026, 12, 1, tzinfo=ZONE), datetime(2026, 12, 3, tzinfo=ZONE),
    )  # fmt: skip
    assert enter(client, cast.lin, "2026-12-07", "2026-12-07", first_half="pm").status_code == 303
    assert enter(client, cast.lin, "2026-12-07", "2026-12-07", last_half="am").status_code == 303
    halves = Leave.objects.order_by("starts_at")[1:]
    assert [(row.starts_at.astimezone(ZONE).hour, row.ends_at.astimezone(ZONE).hour) for row in halves] == [
        (0, 12),
        (12, 0),
    ]
    assert Event.objects.filter(kind="leave.changed").count() == 3


@pytest.mark.parametrize(
    "days", [("2026-12-02", "2026-12-02"), ("2026-11-30", "2026-12-05"), ("2026-12-01", "2026-12-01")]
)
def test_overlapping_leave_is_refused(cast, client, days):
    client.force_login(cast.lin)
    enter(client, cast.lin)
    assert enter(client, cast.lin, *days).status_code == 422
    assert enter(client, cast.lin, "2026-12-03", "2026-12-03").status_code == 303


@pytest.mark.parametrize(
    "change",
    [
        {"last_day": "2026-11-01"},
        {"first_half": "pm", "last_half": "am", "last_day": "2026-12-01"},
        {"first_day": "yesterday"},
        {"last_day": "2029-12-01"},
        {"kind": "party"},
        {"first_day": "1800-01-01"},
    ],
)
def test_it_refuses_leave_that_makes_no_sense(cast, client, change):
    client.force_login(cast.lin)
    assert client.post("/leave/new/", form(cast.lin) | change).status_code == 422
    assert not Leave.objects.exists()


def test_leads_enter_leave_of_their_people_and_nobody_else_does(cast, client):
    client.force_login(cast.chen)
    assert enter(client, cast.lin).status_code == 303
    assert enter(client, cast.zhou).status_code == 422
    client.force_login(cast.zhou)
    row = Leave.objects.get()
    assert client.get(f"/leave/{row.pk}/").status_code == 404
    client.force_login(cast.sun)
    assert client.get(f"/leave/{row.pk}/").status_code == 403
    assert client.post(f"/leave/{row.pk}/cancellation/", {"version": 1}).status_code == 403


def test_a_list_holds_only_what_one_may_see(cast, client):
    client.force_login(cast.admin)
    for who in (cast.lin, cast.zhou, cast.outsider):
        enter(client, who, "2040-12-01", "2040-12-02")
    seen = {}
    for who in ("lin", "zhou", "wang", "outsider", "zhao"):
        client.force_login(getattr(cast, who))
        seen[who] = {row["leave"].person.name for row in client.get("/leave/").context["rows"]}
    assert seen == {
        "lin": {"林悦"}, "zhou": {"周航"}, "wang": {"林悦", "周航"}, "outsider": {"何远"},
        "zhao": {"林悦", "周航", "何远"},
    }  # fmt: skip


def test_leave_is_changed_with_its_version_and_cancelled(cast, client):
    client.force_login(cast.lin)
    enter(client, cast.lin)
    row = Leave.objects.get()
    assert client.post(f"/leave/{row.pk}/", form(cast.lin, last="2026-12-04", version=1)).status_code == 303
    assert client.post(f"/leave/{row.pk}/", form(cast.lin, last="2026-12-05", version=1)).status_code == 412
    assert client.post(f"/leave/{row.pk}/", form(cast.lin)).status_code == 428
    assert client.post(f"/leave/{row.pk}/cancellation/", {"version": 2}).status_code == 303
    assert not Leave.objects.exists()


def test_the_form_shows_what_was_entered(cast, client):
    client.force_login(cast.lin)
    enter(client, cast.lin, "2026-12-07", "2026-12-08", first_half="pm", last_half="am")
    initial = client.get(f"/leave/{Leave.objects.get().pk}/").context["form"].initial
    shown = [str(initial[name]) for name in ("first_day", "first_half", "last_day", "last_half")]
    assert shown == ["2026-12-07", "pm", "2026-12-08", "am"]


@pytest.mark.once
def test_more_leave_means_no_more_queries(cast, client):
    client.force_login(cast.admin)
    enter(client, cast.lin, "2040-01-01", "2040-01-02")
    few = count_queries(client, "/leave/")
    for number in range(10):
        enter(client, person(f"p{number}", f"人{number}", cast.data, "member"), "2040-01-01", "2040-01-02")
    assert count_queries(client, "/leave/") == few <= 15
