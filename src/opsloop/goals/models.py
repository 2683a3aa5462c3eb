"""A goal aligned to the one above it, the key results that measure it, and the check-ins that say where they stand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.engines import attainment
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.models import Recyclable, RecyclableQuerySet, Versioned, binned_index, paired


def plain(value: Decimal) -> str:
    """Write a measured value without idle zeros: 85.00 → 85."""
    return f"{Decimal(value).normalize():f}"


class Module(Versioned):
    """A field of work (内容, 投放, 会员 …) that departments claim with their goals: a column of the scope map."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class GoalQuerySet(RecyclableQuerySet):
    def visible_to(self, person: Person) -> Self:
        """Return the goals `person` may see: own, of departments they see, and of those above (alignment)."""
        reach = person.reaches.departments(Permission.WORK_VIEW)
        if not person.is_active:
            return self.none()
        if reach is None:
            return self
        seen = Q(department_id__in=reach | person.reaches.above) | Q(department__isnull=True)
        return self.filter(seen | Q(owner=person) | Q(created_by=person))


class Goal(Versioned, Recyclable):
    """A result the organisation, a department or a person wants by a date, with its measures."""

    class Horizon(models.TextChoices):
        LONG = "long", _("Long term (year)")
        MID = "mid", _("Mid term (quarter)")
        SHORT = "short", _("Short term (month or week)")

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("goal", "Active")
        ACHIEVED = "achieved", pgettext_lazy("goal", "Achieved")
        MISSED = "missed", pgettext_lazy("goal", "Missed")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    title = models.CharField(_("goal"), max_length=200)
    description = models.TextField(_("description"), blank=True, default="")
    horizon = models.CharField(_("horizon"), max_length=5, choices=Horizon.choices, default=Horizon.MID)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    # No department: a goal of the whole organisation.
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("department"),
    )
    owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="children",
        verbose_name=_("aligned to"),
    )
    module = models.ForeignKey(
        Module,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("work module"),
    )
    # The goal of the period before that this one carries on.
    previous = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    starts_on = models.DateField(_("starts"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    # Said when the goal is closed: what made it or stood in its way.
    closing_note = models.TextField(_("closing note"), blank=True, default="")
    created_by = models.ForeignKey(
        Person, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(
        Person, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["department", "status"], name="goal_department_status"),
            binned_index("goal_binned"),
        ]
        constraints = [
            paired("goal_closed_pair", "closed_at", "closed_by"),
            paired("goal_deleted_pair", "deleted_at", "deleted_by"),
        ]

    def __str__(self) -> str:
        return self.title

    def attainment(self) -> Decimal | None:
        """Return the mean attainment of the key results in percent, or None without any."""
        return attainment.mean(result.attainment() for result in self.key_results.all())

    @property
    def is_active(self) -> bool:
        """Whether the goal is still pursued."""
        return self.status == self.Status.ACTIVE

    @property
    def begins_on(self) -> date:
        """The day from which an even pace is counted: its start, else the day it was set."""
        return self.starts_on or self.created_at.date()

    def is_late(self, today: date) -> bool:
        """Whether the goal should have been reached before `today`."""
        return self.is_active and self.due_on is not None and self.due_on < today


class Confidence(models.TextChoices):
    """How sure its owner is that a key result will be reached."""

    SURE = "sure", _("Confident")
    RISK = "risk", _("At risk")
    UNLIKELY = "unlikely", _("Hardly reachable")


class KeyResult(Versioned):
    """One measure of a goal: from a value, to a value, in a unit, and where it stands."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="key_results")
    name = models.CharField(_("measure"), max_length=100)
    unit = models.CharField(_("unit"), max_length=20, blank=True, default="")
    from_value = models.DecimalField(
        pgettext_lazy("key result", "from"), max_digits=16, decimal_places=2, default=Decimal(0)
    )
    to_value = models.DecimalField(pgettext_lazy("key result", "to"), max_digits=16, decimal_places=2)
    current_value = models.DecimalField(_("now"), max_digits=16, decimal_places=2)
    position = models.PositiveIntegerField(default=0)
    # What the last check-in said, so that a tree of goals need not read them all.
    confidence = models.CharField(
        _("confidence"), max_length=10, choices=Confidence.choices, blank=True, default=""
    )
    checked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(to_value=models.F("from_value")), name="key_result_moves")
        ]

    def __str__(self) -> str:
        return self.name

    def attainment(self) -> Decimal:
        """Return how much of the way is done, in percent, not below 0 (it may pass 100)."""
        return attainment.attained(self.from_value, self.to_value, self.current_value)

    def attained(self) -> int:
        """Return the attainment as a whole percentage."""
        return int(self.attainment())

    @property
    def moved_text(self) -> str:
        """How far it came of how far it is to come: 3 / 5 分 for 85 → 90 at 88."""
        done, way = attainment.moved(self.from_value, self.to_value, self.current_value)
        return f"{plain(done)} / {plain(way)} {self.unit}".strip()

    def is_stale(self, at: datetime) -> bool:
        """Whether nobody has said for too long where it stands; asked for an active goal."""
        since = self.checked_at or self.goal.created_at
        return at - since > timedelta(days=settings.OPSLOOP_STALE_CHECK_IN_DAYS)

    @property
    def current_text(self) -> str:
        """Where it stands, with its unit."""
        return f"{plain(self.current_value)} {self.unit}".strip()

    @property
    def from_text(self) -> str:
        """Where it started, with its unit."""
        return f"{plain(self.from_value)} {self.unit}".strip()

    @property
    def to_text(self) -> str:
        """The target, with its unit."""
        return f"{plain(self.to_value)} {self.unit}".strip()

    def as_json(self) -> dict[str, Any]:
        """Return the values as the history stores them."""
        return {
            "name": self.name, "unit": self.unit, "from": plain(self.from_value),
            "to": plain(self.to_value), "current": plain(self.current_value),
        }  # fmt: skip


class CheckIn(models.Model):
    """Where a key result stood on a day, how sure its owner was, and why."""

    key_result = models.ForeignKey(KeyResult, on_delete=models.CASCADE, related_name="check_ins")
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=2)
    confidence = models.CharField(
        _("confidence"), max_length=10, choices=Confidence.choices, blank=True, default=""
    )
    note = models.TextField(_("note"), blank=True, default="")
    by = models.ForeignKey(Person, null=True, editable=False, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["key_result", "at"], name="check_in_result_at")]

    def __str__(self) -> str:
        return f"{plain(self.value)} {self.key_result.unit}".strip()
