"""Saved views: who sees them, what opens, what was changed, and that nobody disturbs a shared one."""

from __future__ import annotations

import pytest
from django.db import transaction

from opsloop.boards.actions import saved as actions
from opsloop.boards.models import Habit, SavedView
from opsloop.boards.queries import saved as queries
from opsloop.organisation.tests.cast import NOW
from opsloop.records.refusals import Forbidden, Refused
from opsloop.work.tests import conftest as work

HTMX = {"HX-Request": "true"}
# Fixtures of the package below.
as_person = work.as_person
ON = "/tasks/?scope=all&f=due.within.week"


def save(person, name="本周", **values):
    given = {"layout": "list", "query": "scope=all&f=due.within.week", **values}
    return actions.save_view(by=person, at=NOW, name=name, **given)


@pytest.mark.parametrize(
    ("audience", "seen_by"),
    [
        ("own", {"chen"}),
        ("department", {"chen", "lin", "wang", "zhao", "sun", "admin"}),
        ("everybody", {"lin", "zhou", "chen", "wang", "zhao", "sun", "admin", "outsider"}),
    ],
)
def test_a_view_is_offered_to_its_audience(cast, audience, seen_by):
    save(cast.chen, audience=audience, department=cast.content)
    everybody = ("lin", "zhou", "chen", "wang", "zhao", "sun", "admin", "outsider", "wu")
    found = {name for name in everybody if SavedView.objects.visible_to(getattr(cast, name)).exists()}
    assert found == seen_by


def test_only_leads_offer_a_view_to_everybody(cast):
    with pytest.raises(Forbidden):
        save(cast.lin, audience="everybody")
    save(cast.lin, audience="department", department=cast.content)


def test_a_name_is_taken_once_for_each_person(cast):
    save(cast.lin)
    save(cast.chen)
    with pytest.raises(Refused), transaction.atomic():
        save(cast.lin)


def test_saving_goes_to_the_view_and_the_address_says_which(cast, as_person):
    client = as_person(cast.lin)
    sent = {"name": "本周全部", "audience": "own", "is_default": "on", "on": ON}
    response = client.post("/views/new/", sent, headers=HTMX)
    view = SavedView.objects.get()
    assert (view.name, view.layout, view.query) == ("本周全部", "list", "scope=all&f=due.within.week")
    assert response["HX-Redirect"] == f"/tasks/?scope=all&f=due.within.week&view={view.pk}"
    opened = client.get("/tasks/")
    assert opened["Location"] == f"/tasks/?scope=all&f=due.within.week&view={view.pk}"
    assert client.get("/tasks/?scope=mine").status_code == 200


def test_my_filter_leaves_the_shared_view_as_it_is(cast, as_person):
    view = save(cast.chen, audience="department", department=cast.content)
    on = f"/tasks/?scope=all&f=due.within.month&view={view.pk}"
    strip = queries.strip(cast.lin, "list", on)
    assert (strip.current, strip.is_changed, strip.may_change) == (view, True, False)
    body = as_person(cast.lin).get(
        "/views/?layout=list", headers={**HTMX, "HX-Current-URL": f"http://testserver{on}"}
    )
    assert "已修改" in body.content.decode()
    assert "另存为" in body.content.decode()
    assert f"/views/{view.pk}/query/" not in body.content.decode()
    refused = as_person(cast.lin).post(f"/views/{view.pk}/query/", {"on": on, "version": 1}, headers=HTMX)
    assert refused.status_code == 403
    view.refresh_from_db()
    assert view.query == "scope=all&f=due.within.week"
    assert not queries.strip(cast.lin, "list", f"{ON}&view={view.pk}").is_changed


def test_its_author_replaces_what_it_shows_and_takes_that_back(cast, as_person):
    view = save(cast.chen)
    on = f"/tasks/board/?by=owner&view={view.pk}"
    client = as_person(cast.chen)
    response = client.post(f"/views/{view.pk}/query/", {"on": on, "version": 1}, headers=HTMX)
    assert response.status_code == 204
    view.refresh_from_db()
    assert (view.layout, view.query, view.version) == ("board", "by=owner", 2)
    actions.undo_change_view(
        by=cast.chen, at=NOW, view_id=view.pk, version=2,
        before={"layout": "list", "query": "scope=all&f=due.within.week"},
    )  # fmt: skip
    view.refresh_from_db()
    assert view.layout == "list"


def test_two_people_cannot_overwrite_each_other(cast, as_person):
    view = save(cast.chen)
    client = as_person(cast.chen)
    sent = {"name": "新名", "audience": "own"}
    assert client.post(f"/views/{view.pk}/", sent, headers=HTMX).status_code == 428
    assert client.post(f"/views/{view.pk}/", {**sent, "version": 1}, headers=HTMX).status_code == 204
    assert (
        client.post(f"/views/{view.pk}/", {**sent, "name": "旧", "version": 1}, headers=HTMX).status_code
        == 412
    )


def test_a_deleted_view_comes_back(cast, as_person):
    view = save(cast.chen, audience="department", department=cast.content)
    response = as_person(cast.chen).post(f"/views/{view.pk}/bin/", {"version": 1}, headers=HTMX)
    assert response.status_code == 204
    assert not SavedView.objects.exists()
    from opsloop.activity.actions import take_back
    from opsloop.activity.models import Undo

    take_back(undo=Undo.objects.get(), by=cast.chen, at=NOW)
    back = SavedView.objects.get()
    assert (back.name, back.query, back.department) == ("本周", view.query, cast.content)


def test_a_default_is_ones_own_and_can_be_put_off(cast, as_person):
    view = save(cast.chen, audience="everybody")
    client = as_person(cast.lin)
    client.post(f"/views/{view.pk}/default/", {"default": "1"}, headers=HTMX)
    assert queries.opening(cast.lin, "list").endswith(f"view={view.pk}")
    assert queries.opening(cast.chen, "list") == ""
    client.post(f"/views/{view.pk}/default/", {"default": "0"}, headers=HTMX)
    assert client.get("/tasks/").status_code == 200
    assert Habit.objects.count() == 1


def test_a_view_of_others_does_not_exist(cast, as_person):
    view = save(cast.chen)
    client = as_person(cast.outsider)
    for address in (f"/views/{view.pk}/query/", f"/views/{view.pk}/default/", f"/views/{view.pk}/bin/"):
        assert client.post(address, {"version": 1}, headers=HTMX).status_code == 404
