"""The text of a filter, made of characters that stand in an address as they are.

    filter    = [ part { "," part } ]                       all of them hold
    part      = ("and" | "or" | "not") "(" filter ")" | condition
    condition = field "." operator [ "." value { "~" value } ]
    value     = plain | "'" { any character, "'" doubled } "'"

`not(a,b)` holds unless both a and b do.
"""

from __future__ import annotations

import re

from opsloop.engines.filters.tree import EVERYTHING, Condition, Group, Node, conditions, normal

# More than this nobody can read, and the database should not be asked for.
MOST_TEXT = 4000
MOST_CONDITIONS = 40
MOST_VALUES = 200
DEEPEST = 8
_NAME = re.compile(r"[a-z][a-z0-9_]*")
# Letters of all scripts, digits, and what stands in dates, decimals apart from the point and names.
_PLAIN = re.compile(r"[\w:+-]+")


class Unreadable(ValueError):  # noqa: N818  (it is an answer)
    """The text is no filter; `at` is the position where reading stopped."""

    def __init__(self, at: int) -> None:
        super().__init__(f"no filter at {at}")
        self.at = at


def parse(text: str) -> Group:
    """Return the filter that `text` writes, in normal form.

    Raises:
        Unreadable: it breaks the grammar above, or is longer or deeper than a filter may be.
    """
    if len(text) > MOST_TEXT:
        raise Unreadable(MOST_TEXT)
    if not text:
        return EVERYTHING
    reader = _Reader(text)
    parts = reader.parts(0)
    if reader.at != len(text) or len(list(conditions(Group("and", parts)))) > MOST_CONDITIONS:
        raise Unreadable(reader.at)
    return normal(Group("and", parts))


class _Reader:
    """Reads a text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def parts(self, depth: int) -> tuple[Node, ...]:
        if depth > DEEPEST:
            raise Unreadable(self.at)
        found = [self.part(depth)]
        while self.takes(","):
            found.append(self.part(depth))
        return tuple(found)

    def part(self, depth: int) -> Node:
        name = self.matched(_NAME)
        if self.takes("("):
            return self.group(name, depth)
        self.expects(".")
        operator = self.matched(_NAME)
        values = [self.value()] if self.takes(".") else []
        while values and self.takes("~"):
            values.append(self.value())
        if len(values) > MOST_VALUES:
            raise Unreadable(self.at)
        return Condition(name, operator, tuple(values))

    def group(self, name: str, depth: int) -> Group:
        if name not in ("and", "or", "not"):
            raise Unreadable(self.at)
        parts = self.parts(depth + 1)
        self.expects(")")
        return Group("or" if name == "or" else "and", parts, negated=name == "not")

    def value(self) -> str:
        if not self.takes("'"):
            return self.matched(_PLAIN)
        pieces = []
        while True:
            end = self.text.find("'", self.at)
            if end < 0:
                raise Unreadable(len(self.text))
            pieces.append(self.text[self.at : end])
            self.at = end + 1
            if not self.takes("'"):
                return "".join(pieces)
            pieces.append("'")

    def matched(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise Unreadable(self.at)
        self.at = found.end()
        return found.group()

    def takes(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def expects(self, sign: str) -> None:
        if not self.takes(sign):
            raise Unreadable(self.at)


def write(node: Node) -> str:
    """Return the text of a filter's normal form: what `parse` reads back as the same tree."""
    root = normal(node)
    inner = ",".join(map(_written, root.parts))
    return f"or({inner})" if root.joiner == "or" else inner


def _written(node: Node) -> str:
    if isinstance(node, Condition):
        values = "~".join(map(_value, node.values))
        return f"{node.field}.{node.operator}" + (f".{values}" if node.values else "")
    inner = ",".join(map(_written, node.parts))
    if not node.negated:
        return f"{node.joiner}({inner})"
    return f"not(or({inner}))" if node.joiner == "or" else f"not({inner})"


def _value(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("'", "''") + "'"
