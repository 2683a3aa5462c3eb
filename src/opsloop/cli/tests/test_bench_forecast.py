"""`opsloop bench forecast`: a table in, figures out, and a refusal that names the cell."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from opsloop.cli.main import main

HEADING = "date,person,category,estimate_hours,actual_hours\n"


def rows(n: int) -> str:
    drawn = random.Random(5)
    return "".join(
        f"2024-{1 + at // 28:02d}-{1 + at % 28:02d},p{at % 2},k,1,{drawn.lognormvariate(0.2, 0.4):.2f}\n"
        for at in range(n)
    )


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["bench", "forecast", "--csv", str(path), *options])


def test_it_prints_the_figures(tmp_path: Path) -> None:
    file = tmp_path / "record.csv"
    file.write_text(HEADING + rows(240) + "2024-12-01,p1,k,1,\n", encoding="utf-8")
    result = run(file, "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["rows"] == {"used": 240, "unlogged": 1, "sorted_by_date": False}
    assert answer["tested"] == 120
    assert 0.6 < answer["coverage"] < 0.95
    assert len(answer["coverage_by_quarter"]) == 4
    assert 0 < answer["pinball"] < 2 * answer["baseline_pinball"]
    assert answer["sums"]["10"]["n"] == 12
    assert set(answer["throughput"]) == {"2", "4", "8"}
    assert answer["people"]["with_100_tasks"] == 0
    assert run(file).stdout.startswith("Tested: 120 of 240 rows")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADING + rows(50) + "2024-12-01,p1,k,1,soon\n", "Row 52, column actual_hours: “soon”"),
        (HEADING + rows(50) + "whenever,p1,k,1,1\n", "Row 52, column date: “whenever”"),
        ("date,person,actual_hours\n2024-01-01,a,1\n", "estimate_hours"),
        (HEADING + rows(10), "at least 40 are needed"),
    ],
)
def test_it_refuses_and_names_the_cell(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "record.csv"
    file.write_text(text, encoding="utf-8")
    result = run(file, "--json")
    assert result.exit_code == 2
    assert said in result.stderr
    assert said in json.loads(result.stdout)["error"]["message"]


def test_a_missing_file_and_other_encodings(tmp_path: Path) -> None:
    assert run(tmp_path / "none.csv").exit_code == 2
    file = tmp_path / "record.csv"
    file.write_bytes((HEADING + rows(60).replace("k", "é")).encode("latin-1"))
    assert run(file, "--json").exit_code == 0
    file.write_bytes((HEADING + rows(60).replace("k", "写作")).encode("gb18030"))
    assert run(file, "--json").exit_code == 0
