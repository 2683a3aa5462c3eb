"""Disabling somebody shows what they still hold; an empty installation can load the sample."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from opsloop.organisation.models import Organisation
from opsloop.sample import build
from opsloop.timekeeping.models import TimeEntry
from opsloop.work.actions import tasks
from opsloop.work.models import Task

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def test_disabling_somebody_counts_their_open_tasks_first(cast, client):
    client.force_login(cast.wang)
    url = f"/people/{cast.lin.pk}/disablement/"
    assert client.get(url).context["holdings"] == []
    for title in ("写周报", "排选题"):
        tasks.create(by=cast.lin, at=NOW, title=title, owner=cast.lin, department=cast.content)
    holdings = client.get(url).context["holdings"]
    assert [holding.count for holding in holdings] == [2]
    assert client.get(holdings[0].url).status_code == 200


# On PostgreSQL every run of the journeys loads it.
@pytest.mark.once
@pytest.mark.django_db
def test_the_first_visitor_can_load_the_sample_instead(client, settings, tmp_path):
    settings.OPSLOOP_HOME = tmp_path
    assert client.get("/setup/").context["has_sample"]
    assert client.post("/setup/sample/").status_code == 302
    assert Organisation.objects.get().is_demo
    assert client.get("/people/").status_code == 200
    assert client.get("/setup/").status_code == 302
    check_promises(tmp_path)


def check_promises(home: Path) -> None:
    """Look whether the sample holds what the demonstration needs: six weeks, every status, hours that can be."""
    facts = build.facts()
    assert (facts["people"], facts["tasks"]) == (14, 136)
    assert set(Task.objects.values_list("status", flat=True)) == set(Task.Status.values)
    entries = list(TimeEntry.objects.order_by("person", "started_at"))
    starts = [entry.started_at for entry in entries]
    assert 39 <= (max(starts) - min(starts)).days <= 42
    assert not [
        later.pk
        for earlier, later in pairwise(entries)
        if earlier.person_id == later.person_id and later.started_at < earlier.ended_at
    ]
    assert (home / "clock").read_text("ascii") == build.NOW.isoformat()


def test_the_sample_never_replaces_an_organisation(cast, client):
    client.post("/setup/sample/")
    assert not Organisation.objects.get().is_demo
