"""`opsloop bench forecast`: how good interval forecasts would have been on a record of estimates and hours."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from opsloop.engines.forecasting.backtest import FEWEST_ENTRIES, Report, Share, measure
from opsloop.engines.forecasting.grid import TARGETS
from opsloop.engines.forecasting.records import Record, RecordError, read

UNUSABLE = 2
MOST_BYTES = 200 * 2**20
SENTENCES = {
    "empty": "The file has no rows below its headings.",
    "corrupt": "Row {row} cannot be taken apart into cells; look for a quotation mark that is not closed.",
    "too_long": "The file has more than 1,000,000 rows.",
    "no_column": (
        "Row {row} has no column {column}. Needed are date, estimate_hours and actual_hours;"
        " person and category are used when there. Found: {cell}."
    ),
    "no_number": "Row {row}, column {column}: “{cell}” is no number of hours. Write it like 1.5.",
    "negative": "Row {row}, column {column}: “{cell}” is below zero. Hours are 0 or more.",
    "too_much": "Row {row}, column {column}: “{cell}” is more than 87,600 hours. Is the unit right?",
    "no_date": "Row {row}, column {column}: “{cell}” is no date, or not in the form of those above it."
    " Write it like 2026-11-27.",
    "missing_date": "Row {row}, column {column}: the date is missing. Write it like 2026-11-27.",
    "too_few": "The file has {row} rows with an estimate and hours; at least {column} are needed.",
}


@click.command("forecast")
@click.option(
    "--csv",
    "file",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="The record, as a table.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def forecast(file: Path, as_json: bool) -> None:
    """Foretell the second half of the rows of FILE, each from the rows before it, and say how good that was.

    FILE has the columns date, person, category, estimate_hours and actual_hours. Exit status: 0 measured, 2 the
    input cannot be used.
    """
    record = _read(file, as_json=as_json)
    if len(record.entries) < FEWEST_ENTRIES:
        too_few = RecordError("too_few", row=len(record.entries), column=str(FEWEST_ENTRIES))
        _refuse("too_few", _sentence(too_few), as_json=as_json)
    answer = _answer(record, measure(record.entries))
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for line in _lines(answer):
        click.echo(line)


def _read(file: Path, *, as_json: bool) -> Record:
    try:
        if file.stat().st_size > MOST_BYTES:
            _refuse("too_large", f"{file}: larger than {MOST_BYTES // 2**20} MB.", as_json=as_json)
        data = file.read_bytes()
    except OSError as error:
        _refuse("not_readable", f"{file}: {error.strerror}.", as_json=as_json)
    try:
        return read(_decoded(data))
    except RecordError as error:
        _refuse(error.code, _sentence(error), as_json=as_json, row=error.row, column=error.column)


def _decoded(data: bytes) -> str:
    """Return the text: by its mark, as UTF-8, a Chinese encoding, or Latin 1, in which every file can be read."""
    from opsloop.exchange.texts import decoded
    from opsloop.exchange.unreadable import ReadError

    try:
        return decoded(data)
    except ReadError:
        return data.decode("latin-1")


def _sentence(error: RecordError) -> str:
    return SENTENCES[error.code].format(row=error.row, column=error.column, cell=error.cell)


def _refuse(code: str, message: str, *, as_json: bool, row: int = 0, column: str = "") -> NoReturn:
    if as_json:
        where = {"row": row, "column": column} if row else {}
        click.echo(json.dumps({"error": {"code": code, "message": message, **where}}, ensure_ascii=False))
    click.echo(message, err=True)
    raise SystemExit(UNUSABLE)


def _answer(record: Record, report: Report) -> dict[str, Any]:
    busy = report.busy
    return {
        "rows": {"used": report.entries, "unlogged": record.unlogged, "sorted_by_date": record.sorted},
        "tested": report.tested,
        "exact_share": _rounded(report.exact),
        "coverage": _rounded(report.coverage),
        "coverage_by_quarter": [_rounded(quarter) for quarter in report.quarters],
        "baseline_coverage": _rounded(report.baseline_coverage),
        "at_or_below": {_name(target): _rounded(share) for target, share in zip(TARGETS, report.below, strict=True)},
        # Hours by task, mean over the four quantiles. In logarithms, a task of 10 minutes counts as one of a week.
        **_losses(report.loss.hours, report.baseline.hours, report.tested),
        "pinball_log": _losses(report.loss.logs, report.baseline.logs, report.tested),
        "sums": {str(size): _counted(share) for size, share in report.sums.items()},
        "throughput": {str(weeks): _counted(share) for weeks, share in report.weeks.items()},
        "people": {
            "with_100_tasks": len(busy),
            "within_72_88": report.fair,
            "share": round(report.fair / len(busy), 4) if busy else None,
        },
        "correlation": round(report.correlation, 3),
    }  # fmt: skip


def _losses(own: Sequence[float], baseline: Sequence[float], n: int) -> dict[str, Any]:
    return {
        "pinball": _mean(own, n),
        "baseline_pinball": _mean(baseline, n),
        "pinball_change": _change(sum(own), sum(baseline)),
        "pinball_by_quantile": {
            _name(target): {
                "pinball": round(mine / n, 5),
                "baseline": round(theirs / n, 5),
                "change": _change(mine, theirs),
            }
            for target, mine, theirs in zip(TARGETS, own, baseline, strict=True)
        },
    }


def _mean(losses: Sequence[float], n: int) -> float:
    return round(sum(losses) / len(losses) / n, 5)


def _change(own: float, baseline: float) -> float | None:
    return round(own / baseline - 1, 4) if baseline else None


def _name(target: float) -> str:
    return f"p{round(target * 100)}"


def _rounded(share: Share) -> float | None:
    return None if share.value is None else round(share.value, 4)


def _counted(share: Share) -> dict[str, Any]:
    return {"coverage": _rounded(share), "n": share.n}


def _lines(answer: dict[str, Any]) -> list[str]:
    people = answer["people"]
    return [
        f"Tested: {answer['tested']} of {answer['rows']['used']} rows; {answer['rows']['unlogged']} unlogged left out.",
        _coverage(answer),
        _pinball(answer),
        *(
            f"Sums of {size} tasks of a person: {_percent(share['coverage'])} of {share['n']}."
            for size, share in answer["sums"].items()
        ),
        *(
            f"Tasks closed in {weeks} weeks: {_percent(share['coverage'])} of {share['n']} weeks."
            for weeks, share in answer["throughput"].items()
        ),
        f"People with 100 tasks: {people['within_72_88']} of {people['with_100_tasks']} within 72–88 %.",
    ]


def _coverage(answer: dict[str, Any]) -> str:
    quarters = " ".join(_percent(quarter) for quarter in answer["coverage_by_quarter"])
    said = f"80 % interval holds {_percent(answer['coverage'])}; by quarter {quarters}"
    return f"{said}; all history the same: {_percent(answer['baseline_coverage'])}."


def _pinball(answer: dict[str, Any]) -> str:
    said = (
        f"Pinball loss {answer['pinball']} hours against {answer['baseline_pinball']} of all history the same"
    )
    logs = answer["pinball_log"]["pinball_change"]
    return f"{said} ({_percent(answer['pinball_change'])}; in logarithms {_percent(logs)})."


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f} %"
