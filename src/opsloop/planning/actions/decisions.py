"""The verbs of proposals: propose, interrupt, accept, dismiss. Nothing moves without consent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity import submissions
from opsloop.activity.models import Undo
from opsloop.engines import intervals, scheduling
from opsloop.engines.blocks import Span
from opsloop.organisation.models import Person
from opsloop.planning import proposals, room, sacrifices
from opsloop.planning.actions.placements import check_free, keep, lock, offer_undo
from opsloop.planning.events import WeekPlanned
from opsloop.planning.models import Placement, Proposal
from opsloop.planning.permissions import can_plan, check_can_plan
from opsloop.planning.queries.veil import Veil
from opsloop.planning.weeks import monday, span, week_name
from opsloop.records.refusals import Refused
from opsloop.work.actions import tasks
from opsloop.work.models import Task


@dataclass(frozen=True)
class Accepted:
    """How many pieces a proposal brought into the week, and how to take that back."""

    pieces: int
    undo: Undo


def propose(
    *,
    person: Person,
    week_start: date,
    by: Person,
    at: datetime,
    only: Task | None = None,
    near: Sequence[scheduling.Placement] | None = None,
) -> Proposal:
    """Compute a plan for a week and keep it for a decision; nothing of the person's changes.

    With `only`, a place for this one task among what stands in the week already; with `near`, a plan that keeps to
    these pieces where it can. The engine runs outside the transaction, which only stores its answer.
    """
    check_can_plan(person, by)
    content = proposals.compute(person=person, week_start=week_start, at=at, only=only, near=near)
    return _keep(person, week_start, content, by=by, at=at)


def propose_day(*, person: Person, day: date, picked: Collection[int], by: Person, at: datetime) -> Proposal:
    """Look for times for the tasks `picked`, today if there is room; nothing moves before it is accepted."""
    check_can_plan(person, by)
    content = proposals.compute_day(person=person, day=day, picked=picked, at=at)
    return _keep(person, monday(day), content, by=by, at=at)


def interrupt(
    *, task: Task, week_start: date, by: Person, at: datetime, sacrifice: Collection[int] | None = None
) -> Proposal:
    """Look for room for an urgent task, others giving way if they must; nothing moves before it is accepted.

    With `sacrifice` only these tasks may give way.

    Raises:
        Refused: nobody owns the task, or it is closed.
    """
    if task.owner is None:
        raise Refused(_("Nobody owns this task yet. Choose an owner, and it can be put into their week."))
    if not task.is_open:
        raise Refused(_("This task is closed already."))
    check_can_plan(task.owner, by)
    week = proposals.load(person=task.owner, week_start=week_start, at=at, only=task)
    content = sacrifices.interruption(week, task, sacrifice=sacrifice)
    return _keep(task.owner, week_start, {**content, "is_interruption": True}, by=by, at=at)


def keep_together(
    *, contents: Iterable[tuple[Person, dict[str, Any]]], week_start: date, by: Person, at: datetime
) -> list[Proposal]:
    """Keep the weeks of a joint plan for a decision, a proposal a person; of those whose week `by` may plan."""
    return [
        _keep(person, week_start, content, by=by, at=at)
        for person, content in contents
        if can_plan(person, by)
    ]


@transaction.atomic
def _keep(person: Person, week_start: date, content: dict[str, Any], *, by: Person, at: datetime) -> Proposal:
    submissions.claim()
    Proposal.objects.filter(person=person, week_start=week_start).waiting().update(decided_at=at)
    return Proposal.objects.create(
        person=person, week_start=week_start, content=content, made_at=at, made_by=by
    )


@transaction.atomic
def accept(
    *, proposal: Proposal, by: Person, at: datetime, chosen: Collection[int] | None = None
) -> Accepted:
    """Make the proposal, or only the `chosen` tasks of it, the person's week.

    What is unpinned and lies ahead gives way, or, with `chosen`, what of those tasks does. All else stays.

    Raises:
        Refused: it was decided on already, or the week or a task has changed since it was computed.
    """
    person = proposal.person
    check_can_plan(person, by)
    lock(person)
    claimed = Proposal.objects.filter(pk=proposal.pk, decided_at__isnull=True)
    if not claimed.update(decided_at=at, is_accepted=True):
        raise Refused(_("This proposal was decided on already, perhaps in another window. Make a new one."))
    if "only" in proposal.content:
        chosen = {proposal.content["only"], *proposal.content.get("gives_way", ())}
    elif "picked" in proposal.content and chosen is None:
        chosen = set(proposal.content["picked"])
    pieces = [piece for piece in proposal.content["placements"] if chosen is None or piece["task"] in chosen]
    _check_standing(proposal)
    new = _stretches(piece for piece in pieces if piece["stays"] is None)
    _check_unchanged(proposal, {piece["task"] for piece in new}, by)
    given = _assign(proposal, {piece["task"] for piece in new}, by=by, at=at)
    doomed = _giving_way(proposal, chosen)
    gone = [keep(row) for row in doomed]
    Placement.objects.filter(pk__in=[row.pk for row in doomed]).delete()
    _check_room(proposal, new, by=by, at=at)
    made = Placement.objects.bulk_create([_placement(proposal, piece, by=by, at=at) for piece in new])
    activity.record(
        WeekPlanned(
            subject_id=person.pk,
            by_id=by.pk,
            at=at,
            department_id=person.department_id,
            person_ids=(person.pk,),
            changes={"week": [None, week_name(proposal.week_start)], "pieces": [None, len(made)]},
        )
    )
    stays = sum(piece["stays"] is not None for piece in pieces)
    undo = offer_undo(person, gone=gone, made=made, by=by, at=at)
    if given:
        undo = activity.join_undo(undos=[*given, undo], by=by, at=at)
    return Accepted(len(made) + stays, undo)


def _assign(proposal: Proposal, task_ids: set[int], *, by: Person, at: datetime) -> list[Undo]:
    """Give the open tasks among the accepted ones to the person, by the verb that does it anyway."""
    seen = proposal.content["versions"]
    rows = Task.objects.filter(pk__in=task_ids & set(proposal.content.get("assign", ()))).order_by("pk")
    undos = [
        tasks.change(task=task, values={"owner": proposal.person}, by=by, at=at, version=seen[str(task.pk)])
        for task in rows
    ]
    return [undo for undo in undos if undo]


@transaction.atomic
def dismiss(*, proposal: Proposal, by: Person, at: datetime) -> None:
    """Put a proposal aside; the week stays as it is."""
    check_can_plan(proposal.person, by)
    Proposal.objects.filter(pk=proposal.pk, decided_at__isnull=True).update(decided_at=at)


def _week_rows(proposal: Proposal) -> list[Placement]:
    """Return the pieces of the week that were not over when the proposal was computed."""
    starts, ends = span(proposal.week_start, ZoneInfo(proposal.person.time_zone))
    now = datetime.fromisoformat(proposal.content["now"])
    rows = Placement.objects.filter(
        person=proposal.person,
        starts_at__lt=ends,
        ends_at__gt=max(starts, now),
        task__deleted_at__isnull=True,
    )
    return list(rows.order_by("starts_at"))


def _check_standing(proposal: Proposal) -> None:
    # A proposal of an older version says nothing of what stood in the week.
    seen = proposal.content.get("standing")
    if seen is None or seen != proposals.fingerprint(
        _week_rows(proposal), datetime.fromisoformat(proposal.content["now"])
    ):
        raise Refused(
            _("The week has changed since this plan was computed. Nothing was moved; make a new proposal.")
        )


def _check_unchanged(proposal: Proposal, task_ids: set[int], by: Person) -> None:
    seen = proposal.content["versions"]
    for task in Task.objects.filter(pk__in=task_ids):
        if task.version != seen[str(task.pk)] or not task.is_open or task.is_binned:
            sentence = _("“%(title)s” has changed since this plan was computed. Make a new proposal.")
            raise Refused(sentence % {"title": Veil([task], by).task(task).title})


def _giving_way(proposal: Proposal, chosen: Collection[int] | None) -> list[Placement]:
    """Return the free pieces that the accepted ones replace: all that lay ahead, or those of the chosen tasks."""
    now = datetime.fromisoformat(proposal.content["now"])
    free = [row for row in _week_rows(proposal) if not row.is_pinned and row.starts_at >= now]
    return [row for row in free if chosen is None or row.task_id in chosen]


def _check_room(proposal: Proposal, new: list[dict[str, Any]], *, by: Person, at: datetime) -> None:
    """Raise Refused unless each new piece lies ahead, in working time, where nothing else stands."""
    person = proposal.person
    # A fixed start is a person's own word; it may lie outside of working time and beside others.
    spans = {id(piece): _span(piece) for piece in new}
    if any(end <= at for _start, end in spans.values()):
        raise Refused(_("Time has gone on: part of this plan is past. Make a new proposal."))
    days = {room.day_of(person, start) for start, _end in spans.values()}
    worked = room.spans(room.working(person, sorted(days))) if days else []
    for piece in new:
        if "pinned" not in piece["codes"] and intervals.subtract([spans[id(piece)]], worked):
            raise Refused(_("Working time has changed since this plan was computed. Make a new proposal."))
    if not spans:
        return
    taken = room.taken(person, (min(s for s, _e in spans.values()), max(e for _s, e in spans.values())))
    for start, end in spans.values():
        if any(one.starts_at < end and start < one.ends_at for one in taken):
            check_free(person, (start, end), by=by)


def _stretches(pieces: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return pieces with those of one task that touch made one: the engine cuts them where blocks change.

    The whole is of the kind of its longest part.
    """
    whole: list[dict[str, Any]] = []
    longest = timedelta()
    for piece in sorted(pieces, key=lambda one: (one["task"], _span(one))):
        start, end = _span(piece)
        before = whole[-1] if whole else None
        if before and before["task"] == piece["task"] and _span(before)[1] == start:
            block = piece["block"] if end - start > longest else before["block"]
            whole[-1] = {**before, "end": piece["end"], "block": block}
            longest = max(longest, end - start)
        else:
            whole.append(piece)
            longest = end - start
    return whole


def _span(piece: dict[str, Any]) -> Span:
    start, end = datetime.fromisoformat(piece["start"]), datetime.fromisoformat(piece["end"])
    return start.astimezone(UTC), end.astimezone(UTC)


def _placement(proposal: Proposal, piece: dict[str, Any], *, by: Person, at: datetime) -> Placement:
    start, end = _span(piece)
    return Placement(
        person=proposal.person,
        task_id=piece["task"],
        starts_at=start,
        ends_at=end,
        block=piece["block"],
        is_late=piece["late"],
        is_pinned="pinned" in piece["codes"],
        reason=piece["why"],
        accepted_at=at,
        accepted_by=by,
    )
