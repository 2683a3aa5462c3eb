"""Who hears of a subject besides those it belongs to, and who has chosen not to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from opsloop.discussion.models.subjects import SUBJECTS, OfSubject, SubjectQuerySet, one_subject
from opsloop.organisation.models import Person


class Watch(OfSubject):
    """A person's own word on whether they watch a subject.

    Owner, creator and collaborators watch without a row (queries/watchers.py), so that handing a task over
    hands its news over; a row with `is_on` False says that somebody left all the same.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    is_on = models.BooleanField()
    since = models.DateTimeField()

    objects = SubjectQuerySet.as_manager()

    class Meta:
        constraints = [
            one_subject("watch_one_subject"),
            *(
                models.UniqueConstraint(
                    fields=[kind, "person"],
                    name=f"watch_{kind}_once",
                    condition=Q(**{f"{kind}__isnull": False}),
                )
                for kind in SUBJECTS
            ),
        ]

    if TYPE_CHECKING:
        person_id: int

    def __str__(self) -> str:
        return f"{self.person_id} {'+' if self.is_on else '-'}"
