"""What only the pages of records and request forms draw."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

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
def named(record: Any, otherwise: str = "—") -> str:
    """Write the name of a department or a person, or `otherwise` where there is none."""
    return str(record) if record else otherwise


@register.filter
def asked(attributes: dict[str, Any]) -> bool:
    """Whether a question must be filled in before the request is sent."""
    return "aria-required" in attributes
