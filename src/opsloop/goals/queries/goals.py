"""One goal with what belongs to it, and how well a goal is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.activity import queries as activity
from opsloop.engines import attainment
from opsloop.engines.language.goalcheck import GoalCheck, Quantified, VagueWord, check, quantify
from opsloop.engines.periods import next_period, next_title
from opsloop.goals.models import CheckIn, Goal, KeyResult
from opsloop.goals.queries import tree
from opsloop.organisation.happenings import entries, veil
from opsloop.organisation.history import Entry
from opsloop.organisation.models import Person
from opsloop.web.templatetags.quick import address

# The check-ins stand beside it already.
HISTORY_ROWS = 8
LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}
SENTENCES: Mapping[str, Promise] = {
    "goal.created": _("%(name)s set the goal"),
    "goal.changed": _("%(name)s changed the goal"),
    "goal.measured": _("%(name)s checked in"),
    "goal.unmeasured": _("%(name)s took a check-in back"),
    "goal.binned": _("%(name)s moved the goal to the recycle bin"),
    "goal.restored": _("%(name)s restored the goal"),
}
LABELS: Mapping[str, Promise] = {"key_results": _("Key results")}


def visible(person: Person) -> QuerySet[Goal]:
    """Return the goals that `person` may open, with what a row shows."""
    rows = Goal.objects.visible_to(person).alive().select_related("owner", "department", "module")
    return rows.prefetch_related("key_results")


@dataclass(frozen=True)
class Measured:
    """A key result with what was said of it, newest first, and the line of it over time."""

    result: KeyResult
    check_ins: Sequence[CheckIn]
    chart: attainment.Chart | None
    is_stale: bool
    pace: str

    @property
    def last(self) -> CheckIn | None:
        """The newest check-in."""
        return self.check_ins[0] if self.check_ins else None


@dataclass(frozen=True)
class Below:
    """A goal right below, with its attainment (of its own, or of the goals below it)."""

    row: tree.Row
    attainment: int | None
    is_late: bool


@dataclass(frozen=True)
class Story:
    """What the page of a goal tells. Shares are whole percents, None where nothing is measured.

    `chain` leads from the top down to the goal above. `is_rolled` when the attainment is the mean of the
    goals below. `gaps` names what is missing, with the address where it is mended.
    """

    chain: Sequence[tree.Row]
    below: Sequence[Below]
    measured: Sequence[Measured]
    attainment: int | None
    is_rolled: bool
    expected: int | None
    pace: str
    confidence: str
    is_late: bool
    timeline: Sequence[CheckIn]
    gaps: Sequence[tuple[str, Promise, str]]

    @property
    def is_stale(self) -> bool:
        """Whether a key result waits for a check-in."""
        return any(one.is_stale for one in self.measured)


# Check-ins that are drawn and listed on the page of a goal, newest first.
CHECK_INS = 100
CHART = (320, 72)


def story(goal: Goal, person: Person, *, now: datetime) -> Story:
    """Return what the page of `goal` tells `person`; nothing they may not see is named or counted. Four queries."""
    today = timezone.localtime(now).date()
    alignment = Goal.objects.visible_to(person).alive().order_by().values_list("pk", "parent_id", "status")
    above = {pk: parent for pk, parent, _status in alignment}
    # What was cancelled neither helps nor harms.
    live = {
        pk: above[pk] for pk, _parent, status in alignment if status != Goal.Status.CANCELLED or pk == goal.pk
    }
    chain, family = _chain(goal.parent_id, above), _family(goal.pk, live)
    rows = tree.rows_of(person, [*chain, *(pk for pk, parent in above.items() if parent == goal.pk)])
    found = tree.results_of(family)
    shares = attainment.rolled_up({pk: tree.own_share(found.get(pk, ())) for pk in family}, live)
    measured = _measured(goal, now=now, today=today)
    share, own = shares[goal.pk], goal.attainment()
    awaited = attainment.expected(goal.begins_on, goal.due_on, today) if goal.is_active else None
    below = [row for pk, row in rows.items() if row.parent == goal.pk and pk not in chain]
    return Story(
        chain=[rows[pk] for pk in reversed(chain) if pk in rows],
        below=[_below(row, shares.get(row.pk), today) for row in below],
        measured=measured,
        attainment=_whole(share),
        is_rolled=own is None and share is not None,
        expected=_whole(awaited),
        pace=attainment.pace(share, awaited) or "",
        confidence=tree.worst(one.result.confidence for one in measured),
        is_late=goal.is_late(today),
        timeline=_timeline(measured),
        gaps=list(_gaps(goal, measured)),
    )


# Check-ins listed on the page.
SHOWN = 8


def _timeline(measured: Sequence[Measured]) -> list[CheckIn]:
    """Return the newest check-ins of all key results together."""
    rows = [row for one in measured for row in one.check_ins]
    return sorted(rows, key=lambda row: (row.at, row.pk), reverse=True)[:SHOWN]


def _whole(share: Decimal | None) -> int | None:
    return None if share is None else int(share)


def _chain(parent: int | None, above: Mapping[int, int | None]) -> list[int]:
    """Return the visible goals above, the nearest first; the chain ends where one is hidden."""
    chain: list[int] = []
    while parent is not None and parent in above and parent not in chain:
        chain.append(parent)
        parent = above[parent]
    return chain


def _family(top: int, above: Mapping[int, int | None]) -> list[int]:
    """Return a goal and all visible goals below it."""
    below: dict[int, list[int]] = defaultdict(list)
    for pk, parent in above.items():
        if parent is not None:
            below[parent].append(pk)
    family, seen = [top], {top}
    for pk in family:
        fresh = [child for child in below.get(pk, ()) if child not in seen]
        seen.update(fresh)
        family.extend(fresh)
    return family


def _below(row: tree.Row, share: Decimal | None, today: date) -> Below:
    is_late = row.status == Goal.Status.ACTIVE and row.due_on is not None and row.due_on < today
    return Below(row, _whole(share), is_late)


def _measured(goal: Goal, *, now: datetime, today: date) -> list[Measured]:
    results = list(goal.key_results.all())
    said: dict[int, list[CheckIn]] = defaultdict(list)
    for row in CheckIn.objects.filter(key_result__in=results).select_related("by", "key_result")[:CHECK_INS]:
        said[row.key_result_id].append(row)
    return [_measure(goal, result, said[result.pk], now=now, today=today) for result in results]


def _measure(
    goal: Goal, result: KeyResult, check_ins: Sequence[CheckIn], *, now: datetime, today: date
) -> Measured:
    points = [
        (
            timezone.localtime(row.at).date(),
            attainment.attained(result.from_value, result.to_value, row.value),
        )
        for row in reversed(check_ins)
    ]
    awaited = attainment.expected(goal.begins_on, goal.due_on, today)
    drawn = attainment.chart(
        points, starts=goal.begins_on, ends=goal.due_on, today=today, width=CHART[0], height=CHART[1]
    )
    return Measured(
        result, check_ins, drawn, goal.is_active and result.is_stale(now),
        attainment.pace(result.attainment(), awaited) or "",
    )  # fmt: skip


def measured(result: KeyResult, *, now: datetime) -> Measured:
    """Return a key result with its check-ins and the line of it. One query."""
    check_ins = list(result.check_ins.select_related("by")[:CHECK_INS])
    return _measure(result.goal, result, check_ins, now=now, today=timezone.localtime(now).date())


def _gaps(goal: Goal, measured: Sequence[Measured]) -> Iterator[tuple[str, Promise, str]]:
    """Yield what an active goal lacks: code, sentence, and the address where it is mended."""
    if not goal.is_active:
        return
    edit = address("goals:edit", goal.pk)
    if not measured:
        yield "measure", _("It has no key result: nobody can tell how far it is."), edit
    if goal.owner_id is None:
        yield "owner", _("Nobody owns it."), edit
    if goal.due_on is None:
        yield "due", _("It has no due date."), edit
    if goal.parent_id is None and goal.department_id is not None:
        yield "aligned", _("It is not aligned to a goal above."), edit
    for one in measured:
        if one.is_stale:
            yield (
                "stale",
                _("A key result waits for a check-in."),
                address("goals:check_in", goal.pk, one.result.pk),
            )


def next_of(goal: Goal) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what a goal proposes for the period after it: the fields, and the key results from where they stand."""
    starts, due = next_period(goal.starts_on, goal.due_on, goal.horizon)
    fields = {
        "title": next_title(goal.title, goal.horizon), "horizon": goal.horizon, "owner": goal.owner_id,
        "department": goal.department_id, "parent": goal.parent_id, "module": goal.module_id,
        "starts_on": starts, "due_on": due, "description": goal.description,
    }  # fmt: skip
    rows = [
        {
            "name": one.name,
            "from_value": one.current_value,
            "to_value": one.current_value + one.to_value - one.from_value,
            "unit": one.unit,
        }
        for one in goal.key_results.all()
    ]
    return fields, rows


@dataclass(frozen=True)
class HistoryPage:
    """Some entries, newest first; `before` is the event id from which to go on, 0 at the end."""

    entries: list[Entry]
    before: int


def history(goal: Goal, person: Person, *, before: int = 0) -> HistoryPage:
    """Return the newest entries of a goal, or those before the event `before`. Two or three queries."""
    rows = activity.history("goal", goal.pk)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: HISTORY_ROWS + 1])
    hidden = (Goal.objects.visible_to(person), _("A goal of another department"))
    shown = veil(found[:HISTORY_ROWS], {"parent": hidden})
    more = shown[-1].pk if len(found) > HISTORY_ROWS else 0
    return HistoryPage(entries(shown, Goal, SENTENCES, LABELS), more)


@dataclass(frozen=True)
class Given:
    """What the fields of a goal say besides its text."""

    measure: bool = False
    target: bool = False
    baseline: bool = False
    deadline: bool = False
    owner: bool = False
    relevance: bool = False


@dataclass(frozen=True)
class Verdict:
    """How well a goal is said, its fields counted in: what its text lacks may stand in a field.

    `read` is what could be filled into the fields from the text; `offers` whether any of it is not there yet.
    """

    verdict: str
    missing: Sequence[str]
    vague: Sequence[VagueWord]
    suggestion: str
    read: Quantified
    offers: bool


def judge(text: str, language: str, *, today: date, given: Given = Given()) -> Verdict:
    """Check the text of a goal: measure, baseline, target, deadline, owner, relevance.

    A key result counts as measure and target, a due date as deadline. Only a missing target makes it vague.
    """
    found: GoalCheck = check(text, language=LANGUAGES.get(language))
    read = quantify(text, today=today)
    lacks = {
        "measure": "measure" in found.missing and not given.measure,
        "baseline": read.start is None and not given.baseline,
        "target": "target" in found.missing and not given.target,
        "deadline": "deadline" in found.missing and not given.deadline,
        "owner": not given.owner,
        "relevance": not given.relevance,
    }
    missing = [part for part in PARTS if lacks[part]]
    said = [part for part in missing if part in found.missing]
    verdict = "vague" if "target" in missing else "incomplete" if missing else "smart"
    suggestion = found.suggestion if said or found.vague_words else None
    offers = (read.is_measured and not given.measure) or (read.due is not None and not given.deadline)
    return Verdict(verdict, missing, found.vague_words, suggestion or "", read, offers)


PARTS = ("measure", "baseline", "target", "deadline", "owner", "relevance")


def judge_goal(goal: Goal, language: str, *, today: date) -> Verdict:
    """Check a goal as it is stored."""
    measured = bool(goal.key_results.all())
    given = Given(
        measure=measured, target=measured, baseline=measured, deadline=goal.due_on is not None,
        owner=goal.owner_id is not None, relevance=goal.parent_id is not None or goal.department_id is None,
    )  # fmt: skip
    return judge(goal.title, language, today=today, given=given)
