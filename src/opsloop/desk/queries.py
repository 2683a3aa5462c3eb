"""What the mixed pages read: today, search, the palette, the recycle bin."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from opsloop.boards.queries.saved import address as address_of_view
from opsloop.boards.queries.saved import icon_of, usable
from opsloop.calendars.queries import Busy, busy
from opsloop.collaboration.models import CollaborationRequest, CommunicationRecord
from opsloop.discussion.models import SUBJECTS, Comment
from opsloop.engines import intervals
from opsloop.engines.blocks import Block
from opsloop.engines.language.readings import spelled
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.goals.models import Goal
from opsloop.knowledge.models import Lesson
from opsloop.meetings.models import Meeting
from opsloop.notices.models import Notice
from opsloop.organisation.models import Person
from opsloop.planning.queries import Piece, accepted, joined
from opsloop.planning.weeks import monday
from opsloop.playbooks.models import Playbook
from opsloop.portfolio.models import KINDS as AROUND
from opsloop.progress.models import RiskFlag
from opsloop.progress.queries.flags import flags_of
from opsloop.search import queries as search
from opsloop.web.templatetags.quick import address
from opsloop.work import priorities
from opsloop.work.models import Project, Task
from opsloop.work.priorities import Ranked
from opsloop.work.queries.neighbours import named, veil

# A ranked list longer than this is no help (ux.md §2: at most 7).
TOP = 7
Rows = QuerySet[Any, Any]
PER_KIND = 8
# Matches are ranked first, and who may see them is asked of this many times more than are shown.
DEEPER = 12
# Candidates that are ranked for today; more open work than this is a matter for the week plan.
MOST_RANKED = 200
# Finished work is shown to feel good about, not to scroll through.
MOST_DONE = 30
# Characters of a comment in the results of a search.
EXCERPT = 80
# An action that went to the bin with its task comes back with it; it is not listed by itself.
OWN_DELETION = (
    Q(parent__isnull=True) | Q(parent__deleted_at__isnull=True) | ~Q(parent__deleted_at=F("deleted_at"))
)


@dataclass(frozen=True)
class DayLine:
    """One line of a day in the order of time: a piece of the plan, or what takes the time otherwise."""

    starts_at: datetime
    ends_at: datetime
    piece: Piece | None = None
    busy: Busy | None = None
    # A piece of the plan in whose time something else came.
    is_taken: bool = False


@dataclass(frozen=True)
class Today:
    """One's day: what is late, what comes first, what stands in the plan and in the calendars."""

    overdue: Sequence[Task]
    overdue_count: int
    first: Sequence[Ranked]
    pieces: Sequence[Piece]
    # Meetings, appointments and events of outside calendars that take time.
    busy: Sequence[Busy]
    done: Sequence[Task]
    open_count: int
    at: datetime
    # Those of them that are at risk, by task.
    flags: Mapping[int, RiskFlag]

    @property
    def planned(self) -> int:
        """Minutes planned for today."""
        return sum(piece.minutes for piece in self.pieces)

    @cached_property
    def lines(self) -> Sequence[DayLine]:
        """The pieces and what takes time besides, by start; what lasts all day is no line of it."""
        taken = [one.span for one in self.busy]
        lines = [DayLine(one.starts, one.ends, busy=one) for one in self.busy if not one.is_all_day]
        for one in self.pieces:
            span = (one.starts_at, one.ends_at)
            is_taken = one.ends_at > self.at and bool(intervals.intersect([span], taken))
            lines.append(DayLine(*span, piece=one, is_taken=is_taken))
        return sorted(lines, key=lambda one: (one.starts_at, one.ends_at))

    @property
    def wants_planning(self) -> bool:
        """Whether nothing is planned, or something came into what is."""
        return not self.pieces or any(one.is_taken for one in self.lines)

    @property
    def following(self) -> DayLine | None:
        """The line before which now stands; None while one runs or after the last."""
        if any(one.starts_at <= self.at < one.ends_at for one in self.lines):
            return None
        return next((one for one in self.lines if one.starts_at > self.at), None)

    def available(self, blocks: Sequence[Block]) -> int:
        """Return the minutes of the workable blocks that nothing else takes."""
        open_spans = [(block.start, block.end) for block in blocks if block.kind.workable]
        left = intervals.subtract(open_spans, [one.span for one in self.busy])
        return round(sum((end - start).total_seconds() for start, end in left) / 60)


def today(person: Person, *, at: datetime, calendar: WorkCalendar, picked: Sequence[int] = ()) -> Today:
    """Return the day of `person` as it stands at `at`; what they `picked` for it stands first."""
    now = at.astimezone(ZoneInfo(person.time_zone))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Task.objects.open().filter(owner=person).select_related("project")
    # What was put off until a day to come is out of sight; from that day on it is back.
    mine = mine.exclude(deferred_until__gt=now.date())
    mine = mine.defer("description", "deliverable", "note", "project__description")
    candidates = veil(list(mine.order_by("due_at", "-importance", "pk")[:MOST_RANKED]), person)
    overdue = [task for task in candidates if task.due_at and task.due_at < at]
    late = {task.pk for task in overdue}
    week = [piece for piece in accepted(person, monday(now.date())) if piece.starts_at.date() == now.date()]
    return Today(
        overdue=overdue[:TOP],
        overdue_count=len(overdue),
        # What is overdue stands above the list already.
        first=_first_today(
            priorities.rank([task for task in candidates if task.pk not in late], now=now),
            now,
            frozenset(picked),
        ),
        pieces=joined(week),
        busy=busy([person.pk], midnight, midnight + timedelta(days=1), by=person, calendar=calendar)[
            person.pk
        ],
        done=list(
            Task.objects.alive()
            .filter(owner=person, status=Task.Status.DONE, closed_at__gte=midnight)
            .order_by("-closed_at")[:MOST_DONE]
        ),
        open_count=len(candidates),
        at=at,
        flags=flags_of([task.pk for task in candidates]),
    )


def _first_today(ranked: Sequence[Ranked], now: datetime, picked: Collection[int]) -> list[Ranked]:
    """Return the first of the ranked: on top what was begun today, then what was picked for it."""

    def waits(one: Ranked) -> tuple[bool, bool]:
        begun = one.task.starts_at
        is_today = begun is not None and begun.astimezone(now.tzinfo).date() == now.date() and begun <= now
        return not (is_today and one.task.status == Task.Status.DOING), one.task.pk not in picked

    return sorted(ranked, key=waits)[:TOP]


@dataclass(frozen=True)
class Hit:
    """One result of a search."""

    icon: str
    title: str
    note: str
    url: str
    # Of an open task, so that its timer can be started from where it was found.
    task_id: int = 0


@dataclass(frozen=True)
class Group:
    """The results of one kind."""

    kind: str
    label: str
    hits: Sequence[Hit]


def find(person: Person, text: str, *, limit: int = PER_KIND, with_talk: bool = False) -> list[Group]:
    """Return what `person` may see of what matches `text`, best first, at most `limit` of each kind.

    `with_talk` looks through what was said, too: the newest first. Four queries at most, six with talk.
    """
    deep = limit * DEEPER
    ranked = search.ranked_groups(
        [["task"], ["goal", "project", "person", "lesson", "notice", "request", "communication", "meeting"]],
        text,
        deep,
    )
    found = _seen(person, ranked)
    groups = [
        Group(kind, str(label), [found[kind, pk] for pk in ranked[kind] if (kind, pk) in found][:limit])
        for kind, (label, *_rest) in _KINDS.items()
    ]
    if with_talk:
        ids = search.containing("comment", text, deep)
        said = {row["pk"]: row for row in _comment_rows(person).filter(pk__in=ids)} if ids else {}
        hits = [_comment_hit(said[pk], text) for pk in ids if pk in said][:limit]
        groups.append(Group("comment", _("Comments"), hits))
    return [group for group in groups if group.hits]


def _seen(person: Person, ranked: Mapping[str, Sequence[int]]) -> dict[tuple[str, int], Hit]:
    """Return what the person may see of ranked records, by kind and id. One query for all kinds."""
    parts = [
        rows(person).filter(pk__in=ranked[kind]).order_by()
        for kind, (_label, _icon, _page, rows) in _KINDS.items()
        if ranked[kind]
    ]
    found = (parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]) if parts else ()
    return {
        (kind, pk): _hit(kind, pk, title, notes, is_closed=bool(is_closed))
        for kind, pk, title, is_closed, *notes in found
    }


def _hit(kind: str, pk: int, title: str, notes: Sequence[str | None], *, is_closed: bool) -> Hit:
    _label, icon, page, _rows = _KINDS[kind]
    note = " · ".join(filter(None, notes))
    task_id = pk if kind == "task" and not is_closed else 0
    return Hit("done" if is_closed else icon, title, note, address(page, pk), task_id)


# The rows of each kind are alike, so that they can be asked for together: kind, id, title, closed, three notes.
_NEVER = Value(False, output_field=BooleanField())  # noqa: FBT003  (Django's signature)
_EMPTY = Value("")


def _task_rows(person: Person) -> Rows:
    is_closed = ExpressionWrapper(Q(closed_at__isnull=False), output_field=BooleanField())
    notes = ("number", "owner__name", named("project", person))
    return (
        Task.objects.visible_to(person).alive().values_list(Value("task"), "pk", "title", is_closed, *notes)
    )


def _goal_rows(person: Person) -> Rows:
    goals = Goal.objects.visible_to(person).alive()
    return goals.values_list(Value("goal"), "pk", "title", _NEVER, "number", _EMPTY, _EMPTY)


def _project_rows(person: Person) -> Rows:
    projects = Project.objects.visible_to(person).alive()
    return projects.values_list(Value("project"), "pk", "name", _NEVER, "number", _EMPTY, _EMPTY)


def _lesson_rows(person: Person) -> Rows:
    lessons = Lesson.objects.visible_to(person).alive()
    return lessons.values_list(Value("lesson"), "pk", "title", _NEVER, "category__name", _EMPTY, _EMPTY)


def _notice_rows(person: Person) -> Rows:
    notices = Notice.objects.visible_to(person).alive()
    return notices.values_list(
        Value("notice"), "pk", "title", _NEVER, "number", "department__name", "author__name"
    )


def _talk_rows(person: Person) -> Rows:
    talks = CommunicationRecord.objects.visible_to(person).alive()
    names = ("number", "from_department__name", "lead__name")
    return talks.values_list(Value("communication"), "pk", "matter", _NEVER, *names)


def _request_rows(person: Person) -> Rows:
    requests = CollaborationRequest.objects.visible_to(person)
    return requests.values_list(
        Value("request"), "pk", "title", _NEVER, "number", "from_department__name", "to_department__name"
    )


def _meeting_rows(person: Person) -> Rows:
    meetings = Meeting.objects.visible_to(person).alive()
    return meetings.values_list(
        Value("meeting"), "pk", "title", _NEVER, "number", "organiser__name", "room__name"
    )


def _person_rows(person: Person) -> Rows:
    people: QuerySet[Person] = Person.objects.visible_to(person).active()
    return people.values_list(Value("person"), "pk", "name", _NEVER, "department__name", "title", _EMPTY)


def _comment_rows(person: Person) -> Rows:
    """Comments of what the person may see and is not in the bin."""
    alive = reduce(or_, (Q(**{f"{kind}__isnull": False, f"{kind}__deleted_at": None}) for kind in SUBJECTS))
    rows = Comment.objects.visible_to(person).alive().filter(alive)
    titles = {"task": "task__title", "project": "project__name", "goal": "goal__title"}
    about = Coalesce(*titles.values())
    return rows.values(
        "pk", "text", "author__name", "created_at", *(f"{kind}_id" for kind in SUBJECTS), about=about
    )


def _comment_hit(row: dict[str, Any], wanted: str) -> Hit:
    kind = next(kind for kind in SUBJECTS if row[f"{kind}_id"])
    names = {"task": "work:task", "project": "portfolio:project", "goal": "goals:goal"}
    day = f"{timezone.localtime(row['created_at']):%m-%d}"
    note = " · ".join(filter(None, (row["author__name"], day, row["about"])))
    url = f"{address(names[kind], row[f'{kind}_id'])}#comment-{row['pk']}"
    return Hit("comment", _excerpt(row["text"], wanted), note, url)


def _excerpt(text: str, wanted: str) -> str:
    """Return about a line of a text, from a little before the word that was looked for."""
    flat = " ".join(text.split())
    at = max(0, flat.casefold().find(wanted.casefold().split()[0]) - 12) if wanted.split() else 0
    shown = flat[at : at + EXCERPT]
    return f"{'…' if at else ''}{shown}{'…' if at + EXCERPT < len(flat) else ''}"


# Kind in the index: heading, icon, page, and what the person may see of it.
_KINDS: Mapping[str, tuple[Promise, str, str, Callable[[Person], Rows]]] = {
    "task": (gettext_lazy("Tasks"), "tasks", "work:task", _task_rows),
    "goal": (gettext_lazy("Goals"), "goals", "goals:goal", _goal_rows),
    "project": (gettext_lazy("Projects"), "project", "portfolio:project", _project_rows),
    "lesson": (gettext_lazy("Lessons"), "sparkles", "knowledge:lesson", _lesson_rows),
    "notice": (gettext_lazy("Notices"), "bell", "notices:notice", _notice_rows),
    "request": (pgettext_lazy("departments", "Requests"), "agree", "collaboration:request", _request_rows),
    "communication": (gettext_lazy("Records of talks"), "comment", "collaboration:record", _talk_rows),
    "meeting": (gettext_lazy("Meetings"), "people", "meetings:meeting", _meeting_rows),
    "person": (gettext_lazy("People"), "person", "organisation:person", _person_rows),
}


def places(text: str) -> list[Hit]:
    """Return the pages and commands of the palette that match `text` (all of them when it is empty)."""
    from opsloop.engines.language.tokens import fold

    known = [
        Hit("today", _("Today"), "today jinri jr", reverse("desk:today")),
        Hit("inbox", _("Inbox"), "inbox shoujianxiang sjx", reverse("inbox:inbox")),
        Hit("tasks", _("Tasks"), "tasks renwu rw", reverse("work:tasks")),
        Hit("add", _("New task"), "new task xinjian xj", reverse("work:new")),
        Hit("quadrants", _("Quadrants"), "quadrants sixiangxian sxx", reverse("work:quadrants")),
        Hit(
            "calendar",
            _("Sort tomorrow"),
            "tomorrow paimingtian pmt",
            f"{reverse('work:quadrants')}?for=tomorrow",
        ),
        Hit("plan", _("Morning plan"), "morning plan chenjianjihua cjjh", reverse("rituals:morning")),
        Hit("leave", _("End of the day"), "evening end wanjianshouwei wjsw", reverse("rituals:evening")),
        Hit("calendar", _("Week review and plan"), "review zhoufupan zfp fupan", reverse("rituals:week")),
        Hit("table", _("Task ranking"), "ranking paixu px", reverse("work:ranking")),
        Hit("repeat", _("Routine work"), "routine lixinggongzuo lxgz", reverse("work:routine")),
        Hit("calendar", _("Week plan"), "week plan zhoujihua zjh", reverse("planning:this_week")),
        Hit("clock", pgettext("page", "Hours"), "hours gongshi gs haoshi", reverse("timekeeping:day")),
        Hit("time", _("Timer"), "timer jishi js jishiqi", reverse("timekeeping:timer")),
        Hit("project", _("Projects"), "projects xiangmu xm", reverse("portfolio:projects")),
        Hit(
            "add", _("New from a template"), "template congmobanxinjian cmbxj mb", reverse("playbooks:choose")
        ),
        Hit("copy", _("Templates"), "templates moban mb", reverse("playbooks:playbooks")),
        Hit(
            "history", _("Reviews"), "reviews yuedufupan jidufupan fupan fp ydfp", reverse("reviews:reviews")
        ),
        Hit(
            "sparkles", _("Lessons"), "lessons knowledge jingyanku jyk jingyan", reverse("knowledge:lessons")
        ),
        Hit("bell", _("Notices"), "notices tongzhi tz", reverse("notices:notices")),
        Hit("add", _("New notice"), "new notice fatongzhi ftz xintongzhi xtz", reverse("notices:new")),
        Hit("table", _("Table of confirmations"), "tongzhiquerenbiao tzqrb", reverse("notices:table")),
        Hit(
            "inbox",
            pgettext("tab", "To be answered"),
            "intake daishouli dsl shouli",
            reverse("collaboration:intake"),
        ),
        Hit(
            "chart",
            _("Between departments"),
            "between departments bumenjianshuju bmjsj xiezuoshuju",
            reverse("collaboration:figures"),
        ),
        Hit(
            "comment",
            _("Records of talks"),
            "goutongjilu gtjl xiezuogoutongjilu xzgtjl co",
            reverse("collaboration:records"),
        ),
        Hit(
            "add",
            _("Put a talk on record"),
            "jigoutong jgt xiegoutongjilu xgtjl",
            reverse("collaboration:new_record"),
        ),
        Hit("list", _("Request forms"), "forms xuqiubiaodan xqbd", reverse("collaboration:request_forms")),
        Hit(
            "agree",
            pgettext("departments", "Requests"),
            "requests xiezuodan xzd kuabumenxiezuo kbmxz",
            reverse("collaboration:requests"),
        ),
        Hit(
            "add",
            _("New request"),
            "new request xinxiezuodan xxzd faqixiezuo fqxz",
            reverse("collaboration:new"),
        ),
        Hit("people", _("Meetings"), "meetings huiyi hy", reverse("meetings:meetings")),
        Hit("add", _("New meeting"), "new meeting kaihui kh xinhuiyi xhy", reverse("meetings:new")),
        Hit("subtask", _("Action items"), "action items huiyidaiban hydb daiban", reverse("meetings:items")),
        Hit("flag", _("Decisions"), "decisions jueyi jy jueyidengji", reverse("meetings:decisions")),
        Hit("chart", _("Meeting load"), "meeting load huiyifuhe hyfh", reverse("meetings:load")),
        Hit("approve", _("Sign in to a meeting"), "sign in qiandao qd", reverse("meetings:sign_in")),
        Hit("department", _("Rooms"), "rooms huiyishi hys dinghuiyishi", reverse("meetings:rooms")),
        Hit("goals", _("Goals"), "goals mubiao mb", reverse("goals:goals")),
        Hit("team", _("The team today"), "team tuanduijinri tdjr", reverse("team:today")),
        Hit("in-progress", _("My progress"), "progress jindu jd gengxinjindu gxjd", reverse("progress:mine")),
        Hit("team", _("The team's progress"), "team progress tuanduijindu tdjd", reverse("progress:board")),
        Hit(
            "alert",
            pgettext("risk", "At risk"),
            "risk gaofengxian gfx fengxian yujing yj",
            reverse("progress:risks"),
        ),
        Hit("due", _("Delays"), "delays yanqi yq", reverse("progress:delays")),
        Hit("approve", _("Dates to decide"), "delays yanqishenpi yqsp", reverse("progress:waiting")),
        Hit("people", _("Stand-up"), "standup chenhui ch zhanhui zh", reverse("progress:standup")),
        Hit("person", _("People"), "people renyuan ry", reverse("organisation:people")),
        Hit("import", _("Import a table"), "import daoru dr excel", reverse("exchange:import")),
        Hit("export", _("Export tables"), "export daochu dc excel", reverse("exchange:tables")),
        Hit("delete", _("Recycle bin"), "bin huishouzhan hsz", reverse("desk:bin")),
        Hit("jobs", _("Jobs"), "jobs renwuzhongxin", reverse("activity:jobs")),
        Hit("settings", _("Settings"), "settings shezhi sz", reverse("organisation:settings")),
    ]
    wanted = fold(text).strip()
    hits = [hit for hit in known if wanted in fold(hit.title) or wanted in hit.note]
    return [Hit(hit.icon, hit.title, "", hit.url) for hit in hits]


def saved_views(person: Person, text: str) -> Group:
    """Return the saved views whose name is meant by `text`, in characters or in pinyin. One query."""
    from opsloop.engines.language.tokens import fold

    wanted = fold(text).strip()
    found = [
        Hit(icon_of(view.layout), view.name, str(view.get_layout_display()), address_of_view(view))
        for view in usable(person)
        if wanted in fold(view.name) or wanted in spelled(view.name)
    ]
    return Group("view", _("Saved views"), found[:PER_KIND])


BIN_KINDS: Mapping[str, Promise] = {
    "task": gettext_lazy("Task"), "project": gettext_lazy("Project"), "goal": gettext_lazy("Goal"),
    "node": gettext_lazy("Key node"), "risk": gettext_lazy("Risk"), "expense": gettext_lazy("Expense"),
    "update": gettext_lazy("Update"), "playbook": gettext_lazy("Template"),
    "communication": gettext_lazy("Record of a talk"),
}  # fmt: skip
BIN_ICONS = {"node": "flag", "risk": "alert", "expense": "table", "update": "comment"}


def binned(person: Person, *, at: datetime) -> list[dict[str, Any]]:
    """Return what lies in the recycle bin and `person` may see, newest first. A query for each kind.

    What was taken out of a project stands here while the project itself does not.
    """
    sources: Sequence[tuple[str, str, Any]] = (
        ("task", "tasks", Task.objects.visible_to(person).filter(OWN_DELETION)),
        ("project", "project", Project.objects.visible_to(person)),
        ("goal", "goals", Goal.objects.visible_to(person)),
        *(
            (kind, BIN_ICONS[kind], model.objects.visible_to(person).select_related("project"))
            for kind, model in AROUND.items()
        ),
        ("playbook", "copy", Playbook.objects.visible_to(person)),
        ("communication", "comment", CommunicationRecord.objects.visible_to(person)),
    )
    rows = [
        {
            "kind": kind,
            "label": BIN_KINDS[kind],
            "icon": icon,
            "record": record,
            "title": str(record),
            "number": record.project.name if kind in AROUND else getattr(record, "number", ""),
            "deleted_at": record.deleted_at,
            "deleted_by": record.deleted_by,
            "leaves_at": record.deleted_at + timedelta(days=30),
        }
        for kind, icon, found in sources
        for record in found.binned(at=at).select_related("deleted_by").order_by("-deleted_at")[:100]
    ]
    return sorted(rows, key=lambda row: row["deleted_at"], reverse=True)
