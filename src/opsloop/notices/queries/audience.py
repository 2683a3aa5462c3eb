"""To whom a notice goes: chosen by department, role, group and person, counted while it is chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from opsloop.notices.models import RecipientGroup
from opsloop.organisation.models import Department, Person, RoleAssignment
from opsloop.organisation.queries.people import LEADING
from opsloop.organisation.roles import Role

# Names that a sentence about an audience spells out.
MOST_NAMED = 5


@dataclass(frozen=True)
class Audience:
    """A choice of people, as it is stored with a notice.

    `departments` (with those below if `below`) or `everybody`, of them only those who hold one of `roles` if there are
    any; together with the members of `groups` and with `people`; without `without` and `without_departments`.
    """

    everybody: bool = False
    departments: tuple[int, ...] = ()
    below: bool = True
    roles: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    without: tuple[int, ...] = ()
    without_departments: tuple[int, ...] = ()

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Audience:
        """Return what is stored; what is no choice of ours is left out."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {}
        for name, value in stored.items():
            if name in {"everybody", "below"}:
                values[name] = bool(value)
            elif name in known and isinstance(value, (list, tuple)):
                kept = Role.values if name == "roles" else None
                values[name] = tuple(one for one in value if (one in kept if kept else isinstance(one, int)))
        return cls(**values)

    def stored(self) -> dict[str, Any]:
        """Return it in JSON."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()
        }

    @property
    def is_empty(self) -> bool:
        """Whether it names nobody."""
        return not (self.everybody or self.departments or self.groups or self.people or self.roles)


def people_of(audience: Audience, *, author_id: int | None) -> QuerySet[Person]:
    """Return the active people it means, without the author, who knows. One query when it is asked."""
    nobody: QuerySet[Person] = Person.objects.none()
    if audience.is_empty:
        return nobody
    found = Q(pk__in=audience.people)
    if audience.groups:
        members = RecipientGroup.members.through.objects.filter(recipientgroup__in=audience.groups)
        found |= Q(pk__in=members.values("person_id"))
    if audience.everybody or audience.departments or audience.roles:
        found |= _by_place(audience)
    rows: QuerySet[Person] = Person.objects.active().filter(found).exclude(pk=author_id or 0)
    if audience.without:
        rows = rows.exclude(pk__in=audience.without)
    if audience.without_departments:
        # A person without a department is in none of them; SQL's "not in" would lose them.
        below = Department.objects.below(_paths(audience.without_departments)).values("pk")
        rows = rows.filter(Q(department__isnull=True) | ~Q(department__in=below))
    found_rows: QuerySet[Person] = rows
    return found_rows


def _by_place(audience: Audience) -> Q:
    """Return the condition of the departments, narrowed by the roles."""
    is_all = audience.everybody or not audience.departments
    place = Q() if is_all else _inside(audience)
    if audience.roles:
        held = RoleAssignment.objects.filter(role__in=audience.roles).order_by().values("person_id")
        place &= Q(pk__in=held)
    return place if place else Q(pk__isnull=False)


def _inside(audience: Audience) -> Q:
    if not audience.below:
        return Q(department__in=audience.departments)
    below = Department.objects.below(_paths(audience.departments)).values("pk")
    return Q(department__in=below)


def _paths(ids: Iterable[int]) -> list[str]:
    return list(Department.objects.filter(pk__in=list(ids)).values_list("path", flat=True))


@dataclass(frozen=True)
class Counted:
    """How many an audience means, by department, and who of them one may not write to."""

    total: int
    by_department: Sequence[tuple[str, int]]
    outside: Sequence[str]
    outside_count: int


def count(audience: Audience, *, author: Person, reach: frozenset[int] | None) -> Counted:
    """Return how many people it means now, and which of them lie beyond `reach`. Four queries at most."""
    rows = list(people_of(audience, author_id=author.pk).order_by("pk").values_list("name", "department_id"))
    names = dict(Department.objects.order_by().values_list("pk", "name"))
    by_department = Counter(department for _name, department in rows)
    outside = [] if reach is None else [name for name, department in rows if department not in reach]
    shown = [(names.get(pk, "") or _("No department"), n) for pk, n in by_department.most_common()]
    return Counted(len(rows), shown, outside[:MOST_NAMED], len(outside))


def in_words(audience: Audience) -> str:
    """Return an audience as people say it. Four queries at most."""
    places = (*audience.departments, *audience.without_departments)
    departments = _names(Department, places)
    people = _names(Person, (*audience.people[:MOST_NAMED], *audience.without[:MOST_NAMED]))
    groups = _names(RecipientGroup, audience.groups).values()
    said = [_("Everybody")] if audience.everybody else []
    if audience.departments and not audience.everybody:
        joined = _list([departments[pk] for pk in audience.departments if pk in departments])
        text = _("%(names)s with those below") if audience.below else "%(names)s"
        said.append(text % {"names": joined})
    if audience.roles:
        only = _list([str(Role(one).label) for one in audience.roles])
        said.append(_("only %(roles)s") % {"roles": only})
    said += list(groups)
    if audience.people:
        said.append(_named([people[pk] for pk in audience.people if pk in people], len(audience.people)))
    without = [departments[pk] for pk in audience.without_departments if pk in departments]
    without += [people[pk] for pk in audience.without if pk in people]
    text = _list(said)
    return (
        _("%(audience)s, without %(names)s") % {"audience": text, "names": _list(without)}
        if without
        else text
    )


def _names(model: Any, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of these rows. One query, none if nothing is asked."""
    wanted = list(ids)
    return dict(model.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def _named(names: Sequence[str], total: int) -> str:
    text = _list(names[:MOST_NAMED])
    more = total - min(len(names), MOST_NAMED)
    return _("%(names)s and %(count)s more") % {"names": text, "count": more} if more > 0 else text


def _list(names: Sequence[str]) -> str:
    return _(", ").join(names)


def heads_of(
    departments: Iterable[int | None], *, besides: Iterable[int] = ()
) -> dict[int | None, list[int]]:
    """Return, for each department, the people who head it most nearly. Two queries however many there are.

    They hold a leading role over it or over one above it; directors stand above all. `besides` are passed over. Where
    nobody heads a department its people have none.
    """
    paths = dict(Department.objects.order_by().values_list("pk", "path"))
    rows = RoleAssignment.objects.filter(role__in=LEADING, person__is_active=True).exclude(
        person__in=list(besides)
    )
    by_department: dict[int | None, list[int]] = {}
    for person_id, department_id in rows.order_by("pk").values_list("person_id", "department_id"):
        by_department.setdefault(department_id, []).append(person_id)
    found: dict[int | None, list[int]] = {}
    for department in departments:
        chain = [int(part) for part in reversed(paths.get(department or 0, "").split("/")) if part]
        near = next((one for one in [*chain, None] if by_department.get(one)), None)
        found[department] = by_department.get(near, [])
    return found


def group_channels(
    people: Iterable[int], author_id: int | None, *, where: Mapping[int, str | None]
) -> set[int]:
    """Return which of the groups of `where` (key to the path of their department, None for the organisation) may hear.

    A robot speaks to everybody in its group, so all of them must be in the audience: nobody else learns of a notice by
    it. Who is in the group is taken to be who belongs to its department. One query.
    """
    if not where:
        return set()
    inside = {*people, author_id}
    rows = Person.objects.active().order_by().values_list("pk", "department__path")
    left_out = [path or "" for pk, path in rows if pk not in inside]
    return {
        key
        for key, path in where.items()
        if not any(path is None or one.startswith(path) for one in left_out)
    }
