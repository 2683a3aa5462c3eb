"""Links to join."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from opsloop.organisation.actions import invitations, people
from opsloop.organisation.models import Invitation, Person
from opsloop.organisation.tests.cast import NOW

PASSWORD = "river-lamp-autumn-7"


@pytest.fixture
def newcomer(cast):
    return people.create(by=cast.wang, at=NOW, username="lina", name="李娜", department=cast.data)


@pytest.fixture
def link(cast, newcomer, client):
    client.force_login(cast.wang)
    target = client.post(f"/people/{newcomer.pk}/invitation/")["Location"]
    page = client.get(target).content.decode()
    client.logout()
    return re.search(r"http://testserver(/invitations/[^\"]+/)", page)[1]


def accept(client, link, password=PASSWORD, again=None):
    return client.post(link, {"password": password, "again": again or password})


def test_a_link_sets_the_password_once_and_logs_in(client, link, newcomer):
    assert client.get(link).status_code == 200
    assert accept(client, link)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(newcomer.pk)
    client.logout()
    assert accept(client, link, "another-password-1").status_code == 404
    assert Person.objects.get(pk=newcomer.pk).check_password(PASSWORD)


def test_only_the_hash_of_the_token_is_stored(link):
    token = link.split("/")[2]
    row = Invitation.objects.get()
    assert len(token) >= 43
    assert token not in str(row.__dict__)


@pytest.mark.parametrize(
    ("password", "again"), [("12345678", None), (PASSWORD, "something-else-1"), ("lina", None)]
)
def test_a_weak_or_mistyped_password_does_not_use_the_link_up(client, link, password, again):
    assert accept(client, link, password, again).status_code == 422
    assert accept(client, link).status_code == 302


def test_a_link_runs_out_after_seven_days(client, link):
    Invitation.objects.update(expires_at=NOW - timedelta(days=400))
    assert client.get(link).status_code == 404
    assert accept(client, link).status_code == 404


def test_a_new_link_replaces_the_old_one(cast, client, link, newcomer):
    invitations.invite(person=newcomer, by=cast.wang, at=NOW + timedelta(seconds=1))
    assert client.get(link).status_code == 404


def test_a_revoked_link_is_useless(cast, client, link, newcomer):
    client.force_login(cast.wang)
    assert client.post(f"/people/{newcomer.pk}/invitation/revocation/").status_code == 303
    assert client.post(f"/people/{newcomer.pk}/invitation/revocation/").status_code == 409
    client.logout()
    assert client.get(link).status_code == 404


def test_a_guessed_token_finds_nothing(cast, client):
    for token in ("x", "a" * 43, "%00", "%F0%9F%98%80"):
        assert client.get(f"/invitations/{token}/").status_code == 404


def test_somebody_who_has_joined_gets_a_new_password_link_from_administrators_only(cast, client):
    client.force_login(cast.wang)
    assert client.post(f"/people/{cast.lin.pk}/invitation/").status_code == 403
    client.force_login(cast.admin)
    target = client.post(f"/people/{cast.lin.pk}/invitation/")["Location"]
    assert "/invitations/" in client.get(target).content.decode()
    client.force_login(cast.wang)
    assert "/invitations/" not in client.get(target).content.decode()


def test_a_pasted_list_adds_everybody(cast, client):
    client.force_login(cast.wang)
    text = "李娜, lina@qinghe.example\n张伟\n<wangfang@qinghe.example>\n李娜"
    response = client.post("/people/invitations/", {"people": text, "department": cast.data.pk})
    added = Person.objects.filter(department=cast.data).order_by("pk")
    assert [(row.name, row.username) for row in added] == [
        ("李娜", "lina"), ("张伟", "zhangwei"), ("wangfang", "wangfang"), ("李娜", "lina2"),
    ]  # fmt: skip
    assert client.get(response["Location"]).content.decode().count("http://testserver/invitations/") == 4


def test_a_bad_line_is_named_and_nobody_is_added(cast, client):
    client.force_login(cast.wang)
    text = "李娜, lina@qinghe.example\n张伟, zhang@@x"
    response = client.post("/people/invitations/", {"people": text, "department": cast.data.pk})
    assert response.status_code == 422
    assert "2" in str(response.context["form"].errors["people"])
    assert not Person.objects.filter(department=cast.data).exists()


def test_an_address_that_is_taken_adds_nobody(cast, client):
    client.force_login(cast.wang)
    text = "李娜\n林悦二, linyue@qinghe.example"
    response = client.post("/people/invitations/", {"people": text, "department": cast.data.pk})
    assert response.status_code == 422
    assert not Person.objects.filter(department=cast.data).exists()
