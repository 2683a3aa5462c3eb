"""Whom the rules mean by "owner" or "watchers", for several events together and in few queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q

from opsloop.activity.models import Event
from opsloop.discussion.events import ENDING
from opsloop.discussion.queries.watchers import choices, watching
from opsloop.inbox.rules import Who
from opsloop.work.models import Dependency, Responsibility, Task


def _ids(value: Any) -> set[int]:
    """Return the people that a change names: one, several, or none."""
    many = value if isinstance(value, list) else [value]
    return {one["id"] if isinstance(one, dict) else one for one in many if one}


def _after(event: Event, field: str) -> set[int]:
    pair = event.changes.get(field)
    return _ids(pair[1]) if pair else set()


def _before(event: Event, field: str) -> set[int]:
    pair = event.changes.get(field)
    return _ids(pair[0]) if pair else set()


def _role(event: Event, letter: str) -> set[int]:
    """Return who was given a RACI role; said by the event as it was recorded, whose history is text."""
    origin = event.origin
    return {origin.person_id} if origin is not None and getattr(origin, "role", "") == letter else set()


class Concerned(NamedTuple):
    """The people of a task."""

    owner_id: int | None
    requester_id: int | None
    created_by_id: int | None
    project_owner_id: int | None


# Keys that a statement can hold on both databases.
MOST_AT_ONCE = 900


def batched(keys: Iterable[int], size: int) -> Iterator[list[int]]:
    """Yield keys in lists of at most `size`."""
    found = list(keys)
    return (found[start : start + size] for start in range(0, len(found), size))


class Recipients:
    """Finds people for the rules; what needs the database is asked once for all events."""

    def __init__(self, events: Sequence[Event]) -> None:
        """Look at `events`; nothing is asked yet."""
        self._events = events
        self._ways: Mapping[Who, Callable[[Event], Iterable[int]]] = {
            "new_owner": lambda event: _after(event, "owner"),
            "owner": self._owner,
            "watchers": self._watchers,
            "named": lambda event: _ids(event.changes.get("mentions", [])),
            "answered": lambda event: _ids(event.changes.get("answers")),
            "requester": self._requester,
            "clearers": self._clearers,
            "new_members": self._new_members,
            "now_accountable": lambda event: _role(event, "A"),
            "now_consulted": lambda event: _role(event, "C"),
            "now_informed": lambda event: _role(event, "I"),
            "addressee": lambda event: event.person_ids,
        }

    def of(self, who: Who, event: Event) -> Iterable[tuple[int, int]]:
        """Return whom `who` means for an event, each with the key of the record they are told of."""
        if who == "freed_owners":
            return self._freed.get(event.subject_id, ())
        return [(person_id, event.subject_id) for person_id in self._ways[who](event)]

    @cached_property
    def _chosen(self) -> dict[tuple[str, int], dict[int, bool]]:
        by_kind: dict[str, set[int]] = {}
        for event in self._events:
            by_kind.setdefault(event.subject_kind.removesuffix(ENDING), set()).add(event.subject_id)
        return choices(by_kind)

    def _watchers(self, event: Event) -> set[int]:
        """Return who watches. Those whom a record concerns are named in each of its events, but for roles."""
        key = (event.subject_kind.removesuffix(ENDING), event.subject_id)
        concerned = {*event.person_ids, *_before(event, "owner"), *self._roles.get(key, ())}
        return watching(concerned, self._chosen.get(key, {}))

    @cached_property
    def _roles(self) -> dict[tuple[str, int], set[int]]:
        """Return who has a role (RACI) in the tasks and projects of these events. One query."""
        ids: dict[str, set[int]] = {"task": set(), "project": set(), "goal": set()}
        for event in self._events:
            ids.setdefault(event.subject_kind.removesuffix(ENDING), set()).add(event.subject_id)
        rows = Responsibility.objects.filter(Q(task__in=ids["task"]) | Q(project__in=ids["project"]))
        found: dict[tuple[str, int], set[int]] = {}
        for task_id, project_id, person_id in rows.values_list("task_id", "project_id", "person_id"):
            key = ("task", task_id) if task_id else ("project", project_id)
            found.setdefault(key, set()).add(person_id)
        return found

    @cached_property
    def _tasks(self) -> dict[int, Concerned]:
        """Return whom the tasks of these events concern, as plain values: at night these are thousands."""
        ids = {event.subject_id for event in self._events if event.subject_kind == "task"}
        fields = ("owner_id", "requester_id", "created_by_id", "project__owner_id")
        found: dict[int, Concerned] = {}
        for some in batched(ids, MOST_AT_ONCE):
            rows = Task.objects.filter(pk__in=some).order_by().values_list("pk", *fields)
            found |= {pk: Concerned(*people) for pk, *people in rows}
        return found

    def _owner(self, event: Event) -> set[int]:
        if event.subject_kind != "task":
            # The owner stands first in the events of goals and projects.
            return set(event.person_ids[:1])
        task = self._tasks.get(event.subject_id)
        return {task.owner_id} if task and task.owner_id else set()

    def _requester(self, event: Event) -> set[int]:
        task = self._tasks.get(event.subject_id)
        who = (task.requester_id or task.created_by_id) if task else None
        return {who} if who else set()

    def _clearers(self, event: Event) -> set[int]:
        """Return who may clear the way of a blocked task."""
        task = self._tasks.get(event.subject_id)
        if task is None:
            return set()
        people = {task.requester_id, task.created_by_id, task.project_owner_id}
        return {pk for pk in people if pk}

    def _new_members(self, event: Event) -> set[int]:
        if event.kind == "project.created":
            return set(event.person_ids[1:])
        fields = ("collaborators", "members")
        return {pk for field in fields for pk in _after(event, field) - _before(event, field)}

    @cached_property
    def _freed(self) -> dict[int, set[tuple[int, int]]]:
        """Return, by closed task, the open tasks that waited for it alone, with their owners. Two queries."""
        closed = [event.subject_id for event in self._events if event.kind == "task.closed"]
        links = list(
            Dependency.objects.filter(predecessor__in=closed, successor__in=Task.objects.open()).values_list(
                "predecessor_id", "successor_id", "successor__owner_id"
            )
        )
        still = set(
            Dependency.objects.filter(
                successor__in=[successor for _before, successor, _owner in links],
                predecessor__in=Task.objects.open(),
            ).values_list("successor_id", flat=True)
        )
        freed: dict[int, set[tuple[int, int]]] = {}
        for before, successor, owner in links:
            if owner and successor not in still:
                freed.setdefault(before, set()).add((owner, successor))
        return freed
