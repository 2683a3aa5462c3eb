"""What only the pages of the organisation draw."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import pgettext_lazy

from opsloop.organisation.strips import Strip

register = template.Library()
WEEKDAY_INITIALS = (
    pgettext_lazy("weekday initial", "Mo"),
    pgettext_lazy("weekday initial", "Tu"),
    pgettext_lazy("weekday initial", "We"),
    pgettext_lazy("weekday initial", "Th"),
    pgettext_lazy("weekday initial", "Fr"),
    pgettext_lazy("weekday initial", "Sa"),
    pgettext_lazy("weekday initial", "Su"),
)


@register.inclusion_tag("organisation/parts/strip.html")
def day_strip(strip: Strip) -> dict[str, Any]:
    """Draw a day as a strip of typed blocks."""
    return {"strip": strip}


@register.inclusion_tag("organisation/parts/month.html")
def month(value: Any, links: bool = False) -> dict[str, Any]:  # noqa: FBT001,FBT002  (a template tag)
    """Draw one month of the working calendar; with `links`, days open their form."""
    return {"month": value, "links": links, "weekdays": WEEKDAY_INITIALS}


@register.filter
def times(count: int) -> range:
    """Return a range, to repeat something in a template."""
    return range(count)


# The first name found in the user agent counts: Edge also says Chrome, Chrome also says Safari.
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(user_agent: str) -> str:
    """Say which browser on which system a user agent is; the raw text if it is none we know."""
    names = [
        next((name for sign, name in table if sign in user_agent), "") for table in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(filter(None, names)) or user_agent[:60]
