"""Who could take a task over, with reasons in words. The scoring itself is engines.delegation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Prefetch, Q, Sum
from django.utils.translation import gettext as _

from opsloop.engines import delegation
from opsloop.engines.delegation import Candidate, Reason, Why
from opsloop.organisation.models import Person, PersonSkill
from opsloop.organisation.queries import blocks_for_many
from opsloop.organisation.roles import Permission
from opsloop.planning.models import Placement
from opsloop.web.dates import duration
from opsloop.work.models import Task

# Those looked at, and those shown: a choice of more is none.
LOOKED_AT, SHOWN = 60, 8
# How far room is looked for when a task has no due date, and at most.
WITHOUT_DUE, FURTHEST = timedelta(days=7), timedelta(days=28)
HISTORY = timedelta(days=365)


@dataclass(frozen=True)
class Proposed:
    """Somebody who could take the task, and why or why not, in whole sentences."""

    person: Person
    score: int
    reasons: Sequence[str]
    is_away: bool
    free: int | None
    available: int | None


def candidates(task: Task, by: Person, *, at: datetime) -> list[Proposed]:
    """Return who could take `task` over, the best first, as far as `by` sees them.

    The load of people whose work `by` may not see is not told, nor are tasks that are hidden from them counted.
    """
    words = [task.title, *(tag.name for tag in task.tags.all()), task.category.name if task.category else ""]
    alike = _alike(task, by, at)
    people = _people(task, by, alike)
    until = _until(task, at)
    seen = [person for person in people if _sees_work(person, by)]
    available, taken = _room(seen, at, until), _taken(seen, at, until)
    known = [
        Candidate(
            id=person.pk,
            skills={row.skill.name: row.level for row in person.skills.all()},
            alike=alike.get(person.pk, 0),
            available=available.get(person.pk),
            free=available[person.pk] - taken.get(person.pk, 0) if person.pk in available else None,
            in_department=person.department_id == task.department_id,
        )
        for person in people
    ]
    by_id, facts = {person.pk: person for person in people}, {one.id: one for one in known}
    ranked = delegation.score(known, words=words, minutes=task.estimate_minutes)
    # Without skill, practice or the same department, free time alone makes nobody fit.
    best = [one for one in ranked if one.speaks_for][:SHOWN]
    return [
        Proposed(
            person=by_id[one.id],
            score=round(one.score),
            reasons=[_sentence(reason) for reason in one.reasons],
            is_away=facts[one.id].available == 0,
            free=facts[one.id].free,
            available=facts[one.id].available,
        )
        for one in best
    ]


def _people(task: Task, by: Person, alike: dict[int, int]) -> list[Person]:
    """Return those worth looking at: of the department, who did like work, and the skilled of sister departments."""
    near = Q(department_id=task.department_id) | Q(pk__in=list(alike))
    if task.department is not None and task.department.parent_id:
        near |= Q(skills__isnull=False, department__parent_id=task.department.parent_id)
    rows = Person.objects.visible_to(by).active().filter(near).exclude(pk=task.owner_id).distinct()
    skills = Prefetch("skills", PersonSkill.objects.select_related("skill"))
    found: list[Person] = list(rows.prefetch_related(skills).order_by("name", "pk")[:LOOKED_AT])
    return found


def _sees_work(person: Person, by: Person) -> bool:
    reach = by.reaches.departments(Permission.WORK_VIEW)
    return person.pk == by.pk or reach is None or person.department_id in reach


def _until(task: Task, at: datetime) -> datetime:
    if task.due_at is None or task.due_at <= at:
        return at + WITHOUT_DUE
    return min(task.due_at, at + FURTHEST)


def _alike(task: Task, by: Person, at: datetime) -> dict[int, int]:
    """Return person id -> like tasks done in the last year: of the same category, or with a tag in common."""
    like = Q(pk__in=[])
    if task.category_id:
        like |= Q(category_id=task.category_id)
    tags = [tag.pk for tag in task.tags.all()]
    if tags:
        like |= Q(tags__in=tags)
    rows = (
        Task.objects.visible_to(by).alive().filter(like, status=Task.Status.DONE, closed_at__gte=at - HISTORY)
    )
    counted = rows.order_by().values_list("owner_id").annotate(count=Count("pk", distinct=True))
    return {owner: count for owner, count in counted if owner}


def _room(people: Sequence[Person], at: datetime, until: datetime) -> dict[int, int]:
    """Return person id -> working minutes between `at` and `until`, leave taken off."""
    first = at.astimezone(ZoneInfo("UTC")).date() - timedelta(days=1)
    days = [first + timedelta(days=n) for n in range((until - at).days + 4)]
    minutes = {}
    for pk, blocks in blocks_for_many(people, days).items():
        spans = [(max(block.start, at), min(block.end, until)) for block in blocks if block.kind.workable]
        minutes[pk] = sum(round((end - start) / timedelta(minutes=1)) for start, end in spans if end > start)
    return minutes


def _taken(people: Sequence[Person], at: datetime, until: datetime) -> dict[int, int]:
    """Return person id -> minutes that are spoken for: what is placed, or what is due and left to do."""
    placed: dict[tuple[int, int], int] = defaultdict(int)
    rows = Placement.objects.filter(person__in=people, starts_at__gte=at, starts_at__lt=until)
    for person, task, length in rows.values_list("person_id", "task_id").annotate(
        length=Sum(F("ends_at") - F("starts_at"))
    ):
        placed[person, task] = round(length / timedelta(minutes=1))
    due = Task.objects.open().filter(owner__in=people, due_at__lte=until, estimate_minutes__isnull=False)
    for owner, task, estimate, progress in due.values_list("owner_id", "pk", "estimate_minutes", "progress"):
        left = (estimate or 0) * (100 - progress) // 100
        placed[owner or 0, task] = max(placed[owner or 0, task], left)
    taken: dict[int, int] = defaultdict(int)
    for (person, _task), minutes in placed.items():
        taken[person] += minutes
    return taken


def _sentence(reason: Reason) -> str:
    """Say a reason as a whole sentence."""
    words = {"name": reason.name, "n": reason.number, "time": duration(reason.number)}
    sentences = {
        Why.SKILL: _("Knows %(name)s (level %(n)s of 5)."),
        Why.NEAR_SKILL: _("Knows something close: %(name)s (level %(n)s of 5)."),
        Why.ALIKE: _("Has finished %(n)s like tasks in the last year."),
        Why.ROOM: _("Has %(time)s free before it is due."),
        Why.TIGHT: _("Lacks %(time)s before it is due."),
        Why.AWAY: _("Is away until it is due."),
        Why.HIDDEN: _("How busy this person is is not shown to you."),
        Why.TEAM: _("Belongs to the department of the task."),
    }
    return sentences[reason.why] % words
