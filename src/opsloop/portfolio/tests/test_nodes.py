"""Key nodes: their limits run in working time, and what waits for them starts when they are reached."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from opsloop.activity import actions as activity
from opsloop.organisation.tests.cast import NOW
from opsloop.portfolio.actions import nodes
from opsloop.portfolio.models import KeyNode
from opsloop.portfolio.queries import page
from opsloop.portfolio.tests.conftest import HTMX
from opsloop.records.refusals import Forbidden, Refused, StaleVersion

SHANGHAI = ZoneInfo("Asia/Shanghai")


def fresh(node: KeyNode) -> KeyNode:
    return KeyNode.objects.select_related("project__department").get(pk=node.pk)


def test_the_end_follows_from_the_limit(node):
    """Monday 9:00 and 24 working hours of 6.5 a day: Thursday 15:30."""
    assert node.due_at == datetime(2026, 11, 26, 15, 30, tzinfo=SHANGHAI)


def test_a_node_that_waits_starts_when_the_one_before_is_reached(cast, project, node):
    plan, _undo = nodes.add(
        project=project, by=cast.chen, at=NOW, title="方案制定", limit_minutes=48 * 60, after=node
    )
    assert (plan.starts_at, plan.due_at) == (None, None)
    at = NOW + timedelta(days=1)
    undo = nodes.reach(node=fresh(node), by=cast.lin, at=at, version=1)
    started = fresh(plan)
    assert started.starts_at == at
    assert started.due_at > at
    activity.take_back(undo=undo, by=cast.lin, at=at)
    assert (fresh(plan).starts_at, fresh(plan).due_at, fresh(node).reached_at) == (None, None, None)


def test_it_is_reached_once_and_by_who_answers_for_it_or_takes_part(cast, node):
    with pytest.raises(Forbidden):
        nodes.reach(node=fresh(node), by=cast.zhou, at=NOW, version=1)
    nodes.reach(node=fresh(node), by=cast.lin, at=NOW, version=1)
    with pytest.raises(Refused):
        nodes.reach(node=fresh(node), by=cast.lin, at=NOW, version=2)


def test_it_refuses_a_circle_and_a_node_without_an_end(cast, project, node):
    other, _undo = nodes.add(
        project=project, by=cast.chen, at=NOW, title="评审", limit_minutes=60, after=node
    )
    with pytest.raises(Refused) as refused:
        nodes.change(node=fresh(node), values={"after": other}, by=cast.chen, at=NOW, version=1)
    assert refused.value.field == "after"
    with pytest.raises(Refused) as refused:
        nodes.add(project=project, by=cast.chen, at=NOW, title="无期限")
    assert refused.value.field == "due_at"


def test_what_is_left_and_what_is_overdue_is_told_in_working_time(cast, project, node):
    assert page.nodes(project, NOW)[0].left == 24 * 60
    late = page.nodes(project, node.due_at + timedelta(days=1))[0]
    assert late.is_overdue
    assert late.left == -390  # one working day of six and a half hours


def test_a_change_is_taken_back_and_a_stale_one_refused(cast, node):
    undo = nodes.change(node=fresh(node), values={"limit_minutes": 60}, by=cast.chen, at=NOW, version=1)
    assert fresh(node).due_at == NOW + timedelta(hours=1)
    with pytest.raises(StaleVersion):
        nodes.change(node=fresh(node), values={"title": "旧页"}, by=cast.chen, at=NOW, version=1)
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    assert fresh(node).limit_minutes == 24 * 60


def test_the_page_reaches_a_node_and_a_stranger_finds_none(cast, node, as_person):
    url = reverse("portfolio:reaching", args=[node.pk])
    assert as_person(cast.outsider).post(url, {"version": 1}, headers=HTMX).status_code == 404
    client = as_person(cast.lin)
    assert client.post(url, headers=HTMX).status_code == 428
    assert client.post(url, {"version": 9}, headers=HTMX).status_code == 412
    assert client.post(url, {"version": 1}, headers=HTMX).status_code == 204
    assert fresh(node).reached_by == cast.lin


def test_the_form_sets_a_node(cast, project, as_person):
    url = reverse("portfolio:new_node", args=[project.pk])
    sent = {"title": "需求收集", "limit_minutes": "24", "starts_at": "2026-11-23T09:00", "owner": cast.lin.pk}
    client = as_person(cast.chen)
    assert client.post(url, {**sent, "title": ""}).status_code == 422
    assert client.post(url, sent).status_code == 303
    assert KeyNode.objects.get().limit_minutes == 24 * 60
