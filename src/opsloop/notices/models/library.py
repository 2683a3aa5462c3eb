"""What is used again: texts of notices, and groups of recipients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsloop.notices.models.notices import Importance
from opsloop.organisation.models import Person
from opsloop.records.models import Versioned


class SharedQuerySet(models.QuerySet["models.Model"]):
    def visible_to(self, person: Person) -> Self:
        """Return one's own, and what others share with everybody who writes notices."""
        return self.filter(Q(owner=person) | Q(is_shared=True)) if person.is_active else self.none()


class NoticeTemplate(Versioned):
    """The text of a notice to begin with. The library beside it (notices/suggestions) is in no table."""

    name = models.CharField(_("name"), max_length=60)
    owner = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    is_shared = models.BooleanField(_("for everybody who writes notices"), default=False)
    importance = models.CharField(
        _("importance"), max_length=10, choices=Importance.choices, default=Importance.NORMAL
    )
    title = models.CharField(_("title"), max_length=120, blank=True, default="")
    cause = models.TextField(max_length=3000, blank=True, default="")
    demands = models.TextField(max_length=6000, blank=True, default="")
    timing = models.TextField(max_length=1000, blank=True, default="")
    created_at = models.DateTimeField()

    objects = SharedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    if TYPE_CHECKING:
        owner_id: int | None

    def __str__(self) -> str:
        return self.name


class RecipientGroup(Versioned):
    """People who are written to together, across departments: fire wardens, who runs the shift rota."""

    name = models.CharField(_("name"), max_length=60)
    owner = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    is_shared = models.BooleanField(_("for everybody who writes notices"), default=True)
    members = models.ManyToManyField(Person, related_name="+", verbose_name=_("members"))
    created_at = models.DateTimeField()

    objects = SharedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    if TYPE_CHECKING:
        owner_id: int | None

    def __str__(self) -> str:
        return self.name
