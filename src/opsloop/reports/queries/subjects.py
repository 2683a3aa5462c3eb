"""Whose report: the subject as facts need it, and the report that an address names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opsloop.engines.reviewing import Period
from opsloop.organisation.models import Department, Person
from opsloop.reports.models import Kind, Report, Subjected
from opsloop.reviews.queries.facts import Subject, subject_of
from opsloop.work.models import Project


@dataclass(frozen=True)
class Which:
    """Names a report, which may not have been begun yet: whose (with a department or project: its), of which period."""

    person: Person
    period: Period
    department: Department | None = None
    project: Project | None = None

    def unwritten(self, at: datetime) -> Report:
        """Return the report as it is before its first word, unsaved."""
        return Report(
            person=self.person, department=self.department, project=self.project, kind=self.kind,
            starts_on=self.period.starts_on, begun_at=at,
        )  # fmt: skip

    @property
    def kind(self) -> Kind:
        """Week or month."""
        return Kind.WEEK if self.period.kind == "week" else Kind.MONTH

    def find(self) -> Report | None:
        """Return the report, once it has been begun. One query."""
        rows = Report.objects.filter(kind=self.kind, starts_on=self.period.starts_on)
        if self.department is not None:
            rows = rows.filter(department=self.department)
        elif self.project is not None:
            rows = rows.filter(project=self.project)
        else:
            rows = rows.filter(person=self.person, department__isnull=True, project__isnull=True)
        return rows.select_related("person", "department", "project").first()


def which_of(row: Subjected, period: Period) -> Which:
    """Return the report of the same subject as `row` of another period."""
    return Which(row.person, period, row.department, row.project)


def subject_for(row: Subjected) -> Subject:
    """Return whose facts a report shows; of a department: with all below it. At most one query."""
    if row.project is not None:
        return Subject(row.project.name, project=row.project.pk)
    return subject_of(row.person, row.department)
