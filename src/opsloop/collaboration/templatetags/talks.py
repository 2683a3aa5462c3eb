"""What only the pages of records and request forms draw."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from opsloop.collaboration.queries.figures import Cell
from opsloop.engines.reviewing import Rate
from opsloop.organisation.roles import Permission
from opsloop.web.templatetags.quick import address
from opsloop.web.templatetags.web import badge

register = template.Library()
STANDINGS = {
    "owed": ("gold", "edit"),
    "open": ("blue", "in-progress"),
    "late": ("red", "alert"),
    "done": ("green", "done"),
}


@register.simple_tag
def standing(name: str) -> SafeString:
    """Show how a record stands."""
    tone, icon_name = STANDINGS[name]
    words = {
        "owed": pgettext("record", "Resolution missing"),
        "open": pgettext("record", "Being followed up"),
        "late": pgettext("record", "Overdue"),
        "done": pgettext("record", "Done"),
    }
    return SafeString(badge(words[name], tone, icon_name))


@register.filter
def asked(attributes: dict[str, Any]) -> bool:
    """Whether a question must be filled in before the request is sent."""
    return "aria-required" in attributes


@register.simple_tag(takes_context=True)
def leads_requests(context: Context) -> bool:
    """Whether the person answers the requests to some department."""
    held = context["request"].person.reaches.departments(Permission.REQUEST_STEER)
    return held is None or bool(held)


@register.simple_tag
def rate(value: Rate) -> SafeString:
    """Show a rate with what it is out of."""
    if value.percent is None:
        return SafeString("—")
    return format_html('{}%<span class="figure-of num">{}/{}</span>', value.percent, value.done, value.total)


@register.simple_tag
def number_link(code: str, value: Any, pair: Cell, span: str) -> SafeString:
    """Show a number of a pair as the way to the requests behind it; nothing leads to none."""
    if not value:
        return SafeString('<span class="text-muted">0</span>')
    css = "num is-late" if code == "late" else "num"
    return format_html('<a class="{}" href="{}">{}</a>', css, _rows_of(code, pair, span), value)


@register.simple_tag
def rate_link(code: str, value: Rate, pair: Cell, span: str) -> SafeString:
    """Show a rate of a pair as the way to the requests behind it."""
    if value.percent is None:
        return SafeString("—")
    return format_html(
        '<a class="num" href="{}">{}%</a> <span class="meta num">{}/{}</span>',
        _rows_of(code, pair, span),
        value.percent,
        value.done,
        value.total,
    )


def _rows_of(code: str, pair: Cell, span: str) -> str:
    return (
        f"{address('collaboration:figure_rows', code)}?{span}&asking={pair.asking.pk}&doing={pair.doing.pk}"
    )


@register.filter
def nth(rows: Any, place: int) -> Any:
    """Return the record at a place."""
    return rows[place]
