"""Files beside a subject. The bytes lie under OPSLOOP_HOME/files, by names of our own making."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from opsloop.discussion.models.subjects import OfSubject, SubjectQuerySet, one_subject, subject_indexes
from opsloop.organisation.models import Person
from opsloop.records.models import Recyclable, binned_index, paired


class Attachment(OfSubject, Recyclable):
    """One uploaded file: what it was called, what it is, and where its bytes lie. Written once."""

    name = models.CharField(_("file name"), max_length=255)
    stored = models.CharField(max_length=64, unique=True, editable=False)
    # As engines.filetypes found by name and first bytes, never what the browser said.
    media_type = models.CharField(max_length=100, editable=False)
    shown_as = models.CharField(max_length=10, editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_at = models.DateTimeField(editable=False)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [*subject_indexes("attachment"), binned_index("attachment_binned")]
        constraints = [
            one_subject("attachment_one_subject"),
            paired("attachment_deleted_pair", "deleted_at", "deleted_by"),
        ]

    if TYPE_CHECKING:
        uploaded_by_id: int | None

    def __str__(self) -> str:
        return self.name

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
