"""Subqueries that are put together once, not in every statement that holds them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db.models.expressions import RawSQL
from django.db.models.lookups import In

# Stands for the key of a record while the text is made; no condition compares anything with it otherwise.
_PLACE = 987_654_301


class IdsOf:
    """The ids that a queryset finds for one record, as a subquery to stand after `__in`.

    What somebody may see hangs on several such sets, and the condition stands in most statements of a page. Django
    puts their text together anew wherever they stand, which takes longer than running it. It depends on nothing but
    the key of the record, so it is made once a process.
    """

    def __init__(self, find: Callable[[int], Any]) -> None:
        """Take what makes the queryset of ids from the key of a record; it must use nothing else."""
        self._find = find

    def of(self, key: int) -> RawSQL:
        """Return the ids for the record with this key."""
        text, places = self._text
        return RawSQL(text, [key] * places)  # noqa: S611  (the text is Django's own, values are parameters)

    @cached_property
    def _text(self) -> tuple[str, int]:
        text, values = self._find(_PLACE).order_by().query.sql_with_params()
        if set(values) != {_PLACE}:
            raise ValueError(f"a subquery must depend on the key alone, not on {values}")
        return text, len(values)


class LookedUp(In):
    """`column IN (subquery)`, said so that PostgreSQL can look the ids up in an index though it stands in an OR.

    Of IN it makes a table to hold each row against, which an index has no part in; of an array of the ids, worked out
    first, one look for each. As a test of row after row the array is slow where it is long: add it to a condition that
    says the same with IN, which is then tested first, and where all rows are wanted. SQLite looks IN up by itself.
    """

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Return the condition by an array."""
        column, column_values = self.process_lhs(compiler, connection)
        ids, values = self.process_rhs(compiler, connection)
        return f"{column} = ANY(ARRAY{ids})", [*column_values, *values]
