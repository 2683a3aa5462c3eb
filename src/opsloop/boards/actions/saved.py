"""The verbs of saved views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.boards import permissions
from opsloop.boards.events import ViewChanged, ViewDeleted, ViewSaved
from opsloop.boards.models import Habit, SavedView
from opsloop.organisation.models import Department, Person
from opsloop.records.changes import from_json, set_fields
from opsloop.records.refusals import Refused

FIELDS = frozenset({"name", "layout", "query", "audience", "department"})
KEPT = ("name", "layout", "query", "audience", "position")


@transaction.atomic
def save_view(
    *, by: Person, at: datetime, name: str, layout: str, query: str, audience: str = SavedView.Audience.OWN,
    department: Department | None = None,
) -> SavedView:  # fmt: skip
    """Give a name to what an address shows, for oneself or for others too.

    Raises:
        Refused: the name is taken, or the view may not be offered to that audience.
    """
    view = SavedView(name=name, layout=layout, query=query, audience=audience, owner=by, created_at=at)
    view.department = department if audience == SavedView.Audience.DEPARTMENT else None
    permissions.check_can_share(audience, view.department, by)
    _check_name(view)
    view.position = SavedView.objects.filter(owner=by).count()
    view.save(force_insert=True)
    activity.record(ViewSaved(**_about(view, by, at)))
    return view


@transaction.atomic
def change_view(
    *, view: SavedView, values: Mapping[str, Any], by: Person, at: datetime, version: int
) -> Undo | None:
    """Change a view the writer saw at `version`, for all who see it.

    Raises:
        StaleVersion: somebody wrote it since.
        Refused: it is not theirs to change, or the name is taken.
    """
    permissions.check_can_change(view, by)
    changes = set_fields(view, {name: value for name, value in values.items() if name in FIELDS})
    if view.audience != SavedView.Audience.DEPARTMENT and view.department is not None:
        changes |= set_fields(view, {"department": None})
    if not changes:
        return None
    if {"audience", "department"} & changes.keys():
        permissions.check_can_share(view.audience, view.department, by)
    _check_name(view)
    view.bump(version)
    view.save(update_fields=list(changes))
    activity.record(ViewChanged(**_about(view, by, at), changes=changes))
    before = {name: pair[0] for name, pair in changes.items()}
    step = {"view_id": view.pk, "version": view.version, "before": before}
    return activity.offer_undo(verb="view.change", arguments=step, by=by, at=at)


@transaction.atomic
def undo_change_view(
    *, by: Person, at: datetime, view_id: int, version: int, before: Mapping[str, Any]
) -> None:
    """Put a view back as it was, if nobody has changed it since."""
    view = SavedView.objects.visible_to(by).filter(pk=view_id).first()
    if view is None or view.version != version:
        raise Refused(_("This cannot be undone: somebody has changed the view since."))
    values = {name: from_json(SavedView, name, value) for name, value in before.items()}
    change_view(view=view, values=values, by=by, at=at, version=version)


@transaction.atomic
def delete_view(*, view: SavedView, by: Person, at: datetime, version: int) -> Undo:
    """Remove a view for all who see it; the tasks it shows stay."""
    permissions.check_can_change(view, by)
    view.bump(version)
    values: dict[str, Any] = {name: getattr(view, name) for name in KEPT}
    values |= {
        "owner_id": view.owner_id,
        "department_id": view.department_id,
        "created_at": view.created_at.isoformat(),
    }
    activity.record(ViewDeleted(**_about(view, by, at)))
    view.delete()
    return activity.offer_undo(verb="view.restore", arguments={"values": values}, by=by, at=at)


@transaction.atomic
def undo_delete_view(*, by: Person, at: datetime, values: Mapping[str, Any]) -> None:
    """Bring back the view that `delete_view` removed."""
    made_at = datetime.fromisoformat(values["created_at"])
    view = SavedView(**{**values, "created_at": made_at})
    _check_name(view)
    view.save(force_insert=True)
    activity.record(ViewSaved(**_about(view, by, at)))


def open_with(*, person: Person, layout: str, view: SavedView | None) -> None:
    """Make a view the one that a layout opens with for `person`; None for none."""
    Habit.objects.update_or_create(person=person, layout=layout, defaults={"view": view})


def keep_columns(*, person: Person, layout: str, columns: Sequence[str]) -> None:
    """Remember the columns of a person's list."""
    Habit.objects.update_or_create(
        person=person, layout=layout, defaults={"columns": ",".join(columns)[:400]}
    )


def _check_name(view: SavedView) -> None:
    taken = SavedView.objects.filter(owner_id=view.owner_id, name=view.name).exclude(pk=view.pk)
    if taken.exists():
        raise Refused(_("You have a view of this name already. Choose another name."), field="name")


def _about(view: SavedView, by: Person, at: datetime) -> dict[str, Any]:
    return {
        "subject_id": view.pk,
        "by_id": by.pk,
        "at": at,
        "department_id": view.department_id,
        "person_ids": (view.owner_id,),
    }
