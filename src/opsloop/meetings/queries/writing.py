"""How a meeting stands while it is written: what it lacks, which rules it breaks, what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opsloop.engines.language.necessity import assess
from opsloop.meetings import words
from opsloop.meetings.models import AgendaItem, Meeting, MeetingRules, Seat
from opsloop.meetings.ruling import warnings

_LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}


@dataclass(frozen=True)
class Sums:
    """What a meeting adds up to: people, minutes of the agenda, minutes of everybody together, and what is wrong."""

    people: int
    lasts: int
    agenda_minutes: int
    person_minutes: int
    warnings: Sequence[str]
    remarks: Sequence[str]

    @property
    def person_hours(self) -> str:
        """The hours of everybody together, with one place after the point."""
        return f"{self.person_minutes / 60:.1f}"

    @property
    def left(self) -> int:
        """Minutes that no topic takes yet; negative when the agenda is too long."""
        return self.lasts - self.agenda_minutes


def wanted_people(meeting: Meeting) -> dict[int, str]:
    """Return who sits in a meeting as what. One query."""
    return dict(Seat.objects.filter(meeting=meeting).values_list("person_id", "role"))


def sums(
    meeting: Meeting, agenda: Sequence[AgendaItem], people: Mapping[int, str], rules: MeetingRules
) -> Sums:
    """Return what a meeting adds up to with these topics and people (person id -> role)."""
    coming = [role for role in people.values() if role != Seat.Role.COPY]
    found = assess(
        title=meeting.title, objective=meeting.objective, purpose=str(meeting.necessity.get("purpose", "")),
        deciders=coming.count(Seat.Role.DECIDES), people=len(coming),
        language=_LANGUAGES.get(get_language() or "", "zh-Hans"),
    )  # fmt: skip
    remarks = words.remarks(found)
    if not agenda:
        remarks.append(_("Nothing is on the agenda yet. A topic with its owner and minutes takes a line."))
    elif any(one.owner_id is None for one in agenda):
        remarks.append(_("A topic has no owner yet. Somebody leads through each."))
    return Sums(
        people=len(coming),
        lasts=meeting.lasts,
        agenda_minutes=sum(one.minutes for one in agenda),
        person_minutes=len(coming) * meeting.lasts,
        warnings=warnings(rules, lasts=meeting.lasts, agenda=agenda),
        remarks=remarks,
    )
