"""Budget against actual, and who carries a project."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from opsloop.activity import actions as activity
from opsloop.organisation.tests.cast import NOW
from opsloop.portfolio.actions import budget
from opsloop.portfolio.models import Budget, Expense
from opsloop.portfolio.queries import page, resources
from opsloop.portfolio.tests.conftest import HTMX
from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.actions import tasks
from opsloop.work.queries.projects import Tally


def spend(project, by, amount="300.00"):
    return budget.spend(
        project=project, by=by, at=NOW, what="道具", amount=Decimal(amount), spent_on=date(2026, 11, 23)
    )


def test_hours_cost_nothing_until_a_rate_is_set(cast, project):
    task = tasks.create(by=cast.lin, at=NOW, title="写文案", owner=cast.lin, project=project)
    TimeEntry.objects.create(
        person=cast.lin, task=task, started_at=NOW, ended_at=NOW + timedelta(hours=2), minutes=120
    )
    spend(project, cast.lin)
    budget.plan(project=project, values={"money": Decimal(1000)}, by=cast.chen, at=NOW, version=None)
    found = page.find(cast.chen).get(pk=project.pk)
    costs = resources.costs(found, cast.chen, Tally(10, 2))
    assert (costs.total, costs.money_percent, costs.ahead) == (Decimal(300), 30, 10)
    plan = Budget.objects.get()
    budget.plan(project=project, values={"rate": Decimal(50)}, by=cast.chen, at=NOW, version=plan.version)
    assert resources.costs(found, cast.chen, Tally(10, 2)).total == Decimal(400)


def test_only_who_leads_plans_and_two_plans_at_once_are_noticed(cast, project):
    with pytest.raises(Forbidden):
        budget.plan(project=project, values={"money": Decimal(1)}, by=cast.lin, at=NOW, version=None)
    undo = budget.plan(project=project, values={"money": Decimal(1)}, by=cast.chen, at=NOW, version=None)
    with pytest.raises(StaleVersion):
        budget.plan(project=project, values={"money": Decimal(2)}, by=cast.chen, at=NOW, version=None)
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    assert Budget.objects.get().money is None


def test_an_expense_is_above_zero_and_can_be_taken_back(cast, project):
    with pytest.raises(Refused) as refused:
        spend(project, cast.lin, "0")
    assert refused.value.field == "amount"
    _made, undo = spend(project, cast.lin)
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    assert not Expense.objects.alive().exists()


def test_who_has_more_due_than_the_days_hold_is_overloaded(cast, project):
    for n in range(8):
        tasks.create(
            by=cast.lin, at=NOW, title=f"任务{n}", owner=cast.lin, project=project, estimate_minutes=300,
            due_at=NOW + timedelta(days=1),
        )  # fmt: skip
    rows = {one.person.pk: one for one in resources.carriers(project, cast.chen, now=NOW)}
    lin = rows[cast.lin.pk]
    assert (lin.open_tasks, lin.left, lin.is_overloaded) == (8, 2400, True)
    # Five days of six and a half hours, from Monday at nine.
    assert lin.room == 5 * 390
    assert not rows[cast.chen.pk].is_overloaded


def test_a_task_with_open_actions_is_counted_by_them(cast, project):
    common = {"by": cast.lin, "at": NOW, "project": project}
    whole = tasks.create(title="整体", owner=cast.lin, estimate_minutes=600, **common)
    tasks.create(title="一步", owner=cast.lin, estimate_minutes=90, parent=whole, **common)
    rows = {one.person.pk: one for one in resources.carriers(project, cast.chen, now=NOW)}
    assert (rows[cast.lin.pk].open_tasks, rows[cast.lin.pk].left) == (1, 90)


def test_many_people_are_shown_when_asked_for(cast, project, as_person, monkeypatch):
    monkeypatch.setattr("opsloop.portfolio.views.budget.MOST_CARRIERS", 1)
    for owner in (cast.lin, cast.chen):
        tasks.create(by=cast.lin, at=NOW, title="写文案", owner=owner, project=project, estimate_minutes=60)
    client, address = as_person(cast.chen), reverse("portfolio:people", args=[project.pk])
    cut, whole = (client.get(address + rest, headers=HTMX).content.decode() for rest in ("", "?all=1"))
    assert (cut.count("<li"), "显示全部" in cut) == (1, True)
    assert whole.count("<li") >= 2
    assert "显示全部" not in whole


def test_hours_of_others_are_told_only_to_who_may_see_them(cast, project):
    task = tasks.create(by=cast.chen, at=NOW, title="写文案", owner=cast.chen, project=project)
    TimeEntry.objects.create(
        person=cast.chen, task=task, started_at=NOW, ended_at=NOW + timedelta(hours=1), minutes=60
    )
    seen_by = {
        who: {one.person.pk: one.worked for one in resources.carriers(project, who, now=NOW)}
        for who in (cast.lin, cast.chen)
    }
    assert seen_by[cast.chen][cast.chen.pk] == 60
    assert seen_by[cast.lin][cast.chen.pk] == 0


def test_the_forms_plan_and_spend(cast, project, as_person):
    client = as_person(cast.chen)
    plan = reverse("portfolio:budget", args=[project.pk])
    assert client.post(plan, {"money": "-1"}, headers=HTMX).status_code == 422
    assert client.post(plan, {"money": "18000", "minutes": "40"}, headers=HTMX).status_code == 204
    assert Budget.objects.get().minutes == 2400
    new = reverse("portfolio:new_expense", args=[project.pk])
    assert client.post(new, {"what": "道具", "amount": "12.5", "spent_on": "2026-11-23"}).status_code == 303
    assert "¥12.50" in client.get(reverse("portfolio:costs", args=[project.pk])).content.decode()
    assert as_person(cast.outsider).get(reverse("portfolio:costs", args=[project.pk])).status_code == 404
