"""What is wrong with the roles of one piece of work (RACI): exactly one answers for it, at least one does it."""

from __future__ import annotations

from collections.abc import Iterable

NOBODY_ANSWERS, SEVERAL_ANSWER, NOBODY_DOES = "nobody_answers", "several_answer", "nobody_does"


def violations(roles: Iterable[str]) -> list[str]:
    """Return the codes of what is wrong with roles out of "R", "A", "C" and "I"; [] if nothing is."""
    held = list(roles)
    answering = held.count("A")
    found = []
    if answering != 1:
        found.append(SEVERAL_ANSWER if answering else NOBODY_ANSWERS)
    if "R" not in held:
        found.append(NOBODY_DOES)
    return found


def following(role: str) -> str:
    """Return the role that a press turns `role` into: none → R → A → C → I → none."""
    order = ("", "R", "A", "C", "I")
    return order[(order.index(role) + 1) % len(order)]
