"""The feed: one's plan, deadlines and appointments as an iCalendar file behind a secret link."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from opsloop.activity.models import Event
from opsloop.calendars.queries import origin_url, own
from opsloop.engines import ical
from opsloop.notices.queries.deadlines import due
from opsloop.organisation.models import Person
from opsloop.organisation.queries.blocks import zone_of
from opsloop.planning.models import Placement
from opsloop.planning.queries import Veil
from opsloop.work.models import Task

# What a calendar shows: last month, and as far ahead as people look.
BEHIND, AHEAD = timedelta(days=31), timedelta(days=180)
# More of one kind than this fills no readable calendar.
MOST = 2000
# A deadline is drawn as the half hour that ends at it; readers hide what takes no time.
DEADLINE = timedelta(minutes=30)


def compose(person: Person, *, at: datetime, site: str) -> bytes:
    """Return the feed of a person as it stands at `at`; `site` is the address of this installation. Seven queries.

    The same rows give the same bytes, whenever it is asked for, so that readers may keep what they have.
    """
    since, until = at - BEHIND, at + AHEAD
    placements, tasks = _placements(person, since, until), _due(person, since, until)
    about = _About(person, [*(row.task for row in placements), *tasks], site)
    entries = [
        *(_placed(row, about) for row in placements),
        *(_deadline(task, about) for task in tasks),
        *_appointments(person, since, until, site),
        *_notices(person, since, until, site),
    ]
    entries.sort(key=lambda entry: entry.uid)
    return ical.write(entries, name=_("Opsloop · %(name)s") % {"name": person.name})


def etag_of(content: bytes) -> str:
    """Return the name of a version of the feed."""
    return f'"{sha256(content).hexdigest()[:32]}"'


def _host(site: str) -> str:
    return site.partition("://")[2].partition("/")[0].partition(":")[0] or "opsloop"


class _About:
    """What the entries of tasks share: who may read their titles, and when each changed last. Two queries."""

    def __init__(self, person: Person, tasks: Sequence[Task], site: str) -> None:
        self._veil = Veil(tasks, person)
        rows = Event.objects.filter(subject_kind="task", subject_id__in={task.pk for task in tasks})
        self._changed = dict(rows.order_by().values_list("subject_id").annotate(Max("at")))
        self.site = site

    def title(self, task: Task) -> str:
        """Return the title, or that of a hidden task."""
        return self._veil.task(task).title

    def changed(self, task: Task) -> datetime:
        """Return when the task changed last."""
        last: datetime = self._changed.get(task.pk, task.created_at)
        return max(last, task.created_at)

    def number(self, task: Task) -> str:
        """Return the number of a task; "" of a hidden one."""
        return "" if self._hides(task) else task.number

    def url(self, task: Task) -> str:
        """Return where the task is shown; "" of a hidden one."""
        return "" if self._hides(task) else self.site + reverse("work:task", args=[task.pk])

    def _hides(self, task: Task) -> bool:
        return self._veil.task(task) is not task


def _placements(person: Person, since: datetime, until: datetime) -> list[Placement]:
    rows = Placement.objects.filter(
        person=person, starts_at__gte=since, starts_at__lt=until, task__deleted_at__isnull=True
    )
    return list(rows.select_related("task").order_by("starts_at", "pk")[:MOST])


def _due(person: Person, since: datetime, until: datetime) -> list[Task]:
    rows = Task.objects.open().filter(owner=person, due_at__gte=since, due_at__lt=until)
    return list(rows.order_by("due_at", "pk")[:MOST])


def _placed(row: Placement, about: _About) -> ical.Entry:
    return ical.Entry(
        uid=f"plan-{row.pk}@{_host(about.site)}",
        title=about.title(row.task),
        starts=row.starts_at,
        ends=row.ends_at,
        changed=max(row.accepted_at, about.changed(row.task)),
        sequence=row.version + row.task.version - 2,
        category=_("Plan"),
        note=about.number(row.task),
        url=about.url(row.task),
    )


def _deadline(task: Task, about: _About) -> ical.Entry:
    due = task.due_at
    assert due is not None  # `_due` asks for these only
    return ical.Entry(
        uid=f"due-{task.pk}@{_host(about.site)}",
        title=_("Due: %(title)s") % {"title": about.title(task)},
        starts=due - DEADLINE,
        ends=due,
        changed=about.changed(task),
        sequence=task.version - 1,
        category=_("Deadline"),
        is_busy=False,
        note=about.number(task),
        url=about.url(task),
    )


def _appointments(person: Person, since: datetime, until: datetime, site: str) -> Iterator[ical.Entry]:
    for row, (starts, ends) in own(person, since, until)[:MOST]:
        zone = ZoneInfo(starts.tzinfo.key) if isinstance(starts.tzinfo, ZoneInfo) else zone_of(person)
        day = starts.astimezone(zone).date()
        name = f"appointment-{row.pk}-{day:%Y%m%d}" if row.rule else f"appointment-{row.pk}"
        yield ical.Entry(
            uid=f"{name}@{_host(site)}",
            title=row.title,
            starts=day if row.is_all_day else starts,
            ends=ends.astimezone(zone).date() if row.is_all_day else ends,
            changed=row.changed_at,
            sequence=row.version - 1,
            place=row.place,
            url=site
            + (origin_url(row.origin_kind, row.origin_id) or reverse("calendars:appointment", args=[row.pk])),
            category=_("Meeting") if row.origin_kind == "meeting" else _("Appointment"),
        )


def _notices(person: Person, since: datetime, until: datetime, site: str) -> Iterator[ical.Entry]:
    for one in due(person, since, until):
        yield ical.Entry(
            uid=f"notice-{one.pk}@{_host(site)}",
            title=_("Due: %(title)s") % {"title": one.title},
            starts=one.due_at - DEADLINE,
            ends=one.due_at,
            changed=one.since,
            sequence=one.edition - 1,
            category=_("Notices"),
            is_busy=False,
            note=one.number,
            url=site + one.url,
        )
