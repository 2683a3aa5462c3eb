"""The whole menu as a page: what a phone has in place of the rail."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from opsloop.organisation.tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("who", "team"), [("lin", False), ("chen", True)])
def test_a_phone_reaches_every_page_of_the_rail(cast: Cast, client: Client, who: str, *, team: bool) -> None:
    client.force_login(getattr(cast, who))
    page = client.get(reverse("desk:more")).content.decode()
    rail, menu = page.split("<main", 1)
    for name in ("planning:this_week", "timekeeping:day", "reviews:reviews", "organisation:settings"):
        assert f'href="{reverse(name)}"' in menu
        assert f'href="{reverse(name)}"' in rail
    assert (f'href="{reverse("team:today")}"' in menu) is team
    assert f'href="{reverse("desk:more")}"' in menu, "the bottom bar leads here"


def test_nobody_else_sees_it(client: Client) -> None:
    assert client.get(reverse("desk:more")).status_code == 302
