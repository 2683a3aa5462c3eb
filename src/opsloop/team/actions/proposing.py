"""A week for everybody of a team: a proposal a person, decided on one by one or all together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity import jobs
from opsloop.activity.jobs import Progress
from opsloop.activity.models import Job, Undo
from opsloop.organisation.models import Person
from opsloop.planning import actions as planning
from opsloop.planning.models import Proposal
from opsloop.planning.permissions import can_plan
from opsloop.planning.weeks import parse_week, week_name
from opsloop.records.refusals import Refused

# As many weeks are planned while one waits; more by the job centre.
AT_ONCE = 4


def propose_team(*, people: Sequence[Person], week_start: date, by: Person, at: datetime) -> Job | None:
    """Propose a week for each of `people`, or let the job centre do so when they are many; return its job.

    Nothing of anybody's week changes.

    Raises:
        Refused: `by` may plan nobody's week of them.
    """
    able = [one for one in people if can_plan(one, by)]
    if not able:
        raise Refused(_("There is nobody here whose week you may plan."))
    if len(able) <= AT_ONCE:
        for one in able:
            planning.propose(person=one, week_start=week_start, by=by, at=at)
        return None
    week = week_name(week_start)
    arguments = {"people": [one.pk for one in able], "week": week, "at": at.isoformat()}
    title = _("Plan %(n)s people for %(week)s") % {"n": len(able), "week": week}
    return jobs.start(kind="team_week", title=title, owner=by, arguments=arguments, at=at)


def run_team_week(*, job: Job, progress: Progress) -> dict[str, Any]:
    """Propose the weeks of a job. Done again after a crash, the newer proposals take the place of the older ones."""
    by = Person.objects.get(pk=job.owner_id)
    at = datetime.fromisoformat(job.arguments["at"])
    week = job.arguments["week"]
    people = Person.objects.active().filter(pk__in=job.arguments["people"]).order_by("name")
    done = 0
    for one in people:
        # Rights may have changed while the job waited.
        if can_plan(one, by):
            planning.propose(person=one, week_start=parse_week(week), by=by, at=at)
            done += 1
        progress.advance(done, len(people))
    return {"people": done, "url": reverse("team:proposal", args=[week])}


@dataclass(frozen=True)
class Decided:
    """How many weeks and pieces were accepted, which were refused and why, and one undo for all."""

    people: int
    pieces: int
    refused: Sequence[tuple[Person, str]]
    undo: Undo | None


@transaction.atomic
def accept_team(*, proposals: Iterable[Proposal], by: Person, at: datetime) -> Decided:
    """Accept several proposals; one that was outrun meanwhile is left out and named."""
    undos: list[Undo] = []
    refused: list[tuple[Person, str]] = []
    pieces = 0
    for proposal in proposals:
        try:
            with transaction.atomic():
                accepted = planning.accept(proposal=proposal, by=by, at=at)
        except Refused as why:
            refused.append((proposal.person, why.reason))
            continue
        undos.append(accepted.undo)
        pieces += accepted.pieces
    undo = activity.join_undo(undos=undos, by=by, at=at) if undos else None
    return Decided(len(undos), pieces, refused, undo)
