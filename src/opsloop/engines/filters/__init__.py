"""The filter language: what is looked for, as a tree and as one line of text for an address.

`or(owner.any.me,helper.any.me),due.within.next-7,tag.none.3` asks for three things together; the first is
one of two. See docs/adr/0013-filter-language.md.
"""

from opsloop.engines.filters.text import MOST_CONDITIONS, MOST_TEXT, Unreadable, parse, write
from opsloop.engines.filters.tree import (
    EVERYTHING,
    Condition,
    Group,
    Node,
    add,
    alternative,
    conditions,
    flip,
    node_at,
    normal,
    remove,
    replace,
)

__all__ = [
    "EVERYTHING",
    "MOST_CONDITIONS",
    "MOST_TEXT",
    "Condition",
    "Group",
    "Node",
    "Unreadable",
    "add",
    "alternative",
    "conditions",
    "flip",
    "node_at",
    "normal",
    "parse",
    "remove",
    "replace",
    "write",
]
