"""The days of one person in the grid, put together here: fifty people hold thousands of small parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opsloop.boards.queries.workload import Load
from opsloop.team.queries.grid import Chip, Slot
from opsloop.web.templatetags.quick import address
from opsloop.web.templatetags.web import icon
from opsloop.work.templatetags.work import hours

register = template.Library()


@dataclass(frozen=True)
class Words:
    """What every cell says, looked up once for a row."""

    over: str
    free: str
    full: str
    move: str
    leave: str


def _words() -> Words:
    return Words(
        over=escape(pgettext("load", "%(n)s over")),
        free=escape(pgettext("load", "%(n)s free")),
        full=escape(pgettext("load", "full")),
        move=escape(_("Move “%(title)s” to another day or person")),
        leave=icon("leave", "icon-sm"),
    )


@register.simple_tag
def slots(days: Sequence[Slot], today: date) -> SafeString:
    """Return the cells of one person: load, leave, and what stands in each day."""
    words = _words()
    return mark_safe("".join(_slot(slot, today, words) for slot in days))  # noqa: S308


@register.simple_tag
def load_meter(load: Load) -> SafeString:
    """Show how full some time is: hours, a word, and a bar."""
    return mark_safe(_load(load, load.state, _words()))  # noqa: S308


def _slot(slot: Slot, today: date, words: Words) -> str:
    state = slot.load.state
    css = f"grid-slot is-{state}{' is-past' * slot.is_past}{' is-now' * (slot.day == today)}"
    leave = (
        f'<span class="grid-leave">{words.leave}{escape(slot.leave.get_kind_display())}</span>'
        if slot.leave
        else ""
    )
    chips = "".join(_chip(chip, words, is_past=slot.is_past) for chip in slot.chips)
    return (
        f'<td class="{css}" data-slot="{slot.day.isoformat()}" data-planned="{slot.load.planned}"'
        f' data-available="{slot.load.available}"{" data-closed" * slot.is_past}>{leave}'
        f'{"" if slot.is_past else _load(slot.load, state, words)}<ul class="grid-chips">{chips}</ul></td>'
    )


def _load(load: Load, state: str, words: Words) -> str:
    word = {"over": words.over, "full": words.full, "off": ""}.get(state, words.free)
    if "%(n)s" in word:
        word %= {"n": hours(load.difference)}
    hidden = "" if load.available or load.planned else " hidden"
    return (
        f'<div class="grid-load"{hidden}><span class="num" data-load-text>{hours(load.planned)} /'
        f' {hours(load.available)}</span><span class="grid-word" data-load-word>{word}</span>'
        f'<svg class="meter" aria-hidden="true"><rect width="100%" height="4"></rect><rect class="meter-fill"'
        f' data-load-bar width="{load.fill}" height="4"></rect></svg></div>'
    )


def _chip(chip: Chip, words: Words, *, is_past: bool) -> str:
    title = escape(chip.title)
    css = f"grid-chip {f'block-{chip.block}' if chip.piece else 'is-due'}{' is-late' * chip.is_late}"
    time = f"{chip.start:%H:%M} " if chip.start else ""
    length = f'<span class="grid-time num">{time}{hours(chip.minutes)}h</span>'
    if chip.is_hidden:
        return f'<li class="{css}"><span class="grid-title">{title}</span>{length}</li>'
    page = address("work:task", chip.task_id)
    named = f'<a class="grid-title" href="{page}" data-drawer title="{title}">{title}</a>{length}'
    if chip.is_pinned or (chip.piece and is_past):
        return f'<li class="{css}">{named}</li>'
    lay = address("team:laying", chip.task_id)
    piece = f' data-piece="{chip.piece}" data-piece-version="{chip.piece_version}"' if chip.piece else ""
    query = f"?piece={chip.piece}&amp;piece_version={chip.piece_version}" if chip.piece else ""
    return (
        f'<li class="{css}" draggable="true" data-chip="{lay}" data-version="{chip.version}"'
        f' data-minutes="{chip.minutes}" data-shares="{chip.shares}"{piece}>{named}<a class="grid-move"'
        f' href="{lay}{query}" data-drawer aria-label="{words.move % {"title": title}}">⋯</a></li>'
    )
