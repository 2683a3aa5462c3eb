"""The named cast of all tests: who owns, who is a colleague, who leads, who is a stranger.

青禾运营 has two top departments. 运营部 holds four teams; the outsider belongs to 产品部. Everybody's
password is PASSWORD. Build it with `build_cast()`, or take the fixture `cast`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from opsloop.organisation.models import Department, Organisation, Person, RoleAssignment
from opsloop.organisation.roles import Role

PASSWORD = "cast-of-autumn-42"
# Monday 2026-11-23, 09:00 in Shanghai.
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Cast:
    """Everybody by the pinyin of the family name, and the departments."""

    organisation: Organisation
    operations: Department  # 运营部, above the four teams
    content: Department  # 内容组
    users: Department  # 用户组
    channels: Department  # 渠道组
    data: Department  # 数据组
    product: Department  # 产品部, where the outsider works
    lin: Person  # 林悦, member of 内容组: the owner
    zhou: Person  # 周航, member of 用户组: the member of another team
    chen: Person  # 陈敏, lead of 内容组
    wang: Person  # 王磊, manager of 运营部
    zhao: Person  # 赵倩, director
    sun: Person  # 孙一, auditor
    admin: Person  # 管理员
    wu: Person  # 吴凡, has left and is disabled
    outsider: Person  # 何远, member of 产品部: the stranger

    @property
    def active(self) -> list[Person]:
        """Everybody who can log in."""
        return [
            self.lin, self.zhou, self.chen, self.wang, self.zhao, self.sun, self.admin, self.outsider,
        ]  # fmt: skip


def build_cast() -> Cast:
    """Create the organisation, its departments and its people, and return them.

    As few statements as there are tables: more than two thousand tests begin with it.
    """
    organisation = Organisation.objects.create(pk=1, name="青禾运营", set_up_at=NOW)
    operations = department("运营部")
    teams = [
        Department(name=name, parent=operations, position=place)
        for place, name in enumerate(("内容组", "用户组", "渠道组", "数据组"))
    ]
    content, users, channels, data, product = below = [*teams, Department(name="产品部", position=1)]
    Department.objects.bulk_create(below)
    for row in below:
        row.path = f"{row.parent.path if row.parent else '/'}{row.pk}/"
    Department.objects.bulk_update(below, ["path"])
    people = {
        "lin": _person("linyue", "林悦", content),
        "zhou": _person("zhouhang", "周航", users),
        "chen": _person("chenmin", "陈敏", content),
        "wang": _person("wanglei", "王磊", operations),
        "zhao": _person("zhaoqian", "赵倩", None),
        "sun": _person("sunyi", "孙一", None),
        "admin": _person("admin", "管理员", None),
        "wu": _person("wufan", "吴凡", content, is_active=False),
        "outsider": _person("heyuan", "何远", product),
    }
    Person.objects.bulk_create(people.values())
    roles = {
        "chen": Role.LEAD,
        "wang": Role.MANAGER,
        "zhao": Role.DIRECTOR,
        "sun": Role.AUDITOR,
        "admin": Role.ADMIN,
    }
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            person=row, role=roles.get(name, Role.MEMBER), department=row.department, granted_at=NOW
        )
        for name, row in people.items()
    )
    return Cast(
        organisation=organisation, operations=operations, content=content, users=users, channels=channels, data=data,
        product=product, **people,
    )  # fmt: skip


def department(name: str, parent: Department | None = None, position: int = 0) -> Department:
    """Create a department below `parent`."""
    row = Department.objects.create(name=name, parent=parent, position=position)
    row.path = f"{parent.path if parent else '/'}{row.pk}/"
    row.save(update_fields=["path"])
    return row


@cache
def _hashed() -> str:
    """Return the password of everybody as it is stored."""
    return make_password(PASSWORD)


def _person(username: str, name: str, home: Department | None, *, is_active: bool = True) -> Person:
    """Return a person who is not stored yet."""
    return Person(
        username=username,
        name=name,
        email=f"{username}@qinghe.example",
        department=home,
        password=_hashed(),
        is_active=is_active,
        created_at=NOW,
        disabled_at=None if is_active else NOW,
    )


def person(
    username: str, name: str, home: Department | None, role: Role | None, *, is_active: bool = True
) -> Person:
    """Create a person who belongs to `home` and holds `role` there (everywhere if that is None)."""
    row = _person(username, name, home, is_active=is_active)
    row.save()
    if role:
        RoleAssignment.objects.create(person=row, role=role, department=home, granted_at=NOW)
    return row


def count_queries(client: Client, path: str, **headers: str) -> int:
    """Return how many queries the second request for a page needs: the first one fills caches."""
    client.get(path, headers=headers)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, headers=headers)
    assert response.status_code == 200
    return len(queries)
