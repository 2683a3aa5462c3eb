"""A person's week over HTTP: propose, preview, accept; nothing moves without consent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from opsloop.activity.models import Event, Undo
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.planning.models import Placement, Proposal
from opsloop.work.actions import tasks
from opsloop.work.models import Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
WEEK = "2026-W48"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(MONDAY, tick=True):
        yield


def make(cast: Cast, title: str, owner: Person | None = None, **values: Any) -> Task:
    values = {"estimate_minutes": 120, "due_at": MONDAY.replace(day=25, hour=18), **values}
    return tasks.create(by=owner or cast.lin, at=MONDAY, title=title, owner=owner or cast.lin, **values)


def log_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def propose(cast: Cast, by: Person | None = None) -> Proposal:
    response = log_in(by or cast.lin).post(f"/people/{cast.lin.pk}/plan/{WEEK}/proposals/")
    assert response.status_code == 303, response.content[:300]
    return Proposal.objects.latest("pk")


def test_a_proposal_changes_nothing_until_it_is_accepted(cast: Cast) -> None:
    make(cast, "写周报")
    proposal = propose(cast)
    assert proposal.content["placements"]
    assert not Placement.objects.exists()
    page = log_in(cast.lin).get(f"/plan/{WEEK}/?proposal=1").content.decode()
    assert "写周报" in page


def test_a_proposal_says_how_far_it_is_from_the_best_only_where_that_is_proved_closely(cast: Cast) -> None:
    make(cast, "写周报", estimate_minutes=60)
    proposal = propose(cast)
    client, page = log_in(cast.lin), f"/plan/{WEEK}/?proposal=1"
    for gap, told in ((0.0, "距最优：0"), (0.034, "最多3.4%"), (0.8, None), (None, None)):
        Proposal.objects.filter(pk=proposal.pk).update(content=proposal.content | {"gap": gap})
        shown = client.get(page, headers={"Accept-Language": "zh-hans"}).content.decode()
        assert ("距最优" in shown) is (told is not None), gap
        assert told is None or told in shown
    assert 0 <= proposal.content["gap"] <= 1


def test_accepting_makes_it_the_week_and_is_recorded(cast: Cast) -> None:
    task = make(cast, "写周报")
    proposal = propose(cast)
    response = log_in(cast.lin).post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "all"})
    assert response.status_code == 303
    pieces = Placement.objects.filter(task=task)
    total = sum((piece.ends_at - piece.starts_at).total_seconds() / 60 for piece in pieces)
    assert 132 <= total <= 150
    assert Event.objects.filter(kind="week.planned", subject_id=cast.lin.pk).exists()
    assert "写周报" in log_in(cast.lin).get("/").content.decode()


def test_accepting_part_leaves_the_rest_out(cast: Cast) -> None:
    first, second = make(cast, "写周报"), make(cast, "对账")
    proposal = propose(cast)
    log_in(cast.lin).post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "chosen", "task": [first.pk]})
    assert Placement.objects.filter(task=first).exists()
    assert not Placement.objects.filter(task=second).exists()


def test_accepting_nothing_chosen_is_refused_with_the_remedy(cast: Cast) -> None:
    make(cast, "写周报")
    proposal = propose(cast)
    response = log_in(cast.lin).post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "chosen"})
    assert response.status_code == 409
    assert not Placement.objects.exists()


def test_a_task_changed_since_makes_the_proposal_stale(cast: Cast) -> None:
    task = make(cast, "写周报")
    proposal = propose(cast)
    tasks.change(task=task, values={"estimate_minutes": 600}, by=cast.lin, at=MONDAY, version=task.version)
    response = log_in(cast.lin).post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "all"})
    assert response.status_code == 409
    assert not Placement.objects.exists()
    assert Proposal.objects.get(pk=proposal.pk).decided_at is None


def test_a_proposal_is_decided_once(cast: Cast) -> None:
    make(cast, "写周报")
    proposal = propose(cast)
    client = log_in(cast.lin)
    assert client.post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "all"}).status_code == 303
    count = Placement.objects.count()
    second = client.post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "all"})
    assert second.status_code == 409
    assert Placement.objects.count() == count


def test_planning_again_keeps_what_is_pinned(cast: Cast) -> None:
    task = make(cast, "写周报")
    proposal = propose(cast)
    client = log_in(cast.lin)
    client.post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "all"})
    pinned = Placement.objects.filter(task=task).order_by("starts_at").first()
    assert pinned is not None
    assert client.post(f"/placements/{pinned.pk}/pin/?version={pinned.version}").status_code in {204, 303}
    make(cast, "急事", urgency="high", importance=5, due_at=MONDAY.replace(hour=12), estimate_minutes=60)
    again = propose(cast)
    client.post(f"/proposals/{again.pk}/acceptance/", {"decision": "all"})
    kept = Placement.objects.filter(task=task, starts_at=pinned.starts_at, ends_at=pinned.ends_at)
    assert kept.filter(is_pinned=True).count() == 1


def test_pinning_needs_the_version_and_refuses_a_stale_one(cast: Cast) -> None:
    make(cast, "写周报")
    proposal = propose(cast)
    client = log_in(cast.lin)
    client.post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "all"})
    piece = Placement.objects.earliest("starts_at")
    assert client.post(f"/placements/{piece.pk}/pin/").status_code == 428
    assert client.post(f"/placements/{piece.pk}/pin/?version={piece.version}").status_code in {204, 303}
    assert client.post(f"/placements/{piece.pk}/pin/?version={piece.version}").status_code == 412


@pytest.mark.parametrize(("name", "status"), [("chen", 303), ("zhou", 404), ("outsider", 404), ("sun", 403)])
def test_a_lead_plans_the_team_and_nobody_else_does(cast: Cast, name: str, status: int) -> None:
    make(cast, "写周报")
    response = log_in(getattr(cast, name)).post(f"/people/{cast.lin.pk}/plan/{WEEK}/proposals/")
    assert response.status_code == status
    assert Proposal.objects.exists() == (status == 303)


@pytest.mark.parametrize("week", ["2026-W54", "2026-48", "0000-W01", "x" * 300])
def test_a_week_that_does_not_exist_is_not_found(cast: Cast, week: str) -> None:
    assert log_in(cast.lin).get(f"/plan/{week}/").status_code == 404


@pytest.mark.once
def test_more_tasks_do_not_mean_more_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        make(cast, f"任务{number}", due_at=None, estimate_minutes=60)
    proposal = propose(cast)
    client = log_in(cast.lin)
    client.post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "all"})
    with django_assert_max_num_queries(15):
        client.get(f"/plan/{WEEK}/")


def standing() -> list[tuple[Any, ...]]:
    return list(
        Placement.objects.values_list("task_id", "starts_at", "ends_at", "block", "is_pinned", "reason")
    )


def accepted(cast: Cast, client: Client) -> list[tuple[Any, ...]]:
    proposal = propose(cast)
    client.post(f"/proposals/{proposal.pk}/acceptance/", {"decision": "all"})
    return standing()


def test_accepting_can_be_undone_down_to_what_had_given_way(cast: Cast) -> None:
    client = log_in(cast.lin)
    make(cast, "写周报")
    before = accepted(cast, client)
    make(cast, "更急的事", due_at=MONDAY.replace(hour=12))
    assert accepted(cast, client) != before
    assert client.post(f"/undo/{Undo.objects.latest('pk').pk}/").status_code == 303
    assert standing() == before


def test_a_piece_taken_out_can_be_put_back(cast: Cast) -> None:
    client = log_in(cast.lin)
    make(cast, "写周报")
    before = accepted(cast, client)
    piece = Placement.objects.earliest("starts_at")
    client.post(f"/placements/{piece.pk}/removal/?version={piece.version}")
    assert len(standing()) == len(before) - 1
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert standing() == before


def test_a_week_changed_since_is_not_undone(cast: Cast) -> None:
    client = log_in(cast.lin)
    make(cast, "写周报")
    accepted(cast, client)
    undo, piece = Undo.objects.latest("pk"), Placement.objects.earliest("starts_at")
    client.post(f"/placements/{piece.pk}/pin/?version={piece.version}")
    now = standing()
    assert client.post(f"/undo/{undo.pk}/").status_code == 409
    assert standing() == now
