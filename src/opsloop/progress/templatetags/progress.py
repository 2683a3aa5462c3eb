"""Marks of progress, risk and delay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from opsloop.engines.warning import Code
from opsloop.progress import words
from opsloop.progress.models import DelayRequest, RiskFlag
from opsloop.web.templatetags import web as components
from opsloop.web.templatetags.quick import address

register = template.Library()
STANDINGS: Mapping[str, tuple[Promise, str, str]] = {
    "stuck": (pgettext_lazy("progress", "Held up"), "red", "block"),
    "missing": (pgettext_lazy("progress", "Not told yet"), "gold", "due"),
    "told": (pgettext_lazy("progress", "Told"), "green", "check"),
    "nothing": (pgettext_lazy("progress", "Nothing in hand"), "grey", "minus"),
    "away": (pgettext_lazy("progress", "Away"), "grey", "leave"),
}
DELAYS: Mapping[str, tuple[str, str]] = {
    "waiting": ("gold", "waiting"),
    "approved": ("green", "check"),
    "rejected": ("red", "close"),
    "countered": ("blue", "reply"),
    "withdrawn": ("grey", "undo"),
}


@register.simple_tag
def progress_standing(name: str) -> SafeString:
    """Show in which of the standings of the board somebody is."""
    label, tone, icon = STANDINGS[name]
    return components.badge(label, tone, icon)


@register.simple_tag
def delay_state(state: str) -> SafeString:
    """Show how a request for another date stands."""
    tone, icon = DELAYS[state]
    return components.badge(DelayRequest.State(state).label, tone, icon)


@register.simple_tag
def risk_mark(code: str) -> SafeString:
    """Show a sign of risk."""
    label, tone, icon = words.MARKS[Code(code)]
    return components.badge(label, tone, icon)


@register.simple_tag
def risk_of(flags: Mapping[int, RiskFlag], pk: int) -> SafeString | str:
    """Show the gravest sign of a task, linked to what would help; nothing if it is not at risk."""
    flag = flags.get(pk)
    if flag is None:
        return ""
    badge = components.badge(*words.mark(flag.marks))
    return format_html(
        '<a class="risk-link" href="{}" data-drawer>{}</a>', address("progress:risk", pk), badge
    )


@register.simple_tag
def risk_sentence(sign: Mapping[str, Any]) -> str:
    """Say what speaks against a task, where the number of days of the rule is not at hand."""
    if sign["code"] == Code.SOON:
        return _("It is due soon and not finished.")
    return words.sentence(sign, days=0)
