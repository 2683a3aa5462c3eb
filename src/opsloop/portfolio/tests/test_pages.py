"""The list of projects and the page of one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from opsloop.organisation.tests.cast import NOW
from opsloop.portfolio.actions import risks, steering
from opsloop.portfolio.queries import listing
from opsloop.portfolio.queries.listing import ListState
from opsloop.portfolio.queries.standing import modules
from opsloop.portfolio.tests.conftest import HTMX
from opsloop.work.actions import projects, tasks


@pytest.fixture
def calm(cast):
    """Another project, with nothing wrong and an early end."""
    return projects.create(
        by=cast.chen, at=NOW, name="周报改版", department=cast.content, owner=cast.chen, due_on=date(2026, 11, 30)
    )  # fmt: skip


def rows(person, **asked):
    return listing.rows(person, ListState.read(asked), now=NOW, shown=modules())


def test_a_project_stands_as_its_page_says(cast, project, risk):
    for n in range(3):
        risks.add(project=project, by=cast.lin, at=NOW, title=f"大风险{n}", probability=5, impact=5)
    row = rows(cast.chen)[0]
    assert (row.standing.level, row.standing.high_risks, row.standing.open_risks) == ("red", 3, 4)


def test_it_filters_by_health_and_sorts_the_worst_first(cast, project, calm, node):
    steering.call_health(project=project, level="red", reason="停产", by=cast.chen, at=NOW, version=None)
    assert [row.project.name for row in rows(cast.chen)] == ["周报改版", "双十一"]
    assert [row.project.name for row in rows(cast.chen, sort="health")] == ["双十一", "周报改版"]
    assert [row.project.name for row in rows(cast.chen, sort="node")] == ["双十一", "周报改版"]
    assert [row.project.name for row in rows(cast.chen, health="red")] == ["双十一"]
    assert [row.project.name for row in rows(cast.chen, q="周报")] == ["周报改版"]
    assert [row.project.name for row in rows(cast.lin, mine="1")] == ["双十一"]


def test_what_is_unknown_in_the_address_counts_as_not_said(cast, project, as_person):
    url = reverse("portfolio:projects")
    assert as_person(cast.chen).get(f"{url}?status=x&health=y&sort=z&page=99").status_code == 200


def test_the_page_tells_all_and_a_stranger_finds_none(cast, project, node, risk, as_person):
    tasks.create(
        by=cast.lin, at=NOW, title="写文案", owner=cast.lin, project=project, due_at=NOW - timedelta(days=1)
    )
    url = reverse("portfolio:project", args=[project.pk])
    shown = as_person(cast.lin).get(url).content.decode()
    for text in ("需求收集", "主视觉延期", "双十一"):
        assert text in shown
    parts = ("people", "costs", "risks", "updates")
    for part in parts:
        assert as_person(cast.lin).get(reverse(f"portfolio:{part}", args=[project.pk])).status_code == 200
    history = reverse("portfolio:project_history", args=[project.pk])
    assert "需求收集" in as_person(cast.lin).get(history, headers=HTMX).content.decode()
    stranger = as_person(cast.outsider)
    for part in ("project", *parts, "new_node", "new_risk", "new_update", "health", "closure"):
        assert stranger.get(reverse(f"portfolio:{part}", args=[project.pk])).status_code == 404


def test_a_reader_looks_and_does_not_touch(cast, project, node, as_person):
    reader = as_person(cast.sun)
    assert "check-circle" not in reader.get(reverse("portfolio:project", args=[project.pk])).content.decode()
    for part in ("new_node", "new_risk", "new_update", "health", "budget"):
        assert reader.get(reverse(f"portfolio:{part}", args=[project.pk])).status_code == 403


@pytest.mark.once
def test_more_of_everything_means_no_more_queries(
    cast, project, node, risk, as_person, django_assert_max_num_queries
):
    client = as_person(cast.chen)
    addresses = [reverse("portfolio:projects"), reverse("portfolio:project", args=[project.pk])]
    for address in addresses:
        client.get(address)
        with django_assert_max_num_queries(15) as few:
            client.get(address)
        for n in range(3):
            projects.create(by=cast.chen, at=NOW, name=f"项目{n}", department=cast.content, owner=cast.chen)
            risks.add(project=project, by=cast.lin, at=NOW, title=f"风险{n}", owner=cast.chen)
            steering.post_update(project=project, text=f"第{n}周", health="green", by=cast.lin, at=NOW)
        with django_assert_max_num_queries(15) as many:
            client.get(address)
        assert len(many) == len(few)
