"""How a sheet of hours writes its figures."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def sheet_hours(minutes: int) -> str:
    """Return minutes as a timesheet writes them, 95 → 1:35; nothing for nothing."""
    return f"{minutes // 60}:{minutes % 60:02}" if minutes else ""
