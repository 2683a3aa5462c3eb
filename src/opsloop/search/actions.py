"""Putting records into the search index and taking them out, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from django.db import transaction

from opsloop.engines.language.tokens import MOST_CHARACTERS, IndexTokens, fold, index_tokens
from opsloop.search import words
from opsloop.search.models import Entry

# The index that finds titles by their beginning holds no rows beyond 2.7 kB on PostgreSQL.
LONGEST_TITLE = 500

T = TypeVar("T")


@dataclass(frozen=True)
class Searchable:
    """What one record is found by: its title (also in pinyin and initials) and further texts."""

    object_id: int
    title: str
    texts: Sequence[str] = ()


def index(*, kind: str, object_id: int, title: str, texts: Sequence[str] = ()) -> None:
    """Make a record searchable, in place of what the index had for it. Costs one query if nothing changed."""
    stored = Entry.objects.filter(kind=kind, object_id=object_id).first()
    record = Searchable(object_id, title, texts)
    if stored is None or (stored.title, stored.texts) != _folded(record):
        index_many(kind=kind, records=[record])


@transaction.atomic
def index_many(*, kind: str, records: Iterable[Searchable]) -> int:
    """Make many records of one kind searchable; return how many. For imports and rebuilding."""
    count = 0
    for batch in _batches(records):
        # The last one wins where a record is named twice: one statement cannot write a row twice.
        unique = {record.object_id: record for record in batch}
        entries = [_entry(kind, record) for record in unique.values()]
        Entry.objects.bulk_create(
            entries,
            update_conflicts=True,
            unique_fields=["kind", "object_id"],
            update_fields=["title", "texts"],
        )
        words.write([(entry.pk, _tokens(unique[entry.object_id])) for entry in entries])
        count += len(unique)
    return count


@transaction.atomic
def remove(*, kind: str, object_id: int) -> None:
    """Take a record out of the index; nothing happens if it is not in it."""
    remove_many(kind=kind, object_ids=[object_id])


@transaction.atomic
def remove_many(*, kind: str, object_ids: Iterable[int]) -> None:
    """Take many records of one kind out of the index."""
    for batch in _batches(object_ids):
        entries = Entry.objects.filter(kind=kind, object_id__in=batch)
        words.remove(entries.values_list("pk", flat=True))
        entries.delete()


def _entry(kind: str, record: Searchable) -> Entry:
    title, texts = _folded(record)
    return Entry(kind=kind, object_id=record.object_id, title=title, texts=texts)


def _folded(record: Searchable) -> tuple[str, str]:
    texts = (fold(text[:MOST_CHARACTERS]) for text in record.texts if text)
    return fold(record.title[:MOST_CHARACTERS])[:LONGEST_TITLE], "\n".join(texts)


def _tokens(record: Searchable) -> IndexTokens:
    return index_tokens(record.title, record.texts)


def _batches(values: Iterable[T]) -> Iterator[tuple[T, ...]]:
    rest = iter(values)
    while batch := tuple(islice(rest, words.BATCH)):
        yield batch
