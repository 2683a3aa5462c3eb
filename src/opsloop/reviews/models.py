"""Reviews of a month or a quarter: the judgement of a person or of a department, its causes and its measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.engines.reviewing import Period
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.lifecycles import Lifecycle
from opsloop.records.models import Versioned
from opsloop.work.models import Task

REVIEW_LIFECYCLE = Lifecycle(
    "Review",
    start="draft",
    moves={
        "draft": {"submitted": "its writer hands it in; the figures are kept as they are"},
        "submitted": {"draft": "its writer takes it back; the figures follow the record again"},
    },
)


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, person: Person) -> Self:
        """Return the reviews `person` may see: own ones, those of departments they lead, and handed in ones of others.

        The last of people they lead; and of everybody, for who sees the work of the whole organisation. What somebody
        is still writing is theirs alone. The members of a department do not see its review: it tells of departments
        below, into which they may not look.
        """
        if not person.is_active:
            return self.none()
        leads = person.reaches.departments(Permission.PLAN_TEAM)
        sees_all = person.reaches.departments(Permission.WORK_VIEW) is None
        is_own, handed_in = Q(person=person, department__isnull=True), Q(state=Review.State.SUBMITTED)
        if sees_all:
            led = Q(department__isnull=False) if leads is None else Q(department_id__in=leads)
            return self.filter(is_own | led | handed_in)
        of_people = handed_in & Q(department__isnull=True, person__department_id__in=leads or ())
        return self.filter(is_own | Q(department_id__in=leads or ()) | of_people)

    def alive(self) -> Self:
        """Return all of them: a review is taken back, never deleted. The inbox asks every kind of record."""
        return self.all()


class Review(Versioned):
    """A look back on a month or quarter: facts come from the record, the sentences are a person's."""

    class Kind(models.TextChoices):
        MONTH = "month", pgettext_lazy("review", "Month")
        QUARTER = "quarter", pgettext_lazy("review", "Quarter")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("review", "Being written")
        SUBMITTED = "submitted", pgettext_lazy("review", "Handed in")

    # Whose it is; of a department's review, who wrote to it last.
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    # Set: the review of a department with all below it.
    department = models.ForeignKey(Department, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    starts_on = models.DateField(_("first day"))
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    # 未完成原因, 跨部门协作问题, 改进措施, 下月重点.
    unmet = models.TextField(_("Why something was not reached"), blank=True, default="")
    collaboration = models.TextField(_("Trouble between departments"), blank=True, default="")
    improvements = models.TextField(_("What is done better from now on"), blank=True, default="")
    focus = models.TextField(_("What comes first next"), blank=True, default="")
    # The figures as they stood when it was handed in; {} before. Shapes: queries/facts.py.
    facts = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "starts_on"],
                condition=Q(department__isnull=True),
                name="review_of_person_once",
            ),
            models.UniqueConstraint(
                fields=["department", "kind", "starts_on"],
                condition=Q(department__isnull=False),
                name="review_of_department_once",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") ^ Q(submitted_at__isnull=False), name="review_submitted_has_when"
            ),
        ]

    # Shown where a record has its number; nobody quotes a review by one.
    number = ""

    if TYPE_CHECKING:
        person_id: int
        department_id: int | None

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period.name}"

    @property
    def period(self) -> Period:
        """What it looks back on."""
        return Period("quarter" if self.kind == self.Kind.QUARTER else "month", self.starts_on)

    @property
    def is_submitted(self) -> bool:
        """Whether it was handed in; it then changes only after it was taken back."""
        return self.state == self.State.SUBMITTED


TEXTS = ("unmet", "collaboration", "improvements", "focus")


class Cause(models.Model):
    """One answer to "why?": what went wrong, or, below a cause, what lies behind it (5 whys, with branches)."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="causes")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="deeper")
    text = models.CharField(_("cause"), max_length=200)
    # What it began with, where that was a task.
    task = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    if TYPE_CHECKING:
        parent_id: int | None
        task_id: int | None

    def __str__(self) -> str:
        return self.text


class Measure(models.Model):
    """A task that a review made: what is done about what was found, by whom and by when."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="measures")
    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="+")
    # The cause it goes against, where one was named.
    cause = models.ForeignKey(Cause, null=True, on_delete=models.SET_NULL, related_name="measures")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.task)
