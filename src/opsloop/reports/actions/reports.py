"""The verbs of a report: write it, hand it in, take it back, ask for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.organisation.models import Person
from opsloop.organisation.queries.people import nearest_leads
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.reports import permissions
from opsloop.reports.actions import sendings
from opsloop.reports.events import ReportAsked, ReportSubmitted, ReportTakenBack, ReportWritten
from opsloop.reports.models import REPORT_LIFECYCLE, TEXTS, Report
from opsloop.reports.queries.facts import GOALS
from opsloop.reports.queries.subjects import Which

# Nobody reads more in one field of a report.
LONGEST = 5_000
# Lines that can be left out, and how long a goal may be.
MOST_LEFT_OUT, LONGEST_KEY, LONGEST_GOAL = 200, 40, 120
MOST_MINUTES = 100 * 60


@dataclass(frozen=True)
class Values:
    """What a page sends of a report; None is what it did not show, and stays as it is. `parts`: key -> text."""

    words: Mapping[str, str] = field(default_factory=dict)
    left_out: Sequence[str] | None = None
    goals: Sequence[Mapping[str, Any]] | None = None
    parts: Mapping[int, str] = field(default_factory=dict)

    def check(self) -> None:
        """Raise Refused where something is longer than it may be."""
        for name, text in (*self.words.items(), *((f"part-{key}", text) for key, text in self.parts.items())):
            if len(text) > LONGEST:
                raise Refused(
                    _("This is too long: at most %(n)s characters, there are %(length)s.")
                    % {"n": LONGEST, "length": len(text)},
                    field=name,
                )
        if len(self.left_out or ()) > MOST_LEFT_OUT or any(
            len(key) > LONGEST_KEY for key in self.left_out or ()
        ):
            raise Refused(_("So many lines cannot be left out."), field="left_out")
        for number, goal in enumerate(self.goals or ()):
            if len(goal["text"]) > LONGEST_GOAL:
                raise Refused(
                    _("What comes first is said in at most %(n)s characters.") % {"n": LONGEST_GOAL},
                    field=f"goal-{number}",
                )
            if not 0 <= goal["minutes"] <= MOST_MINUTES:
                raise Refused(
                    _("A week has fewer hours: enter between 0 and %(n)s.") % {"n": MOST_MINUTES // 60},
                    field=f"hours-{number}",
                )


def begun(which: Which, *, by: Person, at: datetime) -> Report:
    """Return the report for writing, begun at `at` unless it was before; in the caller's transaction.

    Raises:
        Forbidden, Refused: `by` may not write it, or it was handed in.
    """
    blank = which.unwritten(at)
    permissions.check_can_write(blank, by)
    report = make(which, by=by, at=at)
    permissions.check_can_write(report, by)
    return report


def make(which: Which, *, by: Person, at: datetime) -> Report:
    """Return the row of a report, made at `at` unless there is one. Checks nothing: who asks for a report makes it."""
    keys: dict[str, Any] = {
        "kind": which.kind, "starts_on": which.period.starts_on, "department": which.department,
        "project": which.project,
    }  # fmt: skip
    others: dict[str, Any] = {"begun_at": at}
    if which.department is None and which.project is None:
        keys["person"] = which.person
    else:
        others["person"] = by
    report, _is_new = Report.objects.get_or_create(**keys, defaults=others)
    return report


@transaction.atomic
def write(*, which: Which, values: Values, by: Person, at: datetime, version: int) -> Report:
    """Keep what a page sends; `version` 0 when nobody had begun. Saves nothing unchanged.

    Raises:
        StaleVersion: somebody wrote it since.
        Refused: something is too long, or the report was handed in.
    """
    found = which.find()
    if found is not None and found.version != version:
        raise StaleVersion(found, expected=version)
    values.check()
    report = begun(which, by=by, at=at)
    changed = _take(report, values)
    parts = _take_parts(report, values.parts)
    if changed or parts:
        if not report.is_personal:
            report.person = by
        report.bump(report.version, [*changed, "person"])
        names = [*changed, *(["parts"] if parts else [])]
        activity.record(
            ReportWritten(**about(report, by, at), changes={name: [None, None] for name in names})
        )
    return report


def _take(report: Report, values: Values) -> list[str]:
    """Put what changed onto the report, unsaved; return the names of its fields."""
    changed = []
    words = {**report.words, **{name: text for name, text in values.words.items() if name in TEXTS}}
    words = {name: text for name, text in words.items() if text}
    goals = None if values.goals is None else [dict(one) for one in values.goals if one["text"]][:GOALS]
    for name, new in (("words", words), ("left_out", values.left_out), ("goals", goals)):
        if new is not None and new != getattr(report, name):
            setattr(report, name, list(new) if name != "words" else new)
            changed.append(name)
    return changed


def _take_parts(report: Report, texts: Mapping[int, str]) -> bool:
    if not texts:
        return False
    rows = [row for row in report.parts.filter(pk__in=texts) if row.text != texts[row.pk]]
    for row in rows:
        row.text = texts[row.pk]
        row.save(update_fields=["text"])
    return bool(rows)


@transaction.atomic
def submit(
    *,
    which: Which,
    values: Values,
    facts: Mapping[str, Any],
    goals: Sequence[Mapping[str, Any]],
    by: Person,
    at: datetime,
    version: int,
) -> tuple[Report, Undo]:
    """Hand a report in with what stands in its fields and its figures as they are; those who lead are told.

    `goals` are kept where nobody has touched them. What schedules wait for goes out.

    Raises:
        Refused: it was handed in before; then nothing is written.
        StaleVersion: somebody wrote it since.
    """
    report = write(which=which, values=values, by=by, at=at, version=version)
    report.state, report.submitted_at, report.facts = Report.State.SUBMITTED, at, dict(facts)
    report.goals = [dict(one) for one in goals] if report.goals is None else report.goals
    report.bump(report.version, ["state", "submitted_at", "facts", "goals"])
    told = tuple(person.pk for person in nearest_leads(by) if person.pk != by.pk)
    activity.record(ReportSubmitted(**about(report, by, at, told)))
    sendings.release(report=report, at=at)
    undo = activity.offer_undo(verb="report.take_back", arguments={"pk": report.pk}, by=by, at=at)
    return report, undo


@transaction.atomic
def take_back(*, report: Report, by: Person, at: datetime, version: int) -> Report:
    """Open a report again that was handed in; its figures follow the record from now on.

    Raises:
        Forbidden: it is not theirs.
        Refused: it was not handed in.
        StaleVersion: somebody wrote it since.
    """
    if report.state not in REPORT_LIFECYCLE.before(Report.State.DRAFT):
        raise Refused(_("This report was not handed in."))
    report.state, report.submitted_at, report.facts = Report.State.DRAFT, None, {}
    permissions.check_can_write(report, by)
    report.bump(version, ["state", "submitted_at", "facts"])
    activity.record(ReportTakenBack(**about(report, by, at, tuple(one.pk for one in nearest_leads(by)))))
    return report


@transaction.atomic
def undo_submit(*, by: Person, at: datetime, pk: int) -> None:
    """Take the handing in back that a toast offered; what has been sent meanwhile stays sent."""
    rows = Report.objects.visible_to(by).filter(pk=pk).select_related("person", "department", "project")
    report = rows.first()
    if report is None:
        raise Refused(_("This does not exist any more."))
    take_back(report=report, by=by, at=at, version=report.version)


@transaction.atomic
def ask(*, which: Which, people: Sequence[Person], by: Person | None, at: datetime) -> Report | None:
    """Ask people for a report that is not handed in; return it, None if there is nothing to ask for."""
    report = make(which, by=people[0], at=at) if people else None
    if report is None or report.is_submitted:
        return None
    told = tuple(one.pk for one in people)
    activity.record(ReportAsked(**about(report, by, at, told)))
    return report


def about(report: Report, by: Person | None, at: datetime, told: tuple[int, ...] = ()) -> dict[str, Any]:
    """Return what every event of a report says of it."""
    department = report.department_id or (
        report.project.department_id if report.project else report.person.department_id
    )
    return {
        "subject_id": report.pk, "by_id": by.pk if by else None, "at": at, "department_id": department,
        "person_ids": told,
    }  # fmt: skip
