"""A notice, and each edition of its text that went out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.discussion.models import Attachment
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.lifecycles import Lifecycle
from opsloop.records.models import Versioned, paired

NOTICE_LIFECYCLE = Lifecycle(
    "Notice",
    start="draft",
    moves={
        "draft": {"scheduled": "its author names a time", "sending": "its author sends it"},
        "scheduled": {"draft": "it is recalled before its time", "sending": "its time comes"},
        "sending": {"sent": "everybody in the audience has it", "withdrawn": "it is withdrawn meanwhile"},
        "sent": {
            "corrected": "a correction goes out",
            "withdrawn": "it is withdrawn with a reason",
            "closed": "nobody is asked to confirm any more",
        },
        "corrected": {
            "corrected": "another correction goes out",
            "withdrawn": "it is withdrawn with a reason",
            "closed": "nobody is asked to confirm any more",
        },
    },
)
# What a notice says, in the order in which it is read.
TEXTS = ("title", "cause", "demands", "timing", "signature")


class Importance(models.TextChoices):
    """How loud a notice is; which ways that means stands in the rules (ruling.py)."""

    NORMAL = "normal", pgettext_lazy("notice", "Normal")
    IMPORTANT = "important", pgettext_lazy("notice", "Important")
    URGENT = "urgent", pgettext_lazy("notice", "Urgent")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, person: Person) -> Self:
        """Return what `person` wrote or got, and what the departments they oversee have sent.

        Drafts are their author's alone. Nobody else knows of a notice: not its title, not that there is one.
        """
        return self.filter(person.remembered("notices", lambda: _seen_by(person)))

    def steered_by(self, person: Person) -> Self:
        """Return the notices that are the person's own, and those of departments whose notices they steer."""
        held = person.reaches.departments(Permission.NOTICE_STEER)
        others = ~Q(state="draft") if held is None else ~Q(state="draft") & Q(department__in=held)
        return self.filter(Q(author=person.pk) | others) if person.is_active else self.none()

    def alive(self) -> Self:
        """Return all: a draft that was discarded is gone, everything else stays on record."""
        return self

    def going(self) -> Self:
        """Return the notices that went out and still ask to be confirmed."""
        return self.filter(state__in=["sending", "sent", "corrected"])


def _seen_by(person: Person) -> Q:
    if not person.is_active:
        return Q(pk__in=[])
    # Receipts point here, so their model is asked for by the relation.
    receipts = Notice._meta.get_field("receipts").related_model
    got = Exists(receipts._default_manager.filter(notice=OuterRef("pk"), person=person.pk))
    over = person.reaches.departments(Permission.NOTICE_VIEW)
    overseen = Q() if over is None else Q(department__in=over)
    return Q(author=person.pk) | Q(got) | (~Q(state="draft") & overseen)


class Notice(Versioned):
    """What everybody in an audience is to know; its text as it stands, the editions keep what went out."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("notice", "Draft")
        SCHEDULED = "scheduled", pgettext_lazy("notice", "Scheduled")
        SENDING = "sending", pgettext_lazy("notice", "Being sent")
        SENT = "sent", pgettext_lazy("notice", "Sent")
        CORRECTED = "corrected", pgettext_lazy("notice", "Corrected")
        WITHDRAWN = "withdrawn", pgettext_lazy("notice", "Withdrawn")
        CLOSED = "closed", pgettext_lazy("notice", "Closed")

    # Given out when it is sent or scheduled: a draft that is discarded leaves no gap.
    number = models.CharField(max_length=30, blank=True, default="")
    title = models.CharField(_("title"), max_length=120, blank=True, default="")
    cause = models.TextField(pgettext_lazy("notice", "occasion"), max_length=3000, blank=True, default="")
    demands = models.TextField(_("what is asked"), max_length=6000, blank=True, default="")
    timing = models.TextField(_("dates"), max_length=1000, blank=True, default="")
    # By when it is to be done, for the calendar and the list; the words stand in `timing`.
    due_at = models.DateTimeField(_("to be done by"), null=True, blank=True)
    responsible = models.ManyToManyField(Department, related_name="+", verbose_name=_("responsible"))
    signature = models.CharField(_("signed"), max_length=120, blank=True, default="")

    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    importance = models.CharField(max_length=10, choices=Importance.choices, default=Importance.NORMAL)
    # A choice of people; queries/audience.py reads it.
    audience = models.JSONField(default=dict)
    # The same in words, as it was when the notice went or was scheduled.
    audience_text = models.TextField(blank=True, default="", editable=False)
    for_newcomers = models.BooleanField(_("also for newcomers"), default=False)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    send_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    # When everybody had it, and when everybody had confirmed it.
    delivered_at = models.DateTimeField(null=True)
    complete_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_why = models.CharField(max_length=300, blank=True, default="")
    # The edition that stands, and the newest one that has to be confirmed.
    edition = models.PositiveIntegerField(default=0)
    asked_edition = models.PositiveIntegerField(default=0)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["author", "state", "-id"], name="notice_author"),
            models.Index(fields=["department", "-sent_at"], name="notice_department"),
            models.Index(fields=["send_at"], name="notice_scheduled", condition=Q(state="scheduled")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="notice_number_once", condition=~Q(number="")),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(send_at__isnull=False),
                name="notice_scheduled_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "scheduled"]) | Q(sent_at__isnull=False),
                name="notice_sent_has_its_time",
            ),
            paired("notice_ended_pair", "ended_at", "ended_by"),
        ]

    if TYPE_CHECKING:
        author_id: int | None
        department_id: int | None

    def __str__(self) -> str:
        return self.title or str(_("Notice without a title"))

    @property
    def is_draft(self) -> bool:
        """Whether its text is still being written."""
        return self.state == self.State.DRAFT

    @property
    def is_going(self) -> bool:
        """Whether it went out and still asks to be confirmed."""
        return self.state in {self.State.SENDING, self.State.SENT, self.State.CORRECTED}

    @property
    def is_over(self) -> bool:
        """Whether nothing is asked of anybody any more."""
        return self.state in {self.State.WITHDRAWN, self.State.CLOSED}

    def holds_on(self, day: date) -> bool:
        """Whether newcomers of `day` have to confirm it."""
        return self.for_newcomers and self.is_going and (self.valid_until is None or day <= self.valid_until)


class EditionQuerySet(models.QuerySet["Edition"]):
    def visible_to(self, person: Person) -> Self:
        """Return the editions of the notices that `person` may see."""
        return self.filter(notice__in=Notice.objects.visible_to(person).values("pk"))


class Edition(models.Model):
    """The text of a notice as it went out, first or corrected. Written once."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    cause = models.TextField(blank=True, default="")
    demands = models.TextField(blank=True, default="")
    timing = models.TextField(blank=True, default="")
    due_at = models.DateTimeField(null=True)
    # The names as they were: departments are renamed and closed.
    responsible = models.TextField(blank=True, default="")
    signature = models.CharField(max_length=120, blank=True, default="")
    # What lay beside it; what a correction leaves out stays with the editions that had it.
    files = models.ManyToManyField(Attachment, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    # Why it was corrected, and whether what changed has to be confirmed again.
    why = models.CharField(max_length=300, blank=True, default="")
    is_material = models.BooleanField(default=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["notice", "number"], name="notice_edition_once")]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"
