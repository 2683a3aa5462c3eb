"""What people say about a subject, whom they name in it, and what others answer with a sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.discussion.models.subjects import OfSubject, SubjectQuerySet, one_subject, subject_indexes
from opsloop.organisation.models import Person
from opsloop.records.models import Recyclable, Versioned, binned_index, paired

# What one says at length belongs into a document.
LONGEST = 10_000


class Comment(OfSubject, Versioned, Recyclable):
    """Something said about a subject; with `reply_to`, an answer (one level deep)."""

    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(_("comment"), max_length=LONGEST)
    reply_to = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="replies", verbose_name=_("reply to")
    )
    mentions = models.ManyToManyField(Person, related_name="+", verbose_name=_("named"))
    created_at = models.DateTimeField(editable=False)
    edited_at = models.DateTimeField(null=True, editable=False)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [*subject_indexes("comment"), binned_index("comment_binned")]
        constraints = [
            one_subject("comment_one_subject"),
            paired("comment_deleted_pair", "deleted_at", "deleted_by"),
        ]

    if TYPE_CHECKING:
        author_id: int | None
        reply_to_id: int | None

    def __str__(self) -> str:
        return self.text[:60]


class Reaction(models.Model):
    """One sign of one person under a comment.

    Stored by meaning and drawn with an icon: what an emoji looks like, and whether there is one at all, is up to
    the fonts of the machine.
    """

    class Sign(models.TextChoices):
        AGREE = "agree", pgettext_lazy("sign", "Agreed")
        DONE = "done", pgettext_lazy("sign", "Taken care of")
        SEEN = "seen", pgettext_lazy("sign", "Having a look")
        CHEERS = "cheers", pgettext_lazy("sign", "Congratulations")
        THANKS = "thanks", pgettext_lazy("sign", "Thank you")
        DOUBT = "doubt", pgettext_lazy("sign", "Not sure")

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reactions")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    sign = models.CharField(max_length=8, choices=Sign.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "person", "sign"], name="reaction_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sign} {self.person_id}"
