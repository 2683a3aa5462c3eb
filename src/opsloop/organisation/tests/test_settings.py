"""Settings of a person and of the organisation."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from opsloop.organisation.models import Organisation, Person
from opsloop.organisation.numbering import next_number

MINE = {
    "language": "en",
    "time_zone": "Europe/Berlin",
    "theme": "dark",
    "density": "compact",
    "title": "",
    "phone": "",
}
OURS = {
    "name": "青禾",
    "mode": "startup",
    "reserve_percent": 20,
    "hours_step": 15,
    "language": "zh-hans",
    "time_zone": "Asia/Shanghai",
}


def test_one_sets_language_zone_and_looks(cast, client):
    client.force_login(cast.lin)
    assert client.post("/settings/", MINE | {"version": 1}).status_code == 303
    lin = Person.objects.get(pk=cast.lin.pk)
    assert (lin.language, lin.time_zone, lin.theme, lin.density) == ("en", "Europe/Berlin", "dark", "compact")
    page = client.get("/settings/")
    assert page["Content-Language"] == "en"
    assert 'data-bs-theme="dark"' in page.content.decode()


@pytest.mark.parametrize(
    "change", [{"language": "xx"}, {"time_zone": "Mars/Base"}, {"theme": "pink"}, {"density": ""}]
)
def test_a_setting_that_does_not_exist_is_refused(cast, client, change):
    client.force_login(cast.lin)
    assert client.post("/settings/", MINE | change | {"version": 1}).status_code == 422
    assert Person.objects.get(pk=cast.lin.pk).language == "zh-hans"


def test_fields_outside_the_form_are_not_taken(cast, client):
    client.force_login(cast.lin)
    client.post(
        "/settings/", MINE | {"version": 1, "is_active": "", "username": "root", "department": cast.data.pk}
    )
    lin = Person.objects.get(pk=cast.lin.pk)
    assert (lin.username, lin.department, lin.is_active) == ("linyue", cast.content, True)


def test_two_windows_meet_a_conflict(cast, client):
    client.force_login(cast.lin)
    client.post("/settings/", MINE | {"version": 1})
    assert client.post("/settings/", MINE | {"theme": "light", "version": 1}).status_code == 412
    assert client.post("/settings/", MINE).status_code == 428


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_person_menu_switches_language_and_theme(cast, client, language):
    client.force_login(cast.lin)
    client.post("/preferences/", {"language": language, "theme": "dark", "next": "/settings/"})
    lin = Person.objects.get(pk=cast.lin.pk)
    assert (lin.language, lin.theme) == (language, "dark")
    assert client.get("/settings/")["Content-Language"] == language


def test_administrators_change_the_organisation(cast, client):
    client.force_login(cast.admin)
    assert client.post("/manage/organisation/", OURS | {"version": 1}).status_code == 303
    row = Organisation.objects.get()
    assert (row.name, row.mode, row.reserve_percent) == ("青禾", "startup", 20)
    assert client.post("/manage/organisation/", OURS | {"version": 1}).status_code == 412
    assert (
        client.post("/manage/organisation/", OURS | {"reserve_percent": 99, "version": 2}).status_code == 422
    )


def test_a_number_pattern_counts_from_then_on(cast, client):
    client.force_login(cast.admin)
    form = {"prefix": "YY-", "date_part": "%Y%m", "width": 4}
    assert client.post("/manage/numbers/task/", form).status_code == 303
    with transaction.atomic():
        assert next_number("task", at=datetime(2026, 11, 23, tzinfo=UTC)) == "YY-2026110001"
    assert client.post("/manage/numbers/task/", form).status_code == 428
    assert client.post("/manage/numbers/task/", form | {"prefix": "=1+", "version": 1}).status_code == 422
    assert client.post("/manage/numbers/task/", form | {"width": 3, "version": 1}).status_code == 303
    assert client.get("/manage/numbers/nonsense/").status_code == 404


def test_the_example_follows_what_is_typed(cast, client):
    client.force_login(cast.admin)
    answer = client.get("/manage/numbers/example/", {"prefix": "RW", "date_part": "", "width": 5})
    assert "RW00001" in answer.content.decode()
    assert client.get("/manage/numbers/example/", {"prefix": "", "width": "x"}).status_code == 200


@pytest.mark.parametrize("who", ["lin", "chen", "wang", "zhao", "sun"])
def test_only_administrators_reach_the_settings_of_the_organisation(cast, client, who):
    client.force_login(getattr(cast, who))
    assert client.get("/manage/organisation/").status_code == 403
    assert client.post("/manage/organisation/", OURS | {"version": 1}).status_code == 403
    assert client.get("/manage/numbers/task/").status_code == 403


@pytest.mark.once
@pytest.mark.parametrize(
    "path", ["/settings/", "/manage/", "/manage/organisation/", "/people/new/", "/leave/new/", "/roles/"]
)
def test_pages_need_few_queries(cast, client, django_assert_max_num_queries, path):
    client.force_login(cast.admin)
    client.get(path)
    with django_assert_max_num_queries(15):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/people/",
        "/departments/",
        "/roles/",
        "/work-calendar/2026/",
        "/time-blocks/",
        "/leave/",
        "/leave/new/",
        "/settings/",
        "/manage/",
    ],
)
def test_strangers_are_sent_to_log_in(cast, client, path):
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
    client.force_login(cast.wu)
    assert client.get(path).status_code == 302
