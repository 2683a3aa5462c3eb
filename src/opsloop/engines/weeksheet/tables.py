"""The planned week as the tables of the methodology, ready to be written to a workbook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from opsloop.engines.priority import Priority
from opsloop.engines.scheduling import Placement, render
from opsloop.engines.sheets.tables import (
    WEEKDAYS,
    Column,
    DailyLine,
    RankedLine,
    Table,
    WeekLine,
    daily_plan,
    ranking,
    weekly_plan,
)
from opsloop.engines.weeksheet.answer import notices
from opsloop.engines.weeksheet.weekplan import WeekPlan
from opsloop.engines.workcalendar import Language

# How many of a person's tasks stand for the week if the sheet names no goals.
CORE_TASKS = 3
PRIORITY_OF_QUADRANT: dict[int, str] = {1: "high", 2: "medium", 3: "medium", 4: "low"}
LATE_MARK = {"zh-Hans": "（延期）", "zh-Hant": "（延期）", "en": " (late)"}
UNPLACED_COLUMNS = (
    Column("任务名称", "long"),
    Column("负责人"),
    Column("截止时间", "moment"),
    Column("耗时预估", "minutes"),
    Column("原因", "long"),
)
PROBLEM_COLUMNS = (
    Column("行", "number"),
    Column("列"),
    Column("内容"),
    Column("说明", "long"),
)


def tables(week: WeekPlan, language: Language) -> list[Table]:
    """Return week plan, a day plan for each workday, ranking, 未能安排, and 需要核对 if cells were bad.

    Headings are the methodology's own; reasons are in `language`.
    """
    made = [_week_table(week, language), *_day_tables(week, language), _ranking_table(week)]
    made.append(_unplaced_table(week, language))
    if week.sheet.problems:
        made.append(_problem_table(week, language))
    return made


def _week_table(week: WeekPlan, language: Language) -> Table:
    cells: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for sitting in week.sittings():
        start, end = sitting.start.astimezone(week.zone), sitting.end.astimezone(week.zone)
        mark = LATE_MARK[language] if sitting.late else ""
        text = f"{start:%H:%M}-{end:%H:%M} {week.rows[sitting.task].title}{mark}"
        cells[sitting.person][(start.date() - week.week.monday).days].append(text)
    last = week.workdays[-1] if week.workdays else week.week.monday + timedelta(days=4)
    lines = [
        WeekLine(
            week=str(week.week),
            goal=_core(week, person.id),
            days={day: "\n".join(texts) for day, texts in sorted(cells[person.id].items())},
            owner=person.id,
            due=last,
            mark="not_started",
        )
        for person in week.problem.people
    ]
    subtitle = f"{week.week.monday:%Y-%m-%d} 至 {last:%Y-%m-%d}"
    return weekly_plan(lines, subtitle=" ".join([subtitle, *notices(week, language)]))


def _core(week: WeekPlan, person: str) -> str | None:
    """Return the goals that the person's rows name, or else the most important tasks planned for them."""
    mine = [week.rows[found.id] for found in week.ranking if week.rows[found.id].owner == person]
    goals = list(dict.fromkeys(row.goal for row in mine if row.goal))
    placed = {piece.task for piece in week.plan.placements}
    core = goals or [row.title for row in mine if str(row.row) in placed]
    return "\n".join(core[:CORE_TASKS]) or None


def _day_tables(week: WeekPlan, language: Language) -> Iterable[Table]:
    found = {one.id: one for one in week.ranking}
    of_day: dict[date, list[Placement]] = defaultdict(list)
    for sitting in week.sittings():
        of_day[sitting.start.astimezone(week.zone).date()].append(sitting)
    for day in sorted(set(week.workdays) | set(of_day)):
        name = f"{WEEKDAYS[day.weekday()]} {day:%m-%d}"
        lines = _day_lines(week, day, of_day[day], found, language)
        yield daily_plan(lines, subtitle=f"{day:%Y-%m-%d} {WEEKDAYS[day.weekday()]}", name=name)


def _day_lines(
    week: WeekPlan,
    day: date,
    sittings: Iterable[Placement],
    found: Mapping[str, Priority],
    language: Language,
) -> list[DailyLine]:
    by_task: dict[tuple[str, str], list[Placement]] = {}
    for sitting in sittings:
        by_task.setdefault((sitting.person, sitting.task), []).append(sitting)
    return [
        DailyLine(
            day=day,
            title=week.rows[task].title,
            owner=person,
            priority=PRIORITY_OF_QUADRANT[found[task].quadrant],
            estimate_minutes=sum(piece.minutes for piece in pieces),
            status="not_started",
            note=_note(week, pieces, language),
        )
        for (person, task), pieces in by_task.items()
    ]


def _note(week: WeekPlan, pieces: list[Placement], language: Language) -> str:
    times = [
        f"{piece.start.astimezone(week.zone):%H:%M}-{piece.end.astimezone(week.zone):%H:%M}"
        for piece in pieces
    ]
    return f"{'、'.join(times)}　{render(pieces[0].reasons, language)}"


def _ranking_table(week: WeekPlan) -> Table:
    lines = []
    for place, found in enumerate(week.ranking, start=1):
        row = week.rows[found.id]
        line = RankedLine(
            title=row.title,
            relevance=row.relevance,
            urgency=row.urgency,
            estimate_minutes=row.estimate_minutes,
            rank=place,
            disposal=found.disposal.value,
        )
        lines.append(line)
    return ranking(lines, subtitle=str(week.week))


def _unplaced_table(week: WeekPlan, language: Language) -> Table:
    rows = []
    for one in week.plan.unplaced:
        row = week.rows[one.task]
        rows.append((row.title, row.owner, row.due, row.estimate_minutes, render(one.reasons, language)))
    return Table("未能安排", UNPLACED_COLUMNS, tuple(rows), str(week.week))


def _problem_table(week: WeekPlan, language: Language) -> Table:
    rows = tuple(
        (problem.row, problem.column, problem.value, problem.message(language.lower()))
        for problem in week.sheet.problems
    )
    return Table("需要核对", PROBLEM_COLUMNS, rows, str(week.week))
