"""Finding records: as a set to filter by, and best first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.expressions import OrderBy

from opsloop.engines.language.tokens import fold, query_tokens
from opsloop.search import words
from opsloop.search.models import Entry

# How many records one way of matching puts forward before they are ranked.
CANDIDATES = 200
# Sorts after every title that begins with what stands before it.
_LAST = "\U0010ffff"


def matching(kind: str, query: str) -> QuerySet[Entry, int]:
    """Return the ids of the records of `kind` that match, for `filter(pk__in=matching("task", q))`.

    All parts of the query must be found: as words in title or texts, or in the title as pinyin or
    initials. A query without letters or digits is looked for as it stands; an empty one finds nothing.
    """
    return Entry.objects.filter(_condition(query), kind=kind).values_list("object_id", flat=True)


def _condition(query: str) -> Q:
    terms = query_tokens(query)
    if terms:
        return words.matching(terms)
    literal = fold(query)
    return Q(title__contains=literal) | Q(texts__contains=literal) if literal else Q(pk__in=[])


def ranked(kind: str, query: str, limit: int) -> list[int]:
    """Return at most `limit` ids of matching records, best first. Three queries at most.

    The title is the query; it begins with it; it contains it; a text does; pinyin; initials. Within
    one of these the newest record comes first.
    """
    return ranked_groups([[kind]], query, limit)[kind]


def ranked_groups(groups: Iterable[Sequence[str]], query: str, limit: int) -> dict[str, list[int]]:
    """Return the same for many kinds in the queries of one.

    Candidates are put forward together within a group: kinds of which there are few records belong into one,
    a kind of many into a group of its own.
    """
    groups = [*groups]
    found: dict[str, dict[int, None]] = {kind: {} for kinds in groups for kind in kinds}
    for ways in _WAYS:
        asked = [way(kinds, query, limit) for way in ways for kinds in groups]
        for kind, pk in _put_forward([rows for rows in asked if rows is not None], query):
            found[kind][pk] = None
        if all(len(ids) >= limit for ids in found.values()):
            break
    return {kind: [*ids][:limit] for kind, ids in found.items()}


def containing(kind: str, query: str, limit: int) -> list[int]:
    """Return at most `limit` ids of records that contain the query as it is written, newest first. One query."""
    asked = _containing([kind], query, limit)
    return [pk for _kind, pk in _put_forward([asked] if asked is not None else [], query)][:limit]


# kind, id of the record, title, id of the entry, place of the way among all
Candidate = tuple[str, int, str, int, int]
Candidates = QuerySet[Entry, Any]


def _put_forward(asked: Sequence[Candidates], query: str) -> list[tuple[str, int]]:
    """Return kind and id of what was asked for, in one query, best first."""
    if not asked:
        return []
    parts = fold(query).split(" ")

    def place(row: Candidate) -> tuple[int, int, int]:
        _kind, object_id, title, pk, way = row
        if way == _BEGINNING:
            return way, len(title), -object_id
        return way, way == _CONTAINING and not all(part in title for part in parts), -pk

    rows: list[Candidate] = [*(asked[0].union(*asked[1:], all=True) if len(asked) > 1 else asked[0])]
    return [(kind, pk) for kind, pk, *_rest in sorted(rows, key=place)]


_BEGINNING, _CONTAINING, _PINYIN, _INITIALS = range(4)


def _first(rows: QuerySet[Entry], way: int, most: int) -> Candidates:
    """Return the first `most` of ordered rows. As a set of ids: SQLite takes no limit in a part of a union."""
    chosen = Entry.objects.filter(pk__in=rows.values("pk")[:most])
    return chosen.values_list("kind", "object_id", "title", "pk", Value(way))


def _beginning(kinds: Sequence[str], query: str, limit: int) -> Candidates | None:
    """Titles that are or begin with the query. An exact one is the first in the order of the index."""
    literal = fold(query)
    if not literal:
        return None
    starts = Q(title__startswith=literal)
    if connection.vendor == "sqlite":
        # LIKE does not use the index there, and a range does not follow the code points in PostgreSQL.
        starts = Q(title__gte=literal, title__lt=literal + _LAST)
    rows = Entry.objects.filter(starts, kind__in=kinds).order_by("title")
    return _first(rows, _BEGINNING, min(limit, CANDIDATES) * len(kinds))


def _newest_first() -> OrderBy:
    if connection.vendor == "sqlite":
        return F("pk").desc()
    # The sum keeps PostgreSQL from walking back through all entries in the hope to meet enough that match.
    return (F("pk") + 0).desc()


def _containing(kinds: Sequence[str], query: str, limit: int) -> Candidates | None:
    """Records that contain the query in title or texts, those with it in the title first."""
    terms = query_tokens(query)
    condition = words.matching(terms, fields=["words"]) if terms else _condition(query)
    rows = Entry.objects.filter(condition, kind__in=kinds).order_by(_newest_first())
    return _first(rows, _CONTAINING, max(limit, CANDIDATES) * len(kinds))


def _by_pinyin(kinds: Sequence[str], query: str, limit: int) -> Candidates | None:
    """Records whose title is meant by pinyin."""
    return _spoken(kinds, query, limit, _PINYIN, ["words", "pinyin"])


def _by_initials(kinds: Sequence[str], query: str, limit: int) -> Candidates | None:
    """Records whose title is meant by initials."""
    return _spoken(kinds, query, limit, _INITIALS, ["words", "pinyin", "initials"])


def _spoken(
    kinds: Sequence[str], query: str, limit: int, way: int, fields: Sequence[str]
) -> Candidates | None:
    terms = query_tokens(query)
    if not any(term.latin for term in terms):
        return None
    rows = Entry.objects.filter(words.matching(terms, fields=fields), kind__in=kinds)
    return _first(rows.order_by(_newest_first()), way, limit * len(kinds))


# What is asked together is one query; what follows is asked only if that does not fill the list.
_WAYS = ((_beginning,), (_containing,), (_by_pinyin, _by_initials))
