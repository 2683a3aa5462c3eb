"""What can be talked about: a task, a project or a goal. Whoever sees it sees the talk (docs/adr/0008)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any, Self

from django.db import models
from django.db.models import Q

from opsloop.goals.models import Goal
from opsloop.organisation.models import Person
from opsloop.records.models import RecyclableQuerySet
from opsloop.work.models import Project, Task

Subject = Task | Project | Goal
# By the name that stands in addresses and events, and that the foreign key has as well.
SUBJECTS: Mapping[str, type[Task] | type[Project] | type[Goal]] = {
    "task": Task,
    "project": Project,
    "goal": Goal,
}


def kind_of(subject: Subject) -> str:
    """Return what a subject is called in SUBJECTS."""
    return str(subject._meta.model_name)


def keyed(subject: Subject) -> dict[str, Any]:
    """Return the foreign key that names a subject, as fields of a row: {"task": task}."""
    return {kind_of(subject): subject}


class SubjectQuerySet(RecyclableQuerySet):
    """Rows that belong to a subject."""

    def of(self, subject: Subject) -> Self:
        """Return the rows of one subject."""
        return self.filter(**{kind_of(subject): subject.pk})

    def visible_to(self, person: Person) -> Self:
        """Return the rows of the subjects that `person` may see."""
        return self.filter(self.subjects_seen_by(person))

    @staticmethod
    def subjects_seen_by(person: Person) -> Q:
        """Return the condition on rows that they belong to a subject that `person` may see."""
        seen = (
            Q(**{f"{kind}__in": model.objects.visible_to(person).order_by().values("pk")})
            for kind, model in SUBJECTS.items()
        )
        return reduce(or_, seen)


class OfSubject(models.Model):
    """A row that belongs to exactly one subject and goes with it."""

    # Indexed by `subject_indexes`: an index over all rows would hold two empty ones for each that counts.
    task = models.ForeignKey(
        Task, null=True, editable=False, db_index=False, on_delete=models.CASCADE, related_name="+"
    )
    project = models.ForeignKey(
        Project, null=True, editable=False, db_index=False, on_delete=models.CASCADE, related_name="+"
    )
    goal = models.ForeignKey(
        Goal, null=True, editable=False, db_index=False, on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def kind(self) -> str:
        """What the row belongs to, as SUBJECTS calls it."""
        return next(kind for kind in SUBJECTS if getattr(self, f"{kind}_id"))

    @property
    def subject_id(self) -> int:
        """The key of what the row belongs to."""
        return int(getattr(self, f"{self.kind}_id"))

    @property
    def subject(self) -> Any:
        """What the row belongs to."""
        return getattr(self, self.kind)


def one_subject_of() -> Q:
    """Return the condition on rows that they belong to exactly one subject."""
    return reduce(or_, (Q(**{f"{kind}__isnull": kind != one for kind in SUBJECTS}) for one in SUBJECTS))


def one_subject(name: str) -> models.CheckConstraint:
    """Return the constraint that a row belongs to exactly one subject."""
    return models.CheckConstraint(condition=one_subject_of(), name=name)


def subject_indexes(name: str) -> list[models.Index]:
    """Return the indexes by which the rows of a subject are found, in the order they were made."""
    return [
        models.Index(fields=[kind, "id"], name=f"{name}_{kind}", condition=Q(**{f"{kind}__isnull": False}))
        for kind in SUBJECTS
    ]
