"""Tasks and actions (an action is a task with a parent), their order and their labels."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import connections, models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact, In, IsNull
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.goals.models import Goal
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.models import Recyclable, RecyclableQuerySet, Versioned, binned_index, paired
from opsloop.records.subqueries import IdsOf, LookedUp
from opsloop.work.models.acceptance import Delivery
from opsloop.work.models.projects import JOINED_PROJECTS, Project
from opsloop.work.models.roles import Responsibility

# What the partial indexes below cover, and what TaskQuerySet.open() asks for.
OPEN = Q(closed_at__isnull=True, deleted_at__isnull=True)
# The first key of the order by due date; what follows is due_at and the primary key.
DUE_LAST = IsNull(F("due_at"), True)  # noqa: FBT003  (Django's signature)


class Category(models.Model):
    """What kind of work a task is (内容创作, 活动策划 …); time is summed by it."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A free label."""

    name = models.CharField(_("name"), max_length=40, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


# From this many departments on, going through the tasks in order finds a page sooner than gathering all
# that may be seen and sorting them.
BROAD = 4


class Scanned(Func):
    """A whole number as the database cannot look it up in an index: `+column`."""

    template = "+%(expressions)s"
    arity = 1


def within(column: str, ids: Collection[int]) -> Q:
    """Return the condition that `column` is one of `ids`; many of them are looked for, not looked up."""
    return Q(In(Scanned(column), list(ids))) if len(ids) >= BROAD else Q(**{f"{column}__in": ids})


class TaskQuerySet(RecyclableQuerySet):
    def visible_to(self, person: Person) -> Self:
        """Return the tasks `person` may see.

        Those of departments they see, those they own, made, asked for, help with or have a role in, and
        those of projects they own or take part in. Tasks in the bin are included: say `alive()` where they
        must not be.
        """
        reach = person.reaches.departments(Permission.WORK_VIEW)
        if not person.is_active:
            return self.none()
        if reach is None:
            return self
        return self.filter(person.remembered(("tasks", reach), lambda: _visible(person, reach)))

    def by_index(self, person: Person) -> Self:
        """Return the same tasks of a `visible_to(person)`, for counting and summing all of them.

        Says it once more in words by which PostgreSQL finds a member's few among all by their indexes, instead of
        holding every task against it: 6 ms instead of 40 for 1,800 of 100,000.
        """
        reach = person.reaches.departments(Permission.WORK_VIEW)
        if reach is None or len(reach) >= BROAD or connections[self.db].vendor != "postgresql":
            return self
        return self.filter(person.remembered(("tasks by index", reach), lambda: _by_index(person, reach)))

    def of(self, person: Person) -> Self:
        """Return the tasks that `person` owns or helps with: the part of `visible_to` that is their work."""
        if not person.is_active:
            return self.none()
        helped = Task.collaborators.through.objects.filter(person=person).values("task_id")
        # One set of ids instead of "owns or helps": PostgreSQL would test every open task for the latter.
        owned = Task.objects.filter(owner=person).order_by().values("pk")
        return self.filter(pk__in=owned.union(helped, all=True))

    def open(self) -> Self:
        """Return the tasks that still want work.

        Said by the closing time, as the partial indexes are; a constraint keeps it equal to the status.
        """
        return self.alive().filter(closed_at__isnull=True)

    def overdue(self, *, at: datetime) -> Self:
        """Return the open tasks whose due time lies before `at`."""
        return self.open().filter(due_at__lt=at)


def _joined(person: int) -> Any:
    """Return the ids of the tasks that others made and `person` helps with, asked for or has a role in."""
    helped = Task.collaborators.through.objects.filter(person=person).values("task_id")
    roles = Responsibility.objects.filter(person=person, task__isnull=False).order_by().values("task_id")
    # Mostly who asked is who made it: what remains is a handful.
    asked = Task.objects.filter(requester=person).exclude(created_by=F("requester")).order_by().values("pk")
    return helped.union(roles, asked, all=True)


JOINED_TASKS = IdsOf(_joined)


def _visible(person: Person, reach: frozenset[int]) -> Q:
    """Return the condition of `visible_to` for a person who sees the departments of `reach`."""
    helped, joined = JOINED_TASKS.of(person.pk), JOINED_PROJECTS.of(person.pk)
    # Uncorrelated subqueries: both databases work them out once, and no join multiplies the rows.
    if len(reach) < BROAD:
        seen = Q(department_id__in=reach) | Q(owner=person) | Q(created_by=person)
        return seen | Q(project_id__in=joined) | Q(pk__in=helped)
    return (
        within("department_id", reach)
        | Q(Exact(Scanned("owner_id"), person.pk))
        | Q(Exact(Scanned("created_by_id"), person.pk))
        | Q(In(Scanned("project_id"), joined))
        | Q(In(Scanned("pk"), helped))
    )


def _by_index(person: Person, reach: frozenset[int]) -> Q:
    """Return the condition of `visible_to` for a person who sees few departments, each part of it by an index."""
    helped, joined = JOINED_TASKS.of(person.pk), JOINED_PROJECTS.of(person.pk)
    mine = Q(department_id__in=reach) | Q(owner=person) | Q(created_by=person)
    return mine | Q(LookedUp(F("project_id"), joined)) | Q(LookedUp(F("pk"), helped))


class Task(Versioned, Recyclable):
    """Something one person answers for. With a parent it is an action, the smallest owned step."""

    class Status(models.TextChoices):
        TODO = "todo", _("Not started")
        DOING = "doing", _("In progress")
        BLOCKED = "blocked", _("Blocked")
        DELAYED = "delayed", _("Delayed")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    class Urgency(models.TextChoices):
        HIGH = "high", _("High")
        MEDIUM = "medium", _("Medium")
        LOW = "low", _("Low")

    class Quadrant(models.IntegerChoices):
        DO = 1, _("Important and urgent")
        SCHEDULE = 2, _("Important, not urgent")
        DELEGATE = 3, _("Urgent, not important")
        DEFER = 4, _("Neither important nor urgent")

    class OnHoliday(models.TextChoices):
        """What an occurrence of routine work does when it falls on a day off (调休 counted in)."""

        KEEP = "keep", pgettext_lazy("holiday rule", "Stays on that day")
        SKIP = "skip", pgettext_lazy("holiday rule", "Is left out")
        BEFORE = "before", pgettext_lazy("holiday rule", "Moves to the working day before")
        AFTER = "after", pgettext_lazy("holiday rule", "Moves to the working day after")

    OPEN_STATUSES = (Status.TODO, Status.DOING, Status.BLOCKED, Status.DELAYED)

    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    title = models.CharField(_("task"), max_length=200)
    description = models.TextField(_("description"), blank=True, default="")
    deliverable = models.TextField(_("deliverable standard"), blank=True, default="")
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("department"),
    )
    project = models.ForeignKey(
        Project,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="tasks",
        verbose_name=_("project"),
    )
    goal = models.ForeignKey(
        Goal, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("goal")
    )
    # Indexed below, without the tasks that have none: most, which SQLite takes to be few.
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.CASCADE,
        related_name="actions",
        verbose_name=_("part of"),
    )
    owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    collaborators = models.ManyToManyField(
        Person, blank=True, related_name="+", verbose_name=_("collaborators")
    )
    category = models.ForeignKey(
        Category,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("category"),
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="+", verbose_name=_("tags"))
    # Goal relevance 1–5 and explicit urgency; the quadrant follows unless somebody overrode it, with a reason.
    importance = models.PositiveSmallIntegerField(_("goal relevance"), default=3)
    urgency = models.CharField(_("urgency"), max_length=6, choices=Urgency.choices, default=Urgency.MEDIUM)
    quadrant_override = models.PositiveSmallIntegerField(
        _("quadrant"), choices=Quadrant.choices, null=True, blank=True
    )
    quadrant_reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.TODO)
    progress = models.PositiveSmallIntegerField(_("progress in percent"), default=0)
    estimate_minutes = models.PositiveIntegerField(_("estimate"), null=True, blank=True)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    # RFC 5545 RRULE of routine work, without "RRULE:"; closing an instance makes the next (work/routine.py).
    recurrence = models.CharField(_("repeats"), max_length=200, blank=True, default="")
    on_holiday = models.CharField(
        _("on a day off"), max_length=6, choices=OnHoliday.choices, default=OnHoliday.KEEP
    )
    # The instance of routine work that this one follows.
    previous = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    is_milestone = models.BooleanField(_("milestone"), default=False)
    # 暂缓: out of sight until this day.
    deferred_until = models.DateField(_("put off until"), null=True, blank=True)
    # Who asked for it, and whether they accept the result before it counts as done.
    requester = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("asked by")
    )
    needs_acceptance = models.BooleanField(_("is accepted by who asked"), default=False)
    # What was handed in last, since the task was opened.
    delivery = models.ForeignKey(
        Delivery, null=True, editable=False, db_index=False, on_delete=models.SET_NULL, related_name="+"
    )
    # The task that this one was merged into; it was cancelled by that.
    merged_into = models.ForeignKey(
        "self", null=True, editable=False, db_index=False, on_delete=models.SET_NULL, related_name="merged"
    )
    note = models.TextField(_("note"), blank=True, default="")
    created_by = models.ForeignKey(
        Person, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(
        Person, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            # Open work in the order it is read. Partial: most tasks of a grown database are closed.
            # Tasks without a due date come last: SQLite keeps them first in a plain index.
            models.Index(DUE_LAST, "due_at", "id", name="task_open_due_last", condition=OPEN),
            models.Index(fields=["owner", "due_at", "id"], name="task_open_owner_due", condition=OPEN),
            models.Index(
                fields=["department", "due_at", "id"], name="task_open_department_due", condition=OPEN
            ),
            models.Index(fields=["status", "due_at", "id"], name="task_open_status_due", condition=OPEN),
            models.Index(fields=["parent"], name="task_parent", condition=Q(parent__isnull=False)),
            models.Index(
                fields=["parent"], name="task_open_parent", condition=OPEN & Q(parent__isnull=False)
            ),
            models.Index(fields=["merged_into"], name="task_merged", condition=Q(merged_into__isnull=False)),
            models.Index(fields=["project", "status"], name="task_project_status"),
            models.Index(fields=["goal", "status"], name="task_goal_status"),
            models.Index(fields=["due_at", "id"], name="task_due"),
            # What was finished in a span: reviews, reports.
            models.Index(fields=["closed_at"], name="task_closed", condition=Q(closed_at__isnull=False)),
            binned_index("task_binned"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(importance__gte=1, importance__lte=5), name="task_importance_1_to_5"
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="task_progress_to_100"),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(due_at__isnull=True) | Q(due_at__gte=F("starts_at")),
                name="task_due_not_before_start",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["done", "cancelled"]) ^ Q(closed_at__isnull=True),
                name="task_closed_has_when",
            ),
            paired("task_closed_pair", "closed_at", "closed_by"),
            paired("task_deleted_pair", "deleted_at", "deleted_by"),
        ]

    if TYPE_CHECKING:
        parent_id: int | None

    def __str__(self) -> str:
        return self.title

    @property
    def is_action(self) -> bool:
        """Whether this is a step of a task."""
        return self.parent_id is not None

    @property
    def is_open(self) -> bool:
        """Whether the task still wants work."""
        return self.status in self.OPEN_STATUSES

    def is_overdue(self, at: datetime) -> bool:
        """Whether the task should have been done before `at`."""
        return self.is_open and self.due_at is not None and self.due_at < at


class Dependency(models.Model):
    """`successor` starts after `predecessor` has ended (finish–start), plus a lag in working minutes."""

    predecessor = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="successor_links")
    successor = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="predecessor_links")
    lag_minutes = models.PositiveIntegerField(_("lag"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="dependency_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="dependency_not_on_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"
