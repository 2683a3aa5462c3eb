"""Exports of other tools as grids: a Trello board in JSON, Jira issues in CSV."""

from __future__ import annotations

import json
from typing import Any

from opsloop.engines.grid import Cell, Grid, shown
from opsloop.exchange.unreadable import ReadError

TRELLO_MAPPING = {
    "ID": "number",
    "Card": "title",
    "List": "category",
    "Members": "owner",
    "Labels": "tags",
    "Start": "earliest",
    "Due": "due",
    "Status": "status",
    "Description": "note",
}

JIRA_MAPPING = {
    "Summary": "title",
    "Issue key": "number",
    "Assignee": "owner",
    "Priority": "urgency",
    "Due date": "due",
    "Due Date": "due",
    "Original estimate": "estimate",
    "Original Estimate": "estimate",
    "Time Spent": "actual",
    "Status": "status",
    "Issue Type": "category",
    "Labels": "tags",
    "Project name": "project",
    "Description": "note",
    "Inward issue link (Blocks)": "depends_on",
    "Outward issue link (Blocks)": "",
    "Issue id": "",
    "Parent id": "",
    "Created": "",
    "Updated": "",
    "Resolved": "",
    "Reporter": "",
    "Creator": "",
    "Watchers": "",
    "Project key": "",
    "Project type": "",
    "Project lead": "",
    "Status Category": "",
    "Remaining Estimate": "",
    "Work Ratio": "",
    "Resolution": "",
    "Comment": "",
}
_IN_SECONDS = frozenset({"Original estimate", "Original Estimate", "Time Spent", "Remaining Estimate"})


def trello_grid(text: str) -> Grid:
    """Return the open cards of a board export, one a row, in the order of the file. Raises ReadError."""
    try:
        board = json.loads(text)
    except (ValueError, RecursionError):
        raise ReadError("not_trello") from None
    if not isinstance(board, dict) or not isinstance(board.get("cards"), list):
        raise ReadError("not_trello")
    lists = _names(board, "lists", "name")
    members = _names(board, "members", "fullName")
    closed = {one.get("id") for one in _items(board, "lists") if one.get("closed")}
    cards = [
        card for card in _items(board, "cards") if not card.get("closed") and card.get("idList") not in closed
    ]
    rows = tuple(_card_row(card, lists, members) for card in cards)
    return Grid(_text(board.get("name")) or "Trello", (tuple(TRELLO_MAPPING), *rows))


def _items(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    values = holder.get(name)
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _names(board: dict[str, Any], collection: str, name: str) -> dict[str, str]:
    return {_text(one.get("id")): _text(one.get(name)) for one in _items(board, collection)}


def _text(value: object) -> str:
    """Return a value as text that can be stored: JSON may spell lone surrogates and NUL."""
    if not isinstance(value, str):
        return str(value) if isinstance(value, int) else ""
    return value.encode("utf-8", "replace").decode().replace("\0", "")


def _card_row(card: dict[str, Any], lists: dict[str, str], members: dict[str, str]) -> tuple[Cell, ...]:
    people = card.get("idMembers")
    names = [members.get(_text(one), "") for one in people] if isinstance(people, list) else []
    labels = [_text(one.get("name")) or _text(one.get("color")) for one in _items(card, "labels")]
    column = lists.get(_text(card.get("idList")), "")
    return (
        _text(card.get("idShort")) or _text(card.get("id")),
        _text(card.get("name")),
        column,
        "、".join(name for name in names if name),
        "、".join(label for label in labels if label),
        _text(card.get("start")),
        _text(card.get("due")),
        "done" if card.get("dueComplete") is True else column,
        _text(card.get("desc")),
    )


def looks_like_jira(grid: Grid) -> bool:
    """Return whether the first row of `grid` has the headings only Jira writes."""
    headings = {shown(cell) for cell in grid.rows[0]} if grid.rows else set()
    return {"Summary", "Issue key"} <= headings and bool({"Issue Type", "Issue id", "Status"} & headings)


def jira_grid(grid: Grid) -> Grid:
    """Return `grid` with its efforts, which Jira writes in seconds, as minutes. Raises ReadError."""
    headings = [shown(cell) for cell in grid.rows[0]] if grid.rows else []
    if "Summary" not in headings:
        raise ReadError("not_jira")
    seconds = {place for place, heading in enumerate(headings) if heading in _IN_SECONDS}
    rows = (
        tuple(_in_minutes(cell) if place in seconds else cell for place, cell in enumerate(row))
        for row in grid.rows[1:]
    )
    return Grid(grid.name, (grid.rows[0], *rows), grid.visible, grid.merges)


def _in_minutes(cell: Cell) -> Cell:
    text = shown(cell)
    return f"{round(int(text) / 60)}min" if text.isascii() and text.isdigit() and int(text) else cell
