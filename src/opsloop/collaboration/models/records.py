"""What two or more departments agreed when they talked: 协作沟通记录."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsloop.collaboration.models.requests import CollaborationRequest
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.models import Recyclable, RecyclableQuerySet, Versioned, binned_index, paired
from opsloop.work.models import Task


class RecordQuerySet(RecyclableQuerySet):
    def visible_to(self, person: Person) -> Self:
        """Return the records of talks in which `person` or a department they see took part."""
        return self.filter(person.remembered("communication_records", lambda: _seen_by(person)))


def _seen_by(person: Person) -> Q:
    if not person.is_active:
        return Q(pk__in=[])
    reach = person.reaches.departments(Permission.WORK_VIEW)
    if reach is None:
        return ~Q(pk__in=[])
    others = CommunicationRecord.to_departments.through.objects.filter(department__in=reach)
    named = Q(author=person.pk) | Q(lead=person.pk) | Q(follower=person.pk)
    return named | Q(from_department__in=reach) | Q(pk__in=others.values("communicationrecord"))


class CommunicationRecord(Versioned, Recyclable):
    """One talk between departments: what it was about, what was resolved, who follows it up by when."""

    number = models.CharField(max_length=30, unique=True, editable=False)
    matter = models.CharField(_("matter"), max_length=200)
    from_department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", verbose_name=_("began by department")
    )
    to_departments = models.ManyToManyField(
        Department, related_name="+", verbose_name=_("departments involved")
    )
    # 总负责人: who answers for the matter as a whole.
    lead = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("answers for it")
    )
    talked_at = models.DateTimeField(_("talked at"))
    # "" while it is still owed: the talk is on record, what came of it is not.
    resolution = models.TextField(_("resolution"), max_length=6000, blank=True, default="")
    follower = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("follows it up"),
    )  # fmt: skip
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    outcome = models.TextField(_("actually done"), max_length=3000, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)
    # By when the resolution is to be filled in, and whether that was asked for already.
    fill_due_at = models.DateTimeField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)

    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(editable=False)
    # The request it is about, and the task that its follow-up became.
    request = models.ForeignKey(
        CollaborationRequest, null=True, blank=True, on_delete=models.SET_NULL, related_name="records"
    )
    task = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["-talked_at", "-pk"]
        indexes = [
            binned_index("communication_binned"),
            models.Index(fields=["from_department", "-talked_at"], name="communication_department"),
            models.Index(
                fields=["fill_due_at"], name="communication_owed", condition=Q(fill_due_at__isnull=False)
            ),
        ]
        constraints = [
            paired("communication_deleted_pair", "deleted_at", "deleted_by"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | ~Q(outcome=""), name="communication_done_says_what"
            ),
            models.CheckConstraint(
                condition=Q(fill_due_at__isnull=True) | Q(resolution=""), name="communication_owed_or_told"
            ),
        ]

    if TYPE_CHECKING:
        author_id: int | None
        lead_id: int | None
        follower_id: int | None
        from_department_id: int
        request_id: int | None

    def __str__(self) -> str:
        return self.matter
