"""The calendar and the workload over HTTP: what stands on which day, moving it, whose load one may look at."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from opsloop.boards.queries.calendar import IN_MONTH
from opsloop.boards.tests.conftest import browser
from opsloop.organisation.tests.cast import NOW
from opsloop.work.actions import tasks
from opsloop.work.models import Task


def days(client, **query) -> dict[date, tuple[int, list[str]]]:
    shown = client.get(reverse("boards:calendar"), {"scope": "all", **query}).context["calendar"]
    return {
        day.date: (day.count, [item.task.title for item in day.items])
        for week in shown.weeks
        for day in week
        if day.count
    }


def test_a_month_shows_what_begins_and_what_is_due_and_counts_all(cast, plan):
    for n in range(IN_MONTH + 2):
        tasks.create(by=cast.lin, at=NOW, title=f"同一天{n}", owner=cast.lin, due_at=NOW + timedelta(days=8))
    shown = days(browser(cast.lin))
    today = NOW.date()
    assert shown[today] == (1, ["文案"])  # begins
    assert shown[today + timedelta(days=1)] == (1, ["文案"])
    assert shown[today + timedelta(days=3)] == (1, ["上线"])
    count, titles = shown[today + timedelta(days=8)]
    assert (count, len(titles)) == (IN_MONTH + 2, IN_MONTH)
    assert "秘密" not in str(shown)
    week = days(browser(cast.lin), span="week", day=str(today + timedelta(days=8)))
    assert len(week[today + timedelta(days=8)][1]) == IN_MONTH + 2


@pytest.mark.parametrize("day", ["2104-02-29", "0001-01-01", "9999-12-31", "morgen"])
def test_any_day_has_a_calendar(cast, plan, day):
    assert browser(cast.lin).get(reverse("boards:calendar"), {"day": day}).status_code == 200


def test_a_task_moves_to_another_day_and_keeps_its_time(cast, plan):
    client, url = browser(cast.lin), reverse("boards:reschedule", args=[plan.launch.pk])
    stale = client.post(url, {"key": "2026-11-30", "version": 0})
    assert stale.status_code == 412
    response = client.post(url, {"key": "2026-11-30", "version": plan.launch.version})
    assert response.status_code == 200
    moved = Task.objects.get(pk=plan.launch.pk)
    assert moved.due_at == plan.launch.due_at + timedelta(days=4)
    assert client.post(url, {"key": "morgen", "version": moved.version}).status_code == 409
    hidden = reverse("boards:reschedule", args=[plan.secret.pk])
    assert client.post(hidden, {"key": "2026-11-30", "version": 1}).status_code == 404


def test_a_lead_sees_the_load_of_the_team_and_a_member_their_own(cast, plan):
    url = reverse("boards:workload")

    def names(person, scope: str) -> set[str]:
        shown = browser(person).get(url, {"scope": scope}).context["workload"]
        return {line.person.name for line in shown.lines}

    assert "林悦" in names(cast.chen, "all")
    assert names(cast.lin, "mine") == {"林悦"}
    assert "陈敏" not in names(cast.lin, "all")


def test_a_cell_of_the_workload_names_its_tasks_to_those_who_may_look(cast, plan):
    today = NOW.date()
    url = reverse("boards:workload_cell", args=[cast.lin.pk, str(today), str(today + timedelta(days=1))])
    body = browser(cast.chen).get(url, {"scope": "all"}).content.decode()
    assert "文案" in body
    assert browser(cast.outsider).get(url).status_code == 404
    backwards = reverse(
        "boards:workload_cell", args=[cast.lin.pk, str(today), str(today - timedelta(days=1))]
    )
    assert browser(cast.chen).get(backwards).status_code == 404
