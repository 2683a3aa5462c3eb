"""The waiting proposals of a team's week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from opsloop.activity.models import Job
from opsloop.organisation.models import Person
from opsloop.planning.models import Proposal
from opsloop.planning.queries.weeks import sentence
from opsloop.work.models import Task


def waiting_proposals(by: Person, week_start: date) -> list[Proposal]:
    """Return what `by` had proposed for whole weeks and nobody has decided on, by name. One query."""
    rows = Proposal.objects.visible_to(by).waiting().filter(week_start=week_start, made_by=by)
    found = rows.select_related("person").order_by("person__name", "-pk")
    return [one for one in found if "only" not in one.content]


@dataclass(frozen=True)
class Sums:
    """All proposals together."""

    people: int
    placed: int
    unplaced: int
    late: int


def proposal_sums(proposals: Iterable[Proposal]) -> Sums:
    """Return how many tasks would be placed, find no place, and be late."""
    contents = [one.content for one in proposals]
    return Sums(
        len(contents),
        sum(len({piece["task"] for piece in content["placements"]}) for content in contents),
        sum(len(content["unplaced"]) for content in contents),
        sum(len(content["late"]) for content in contents),
    )


def running_search(by: Person, week: str) -> Job | None:
    """Return the job that still looks for a better plan of this week, if there is one. One query."""
    rows = Job.objects.visible_to(by).active().filter(kind="team_week", arguments__week=week)
    return rows.order_by("-pk").first()


def left_open(by: Person, proposals: Iterable[Proposal]) -> list[tuple[Task, str]]:
    """Return the tasks that belong to nobody and that nobody of the team can take, and why. One query at most."""
    rows = {row["task"]: row for one in proposals for row in one.content.get("open", ())}
    tasks = Task.objects.visible_to(by).in_bulk(rows) if rows else {}
    return [(tasks[pk], sentence(row["why"])) for pk, row in rows.items() if pk in tasks]
