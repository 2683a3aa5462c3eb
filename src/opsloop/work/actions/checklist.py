"""The verbs of a checklist. What is ticked and what is added stands in the history of the task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.work import permissions
from opsloop.work.actions import tasks
from opsloop.work.events import ChecklistChanged
from opsloop.work.models import ChecklistItem, Task

# More than anybody ticks off; what is longer is a project.
MOST_ITEMS = 200
LONGEST_TEXT = 300


@transaction.atomic
def add(*, task: Task, texts: Iterable[str], by: Person, at: datetime) -> Undo:
    """Add lines to the end of a checklist, empty ones left out.

    Raises:
        Refused: there is nothing to add, a line is too long, or the list would be.
    """
    permissions.check_can_edit(task, by)
    lines = [line for line in (" ".join(text.split()) for text in texts) if line]
    if not lines:
        raise Refused(_("Type what is to be ticked off, one line each."), field="text")
    too_long = next((line for line in lines if len(line) > LONGEST_TEXT), None)
    if too_long:
        raise Refused(
            _("“%(start)s…” is longer than %(most)s characters. Shorten it.")
            % {"start": too_long[:20], "most": LONGEST_TEXT},
            field="text",
        )
    if task.checklist.count() + len(lines) > MOST_ITEMS:
        raise Refused(_("A checklist holds at most %(most)s items.") % {"most": MOST_ITEMS}, field="text")
    first = _end_of(task)
    items = [ChecklistItem(task=task, text=line, position=first + place) for place, line in enumerate(lines)]
    ChecklistItem.objects.bulk_create(items)
    _record(task, by, at, None, "、".join(lines))
    arguments = {"task_id": task.pk, "item_ids": [item.pk for item in items]}
    return activity.offer_undo(verb="checklist.add", arguments=arguments, by=by, at=at)


@transaction.atomic
def tick(*, item: ChecklistItem, done: bool, by: Person, at: datetime) -> Undo | None:
    """Mark an item as done or not; None if it stands so already."""
    permissions.check_can_edit(item.task, by)
    values: dict[str, Any] = {"done_at": at, "done_by": by} if done else {"done_at": None, "done_by": None}
    rows = ChecklistItem.objects.filter(pk=item.pk, done_at__isnull=done)
    if not rows.update(**values):
        return None
    item.done_at, item.done_by = values["done_at"], values["done_by"]
    mark = "✓" if done else "○"
    _record(item.task, by, at, None, f"{mark} {item.text}")
    arguments = {"task_id": item.task_id, "item_id": item.pk, "done": done}
    return activity.offer_undo(verb="checklist.tick", arguments=arguments, by=by, at=at)


@transaction.atomic
def rewrite(*, item: ChecklistItem, text: str, by: Person, at: datetime, version: int) -> Undo | None:
    """Change the words of an item that the writer saw at `version`."""
    permissions.check_can_edit(item.task, by)
    old, new = item.text, " ".join(text.split())
    if not new:
        raise Refused(_("An item needs words. Delete it instead."), field="text")
    if len(new) > LONGEST_TEXT:
        raise Refused(
            _("“%(start)s…” is longer than %(most)s characters. Shorten it.")
            % {"start": new[:20], "most": LONGEST_TEXT},
            field="text",
        )
    if new == old:
        return None
    item.bump(version)
    item.text = new
    item.save(update_fields=["text"])
    _record(item.task, by, at, old, new)
    arguments = {"task_id": item.task_id, "item_id": item.pk, "text": old, "version": item.version}
    return activity.offer_undo(verb="checklist.rewrite", arguments=arguments, by=by, at=at)


@transaction.atomic
def move(*, item: ChecklistItem, place: int, by: Person, at: datetime) -> None:
    """Put an item at `place`, counted from 0; the others close up. Moving back is its own undo."""
    permissions.check_can_edit(item.task, by)
    order = [one for one in item.task.checklist.all() if one.pk != item.pk]
    order.insert(max(0, min(place, len(order))), item)
    for position, one in enumerate(order):
        one.position = position
    ChecklistItem.objects.bulk_update(order, ["position"])
    _record(item.task, by, at, None, item.text)


@transaction.atomic
def remove(*, item: ChecklistItem, by: Person, at: datetime) -> Undo:
    """Take an item off the list."""
    permissions.check_can_edit(item.task, by)
    arguments = {"task_id": item.task_id, "items": [as_row(item)]}
    text = item.text
    item.delete()
    _record(item.task, by, at, text, None)
    return activity.offer_undo(verb="checklist.remove", arguments=arguments, by=by, at=at)


@transaction.atomic
def make_action(*, item: ChecklistItem, by: Person, at: datetime) -> tuple[Task, Undo]:
    """Turn an item into an action of its task, which can have an owner and a date of its own."""
    task = item.task
    permissions.check_can_edit(task, by)
    row = as_row(item)
    is_done = item.done_at is not None
    item.delete()
    action = tasks.create(
        by=by, at=at, title=row["text"][:200], parent=task,
        status=Task.Status.DONE if is_done else Task.Status.TODO, progress=100 if is_done else 0,
    )  # fmt: skip
    _record(task, by, at, row["text"], None)
    arguments = {"task_id": task.pk, "items": [row], "action_id": action.pk}
    return action, activity.offer_undo(verb="checklist.make_action", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_add(*, by: Person, at: datetime, task_id: int, item_ids: Sequence[int]) -> None:
    """Take lines off again."""
    task = _task(by, task_id)
    found = list(task.checklist.filter(pk__in=list(item_ids)))
    if not found:
        raise Refused(_("These items were removed already."))
    task.checklist.filter(pk__in=[item.pk for item in found]).delete()
    _record(task, by, at, "、".join(item.text for item in found), None)


@transaction.atomic
def undo_tick(*, by: Person, at: datetime, task_id: int, item_id: int, done: bool) -> None:
    """Take a tick back."""
    tick(item=_item(by, task_id, item_id), done=not done, by=by, at=at)


@transaction.atomic
def undo_rewrite(*, by: Person, at: datetime, task_id: int, item_id: int, text: str, version: int) -> None:
    """Put the words of an item back, if nobody has written it since."""
    item = _item(by, task_id, item_id)
    if item.version != version:
        raise Refused(_("This cannot be undone: somebody has changed the item since."))
    rewrite(item=item, text=text, by=by, at=at, version=version)


@transaction.atomic
def undo_remove(
    *,
    by: Person,
    at: datetime,
    task_id: int,
    items: Iterable[Mapping[str, Any]],
    action_id: int | None = None,
) -> None:
    """Put items back where they stood; the action that one of them became goes to the bin."""
    task = _task(by, task_id)
    permissions.check_can_edit(task, by)
    restored = [ChecklistItem(task=task, **item) for item in items]
    ChecklistItem.objects.bulk_create(restored)
    _record(task, by, at, None, "、".join(item.text for item in restored))
    action = task.actions.alive().filter(pk=action_id).first() if action_id else None
    if action is not None:
        tasks.put_in_bin(task=action, by=by, at=at, version=action.version)


def as_row(item: ChecklistItem) -> dict[str, Any]:
    """Return what an undo needs to make an item again."""
    return {
        "text": item.text,
        "position": item.position,
        "done_at": item.done_at.isoformat() if item.done_at else None,
        "done_by_id": item.done_by_id,
    }


def _task(by: Person, task_id: int) -> Task:
    task: Task | None = Task.objects.visible_to(by).alive().filter(pk=task_id).first()
    if task is None:
        raise Refused(_("This task does not exist any more."))
    return task


def _item(by: Person, task_id: int, item_id: int) -> ChecklistItem:
    item = ChecklistItem.objects.filter(task=_task(by, task_id), pk=item_id).select_related("task").first()
    if item is None:
        raise Refused(_("This item was removed already."))
    return item


def _end_of(task: Task) -> int:
    last = task.checklist.aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def _record(task: Task, by: Person, at: datetime, old: str | None, new: str | None) -> None:
    activity.record(ChecklistChanged(**tasks.about(task, by, at), changes={"checklist": [old, new]}))
