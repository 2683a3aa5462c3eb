"""`opsloop import`: read a department's table, show what it says, and take it in."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from opsloop.engines import toggl
from opsloop.engines.grid import shown
from opsloop.engines.sheets import Problem, TaskRow, TaskSheet
from opsloop.exchange.reading import Format, ReadError, read_file, read_grid

UNREADABLE = 2
_BAR_FROM = 2_000  # rows; fewer are read before a bar could be seen


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only show what the file says; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.option("--sheet", metavar="NAME", help="The sheet to read; the first visible one by default.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["auto", "trello", "jira", "csv", "xlsx"]),
    default="auto",
    show_default=True,
    help="What the file is, when its name does not say it.",
)
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="The day that dates without a year are near to."
)
@click.option("--time-zone", default="Asia/Shanghai", show_default=True, help="For times that carry a zone.")
@click.option(
    "--language", type=click.Choice(["zh-hans", "zh-hant", "en"]), default="zh-hans", show_default=True
)
@click.option("--as", "user", metavar="LOGIN", help="Import in the name of this person.")
def import_(
    file: Path,
    dry_run: bool,
    as_json: bool,
    sheet: str | None,
    kind: Format,
    today: datetime | None,
    time_zone: str,
    language: str,
    user: str | None,
) -> None:
    """Import tasks from FILE: .xlsx, .xls, .csv, a Trello board (.json), Jira issues (.csv); or hours of Toggl."""
    zone = _zone(time_zone)
    day = today.date() if today else datetime.now(zone).date()
    bar = _Bar()
    try:
        found = read_file(file, today=day, sheet=sheet, kind=kind, zone=zone, progress=bar)
    except ReadError as error:
        _refuse(error, as_json=as_json, language=language)
    finally:
        bar.close()
    for problem in found.problems:
        if problem.row == 0:  # of the whole sheet: there is no table on it
            _give_up(problem.code, problem.message(language), as_json=as_json)
    if dry_run and _show_hours(file, kind=kind, sheet=sheet, zone=zone, as_json=as_json):
        return
    if dry_run:
        _show(found, as_json=as_json, language=language)
        return
    _import(file, kind=kind, sheet=sheet, user=user, as_json=as_json)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise click.BadParameter(f"{name} is no time zone", param_hint="--time-zone") from None


def _refuse(error: ReadError, *, as_json: bool, language: str) -> NoReturn:
    _give_up(error.code, error.message(language), as_json=as_json)


def _give_up(code: str, message: str, *, as_json: bool) -> NoReturn:
    """Say why nothing was read, in the same shape as an answer, and end."""
    if as_json:
        problem = {"row": None, "column": None, "value": None, "message": message}
        answer = {"error": {"code": code, "message": message}, "rows": [], "problems": [problem]}
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(message, err=True)
    raise SystemExit(UNREADABLE)


def _show(found: TaskSheet, *, as_json: bool, language: str) -> None:
    if as_json:
        click.echo(json.dumps(as_data(found, language), ensure_ascii=False))
        return
    for row in found.rows:
        due = (
            row.due.isoformat(sep=" ", timespec="minutes")
            if isinstance(row.due, datetime)
            else row.due or "—"
        )
        hours = f"{row.estimate_minutes / 60:g}h" if row.estimate_minutes else "—"
        click.echo(f"{row.row:>6}  {row.title}  [{row.owner or '—'}, {hours}, {due}]")
    for problem in found.problems:
        click.echo(problem.message(language), err=True)
    click.echo(f"{len(found.rows)} tasks, {len(found.problems)} cells to look at.", err=True)


def _show_hours(file: Path, *, kind: Format, sheet: str | None, zone: ZoneInfo, as_json: bool) -> bool:
    """Show what a Toggl report says; False when the file is none."""
    grid, _implied = read_grid(file, sheet=sheet, kind=kind)
    cells = [[shown(cell) for cell in row] for row in grid.rows]
    if not cells or not toggl.is_toggl(cells[0]):
        return False
    rows, bad = toggl.read(cells, zone)
    if as_json:
        entries = [{**asdict(row), "start": _iso(row.start), "end": _iso(row.end)} for row in rows]
        click.echo(
            json.dumps({"entries": entries, "problems": [asdict(one) for one in bad]}, ensure_ascii=False)
        )
        return True
    for row in rows:
        what = row.task or row.description or "—"
        click.echo(
            f"{row.row:>6}  {row.start:%Y-%m-%d %H:%M}–{row.end:%H:%M}  {row.user or row.email or '—'}  {what}"
        )
    for one in bad:
        click.echo(f"{one.row}: {one.column} = {one.value!r} ({one.code})", err=True)
    click.echo(f"{len(rows)} entries, {len(bad)} rows to look at.", err=True)
    return True


def as_data(found: TaskSheet, language: str) -> dict[str, Any]:
    """Return `found` as the JSON answer: the promised keys first, the rest after them."""
    return {
        "rows": [_row(row) for row in found.rows],
        "problems": [_problem(problem, language) for problem in found.problems],
        "sheet": found.sheet,
        "mapping": found.mapping,
    }


def _row(row: TaskRow) -> dict[str, Any]:
    promised = {
        "title": row.title,
        "owner": row.owner,
        "relevance": row.relevance,
        "urgency": row.urgency,
        "estimate_minutes": row.estimate_minutes,
        "due": _iso(row.due),
        "depends_on": list(row.depends_on),
    }
    more = {
        "row": row.row,
        "number": row.number,
        "collaborators": list(row.collaborators),
        "earliest": _iso(row.earliest),
        "splittable": row.splittable,
        "fixed_start": _iso(row.fixed_start),
        "fixed_end": _iso(row.fixed_end),
        "project": row.project,
        "department": row.department,
        "status": row.status,
        "deliverable_standard": row.deliverable_standard,
        "category": row.category,
        "tags": list(row.tags),
        "actual_minutes": row.actual_minutes,
        "progress": row.progress,
        "note": row.note,
    }
    return promised | more


def _iso(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _problem(problem: Problem, language: str) -> dict[str, Any]:
    return {
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "message": problem.message(language),
        "code": problem.code,
    }


def _import(file: Path, *, kind: Format, sheet: str | None, user: str | None, as_json: bool) -> None:
    """Take the tasks into the database; the part that needs one is loaded only here."""
    if user is None:
        raise click.UsageError(
            "Say in whose name the tasks are imported: --as LOGIN (or only look: --dry-run)."
        )
    from opsloop.cli import installation

    installation.load()
    from opsloop.cli.export import find_person
    from opsloop.exchange import actions
    from opsloop.records.refusals import Refused
    from opsloop.web import clock

    grid, implied = read_grid(file, sheet=sheet, kind=kind)
    try:
        row = actions.import_tasks(
            grid=grid, implied=implied, filename=file.name, by=find_person(user), at=clock.now()
        )
    except Refused as refusal:
        raise click.ClickException(refusal.reason) from refusal
    result = row.result
    if row.kind == "hours":
        answer = {
            "entries": len(result["entries"]),
            "left_out": result["overlapping"] + result["locked"] + result["ahead"],
        }
        answer |= {"bad": result["bad"], "unknown": result["unknown"]}
        if as_json:
            click.echo(json.dumps(answer | {"import": row.pk}, ensure_ascii=False))
        else:
            click.echo(
                "{entries} entries recorded; rows left out: {left_out}; not read: {bad}.".format(**answer),
                err=True,
            )
        return
    answer = {"created": len(result["created"]), "updated": len(result["updated"]), "same": result["same"]}
    if as_json:
        click.echo(
            json.dumps(
                answer | {"import": row.pk, "without_owner": result["without_owner"]}, ensure_ascii=False
            )
        )
        return
    click.echo("{created} created, {updated} changed, {same} as they were.".format(**answer), err=True)


class _Bar:
    """A progress bar on standard error, drawn only for long tables and only for a person."""

    def __init__(self) -> None:
        self.drawn = False
        self.shown = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` rows are read."""
        if self.shown and total >= _BAR_FROM:
            filled = 30 * done // total
            click.echo(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done}/{total}", err=True, nl=False)
            self.drawn = True

    def close(self) -> None:
        """Leave the bar's line."""
        if self.drawn:
            click.echo("", err=True)
