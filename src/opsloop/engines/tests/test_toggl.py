"""Toggl's detailed report, row by row."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from opsloop.engines import toggl

pytestmark = pytest.mark.once
HEADINGS = [
    "User",
    "Email",
    "Client",
    "Project",
    "Task",
    "Description",
    "Billable",
    "Start date",
    "Start time",
    "End date",
    "End time",
    "Duration",
    "Tags",
]
ZONE = ZoneInfo("Asia/Shanghai")


def row(start: str, end: str, first: str = "2026-11-23", last: str = "2026-11-23") -> list[str]:
    return ["林悦", "lin@q.example", "", "大促", "", "写周报", "No", first, start, last, end, "01:00:00", ""]


def test_the_report_is_known_by_its_headings() -> None:
    assert toggl.is_toggl(HEADINGS)
    assert toggl.is_toggl(["\ufeffUser", *HEADINGS[1:]])
    assert not toggl.is_toggl(["任务", "负责人"])


@pytest.mark.parametrize(
    ("first", "start", "end", "expected"),
    [
        ("2026-11-23", "09:00:20", "10:30:50", "09:00 10:30"),
        ("11/23/2026", "09:00:00 AM", "01:15:00 PM", "09:00 13:15"),
        ("23.11.2026", "00:05", "12:00 AM", ""),
    ],
)
def test_dates_and_times_are_read_as_toggl_writes_them(
    first: str, start: str, end: str, expected: str
) -> None:
    found, bad = toggl.read([HEADINGS, row(start, end, first, first), [""] * 13], ZONE)
    assert [f"{one.start:%H:%M} {one.end:%H:%M}" for one in found] == ([expected] if expected else [])
    assert len(found) + len(bad) == 1


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        (row("morgens", "10:00"), "start time", "not_a_time"), (row("09:00", "25:00"), "end time", "not_a_time"),
        (row("09:00", "10:00", "2026-02-30"), "start date", "not_a_date"), (row("10:00:05", "10:00:40"), "end time", "too_short"),
        (row("11:00", "10:00"), "end time", "too_short"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_with_its_line_and_column(cells: list[str], column: str, code: str) -> None:
    found, bad = toggl.read([HEADINGS, row("08:00", "08:30"), cells], ZONE)
    assert len(found) == 1
    assert [(one.row, one.column, one.code) for one in bad] == [(3, column, code)]
