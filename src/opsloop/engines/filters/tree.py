"""A filter as a tree of conditions, its normal form, and how one part of it is changed.

A part is named by its path, the positions on the way down from the root of the normal form: (1, 0) is the
first part of the second part. The root is always a group, so every condition has a path.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Joiner = Literal["and", "or"]
Path = tuple[int, ...]


@dataclass(frozen=True)
class Condition:
    """One thing asked of a field: `field` `operator` `values`. Which fields there are is not known here."""

    field: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Parts of which all (`and`) or one (`or`) must hold; `negated` turns the whole round."""

    joiner: Joiner = "and"
    parts: tuple[Node, ...] = ()
    negated: bool = False


Node = Condition | Group
EVERYTHING = Group()


def normal(node: Node) -> Group:
    """Return the one tree that stands for all that say the same in other brackets.

    Groups within a group of their kind are dissolved, groups of one are replaced by what is in them, empty
    ones and repetitions left out. The root is a group, `or` only where it holds several parts.
    """
    simple = _simple(node)
    if simple is None:
        return EVERYTHING
    if isinstance(simple, Group) and not simple.negated:
        return simple
    return Group("and", (simple,))


def _simple(node: Node) -> Node | None:
    if isinstance(node, Condition):
        return node
    parts: list[Node] = []
    for part in map(_simple, node.parts):
        if part is None:
            continue
        parts += [one for one in _dissolved(part, node) if one not in parts]
    if not parts:
        return None
    if len(parts) > 1:
        return Group(node.joiner, tuple(parts), node.negated)
    only = parts[0]
    if not node.negated:
        return only
    if isinstance(only, Group):
        # Not (not x) is x.
        return _simple(dataclasses.replace(only, negated=not only.negated))
    return Group("and", (only,), negated=True)


def _dissolved(part: Node, group: Group) -> tuple[Node, ...]:
    """Return what stands in a part of the group's own kind, else the part itself."""
    if isinstance(part, Group) and part.joiner == group.joiner and not part.negated:
        return part.parts
    return (part,)


def conditions(node: Node) -> Iterator[Condition]:
    """Go through all conditions, in the order in which they are written."""
    if isinstance(node, Condition):
        yield node
    else:
        for part in node.parts:
            yield from conditions(part)


def node_at(root: Group, path: Path) -> Node | None:
    """Return the part that stands at `path`, None where there is none."""
    found: Node = root
    for place in path:
        if not isinstance(found, Group) or not 0 <= place < len(found.parts):
            return None
        found = found.parts[place]
    return found


def add(root: Group, node: Node) -> Group:
    """Return the filter with one part more, which must hold too."""
    if root.joiner == "or" and root.parts:
        return normal(Group("and", (root, node)))
    return normal(dataclasses.replace(root, parts=(*root.parts, node)))


def replace(root: Group, path: Path, node: Node) -> Group:
    """Return the filter with `node` where `path` points; unchanged when nothing stands there."""
    return normal(_changed(root, path, lambda _old: node))


def alternative(root: Group, path: Path, node: Node) -> Group:
    """Return the filter in which what stands at `path`, or else `node`, must hold."""
    return normal(_changed(root, path, lambda old: Group("or", (old, node))))


def remove(root: Group, path: Path) -> Group:
    """Return the filter without the part at `path`."""
    return normal(_changed(root, path, lambda _old: Group()))


def flip(root: Group, path: Path) -> Group:
    """Return the filter with "and" for "or", or the other way round, in the group at `path`."""

    def turned(old: Node) -> Node:
        if isinstance(old, Condition):
            return old
        return dataclasses.replace(old, joiner="or" if old.joiner == "and" else "and")

    return normal(_changed(root, path, turned))


def _changed(node: Node, path: Path, change: Callable[[Node], Node]) -> Node:
    if not path:
        return change(node)
    if isinstance(node, Condition) or not 0 <= path[0] < len(node.parts):
        return node
    parts = list(node.parts)
    parts[path[0]] = _changed(parts[path[0]], path[1:], change)
    return dataclasses.replace(node, parts=tuple(parts))
