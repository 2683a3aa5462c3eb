"""A read notice in words: what it changes, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from opsloop.engines.holidaynotice import Notice, Problem
from opsloop.organisation.models import CalendarDay
from opsloop.organisation.queries.calendar import working_calendar


@dataclass(frozen=True)
class PreviewRow:
    """One day of a notice beside what it is now."""

    date: date
    kind: str
    kind_label: Any
    name: str
    now_label: Any
    is_change: bool


def preview(notice: Notice) -> list[PreviewRow]:
    """Return every day of `notice` with what the calendar says today."""
    calendar = working_calendar({day.date.year for day in notice.days} | {notice.year})
    labels = dict(CalendarDay.Kind.choices)
    return [
        PreviewRow(day.date, day.kind, labels[day.kind], day.name, labels[now], is_change=now != day.kind)
        for day in notice.days
        for now in (calendar.kind_of(day.date),)
    ]


def sentences(notice: Notice) -> list[str]:
    """Return what is wrong with `notice`, a sentence each with the remedy."""
    return [_sentence(problem) for problem in notice.problems]


def _sentence(problem: Problem) -> str:
    values = {"line": problem.line, "text": problem.text}
    texts = {
        "unreadable": _("Line %(line)d: no date can be found in “%(text)s”."),
        "bad_date": _("Line %(line)d: “%(text)s” is no date that exists."),
        "weekday_differs": _(
            "Line %(line)d: the weekday of %(text)s is another one. Is it the notice of another year?"
        ),
        "days_differ": _("Line %(line)d: the number of days does not fit the dates: %(text)s."),
        "bad_kind": _(
            "Line %(line)d: “%(text)s” is no kind of day. Use holiday, makeup, workday or weekend."
        ),
        "too_long": _("The text is too long for a notice."),
    }
    return texts[problem.code] % values
