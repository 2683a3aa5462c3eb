"""The organisation itself and its department tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsloop.records.models import Versioned

if TYPE_CHECKING:
    from opsloop.organisation.models.people import Person


class Organisation(Versioned):
    """The one organisation of an installation: name, mode and defaults."""

    class Mode(models.TextChoices):
        STARTUP = "startup", _("Start-up")
        GROWTH = "growth", _("Growing")
        MATURE = "mature", _("Mature")

    class HoursStep(models.IntegerChoices):
        NONE = 0, _("Not rounded")
        FIVE = 5, _("5 minutes")
        SIX = 6, _("6 minutes (a tenth of an hour)")
        QUARTER = 15, _("15 minutes")

    name = models.CharField(_("name"), max_length=100)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, default=Mode.GROWTH)
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Shanghai")
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    # Share added to an estimate when a task is planned, in percent (blueprint §2.3: 10–20).
    reserve_percent = models.PositiveSmallIntegerField(_("reserve in percent"), default=15)
    set_up_at = models.DateTimeField(null=True, editable=False)
    # Whether a lead approves the hours of a week, which then are locked (docs/adr/0018).
    hours_approval = models.BooleanField(_("leads approve the hours of a week"), default=False)
    # In reports, entry by entry; the rows stay as they are. 0: not rounded.
    hours_step = models.PositiveSmallIntegerField(
        _("round hours to"), choices=HoursStep.choices, default=HoursStep.NONE
    )
    hours_round_up = models.BooleanField(_("always round up"), default=False)
    # The sample department of `opsloop demo`, shown with a banner and removable in one click.
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="organisation_is_one")]

    def __str__(self) -> str:
        return self.name


class DepartmentQuerySet(models.QuerySet["Department"]):
    def visible_to(self, person: Person) -> Self:
        """Return the departments that `person` may know of: all, for people of the organisation.

        The tree itself is no secret (people are looked up by department); the work inside it is.
        """
        return self.all() if person.is_active else self.none()

    def below(self, paths: list[str]) -> Self:
        """Return the departments at and below `paths`."""
        query = Q(pk__in=[])
        for path in paths:
            query |= Q(path__startswith=path)
        return self.filter(query)


class Department(Versioned):
    """A node of the department tree. `path` ("/1/4/") makes a subtree one prefix."""

    name = models.CharField(_("name"), max_length=60)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("belongs to"),
    )
    path = models.CharField(max_length=200, db_index=True, editable=False, default="")
    position = models.PositiveIntegerField(default=0)
    # Planned number of people; what is missing to it are the vacancies.
    headcount = models.PositiveSmallIntegerField(_("planned people"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="department_name_once_a_parent")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """How many departments stand above this one."""
        return max(0, self.path.count("/") - 2)

    @property
    def ancestor_ids(self) -> list[int]:
        """The ids of the departments above this one, the top first."""
        return [int(part) for part in self.path.split("/") if part][:-1]
