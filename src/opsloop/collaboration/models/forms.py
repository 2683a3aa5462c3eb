"""What a department wants to know before it works for another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.organisation.models import Department, Person
from opsloop.records.models import Versioned


class FormQuerySet(models.QuerySet["RequestForm"]):
    def visible_to(self, person: Person) -> Self:
        """Return every form: whoever works here may ask any department."""
        return self if person.is_active else self.none()

    def current(self) -> Self:
        """Return the forms that are offered."""
        return self.filter(removed_at__isnull=True)


class RequestForm(Versioned):
    """A form by which a department is asked for one kind of work, and who gets what comes in by it."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    guide = models.TextField(_("what to know before asking"), max_length=2000, blank=True, default="")
    # What the request begins with; who asks may change it.
    standard = models.TextField(_("deliverable standard"), max_length=2000, blank=True, default="")
    # The shortest time the department needs, in working days: an earlier date is pointed out while typing.
    lead_days = models.PositiveSmallIntegerField(_("working days needed"), default=0)
    # Who gets it unless a route says otherwise; nobody: the intake queue of the department.
    handler = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("goes to"),
    )  # fmt: skip
    # [{"field": key, "value": choice, "handler": person id}, …], the first that fits.
    routes = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = FormQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "name"],
                condition=Q(removed_at__isnull=True),
                name="request_form_name_once",
            ),
            models.CheckConstraint(condition=Q(lead_days__lte=60), name="request_form_lead_days"),
        ]

    if TYPE_CHECKING:
        department_id: int
        handler_id: int | None

    def __str__(self) -> str:
        return self.name


class FormField(models.Model):
    """One question of a form. Reached and changed through its form."""

    class Kind(models.TextChoices):
        LINE = "line", pgettext_lazy("form field", "A line of text")
        TEXT = "text", pgettext_lazy("form field", "A longer text")
        NUMBER = "number", pgettext_lazy("form field", "Number")
        DATE = "date", pgettext_lazy("form field", "Date")
        CHOICE = "choice", pgettext_lazy("form field", "One of a list")
        MANY = "many", pgettext_lazy("form field", "Several of a list")
        CHECK = "check", pgettext_lazy("form field", "Yes or no")
        LINK = "link", pgettext_lazy("form field", "Link")

    form = models.ForeignKey(RequestForm, on_delete=models.CASCADE, related_name="fields")
    # Stays when the label is changed: routes name it.
    key = models.CharField(max_length=20)
    label = models.CharField(_("question"), max_length=60)
    help = models.CharField(_("explanation"), max_length=200, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.LINE)
    options = models.JSONField(_("choices"), default=list, blank=True)
    required = models.BooleanField(_("must be filled in"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["form", "key"], name="request_form_field_once")]

    def __str__(self) -> str:
        return self.label
