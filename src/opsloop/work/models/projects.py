"""A project: tasks with a common end, a stage and milestones."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.goals.models import Goal
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.models import Recyclable, RecyclableQuerySet, Versioned, binned_index, paired
from opsloop.records.subqueries import IdsOf
from opsloop.work.models.roles import Responsibility


class ProjectQuerySet(RecyclableQuerySet):
    def visible_to(self, person: Person) -> Self:
        """Return the projects `person` may see: of departments they see, own, and those they take part in."""
        reach = person.reaches.departments(Permission.WORK_VIEW)
        if not person.is_active:
            return self.none()
        if reach is None:
            return self

        def seen() -> Q:
            joined = JOINED_PROJECTS.of(person.pk)
            return Q(department_id__in=reach) | Q(created_by=person) | Q(pk__in=joined)

        return self.filter(person.remembered(("projects", reach), seen))

    def taken_part_in(self, person: Person | int) -> Self:
        """Return the projects that `person` (or who has this key) owns, is a member of or has a role in."""
        member = Project.members.through.objects.filter(person=person).values("project_id")
        roles = Responsibility.objects.filter(person=person, project__isnull=False).order_by()
        return self.filter(Q(owner=person) | Q(pk__in=member.union(roles.values("project_id"), all=True)))


JOINED_PROJECTS = IdsOf(lambda person: Project.objects.taken_part_in(person).values("pk"))


class Project(Versioned, Recyclable):
    """A piece of work with an end, made of tasks, perhaps across departments."""

    class Status(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("project", "Planned")
        ACTIVE = "active", _("In progress")
        PAUSED = "paused", _("Paused")
        CLOSED = "closed", _("Closed")

    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    name = models.CharField(_("project"), max_length=120)
    description = models.TextField(_("description"), blank=True, default="")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", verbose_name=_("department")
    )
    owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    members = models.ManyToManyField(Person, blank=True, related_name="+", verbose_name=_("takes part"))
    goal = models.ForeignKey(
        Goal, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("goal")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    starts_on = models.DateField(_("starts"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    created_by = models.ForeignKey(
        Person, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [binned_index("project_binned")]
        constraints = [paired("project_deleted_pair", "deleted_at", "deleted_by")]

    def __str__(self) -> str:
        return self.name
