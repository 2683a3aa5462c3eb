"""What counts about notices: how loud each importance is, and who may write to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from opsloop.engines.chasing import Pace
from opsloop.notices.models import Importance, NoticeRules
from opsloop.organisation.models import Department, Person, RoleAssignment
from opsloop.organisation.roles import Role


@dataclass(frozen=True)
class Ways:
    """How a notice of one importance goes out and is followed up; times in working minutes.

    The inbox always has it. `mail`: at once by mail as well; `group`: by the robots of groups all of whose people get
    it; `heads`: the heads of the departments written to get a copy; `at_once`: mail and robots do not wait for the end
    of quiet hours.
    """

    mail: bool
    group: bool
    heads: bool
    at_once: bool
    first: int = 60
    every: int = 120
    times: int = 2

    @property
    def pace(self) -> Pace:
        """How persistently people are reminded."""
        return Pace(self.first, self.every, self.times)


# blueprint §2.6: normal → in-app and robot; important → also mail, heads get a copy; urgent → two channels at once.
DEFAULT_WAYS: Mapping[str, Ways] = {
    Importance.NORMAL: Ways(mail=False, group=True, heads=False, at_once=False),
    Importance.IMPORTANT: Ways(mail=True, group=True, heads=True, at_once=False),
    Importance.URGENT: Ways(mail=True, group=True, heads=True, at_once=True, every=60),
}
NUMBERS = {"first": (1, 2400), "every": (1, 2400), "times": (0, 10)}


class Reach(models.TextChoices):
    """How far a role may send notices."""

    NOBODY = "nobody", pgettext_lazy("notices", "Nobody")
    OWN = "own", gettext_lazy("Own departments and those below")
    ALL = "all", gettext_lazy("Everybody")


DEFAULT_SENDERS: Mapping[str, str] = {
    Role.MEMBER: Reach.NOBODY,
    Role.LEAD: Reach.OWN,
    Role.MANAGER: Reach.ALL,
    Role.DIRECTOR: Reach.ALL,
    Role.ADMIN: Reach.ALL,
}


def rules() -> NoticeRules:
    """Return the organisation's rules; an unsaved row if it never said anything. One query."""
    return NoticeRules.objects.first() or NoticeRules(version=0)


def ways_of(found: NoticeRules, importance: str) -> Ways:
    """Return how a notice of this importance goes out. What is stored and makes no sense is left as by default."""
    default = DEFAULT_WAYS.get(importance, DEFAULT_WAYS[Importance.NORMAL])
    stored = found.ways.get(importance)
    if not isinstance(stored, dict):
        return default
    known = asdict(default)
    return replace(default, **{k: v for k, v in stored.items() if k in known and type(v) is type(known[k])})


def reach_of_role(found: NoticeRules, role: str) -> str:
    """Return how far a role may send; auditors only read, whatever is stored."""
    if role not in DEFAULT_SENDERS:
        return Reach.NOBODY
    stored = found.senders.get(role)
    return stored if stored in Reach.values else DEFAULT_SENDERS[role]


def sending_reach(person: Person, found: NoticeRules | None = None) -> frozenset[int] | None:
    """Return the departments whose people `person` may write to; None for everybody. Three queries at most."""
    if not person.is_active:
        return frozenset()
    found = found or rules()
    held = list(RoleAssignment.objects.filter(person=person).values_list("role", "department_id"))
    reaches = [(reach_of_role(found, role), department) for role, department in held]
    if any(reach == Reach.ALL or (reach == Reach.OWN and one is None) for reach, one in reaches):
        return None
    own = {department for reach, department in reaches if reach == Reach.OWN}
    if not own:
        return frozenset()
    paths = dict(Department.objects.order_by().values_list("pk", "path"))
    tops = [paths[pk] for pk in own if pk in paths]
    return frozenset(pk for pk, path in paths.items() if path.startswith(tuple(tops)))


def in_words(ways: Ways) -> list[str]:
    """Return the rule as sentences, so that a page can name it."""
    said = [_("Everybody has it in the inbox.")]
    if ways.group:
        said.append(_("It goes to the robots of groups all of whose people get it."))
    if ways.mail:
        said.append(_("It goes by mail as well, with a link to confirm it."))
    if ways.heads:
        said.append(_("The heads of the departments written to get a copy."))
    if ways.at_once:
        said.append(_("Mail and robots do not wait for the end of quiet hours."))
    first = ngettext(
        "Who has not confirmed it after %(count)s working minute is reminded.",
        "Who has not confirmed it after %(count)s working minutes is reminded.",
        ways.first,
    ) % {"count": ways.first}
    if not ways.times:
        said.append(_("After %(count)s working minutes the head is told.") % {"count": ways.first})
        return said
    said.append(first)
    said.append(
        _("A reminder comes %(times)s times at most, every %(every)s working minutes; then the head is told.")
        % {"times": ways.times, "every": ways.every}
    )
    return said


def ways_from(values: Mapping[str, Any], importance: str) -> dict[str, Any]:
    """Return what a form says of one importance, as it is stored."""
    return {name: values[f"{importance}_{name}"] for name in asdict(DEFAULT_WAYS[importance])}
