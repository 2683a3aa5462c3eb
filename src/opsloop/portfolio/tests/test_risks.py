"""Risks: weighed, answered, kept in the history."""

from __future__ import annotations

import pytest
from django.urls import reverse

from opsloop.activity import actions as activity
from opsloop.organisation.models import Organisation
from opsloop.organisation.tests.cast import NOW
from opsloop.portfolio.actions import records, risks
from opsloop.portfolio.models import Risk
from opsloop.portfolio.queries import page
from opsloop.portfolio.queries.history import history, of_record
from opsloop.portfolio.tests.conftest import DRAWER
from opsloop.records.refusals import Forbidden


def test_a_new_score_remembers_the_old_one_as_its_trend(cast, risk):
    assert (risk.score, risk.level, risk.trend) == (12, "medium", 0)
    undo = risks.change(risk=risk, values={"probability": 4}, by=cast.lin, at=NOW, version=1)
    risk.refresh_from_db()
    assert (risk.score, risk.level, risk.trend) == (16, "high", 1)
    activity.take_back(undo=undo, by=cast.lin, at=NOW)
    risk.refresh_from_db()
    assert risk.score == 12


def test_the_matrix_holds_the_open_risks_in_their_fields(cast, project, risk):
    risks.add(project=project, by=cast.lin, at=NOW, title="过去的", probability=3, impact=4, status="closed")
    rows = dict(page.matrix(page.risks(project)))
    assert [cell.risks for cell in rows[3]] == [[], [], [], [risk], []]
    assert list(rows) == [5, 4, 3, 2, 1]


def test_who_does_not_take_part_raises_none(cast, project):
    with pytest.raises(Forbidden):
        risks.add(project=project, by=cast.zhou, at=NOW, title="外人的担心")


def test_a_removed_risk_comes_back(cast, risk):
    undo = records.remove(record=risk, by=cast.chen, at=NOW, version=1)
    assert not Risk.objects.alive().exists()
    activity.take_back(undo=undo, by=cast.chen, at=NOW)
    assert Risk.objects.alive().exists()


def test_the_history_tells_it_in_words(cast, project, risk, settings):
    risks.change(risk=risk, values={"response": "avoid"}, by=cast.lin, at=NOW, version=1)
    told = history(project, cast.lin).entries[0]
    assert "主视觉延期" in told.text
    assert cast.lin.name in told.text
    # Never the code: the word of the form.
    assert told.changes[0][2] == Risk.Response.AVOID.label
    assert len(of_record("risk", risk.pk, project.pk)) == 2


def test_the_form_shows_the_conflict_of_two(cast, risk, as_person):
    url = reverse("portfolio:risk", args=[risk.pk])
    sent = {"title": "主视觉延期", "probability": 5, "impact": 4, "response": "reduce", "status": "open"}
    client = as_person(cast.lin)
    assert client.post(url, {**sent, "version": 1}, headers=DRAWER).status_code == 204
    assert client.post(url, {**sent, "version": 1, "impact": 1}, headers=DRAWER).status_code == 412
    assert as_person(cast.outsider).get(url).status_code == 404


def test_a_small_team_sees_no_register(cast, project, risk, as_person):
    address = reverse("portfolio:risks", args=[project.pk])
    client = as_person(cast.lin)
    assert client.get(address).status_code == 200
    Organisation.objects.update(mode=Organisation.Mode.STARTUP)
    assert client.get(address).status_code == 404
    assert "主视觉延期" not in client.get(reverse("portfolio:project", args=[project.pk])).content.decode()
