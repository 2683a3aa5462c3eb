"""`opsloop bench planner`: instances in, lengths out."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from opsloop.cli.bench import bench
from opsloop.engines.scheduling.tests.test_literature import IMOPSE, PATTERSON, PSPLIB


def test_it_lists_every_instance_with_its_length(tmp_path: Path) -> None:
    """Three formats in one folder, in the order of their names."""
    for name, text in (("a.sm", PSPLIB), ("b.rcp", PATTERSON), ("c.def", IMOPSE)):
        (tmp_path / name).write_text(text)
    result = CliRunner().invoke(bench, ["planner", "--psplib", str(tmp_path), "--seconds", "0.1", "--json"])
    rows = json.loads(result.output)
    assert result.exit_code == 0
    assert [(row["instance"], row["makespan"]) for row in rows] == [("a", 11), ("b", 11), ("c", 9)]
    assert all(0 <= row["seconds"] < 5 for row in rows)


def test_a_broken_instance_is_named_and_the_others_are_solved(tmp_path: Path) -> None:
    """Exit status 2, and an error instead of a length."""
    (tmp_path / "a.sm").write_text("nothing")
    (tmp_path / "b.sm").write_text(PSPLIB)
    result = CliRunner().invoke(bench, ["planner", "--psplib", str(tmp_path), "--seconds", "0.1", "--json"])
    rows = json.loads(result.output.splitlines()[0])
    assert result.exit_code == 2
    assert "error" in rows[0]
    assert rows[1]["makespan"] == 11


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    """No silent success."""
    result = CliRunner().invoke(bench, ["planner", "--psplib", str(tmp_path)])
    assert result.exit_code == 2
