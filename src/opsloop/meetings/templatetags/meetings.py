"""What only the pages of meetings draw."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from opsloop.engines.freetime import Slot
from opsloop.meetings.models import Meeting, Seat
from opsloop.web.dates import near
from opsloop.web.templatetags.web import badge, icon, weekday

register = template.Library()
# Tone, icon of a badge.
STATES = {
    "draft": ("grey", "edit"),
    "called": ("blue", "calendar"),
    "running": ("green", "play"),
    "held": ("gold", "edit"),
    "closed": ("green", "done"),
    "cancelled": ("grey", "undo"),
}
ANSWERS = {
    "yes": ("green", "check"),
    "maybe": ("gold", "help"),
    "no": ("red", "close"),
    "none": ("grey", "waiting"),
}


@register.simple_tag
def meeting_state(meeting: Meeting) -> SafeString:
    """Show the state of a meeting; a called one is what one expects and needs no sign."""
    if meeting.state == Meeting.State.CALLED:
        return SafeString("")
    tone, icon_name = STATES[meeting.state]
    return SafeString(badge(meeting.get_state_display(), tone, icon_name))


@register.simple_tag
def answer_sign(seat: Seat) -> SafeString:
    """Show what somebody answered; who called the meeting comes anyway."""
    tone, icon_name = ANSWERS[seat.answer]
    texts = {
        "yes": pgettext("answer", "Yes"), "maybe": pgettext("answer", "Perhaps"), "no": pgettext("answer", "No"),
        "none": pgettext("answer", "Open"),
    }  # fmt: skip
    return SafeString(badge(texts[seat.answer], tone, icon_name))


@register.simple_tag(takes_context=True)
def slot_time(context: Any, slot: Slot) -> str:
    """Write a suggested time: the day as people say it, from and to."""
    start, end = timezone.localtime(slot.starts), timezone.localtime(slot.ends)
    today = timezone.localtime(context["request"].now).date()
    day = " ".join(filter(None, [near(start.date(), today), weekday(start.date()), f"{start:%m-%d}"]))
    return f"{day} {start:%H:%M}–{end:%H:%M}"


@register.filter
def local_day(moment: datetime | None) -> date | None:
    """Return the day of a moment in the reader's zone."""
    return timezone.localtime(moment).date() if moment else None


@register.filter
def quarter(hour: int) -> int:
    """Return the row at which an hour begins in a grid of quarters."""
    return hour * 4 + 1


@register.simple_tag
def plain_field(field: BoundField) -> SafeString:
    """Show a field without "optional": nothing is required of a draft, and calling asks for the rest."""
    errors = format_html_join(
        "", '<p class="field-error">{}<span>{}</span></p>', ((icon("error"), text) for text in field.errors)
    )
    hint = format_html('<div class="form-hint" id="{}_helptext">{}</div>', field.auto_id, field.help_text)
    return format_html(
        '<div class="field"{}><label class="form-label" for="{}">{}</label>{}{}{}</div>',
        SafeString(" data-invalid") if field.errors else "", field.id_for_label, field.label, field, errors,
        hint if field.help_text else "",
    )  # fmt: skip
