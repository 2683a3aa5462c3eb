"""Records of talks as papers: each one the form that offices know, ready to be sent and printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from opsloop.collaboration.models import CommunicationRecord
from opsloop.collaboration.queries.records import cells, columns
from opsloop.paper.blocks import Block, Entry, Heading, Line, Paper, Sheet


def paper(records: Sequence[CommunicationRecord], *, title: str, language: str) -> Paper:
    """Return records as a paper in the active language, one form each, under their numbers."""
    return Paper(title, "", list(_blocks(records)), foot=title, language=language)


def _blocks(records: Sequence[CommunicationRecord]) -> Iterator[Block]:
    heads = [str(column.label) for column in columns()]
    for row in cells(records):
        texts = ["" if value is None else _text(value) for value in row]
        if len(records) > 1:
            yield Heading(f"{texts[0]} {texts[1]}", 2)
        yield Sheet([Entry(head, _lines(text)) for head, text in zip(heads, texts, strict=True)])
    if not records:
        yield Heading(_("No records"), 2)


def _text(value: object) -> str:
    if hasattr(value, "astimezone"):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"  # type: ignore[arg-type]
    return str(value)


def _lines(text: str) -> list[Line]:
    return [Line(line.strip()) for line in text.splitlines() if line.strip()] or [Line("—")]
