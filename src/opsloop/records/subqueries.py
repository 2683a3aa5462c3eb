"""Subqueries that are put together once, not in every statement that holds them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db.models.expressions import RawSQL

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
