"""Key nodes: set, changed, reached. Whatever happens to a node, its clock and those that follow it stay right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.engines.workcalendar import NoWorkdayError
from opsloop.engines.workclock import WorkClock
from opsloop.organisation.models import Person
from opsloop.portfolio import permissions
from opsloop.portfolio.actions import records
from opsloop.portfolio.events import NodeReached, NodeReopened
from opsloop.portfolio.models import KeyNode
from opsloop.portfolio.queries.clock import clock_of
from opsloop.records.changes import set_fields
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused
from opsloop.work.models import Project

FIELDS = ("title", "output", "owner", "after", "limit_minutes", "starts_at", "due_at")


def add(*, project: Project, by: Person, at: datetime, **values: Any) -> tuple[KeyNode, Undo]:
    """Set a key node of a project; `values` are fields of FIELDS.

    Raises:
        Refused: the values do not fit together; `field` names what to mend.
    """
    node = KeyNode(project=project)
    set_fields(node, _complete(node, values))
    return node, records.add(record=node, by=by, at=at)


def change(
    *, node: KeyNode, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> Undo | None:
    """Change a node that the writer saw at `version`; its end follows from its limit."""
    whole = {name: values.get(name, getattr(node, name)) for name in FIELDS}
    return records.change(record=node, values=_complete(node, whole), by=by, at=at, version=version)


@transaction.atomic
def reach(*, node: KeyNode, by: Person, at: datetime, version: int) -> Undo:
    """Mark a node as reached at `at`; the clocks of the nodes that wait for it start.

    Raises:
        StaleVersion: somebody wrote it since.
        Refused: it was reached already.
    """
    permissions.check_can_act_on(node.project, node.owner_id, by)
    if node.is_binned:
        raise Refused(_("This was removed. Undo that first."))
    if node.is_reached:
        raise Refused(_("This key node was reached already."))
    node.bump(version)
    node.reached_at, node.reached_by = at, by
    node.save(update_fields=["reached_at", "reached_by"])
    _start_following(node, at)
    activity.record(NodeReached(**records.about(node.project, by, at), changes=records.named(node)))
    return activity.offer_undo(verb="portfolio.unreach", arguments={"pk": node.pk}, by=by, at=at)


@transaction.atomic
def reopen(*, node: KeyNode, by: Person, at: datetime, version: int) -> Undo:
    """Take back that a node was reached; clocks that started by it stand still again."""
    permissions.check_can_act_on(node.project, node.owner_id, by)
    if not node.is_reached:
        raise Refused(_("This key node has not been reached."))
    reached = node.reached_at
    node.bump(version)
    node.reached_at = node.reached_by = None
    node.save(update_fields=["reached_at", "reached_by"])
    waiting = KeyNode.objects.alive().filter(after=node, starts_at=reached, reached_at__isnull=True)
    for one in waiting:
        one.bump(one.version)
        one.starts_at = None
        one.due_at = None if one.limit_minutes else one.due_at
        one.save(update_fields=["starts_at", "due_at"])
    activity.record(NodeReopened(**records.about(node.project, by, at), changes=records.named(node)))
    return activity.offer_undo(verb="portfolio.reach", arguments={"pk": node.pk}, by=by, at=at)


@transaction.atomic
def undo_reach(*, by: Person, at: datetime, pk: int) -> None:
    """Take back that a node was reached."""
    node = records.found("node", pk, by)
    assert isinstance(node, KeyNode)
    reopen(node=node, by=by, at=at, version=node.version)


@transaction.atomic
def undo_reopen(*, by: Person, at: datetime, pk: int) -> None:
    """Mark a node as reached again."""
    node = records.found("node", pk, by)
    assert isinstance(node, KeyNode)
    reach(node=node, by=by, at=at, version=node.version)


@transaction.atomic
def lay(*, project: Project, rows: Sequence[Mapping[str, Any]], by: Person, at: datetime) -> list[KeyNode]:
    """Set several nodes at once, in order; a row with "follows" starts when the one before it is reached."""
    made: list[KeyNode] = []
    for row in rows:
        values = dict(row)
        if values.pop("follows", False) and made:
            values |= {"after": made[-1], "starts_at": None}
        made.append(add(project=project, by=by, at=at, **values)[0])
    return made


def _start_following(node: KeyNode, at: datetime) -> None:
    waiting = list(
        KeyNode.objects.alive().filter(after=node, starts_at__isnull=True, reached_at__isnull=True)
    )
    clock = clock_of(node.project.department, at) if waiting else None
    for one in waiting:
        one.bump(one.version)
        one.starts_at = at
        if one.limit_minutes and clock:
            one.due_at = _end(clock, at, one.limit_minutes)
        one.save(update_fields=["starts_at", "due_at"])


def _complete(node: KeyNode, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a node with its clock worked out; see KeyNode."""
    whole = dict(values)
    _check(node, whole)
    before, limit = whole.get("after"), whole.get("limit_minutes")
    if before is not None and not node.is_reached:
        whole["starts_at"] = before.reached_at
    if limit:
        start = whole.get("starts_at")
        whole["due_at"] = _end(clock_of(node.project.department, start), start, limit) if start else None
    if not limit and whole.get("due_at") is None:
        raise Refused(
            _("Give a limit in working hours, or the day until which it is to be reached."), field="due_at"
        )
    if limit and before is None and whole.get("starts_at") is None:
        raise Refused(_("Say when the clock of the limit starts, or after which node."), field="starts_at")
    return whole


def _check(node: KeyNode, values: Mapping[str, Any]) -> None:
    if not str(values.get("title", "")).strip():
        raise Refused(_("A key node needs a name."), field="title")
    for name in ("starts_at", "due_at"):
        if not is_plausible(values.get(name)):
            raise Refused(_("Choose a date between 2000 and 2100."), field=name)
    above = values.get("after")
    if above is not None and above.project_id != node.project_id:
        raise Refused(_("Choose a key node of this project."), field="after")
    seen: set[int] = set()
    while above is not None and above.pk not in seen:
        if node.pk and above.pk == node.pk:
            raise Refused(_("A key node cannot wait for itself, not even through others."), field="after")
        seen.add(above.pk)
        above = above.after


def _end(clock: WorkClock, start: datetime, minutes: int) -> datetime:
    try:
        return clock.after(start, minutes)
    except NoWorkdayError as never:
        raise Refused(
            _("The working calendar has no working time for this limit. Check the calendar."),
            field="limit_minutes",
        ) from never
