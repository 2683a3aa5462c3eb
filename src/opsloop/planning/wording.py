"""How plans are said in sentences: when something stands, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opsloop.engines.blocks import Span
from opsloop.web.dates import WEEKDAYS

# So many pieces of one task are named; of more it is said how many there are.
NAMED = 2


def times(spans: Sequence[Span]) -> str:
    """Say when something stands, its first pieces by weekday, date and clock: 周三 11-25 10:00–12:00."""
    named = _(", ").join(stretch(start, end) for start, end in spans[:NAMED])
    more = len(spans) - NAMED
    if more <= 0:
        return named
    return ngettext("%(named)s and %(n)s more part", "%(named)s and %(n)s more parts", more) % {
        "named": named, "n": more,
    }  # fmt: skip


def stretch(start: datetime, end: datetime) -> str:
    """Say a span of one day: 周三 11-25 10:00–12:00."""
    return f"{WEEKDAYS[start.weekday()]} {start:%m-%d %H:%M}–{end:%H:%M}"


def move(before: Sequence[Span], after: Sequence[Span]) -> str:
    """Say in a sentence where a task goes that stood at `before` and would stand at `after`; both may be empty."""
    words = {"before": times(before), "after": times(after)}
    if before and after:
        return _("Moves from %(before)s to %(after)s.") % words
    if after:
        return _("Comes in on %(after)s.") % words
    return _("Goes out; it stood on %(before)s.") % words
