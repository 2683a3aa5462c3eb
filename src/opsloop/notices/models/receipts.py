"""Who got a notice and has confirmed it, and what was asked about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.notices.models.notices import Notice
from opsloop.organisation.models import Person


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def visible_to(self, person: Person) -> Self:
        """Return one's own receipts; those of others are read through their notice (queries/confirmations.py)."""
        return self.filter(person=person)

    def to_confirm(self) -> Self:
        """Return the receipts of those who got the notice to confirm it, not as a copy."""
        return self.filter(kind="to")

    def missing(self) -> Self:
        """Return what has not been confirmed by somebody who is still here."""
        return self.filter(is_open=True, person__is_active=True)


class Receipt(models.Model):
    """One person got one notice: to confirm it, or as a copy for the head of those who have to.

    `is_open` is the one sign of "has to confirm"; it is claimed by guarded UPDATEs (actions/confirming.py), so two
    taps, a tap and a correction, or a tap and a reminder cannot both win.
    """

    class Kind(models.TextChoices):
        TO = "to", pgettext_lazy("receipt", "To confirm")
        COPY = "copy", pgettext_lazy("receipt", "Copy")

    class Way(models.TextChoices):
        PAGE = "page", pgettext_lazy("receipt", "On the page")
        INBOX = "inbox", pgettext_lazy("receipt", "In the inbox")
        TODAY = "today", pgettext_lazy("receipt", "On Today")
        LIST = "list", pgettext_lazy("receipt", "In the list")
        MAIL = "mail", pgettext_lazy("receipt", "By mail")

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="receipts")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.TO)
    is_open = models.BooleanField(default=True)
    # Which edition is to be confirmed, and since when: it was delivered, or corrected in what it asks.
    asked_edition = models.PositiveIntegerField(default=1)
    asked_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_edition = models.PositiveIntegerField(default=0)
    way = models.CharField(max_length=5, choices=Way.choices, blank=True, default="")
    # Steps of engines/chasing.py that were taken, when the last reminder went, and when the next is due.
    steps = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    head_told_at = models.DateTimeField(null=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["notice", "is_open", "id"], name="receipt_notice"),
            models.Index(fields=["person", "is_open", "-id"], name="receipt_person"),
            models.Index(fields=["next_at"], name="receipt_next", condition=Q(is_open=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["notice", "person"], name="receipt_once"),
            models.CheckConstraint(
                condition=Q(confirmed_edition=0) | Q(confirmed_at__isnull=False),
                name="receipt_confirmed_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(kind="to") | Q(is_open=False), name="receipt_copy_is_not_open"
            ),
        ]

    if TYPE_CHECKING:
        notice_id: int
        person_id: int

    def __str__(self) -> str:
        return f"{self.notice_id} → {self.person_id}"

    def waits_for(self, notice: Notice) -> bool:
        """Whether its person has to confirm: it is open, or will be as soon as a correction has come to everybody."""
        return self.is_open or self.confirmed_edition < notice.asked_edition


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, person: Person) -> Self:
        """Return the questions under the notices that `person` may see: an answer helps everybody who got it."""
        return self.filter(notice__in=Notice.objects.visible_to(person).values("pk"))


class Question(models.Model):
    """Something a reader asks under a notice, and the answer, which everybody who got the notice can read."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="questions")
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    text = models.TextField(_("question"), max_length=1000)
    answer = models.TextField(_("answer"), max_length=3000, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_at__isnull=False), name="question_answered_has_its_time"
            )
        ]

    if TYPE_CHECKING:
        asked_by_id: int | None
        notice_id: int

    def __str__(self) -> str:
        return self.text[:60]
