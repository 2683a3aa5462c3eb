"""The plan as data for machines and as a few lines for people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from opsloop.engines.scheduling import Plan, render
from opsloop.engines.sheets import TaskRow
from opsloop.engines.weeksheet import words
from opsloop.engines.weeksheet.weekplan import WeekPlan
from opsloop.engines.workcalendar import Language


def as_data(week: WeekPlan, language: Language) -> dict[str, Any]:
    """Return the plan as JSON values: times are local and without a zone, reasons in `language`.

    `task` is the title as written; where a title is repeated, `row` tells the rows apart.
    """
    return {
        "placements": [
            {
                "person": piece.person,
                **_named(week, piece.task),
                "start": _local(piece.start, week),
                "end": _local(piece.end, week),
                "block": piece.block.value if piece.block else "fixed",
                "late": piece.late,
                "reason": render(piece.reasons, language),
            }
            for piece in week.pieces()
        ],
        "unplaced": [
            {**_named(week, one.task), "person": one.person, "reason": render(one.reasons, language)}
            for one in week.plan.unplaced
        ],
        "ranking": _ranking(week, language),
        "problems": [
            {
                "row": problem.row,
                "column": problem.column,
                "value": problem.value,
                "message": problem.message(language.lower()),
            }
            for problem in week.sheet.problems
        ],
        "week": str(week.week),
        "workdays": [day.isoformat() for day in week.workdays],
        "left_out": [{"row": row.row, "task": row.title, "status": row.status} for row in week.left_out],
        "notices": notices(week, language),
    }


def _ranking(week: WeekPlan, language: Language) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    for place, found in enumerate(week.ranking, start=1):
        row = week.rows[found.id]
        entries.append(
            {
                "rank": place,
                **_named(week, found.id),
                "person": row.owner,
                "relevance": row.relevance,
                "urgency": row.urgency,
                "estimate_minutes": row.estimate_minutes,
                "due": _iso(row),
                "quadrant": found.quadrant,
                "disposal": words.disposal(found, language),
                "disposal_code": found.disposal.value,
                "reason": words.why(found, language),
            }
        )
    return entries


def _named(week: WeekPlan, task_id: str) -> dict[str, Any]:
    row = week.rows[task_id]
    return {"task": row.title, "row": row.row} if row.title in week.repeated else {"task": row.title}


def _local(instant: datetime, week: WeekPlan) -> str:
    return instant.astimezone(week.zone).replace(tzinfo=None).isoformat()


def _iso(row: TaskRow) -> str | None:
    due: date | datetime | None = row.due
    return None if due is None else due.isoformat()


def notices(week: WeekPlan, language: Language) -> list[str]:
    """Return what the reader should know of the calendar: an unannounced year, a week without workdays."""
    index = words.LANGUAGES[language]
    years = sorted({week.week.monday.year, week.week.sunday.year})
    found = [
        words.PROVISIONAL[index].format(year=year) for year in years if week.calendar.is_provisional(year)
    ]
    if not week.workdays:
        found.append(words.NO_WORKDAYS[index].format(week=week.week))
    return found


_SUMMARY = {
    "zh-Hans": "{week}：{placed}项任务已安排（其中{late}项延期），{unplaced}项未能安排，{people}人。",
    "zh-Hant": "{week}：{placed}項任務已安排（其中{late}項延期），{unplaced}項未能安排，{people}人。",
    "en": "{week}: {placed} tasks planned ({late} of them late), {unplaced} not planned, {people} people.",
}
_PERSON = {
    "zh-Hans": "{person}：{hours:g}小时，{tasks}项任务",
    "zh-Hant": "{person}：{hours:g}小時，{tasks}項任務",
    "en": "{person}: {hours:g} h, {tasks} tasks",
}
_LATE = {"zh-Hans": "延期", "zh-Hant": "延期", "en": "Late"}
_UNPLACED = {"zh-Hans": "未能安排", "zh-Hant": "未能安排", "en": "Not planned"}


def summary(week: WeekPlan, language: Language) -> list[str]:
    """Return the plan in a few lines: how much, who, what is late and what does not fit, with reasons."""
    plan: Plan = week.plan
    lines = [
        _SUMMARY[language].format(
            week=week.week,
            placed=len({piece.task for piece in plan.placements}),
            late=len(plan.late),
            unplaced=len(plan.unplaced),
            people=len(week.problem.people),
        )
    ]
    for person in week.problem.people:
        pieces = [piece for piece in plan.placements if piece.person == person.id]
        hours = sum(piece.minutes for piece in pieces) / 60
        tasks = len({piece.task for piece in pieces})
        lines.append("  " + _PERSON[language].format(person=person.id, hours=hours, tasks=tasks))
    for late in plan.late:
        title = week.rows[late.task].title
        lines.append(f"{_LATE[language]}  {title}  {render(late.reasons, language)}")
    for one in plan.unplaced:
        title = week.rows[one.task].title
        lines.append(f"{_UNPLACED[language]}  {title}  {render(one.reasons, language)}")
    return [*lines, *notices(week, language)]
