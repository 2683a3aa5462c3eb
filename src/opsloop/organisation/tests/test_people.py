"""The directory and one person."""

from __future__ import annotations

import pytest
from django.test import Client

from opsloop.activity.models import Event
from opsloop.organisation.actions import people as verbs
from opsloop.organisation.models import Person, PersonSkill, RoleAssignment
from opsloop.organisation.tests.cast import count_queries, person


def names(response) -> set[str]:
    return {row.name for row in response.context["page"]}


@pytest.fixture
def indexed(cast):
    for row in Person.objects.all():
        verbs.index(row)
    return cast


@pytest.mark.parametrize("text", ["林悦", "林", "linyue", "ly", "LINYUE"])
def test_it_finds_people_by_name_pinyin_and_initials(indexed, client, text):
    client.force_login(indexed.zhou)
    assert "林悦" in names(client.get("/people/", {"q": text}))


def test_it_filters_by_department_role_and_status(cast, client):
    client.force_login(cast.zhou)
    assert names(client.get("/people/", {"department": cast.operations.pk})) == {
        "林悦",
        "周航",
        "陈敏",
        "王磊",
    }
    assert names(client.get("/people/", {"role": "lead"})) == {"陈敏"}
    assert names(client.get("/people/", {"status": "disabled"})) == {"吴凡"}
    assert "吴凡" not in names(client.get("/people/"))


@pytest.mark.parametrize(
    "query",
    ["?department=x", "?department=99999999999999999999", "?role=king", "?status=gone", "?page=-1", "?q=%22"],
)
def test_a_nonsense_filter_is_ignored(cast, client, query):
    client.force_login(cast.lin)
    assert client.get(f"/people/{query}").status_code == 200


@pytest.mark.once
def test_more_people_mean_no_more_queries(cast, client):
    client.force_login(cast.chen)
    few = count_queries(client, "/people/")
    for number in range(30):
        person(f"extra{number}", f"额外{number}", cast.content, "member")
    assert count_queries(client, "/people/") == few <= 15


@pytest.mark.once
@pytest.mark.parametrize("part", ["", "edit/", "skills/", "roles/", "rights/", "disablement/"])
def test_pages_of_a_person_need_few_queries(cast, client, part):
    client.force_login(cast.admin)
    assert count_queries(client, f"/people/{cast.lin.pk}/{part}") <= 15


def test_a_manager_adds_a_member_of_their_departments(cast, client):
    client.force_login(cast.wang)
    form = {"name": "李娜", "username": "lina", "department": cast.data.pk, "role": "member"}
    response = client.post("/people/new/", form)
    added = Person.objects.get(username="lina")
    assert response["Location"] == f"/people/links/?person={added.pk}"
    assert not added.has_joined
    assert list(added.role_assignments.values_list("role", "department")) == [("member", cast.data.pk)]
    assert Event.objects.filter(kind="role.granted", subject_id=added.pk, actor_id=cast.wang.pk).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"department": "product"},
        {"department": ""},
        {"role": "admin"},
        {"username": "LinYue"},
        {"username": "li na"},
        {"email": "LinYue@qinghe.example"},
        {"name": ""},
    ],
)
def test_it_refuses_what_a_manager_may_not_add(cast, client, change):
    client.force_login(cast.wang)
    form = {"name": "李娜", "username": "lina", "department": cast.data.pk, "role": "member"} | change
    if form["department"] == "product":
        form["department"] = cast.product.pk
    response = client.post("/people/new/", form)
    assert response.status_code == 422
    assert next(iter(change)) in response.context["form"].errors
    assert not Person.objects.filter(name="李娜").exists()


@pytest.mark.parametrize("who", ["lin", "chen", "sun", "outsider"])
@pytest.mark.parametrize(
    "path",
    [
        "people/new/",
        "people/invitations/",
        "people/links/",
        "people/{pk}/edit/",
        "people/{pk}/disablement/",
        "people/{pk}/roles/",
    ],
)
def test_only_those_who_manage_people_get_these_pages(cast, client, who, path):
    client.force_login(getattr(cast, who))
    assert client.get(f"/{path.format(pk=cast.zhou.pk)}").status_code == 403
    client.force_login(cast.admin)
    assert client.get(f"/{path.format(pk=cast.zhou.pk)}").status_code == 200


def test_a_manager_cannot_touch_an_administrator_or_another_department(cast, client):
    Person.objects.filter(pk=cast.admin.pk).update(department=cast.content)
    client.force_login(cast.wang)
    assert client.get(f"/people/{cast.admin.pk}/edit/").status_code == 403
    assert client.get(f"/people/{cast.outsider.pk}/edit/").status_code == 403
    assert client.get(f"/people/{cast.lin.pk}/edit/").status_code == 200


def edit(cast, client, **change):
    form = {
        "name": "林悦",
        "username": "linyue",
        "email": "linyue@qinghe.example",
        "department": cast.content.pk,
        "version": cast.lin.version,
    }
    return client.post(f"/people/{cast.lin.pk}/edit/", form | change)


def test_moving_somebody_moves_their_role_along(cast, client):
    client.force_login(cast.wang)
    assert edit(cast, client, department=cast.users.pk, title="主编").status_code == 303
    cast.lin.refresh_from_db()
    assert (cast.lin.department, cast.lin.title, cast.lin.version) == (cast.users, "主编", 2)
    assert RoleAssignment.objects.get(person=cast.lin).department == cast.users


def test_a_stale_edit_is_a_conflict_and_a_missing_version_is_told(cast, client):
    client.force_login(cast.wang)
    edit(cast, client, title="主编")
    assert edit(cast, client, title="编辑").status_code == 412
    assert edit(cast, client, title="编辑", version="").status_code == 428
    cast.lin.refresh_from_db()
    assert cast.lin.title == "主编"


def test_the_phone_number_is_shown_to_the_person_and_to_leads_only(cast, client):
    Person.objects.filter(pk=cast.lin.pk).update(phone="138-0000-1111")
    seen = {}
    for who in ("lin", "chen", "wang", "admin", "zhou", "sun", "outsider"):
        client.force_login(getattr(cast, who))
        seen[who] = "138-0000-1111" in client.get(f"/people/{cast.lin.pk}/").content.decode()
    assert seen == {
        "lin": True,
        "chen": True,
        "wang": True,
        "admin": True,
        "zhou": False,
        "sun": False,
        "outsider": False,
    }


def test_roles_are_granted_for_departments_and_withdrawn(cast, client):
    client.force_login(cast.admin)
    url = f"/people/{cast.lin.pk}/roles/"
    assert client.post(url, {"role": "lead", "department": cast.data.pk}).status_code == 303
    assert client.post(url, {"role": "lead", "department": cast.data.pk}).status_code == 422
    assert client.post(url, {"role": "lead", "department": ""}).status_code == 422
    held = RoleAssignment.objects.get(person=cast.lin, role="lead")
    assert Person.objects.get(pk=cast.lin.pk).may("work.assign", cast.data.pk)
    assert client.post(f"{url}{held.pk}/withdrawal/").status_code == 303
    assert not Person.objects.get(pk=cast.lin.pk).may("work.assign", cast.data.pk)


def test_a_manager_grants_membership_but_nothing_more(cast, client):
    client.force_login(cast.wang)
    url = f"/people/{cast.lin.pk}/roles/"
    assert client.post(url, {"role": "member", "department": cast.data.pk}).status_code == 303
    assert client.post(url, {"role": "lead", "department": cast.data.pk}).status_code == 422
    assert client.post(url, {"role": "member", "department": cast.product.pk}).status_code == 422


def test_the_last_administrator_stays(cast, client):
    client.force_login(cast.admin)
    held = RoleAssignment.objects.get(person=cast.admin)
    assert client.post(f"/people/{cast.admin.pk}/roles/{held.pk}/withdrawal/").status_code == 409
    assert client.post(f"/people/{cast.admin.pk}/disablement/", {"version": 1}).status_code == 409
    assert Person.objects.get(pk=cast.admin.pk).is_active


def test_a_person_is_disabled_and_enabled_again(cast, client):
    client.force_login(cast.wang)
    assert client.get(f"/people/{cast.lin.pk}/disablement/").status_code == 200
    assert client.post(f"/people/{cast.lin.pk}/disablement/", {"version": 1}).status_code == 303
    lin = Person.objects.get(pk=cast.lin.pk)
    assert (lin.is_active, lin.may("work.view")) == (False, False)
    assert client.post(f"/people/{lin.pk}/enablement/", {"version": lin.version}).status_code == 303
    lin = Person.objects.get(pk=lin.pk)
    assert (lin.is_active, lin.disabled_at, lin.may("work.view", cast.content.pk)) == (True, None, True)


def test_skills_are_read_line_by_line(cast, client):
    client.force_login(cast.chen)
    url = f"/people/{cast.lin.pk}/skills/"
    assert client.post(url, {"skills": "文案 4\nH5 2\n短视频\n数据分析：5", "version": 1}).status_code == 303
    found = dict(PersonSkill.objects.filter(person=cast.lin).values_list("skill__name", "level"))
    assert found == {"文案": 4, "H5": 2, "短视频": 3, "数据分析": 5}
    assert client.post(url, {"skills": "文案 9", "version": 2}).status_code == 422
    assert client.post(url, {"skills": "文案 1", "version": 1}).status_code == 412


def test_skills_of_others_are_set_by_their_leads(cast, client):
    client.force_login(cast.zhou)
    assert (
        client.post(f"/people/{cast.lin.pk}/skills/", {"skills": "文案 1", "version": 1}).status_code == 403
    )
    client.force_login(cast.lin)
    assert (
        client.post(f"/people/{cast.lin.pk}/skills/", {"skills": "文案 1", "version": 1}).status_code == 303
    )


def test_the_matrix_shows_every_permission_for_every_role(cast, client):
    client.force_login(cast.lin)
    response = client.get("/roles/")
    rows = response.context["rows"]
    assert {len(row.cells) for row in rows} == {len(response.context["roles"])}
    assert len(rows) == 24


def test_it_says_what_somebody_may_do_where(cast, client):
    client.force_login(cast.wang)
    rights = client.get(f"/people/{cast.wang.pk}/rights/").context["rights"]
    assert {right.departments for right in rights} == {("运营部",)}
    client.force_login(cast.lin)
    assert client.get(f"/people/{cast.wang.pk}/rights/").status_code == 403


def test_a_form_sent_twice_adds_one_person(cast):
    client = Client()
    client.force_login(cast.admin)
    form = {
        "name": "李娜",
        "username": "lina",
        "department": cast.data.pk,
        "role": "member",
        "submission_key": "k1",
    }
    first, second = (client.post("/people/new/", form) for _attempt in range(2))
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert Person.objects.filter(name="李娜").count() == 1
