"""Templates: made, changed as a whole, copied, archived, removed; and all of it taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.engines.playbook import DEEPEST, Node, Outline, Step, has_circle
from opsloop.organisation.models import Person
from opsloop.playbooks import permissions
from opsloop.playbooks.events import PlaybookChanged, PlaybookCreated
from opsloop.playbooks.models import Playbook, PlaybookNode, PlaybookRole, PlaybookStep
from opsloop.playbooks.queries.outlines import outline_of, with_parts
from opsloop.records.changes import from_json, set_fields
from opsloop.records.refusals import Refused

FIELDS = frozenset({"name", "description", "sharing", "department"})
MOST_STEPS = 200
MOST_DAYS = 400


@transaction.atomic
def create(*, outline: Outline, by: Person, at: datetime, suggestion: str = "", **values: Any) -> Playbook:
    """Make a template of `outline`; `values` are "sharing" and "department".

    Raises:
        Refused: the outline does not hold together; `field` says which part.
    """
    permissions.check_can_make(by)
    check_outline(outline)
    playbook = Playbook(
        kind=Playbook.Kind.PROJECT if outline.is_project else Playbook.Kind.TASK,
        name=outline.name, description=outline.description, created_by=by, created_at=at,
        suggestion=suggestion, **values,
    )  # fmt: skip
    _check_sharing(playbook)
    playbook.save(force_insert=True)
    write_parts(playbook, outline)
    activity.record(PlaybookCreated(**about(playbook, by, at)))
    return playbook


@transaction.atomic
def change(
    *, playbook: Playbook, outline: Outline, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> Undo | None:
    """Replace a template the writer saw at `version` by `outline` and `values`; None if nothing changed.

    Raises:
        StaleVersion: somebody wrote it since.
        Refused: the outline does not hold together; `field` says which part.
    """
    permissions.check_can_edit(playbook, by)
    check_outline(outline)
    before = outline_of(with_parts().get(pk=playbook.pk))
    wanted = {"name": outline.name, "description": outline.description, **values}
    changes = set_fields(playbook, {name: value for name, value in wanted.items() if name in FIELDS})
    _check_sharing(playbook)
    parts = _part_changes(before, outline)
    if not changes and not parts:
        return None
    playbook.bump(version)
    playbook.save(update_fields=[*changes])
    if parts:
        write_parts(playbook, outline)
    activity.record(PlaybookChanged(**about(playbook, by, at), changes=changes | parts))
    arguments = {
        "pk": playbook.pk, "version": playbook.version, "outline": asdict(before),
        "before": {name: pair[0] for name, pair in changes.items()},
    }  # fmt: skip
    return activity.offer_undo(verb="playbook.change", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_change(
    *, by: Person, at: datetime, pk: int, version: int, outline: Mapping[str, Any], before: Mapping[str, Any]
) -> None:
    """Put a template back as it was, if nobody has written it since."""
    playbook = find(pk, by)
    if playbook.version != version:
        raise Refused(_("This cannot be undone: somebody has changed it since."))
    values = {name: from_json(Playbook, name, value) for name, value in before.items()}
    change(playbook=playbook, outline=from_values(outline), values=values, by=by, at=at, version=version)


@transaction.atomic
def copy(*, playbook: Playbook, name: str, by: Person, at: datetime) -> Playbook:
    """Make a template of one's own from another."""
    outline = outline_of(with_parts().get(pk=playbook.pk))
    renamed = Outline(**{**_shallow(outline), "name": name})
    home: dict[str, Any] = {"sharing": Playbook.Sharing.PRIVATE, "department": by.department}
    return create(outline=renamed, by=by, at=at, **home)


@transaction.atomic
def archive(*, playbook: Playbook, by: Person, at: datetime, version: int) -> Undo:
    """Put a template out of the way: it is kept and not offered any more."""
    return _stamp(playbook, "archived", by, at, version)


@transaction.atomic
def remove(*, playbook: Playbook, by: Person, at: datetime, version: int) -> Undo:
    """Remove a template; the undo brings it back. What was made from it stays."""
    return _stamp(playbook, "deleted", by, at, version)


@transaction.atomic
def bring_back(*, playbook: Playbook, by: Person, at: datetime, version: int) -> Undo:
    """Offer an archived template again."""
    permissions.check_can_edit(playbook, by)
    was = playbook.archived_at
    playbook.bump(version)
    playbook.archived_at = playbook.archived_by = None
    playbook.save(update_fields=["archived_at", "archived_by"])
    changes = {"archived_at": [was and was.isoformat(), None]}
    activity.record(PlaybookChanged(**about(playbook, by, at), changes=changes))
    return activity.offer_undo(
        verb="playbook.archive", arguments={"pk": playbook.pk, "version": playbook.version}, by=by, at=at
    )


def _stamp(playbook: Playbook, what: str, by: Person, at: datetime, version: int) -> Undo:
    permissions.check_can_edit(playbook, by)
    playbook.bump(version)
    setattr(playbook, f"{what}_at", at)
    setattr(playbook, f"{what}_by", by)
    playbook.save(update_fields=[f"{what}_at", f"{what}_by"])
    activity.record(
        PlaybookChanged(**about(playbook, by, at), changes={f"{what}_at": [None, at.isoformat()]})
    )
    arguments = {"pk": playbook.pk, "version": playbook.version, "what": what}
    return activity.offer_undo(verb="playbook.unstamp", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_stamp(*, by: Person, at: datetime, pk: int, version: int, what: str) -> None:
    """Bring a template back that was archived or removed."""
    playbook = find(pk, by)
    if playbook.version != version or what not in {"archived", "deleted"}:
        raise Refused(_("This cannot be undone: somebody has changed it since."))
    setattr(playbook, f"{what}_at", None)
    setattr(playbook, f"{what}_by", None)
    permissions.check_can_edit(playbook, by)
    playbook.bump(version)
    playbook.save(update_fields=[f"{what}_at", f"{what}_by"])
    activity.record(
        PlaybookChanged(**about(playbook, by, at), changes={f"{what}_at": [at.isoformat(), None]})
    )


@transaction.atomic
def restore(*, playbook: Playbook, by: Person, at: datetime) -> None:
    """Bring a removed template back from the recycle bin.

    Raises:
        Refused: it is not there, or `by` may not change it.
    """
    if not playbook.is_binned:
        raise Refused(_("This was brought back already."))
    undo_stamp(by=by, at=at, pk=playbook.pk, version=playbook.version, what="deleted")


@transaction.atomic
def undo_bring_back(*, by: Person, at: datetime, pk: int, version: int) -> None:
    """Archive a template again."""
    archive(playbook=find(pk, by), by=by, at=at, version=version)


def find(pk: int, by: Person) -> Playbook:
    """Return the template that an undo speaks of.

    Raises:
        Refused: it is gone or out of sight.
    """
    playbook: Playbook | None = Playbook.objects.visible_to(by).filter(pk=pk).first()
    if playbook is None:
        raise Refused(_("This does not exist any more."))
    return playbook


def about(playbook: Playbook, by: Person, at: datetime) -> dict[str, Any]:
    """Return what every event of a template says of it."""
    people = (playbook.created_by_id,) if playbook.created_by_id else ()
    return {
        "subject_id": playbook.pk, "by_id": by.pk, "at": at,
        "department_id": playbook.department_id, "person_ids": people,
    }  # fmt: skip


def write_parts(playbook: Playbook, outline: Outline) -> None:
    """Replace roles, steps and nodes of a template, in the caller's transaction."""
    for rows in (playbook.nodes, playbook.steps, playbook.roles):
        rows.all().delete()
    made = [
        PlaybookRole(playbook=playbook, name=name, position=place) for place, name in enumerate(outline.roles)
    ]
    roles = {role.name: role for role in PlaybookRole.objects.bulk_create(made)}
    PlaybookStep.objects.bulk_create(
        PlaybookStep(
            playbook=playbook, position=place, level=step.level, title=step.title, deliverable=step.deliverable,
            role=roles.get(step.role), offset_days=step.offset, duration_days=step.days, from_due=step.from_due,
            estimate_minutes=step.minutes, importance=step.importance, urgency=step.urgency,
            category=step.category, tags=list(step.tags), checklist=list(step.checklist),
            after=list(step.after), is_milestone=step.is_milestone,
        )
        for place, step in enumerate(outline.steps)
    )  # fmt: skip
    PlaybookNode.objects.bulk_create(
        PlaybookNode(
            playbook=playbook, position=place, title=node.title, output=node.output, role=roles.get(node.role),
            limit_hours=node.hours, offset_days=node.offset, follows=node.follows,
        )
        for place, node in enumerate(outline.nodes)
    )  # fmt: skip


def check_outline(outline: Outline) -> None:
    """Raise Refused unless the outline holds together; `field` says which part."""
    if not outline.name.strip():
        raise Refused(_("A template needs a name."), field="name")
    if not outline.steps:
        raise Refused(_("A template needs at least one step."), field="steps")
    if len(outline.steps) > MOST_STEPS:
        raise Refused(_("A template holds at most %(n)s steps. Split it.") % {"n": MOST_STEPS}, field="steps")
    if len(set(outline.roles)) != len(outline.roles):
        raise Refused(_("Each role may stand in the list once."), field="roles")
    for number, step in enumerate(outline.steps, start=1):
        _check_step(number, step, len(outline.steps))
    if has_circle(outline.steps):
        raise Refused(_("Some steps wait for each other in a circle. Take one of them out."), field="steps")


def _check_step(number: int, step: Step, count: int) -> None:
    words = {"n": number}
    if not step.title.strip():
        raise Refused(_("Step %(n)s needs a title.") % words, field="steps")
    if not 1 <= step.level <= DEEPEST:
        raise Refused(_("Step %(n)s stands too deep: three levels are the most.") % words, field="steps")
    if not (0 <= step.offset <= MOST_DAYS and 1 <= step.days <= MOST_DAYS):
        raise Refused(_("Step %(n)s: give days between 0 and 400.") % words, field="steps")
    if any(not 0 <= place < count or place == number - 1 for place in step.after):
        raise Refused(_("Step %(n)s waits for a step that does not exist.") % words, field="steps")


def _check_sharing(playbook: Playbook) -> None:
    if playbook.sharing == Playbook.Sharing.DEPARTMENT and playbook.department is None:
        raise Refused(_("Choose the department to share it with."), field="department")


def _part_changes(before: Outline, after: Outline) -> dict[str, list[Any]]:
    """Return which parts changed, told by their titles."""
    return {
        name: [
            [str(getattr(one, "title", one)) for one in old],
            [str(getattr(one, "title", one)) for one in new],
        ]
        for name, old, new in (
            ("steps", before.steps, after.steps),
            ("roles", before.roles, after.roles),
            ("nodes", before.nodes, after.nodes),
        )
        if old != new
    }


def _shallow(outline: Outline) -> dict[str, Any]:
    return {name: getattr(outline, name) for name in Outline.__dataclass_fields__}


def from_values(values: Mapping[str, Any]) -> Outline:
    """Return the outline that `dataclasses.asdict` took apart, after a way through JSON."""
    steps = tuple(Step(**_frozen(row)) for row in values["steps"])
    nodes = tuple(Node(**row) for row in values["nodes"])
    return Outline(**{**values, "roles": tuple(values["roles"]), "steps": steps, "nodes": nodes})


def _frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with tuples where JSON has lists."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
