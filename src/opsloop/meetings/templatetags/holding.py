"""What only the pages of a meeting that is held draw."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opsloop.meetings.models import ActionItem, Minutes
from opsloop.meetings.queries.minutes import spoken
from opsloop.meetings.queries.running import Shown
from opsloop.web.templatetags.web import badge

register = template.Library()
ITEMS = {
    "noted": ("grey", "edit"), "asked": ("gold", "waiting"), "confirmed": ("blue", "check"),
    "disputed": ("orange", "reply"), "done": ("green", "done"), "dropped": ("grey", "close"),
}  # fmt: skip
MINUTES = {"writing": ("grey", "edit"), "checking": ("gold", "eye"), "sent": ("green", "send")}
STANDINGS = {
    "awaited": ("grey", "not-started"), "present": ("green", "done"), "late": ("orange", "clock"),
    "absent": ("red", "close"),
}  # fmt: skip


@register.simple_tag
def item_state(item: ActionItem) -> SafeString:
    """Show the state of an action item."""
    tone, icon_name = ITEMS[item.state]
    return SafeString(badge(item.get_state_display(), tone, icon_name))


@register.simple_tag
def state_word(state: str) -> SafeString:
    """Show the state of an item as an edition keeps it."""
    tone, icon_name = ITEMS.get(state, ITEMS["noted"])
    return SafeString(badge(dict(ActionItem.State.choices).get(state, state), tone, icon_name))


@register.simple_tag
def minutes_state(minutes: Minutes) -> SafeString:
    """Show how far the minutes are."""
    tone, icon_name = MINUTES[minutes.state]
    return SafeString(badge(minutes.get_state_display(), tone, icon_name))


@register.simple_tag
def standing(name: str) -> SafeString:
    """Show whether somebody is there."""
    labels = {
        "awaited": _("Not here yet"),
        "present": _("Present"),
        "late": _("Came late"),
        "absent": _("Absent"),
    }
    tone, icon_name = STANDINGS[name]
    return SafeString(badge(labels[name], tone, icon_name))


@register.filter
def clock(seconds: int) -> str:
    """Write seconds as minutes and seconds: 4:05, or 1:04:05 from an hour on."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


@register.filter
def moment(iso: str | None) -> str:
    """Write a moment as an edition keeps it."""
    return spoken(iso)


@register.filter
def planned(one: Shown) -> int:
    """Return the planned seconds of a topic."""
    return one.topic.minutes * 60


@register.filter
def lacks(item: ActionItem) -> str:
    """Say what an item still lacks before the minutes can go out; "" if nothing."""
    if item.state != "noted":
        return ""
    said: list[Any] = []
    if item.owner is None:
        said.append(_("nobody does it yet"))
    if item.due_at is None:
        said.append(_("no date yet"))
    return str(_(", ")).join(map(str, said))
