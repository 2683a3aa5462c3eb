"""The minutes as a paper: the same words as their page, ready to be sent, printed and filed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opsloop.meetings.models import ActionItem
from opsloop.meetings.queries.minutes import Content, spoken
from opsloop.paper.blocks import Block, Entry, Grid, Heading, Line, Paper, Sheet, Text


def name_of(content: Content, edition: int) -> str:
    """Return what a file of the minutes is called, without its ending; a corrected edition says so."""
    name = f"{pgettext('meeting', 'Minutes')}-{content['number']}-{content['title']}"
    return f"{name}-V{edition}" if edition > 1 else name


def paper(content: Content, *, edition: int, why: str, language: str) -> Paper:
    """Return the minutes as a paper in the active language. No query."""
    lede = f"{content['number']} · {spoken(content['began_at'])}"
    if edition > 1:
        lede = f"{lede} · " + _("Edition %(n)s, corrected: %(why)s") % {"n": edition, "why": why}
    title = _("Minutes: %(title)s") % {"title": content["title"]}
    return Paper(title, lede, list(_blocks(content)), foot=name_of(content, edition), language=language)


def _blocks(content: Content) -> Iterator[Block]:
    yield Sheet([Entry(label, [Line(text)]) for label, text in facts(content)])
    for place, topic in enumerate(content["topics"], 1):
        yield Heading(f"{place}. {topic['title']}")
        yield from _topic(topic)
    if content["remarks"].strip() or content["decisions"] or content["items"]:
        yield Heading(_("Further remarks"))
        yield from _topic({**content, "conclusion": content["remarks"], "dispute": "", "back": []})


def facts(content: Content) -> list[tuple[str, str]]:
    """Return the head of the minutes: label and text of what there is."""
    comma = str(_(", "))
    rows = [
        (_("Time"), _span(content)),
        (pgettext("meeting", "Place"), content["place"]),
        (_("Host"), content["host"]),
        (_("Takes the minutes"), content["taker"]),
        (_("Objective"), content["objective"]),
        (_("Present"), comma.join(content["present"])),
        (_("Came late"), comma.join(content["late"])),
        (pgettext("meeting", "Absent"), comma.join(content["absent"])),
        (_("Copies to"), comma.join(content["copies"])),
        (_("Cost in person-hours"), str(content["hours"] or "")),
    ]
    return [(label, text) for label, text in rows if text]


def _span(content: Content) -> str:
    end = parse_datetime(content["over_at"]) if content["over_at"] else None
    from_ = spoken(content["began_at"])
    return f"{from_} – {timezone.localtime(end):%H:%M}" if end else from_


def _topic(topic: Mapping[str, Any]) -> Iterator[Block]:
    if topic["back"]:
        yield _items(topic["back"], with_state=True)
    if topic["conclusion"].strip():
        yield Text(topic["conclusion"])
    if topic["dispute"].strip():
        yield Heading(_("What is disputed"), level=2)
        yield Text(topic["dispute"])
    if topic["decisions"]:
        yield Heading(_("Decisions"), level=2)
        yield Text("\n".join(f"{one['number']} {one['text']}".strip() for one in topic["decisions"]))
    if topic["items"]:
        yield Heading(_("Action items"), level=2)
        yield _items(topic["items"])


def _items(items: Sequence[Mapping[str, Any]], *, with_state: bool = False) -> Grid:
    states = dict(ActionItem.State.choices)
    heads = [_("What"), _("Who"), _("By when"), _("State") if with_state else _("Deliverable standard")]
    rows = [
        [
            one["what"], one["owner"] or "—", spoken(one["due"]),
            str(states.get(one["state"], "")) if with_state else one["standard"],
        ]
        for one in items
    ]  # fmt: skip
    return Grid(heads, rows, (5, 2, 3, 3))
