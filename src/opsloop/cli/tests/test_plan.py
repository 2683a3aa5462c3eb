"""`opsloop plan` from file to file, as a department would use it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from opsloop.cli.plan import plan
from opsloop.cli.tests.department import ROWS, save

Row = tuple[object, ...]


def run(*arguments: object, week: str = "2026-W48") -> Any:
    """Run the command and return click's result."""
    return CliRunner().invoke(plan, [*(str(one) for one in arguments), "--week", week])


def planned(path: Path, *options: object, week: str = "2026-W48") -> dict[str, Any]:
    """Return the JSON answer for a sheet that can be planned."""
    result = run(path, "--json", *options, week=week)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def sheet(tmp_path: Path, *rows: Row) -> Path:
    """Save a sheet with these rows: title, owner, relevance, urgency, estimate, due, depends on, …."""
    filled = tuple((*row, *[""] * (10 - len(row))) for row in rows)
    return save(tmp_path / "tasks.xlsx", rows=filled)


@pytest.fixture(scope="module")
def department(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the planned week of the realistic department, checked."""
    return planned(save(tmp_path_factory.mktemp("sheet") / "tasks.xlsx"), "--verify")


def test_every_row_is_planned_or_refused_with_a_reason(department: dict[str, Any]) -> None:
    """Nothing is lost between the sheet and the plan."""
    placed = {piece["task"] for piece in department["placements"]}
    refused = {one["task"] for one in department["unplaced"]}
    assert placed | refused == {row[0] for row in ROWS}
    assert not placed & refused
    assert all(one["reason"] for one in [*department["placements"], *department["unplaced"]])
    assert department["violations"] == []
    assert department["problems"] == []


def test_the_answer_has_the_promised_shape(department: dict[str, Any]) -> None:
    """Keys, local times, the blocks' names."""
    first = department["placements"][0]
    assert list(first) == ["person", "task", "start", "end", "block", "late", "reason"]
    assert (first["person"], first["task"]) == ("林晓", "双12活动主方案定稿")
    assert (first["start"], first["end"]) == ("2026-11-23T09:00:00", "2026-11-23T10:00:00")
    assert {piece["block"] for piece in department["placements"]} <= {"focus", "fragment", "buffer", "fixed"}
    assert list(department["unplaced"][0]) == ["task", "person", "reason"]


def test_nobody_is_in_two_places_or_at_lunch(department: dict[str, Any]) -> None:
    """Checked from the answer alone, without the planner's own types."""
    days: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for piece in department["placements"]:
        start, end = datetime.fromisoformat(piece["start"]), datetime.fromisoformat(piece["end"])
        days[piece["person"]].append((start, end))
        if piece["block"] == "fixed":
            continue
        clock = (f"{start:%H:%M}", f"{end:%H:%M}")
        assert start.weekday() < 5
        assert ("09:00" <= clock[0] < clock[1] <= "12:00") or ("14:00" <= clock[0] < clock[1] <= "17:30")
    for spans in days.values():
        spans.sort()
        assert all(one[1] <= two[0] for one, two in pairwise(spans))


def test_two_hours_take_two_and_a_quarter(department: dict[str, Any]) -> None:
    """The reserve of 10 to 20 per cent is inside the placement."""
    minutes: dict[str, float] = defaultdict(float)
    for piece in department["placements"]:
        length = datetime.fromisoformat(piece["end"]) - datetime.fromisoformat(piece["start"])
        minutes[piece["task"]] += length / timedelta(minutes=1)
    for row in ROWS:
        if row[4] == "2h" and not row[9]:
            assert minutes[str(row[0])] == 135
    assert minutes["选题会"] == 60


def test_predecessors_come_first_across_people(department: dict[str, Any]) -> None:
    """The material order waits for the channel budget and for the main plan of a colleague."""
    start: dict[str, str] = {}
    end: dict[str, str] = {}
    for piece in department["placements"]:
        start[piece["task"]] = min(start.get(piece["task"], "9"), piece["start"])
        end[piece["task"]] = max(end.get(piece["task"], ""), piece["end"])
    for row in ROWS:
        for before in str(row[6]).split("、"):
            if before and row[0] in start:
                assert end[before] <= start[str(row[0])]


def test_only_what_was_overdue_is_late(department: dict[str, Any]) -> None:
    """Every deadline of the week can be kept, and is."""
    assert {piece["task"] for piece in department["placements"] if piece["late"]} == {"渠道合同续签审批"}


def test_the_ranking_starts_with_what_is_important_and_urgent(department: dict[str, Any]) -> None:
    """First the escalated complaint due on Monday noon; last what serves no goal and is not urgent."""
    ranked = department["ranking"]
    assert [entry["rank"] for entry in ranked] == list(range(1, 61))
    assert (ranked[0]["task"], ranked[0]["disposal"]) == ("客诉升级处理：物流延误", "立即")
    assert ranked[-1]["disposal"] == "暂缓"


def test_the_workbook_holds_the_tables_of_the_methodology(tmp_path: Path) -> None:
    """Week plan, a plan for each workday, ranking, and what could not be planned."""
    out = tmp_path / "week.xlsx"
    result = run(save(tmp_path / "tasks.xlsx"), "--out", out)
    assert result.exit_code == 0
    assert "未能安排  会员复购模型取数" in result.output
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == [
        "周工作计划表",
        "周一 11-23",
        "周二 11-24",
        "周三 11-25",
        "周四 11-26",
        "周五 11-27",
        "任务优先级排序表",
        "未能安排",
    ]
    week = [row for row in book["周工作计划表"].iter_rows(values_only=True) if row[0] == "2026-W48"]
    assert len(week) == 6
    assert "09:00-10:00 双12活动主方案定稿" in str(week[0][2])


def test_a_makeup_saturday_is_worked_and_the_holiday_is_not(tmp_path: Path) -> None:
    """In the week of 5 October 2026 only Thursday, Friday and Saturday are workdays."""
    path = sheet(tmp_path, ("国庆复盘", "林晓", 5, "高", "16h", "10月11日"))
    found = planned(path, week="2026-W41")
    assert {piece["start"][:10] for piece in found["placements"]} == {
        "2026-10-08",
        "2026-10-09",
        "2026-10-10",
    }
    out = tmp_path / "week.xlsx"
    run(path, "--out", out, week="2026-W41")
    assert "周六 10-10" in openpyxl.load_workbook(out).sheetnames


def test_a_week_without_workdays_says_so(tmp_path: Path) -> None:
    """The week of Spring Festival 2026."""
    found = planned(sheet(tmp_path, ("值班表", "林晓", 3, "中", "1h", "")), week="2026-W08")
    assert found["placements"] == []
    assert "没有工作时间" in found["unplaced"][0]["reason"]
    assert found["notices"] == ["2026-W08没有工作日。"]


def test_impossible_rows_are_named_and_the_rest_is_planned(tmp_path: Path) -> None:
    """A ring, nobody, too much, an unreadable estimate, a row without a title."""
    path = sheet(
        tmp_path,
        ("甲", "林晓", 3, "中", "1h", "", "乙"),
        ("乙", "林晓", 3, "中", "1h", "", "甲"),
        ("丙", "", 3, "中", "1h", ""),
        ("丁", "林晓", 3, "中", "300h", ""),
        ("戊", "林晓", 3, "中", "很久", ""),
        ("", "林晓", 3, "中", "1h", ""),
        ("己", "林晓", 3, "中", "1h", "", "查无此事"),
        ("庚", "林晓", 3, "中", "9999h", ""),
    )
    found = planned(path, "--verify")
    assert {piece["task"] for piece in found["placements"]} == {"戊", "己"}
    reasons = {one["task"]: one["reason"] for one in found["unplaced"]}
    assert "“甲” → “乙” → “甲”" in reasons["甲"]
    assert "没有负责人" in reasons["丙"]
    assert "需要 330 小时" in reasons["丁"]
    assert set(reasons) == {"甲", "乙", "丙", "丁", "庚"}
    assert {problem["row"] for problem in found["problems"]} == {7, 8, 9, 10}
    assert found["violations"] == []


def test_rows_with_one_title_are_told_apart(tmp_path: Path) -> None:
    """Both stand in the plan, with their row in the file."""
    found = planned(
        sheet(tmp_path, ("写周报", "林晓", 3, "中", "1h", ""), ("写周报", "周敏", 3, "中", "1h", ""))
    )
    assert [(piece["person"], piece["row"]) for piece in found["placements"]] == [("林晓", 3), ("周敏", 4)]


def test_a_late_task_delays_none_that_can_be_met(tmp_path: Path) -> None:
    """A week's work due on Monday morning does not cost the report of Friday its date."""
    impossible = ("补交台账", "林晓", 5, "高", "20h", "11月23日 10:00")
    report = ("周报", "林晓", 1, "低", "8h", "11月27日")
    found = planned(sheet(tmp_path, impossible, report))
    late = {piece["task"]: piece["late"] for piece in found["placements"]}
    assert late == {"补交台账": True, "周报": False}
    reason = next(piece["reason"] for piece in found["placements"] if piece["late"])
    assert "赶不上截止11月23日周一 10:00" in reason


def test_nothing_is_planned_before_now(tmp_path: Path) -> None:
    """In the middle of the week only the rest of it is used."""
    path = sheet(tmp_path, ("方案", "林晓", 5, "高", "4h", "11月27日"))
    found = planned(path, "--now", "2026-11-25T15:00")
    assert found["placements"][0]["start"] == "2026-11-25T15:00:00"


def test_done_rows_are_left_out_and_not_waited_for(tmp_path: Path) -> None:
    """A sheet with a status column is planned again on what is open."""
    book = openpyxl.Workbook()
    page = book.active
    for row in (
        ["任务名称", "负责人", "耗时预估", "前置任务", "状态"],
        ["调研", "林晓", "2h", "", "已完成"],
        ["方案", "林晓", "2h", "调研", "未开始"],
    ):
        page.append(row)
    book.save(tmp_path / "tasks.xlsx")
    found = planned(tmp_path / "tasks.xlsx")
    assert {piece["task"] for piece in found["placements"]} == {"方案"}
    assert found["left_out"] == [{"row": 2, "task": "调研", "status": "done"}]


@pytest.mark.parametrize(("language", "word"), [("en", "It has no owner."), ("zh-Hant", "沒有負責人。")])
def test_reasons_come_in_the_language_asked_for(tmp_path: Path, language: str, word: str) -> None:
    """Tables keep the methodology's own headings."""
    found = planned(sheet(tmp_path, ("丙", "", 3, "中", "1h", "")), "--lang", language)
    assert found["unplaced"][0]["reason"].startswith(word)


def test_a_file_that_cannot_be_used_ends_with_a_sentence(tmp_path: Path) -> None:
    """Status 2, the remedy on standard error, the same as JSON if asked for."""
    (tmp_path / "notes.xlsx").write_text("not a workbook", encoding="utf-8")
    for name in ("missing.xlsx", "notes.xlsx"):
        result = run(tmp_path / name, "--json")
        assert result.exit_code == 2
        assert json.loads(result.stdout)["error"]["message"] == result.stderr.strip()


@pytest.mark.parametrize("week", ["2026-48", "2026-W54", "0001-W01", "下周", "2026-W00"])
def test_a_week_that_does_not_exist_is_refused(tmp_path: Path, week: str) -> None:
    """Before the file is opened."""
    result = run(tmp_path / "tasks.xlsx", week=week)
    assert result.exit_code == 2
    assert "--week" in result.output


def test_it_never_overwrites_the_sheet_it_reads(tmp_path: Path) -> None:
    """Nor writes something that is no workbook."""
    path = sheet(tmp_path, ("方案", "林晓", 5, "高", "4h", ""))
    assert run(path, "--out", path).exit_code == 2
    assert run(path, "--out", tmp_path / "week.pdf").exit_code == 2
    assert run(path, "--out", tmp_path / "nowhere" / "week.xlsx").exit_code == 2


def test_it_starts_without_django(tmp_path: Path) -> None:
    """No server, no settings, no database."""
    path = sheet(tmp_path, ("方案", "林晓", 5, "高", "4h", ""))
    program = (
        "import sys; from opsloop.cli.main import main\n"
        f"try: main(['plan', {str(path)!r}, '--week', '2026-W48'])\n"
        "except SystemExit as ended: assert not ended.code\n"
        "assert 'django' not in sys.modules"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
