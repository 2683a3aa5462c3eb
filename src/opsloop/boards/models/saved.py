"""A saved view: a name for what an address shows."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.models import Versioned


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, person: Person) -> Self:
        """Return the views `person` may use: own, those for everybody, and those of departments they see.

        A view shows nothing by itself: what it finds is asked of `Task.visible_to` each time.
        """
        if not person.is_active:
            return self.none()
        mine = Q(owner=person) | Q(audience=SavedView.Audience.EVERYBODY)
        reach = person.reaches.departments(Permission.WORK_VIEW)
        shared = Q(audience=SavedView.Audience.DEPARTMENT)
        return self.filter(mine | (shared if reach is None else shared & Q(department_id__in=reach)))


class SavedView(Versioned):
    """The layout and the query string of a page of tasks, under a name, for one person or for many."""

    class Layout(models.TextChoices):
        LIST = "list", pgettext_lazy("layout", "List")
        BOARD = "board", pgettext_lazy("layout", "Board")
        QUADRANTS = "quadrants", _("Quadrants")
        SHEET = "sheet", pgettext_lazy("layout", "Sheet")
        GANTT = "gantt", _("Gantt")
        CALENDAR = "calendar", pgettext_lazy("layout", "Calendar")
        WORKLOAD = "workload", _("Workload")

    class Audience(models.TextChoices):
        OWN = "own", pgettext_lazy("audience", "Only me")
        DEPARTMENT = "department", pgettext_lazy("audience", "A department")
        EVERYBODY = "everybody", pgettext_lazy("audience", "Everybody")

    name = models.CharField(_("name"), max_length=60)
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", verbose_name=_("owner"))
    layout = models.CharField(_("layout"), max_length=10, choices=Layout.choices, default=Layout.LIST)
    # As in the address, without "?"; what has become unknown in it is left out when it is read.
    query = models.TextField(blank=True, default="")
    audience = models.CharField(_("for"), max_length=10, choices=Audience.choices, default=Audience.OWN)
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("department"),
    )
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(audience="department") | Q(department__isnull=False),
                name="saved_view_of_a_department_names_it",
            ),
            models.UniqueConstraint(fields=["owner", "name"], name="saved_view_named_once"),
        ]

    def __str__(self) -> str:
        return self.name
