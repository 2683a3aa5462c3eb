"""A lead takes over what members and departments below handed in, a part for each, and goes on writing from there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.reports import permissions
from opsloop.reports.actions.reports import about, begun
from opsloop.reports.events import ReportMerged
from opsloop.reports.models import TEXTS, Part, Report
from opsloop.reports.queries.subjects import Which

LONGEST = 5_000


def said(source: Report) -> str:
    """Return what a report says in its writer's words, and what its parts say: what is taken over of it."""
    texts = [str(source.words.get(name, "")).strip() for name in TEXTS]
    parts = [f"{part.source.whose}：{part.text.strip()}" for part in source.parts.all() if part.text.strip()]
    return "\n".join(one for one in (*texts, *parts) if one)[:LONGEST]


@transaction.atomic
def merge(*, which: Which, sources: Sequence[Report], by: Person, at: datetime) -> Report:
    """Take over what these reports say, each as a part; one taken over before is taken over anew.

    The parts are no text of the report's own form, so no version is stated: a window that is open keeps its own.

    Raises:
        Refused: there is nothing to take over, or the report was handed in.
        Forbidden: `by` may not write it.
    """
    if not sources:
        raise Refused(_("Nobody has handed in yet: there is nothing to take over."))
    report = begun(which, by=by, at=at)
    for source in sources:
        if not source.is_submitted or source.pk == report.pk:
            raise Refused(_("Only what was handed in can be taken over."))
        values = {"text": said(source), "taken": source.version}
        Part.objects.update_or_create(report=report, source=source, defaults=values)
    activity.record(ReportMerged(**about(report, by, at)))
    return report


@transaction.atomic
def drop(*, part: Part, by: Person, at: datetime) -> None:
    """Take a part out of a report again; it can be taken over anew.

    Raises:
        Refused: the report was handed in.
        Forbidden: `by` may not write it.
    """
    permissions.check_can_write(part.report, by)
    report = part.report
    part.delete()
    activity.record(ReportMerged(**about(report, by, at)))
