"""The sets of ids on which it hangs what somebody may see."""

from __future__ import annotations

import pytest
from django.db import connection

from opsloop.records.subqueries import IdsOf
from opsloop.work.models import Project, Task
from opsloop.work.models.projects import JOINED_PROJECTS
from opsloop.work.models.tasks import JOINED_TASKS


def test_each_person_gets_their_own_ids_from_the_one_text(cast, project, make):
    project.members.add(cast.zhao)
    task = make(collaborators=[cast.zhao])
    joined = {
        person: (
            set(Project.objects.filter(pk__in=JOINED_PROJECTS.of(person.pk))),
            set(Task.objects.filter(pk__in=JOINED_TASKS.of(person.pk))),
        )
        for person in (cast.zhao, cast.chen, cast.sun)
    }
    assert joined == {cast.zhao: ({project}, {task}), cast.chen: ({project}, set()), cast.sun: (set(), set())}


def test_a_set_that_hangs_on_more_than_the_key_is_refused(cast):
    kept = IdsOf(lambda owner: Task.objects.filter(owner=owner).values("pk"))
    assert list(Task.objects.filter(pk__in=kept.of(cast.lin.pk))) == []
    for find in (
        lambda owner: Task.objects.filter(owner=owner, title="周报").values("pk"),
        lambda _owner: Task.objects.values("pk"),
    ):
        with pytest.raises(ValueError, match="the key alone"):
            IdsOf(find).of(cast.lin.pk)


def test_by_index_the_same_tasks_are_found(cast, project, make):
    project.members.add(cast.sun)
    for values in ({}, {"collaborators": [cast.sun]}, {"project": project}, {"owner": cast.sun}):
        make(**values)
    counts = {}
    for person in (cast.outsider, cast.sun, cast.lin, cast.zhao, cast.admin):
        seen = Task.objects.visible_to(person)
        assert set(seen.by_index(person)) == set(seen)
        counts[person.username] = seen.by_index(person).count()
    assert counts[cast.outsider.username] == 0 < counts[cast.sun.username] <= counts[cast.admin.username] == 4


def test_postgresql_looks_ids_up_in_its_indexes(cast):
    seen = str(Task.objects.visible_to(cast.lin).by_index(cast.lin).query)
    assert ("= ANY(ARRAY" in seen) == (connection.vendor == "postgresql")
