"""Reading a week: placements and proposals as the pages and tables show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import get_language

from opsloop.activity.registry import PlannedSpan
from opsloop.engines.blocks import BlockKind
from opsloop.engines.workcalendar import Language
from opsloop.organisation.models import Person
from opsloop.organisation.strips import LABELS
from opsloop.planning.models import Placement, Proposal
from opsloop.planning.weeks import span
from opsloop.work.models import Task

GRID = timedelta(minutes=15)


@dataclass(frozen=True)
class Piece:
    """One piece of work as a page shows it: accepted (`placement` given) or only proposed."""

    task: Task
    starts_at: datetime
    ends_at: datetime
    block: str
    is_late: bool
    is_pinned: bool
    why: str
    placement: Placement | None = None

    # Goes straight on from the piece before it: the same work, in another kind of block.
    continues: bool = False

    # What a proposal does with it: "new", "moved", "" for nothing.
    change: str = ""

    @property
    def minutes(self) -> int:
        """The length in minutes."""
        return round((self.ends_at - self.starts_at) / timedelta(minutes=1))

    @property
    def quarters(self) -> int:
        """The length in quarter hours, for the height on the page (at most 16)."""
        return max(1, min(16, self.minutes // 15))

    @property
    def length(self) -> int:
        """How many quarters of the wall clock it covers."""
        return self.last - self.first

    @property
    def first(self) -> int:
        """The quarter of the day in which it starts, by the clock on the wall."""
        return quarter(self.starts_at)

    @property
    def last(self) -> int:
        """The quarter of the day before which it ends; 96 for midnight."""
        end = quarter(self.ends_at - timedelta(microseconds=1)) + 1
        return max(end, self.first + 1)

    @property
    def block_label(self) -> str | Promise:
        """The kind of its block in a word; "" outside every block."""
        return LABELS[BlockKind(self.block)] if self.block else ""


def quarter(moment: datetime) -> int:
    """Return which quarter of an hour of its day, counted from 0, the clock shows at `moment`."""
    return moment.hour * 4 + moment.minute // 15


def accepted(person: Person, week_start: date) -> list[Piece]:
    """Return the accepted pieces of a person's week in the order of time. The caller checks the right."""
    starts, ends = span(week_start, ZoneInfo(person.time_zone))
    rows = (
        Placement.objects.filter(person=person, starts_at__gte=starts, starts_at__lt=ends)
        .select_related("task")
        .order_by("starts_at")
    )
    return [
        Piece(
            task=row.task,
            starts_at=row.starts_at.astimezone(starts.tzinfo),
            ends_at=row.ends_at.astimezone(starts.tzinfo),
            block=row.block,
            is_late=row.is_late,
            is_pinned=row.is_pinned,
            why=sentence(row.reason),
            placement=row,
        )
        for row in rows
        if not row.task.is_binned
    ]


def tasks_on(person: Person, day: date) -> list[int]:
    """Return the ids of the tasks that stand in the accepted plan of a person's day. One query."""
    starts = datetime.combine(day, time(), tzinfo=ZoneInfo(person.time_zone))
    rows = Placement.objects.filter(
        person=person, starts_at__gte=starts, starts_at__lt=starts + timedelta(days=1)
    )
    return list(rows.order_by().values_list("task_id", flat=True).distinct())


def proposed(proposal: Proposal, tasks: Mapping[int, Task] | None = None) -> list[Piece]:
    """Return the pieces that a proposal would bring into the week, in the order of time.

    One query; none with the `tasks` at hand, of which alone it tells then.
    """
    zone = ZoneInfo(proposal.person.time_zone)
    placements = [piece for piece in proposal.content["placements"] if piece["stays"] is None]
    if tasks is None:
        tasks = Task.objects.in_bulk({piece["task"] for piece in placements})
    pieces = [
        Piece(
            task=tasks[piece["task"]],
            starts_at=datetime.fromisoformat(piece["start"]).astimezone(zone),
            ends_at=datetime.fromisoformat(piece["end"]).astimezone(zone),
            block=piece["block"],
            is_late=piece["late"],
            is_pinned="pinned" in piece["codes"],
            why=sentence(piece["why"]),
        )
        for piece in placements
        if piece["task"] in tasks
    ]
    return sorted(pieces, key=lambda piece: piece.starts_at)


def spans(people: Sequence[Person], since: datetime, until: datetime) -> list[PlannedSpan]:
    """Return the accepted pieces of `people` that touch a span, as plain values. One query."""
    rows = Placement.objects.filter(person__in=people, starts_at__lt=until, ends_at__gt=since)
    found = rows.order_by("starts_at").values_list("person_id", "task_id", "starts_at", "ends_at")
    return [PlannedSpan(*row) for row in found]


def sentence(why: Mapping[str, str]) -> str:
    """Return the stored reason in the active language."""
    return why.get(language(), "")


def language() -> Language:
    """Return the active language as the engines call it."""
    known: dict[str, Language] = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}
    return known.get(get_language() or "", "en")


def joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Return pieces, in the order of time, marked where they go straight on from the one before."""
    marked: list[Piece] = []
    for piece in pieces:
        before = marked[-1] if marked else None
        goes_on = before is not None and before.task.pk == piece.task.pk and before.ends_at == piece.starts_at
        marked.append(replace(piece, continues=goes_on))
    return marked
