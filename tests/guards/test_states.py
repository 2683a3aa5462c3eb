"""The diagrams of docs/states/ are those of the tables in code."""

from __future__ import annotations

from pathlib import Path

from tools.states import pages

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "states"


def test_the_diagrams_are_drawn_from_the_code() -> None:
    drawn = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    assert drawn == pages(), "run .venv/bin/python tools/states.py"
