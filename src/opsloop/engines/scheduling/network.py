"""The precedence graph: cycles, order, how early a task can start and how soon it must be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Graph = Mapping[str, Sequence[str]]


def cycles(successors: Graph) -> list[list[str]]:
    """Return every group of tasks that wait for each other, as one closed walk per group.

    Each walk follows the arrows and starts at the task that comes first in `successors`; a task that
    waits for itself is a walk of one. Linear in tasks and arrows (Tarjan 1972, without recursion).
    """
    if len(topological(successors)) == len(successors):
        return []
    order = {node: n for n, node in enumerate(successors)}
    groups = [
        group for group in _components(successors) if len(group) > 1 or group[0] in successors[group[0]]
    ]
    walks = [_walk(sorted(group, key=order.__getitem__), successors) for group in groups]
    return sorted(walks, key=lambda walk: order[walk[0]])


def topological(successors: Graph) -> list[str]:
    """Return the nodes, each after those it waits for; nodes in or behind a cycle are left out."""
    waiting = dict.fromkeys(successors, 0)
    for following in successors.values():
        for node in following:
            waiting[node] += 1
    ready = [node for node, count in waiting.items() if count == 0]
    for node in ready:
        for following_node in successors[node]:
            waiting[following_node] -= 1
            if waiting[following_node] == 0:
                ready.append(following_node)
    return ready


def in_order(count: int, successors: Mapping[int, Sequence[int]]) -> list[int]:
    """Return the nodes 0 to `count` - 1 as `topological` does; most have no successors, and are not in the graph."""
    waiting = [0] * count
    for following in successors.values():
        for node in following:
            waiting[node] += 1
    ready = [node for node, left in enumerate(waiting) if left == 0]
    for node in ready:
        for other in successors.get(node, ()):
            waiting[other] -= 1
            if waiting[other] == 0:
                ready.append(other)
    return ready


def _components(successors: Graph) -> list[list[str]]:
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for root in successors:
        if root in index:
            continue
        work: list[tuple[str, int]] = [(root, 0)]
        while work:
            node, position = work.pop()
            if position == 0:
                index[node] = low[node] = len(index)
                stack.append(node)
                on_stack.add(node)
            following = successors[node]
            if position < len(following):
                work.append((node, position + 1))
                child = following[position]
                if child not in index:
                    work.append((child, 0))
                elif child in on_stack:
                    low[node] = min(low[node], index[child])
                continue
            for child in following:
                if child in on_stack:
                    low[node] = min(low[node], low[child])
            if low[node] == index[node]:
                group: list[str] = []
                while not group or group[-1] != node:
                    group.append(stack.pop())
                    on_stack.discard(group[-1])
                found.append(group)
    return found


def _walk(group: Sequence[str], successors: Graph) -> list[str]:
    """Return a shortest closed walk through the first node of a strongly connected group."""
    start, inside = group[0], set(group)
    came_from: dict[str, str] = {}
    level = [start]
    while level:
        following: list[str] = []
        for node in level:
            for child in successors[node]:
                if child == start:
                    walk = [node]
                    while walk[-1] != start:
                        walk.append(came_from[walk[-1]])
                    return walk[::-1]
                if child in inside and child not in came_from:
                    came_from[child] = node
                    following.append(child)
        level = following
    return list(group)
