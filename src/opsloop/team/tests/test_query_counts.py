"""More people and more work never mean more queries: fifteen a page, whoever many rows it has."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from opsloop.organisation.models import Leave, Person
from opsloop.organisation.tests.cast import NOW, Cast, count_queries, person
from opsloop.planning.models import Proposal
from opsloop.rituals.models import DailyNote
from opsloop.team.tests.conftest import DAY, EVENING, HOUR, WEEK, piece
from opsloop.work.actions import acceptance, tasks

# Parts of the morning round, by the element they fill, and what each may ask.
PARTS = {
    "blocked": ("/team/blocked/", 8),
    "unassigned": ("/team/unassigned/", 8),
    "approvals": ("/team/approvals/", 8),
    "arrangements": ("/team/arrangements/", 8),
    "absences": ("/team/absences/", 8),
    "round-steps": ("/team/morning/", 8),
    "rows": ("/team/", 8),
    "plan": (f"/team/plan/{WEEK}/", 8),
}
PAGES = [
    "/team/",
    "/team/blocked/",
    "/team/unassigned/",
    "/team/approvals/",
    "/team/arrangements/",
    "/team/absences/",
    "/team/morning/",
    f"/team/plan/{WEEK}/",
    f"/team/plan/{WEEK}/?day=2026-11-23",
    f"/team/plan/{WEEK}/proposal/",
]


def one_more(cast: Cast, number: int) -> None:
    """Add somebody of 内容组 with one of everything."""
    member: Person = person(f"more{number}", f"组员{number}", cast.content, None)
    common: dict[str, Any] = {"by": cast.chen, "at": NOW, "department": cast.content, "due_at": EVENING}
    piece(tasks.create(title=f"在排{number}", owner=member, estimate_minutes=60, **common), member, NOW)
    tasks.create(title=f"卡住{number}", owner=member, status="blocked", **common)
    tasks.create(title=f"无主{number}", **common)
    handed = tasks.create(title=f"成果{number}", owner=member, needs_acceptance=True, **common)
    acceptance.hand_in(task=handed, note="在共享盘", by=cast.chen, at=NOW, version=handed.version)
    Leave.objects.create(person=member, starts_at=NOW + DAY, ends_at=NOW + DAY + 2 * HOUR)
    DailyNote.objects.create(
        person=member, day=NOW.date(), blocker="等设计", blocker_state="open", written_at=NOW
    )
    content = {"placements": [], "unplaced": [], "late": [], "versions": {}}
    Proposal.objects.create(
        person=member, week_start="2026-11-23", content=content, made_at=NOW, made_by=cast.chen
    )


@pytest.mark.once
def test_the_parts_of_the_round_stay_within_their_queries(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.chen)
    for number in range(3):
        one_more(cast, number)
    asked = {}
    for name, (url, _most) in PARTS.items():
        asked[name] = count_queries(client, url, **{"HX-Request": "true", "HX-Target": f"section#{name}"})
    assert all(asked[name] <= most for name, (_url, most) in PARTS.items()), asked


@pytest.mark.once
def test_more_people_never_mean_more_queries(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.chen)
    for number in range(2):
        one_more(cast, number)
    few = {page: count_queries(client, page) for page in PAGES}
    for number in range(2, 12):
        one_more(cast, number)
    many = {page: count_queries(client, page) for page in PAGES}
    assert many == few
    assert max(many.values()) <= 15, many
