"""What counts about meetings: how long they may be, when they are best, and what is due how long before and after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opsloop.meetings.models import AgendaItem, MeetingRules
from opsloop.meetings.models.rules import GOOD_TIMES

Span = tuple[time, time]


def rules() -> MeetingRules:
    """Return the organisation's rules; an unsaved row if it never said anything. One query."""
    return MeetingRules.objects.first() or MeetingRules(version=0)


def good_times(found: MeetingRules) -> list[Span]:
    """Return the times of day that suggestions prefer, in order."""
    stored = found.good_times or GOOD_TIMES
    spans = [(time.fromisoformat(start), time.fromisoformat(end)) for start, end in stored]
    return sorted(span for span in spans if span[0] < span[1])


def spoken(spans: Sequence[Span]) -> str:
    """Return times of day in words: 09:30–11:00、14:30–16:00."""
    return _(", ").join(f"{start:%H:%M}–{end:%H:%M}" for start, end in spans)


def warnings(found: MeetingRules, *, lasts: int, agenda: Sequence[AgendaItem]) -> list[str]:
    """Return which rules a meeting of `lasts` minutes with this agenda breaks, each named. It can be called anyway."""
    said = []
    if lasts > found.most_minutes:
        said.append(
            _("It lasts %(minutes)s minutes. The rule: a meeting lasts at most %(most)s.")
            % {"minutes": lasts, "most": found.most_minutes}
        )
    said += [
        _("“%(topic)s” takes %(minutes)s minutes. The rule: one topic takes at most %(most)s.")
        % {"topic": one.title, "minutes": one.minutes, "most": found.topic_minutes}
        for one in agenda
        if one.minutes > found.topic_minutes
    ]
    total = sum(one.minutes for one in agenda)
    if total > lasts:
        said.append(
            _(
                "The topics take %(total)s minutes, the meeting lasts %(minutes)s. Shorten a topic or lengthen it."
            )
            % {"total": total, "minutes": lasts}
        )
    return said


def in_words(found: MeetingRules) -> list[str]:
    """Return the rules as sentences, so that a page can name them."""
    days = ngettext("%(count)s working day", "%(count)s working days", found.notice_days)
    return [
        _("A meeting lasts at most %(most)s minutes, one topic at most %(topic)s.")
        % {"most": found.most_minutes, "topic": found.topic_minutes},
        _("Preferred times: %(times)s.") % {"times": spoken(good_times(found))},
        _("Agenda and material are out %(days)s before; then everybody is reminded once.")
        % {"days": days % {"count": found.notice_days}},
    ]
