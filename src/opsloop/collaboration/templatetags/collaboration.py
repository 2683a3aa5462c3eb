"""What only the pages of collaboration draw."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from opsloop.collaboration.models import CollaborationRequest, Step
from opsloop.web.templatetags.web import badge, icon

register = template.Library()
STATES = {
    "draft": ("grey", "edit"), "asked": ("blue", "waiting"), "countered": ("gold", "reply"),
    "accepted": ("blue", "in-progress"), "delivered": ("gold", "approve"), "escalated": ("orange", "arrow-up"),
    "done": ("green", "done"), "declined": ("red", "close"), "withdrawn": ("grey", "undo"), "ended": ("grey", "stop"),
}  # fmt: skip
ICONS = {
    "asked": "send", "accepted": "check", "countered": "reply", "agreed": "agree", "insisted": "repeat",
    "declined": "close", "assigned": "person", "synced": "in-progress", "delivered": "send", "returned": "undo",
    "done": "done", "reminded": "bell", "escalated": "arrow-up", "decided": "approve", "withdrawn": "undo",
}  # fmt: skip


@register.simple_tag
def request_state(found: CollaborationRequest) -> SafeString:
    """Show the state of a request."""
    tone, icon_name = STATES[found.state]
    return SafeString(badge(found.get_state_display(), tone, icon_name))


@register.simple_tag
def step_icon(step: Step) -> SafeString:
    """Show the icon of a step."""
    return icon(ICONS[step.kind], "icon-sm")
