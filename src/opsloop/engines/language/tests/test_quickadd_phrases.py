"""Every phrase of quickadd_phrases.txt is read as it says there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from opsloop.engines.language.quickadd import parse

PHRASES = Path(__file__).with_name("quickadd_phrases.txt")


def phrases() -> Iterator[tuple[datetime, str, dict[str, Any]]]:
    """Yield (now, text, expected fields) for each line of the file."""
    now = datetime(2026, 11, 23, 10)
    for line in PHRASES.read_text(encoding="utf-8").splitlines():
        if line.startswith("now "):
            now = datetime.fromisoformat(line.removeprefix("now "))
        elif line and not line.startswith("# "):
            text, _, answer = line.partition(" =>")
            yield now, text, expected(answer)


def expected(answer: str) -> dict[str, Any]:
    """Return the JSON a compact answer such as "写周报 | due 2026-11-24T18:00 | min 60" stands for."""
    title, *parts = (part.strip() for part in answer.split("|"))
    fields: dict[str, Any] = dict.fromkeys(
        ("start", "due", "estimate_minutes", "priority", "owner", "project", "recurrence")
    )
    fields |= {"title": title, "collaborators": [], "tags": []}
    for part in parts:
        name, _, value = part.partition(" ")
        if name in ("start", "due"):
            fields[name] = datetime.fromisoformat(value).isoformat()
        elif name == "min":
            fields["estimate_minutes"] = int(value)
        elif name in ("high", "medium", "low"):
            fields["priority"] = name
        elif name in ("with", "tag"):
            fields["collaborators" if name == "with" else "tags"].append(value)
        else:
            fields[{"rule": "recurrence"}.get(name, name)] = value
    return fields


@pytest.mark.parametrize(
    ("now", "text", "fields"),
    [pytest.param(*phrase, id=f"{phrase[0]:%m%d} {phrase[1]}") for phrase in phrases()],
)
def test_it_reads_the_phrase(now: datetime, text: str, fields: dict[str, Any]) -> None:
    assert parse(text, now=now).as_json() == fields


def test_there_are_more_than_three_hundred_phrases_and_no_two_alike() -> None:
    asked = [(now, text) for now, text, _ in phrases()]
    assert len(asked) > 300
    assert len(set(asked)) == len(asked)
