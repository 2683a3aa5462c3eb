"""Who watches a subject: those it belongs to, those who chose to, less those who left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from opsloop.discussion.models import SUBJECTS, Subject, Watch, kind_of
from opsloop.engines.language.readings import alphabetical
from opsloop.goals.models import Goal
from opsloop.organisation.models import Person
from opsloop.work.models import Project, Task


def concerned(subject: Subject) -> set[int]:
    """Return whose subject it is; they watch by themselves. Two queries for a task or project.

    Owner, creator, who asked for it, collaborators or members, and everybody with a role in it (RACI).
    """
    found = {subject.owner_id, subject.created_by_id}
    if isinstance(subject, Task):
        found |= {subject.requester_id, *subject.collaborators.values_list("pk", flat=True)}
    elif isinstance(subject, Project):
        found |= set(subject.members.values_list("pk", flat=True))
    if not isinstance(subject, Goal):
        found |= set(subject.responsibilities.values_list("person_id", flat=True))
    return {pk for pk in found if pk}


def choices(subjects: Mapping[str, Iterable[int]]) -> dict[tuple[str, int], dict[int, bool]]:
    """Return what people have said about watching: (kind, key) -> {person: on or off}. A query a kind."""
    found: dict[tuple[str, int], dict[int, bool]] = {}
    for kind in SUBJECTS:
        keys = set(subjects.get(kind, ()))
        rows = Watch.objects.filter(**{f"{kind}__in": keys}) if keys else Watch.objects.none()
        for key, person_id, is_on in rows.values_list(f"{kind}_id", "person_id", "is_on"):
            found.setdefault((kind, key), {})[person_id] = is_on
    return found


def watching(concerned_ids: Iterable[int], chosen: Mapping[int, bool]) -> set[int]:
    """Return who watches, of whom it concerns and what people chose."""
    on = {pk for pk, is_on in chosen.items() if is_on}
    off = set(chosen) - on
    return (set(concerned_ids) | on) - off


@dataclass(frozen=True)
class Watchers:
    """Who watches a subject, and whether the person who asks does."""

    people: list[Person]
    is_mine: bool


def watchers(subject: Subject, person: Person) -> Watchers:
    """Return who watches `subject`, by name. Two queries."""
    chosen = choices({kind_of(subject): [subject.pk]}).get((kind_of(subject), subject.pk), {})
    ids = watching(concerned(subject), chosen)
    people = sorted(Person.objects.active().filter(pk__in=ids), key=lambda one: alphabetical(one.name))
    return Watchers(people, person.pk in ids)
