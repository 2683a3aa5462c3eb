"""Who may see this, asked from both ends: `who_sees` and `visible_to` agree over random organisations (R19)."""

from __future__ import annotations

import random
from typing import Any

import pytest

from opsloop.discussion.models import SUBJECTS, Subject
from opsloop.discussion.queries.audience import who_sees
from opsloop.goals import actions as goals
from opsloop.organisation.models import Department, Person, RoleAssignment
from opsloop.organisation.roles import Role
from opsloop.organisation.tests.cast import NOW, Cast, department, person
from opsloop.work.actions import projects, tasks
from opsloop.work.models import Responsibility, Task


def organisation(rng: random.Random) -> tuple[list[Department], list[Person]]:
    """Make a random tree of departments and people with random roles in it."""
    rooms: list[Department] = []
    for number in range(7):
        rooms.append(department(f"部门{number}", rng.choice([None, *rooms]), number))
    people = []
    for number in range(12):
        one = person(f"p{number}", f"人{number}", rng.choice([None, *rooms]), None)
        for role in rng.sample(list(Role), rng.choice((0, 1, 1, 2))):
            where = rng.choice([None, *rooms])
            RoleAssignment.objects.create(person=one, role=role, department=where, granted_at=NOW)
        people.append(one)
    return rooms, people


def subjects(rng: random.Random, cast: Cast, rooms: list[Department], people: list[Person]) -> list[Subject]:
    """Make random tasks, projects and goals."""
    made: list[Subject] = []
    for number in range(8):
        project = projects.create(
            by=cast.admin, at=NOW, name=f"项目{number}", department=rng.choice(rooms),
            owner=rng.choice([None, *people]), members=rng.sample(people, rng.randrange(3)),
        )  # fmt: skip
        task = tasks.create(
            by=cast.admin, at=NOW, title=f"任务{number}", department=rng.choice(rooms),
            owner=rng.choice([None, *people]), project=rng.choice([None, project]),
            collaborators=rng.sample(people, rng.randrange(3)),
        )  # fmt: skip
        for record in rng.sample([{"task": task}, {"project": project}], rng.randrange(3)):
            Responsibility.objects.create(**record, person=rng.choice(people), role=rng.choice("RACI"))
        if rng.random() < 0.3:
            Task.objects.filter(pk=task.pk).update(requester=rng.choice(people))
        values: dict[str, Any] = {
            "department": rng.choice([None, *rooms]),
            "owner": rng.choice([None, *people]),
        }
        goal = goals.create(by=cast.admin, at=NOW, title=f"目标{number}", key_results=[], **values)
        made += [project, task, goal]
    return made


@pytest.mark.parametrize("seed", range(4))
def test_both_ends_agree(cast: Cast, seed: int) -> None:
    rng = random.Random(seed)
    rooms, people = organisation(rng)
    made = subjects(rng, cast, rooms, people)
    everybody = [Person.objects.get(pk=one.pk) for one in [*people, *cast.active, cast.wu]]
    seen = {
        (kind, pk, one.pk)
        for one in everybody
        for kind, model in SUBJECTS.items()
        for pk in model.objects.visible_to(one).values_list("pk", flat=True)
    }
    asked = {
        (str(subject._meta.model_name), subject.pk, pk)
        for subject in made
        for pk in who_sees(type(subject)._base_manager.get(pk=subject.pk)).values_list("pk", flat=True)
    }
    assert asked == seen
