"""How much the pages of calling a meeting ask the database: at most 15 queries a page and 8 a fragment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from opsloop.meetings.models import AgendaItem, Meeting, Preparation, Room
from opsloop.meetings.tests.conftest import HTMX, WEDNESDAY
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Role
from opsloop.organisation.tests.cast import Cast, person

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PAGE, FRAGMENT = 15, 8


def asked(client: Client, address: str, **headers: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address, headers=headers).status_code == 200
    return len(queries)


def test_pages_ask_little_however_many_rows_there_are(
    cast: Cast, draft: Callable[..., Meeting], called: Callable[..., Meeting], room: Room,
    as_person: Callable[[Person], Client],
) -> None:  # fmt: skip
    everybody = [person(f"p{n}", f"同事{n}", cast.content, Role.MEMBER) for n in range(25)]
    roles = dict.fromkeys((one.pk for one in everybody), "takes_part") | {cast.lin.pk: "decides"}
    unsent = draft(roles=roles, minute_taker=cast.lin, room=room)
    meeting = called(roles=roles, room=room)
    for one in (unsent, meeting):
        AgendaItem.objects.bulk_create(
            [AgendaItem(meeting=one, title=f"议题{n}", owner=everybody[n], position=n) for n in range(20)]
        )
        Preparation.objects.bulk_create(
            [Preparation(meeting=one, text=f"{n}", owner=everybody[n]) for n in range(20)]
        )
    for n in range(20):
        called(title=f"另{n}", starts_at=WEDNESDAY + timedelta(days=1 + n))
    client = as_person(cast.wang)
    pages = (
        "",
        "new/",
        "rooms/?day=2026-11-25",
        f"{unsent.pk}/edit/",
        f"{meeting.pk}/",
        f"{meeting.pk}/edit/",
    )
    counts = {page: asked(client, f"/meetings/{page}") for page in pages}
    assert max(counts.values()) <= PAGE, counts
    parts = {part: asked(client, f"/meetings/{part}", **HTMX) for part in ("strip/", f"{unsent.pk}/topics/")}
    assert max(parts.values()) <= FRAGMENT, parts
