"""`opsloop plan`: a department's sheet of tasks becomes each person's week of time blocks.

No server, no database, no set-up: the file in, the statutory calendar, the default blocks, the plan out.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from opsloop.engines import scheduling
from opsloop.engines.sheets import TaskSheet
from opsloop.engines.weeksheet import (
    Week,
    WeekPlan,
    as_data,
    parse_week,
    plan_week,
    summary,
    tables,
    words,
)
from opsloop.engines.workcalendar import Language, china
from opsloop.exchange.reading import ReadError, read_file

INVALID = 1
UNUSABLE = 2
LANGUAGES: dict[str, Language] = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}


@click.command("plan")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--week", "week_text", required=True, metavar="2026-W48", help="The ISO week to plan.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="WEEK.xlsx", help="Write the plan to a workbook."
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
@click.option("--verify", is_flag=True, help="Check the plan with the independent checker.")
@click.option("--sheet", metavar="NAME", help="The sheet to read; the first visible one by default.")
@click.option("--now", "now_text", metavar="ISO", help="Plan nothing before this moment of the week.")
@click.option(
    "--time-zone", default="Asia/Shanghai", show_default=True, help="The zone of the sheet's times."
)
@click.option(
    "--lang",
    "--language",
    "language_text",
    type=click.Choice(list(LANGUAGES), case_sensitive=False),
    default="zh-hans",
    show_default=True,
    help="The language of reasons and messages.",
)
def plan(
    file: Path,
    week_text: str,
    out: Path | None,
    as_json: bool,
    verify: bool,
    sheet: str | None,
    now_text: str | None,
    time_zone: str,
    language_text: str,
) -> None:
    """Plan the week of everybody who owns a task in FILE (.xlsx, .xls or .csv).

    Exit status: 0 a plan was made, 1 --verify found a fault in it, 2 the input cannot be used.
    """
    language = LANGUAGES[language_text.lower()]
    refuse = _Refusal(as_json=as_json)
    zone = _zone(time_zone)
    week = _week(week_text)
    now = _now(now_text, zone)
    _check_target(out, file)
    today = now.date() if now else week.monday
    try:
        found = read_file(file, today=today, sheet=sheet, zone=zone)
    except ReadError as error:
        refuse(error.code, error.message(language.lower()))
    _check_rows(found, language, refuse)
    calendar = china([week.monday.year, week.sunday.year], language=language)
    planned = plan_week(found, week, zone=zone, calendar=calendar, now=now)
    if out is not None:
        _write(planned, out, language, refuse)
    faults = scheduling.verify(planned.problem, planned.plan) if verify else []
    _answer(planned, language, as_json=as_json, verified=verify, faults=faults)
    if faults:
        raise SystemExit(INVALID)


class _Refusal:
    """Says in one sentence why the input cannot be used, and ends the command."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def __call__(self, code: str, message: str) -> NoReturn:
        """End with status 2."""
        if self.as_json:
            click.echo(json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False))
        click.echo(message, err=True)
        raise SystemExit(UNUSABLE)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise click.BadParameter(f"{name} is no time zone", param_hint="--time-zone") from None


def _week(text: str) -> Week:
    try:
        return parse_week(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--week") from None


def _now(text: str | None, zone: ZoneInfo) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no ISO date and time", param_hint="--now") from None
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _check_target(out: Path | None, file: Path) -> None:
    if out is None:
        return
    if out.suffix.lower() != ".xlsx":
        raise click.BadParameter("the name must end in .xlsx", param_hint="--out")
    if out.resolve() == file.resolve():
        raise click.BadParameter("it would overwrite the sheet that is read", param_hint="--out")


def _check_rows(found: TaskSheet, language: Language, refuse: _Refusal) -> None:
    if found.rows:
        return
    for problem in found.problems:
        if problem.row == 0:
            refuse(problem.code, problem.message(language.lower()))
    refuse("no_tasks", words.NO_TASKS[words.LANGUAGES[language]])


def _write(planned: WeekPlan, out: Path, language: Language, refuse: _Refusal) -> None:
    # Writing workbooks takes a tenth of a second to load, which a plan in JSON need not pay.
    from opsloop.exchange import workbooks

    try:
        workbooks.write(tables(planned, language), out)
    except OSError as error:
        refuse("not_writable", f"{out}: {error.strerror}")


def _answer(
    planned: WeekPlan,
    language: Language,
    *,
    as_json: bool,
    verified: bool,
    faults: list[scheduling.Violation],
) -> None:
    if as_json:
        data: dict[str, Any] = as_data(planned, language)
        if verified:
            data["violations"] = [
                {"rule": fault.rule, "task": fault.task, "detail": fault.detail} for fault in faults
            ]
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    for line in summary(planned, language):
        click.echo(line)
    for problem in planned.sheet.problems:
        click.echo(problem.message(language.lower()), err=True)
    for fault in faults:
        click.echo(f"{fault.rule}: {fault.task}: {fault.detail}", err=True)
