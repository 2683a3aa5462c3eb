"""Sending everybody what their day holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity.models import Undo
from opsloop.inbox import arrangements
from opsloop.inbox.models import Arrangement
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.rituals.actions import runs
from opsloop.rituals.actions.runs import Which
from opsloop.rituals.models import RitualRun
from opsloop.team.permissions import check_can_lead
from opsloop.team.queries.arrangements import drafts
from opsloop.team.queries.people import led_by

LONGEST_NOTE = 500


def send_day(*, day: date, people: Iterable[int], note: str, by: Person, at: datetime) -> tuple[int, Undo]:
    """Send those of `people` whom `by` leads what `day` holds for them, one line each; return how many.

    Whoever got it already, or has nothing on that day, is passed over: sending twice sends once. Sending the day
    is what the morning round is for, so it ends the round of `by`, also when it is taken back.

    Raises:
        Refused: nobody is left to send it to, or the note is too long.
    """
    check_can_lead(by)
    if len(note) > LONGEST_NOTE:
        raise Refused(_("The note has at most %(n)s characters.") % {"n": LONGEST_NOTE}, field="note")
    wanted = set(people)
    found = drafts(by, [one for one in led_by(by) if one.pk in wanted], day)
    rows = [
        Arrangement(person=one.person, day=day, note=note.strip(), items=one.stored())
        for one in found
        if one.can_be_sent
    ]
    if not rows:
        raise Refused(_("Everybody has got it already, or has nothing on this day."))
    with transaction.atomic():
        # First, so that Ctrl+Z takes back what was sent.
        runs.finish(which=Which(by, RitualRun.Kind.TEAM, day), at=at)
        return len(rows), arrangements.send(rows=rows, by=by, at=at)
