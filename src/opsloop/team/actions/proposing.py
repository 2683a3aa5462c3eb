"""A week for everybody of a team: a proposal a person, decided on one by one or all together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity import jobs
from opsloop.activity.jobs import Cancelled, Progress
from opsloop.activity.models import Job, Undo
from opsloop.organisation.models import Person
from opsloop.planning import actions as planning
from opsloop.planning.models import Proposal
from opsloop.planning.permissions import can_plan
from opsloop.planning.together import ROUNDS, contents, load_together, search
from opsloop.planning.weeks import parse_week, week_name
from opsloop.records.refusals import Refused

TEAM_WEEK = "team_week"
# As many weeks are planned while one waits, in one round of the search; more by the job centre.
AT_ONCE = 4


def propose_team(*, people: Sequence[Person], week_start: date, by: Person, at: datetime) -> Job | None:
    """Propose the weeks of `people` in one plan, or let the job centre do so when they are many; return its job.

    Open tasks of their departments are given to whoever fits and has the time. Nothing of anybody's week changes.

    Raises:
        Refused: `by` may plan nobody's week of them.
    """
    able = [one for one in people if can_plan(one, by)]
    if not able:
        raise Refused(_("There is nobody here whose week you may plan."))
    if len(able) <= AT_ONCE:
        whole = load_together(people=able, week_start=week_start, by=by, at=at)
        for found in search(whole, rounds=(1,)):
            planning.keep_together(contents=contents(whole, found.plan), week_start=week_start, by=by, at=at)
        return None
    week = week_name(week_start)
    arguments = {"people": [one.pk for one in able], "week": week, "at": at.isoformat()}
    title = _("Plan %(n)s people for %(week)s") % {"n": len(able), "week": week}
    return jobs.start(kind=TEAM_WEEK, title=title, owner=by, arguments=arguments, at=at)


def run_team_week(*, job: Job, progress: Progress) -> dict[str, Any]:
    """Plan the weeks of a job, round by round; the best so far always waits for a decision.

    It ends when its owner stops it or decides on a proposal: what is best then stands. Done again after a crash, the
    newer proposals take the place of the older ones.
    """
    by = Person.objects.select_related("department").get(pk=job.owner_id)
    at, week = datetime.fromisoformat(job.arguments["at"]), job.arguments["week"]
    start = parse_week(week)
    people = Person.objects.active().filter(pk__in=job.arguments["people"]).select_related("department")
    # Rights may have changed while the job waited.
    able = [one for one in people.order_by("name") if can_plan(one, by)]
    result = {"people": len(able), "url": reverse("team:proposal", args=[week])}
    if not able:
        return result
    whole = load_together(people=able, week_start=start, by=by, at=at)
    watch = _Watch(progress)
    kept: list[Proposal] = []
    for found in search(whole, should_stop=watch.should_stop):
        if _is_decided(kept):
            break
        if found.is_better:
            made = contents(whole, found.plan)
            kept = planning.keep_together(contents=made, week_start=start, by=by, at=at)
            # From now on there is something to look at, and to accept.
            Job.objects.filter(pk=job.pk).update(result_url=result["url"])
        watch.advance(found.done, found.total)
    watch.check()
    return result


def _is_decided(kept: Sequence[Proposal]) -> bool:
    waiting = Proposal.objects.filter(pk__in=[one.pk for one in kept]).waiting()
    return bool(kept) and waiting.count() < len(kept)


class _Watch:
    """Asks the job centre now and then whether to stop; what was found until then is kept."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.done, self.total = 0, sum(ROUNDS)
        self.cancelled: Cancelled | None = None

    def should_stop(self) -> bool:
        self.advance(self.done, self.total)
        return self.cancelled is not None

    def advance(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        try:
            self.progress.advance(done, total)
        except Cancelled as cancelled:
            self.cancelled = cancelled

    def check(self) -> None:
        """Raise Cancelled if the owner stopped the search."""
        if self.cancelled is not None:
            raise self.cancelled


@dataclass(frozen=True)
class Decided:
    """How many weeks and pieces were accepted, which were refused and why, and one undo for all."""

    people: int
    pieces: int
    refused: Sequence[tuple[Person, str]]
    undo: Undo | None


@transaction.atomic
def accept_team(
    *, proposals: Iterable[Proposal], by: Person, at: datetime, chosen: Collection[int] | None = None
) -> Decided:
    """Accept several proposals, or the tasks `chosen` of them; one that was outrun meanwhile is left out and named."""
    undos: list[Undo] = []
    refused: list[tuple[Person, str]] = []
    pieces = 0
    for proposal in proposals:
        try:
            with transaction.atomic():
                accepted = planning.accept(proposal=proposal, by=by, at=at, chosen=chosen)
        except Refused as why:
            refused.append((proposal.person, why.reason))
            continue
        undos.append(accepted.undo)
        pieces += accepted.pieces
    undo = activity.join_undo(undos=undos, by=by, at=at) if undos else None
    return Decided(len(undos), pieces, refused, undo)
