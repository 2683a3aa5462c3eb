"""A filter of an address, as a condition for the database."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_

from django.db.models import Q

from opsloop.engines.filters import Condition, Group, Node, Unreadable, conditions, parse
from opsloop.work.queries.fields import ABOUT_STATUS, NOTHING, Asking, Field, find

# What an unreadable text stands for: it shows nothing, so that nobody takes everything for what was asked.
UNREADABLE = Group("and", (Condition("unreadable", "any"),))


def read(text: str) -> Group:
    """Return the filter that an address holds, `UNREADABLE` if it is none."""
    try:
        return parse(text)
    except Unreadable:
        return UNREADABLE


def speaks_of_status(root: Group) -> bool:
    """Whether the filter itself says which states it wants, so that "only open" is not assumed."""
    return any(one.field in ABOUT_STATUS for one in conditions(root))


def asked(node: Node, asking: Asking) -> Q:
    """Return the condition that stands for a filter. A field or operator that is unknown is never met."""
    if isinstance(node, Condition):
        field = find(node.field, asking.person)
        return field.ask(node, asking) if field and is_complete(node, field) else NOTHING
    if not node.parts:
        return Q()
    whole = reduce(or_ if node.joiner == "or" else and_, (asked(part, asking) for part in node.parts))
    return ~whole if node.negated else whole


def is_complete(condition: Condition, field: Field) -> bool:
    """Whether the operator is one of the field's, with values where it needs them."""
    if condition.operator not in field.operators:
        return False
    return bool(condition.values) or condition.operator in ("yes", "no", "empty", "filled")
