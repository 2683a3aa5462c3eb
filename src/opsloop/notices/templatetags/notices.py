"""What only the pages of notices draw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from opsloop.notices.models import Importance, Notice
from opsloop.web.forms import people_options
from opsloop.web.templatetags.web import badge

register = template.Library()
# Tone, icon of a badge, by importance and by state.
LOUD = {"normal": ("grey", ""), "important": ("orange", "arrow-up"), "urgent": ("red", "urgent")}
STATES = {
    "draft": ("grey", "edit"),
    "scheduled": ("blue", "clock"),
    "sending": ("blue", "send"),
    "sent": ("blue", "send"),
    "corrected": ("gold", "edit"),
    "withdrawn": ("grey", "undo"),
    "closed": ("grey", "lock"),
}


@register.simple_tag
def loud(record: Any) -> SafeString:
    """Show how important a notice or a template is; an ordinary one needs no sign."""
    return loud_word(record.importance) if record.importance != Importance.NORMAL else SafeString("")


@register.simple_tag
def loud_word(importance: str) -> SafeString:
    """Show an importance."""
    tone, icon_name = LOUD.get(importance, LOUD["normal"])
    label = dict(Importance.choices).get(importance, importance)
    return SafeString(badge(label, tone, icon_name))


@register.simple_tag
def notice_state(notice: Notice) -> SafeString:
    """Show the state of a notice."""
    tone, icon_name = STATES[notice.state]
    return SafeString(badge(notice.get_state_display(), tone, icon_name))


@register.simple_tag
def people_choices(people: Iterable[Any]) -> SafeString:
    """Write people as options, to be copied into the boxes that ask for them."""
    return people_options(people)
