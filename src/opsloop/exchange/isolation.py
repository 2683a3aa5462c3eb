"""Reads a file in a process of its own, so that no file can take more than its share or take us down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import IO, Any

from opsloop.engines.grid import Grid
from opsloop.exchange import limits
from opsloop.exchange.parsing import understood
from opsloop.exchange.unreadable import ReadError


def read(source: IO[bytes], suffix: str, sheet: str | None = None, *, every: bool = False) -> list[Grid]:
    """Return the grids of the open file `source`, as `parsing.parse` does, within the limits.

    Raises ReadError; nothing is returned of a file that fails half way.
    """
    options = json.dumps({"suffix": suffix, "sheet": sheet, "every": every})
    with tempfile.TemporaryFile() as answer:
        try:
            done = subprocess.run(  # noqa: S603 - fixed arguments
                [sys.executable, "-m", "opsloop.exchange.parsing", options],
                stdin=source,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                timeout=limits.WALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ReadError("too_slow", {"seconds": f"{limits.WALL_SECONDS:.0f}"}) from None
        answer.seek(0)
        return _grids(answer, done.returncode)


def _environment() -> dict[str, str]:
    """Return the little the process needs; above all none of our secrets."""
    kept = {
        name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ
    }
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return kept | {
        "PYTHONPATH": path,
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _grids(answer: IO[bytes], code: int) -> list[Grid]:
    grids: list[Grid] = []
    head: dict[str, Any] | None = None
    rows: list[tuple[Any, ...]] = []
    for line in answer:
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError:
            break  # cut off: the process was stopped while it wrote
        if isinstance(value, list):
            rows.append(tuple(understood(cell) for cell in value))
            continue
        if "error" in value:
            raise ReadError(value["error"], value["params"])
        if head is not None:
            grids.append(_grid(head, rows))
            rows = []
        head = value
        if "end" in value:
            return grids
    raise _stopped(code)


def _grid(head: dict[str, Any], rows: list[tuple[Any, ...]]) -> Grid:
    merges = tuple(tuple(merge) for merge in head["merges"])
    return Grid(head["sheet"], tuple(rows), head["visible"], merges)


def _stopped(code: int) -> ReadError:
    """Return why a process ended without an answer: by the CPU limit, by the memory limit, or broken."""
    if code in (-24, -9):  # SIGXCPU; SIGKILL after it
        return ReadError("too_slow", {"seconds": f"{limits.WALL_SECONDS:.0f}"})
    if code in (-6, -11, -25):  # the allocator gave up; the answer grew too long
        return ReadError("too_hard")
    return ReadError("corrupt")
