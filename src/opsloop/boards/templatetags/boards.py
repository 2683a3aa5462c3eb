"""Cards of the board and items of the calendar.

A layout has a hundred of them: written in Python they cost a quarter of what they would as template text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opsloop.boards.queries.board import Looks
from opsloop.boards.queries.calendar import Day, Item
from opsloop.web.templatetags import web as components
from opsloop.web.templatetags.quick import address
from opsloop.work.queries.lists import Row

register = template.Library()


@register.simple_tag(takes_context=True)
def board_card(context: Context, row: Row, looks: Looks, words: Mapping[str, str]) -> SafeString:
    """Show a task as a card with the facts that the board was asked for."""
    task = row.task
    state = (" is-late" if row.is_late else "") + (" is-done" if task.closed_at else "")
    flag = f"{components.icon('flag', 'icon-sm', words['milestone'])} " if task.is_milestone else ""
    number = f'<span class="record-number">{escape(task.number)}</span>' if "number" in looks.facts else ""
    beside = ""
    if _tells(looks, "project") and task.project is not None:
        beside = f'<span class="board-beside">{escape(task.project.name)}</span>'
    menu = _menu(words["move"], words["move"]) if row.may_edit else ""
    return mark_safe(  # noqa: S308 (every text of a person is escaped)
        f'<li class="board-card{state}" data-row data-card="{task.pk}" data-version="{task.version}"'
        f"{_DRAGGABLE if row.may_edit else ''}>"
        f'<a class="board-title" href="{row.url}" data-drawer data-row-open draggable="false">'
        f"{flag}{escape(task.title)}</a>{number}{beside}"
        f'<span class="board-facts">{"".join(_facts(context, row, looks))}{menu}</span></li>'
    )


_DRAGGABLE = ' draggable="true"'


def _tells(looks: Looks, fact: str) -> bool:
    """Whether a card says this: what its column says already it does not repeat."""
    return fact in looks.facts and looks.by.name != fact


def _facts(context: Context, row: Row, looks: Looks) -> Iterator[str]:
    task = row.task
    if _tells(looks, "owner") and task.owner is not None:
        yield f'{components.avatar(task.owner)}<span class="visually-hidden">{escape(task.owner.name)}</span>'
    if "due" in looks.facts and task.due_at:
        yield components.when(context, task.due_at, late=row.is_late)
    if _tells(looks, "urgency") and task.urgency != task.Urgency.MEDIUM:
        yield components.priority(task.urgency)
    if _tells(looks, "quadrant"):
        yield components.quadrant(row.quadrant, task.quadrant_reason)
    if "estimate" in looks.facts and task.estimate_minutes:
        yield f'<span class="num">{escape(components.minutes(task.estimate_minutes))}</span>'
    if "progress" in looks.facts and task.progress:
        yield f'<span class="num">{task.progress}%</span>'


@register.simple_tag(takes_context=True)
def calendar_day(context: Context, day: Day, words: Mapping[str, str]) -> SafeString:
    """Show a day of the calendar with its tasks; `words` are those of `calendar_words`."""
    name, weekday = escape(day.name), escape(components.weekday(day.date))
    state = ("" if day.in_month else " is-outside") + (" is-today" if day.is_today else "")
    label = f'<span class="cal-name">{name}</span>' if name else ""
    items = "".join([_calendar_item(item, words) for item in day.items])
    return mark_safe(  # noqa: S308 (every text of a person is escaped)
        f'<section class="cal-day is-{day.kind}{state}" data-column="{day.date}"'
        f' aria-label="{day.date} {weekday} {name}">'
        f'<div class="cal-date"><span class="num">{day.date.day}</span>'
        f'<span class="only-phone">{weekday}</span>{_day_mark(day, name, words)}{label}</div>'
        f'{_dates(day, words)}<ul class="board-cards" data-rows>{items}</ul>'
        f"{_more_of(context, day, words) if day.more else ''}</section>"
    )


def calendar_words() -> dict[str, str]:
    """Return the words that every day and item repeats, looked up once."""
    return {
        "off": escape(pgettext("calendar", "off")),
        "work": escape(pgettext("calendar", "work")),
        "move": _("Move to another day"),
        "starts": _("Starts"),
        "milestone": _("Milestone"),
        "done": _("Done"),
        "overdue": _("Overdue"),
        "more": _("+%(n)s more"),
        "notice": escape(_("To be done by then, says a notice")),
    }


def _dates(day: Day, words: Mapping[str, str]) -> str:
    """Return what notices ask for on a day; nothing of it can be moved."""
    rows = "".join([
        f'<li><a href="{one.url}" title="{words["notice"]}">{components.icon("bell", "icon-sm")}'
        f'<span class="num">{timezone.localtime(one.due_at):%H:%M}</span>'
        f'<span class="cal-date-title">{escape(one.title)}</span></a></li>'
        for one in day.dates
    ])  # fmt: skip
    return f'<ul class="cal-dates">{rows}</ul>' if rows else ""


def _day_mark(day: Day, name: str, words: Mapping[str, str]) -> str:
    if day.kind == "holiday":
        return f'<span class="cal-mark is-off" title="{name}">{words["off"]}</span>'
    if day.kind == "makeup":
        return f'<span class="cal-mark is-on" title="{name}">{words["work"]}</span>'
    return ""


def _more_of(context: Context, day: Day, words: Mapping[str, str]) -> str:
    """Return the link to all tasks of a day, in the list."""
    filters = f"or(due.within.{day.date},start.within.{day.date})"
    href = f"{context['list_address']}?scope={escape(context['state'].scope)}&amp;f={filters}"
    return f'<a class="cal-more num" href="{href}">{escape(words["more"] % {"n": day.more})}</a>'


@register.simple_tag
def calendar_item(item: Item) -> SafeString:
    """Show a task on a day of the calendar, alone."""
    return mark_safe(_calendar_item(item, calendar_words()))  # noqa: S308 (every text of a person is escaped)


def _calendar_item(item: Item, words: Mapping[str, str]) -> str:
    task, title = item.task, escape(item.task.title)
    state = " is-done" if task.closed_at else " is-late" if item.is_late else ""
    owner = f" · {escape(item.owner)}" if item.owner else ""
    return (
        f'<li class="cal-item{state}" data-row data-card="{task.pk}" data-version="{task.version}"'
        f"{' data-begins' if item.begins else ''}{_DRAGGABLE if item.may_move else ''}>"
        f'<a href="{address("work:task", task.pk)}" data-drawer data-row-open draggable="false"'
        f' title="{item.at} {title}{owner}">{_sign(item, words)}<span>{title}</span></a>'
        f"{_menu(words['move'], words['move'] + ' (M)') if item.may_move else ''}</li>"
    )


def _sign(item: Item, words: Mapping[str, str]) -> str:
    if item.begins:
        return components.icon("play", "icon-sm", words["starts"])
    if item.task.is_milestone:
        return components.icon("flag", "icon-sm", words["milestone"])
    if item.task.closed_at:
        return components.icon("done", "icon-sm", words["done"])
    return components.icon("alert", "icon-sm", words["overdue"]) if item.is_late else ""


def _menu(spoken: str, hint: str) -> str:
    return (
        f'<button class="icon-button board-move" type="button" data-row-action="m" data-card-menu'
        f' title="{escape(hint)}" aria-label="{escape(spoken)}">{components.icon("more", "icon-sm")}</button>'
    )
