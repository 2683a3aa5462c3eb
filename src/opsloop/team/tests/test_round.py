"""The morning round keeps a run: it goes on where it was left, can be left out, and is offered to leads alone."""

from __future__ import annotations

from opsloop.activity.actions import take_back
from opsloop.activity.models import Undo
from opsloop.organisation.tests.cast import NOW
from opsloop.rituals.models import RitualRun
from opsloop.team.tests.conftest import browser, page

URL = "/team/morning/"


def test_it_goes_on_where_it_was_left(cast):
    lead = browser(cast.chen)
    assert 'data-round-past=""' in page(cast.chen, URL)
    assert not RitualRun.objects.exists()
    part = lead.post(f"{URL}step/", {"step": "unassigned"}, headers={"HX-Target": "div#round-steps"})
    assert part.content.decode().strip().startswith('<div id="round-steps"')
    assert 'data-round-past="rows blocked plan"' in page(cast.chen, URL)
    run = RitualRun.objects.get()
    assert (run.person, run.kind, run.step, run.is_open) == (cast.chen, "team", "unassigned", True)
    assert lead.post(f"{URL}step/", {"step": "tea"}).status_code == 409
    lead.post(f"{URL}step/", {"step": "rows"})
    assert 'data-round-past=""' in page(cast.chen, URL)


def test_it_is_offered_in_the_morning_until_it_is_left_out_or_done(cast):
    lead = browser(cast.chen)
    assert 'id="ritual-team"' in page(cast.chen, "/")
    assert 'id="ritual-team"' not in page(cast.lin, "/")
    assert lead.post(f"{URL}skip/")["HX-Redirect"] == "/team/"
    assert 'id="ritual-team"' not in page(cast.chen, "/")
    assert "data-round-all" not in page(cast.chen, URL)
    take_back(undo=Undo.objects.latest("pk"), by=cast.chen, at=NOW)
    assert 'id="ritual-team"' in page(cast.chen, "/")
    lead.post(f"{URL}completion/")
    assert RitualRun.objects.get().state == "finished"
    assert 'id="ritual-team"' not in page(cast.chen, "/")
    lead.post(f"{URL}step/", {"step": "rows"})
    assert RitualRun.objects.get().is_open


def test_who_leads_nobody_has_no_round(cast):
    member = browser(cast.lin)
    for path in ("step", "skip", "completion"):
        assert member.post(f"{URL}{path}/", {"step": "rows"}).status_code == 403
    assert not RitualRun.objects.exists()
