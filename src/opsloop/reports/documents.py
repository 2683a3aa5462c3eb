"""A report as a paper: the same numbers, lines and words as its page, ready to be sent and printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from opsloop.paper.blocks import Bar, Bars, Block, Figure, Figures, Grid, Heading, Line, Lines, Paper, Text
from opsloop.reports.models import Part, Report
from opsloop.reports.queries import wording
from opsloop.reports.queries.facts import ReportFacts
from opsloop.reports.queries.wording import Section
from opsloop.web.dates import duration

# The headings of what people wrote.
HEADINGS: Mapping[str, Promise] = {
    "summary": gettext_lazy("In short"),
    "late": gettext_lazy("Why something was late, and what is done about it"),
    "ahead": gettext_lazy("What is planned next"),
    "support": gettext_lazy("What is needed from others"),
}


def name_of(report: Report) -> str:
    """Return what a file of it is called, without its ending."""
    return f"{wording.title_of(report)}-{report.whose}-{report.period.name}"


def paper(
    report: Report,
    facts: ReportFacts,
    *,
    goals: Sequence[Mapping[str, Any]],
    parts: Sequence[Part],
    language: str,
) -> Paper:
    """Return a report as a paper in the active language, without the lines that were left out. At most one query."""
    to = wording.linked(report)
    blocks = list(_blocks(report, facts, to, goals, parts))
    lede = f"{report.whose} · {report.period.starts_on:%Y-%m-%d} – {report.period.ends_on:%Y-%m-%d}"
    title = f"{wording.title_of(report)} {report.period.name}"
    return Paper(title, lede, blocks, foot=name_of(report), language=language)


def _blocks(
    report: Report, facts: ReportFacts, to: Any, goals: Sequence[Mapping[str, Any]], parts: Sequence[Part]
) -> Iterator[Block]:
    yield from _words(report, "summary")
    yield Figures([Figure(one.label, one.value, _note(one), one.url) for one in wording.figures(facts, to)])
    back = {one.name: one for one in wording.back(facts, to)}
    for name in ("done", "late"):
        yield from _section(report, back.get(name))
    yield from _words(report, "late")
    for name in ("goals", "obstacles", "notices"):
        yield from _section(report, back.get(name))
    if facts.looked.kinds:
        yield Heading(_("Where the hours went"))
        yield Bars([
            Bar(one.name, one.percent, f"{one.percent}% · {duration(one.minutes)}") for one in facts.looked.kinds
        ])  # fmt: skip
    if facts.members:
        yield Heading(_("Who did how much"))
        yield members(facts)
    for part in parts:
        if part.text.strip():
            yield Heading(part.source.whose, level=2)
            yield Text(part.text)
    for one in wording.ahead(facts, to):
        yield from _section(report, one)
    yield from _goals(goals)
    yield from _words(report, "ahead")
    yield from _words(report, "support")


def _note(one: wording.Figure) -> str:
    return " ".join(filter(None, [one.note, one.change_text]))


def _words(report: Report, name: str) -> Iterator[Block]:
    text = str(report.words.get(name, "")).strip()
    if text:
        yield Heading(str(HEADINGS[name]))
        yield Text(text)


def _section(report: Report, section: Section | None) -> Iterator[Block]:
    kept = section.without(report.left_out) if section else None
    if kept is None or not kept.lines:
        return
    yield Heading(kept.title)
    lines = [Line(one.text, one.url, " · ".join(filter(None, [one.note, one.mark]))) for one in kept.lines]
    yield Lines([*lines, Line(kept.more, kept.more_url)] if kept.more else lines)


def _goals(goals: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    said = [one for one in goals if one.get("text")]
    if said:
        yield Heading(_("What comes first next"))
        yield Lines(
            [Line(one["text"], note=duration(one["minutes"]) if one.get("minutes") else "") for one in said]
        )


def members(facts: ReportFacts) -> Grid:
    """Return the table of who did how much."""
    heads = [
        pgettext("person", "Name"), pgettext("count", "Due"), pgettext("count", "Done"), pgettext("count", "Late"),
        _("Recorded hours"),
    ]  # fmt: skip
    rows = [
        [one.name, str(one.due), str(one.done), str(one.late), duration(one.minutes)] for one in facts.members
    ]
    return Grid(heads, rows, (3, 1, 1, 1, 2))
