"""Files beside a subject or a holder. The bytes lie under OPSLOOP_HOME/files, by names of our own making."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsloop.activity.registry import FileHolder, file_holders
from opsloop.discussion.models.subjects import (
    SUBJECTS,
    OfSubject,
    Subject,
    SubjectQuerySet,
    kind_of,
    one_subject_of,
    subject_indexes,
)
from opsloop.organisation.models import Person
from opsloop.records.models import Recyclable, binned_index, paired


@dataclass(frozen=True)
class Beside:
    """What files lie beside: a task, project or goal, or a record of a package above (FILE_HOLDERS)."""

    kind: str
    record: Any

    @classmethod
    def of(cls, subject: Subject) -> Self:
        """Return the place beside a task, project or goal."""
        return cls(kind_of(subject), subject)

    @property
    def holder(self) -> FileHolder | None:
        """What the package above says about its files; None beside a task, project or goal."""
        return None if self.kind in SUBJECTS else file_holders()[self.kind]

    @property
    def topic(self) -> str:
        """What a page listens to that shows these files."""
        ending = "talk" if self.holder is None else "files"
        return f"{self.kind}_{ending}:{self.record.pk}"

    def keyed(self) -> dict[str, Any]:
        """Return the fields of an attachment that name this place."""
        if self.holder is None:
            return {self.kind: self.record}
        return {"holder_kind": self.kind, "holder_id": self.record.pk}


class AttachmentQuerySet(SubjectQuerySet):
    """Files, wherever they lie."""

    def beside(self, place: Beside) -> Self:
        """Return the files of one place that its page lists."""
        rows = self.filter(**place.keyed())
        shown = place.holder.shown if place.holder else None
        found: Self = shown(place.record, rows) if shown else rows
        return found

    def visible_to(self, person: Person) -> Self:
        """Return the files beside what `person` may see."""
        held = [
            Q(holder_kind=kind, holder_id__in=holder.seen_by(person).order_by().values("pk"))
            for kind, holder in file_holders().items()
        ]
        return self.filter(reduce(or_, held, self.subjects_seen_by(person)))


class Attachment(OfSubject, Recyclable):
    """One uploaded file: what it was called, what it is, and where its bytes lie. Written once.

    It lies beside a task, project or goal by foreign key, or beside a record of a package above, which the packages
    below cannot name, by kind and key. What its holder leaves behind is swept (actions/files.py).
    """

    holder_kind = models.CharField(max_length=20, blank=True, default="", editable=False)
    holder_id = models.PositiveBigIntegerField(null=True, editable=False)
    name = models.CharField(_("file name"), max_length=255)
    stored = models.CharField(max_length=64, unique=True, editable=False)
    # As engines.filetypes found by name and first bytes, never what the browser said.
    media_type = models.CharField(max_length=100, editable=False)
    shown_as = models.CharField(max_length=10, editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_at = models.DateTimeField(editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            *subject_indexes("attachment"),
            models.Index(
                fields=["holder_kind", "holder_id", "id"],
                name="attachment_holder",
                condition=~Q(holder_kind=""),
            ),
            binned_index("attachment_binned"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(one_subject_of() & Q(holder_kind="", holder_id__isnull=True))
                | (
                    Q(**{f"{kind}__isnull": True for kind in SUBJECTS})
                    & ~Q(holder_kind="")
                    & Q(holder_id__isnull=False)
                ),
                name="attachment_one_place",
            ),
            paired("attachment_deleted_pair", "deleted_at", "deleted_by"),
        ]

    if TYPE_CHECKING:
        uploaded_by_id: int | None

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> str:
        """What the file lies beside, as SUBJECTS or FILE_HOLDERS call it."""
        return self.holder_kind or super().kind

    @property
    def subject_id(self) -> int:
        """The key of what the file lies beside."""
        return self.holder_id or super().subject_id

    @property
    def beside(self) -> Beside:
        """What the file lies beside. One query."""
        holder = file_holders().get(self.holder_kind)
        return Beside(self.kind, holder.model.objects.get(pk=self.holder_id) if holder else self.subject)

    @property
    def path(self) -> Path:
        """Where the bytes lie."""
        return place_of(self.stored)


def root() -> Path:
    """Return the folder that holds all attachments."""
    return Path(settings.OPSLOOP_HOME) / "files" / "attachments"


def place_of(stored: str) -> Path:
    """Return where the file of a stored name lies: 256 folders, so that none grows too long."""
    return root() / stored[:2] / stored
