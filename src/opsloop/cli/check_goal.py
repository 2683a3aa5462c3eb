"""`opsloop check-goal`: is a goal specific, and which of its words are vague?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import click

from opsloop.engines.language.characters import script_of
from opsloop.engines.language.goalcheck import check, report


@click.command("check-goal")
@click.argument("text", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of sentences.")
@click.option(
    "--batch", is_flag=True, help='Read JSON lines {"text": …} from standard input, write one each.'
)
def check_goal(text: str | None, *, as_json: bool, batch: bool) -> None:
    """Check whether a goal names a measure, a target and a deadline, and point out vague words."""
    if batch == (text is not None):
        raise click.UsageError("Give either one TEXT or --batch.")
    if text is not None:
        _print(text, as_json=as_json)
        return
    for goal in _texts():
        _print(goal, as_json=True)


def _print(text: str, *, as_json: bool) -> None:
    result = check(text)
    answer = json.dumps(result.as_json(), ensure_ascii=False)
    line = answer if as_json else report(result, language=script_of(text))
    # A lone surrogate, as from a broken file name, cannot be written as UTF-8.
    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")


def _texts() -> Iterator[str]:
    """Yield the texts of the JSON lines on standard input; a bad line ends the run, naming its number."""
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if line.strip():
            yield _text_of(line, number)


def _text_of(line: bytes, number: int) -> str:
    problem = f'Line {number} is not a JSON object with a text. Write {{"text": "…"}} in UTF-8.'
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise click.ClickException(problem) from error
    text = record.get("text") if isinstance(record, dict) else None
    if not isinstance(text, str):
        raise click.ClickException(problem)
    return text
