"""What tasks can be filtered by: one table of fields, and what each asks of the database.

A row of the table is all that a field needs: chips, the menu, the editor and the condition follow from it.
Packages above add theirs in `TASK_FIELDS` of config/reactions.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Literal

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.activity import registry
from opsloop.engines.filters import Condition
from opsloop.engines.filters.dates import span
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.organisation.models import Person
from opsloop.organisation.queries.calendar import working_calendar
from opsloop.search import queries as search
from opsloop.work.models import CustomField, Dependency, Project, Task
from opsloop.work.priorities import in_quadrant
from opsloop.work.queries.customs import fields_for, saying
from opsloop.work.queries.scopes import team_departments

Kind = Literal["choice", "person", "record", "date", "number", "text", "flag"]
BIGGEST_ID = 2**63 - 1
BIGGEST_NUMBER = 2**31 - 1
NOTHING = Q(pk__in=[])
# A subquery, not a join: there are few open actions, and PostgreSQL would read all tasks to join them.
PARENT_DUE = Subquery(Task.objects.filter(pk=OuterRef("parent_id")).order_by().values("due_at"))
LATE_ACTION = Q(parent__isnull=False, due_at__gt=PARENT_DUE)

OPERATORS: Mapping[str, Promise] = {
    "any": pgettext_lazy("filter", "is"),
    "all": pgettext_lazy("filter", "is all of"),
    "none": pgettext_lazy("filter", "is not"),
    "within": pgettext_lazy("filter", "is within"),
    "before": pgettext_lazy("filter", "is before"),
    "after": pgettext_lazy("filter", "is after"),
    "has": pgettext_lazy("filter", "contains"),
    "lacks": pgettext_lazy("filter", "does not contain"),
    "is": pgettext_lazy("filter", "equals"),
    "least": pgettext_lazy("filter", "is at least"),
    "most": pgettext_lazy("filter", "is at most"),
    "yes": pgettext_lazy("filter", "yes"),
    "no": pgettext_lazy("filter", "no"),
    "empty": pgettext_lazy("filter", "is empty"),
    "filled": pgettext_lazy("filter", "is filled in"),
}
BARE = frozenset({"yes", "no", "empty", "filled"})
_BY_KIND: Mapping[Kind, tuple[str, ...]] = {
    "choice": ("any", "none"),
    "person": ("any", "none"),
    "record": ("any", "none"),
    "date": ("within", "before", "after"),
    "number": ("least", "most", "is"),
    "text": ("has", "lacks"),
    "flag": ("yes", "no"),
}


@dataclass(frozen=True)
class Asking:
    """Who asks, and when."""

    person: Person
    now: datetime

    @cached_property
    def today(self) -> date:
        """The day it is for who asks."""
        return timezone.localtime(self.now).date()

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The working calendar; asked for only by words that count working days."""
        return working_calendar([self.today.year])


Ask = Callable[[Condition, Asking], Q]


@dataclass(frozen=True)
class Field:
    """One thing tasks can be filtered by.

    `words` are pinyin and its initials, for finding it by typing. `records` names the kind of record its
    values are ids of, `choices` its fixed values. `scale` divides numbers for people (minutes into hours).
    """

    name: str
    label: Any
    kind: Kind
    ask: Ask
    icon: str
    words: str = ""
    empty: bool = False
    many: bool = False
    records: str = ""
    choices: Sequence[tuple[str, Any]] = field(default=())
    scale: int = 1
    unit: Any = ""

    @property
    def operators(self) -> tuple[str, ...]:
        """Which operators it knows, the usual one first."""
        own = _BY_KIND[self.kind]
        if self.many:
            own = (own[0], "all", *own[1:])
        return (*own, "empty", "filled") if self.empty else own


# --- what kinds of fields ask for ---------------------------------------------------------------------------


def _ids(values: Iterable[str]) -> list[int]:
    return [min(int(one), BIGGEST_ID) for one in values if one.isascii() and one.isdigit() and len(one) < 20]


def _blank(column: str, condition: Condition) -> Q | None:
    if condition.operator in ("empty", "filled"):
        return Q(**{f"{column}__isnull": condition.operator == "empty"})
    return None


def of_choices(column: str, known: Iterable[str]) -> Ask:
    """Ask for a column that holds one of a few values."""
    values = frozenset(known)

    def ask(condition: Condition, _asking: Asking) -> Q:
        wanted = Q(**{f"{column}__in": [one for one in condition.values if one in values]})
        return _blank(column, condition) or (~wanted if condition.operator == "none" else wanted)

    return ask


def of_record(column: str) -> Ask:
    """Ask for a foreign key."""

    def ask(condition: Condition, _asking: Asking) -> Q:
        wanted = Q(**{f"{column}__in": _ids(condition.values)})
        return _blank(column, condition) or (~wanted if condition.operator == "none" else wanted)

    return ask


def of_records(name: str, target: str) -> Ask:
    """Ask for a many-to-many field; `target` is its column in the table between."""

    def holding(**wanted: Any) -> Q:
        through = getattr(Task, name).through
        return Q(pk__in=through.objects.filter(**wanted).order_by().values("task_id"))

    def ask(condition: Condition, _asking: Asking) -> Q:
        if condition.operator in ("empty", "filled"):
            some = holding()
            return some if condition.operator == "filled" else ~some
        ids = _ids(condition.values)
        if condition.operator == "all":
            every = Q() if ids else NOTHING
            for one in ids:
                every &= holding(**{target: one})
            return every
        some = holding(**{f"{target}__in": ids})
        return ~some if condition.operator == "none" else some

    return ask


def of_person(column: str) -> Ask:
    """Ask for a person: ids, `me`, or `team` for everybody of the departments that are "my team"."""

    def ask(condition: Condition, asking: Asking) -> Q:
        wanted = Q(**{f"{column}_id__in": _people(condition, asking)})
        if "team" in condition.values:
            wanted |= _team(f"{column}__department_id", f"{column}_id", asking)
        return _blank(column, condition) or (~wanted if condition.operator == "none" else wanted)

    return ask


def _people(condition: Condition, asking: Asking) -> list[int]:
    me = [asking.person.pk] if "me" in condition.values else []
    return [*me, *_ids(condition.values)]


def _team(department: str, person: str, asking: Asking) -> Q:
    team = team_departments(asking.person)
    return Q(**{f"{person}__isnull": False}) if team is None else Q(**{f"{department}__in": list(team)})


def _helpers(condition: Condition, asking: Asking) -> Q:
    through = Task.collaborators.through.objects.order_by()
    if condition.operator in ("empty", "filled"):
        some = Q(pk__in=through.values("task_id"))
        return some if condition.operator == "filled" else ~some
    wanted = Q(person_id__in=_people(condition, asking))
    if "team" in condition.values:
        wanted |= _team("person__department_id", "person_id", asking)
    if condition.operator == "all":
        every = Q()
        for one in _people(condition, asking):
            every &= Q(pk__in=through.filter(person_id=one).values("task_id"))
        return every
    some = Q(pk__in=through.filter(wanted).values("task_id"))
    return ~some if condition.operator == "none" else some


def of_moment(column: str) -> Ask:
    """Ask for an instant by days; `overdue` is what is open and past."""

    def ask(condition: Condition, asking: Asking) -> Q:
        blank = _blank(column, condition)
        if blank is not None:
            return blank
        if condition.values == ("overdue",):
            return Q(**{f"{column}__lt": asking.now}, closed_at__isnull=True)
        days = _days(condition, asking)
        if days is None:
            return NOTHING
        first, after = _midnight(days[0]), _midnight(days[1]) + timedelta(days=1)
        return {
            "before": Q(**{f"{column}__lt": first}),
            "after": Q(**{f"{column}__gte": after}),
        }.get(condition.operator, Q(**{f"{column}__gte": first, f"{column}__lt": after}))

    return ask


def of_day(column: str) -> Ask:
    """Ask for a date without a time."""

    def ask(condition: Condition, asking: Asking) -> Q:
        blank = _blank(column, condition)
        if blank is not None:
            return blank
        days = _days(condition, asking)
        if days is None:
            return NOTHING
        return {
            "before": Q(**{f"{column}__lt": days[0]}),
            "after": Q(**{f"{column}__gt": days[1]}),
        }.get(condition.operator, Q(**{f"{column}__gte": days[0], f"{column}__lte": days[1]}))

    return ask


def _days(condition: Condition, asking: Asking) -> tuple[date, date] | None:
    spans = [span(one, today=asking.today, calendar=asking.calendar) for one in condition.values[:2]]
    known = [one for one in spans if one is not None]
    if not known or len(known) < len(spans):
        return None
    return min(one[0] for one in known), max(one[1] for one in known)


def _midnight(day: date) -> datetime:
    # The first and last days of the calendar have no instant in every zone.
    day = min(max(day, date(1900, 1, 1)), date(9000, 1, 1))
    return timezone.make_aware(datetime.combine(day, time()))


def of_number(column: str) -> Ask:
    """Ask for a whole number."""

    def ask(condition: Condition, _asking: Asking) -> Q:
        blank = _blank(column, condition)
        if blank is not None:
            return blank
        numbers = _ids(condition.values[:1])
        if not numbers:
            return NOTHING
        lookup = {"least": "__gte", "most": "__lte"}.get(condition.operator, "")
        return Q(**{f"{column}{lookup}": min(numbers[0], BIGGEST_NUMBER)})

    return ask


def of_text(column: str) -> Ask:
    """Ask for words in a text."""

    def ask(condition: Condition, _asking: Asking) -> Q:
        if condition.operator in ("empty", "filled"):
            blank = Q(**{column: ""})
            return blank if condition.operator == "empty" else ~blank
        found = Q()
        for one in condition.values:
            # PostgreSQL has no NUL in its texts.
            found |= Q(**{f"{column}__icontains": one.replace("\0", "")})
        return ~found if condition.operator == "lacks" else found

    return ask


def of_flag(yes: Callable[[Asking], Q]) -> Ask:
    """Ask for something that holds or does not."""
    return lambda condition, asking: ~yes(asking) if condition.operator == "no" else yes(asking)


def _anywhere(condition: Condition, _asking: Asking) -> Q:
    found = Q(pk__in=search.matching("task", " ".join(condition.values)[:200]))
    return ~found if condition.operator == "lacks" else found


def _quadrant(condition: Condition, asking: Asking) -> Q:
    wanted = NOTHING
    for one in condition.values:
        if one in ("1", "2", "3", "4"):
            wanted |= in_quadrant(int(one), now=timezone.localtime(asking.now))
    return ~wanted if condition.operator == "none" else wanted


def _links(ours: str, theirs: str) -> Q:
    """Tasks with an open one at the other end of a dependency."""
    links = Dependency.objects.filter(**{ours: OuterRef("pk")})
    still_open = {f"{theirs}__closed_at__isnull": True, f"{theirs}__deleted_at__isnull": True}
    return Q(Exists(links.filter(**still_open).order_by()))


def _open_actions(_asking: Asking) -> Q:
    return Q(Exists(Task.objects.filter(parent=OuterRef("pk")).open().order_by()))


def _project_status(condition: Condition, _asking: Asking) -> Q:
    known = [one for one in condition.values if one in Project.Status.values]
    wanted = Q(project_id__in=Project.objects.filter(status__in=known).order_by().values("pk"))
    return ~wanted if condition.operator == "none" else wanted


# --- the table ----------------------------------------------------------------------------------------------

_QUADRANTS = [(str(value), label) for value, label in Task.Quadrant.choices]
_OWN: Sequence[Field] = (
    Field("status", _("Status"), "choice", of_choices("status", Task.Status.values), "in-progress", "zhuangtai zt",
          choices=Task.Status.choices),
    Field("owner", _("Owner"), "person", of_person("owner"), "person", "fuzeren fzr", empty=True, records="person"),
    Field("helper", _("Collaborator"), "person", _helpers, "people", "xiezuoren xzr", empty=True, many=True,
          records="person"),
    Field("due", _("Due"), "date", of_moment("due_at"), "due", "jiezhi jz qixian", empty=True),
    Field("quadrant", _("Quadrant"), "choice", _quadrant, "quadrants", "xiangxian xx", choices=_QUADRANTS),
    Field("urgency", _("Urgency"), "choice", of_choices("urgency", Task.Urgency.values), "urgent", "jinji jj",
          choices=Task.Urgency.choices),
    Field("project", _("Project"), "record", of_record("project_id"), "project", "xiangmu xm", empty=True,
          records="project"),
    Field("tag", _("Tag"), "record", of_records("tags", "tag_id"), "tag", "biaoqian bq", empty=True, many=True,
          records="tag"),
    Field("goal", _("Goal"), "record", of_record("goal_id"), "goals", "mubiao mb", empty=True, records="goal"),
    Field("category", _("Category"), "record", of_record("category_id"), "documents", "leibie lb fenlei", empty=True,
          records="category"),
    Field("department", _("Department"), "record", of_record("department_id"), "department", "bumen bm", empty=True,
          records="department"),
    Field("text", _("Text"), "text", _anywhere, "search", "wenben wb sousuo"),
    Field("start", _("Starts"), "date", of_moment("starts_at"), "play", "kaishi ks", empty=True),
    Field("estimate", _("Estimate"), "number", of_number("estimate_minutes"), "estimate", "yuji yj haoshi",
          empty=True, scale=60, unit=_("hours")),
    Field("progress", _("Progress"), "number", of_number("progress"), "jobs", "jindu jd", unit="%"),
    Field("importance", _("Goal relevance"), "number", of_number("importance"), "star", "guanliandu gld zhongyao"),
    Field("waits", _("Waits for an open task"), "flag",
          of_flag(lambda _asking: _links("successor", "predecessor")), "block", "dengdai yilai yl beizuse"),
    Field("blocks", _("Others wait for it"), "flag",
          of_flag(lambda _asking: _links("predecessor", "successor")), "processes", "bieren dengdai houxu"),
    Field("milestone", _("Milestone"), "flag", of_flag(lambda _asking: Q(is_milestone=True)), "flag",
          "guanjianjiedian gjjd"),
    Field("repeats", _("Repeats"), "flag", of_flag(lambda _asking: ~Q(recurrence="")), "repeat", "chongfu cf lixing"),
    Field("action", _("Is an action"), "flag", of_flag(lambda _asking: Q(parent__isnull=False)), "subtask",
          "dongzuo dz"),
    Field("open_actions", _("Has open actions"), "flag", of_flag(_open_actions), "list", "weiwancheng dongzuo"),
    Field("late_action", _("Due after its task"), "flag", of_flag(lambda _asking: LATE_ACTION), "alert",
          "wanyu renwu"),
    Field("asked_by", _("Asked by"), "person", of_person("requester"), "mail", "tichuren tcr", empty=True,
          records="person"),
    Field("made_by", _("Created by"), "person", of_person("created_by"), "add", "chuangjianren cjr", records="person"),
    Field("acceptance", _("Needs acceptance"), "flag", of_flag(lambda _asking: Q(needs_acceptance=True)), "approve",
          "yanshou ys"),
    Field("project_status", _("Stage of the project"), "choice", _project_status, "project", "xiangmu jieduan",
          choices=Project.Status.choices),
    Field("created", _("Created"), "date", of_moment("created_at"), "calendar-add", "chuangjian cj"),
    Field("closed", _("Closed"), "date", of_moment("closed_at"), "done", "wancheng guanbi wc", empty=True),
    Field("deferred", _("Put off until"), "date", of_day("deferred_until"), "calendar-off", "zanhuan zh", empty=True),
    Field("deliverable", _("Deliverable standard"), "text", of_text("deliverable"), "documents", "jiaofu jf",
          empty=True),
    Field("note", _("Note"), "text", of_text("note"), "comment", "beizhu bz", empty=True),
)  # fmt: skip
OWN: Mapping[str, Field] = {one.name: one for one in _OWN}
# What says by itself whether closed tasks belong into the view.
ABOUT_STATUS = frozenset({"status", "closed"})


def known(person: Person) -> Mapping[str, Field]:
    """Return every field that `person` can filter by, by its name in addresses. One query."""
    more = {one.name: one for source in registry.task_fields() for one in source(person)}
    customs = {one.name: one for one in map(_custom, fields_for(person))}
    return {**OWN, **more, **customs}


def named(names: Iterable[str], person: Person) -> Mapping[str, Field]:
    """Return the fields of these names; no query when they are all a task's own."""
    wanted = set(names)
    return OWN if wanted <= OWN.keys() else known(person)


_CUSTOM_KINDS: Mapping[str, Kind] = {
    "text": "text", "choice": "choice", "number": "number", "check": "flag", "date": "date", "person": "person",
}  # fmt: skip


def _custom(one: CustomField) -> Field:
    """Return an own field of a project or category as a row of the table."""
    kind = _CUSTOM_KINDS[one.kind]
    choices = [(choice, choice) for choice in one.options] if kind == "choice" else ()
    records = "person" if kind == "person" else ""
    return Field(
        f"c{one.pk}",
        one.name,
        kind,
        _asking(one),
        "edit",
        empty=kind != "flag",
        records=records,
        choices=choices,
    )


def _asking(one: CustomField) -> Ask:
    """Ask for what tasks say in an own field."""

    def ask(condition: Condition, asking: Asking) -> Q:
        said = saying(one)
        if condition.operator in ("empty", "filled"):
            return said if condition.operator == "filled" else ~said
        wanted = _said(one, condition, asking)
        return ~wanted if condition.operator in ("none", "lacks", "no") else wanted

    return ask


def _said(one: CustomField, condition: Condition, asking: Asking) -> Q:
    kind = _CUSTOM_KINDS[one.kind]
    if kind == "flag":
        return saying(one, gt=0)
    if kind == "choice":
        return saying(one, **{"in": list(condition.values)})
    if kind == "person":
        return saying(one, **{"in": _people(condition, asking)})
    if kind == "text":
        return saying(one, icontains=" ".join(condition.values).replace("\0", ""))
    if kind == "number":
        numbers = _ids(condition.values[:1])
        lookup = {"least": "gte", "most": "lte"}.get(condition.operator, "exact")
        return saying(one, **{lookup: min(numbers[0], BIGGEST_NUMBER)}) if numbers else NOTHING
    days = _days(condition, asking)
    if days is None:
        return NOTHING
    if condition.operator == "before":
        return saying(one, lt=days[0])
    return saying(one, gt=days[1]) if condition.operator == "after" else saying(one, range=days)


def find(name: str, person: Person) -> Field | None:
    """Return one field, None if there is none of that name for `person`."""
    return OWN.get(name) or known(person).get(name)
