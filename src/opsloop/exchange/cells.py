"""Cells of a stored sheet as JSON and back: dates and times keep their kind."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from opsloop.engines.sheets import Cell, Grid

# Beyond this a sheet is no task list; the rest of its cells is not kept.
MOST_ROWS = 20_000
MOST_COLUMNS = 60


def grid_to_json(grid: Grid) -> dict[str, Any]:
    """Return a sheet as JSON, cut to what a task list can have."""
    rows = [[_to_json(cell) for cell in row[:MOST_COLUMNS]] for row in grid.rows[:MOST_ROWS]]
    return {"name": grid.name, "rows": rows, "merges": [list(merge) for merge in grid.merges]}


def grid_from_json(data: dict[str, Any]) -> Grid:
    """Return the sheet that `grid_to_json` stored."""
    rows = tuple(tuple(_from_json(cell) for cell in row) for row in data["rows"])
    merges = tuple((top, left, bottom, right) for top, left, bottom, right in data["merges"])
    return Grid(data["name"], rows, merges=merges)


def likely_headings(grid: Grid) -> list[str]:
    """Return the texts of the row that looks most like headings, for a sheet whose headings nobody knows."""
    for row in grid.rows[:20]:
        texts = list(dict.fromkeys(cell.strip() for cell in row if isinstance(cell, str) and cell.strip()))
        if len(texts) >= 2:
            return texts
    return []


def _to_json(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return {"datetime": cell.isoformat()}
    if isinstance(cell, date):
        return {"date": cell.isoformat()}
    if isinstance(cell, time):
        return {"time": cell.isoformat()}
    # PostgreSQL's jsonb refuses NUL, and lone surrogates are no text anywhere.
    return (
        cell.replace("\0", "").encode("utf-8", "replace").decode("utf-8") if isinstance(cell, str) else cell
    )


def _from_json(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "datetime" in value:
        return datetime.fromisoformat(value["datetime"])
    if "date" in value:
        return date.fromisoformat(value["date"])
    return time.fromisoformat(value["time"])
