"""Lessons: what was learned at work, told so that the next one need not learn it again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models import Department, Person
from opsloop.records.models import Versioned, paired
from opsloop.work.models import Category, Task

# A lesson that nobody has confirmed for so long is looked at again: the world may have changed.
STALE = timedelta(days=180)
USEFUL = Count("votes", filter=Q(votes__is_useful=True))


class LessonQuerySet(models.QuerySet["Lesson"]):
    def visible_to(self, person: Person) -> Self:
        """Return the lessons `person` may read: all of them, for people of the organisation. That is their purpose."""
        return self.all() if person.is_active else self.none()

    def alive(self) -> Self:
        """Return the lessons that are not put away."""
        return self.filter(archived_at__isnull=True)

    def stale(self, *, at: datetime) -> Self:
        """Return the lessons that nobody has confirmed for half a year."""
        return self.alive().filter(checked_at__lt=at - STALE)

    def rated(self) -> Self:
        """Return the lessons with how many found them useful (`useful`) and how many did not (`useless`)."""
        return self.annotate(
            useful=USEFUL,
            useless=Count("votes", filter=Q(votes__is_useful=False)),
        )


class Lesson(Versioned):
    """One experience: the situation, what was done, what came of it and what that was worth."""

    title = models.CharField(_("lesson"), max_length=120)
    situation = models.TextField(_("situation"), max_length=2000)
    deed = models.TextField(_("what we did"), max_length=2000)
    outcome = models.TextField(_("what came of it"), max_length=2000, blank=True, default="")
    # Measured where it could be: 返工从 2 轮降到 0.5 轮.
    effect = models.CharField(_("measured effect"), max_length=200, blank=True, default="")
    category = models.ForeignKey(
        Category,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("category"),
    )
    # The task it was learned at.
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    department = models.ForeignKey(Department, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(editable=False)
    # When somebody last said that it still holds.
    checked_at = models.DateTimeField(editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    archived_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = LessonQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["-created_at"], name="lesson_newest", condition=Q(archived_at__isnull=True))
        ]
        constraints = [paired("lesson_archived_pair", "archived_at", "archived_by")]

    if TYPE_CHECKING:
        author_id: int | None
        category_id: int | None
        department_id: int | None

    def __str__(self) -> str:
        return self.title

    def is_stale(self, at: datetime) -> bool:
        """Whether nobody has confirmed it for half a year."""
        return self.archived_at is None and self.checked_at < at - STALE


class Vote(models.Model):
    """What one person says of a lesson: useful or not; the last word counts."""

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="votes")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    is_useful = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "person"], name="lesson_vote_once")]

    def __str__(self) -> str:
        return f"{self.person} {'+' if self.is_useful else '-'} {self.lesson}"
