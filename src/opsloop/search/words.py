"""The word index behind `Entry`: FTS5 on SQLite, a tsvector under a GIN index on PostgreSQL.

Both hold the tokens that engines.language.tokens cut, so both find the same. The database's own
tokenizers see nothing but blanks between them: none of them can cut Chinese. The first migration
creates both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from django.db import connection, models
from django.db.models.expressions import RawSQL

from opsloop.engines.language.tokens import BREAK, INITIALS, PINYIN_LETTERS, IndexTokens, Term

# How many rows one statement writes or deletes.
BATCH = 500
# Record numbers and the like are found by this many letters and digits.
JOINED = 24


def write(rows: Sequence[tuple[int, IndexTokens]]) -> None:
    """Write the tokens of entries, given as (id of the entry, tokens), over whatever they had."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            vectors = [(_vector(tokens), pk) for pk, tokens in rows]
            cursor.executemany("UPDATE search_entry SET words = %s::tsvector WHERE id = %s", vectors)
            return
        documents = [
            (pk, " ".join(tokens.words), " ".join(tokens.pinyin), " ".join(tokens.initials))
            for pk, tokens in rows
        ]
        cursor.executemany(
            "INSERT OR REPLACE INTO search_words (rowid, words, pinyin, initials) VALUES (%s, %s, %s, %s)",
            documents,
        )


def remove(ids: Iterable[int]) -> None:
    """Remove the tokens of the entries `ids`; their rows are the caller's to delete."""
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM search_words WHERE rowid = %s", [(pk,) for pk in ids])


def matching(terms: Sequence[Term], *, fields: Sequence[str] = ("words", "pinyin", "initials")) -> models.Q:
    """Return the condition on `Entry` that every term is found in one of `fields`."""
    if connection.vendor == "postgresql":
        # Not qualified by a table: in a subquery Django gives the table another name.
        found = RawSQL("words @@ %s::tsquery", [_tsquery(terms, fields)], output_field=models.BooleanField())
        return models.Q(found)
    sql = "SELECT rowid FROM search_words WHERE search_words MATCH %s"
    return models.Q(pk__in=RawSQL(sql, [_fts_query(terms, fields)]))  # noqa: S611


# Tokens hold letters, digits and Chinese characters only (engines.language.tokens), so nothing in them
# can end a quotation.


def _fts_query(terms: Sequence[Term], fields: Sequence[str]) -> str:
    return " AND ".join(f"({' OR '.join(_fts_choices(term, fields))})" for term in terms)


def _fts_choices(term: Term, fields: Sequence[str]) -> list[str]:
    choices = [f'words : "{" ".join(term.words)}" *'] if "words" in fields else []
    choices += [f'{field} : "{typed}" *' for field, typed in _typed(term) if field in fields]
    # A field that no form of the term can stand in finds nothing.
    return choices or ['words : "‖‖"']


def _tsquery(terms: Sequence[Term], fields: Sequence[str]) -> str:
    return " & ".join(f"({' | '.join(_tsquery_choices(term, fields))})" for term in terms)


def _tsquery_choices(term: Term, fields: Sequence[str]) -> list[str]:
    choices = [_phrase(term.words)] if "words" in fields else []
    choices += [f"'{field[0]}/{typed}':*" for field, typed in _typed(term) if field in fields]
    return choices or ["'‖‖'"]


def _phrase(words: Sequence[str]) -> str:
    if len(words) > 1 and all(map(_is_latin, words)):
        # One lexeme instead of a phrase: a phrase makes PostgreSQL read every row that has its words.
        return f"'n/{''.join(words)[:JOINED]}':*"
    quoted = " <-> ".join(f"'{word}'" for word in words)
    return f"({quoted}:*)"


def _is_latin(word: str) -> bool:
    return word.isascii()


def _joined(words: Sequence[str]) -> Iterator[str]:
    """Yield what may be typed in one go from each Latin word or number onwards: op001 for OP-001."""
    for latin, run in groupby(words, key=_is_latin):
        parts = [*run] if latin else []
        for start in range(len(parts) - 1):
            yield "".join(parts[start : start + JOINED])[:JOINED]


def _typed(term: Term) -> list[tuple[str, str]]:
    if term.latin is None:
        return []
    return [("pinyin", term.latin[:PINYIN_LETTERS]), ("initials", term.latin[:INITIALS])]


def _vector(tokens: IndexTokens) -> str:
    """Return the tokens as a tsvector literal.

    Words have their positions; pinyin is p/…, initials are i/…, record numbers typed in one go n/….
    """
    words = [f"'{word}':{place}" for place, word in enumerate(tokens.words, start=1) if word != BREAK]
    spoken = [f"'p/{typed}'" for typed in tokens.pinyin] + [f"'i/{typed}'" for typed in tokens.initials]
    joined = [f"'n/{typed}'" for typed in _joined(tokens.words)]
    return " ".join([*words, *spoken, *joined])
