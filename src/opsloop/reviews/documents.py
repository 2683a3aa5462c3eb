"""A review as a paper: the table of the methodology, ready to be sent and printed."""

from __future__ import annotations

from collections.abc import Iterator

from opsloop.paper.blocks import Bar, Entry, Line, Paper
from opsloop.paper.blocks import Sheet as Form
from opsloop.reviews.queries.facts import Facts
from opsloop.reviews.queries.sheet import Row, Sheet


def paper(made: Sheet, facts: Facts) -> Paper:
    """Return the table of a review as a paper: its headings, its sentences, and the shares of time as a chart."""
    return Paper(made.title, made.subject, [Form([_entry(row, facts) for row in made.rows])], foot=made.name)


def _entry(row: Row, facts: Facts) -> Entry:
    if not row.bars:
        return Entry(row.heading, [_line(one) for one in row.lines])
    # The chart says the first lines of this row; what follows them stands below it.
    return Entry(row.heading, [_line(one) for one in row.lines[len(facts.kinds) :]], list(_bars(facts)))


def _line(text: str) -> Line:
    """Return a sentence; what lies deeper in the tree of causes stands further in."""
    plain = text.lstrip("　")
    return Line(plain, depth=len(text) - len(plain))


def _bars(facts: Facts) -> Iterator[Bar]:
    for share in facts.kinds:
        yield Bar(share.name, share.percent, f"{share.percent}%（{share.minutes / 60:.1f} 小时）")
