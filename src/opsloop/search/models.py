"""What is in the search index. Who may see a record is decided where the record lives, not here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One searchable record: its kind ("task", "goal" …) and its id in the table of that kind.

    The words themselves are kept where the database finds them fast; see `opsloop.search.words`.
    """

    kind = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    # As compared, not as written: folded by engines.language.tokens.fold.
    title = models.TextField()
    texts = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="search_one_entry_a_record"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.title}"
