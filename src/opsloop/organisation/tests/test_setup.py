"""The first visit of an empty installation."""

from __future__ import annotations

import threading

import pytest
from django.test import Client

from opsloop.activity.models import Event
from opsloop.organisation.models import BlockTemplate, Department, Organisation, Person

FORM = {
    "organisation": "青禾运营",
    "mode": "growth",
    "departments": "运营部\n    内容组\n    用户组\n        社群\n产品部",
    "name": "苏青",
    "username": "suqing",
    "email": "su@qinghe.example",
    "password": "cast-of-autumn-42",
    "language": "zh-hans",
    "time_zone": "Asia/Shanghai",
    "blocks": "standard",
}


@pytest.mark.django_db
def test_every_page_leads_to_the_set_up_of_an_empty_installation(client):
    for path in ("/", "/people/", "/accounts/login/", "/no/such/page/"):
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (302, "/setup/")


@pytest.mark.django_db
def test_it_creates_organisation_tree_blocks_and_administrator_and_logs_in(client):
    response = client.post("/setup/", FORM)
    assert response.status_code == 302
    person = Person.objects.get()
    assert client.session["_auth_user_id"] == str(person.pk)
    assert [role.value for role in person.reaches.roles] == ["admin"]
    assert Organisation.objects.get().set_up_at is not None
    paths = {row.name: row.depth for row in Department.objects.all()}
    assert paths == {"运营部": 0, "内容组": 1, "用户组": 1, "社群": 2, "产品部": 0}
    assert BlockTemplate.objects.get().rules.count() == 5
    assert Event.objects.filter(kind="organisation.changed").count() == 1
    assert client.get("/people/").status_code == 200


def test_it_runs_only_once(cast, client):
    assert client.get("/setup/")["Location"] == "/"
    client.post("/setup/", FORM)
    assert not Person.objects.filter(username="suqing").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("password", "12345678"),
        ("password", "青禾运营青禾运营"),
        ("password", "short"),
        ("username", "su qing"),
        ("departments", "运营部\n运营部"),
        ("organisation", ""),
        ("time_zone", "Mars/Base"),
        ("blocks", "none"),
    ],
)
def test_it_names_what_to_mend_and_creates_nothing(client, field, value):
    response = client.post("/setup/", FORM | {field: value})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Person.objects.exists()
    assert not Organisation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_first_visitors_at_once_make_one_organisation():
    gate = threading.Barrier(2)
    answers: list[int] = []

    def visit(name: str) -> None:
        from django.db import connection

        gate.wait()
        answers.append(Client().post("/setup/", FORM | {"username": name}).status_code)
        connection.close()

    threads = [threading.Thread(target=visit, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # In the memory database of the tests a lock is not waited for: the slower one is told to try again.
    assert set(answers) <= {302, 503}
    assert 302 in answers
    assert Organisation.objects.count() == 1
    assert Person.objects.count() == 1
