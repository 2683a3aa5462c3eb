"""A request to another department: what is asked, by when, what was answered, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.lifecycles import Lifecycle
from opsloop.records.models import Versioned, paired
from opsloop.work.models import Task

REQUEST_LIFECYCLE = Lifecycle(
    "CollaborationRequest",
    start="draft",
    moves={
        "draft": {"asked": "its author sends it"},
        "asked": {
            "accepted": "the other department accepts it",
            "countered": "the other department offers another date or scope",
            "declined": "the other department declines with a reason",
            "withdrawn": "who asked withdraws it",
            "escalated": "nobody answers in time",
        },
        "countered": {
            "accepted": "who asked agrees to the offer, or holds to what was agreed before",
            "asked": "who asked insists, or asks for something between",
            "withdrawn": "who asked withdraws it",
            "escalated": "the two cannot agree",
        },
        "accepted": {
            "delivered": "what was asked is handed over",
            "countered": "another date or scope is offered before it is late",
            "escalated": "it cannot be delivered on time",
            "withdrawn": "who asked needs it no more",
        },
        "delivered": {
            "done": "who asked accepts it against the standard",
            "accepted": "who asked returns it with a reason",
        },
        "declined": {"escalated": "who asked takes it to the common superior"},
        "escalated": {
            "asked": "the superior lets the department answer again",
            "accepted": "the superior decides that it is done, perhaps by another date",
            "ended": "the superior decides that it is not done",
        },
    },
)
# Whose turn it is: the doing department's, the asking one's, or the superior's.
OPEN_STATES = ("asked", "countered", "accepted", "delivered", "escalated")


class RequestQuerySet(models.QuerySet["CollaborationRequest"]):
    def visible_to(self, person: Person) -> Self:
        """Return the requests `person` wrote, does, answers for or decides, and those of departments they see.

        A draft is its author's alone.
        """
        return self.filter(person.remembered("collaboration_requests", lambda: _seen_by(person)))

    def alive(self) -> Self:
        """Return every request: what was withdrawn stays readable, and a draft is its author's alone."""
        return self

    def open(self) -> Self:
        """Return the requests that somebody still owes something."""
        return self.filter(state__in=OPEN_STATES)


def _seen_by(person: Person) -> Q:
    if not person.is_active:
        return Q(pk__in=[])
    named = Q(author=person.pk) | (
        ~Q(state="draft") & (Q(contact=person.pk) | Q(handler=person.pk) | Q(escalated_to=person.pk))
    )
    reach = person.reaches.departments(Permission.WORK_VIEW)
    if reach is None:
        return named | ~Q(state="draft")
    return named | (~Q(state="draft") & (Q(from_department__in=reach) | Q(to_department__in=reach)))


class CollaborationRequest(Versioned):
    """What one department asks of another. The terms as they stand; `Step` keeps how they came about."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("request", "Draft")
        ASKED = "asked", pgettext_lazy("request", "Waits for an answer")
        COUNTERED = "countered", pgettext_lazy("request", "Counter-offer")
        ACCEPTED = "accepted", pgettext_lazy("request", "Being done")
        DELIVERED = "delivered", pgettext_lazy("request", "Waits for acceptance")
        ESCALATED = "escalated", pgettext_lazy("request", "With the superior")
        DONE = "done", pgettext_lazy("request", "Done")
        DECLINED = "declined", pgettext_lazy("request", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn")
        ENDED = "ended", pgettext_lazy("request", "Ended by the superior")

    # Given out when it is sent: a draft that is discarded leaves no gap.
    number = models.CharField(max_length=30, blank=True, default="")
    title = models.CharField(_("matter"), max_length=120, blank=True, default="")
    background = models.TextField(_("background"), max_length=3000, blank=True, default="")
    asked = models.TextField(_("what is asked"), max_length=6000, blank=True, default="")
    standard = models.TextField(_("deliverable standard"), max_length=2000, blank=True, default="")
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    # What the form of the other department asked for: [[label, value], …] as it was filled in.
    answers = models.JSONField(default=list, blank=True)
    form = models.ForeignKey(
        "collaboration.RequestForm", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("contact")
    )
    from_department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("asking department"),
    )  # fmt: skip
    to_department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("department asked"),
    )  # fmt: skip
    # Who does it on the other side; routing may name them before anybody answers.
    handler = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("handler")
    )
    # The linked tasks of the two sides, with one clock.
    asking_task = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="+")
    doing_task = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="+")

    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    # By when an answer is owed, in working time; and when the first answer came.
    answer_due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    # What the other side offers instead, while `state` is countered.
    offered_due_at = models.DateTimeField(null=True)
    offered_scope = models.TextField(blank=True, default="")
    # The first date that was agreed upon: on time is measured against it and against later agreed ones.
    agreed_due_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    delivery_note = models.TextField(blank=True, default="")
    delivery_link = models.CharField(max_length=500, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    escalated_at = models.DateTimeField(null=True)
    escalated_to = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    escalated_why = models.TextField(blank=True, default="")
    # The two sides tell each other how it goes every so many working days; 0: not at all.
    sync_days = models.PositiveSmallIntegerField(_("told of progress every"), default=1)
    synced_at = models.DateTimeField(null=True)
    next_sync_at = models.DateTimeField(null=True)
    # Since when it waits for whom it waits for; the clock of the turn counts from here.
    turn_at = models.DateTimeField(null=True)
    # The next moment at which the clock has something to do: remind, tell the head, escalate.
    next_step_at = models.DateTimeField(null=True)
    steps_done = models.PositiveSmallIntegerField(default=0)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["to_department", "state", "due_at"], name="request_intake"),
            models.Index(fields=["from_department", "state", "due_at"], name="request_asked"),
            models.Index(fields=["handler", "state"], name="request_handler"),
            models.Index(
                fields=["next_step_at"], name="request_step", condition=Q(next_step_at__isnull=False)
            ),
            models.Index(
                fields=["next_sync_at"], name="request_sync", condition=Q(next_sync_at__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="request_number_once", condition=~Q(number="")),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(asked_at__isnull=False), name="request_asked_has_its_time"
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(from_department__isnull=False, to_department__isnull=False, due_at__isnull=False),
                name="request_sent_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(from_department=F("to_department")), name="request_between_two_departments"
            ),
            models.CheckConstraint(
                condition=~Q(state="escalated") | Q(escalated_at__isnull=False),
                name="request_escalated_has_its_time",
            ),
            models.CheckConstraint(condition=Q(sync_days__lte=10), name="request_sync_days"),
            paired("request_closed_pair", "closed_at", "closed_by"),
        ]

    if TYPE_CHECKING:
        author_id: int | None
        contact_id: int | None
        handler_id: int | None
        from_department_id: int | None
        to_department_id: int | None
        escalated_to_id: int | None
        asking_task_id: int | None
        doing_task_id: int | None
        form_id: int | None

    def __str__(self) -> str:
        return self.title or str(_("Request without a title"))

    @property
    def is_draft(self) -> bool:
        """Whether it is still being written."""
        return self.state == self.State.DRAFT

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes something."""
        return self.state in OPEN_STATES


class StepQuerySet(models.QuerySet["Step"]):
    def visible_to(self, person: Person) -> Self:
        """Return the steps of the requests that `person` may see."""
        return self.filter(request__in=CollaborationRequest.objects.visible_to(person).values("pk"))


class Step(models.Model):
    """One thing that was said about a request: an offer, a decision, a word on progress. Written once."""

    class Kind(models.TextChoices):
        ASKED = "asked", pgettext_lazy("request step", "Asked")
        ACCEPTED = "accepted", pgettext_lazy("request step", "Accepted")
        COUNTERED = "countered", pgettext_lazy("request step", "Counter-offer")
        AGREED = "agreed", pgettext_lazy("request step", "Agreed to the offer")
        INSISTED = "insisted", pgettext_lazy("request step", "Asked again")
        DECLINED = "declined", pgettext_lazy("request step", "Declined")
        ASSIGNED = "assigned", pgettext_lazy("request step", "Handed to somebody")
        SYNCED = "synced", pgettext_lazy("request step", "Told of progress")
        DELIVERED = "delivered", pgettext_lazy("request step", "Handed over")
        RETURNED = "returned", pgettext_lazy("request step", "Returned")
        DONE = "done", pgettext_lazy("request step", "Accepted as done")
        REMINDED = "reminded", pgettext_lazy("request step", "Reminded")
        ESCALATED = "escalated", pgettext_lazy("request step", "Taken to the superior")
        DECIDED = "decided", pgettext_lazy("request step", "Decided by the superior")
        WITHDRAWN = "withdrawn", pgettext_lazy("request step", "Withdrawn")

    request = models.ForeignKey(CollaborationRequest, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    # Nobody: the clock did it.
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    # For the other side or the superior where the step is addressed to somebody.
    to = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(blank=True, default="")
    due_at = models.DateTimeField(null=True)
    # How far it is, in percent, where the step tells that.
    progress = models.PositiveSmallIntegerField(null=True)
    link = models.CharField(max_length=500, blank=True, default="")
    # The points of the standard as who asked ticked them off: [[point, is met], …].
    points = models.JSONField(default=list, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(progress__isnull=True) | Q(progress__lte=100), name="request_step_percent"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%F}"
