"""`opsloop import --dry-run`: what a person and a machine read, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from opsloop.cli.import_ import import_

SHEET = "任务,负责人,目标关联度,紧急程度,预计耗时(h),截止日期,前置任务\n写稿,张三/李四,5,高,1.5,11月30日,\n发布,王五,9,中,2,2026-12-01 18:00,写稿\n合计,,,,3.5,,\n"


def run(path: Path, *options: str) -> tuple[int, dict[str, object]]:
    result = CliRunner().invoke(
        import_, [str(path), "--dry-run", "--json", "--today", "2026-11-23", *options]
    )
    return result.exit_code, json.loads(result.stdout)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "任务.csv"
    path.write_bytes(SHEET.encode("gbk"))
    return path


def test_it_answers_with_rows_and_problems(sheet: Path) -> None:
    code, answer = run(sheet)
    assert code == 0
    first, second = answer["rows"]  # type: ignore[misc]
    assert list(first)[:7] == [
        "title",
        "owner",
        "relevance",
        "urgency",
        "estimate_minutes",
        "due",
        "depends_on",
    ]
    assert list(first.values())[:7] == ["写稿", "张三", 5, "high", 90, "2026-11-30", []]
    assert list(second.values())[:7] == ["发布", "王五", None, "medium", 120, "2026-12-01T18:00:00", ["写稿"]]
    (problem,) = answer["problems"]  # type: ignore[misc]
    assert list(problem)[:4] == ["row", "column", "value", "message"]
    assert (problem["row"], problem["column"], problem["value"]) == (3, "目标关联度", "9")
    assert "1到5" in problem["message"]


def test_it_speaks_the_language_asked_for(sheet: Path) -> None:
    assert "from 1 to 5" in run(sheet, "--language", "en")[1]["problems"][0]["message"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.xlsx", b"not a workbook", "wrong_type"),
        ("a.csv", b"", "empty"),
        ("a.csv", "没有表头的一句话\n".encode(), "no_headings"),
        ("a.pdf", b"%PDF-1.7", "unsupported"),
    ],
)
def test_an_unreadable_file_ends_with_2_and_says_why(
    tmp_path: Path, name: str, data: bytes, error: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    code, answer = run(path)
    assert code == 2
    assert answer["error"]["code"] == error  # type: ignore[index]
    assert answer["error"]["message"]  # type: ignore[index]
    assert answer["rows"] == []


def test_a_missing_file_ends_with_2(tmp_path: Path) -> None:
    code, answer = run(tmp_path / "没有.xlsx")
    assert (code, answer["error"]["code"]) == (2, "not_found")  # type: ignore[index]


def test_a_person_reads_lines_and_problems(sheet: Path) -> None:
    result = CliRunner().invoke(import_, [str(sheet), "--dry-run", "--today", "2026-11-23"])
    assert result.exit_code == 0
    assert "写稿" in result.stdout
    assert "第3行“目标关联度”" in result.stderr


def test_a_dry_run_loads_no_django(sheet: Path) -> None:
    script = (
        "import sys; from click.testing import CliRunner; from opsloop.cli.import_ import import_;"
        f"result = CliRunner().invoke(import_, [{str(sheet)!r}, '--dry-run', '--json']);"
        "assert result.exit_code == 0, result.output; assert 'django' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_wrong_time_zone_is_refused(sheet: Path) -> None:
    result = CliRunner().invoke(import_, [str(sheet), "--dry-run", "--time-zone", "Mars/Base"])
    assert result.exit_code == 2
    assert "Mars/Base" in result.output
