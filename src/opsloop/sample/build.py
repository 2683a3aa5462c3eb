"""Builds the sample department from `content`, through the same verbs that people use.

Everything is drawn from one seeded generator and from dates in `content`, so loading twice gives the same
department, whatever the day.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from opsloop.boards.actions import plans, saved
from opsloop.boards.queries.saved import saved_query
from opsloop.discussion.actions import comments, files
from opsloop.discussion.models import Beside, Comment
from opsloop.discussion.queries.subjects import load as load_subject
from opsloop.engines import hours
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.goals import actions as goals
from opsloop.goals.models import Goal
from opsloop.inbox.models import Notification
from opsloop.organisation.actions import departments
from opsloop.organisation.models import (
    Department,
    Leave,
    Organisation,
    Person,
    PersonSkill,
    RoleAssignment,
    Skill,
)
from opsloop.organisation.queries import blocks_for, working_calendar
from opsloop.planning import actions as planning
from opsloop.planning.models import Placement
from opsloop.planning.weeks import monday
from opsloop.sample import (
    announcing,
    around,
    content,
    details,
    held,
    looking_back,
    meeting,
    requesting,
    rhythm,
    talking,
    telling,
)
from opsloop.sample import talk as talks
from opsloop.sample.content import TODAY, TaskRow
from opsloop.search import actions as search
from opsloop.timekeeping.models import TimeEntry, Timer, Timesheet
from opsloop.work.actions import projects, tasks, triage
from opsloop.work.models import Category, Project, Task

ZONE = ZoneInfo("Asia/Shanghai")
# The sample's clock starts here at every start of the server.
NOW = datetime.combine(TODAY, time(9, 5), tzinfo=ZONE)
SEED = 20260916
WEEKS_OF_HOURS = 6
# What a working day holds besides breaks, in minutes, and the stretches it is made of.
STRETCHES = ((time(9, 0), 180), (time(13, 30), 240))
CLOCK_TIMES = {"r01": time(9, 30), "r06": time(14, 0)}
# Their week is still to be planned when the sample is opened.
UNPLANNED = frozenset({"su", "qin", "ye"})
SMALL_TALK = ("群消息与邮件", "临时沟通", "资料整理", "支持其他小组")

Report = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """Report to nobody."""


@dataclass
class Sample:
    """What has been built so far, by the keys of `content`."""

    calendar: WorkCalendar
    rng: random.Random
    departments: dict[str, Department] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    goals: dict[str, Goal] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)


def load(*, report: Report = silent) -> None:
    """Build the sample department in an empty installation; `report` hears how far it is.

    One transaction: a sample that stops half-way leaves nothing behind.
    """
    sample = Sample(working_calendar({TODAY.year, TODAY.year + 1}), random.Random(SEED))  # noqa: S311
    steps = (
        _organisation,
        _people,
        _leave,
        _goals,
        _projects,
        _around,
        _tasks,
        _details,
        _sorting,
        _baseline,
        _views,
        _hours,
        _plans,
        _weeks_of_hours,
        _talk,
        _files,
        _looking_back,
        _rhythm,
        _telling,
        _notices,
        _requests,
        _meetings,
        _held_meetings,
        _inboxes,
    )
    with transaction.atomic():
        for done, step in enumerate(steps):
            report(done, len(steps))
            step(sample)
    report(len(steps), len(steps))


def at(offset: int, hour: int = 9, minute: int = 30) -> datetime:
    """Return an instant by its day's distance from the sample's today."""
    return datetime.combine(TODAY + timedelta(days=offset), time(hour, minute), tzinfo=ZONE)


def workday(sample: Sample, offset: int) -> date:
    """Return the day at `offset`, or the last working day before it."""
    day = TODAY + timedelta(days=offset)
    return day if sample.calendar.is_workday(day) else sample.calendar.previous_workday(day)


def _organisation(_sample: Sample) -> None:
    Organisation.objects.create(
        pk=1, name=content.ORGANISATION, mode=Organisation.Mode.MATURE, set_up_at=at(-60), is_demo=True,
        hours_approval=True, hours_step=Organisation.HoursStep.FIVE,
    )  # fmt: skip
    Category.objects.bulk_create(
        Category(name=name, position=position) for position, name in enumerate(content.CATEGORIES)
    )


def _people(sample: Sample) -> None:
    founder = Person.objects.create_user("opsloop", name="Opsloop", is_active=False)
    RoleAssignment.objects.create(person=founder, role="admin", granted_at=at(-60))
    Person.objects.filter(pk=founder.pk).update(is_active=True)
    founder.refresh_from_db()
    for key, name, parent in content.DEPARTMENTS:
        above = sample.departments.get(parent or "")
        sample.departments[key] = departments.create(name=name, parent=above, by=founder, at=at(-60))
    password = make_password(content.PASSWORD)
    for row in content.PEOPLE:
        _person(sample, row, password)
    # The department was set up by its administrator; the scaffold goes.
    founder.delete()


def _person(sample: Sample, row: content.PersonRow, password: str) -> None:
    person = Person.objects.create(
        username=row.key,
        name=row.name,
        title=row.title,
        email=f"{row.key}@qinghe.example",
        department=sample.departments[row.department],
        password=password,
        created_at=at(-60),
    )
    sample.people[row.key] = person
    for role, department in row.roles:
        RoleAssignment.objects.create(
            person=person,
            role=role,
            department=sample.departments[department] if department else None,
            granted_at=at(-60),
        )
    for name, level in row.skills:
        skill, _new = Skill.objects.get_or_create(name=name)
        PersonSkill.objects.create(person=person, skill=skill, level=level)
    search.index(kind="person", object_id=person.pk, title=person.name, texts=[person.username, person.title])


def _leave(sample: Sample) -> None:
    for key, kind, first, last, note in content.LEAVE:
        Leave.objects.create(
            person=sample.people[key],
            kind=kind,
            starts_at=at(first, 0, 0),
            ends_at=at(last + 1, 0, 0),
            note=note,
        )


def _goals(sample: Sample) -> None:
    modules = {
        name: goals.add_module(name=name, by=sample.people["shen"], at=at(-50)) for name in content.MODULES
    }
    for key, title, horizon, department, owner, parent, module, start, due, measures, text in content.GOALS:
        by = sample.people[owner]
        sample.goals[key] = goals.create(
            by=sample.people["shen"] if department is None else by,
            at=at(-50),
            title=title,
            horizon=horizon,
            department=sample.departments[department] if department else None,
            owner=by,
            parent=sample.goals.get(parent or ""),
            module=modules.get(module or ""),
            starts_on=TODAY + timedelta(days=start) if start is not None else None,
            due_on=TODAY + timedelta(days=due) if due is not None else None,
            description=text,
            key_results=[
                {"name": name, "unit": unit, "from_value": Decimal(str(low)), "to_value": Decimal(str(high))}
                for name, unit, low, high in measures
            ],
        )
    said = [
        (day, key, measure, who, value, confidence, note)
        for key, measure, who, rows in content.CHECK_INS
        for day, value, confidence, note in rows
    ]
    for day, key, measure, who, value, confidence, note in sorted(said):
        _check_in(
            sample, sample.goals[key], measure, sample.people[who], day, Decimal(str(value)), confidence, note
        )


def _check_in(
    sample: Sample,
    goal: Goal,
    measure: str,
    by: Person,
    offset: int,
    value: Decimal,
    confidence: str,
    note: str,
) -> None:
    result = goal.key_results.get(name=measure)
    moment = datetime.combine(workday(sample, offset), time(16, 20), tzinfo=ZONE)
    goals.measure(
        result=result, value=value, confidence=confidence, note=note, by=by, at=moment, version=result.version
    )


def _projects(sample: Sample) -> None:
    for key, name, department, owner, members, goal, begin, due, status, text in content.PROJECTS:
        sample.projects[key] = projects.create(
            by=sample.people[owner],
            at=at(min(begin, -1), 9, 0),
            name=name,
            department=sample.departments[department],
            owner=sample.people[owner],
            members=[sample.people[member] for member in members],
            goal=sample.goals[goal],
            starts_on=TODAY + timedelta(days=begin),
            due_on=TODAY + timedelta(days=due),
            status=status,
            description=text,
        )


def _around(sample: Sample) -> None:
    around.build(sample.projects, sample.people)


def _tasks(sample: Sample) -> None:
    categories = {category.name: category for category in Category.objects.all()}
    made = sorted(content.TASKS, key=lambda row: (row.parent is not None, _created(row), row.key))
    for row in made:
        sample.tasks[row.key] = _task(sample, row, categories[row.category])
    for row in content.TASKS:
        for before in row.after:
            tasks.add_dependency(
                predecessor=sample.tasks[before],
                successor=sample.tasks[row.key],
                by=sample.tasks[row.key].created_by or sample.people[row.owner],
                at=_created(row) + timedelta(minutes=10),
            )
    # Actions first: a task is closed after its last action.
    for row in sorted(content.TASKS, key=lambda row: (row.parent is None, row.begin, row.key)):
        _live(sample, row)


def _created(row: TaskRow) -> datetime:
    return at(min(row.begin, -2) - 1, 10, 0)


def _task(sample: Sample, row: TaskRow, category: Category) -> Task:
    clock = CLOCK_TIMES.get(row.key)
    due = workday(sample, row.due) if row.due is not None else None
    owner = sample.people[row.owner]
    return tasks.create(
        by=_creator(sample, row),
        at=_created(row),
        title=row.title,
        owner=owner,
        category=category,
        importance=row.importance,
        urgency=row.urgency,
        estimate_minutes=round(row.hours * 60),
        starts_at=_starts(sample, row, due, clock),
        due_at=datetime.combine(due, time(18), tzinfo=ZONE) if due and not clock else None,
        project=sample.projects.get(row.project or ""),
        goal=sample.goals.get(row.goal or ""),
        parent=sample.tasks.get(row.parent or ""),
        department=owner.department,
        collaborators=[sample.people[helper] for helper in row.helpers],
        deliverable=row.standard,
        recurrence=row.repeats,
        on_holiday=content.ON_HOLIDAY.get(row.key, Task.OnHoliday.KEEP),
        note=row.note,
        tags=tasks.tags_named(row.tags),
    )


def _starts(sample: Sample, row: TaskRow, due: date | None, clock: time | None) -> datetime | None:
    """Return when a task starts: at its hour if it is an appointment, in the morning of the day it is planned from."""
    if due and clock:
        return datetime.combine(due, clock, tzinfo=ZONE)
    if due is None or row.key not in content.STARTS:
        return None
    day = TODAY + timedelta(days=content.STARTS[row.key])
    first = day if sample.calendar.is_workday(day) else sample.calendar.next_workday(day)
    return datetime.combine(min(first, due), time(9), tzinfo=ZONE)


def _creator(sample: Sample, row: TaskRow) -> Person:
    """Return who asked for the task: the project's owner, else the owner's lead, else the owner."""
    if row.project:
        return sample.people[next(project[3] for project in content.PROJECTS if project[0] == row.project)]
    leads = {"content": "lin", "user": "fang", "channel": "xu", "data": "jiang", "centre": "lu"}
    department = next(person.department for person in content.PEOPLE if person.key == row.owner)
    return sample.people[leads[department]]


def _live(sample: Sample, row: TaskRow) -> None:
    """Let a task come to its state: begun on its first day, ended near its due date."""
    if row.state == "todo":
        return
    task, by = sample.tasks[row.key], sample.people[row.owner]
    task.refresh_from_db()
    begun = max(at(min(row.begin, -1), 10, 30), _created(row) + timedelta(hours=1))
    if row.state in {"done", "doing", "delayed", "blocked"}:
        progress = sample.rng.choice((20, 30, 40, 50, 60, 70))
        tasks.change(
            task=task, values={"status": "doing", "progress": progress}, by=by, at=begun, version=task.version
        )
    if row.state in {"delayed", "blocked", "cancelled"}:
        tasks.change(task=task, values={"status": row.state}, by=by, at=at(-1, 16, 40), version=task.version)
    if row.state == "done":
        tasks.close(task=task, by=by, at=_closed(sample, row), version=task.version)


def _details(sample: Sample) -> None:
    built = details.Built(sample.people, sample.projects, sample.tasks)
    details.build(built, NOW - timedelta(minutes=20))


def _closed(sample: Sample, row: TaskRow) -> datetime:
    """Return when a finished task was closed: mostly on its last day, sometimes a little late."""
    slip = sample.rng.choices((-1, 0, 0, 0, 1), k=1)[0]
    day = workday(sample, min(-1, max(row.begin, (row.due or 0) + slip)))
    return datetime.combine(day, time(17, sample.rng.randrange(60)), tzinfo=ZONE)


def _baseline(sample: Sample) -> None:
    """Remember the campaign as it was planned: some of its tasks were to end earlier than they do now."""
    key, name, day, slipped = content.BASELINE
    project = sample.projects[key]
    taken, _undo = plans.take_baseline(project=project, name=name, by=sample.people["xu"], at=at(day))
    for task_key, days in slipped.items():
        task = sample.tasks[task_key]
        taken.dates[str(task.pk)] = [
            (moment - timedelta(days=days)).isoformat() if moment else None
            for moment in (task.starts_at, task.due_at)
        ]
    taken.save(update_fields=["dates"])


def _views(sample: Sample) -> None:
    """Let some have saved what they look at every day, for themselves or for others."""
    for who, name, layout, query, audience in content.VIEWS:
        owner = sample.people[who]
        saved.save_view(
            by=owner, at=at(-20), name=name, layout=layout, query=saved_query(query), audience=audience,
            department=owner.department if audience == "department" else None,
        )  # fmt: skip


def _sorting(sample: Sample) -> None:
    """Let some tasks have been sorted by their owners: into another quadrant, or out of sight for a while."""
    owners = {row.key: sample.people[row.owner] for row in content.TASKS}
    for key, quadrant, reason in content.SORTED:
        task = Task.objects.get(pk=sample.tasks[key].pk)
        triage.move(
            seen=[(task, task.version)], quadrant=quadrant, reason=reason, by=owners[key], at=at(-1, 17, 20)
        )
    for key, offset in content.PUT_OFF:
        task = Task.objects.get(pk=sample.tasks[key].pk)
        triage.put_off(
            seen=[(task, task.version)],
            until=TODAY + timedelta(days=offset),
            by=owners[key],
            at=at(-3, 17, 30),
        )


def _hours(sample: Sample) -> None:
    entries: list[TimeEntry] = []
    for row in content.PEOPLE:
        entries += _hours_of(sample, row)
    TimeEntry.objects.bulk_create(entries, batch_size=500)
    TimeEntry.objects.filter(task=None).update(
        category=Category.objects.get(name=content.SMALL_TALK_CATEGORY)
    )


def _hours_of(sample: Sample, row: content.PersonRow) -> Iterator[TimeEntry]:
    """Yield six weeks of a person's entries: task work in the order it was due, and what else fills a day."""
    work = _work_of(sample, row)
    first = TODAY - timedelta(weeks=WEEKS_OF_HOURS)
    absent = {
        TODAY + timedelta(days=n)
        for key, _k, a, b, _n in content.LEAVE
        if key == row.key
        for n in range(a, b + 1)
    }
    for day in sample.calendar.workdays(first, TODAY - timedelta(days=1)):
        if day not in absent:
            yield from _day(sample, sample.people[row.key], day, work)


@dataclass
class Work:
    """Minutes of a task still to be put into days."""

    task: Task
    first: date
    last: date
    left: int


def _work_of(sample: Sample, row: content.PersonRow) -> list[Work]:
    found = []
    for task_row in content.TASKS:
        if task_row.owner != row.key or task_row.state in {"todo", "cancelled"}:
            continue
        if any(other.parent == task_row.key for other in content.TASKS):
            continue
        task = sample.tasks[task_row.key]
        error = row.pace * math.exp(sample.rng.gauss(0, 0.28))
        share = 1.0 if task_row.state == "done" else sample.rng.uniform(0.3, 0.7)
        minutes = round(task_row.hours * 60 * error * share / 5) * 5
        last = task_row.due if task_row.state == "done" and task_row.due is not None else -1
        first = TODAY + timedelta(days=min(task_row.begin, -1))
        found.append(Work(task, first, max(first, TODAY + timedelta(days=min(last, -1))), max(15, minutes)))
    return sorted(found, key=lambda work: (work.last, work.first))


def _day(sample: Sample, person: Person, day: date, work: list[Work]) -> Iterator[TimeEntry]:
    rng = sample.rng
    for clock, length in STRETCHES:
        cursor = datetime.combine(day, clock, tzinfo=ZONE) + timedelta(minutes=rng.choice((0, 5, 10, 15)))
        end = datetime.combine(day, clock, tzinfo=ZONE) + timedelta(minutes=length)
        while (room := round((end - cursor) / timedelta(minutes=1))) >= 20:
            piece = min(room, rng.choice((30, 45, 60, 75, 90, 120)))
            due = next((item for item in work if item.left > 0 and item.first <= day <= item.last), None)
            if due is not None:
                piece = min(piece, due.left)
                due.left -= piece
            elif rng.random() < 0.35:
                cursor += timedelta(minutes=piece)  # nobody writes down every minute
                continue
            yield _entry(person, due, cursor, piece, rng)
            cursor += timedelta(minutes=piece + rng.choice((0, 0, 5, 10)))


def _entry(person: Person, work: Work | None, start: datetime, minutes: int, rng: random.Random) -> TimeEntry:
    return TimeEntry(
        person=person,
        task=work.task if work else None,
        started_at=start,
        ended_at=start + timedelta(minutes=minutes),
        minutes=minutes,
        note="" if work else rng.choice(SMALL_TALK),
    )


def _plans(sample: Sample) -> None:
    morning = at(0, 8, 30)
    for row in content.PEOPLE:
        if row.key in UNPLANNED:
            continue
        person = Person.objects.get(pk=sample.people[row.key].pk)
        proposal = planning.propose(person=person, week_start=monday(TODAY), by=person, at=morning)
        planning.accept(proposal=proposal, by=person, at=morning)


def _weeks_of_hours(sample: Sample) -> None:
    """Plan what lies in the gaps of the days before today, hand weeks in, and let somebody work just now."""
    for key in content.PLANNED_BEFORE:
        _planned_before(sample, sample.people[key])
    for row in content.PEOPLE:
        if row.key in content.NO_TIMESHEETS:
            continue
        for back in range(WEEKS_OF_HOURS, 0, -1):
            _timesheet(sample, row, monday(TODAY) - timedelta(weeks=back), back)
    for key, task, minute in content.TIMERS:
        Timer.objects.create(person=sample.people[key], task=sample.tasks[task], started_at=at(0, 9, minute))


def _planned_before(sample: Sample, person: Person) -> None:
    """Put an open task into each gap of this week: it was planned, done, and not written down."""
    tasks_left = list(
        Task.objects.open().filter(owner=person, starts_at__isnull=True).order_by("due_at", "pk")[:3]
    )
    for day in sample.calendar.workdays(monday(TODAY), TODAY - timedelta(days=1)):
        blocks = [
            (b.start, b.end) for b in blocks_for(person, [day], calendar=sample.calendar) if b.kind.workable
        ]
        rows = TimeEntry.objects.filter(person=person).touching(*hours.day_span(day, ZONE))
        taken = list(rows.values_list("started_at", "ended_at"))
        for place, (start, end) in enumerate(hours.gaps(blocks, taken, NOW)):
            if tasks_left:
                Placement.objects.create(
                    person=person, task=tasks_left[place % len(tasks_left)], starts_at=start, ends_at=end,
                    block="focus", accepted_at=at(-3, 17), accepted_by=person,
                )  # fmt: skip


def _timesheet(sample: Sample, row: content.PersonRow, week: date, back: int) -> None:
    """Weeks long ago are approved; last week waits for the leads, one was returned, some were forgotten."""
    friday = (week - TODAY).days + 4
    above = {"lu": "shen", **dict.fromkeys(content.LEADS.values(), "lu")}
    lead = sample.people[above.get(row.key, content.LEADS.get(row.department, "lu"))]
    sheet = Timesheet(person=sample.people[row.key], week_start=week, handed_at=at(friday, 17, 40))
    if back > 1:
        sheet.state, sheet.decided_at, sheet.decided_by = (
            Timesheet.State.APPROVED,
            at(friday + 3, 9, 40),
            lead,
        )
    elif row.key == content.RETURNED[0]:
        sheet.state, sheet.decided_at, sheet.decided_by = Timesheet.State.RETURNED, at(-2, 9, 20), lead
        sheet.reason = content.RETURNED[1]
    elif row.key in content.NOT_HANDED_IN:
        return
    sheet.save(force_insert=True)


def _subject(sample: Sample, kind: str, key: str, who: str) -> Any:
    """Return a record as it stands now, loaded for talk, as one of the people who see it."""
    records: dict[str, dict[str, Any]] = {
        "task": sample.tasks, "project": sample.projects, "goal": sample.goals
    }  # fmt: skip
    record = records[kind][key]
    return load_subject(kind, record.pk, sample.people[who])


def _looking_back(sample: Sample) -> None:
    looking_back.learn(sample.people, now=NOW)
    looking_back.expect(sample.people, sample.departments, now=NOW)
    looking_back.build(sample.people, sample.departments, now=NOW, zone=ZONE)


def _talk(sample: Sample) -> None:
    """Let everything be said in the order of time, so that inboxes fill as they would."""
    lines = [
        (at(line.day, line.hour, line.minute), talk, place)
        for talk in talks.TALKS
        for place, line in enumerate(talk.lines)
    ]
    said: dict[tuple[str, str, int], Comment] = {}
    for when, talk, place in sorted(lines, key=lambda one: (one[0], one[1].key, one[2])):
        line = talk.lines[place]
        said[talk.kind, talk.key, place] = comments.add(
            subject=_subject(sample, talk.kind, talk.key, line.who),
            text=line.text,
            reply_to=said[talk.kind, talk.key, place - line.answers] if line.answers else None,
            by=sample.people[line.who],
            at=when,
        )
        for who, sign in line.signs:
            comment = said[talk.kind, talk.key, place]
            comments.react(comment=comment, sign=sign, by=sample.people[who], at=when + timedelta(minutes=9))


def _files(sample: Sample) -> None:
    for row in talks.FILES:
        files.attach(
            place=Beside.of(_subject(sample, row.kind, row.key, row.who)),
            uploads=[SimpleUploadedFile(row.name, row.content)],
            by=sample.people[row.who],
            at=at(row.day, 8, 20),
        )


def _telling(sample: Sample) -> None:
    telling.build(sample.people, sample.departments, now=NOW, zone=ZONE)


def _rhythm(sample: Sample) -> None:
    rhythm.build(sample.tasks, sample.people, NOW)


def _notices(sample: Sample) -> None:
    announcing.build(sample.people, sample.departments, at)


def _requests(sample: Sample) -> None:
    requesting.build(sample.people, sample.departments, at)
    talking.build(sample.people, sample.departments, at)


def _meetings(sample: Sample) -> None:
    meeting.build(sample.people, sample.departments, at)


def _held_meetings(sample: Sample) -> None:
    held.build(sample.people, at)


def _inboxes(_sample: Sample) -> None:
    """Let people have kept their inboxes in order: what is older than three days is done, yesterday's partly read."""
    told = Notification.objects.all()
    told.filter(at__lt=at(-3, 0, 0), done_at__isnull=True).update(done_at=at(-3, 18), read_at=at(-3, 18))
    told.filter(at__lt=at(-1, 12, 0), read_at__isnull=True, done_at__isnull=True).update(read_at=at(-1, 18))


def facts() -> dict[str, Any]:
    """Return what was loaded, in numbers, for the command line."""
    return {
        "people": Person.objects.count(),
        "goals": Goal.objects.count(),
        "projects": Project.objects.count(),
        "tasks": Task.objects.count(),
        "time_entries": TimeEntry.objects.count(),
    }
