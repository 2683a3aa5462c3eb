"""The sets of ids on which it hangs what somebody may see."""

from __future__ import annotations

import pytest

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
