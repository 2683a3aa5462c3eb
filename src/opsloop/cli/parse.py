"""`opsloop parse`: one line of text read as a task, or many as JSON lines. Needs no database, no Django."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import click

from opsloop.engines.language.quickadd import QuickAdd
from opsloop.engines.language.quickadd import parse as read_line

# Where "now" is if nobody says so; the working calendar is that of mainland China too.
ZONE = ZoneInfo("Asia/Shanghai")


class InputError(ValueError):
    """What is wrong with the input, in words for the person who gave it."""


@click.command("parse")
@click.argument("text", required=False)
@click.option("--now", "now_text", metavar="ISO", help="The time the text is seen at. Default: the clock.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--batch", is_flag=True, help='Read {"text", "now"} as JSON lines, write one each.')
def parse(*, text: str | None, now_text: str | None, as_json: bool, batch: bool) -> None:
    """Read TEXT as a task: title, times, estimate, priority, people, tags, project, recurrence.

    Times are answered with an offset if --now has one, and without if it has none.
    """
    if batch == (text is not None):
        raise click.UsageError("Give either TEXT or --batch.")
    try:
        now = moment(now_text, "--now") if now_text is not None else None
    except InputError as error:
        raise click.UsageError(str(error)) from error
    if batch:
        raise SystemExit(0 if _run_batch(now) else 1)
    task = read_line(text or "", now=now or datetime.now(ZONE).replace(microsecond=0))
    _write(_line(task.as_json()) if as_json else _readable(task))


def moment(value: object, name: str) -> datetime:
    """Return the ISO 8601 time in `value`. Raises InputError naming the field `name`."""
    try:
        return datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        shown = repr(value)[:60]
        remedy = "write it like 2026-11-23T09:00 or 2026-11-23T09:00+08:00"
        raise InputError(f"{name}: {shown} is no ISO time; {remedy}") from error


def _run_batch(now: datetime | None) -> bool:
    """Answer every line of standard input, a bad one with {"line", "error"}; return whether all were good."""
    good = True
    for number, raw in _lines(sys.stdin.buffer):
        try:
            answer = _answer(raw, now)
        except InputError as error:
            good, answer = False, {"line": number, "error": str(error)}
            click.echo(f"Line {number}: {error}", err=True)
        _write(_line(answer))
    return good


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, numbered from 1; a byte order mark is no part of the first."""
    for number, raw in enumerate(stream, start=1):
        line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        if line.strip():
            yield number, line


def _answer(raw: bytes, now: datetime | None) -> dict[str, Any]:
    try:
        asked = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InputError('no JSON; write it like {"text": "明天", "now": "2026-11-23T09:00"}') from error
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        raise InputError('"text" is missing or no text')
    if "now" in asked:
        now = moment(asked["now"], "now")
    if now is None:
        raise InputError('"now" is missing; give it in the line or as --now')
    return read_line(asked["text"], now=now).as_json()


def _readable(task: QuickAdd) -> str:
    """Return the fields that are set, one a line."""
    shown = {name: value for name, value in task.as_json().items() if value or name == "title"}
    width = max(map(len, shown))
    return "\n".join(f"{name:<{width}}  {_plain(value)}" for name, value in shown.items())


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _line(answer: dict[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False)


def _write(text: str) -> None:
    """Write one line as UTF-8 whatever the locale says; what UTF-8 cannot carry is escaped."""
    stream = sys.stdout.buffer
    stream.write(text.encode("utf-8", "backslashreplace") + b"\n")
    stream.flush()
