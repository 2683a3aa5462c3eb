"""The deliverable standard as a checklist: one point a line."""

from __future__ import annotations

import re

# "1. ", "2、", "（3）", "- ", "• ": how people number lines.
_MARK = re.compile(r"^\s*(?:[（(]?\d{1,2}[）).、．:：]|[-*•·–—])\s*")


def points_of(standard: str) -> list[str]:
    """Return the points of a standard, without their numbers or dots."""
    lines = (_MARK.sub("", line).strip() for line in standard.splitlines())
    return [line for line in lines if line]
