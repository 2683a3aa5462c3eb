"""Abstract models: `Versioned` guards against lost updates, `Recyclable` keeps deleted records for 30 days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from opsloop.records.refusals import StaleVersion

# How long a deleted record can be brought back (ux.md, convention 15).
BIN_DAYS = 30


class Versioned(models.Model):
    """A record that two people may edit. Every write states the version it saw."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def bump(self, expected: int, fields: Iterable[str] = ()) -> None:
        """Claim the right to write this record, which the caller saw at version `expected`.

        `fields` are written by the same statement, as they stand on the record now; further ones by `save`.
        Call it inside the transaction of the write, before `save`. A guarded UPDATE serves here because
        `select_for_update` does nothing on SQLite.

        Raises:
            StaleVersion: the record has been written since; carries the record as it stands now.
        """
        rows = type(self)._base_manager.filter(pk=self.pk, version=expected)
        values = {name: getattr(self, name) for name in dict.fromkeys(fields)}
        if not rows.update(version=F("version") + 1, **values):
            current = type(self)._base_manager.get(pk=self.pk)
            raise StaleVersion(current, expected=expected)
        self.version = expected + 1


class RecyclableQuerySet(models.QuerySet[Any]):
    """Rows that may lie in the recycle bin."""

    def alive(self) -> Self:
        """Return the rows that are not in the bin."""
        return self.filter(deleted_at__isnull=True)

    def binned(self, *, at: datetime) -> Self:
        """Return the rows in the bin that can still be brought back at `at`."""
        return self.filter(deleted_at__gt=at - timedelta(days=BIN_DAYS))

    def expired(self, *, at: datetime) -> Self:
        """Return the rows whose time in the bin is over at `at`."""
        return self.filter(deleted_at__lte=at - timedelta(days=BIN_DAYS))


class Recyclable(models.Model):
    """A record that goes to the recycle bin before it goes for good."""

    # Indexed by `binned_index` in each model: an index over all rows, nearly all of them empty here, leads
    # SQLite to read the whole table through it.
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        pk: Any

    @property
    def is_binned(self) -> bool:
        """Whether the record lies in the recycle bin."""
        return self.deleted_at is not None


def lay_in_bin(row: Any, *, by: Any, at: datetime, version: int) -> None:
    """Put a versioned record into the bin, in the caller's transaction.

    Raises:
        StaleVersion: it has been written since `version`.
    """
    row.deleted_at, row.deleted_by = at, by
    row.bump(version, ["deleted_at", "deleted_by"])


def take_from_bin(row: Any) -> None:
    """Take a versioned record out of the bin again, in the caller's transaction."""
    row.deleted_at = row.deleted_by = None
    row.bump(row.version, ["deleted_at", "deleted_by"])


def paired(name: str, first: str, second: str) -> models.CheckConstraint:
    """Return a constraint that `first` is set whenever `second` is (a who needs a when).

    The when may stand alone: the person may have been removed later.
    """
    return models.CheckConstraint(
        condition=Q(**{f"{second}__isnull": True}) | Q(**{f"{first}__isnull": False}), name=name
    )


def binned_index(name: str) -> models.Index:
    """Return the index of a recyclable model by which its rows in the bin are found."""
    return models.Index(fields=["deleted_at"], name=name, condition=Q(deleted_at__isnull=False))
