"""What a layout opens with for one person when its address says nothing."""

from __future__ import annotations

from typing import Self

from django.db import models

from opsloop.boards.models.saved import SavedView
from opsloop.organisation.models import Person


class HabitQuerySet(models.QuerySet["Habit"]):
    def visible_to(self, person: Person) -> Self:
        """Return one's own habits."""
        return self.filter(person=person)


class Habit(models.Model):
    """The default view of a person in one layout, and the columns of their list."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    layout = models.CharField(max_length=10, choices=SavedView.Layout.choices)
    view = models.ForeignKey(SavedView, null=True, on_delete=models.SET_NULL, related_name="+")
    # As in an address: "title,owner,due"; empty for the usual ones.
    columns = models.CharField(max_length=400, blank=True, default="")

    objects = HabitQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "layout"], name="habit_once_a_layout")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.layout}"
