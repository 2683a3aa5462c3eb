"""Leave in words."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from opsloop.organisation.models import Leave


def leave_words(leave: Leave, zone: ZoneInfo) -> str:
    """Return the days of `leave` in the zone of its person: "11-24 – 11-26", "11-24, morning"."""
    start, end = leave.starts_at.astimezone(zone), leave.ends_at.astimezone(zone)
    last = end - timedelta(minutes=1)
    first_text = f"{start:%Y-%m-%d}"
    if start.date() == last.date():
        if start.hour >= 12:
            return _("%(day)s, afternoon") % {"day": first_text}
        return _("%(day)s, morning") % {"day": first_text} if 0 < end.hour <= 12 else first_text
    last_text = f"{last:%m-%d}" if start.year == last.year else f"{last:%Y-%m-%d}"
    first = _("%(day)s noon") % {"day": first_text} if start.hour >= 12 else first_text
    return f"{first} – {_('%(day)s noon') % {'day': last_text} if 0 < end.hour <= 12 else last_text}"
