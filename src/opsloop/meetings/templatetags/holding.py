"""What only the pages of a meeting that is held draw."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opsloop.engines.meetingclock import is_open
from opsloop.meetings import holding_permissions as permissions
from opsloop.meetings.models import ActionItem, Meeting, Minutes
from opsloop.meetings.queries.minutes import spoken
from opsloop.meetings.queries.people import inside
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
        "absent": pgettext("meeting", "Absent"),
    }
    tone, icon_name = STANDINGS[name]
    return SafeString(badge(labels[name], tone, icon_name))


@register.inclusion_tag("meetings/parts/holding_links.html", takes_context=True)
def holding_links(context: template.Context, meeting: Meeting) -> dict[str, Any]:
    """Lead from the page of a meeting to where it is signed in to, runs, and has its minutes. Two queries at most."""
    request, begins, ends = context["request"], meeting.starts_at, meeting.ends_at
    seats = [*context["seats"]] if "seats" in context else None
    near = begins is not None and ends is not None and is_open(request.now, starts_at=begins, ends_at=ends)
    is_over = meeting.state in {"held", "closed"}
    return {
        "meeting": meeting,
        "is_inside": request.user.pk in inside(meeting, seats),
        "leads": permissions.writes(meeting, request.user),
        "is_near": (near and meeting.state == "called") or meeting.state == "running",
        "is_past": meeting.state == "called" and ends is not None and request.now >= ends,
        "has_minutes": is_over and Minutes.objects.visible_to(request.user).filter(pk=meeting.pk).exists(),
    }


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
