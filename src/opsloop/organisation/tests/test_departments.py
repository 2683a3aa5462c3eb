"""The department tree."""

from __future__ import annotations

import pytest

from opsloop.activity.models import Event
from opsloop.organisation.models import Department
from opsloop.organisation.tests.cast import count_queries, department


def change(client, row, **values):
    form = {"name": row.name, "parent": row.parent_id or "", "headcount": "", "version": row.version} | values
    return client.post(f"/departments/{row.pk}/", form)


def paths() -> dict[str, list[str]]:
    names = dict(Department.objects.values_list("pk", "name"))
    return {
        row.name: [names[int(part)] for part in row.path.split("/") if part]
        for row in Department.objects.all()
    }


def shown(client, query: str = "") -> set[str]:
    rows = client.get(f"/departments/{query}").context["rows"]
    return {node.department.name for _depth, node in rows}


def test_everybody_sees_the_tree_with_its_numbers(cast, client):
    Department.objects.filter(pk=cast.content.pk).update(headcount=5)
    client.force_login(cast.outsider)
    response = client.get("/departments/")
    rows = {node.department.name: node for _depth, node in response.context["rows"]}
    assert (rows["运营部"].own, rows["运营部"].people) == (1, 4)
    assert (rows["内容组"].own, rows["内容组"].vacancies) == (2, 3)
    assert [person.name for person in rows["内容组"].leads] == ["陈敏"]
    assert [depth for depth, _node in response.context["rows"]] == [0, 1, 1, 1, 1, 0]


def test_moving_a_department_takes_everything_below_along(cast, client):
    department("社群", cast.users)
    client.force_login(cast.admin)
    assert change(client, cast.users, parent=cast.product.pk).status_code == 303
    assert paths()["社群"] == ["产品部", "用户组", "社群"]
    assert paths()["内容组"] == ["运营部", "内容组"]
    moved = Event.objects.filter(kind="department.changed").latest("pk")
    assert moved.changes["parent"][1]["text"] == "产品部"


def test_a_department_never_stands_below_itself(cast, client):
    client.force_login(cast.admin)
    assert change(client, cast.operations, parent=cast.users.pk).status_code == 422
    assert change(client, cast.operations, parent=cast.operations.pk).status_code == 422


@pytest.mark.parametrize("name", ["内容组", "", " " * 4, "x" * 61])
def test_a_name_is_there_once_and_fits(cast, client, name):
    client.force_login(cast.admin)
    assert change(client, cast.users, name=name).status_code == 422
    assert client.post("/departments/new/", {"name": name, "parent": cast.operations.pk}).status_code == 422


def test_two_tops_cannot_share_a_name(cast, client):
    client.force_login(cast.admin)
    assert client.post("/departments/new/", {"name": "产品部", "parent": ""}).status_code == 422


def test_a_stale_edit_is_a_conflict(cast, client):
    client.force_login(cast.admin)
    assert change(client, cast.users, name="会员组").status_code == 303
    assert change(client, cast.users, name="客户组").status_code == 412
    assert change(client, cast.users, version="").status_code == 428
    assert Department.objects.get(pk=cast.users.pk).name == "会员组"


def test_a_department_closes_once_it_is_empty(cast, client):
    client.force_login(cast.admin)
    assert client.post(f"/departments/{cast.operations.pk}/closure/", {"version": 1}).status_code == 409
    assert client.post(f"/departments/{cast.content.pk}/closure/", {"version": 1}).status_code == 409
    assert client.post(f"/departments/{cast.data.pk}/closure/", {"version": 1}).status_code == 303
    assert "数据组" not in shown(client)
    assert "数据组" in shown(client, "?closed=1")
    assert client.post(f"/departments/{cast.data.pk}/opening/", {"version": 2}).status_code == 303
    assert "数据组" in shown(client)


@pytest.mark.parametrize("who", ["lin", "chen", "wang", "zhao", "sun"])
def test_only_administrators_change_the_tree(cast, client, who):
    client.force_login(getattr(cast, who))
    assert client.get("/departments/new/").status_code == 403
    assert change(client, cast.users, name="会员组").status_code == 403
    assert client.post(f"/departments/{cast.data.pk}/closure/", {"version": 1}).status_code == 403


@pytest.mark.once
def test_more_departments_mean_no_more_queries(cast, client):
    client.force_login(cast.admin)
    few = count_queries(client, "/departments/")
    for number in range(20):
        department(f"组{number}", cast.data)
    assert count_queries(client, "/departments/") == few
    assert few <= 15
