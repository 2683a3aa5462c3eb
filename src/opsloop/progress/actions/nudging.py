"""Reminding those who have not told their progress: once a day and person, when it is due where they live."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from opsloop.activity import actions as activity
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.organisation.queries.blocks import zone_of
from opsloop.progress.events import ProgressAsked
from opsloop.progress.models import Nudge, ProgressRules
from opsloop.progress.queries import updates
from opsloop.progress.queries.rules import rules

# People looked at together.
BATCH = 200


def nudge(*, at: datetime) -> int:
    """Remind everybody for whom it is due at `at`, and return how many; who was reminded already is left alone."""
    found = rules()
    calendar = working_calendar({at.year, at.year + 1})
    people = Person.objects.active().select_related("department").order_by("pk")
    by_zone: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        by_zone[zone_of(person).key].append(person)
    total = 0
    for members in by_zone.values():
        zone = zone_of(members[0])
        day = at.astimezone(zone).date()
        if not calendar.is_workday(day) or at < updates.due_moment(members[0], day, found):
            continue
        with timezone.override(zone):
            for start in range(0, len(members), BATCH):
                some = missing(members[start : start + BATCH], day, found)
                total += _remind(some, day, at)
    return total


def missing(people: Sequence[Person], day: date, found: ProgressRules) -> list[Person]:
    """Return those who are to tell something of `day` and have not told all of it. Six queries."""
    expected = updates.expected(people, day, found, calendar=working_calendar({day.year}))
    asked = [one for one in people if expected[one.pk]]
    tasks = updates.in_hand(asked, day)
    told = updates.told_on(asked, day)
    return [one for one in asked if any((one.pk, task.pk) not in told for task in tasks.get(one.pk, ()))]


@transaction.atomic
def _remind(people: Sequence[Person], day: date, at: datetime) -> int:
    known = set(Nudge.objects.filter(person__in=people, day=day).values_list("person_id", flat=True))
    rows = [Nudge(person=one, day=day, at=at) for one in people if one.pk not in known]
    if not rows:
        return 0
    # Two workers at the same moment: the constraint lets one of them through.
    Nudge.objects.bulk_create(rows, ignore_conflicts=True)
    made = Nudge.objects.filter(person__in=[row.person_id for row in rows], day=day, at=at)
    activity.record_many(
        [ProgressAsked(subject_id=one.pk, by_id=None, at=at, person_ids=(one.person_id,)) for one in made]
    )
    return len(made)
