"""Paths and cycles in small directed graphs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def find_path(
    start: Node, goal: Node, successors: Callable[[list[Node]], Iterable[tuple[Node, Node]]]
) -> list[Node]:
    """Return a shortest path [start, …, goal], or [] if there is none.

    `successors` gets a whole frontier and returns (node, next) edges, so that a caller reading a
    database asks once a level instead of once a node.
    """
    came_from: dict[Node, Node | None] = {start: None}
    frontier = deque([start])
    while frontier and goal not in came_from:
        level = list(frontier)
        frontier.clear()
        for node, following in successors(level):
            if following not in came_from:
                came_from[following] = node
                frontier.append(following)
    return _walk_back(goal, came_from)


def _walk_back(goal: Node, came_from: dict[Node, Node | None]) -> list[Node]:
    if goal not in came_from:
        return []
    path: list[Node] = []
    step: Node | None = goal
    while step is not None:
        path.append(step)
        step = came_from[step]
    return path[::-1]
