"""When people work: holidays and make-up days, typed blocks of a day, leave."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models.people import Person
from opsloop.organisation.models.structure import Department
from opsloop.organisation.roles import Permission
from opsloop.records.models import Versioned


class CalendarDay(Versioned):
    """A day on which the organisation differs from the library's calendar (yearly notice, own days off)."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("Day off")
        MAKEUP = "makeup", _("Make-up working day")
        WORKDAY = "workday", _("Ordinary working day")
        WEEKEND = "weekend", _("Ordinary weekend")

    day = models.DateField(_("date"), unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=60, blank=True, default="")

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"


class CalendarNotice(models.Model):
    """The yearly notice of a year that was accepted as a whole: nothing is guessed for that year any more."""

    year = models.PositiveSmallIntegerField(unique=True)
    text = models.TextField()
    accepted_at = models.DateTimeField()
    accepted_by_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)


class BlockTemplateQuerySet(models.QuerySet["BlockTemplate"]):
    def visible_to(self, person: Person) -> Self:
        """Return the templates `person` may see: own, the organisation's, those of departments they see."""
        reach = person.reaches.departments(Permission.WORK_VIEW)
        mine = Q(person=person) | Q(person__isnull=True, department__isnull=True)
        if reach is None:
            return self.all()
        return self.filter(mine | Q(department_id__in=reach) | Q(person__department_id__in=reach))

    def usual(self) -> Self:
        """Return the templates of ordinary weeks, not the exceptions of single days."""
        return self.filter(day__isnull=True)


class BlockTemplate(Versioned):
    """The typed blocks of a week: the organisation's, a department's or one person's; the nearest counts.

    With a `day`, an exception: what counts for its person or department on that day instead.
    """

    name = models.CharField(_("name"), max_length=60)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(_("date"), null=True, blank=True)

    objects = BlockTemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(department__isnull=True) | Q(person__isnull=True),
                name="block_template_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(day__isnull=True) | Q(department__isnull=False) | Q(person__isnull=False),
                name="block_exception_has_an_owner",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(day__isnull=True), name="block_template_once_a_person"
            ),
            models.UniqueConstraint(
                fields=["department"], condition=Q(day__isnull=True), name="block_template_once_a_department"
            ),
            models.UniqueConstraint(fields=["person", "day"], name="block_exception_once_a_person"),
            models.UniqueConstraint(fields=["department", "day"], name="block_exception_once_a_department"),
        ]

    def __str__(self) -> str:
        return self.name


class BlockRule(models.Model):
    """One block of a template: a kind, a span of the day, and the weekdays it stands on."""

    class Kind(models.TextChoices):
        FOCUS = "focus", _("Focus")
        FRAGMENT = "fragment", _("Fragments")
        BUFFER = "buffer", _("Buffer")
        LUNCH = "lunch", _("Lunch")
        # Kept free for backlog and surprises: whole days, or a part of each.
        FLEX = "flex", _("Flexible")

    template = models.ForeignKey(BlockTemplate, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    start = models.TimeField(_("from"))
    end = models.TimeField(_("to"))
    # Bit 0 is Monday. Make-up days use the rules of Monday to Friday by the day they replace.
    weekdays = models.PositiveSmallIntegerField(_("weekdays"), default=0b0011111)

    class Meta:
        ordering = ["start", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="block_rule_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(weekdays__gte=1, weekdays__lte=127), name="block_rule_weekdays"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.start}–{self.end}"


class LeaveQuerySet(models.QuerySet["Leave"]):
    def visible_to(self, person: Person) -> Self:
        """Return the leave `person` may see: own, and that of the departments whose work they see."""
        reach = person.reaches.departments(Permission.WORK_VIEW)
        return (
            self.all()
            if reach is None
            else self.filter(Q(person=person) | Q(person__department_id__in=reach))
        )


class Leave(Versioned):
    """A span in which a person does not work, half-open [starts_at, ends_at)."""

    class Kind(models.TextChoices):
        ANNUAL = "annual", _("Annual leave")
        SICK = "sick", _("Sick leave")
        PERSONAL = "personal", _("Personal leave")
        TRIP = "trip", _("Business trip")
        OTHER = "other", _("Other")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="leave")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.ANNUAL)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    note = models.CharField(_("note"), max_length=200, blank=True, default="")

    objects = LeaveQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="leave_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.starts_at:%Y-%m-%d}"
