"""Templates of projects and tasks: an outline of steps with roles, and the key nodes of a project."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.models import Recyclable, RecyclableQuerySet, Versioned, binned_index, paired
from opsloop.work.models import Task


class PlaybookQuerySet(RecyclableQuerySet):
    def visible_to(self, person: Person) -> Self:
        """Return the templates `person` may see: own, shared with everybody, or with a department of theirs."""
        if not person.is_active:
            return self.none()
        reach = person.reaches.departments(Permission.WORK_VIEW)
        mine = Q(created_by=person) | Q(sharing=Playbook.Sharing.EVERYBODY)
        if reach is None:
            return self.filter(mine | Q(sharing=Playbook.Sharing.DEPARTMENT))
        near = reach | person.reaches.above | ({person.department_id} if person.department_id else set())
        return self.filter(mine | Q(sharing=Playbook.Sharing.DEPARTMENT, department_id__in=near))


class Playbook(Versioned, Recyclable):
    """A template. Its parts are replaced with it as a whole."""

    class Kind(models.TextChoices):
        PROJECT = "project", pgettext_lazy("template", "Project")
        TASK = "task", pgettext_lazy("template", "Task")

    class Sharing(models.TextChoices):
        PRIVATE = "private", _("Only me")
        DEPARTMENT = "department", _("The department")
        EVERYBODY = "everybody", _("Everybody")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.PROJECT)
    name = models.CharField(_("template"), max_length=120)
    description = models.TextField(_("what it is for"), blank=True, default="")
    sharing = models.CharField(
        _("who may use it"), max_length=10, choices=Sharing.choices, default=Sharing.DEPARTMENT
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("department")
    )  # fmt: skip
    # The name of the file that this template came from (suggestions/), "" for one of your own.
    suggestion = models.CharField(max_length=40, blank=True, default="", editable=False)
    created_by = models.ForeignKey(
        Person, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    archived_by = models.ForeignKey(
        Person, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    objects = PlaybookQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name", "pk"]
        indexes = [binned_index("playbook_binned")]
        constraints = [
            paired("playbook_archived_pair", "archived_at", "archived_by"),
            paired("playbook_deleted_pair", "deleted_at", "deleted_by"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_project(self) -> bool:
        """Whether it makes a project, not a task alone."""
        return self.kind == self.Kind.PROJECT


class PlaybookRole(models.Model):
    """Somebody the template needs (主负责人, 设计, 审核): a person is put in when it is started."""

    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="roles")
    name = models.CharField(_("role"), max_length=40)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["playbook", "name"], name="playbook_role_once")]

    def __str__(self) -> str:
        return self.name


class PlaybookStep(models.Model):
    """A line of the outline; see engines/playbook.py for what its days mean."""

    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(_("step"), max_length=200)
    deliverable = models.TextField(_("deliverable standard"), blank=True, default="")
    role = models.ForeignKey(PlaybookRole, null=True, on_delete=models.SET_NULL, related_name="+")
    offset_days = models.PositiveSmallIntegerField(default=0)
    duration_days = models.PositiveSmallIntegerField(default=1)
    from_due = models.BooleanField(default=False)
    estimate_minutes = models.PositiveIntegerField(_("estimate"), null=True)
    importance = models.PositiveSmallIntegerField(_("goal relevance"), default=3)
    urgency = models.CharField(
        _("urgency"), max_length=6, choices=Task.Urgency.choices, default=Task.Urgency.MEDIUM
    )
    # By name: a template travels to departments that have not made them yet.
    category = models.CharField(_("category"), max_length=40, blank=True, default="")
    tags = models.JSONField(_("tags"), default=list)
    checklist = models.JSONField(_("checklist"), default=list)
    # Positions of the steps it waits for.
    after = models.JSONField(default=list)
    is_milestone = models.BooleanField(_("milestone"), default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["playbook", "position"], name="playbook_step_place_once"),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=3), name="playbook_step_level_1_to_3"
            ),
            models.CheckConstraint(condition=Q(duration_days__gte=1), name="playbook_step_takes_a_day"),
        ]

    def __str__(self) -> str:
        return self.title


class PlaybookNode(models.Model):
    """A key node that a project from this template gets."""

    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="nodes")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("key node"), max_length=120)
    output = models.CharField(_("output"), max_length=200, blank=True, default="")
    role = models.ForeignKey(PlaybookRole, null=True, on_delete=models.SET_NULL, related_name="+")
    limit_hours = models.PositiveSmallIntegerField(default=24)
    offset_days = models.PositiveSmallIntegerField(default=0)
    follows = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title


class PlaybookStartQuerySet(models.QuerySet["PlaybookStart"]):
    def visible_to(self, person: Person) -> Self:
        """Return what `person` started: whom they chose is offered to them again, and to nobody else."""
        return self.filter(person=person)


class PlaybookStart(models.Model):
    """Somebody started a template: who got which role is remembered for the next time."""

    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    started_at = models.DateTimeField()
    # Name of the role -> key of the person.
    people = models.JSONField(default=dict)

    objects = PlaybookStartQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "playbook", "-id"], name="playbook_start_last")]

    def __str__(self) -> str:
        return f"{self.playbook} {self.started_at:%Y-%m-%d}"
