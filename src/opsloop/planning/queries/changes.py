"""A proposal beside the week as it is: task by task what would move, come in, go out, be late, or find no place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from opsloop.engines.blocks import Span
from opsloop.organisation.models import Person
from opsloop.planning import wording
from opsloop.planning.models import Proposal
from opsloop.planning.queries.veil import Veil
from opsloop.planning.queries.weeks import Piece, joined, proposed, sentence
from opsloop.work.models import Dependency, Task

LABELS: dict[str, Promise] = {
    "moved": gettext_lazy("Moved"),
    "new": gettext_lazy("New"),
    "out": gettext_lazy("Taken out"),
}
ORDER = {"moved": 0, "out": 1, "new": 2}
TONES = {"moved": "gold", "new": "blue", "out": "grey"}


@dataclass(frozen=True)
class Change:
    """What a proposal does with one task: where it stood, where it would stand, and why."""

    kind: str
    task: Task
    before: Sequence[Piece]
    after: Sequence[Piece]
    why: str
    # Whether it belongs to nobody yet, and would become theirs.
    is_given: bool = False

    @property
    def label(self) -> Promise:
        """The kind in a word."""
        return LABELS[self.kind]

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return TONES[self.kind]

    @property
    def minutes(self) -> int:
        """How much of it would stand in the week."""
        return sum(piece.minutes for piece in self.after or self.before)

    @property
    def text(self) -> str:
        """The move in a sentence."""
        return wording.move(_spans(self.before), _spans(self.after))


@dataclass(frozen=True)
class Late:
    """A task that would be late by `minutes` of clock time, whose it is, and who waits for it.

    `lacks` are the minutes of working time that are missing before it is due, 0 where it lacks something else.
    """

    task: Task
    minutes: int
    owner: str
    waiting: Sequence[str]
    lacks: int = 0


@dataclass(frozen=True)
class Left:
    """A task that finds no place, why, and how many minutes of working time are missing."""

    task: Task
    why: str
    lacks: int = 0
    # Whether it is in the way that it must be done in one go.
    is_whole: bool = False


@dataclass(frozen=True)
class Overload:
    """A due date that nobody could keep: why, the `missing` minutes, and the tasks between `start` and `due`."""

    why: str
    missing: int
    start: datetime
    due: datetime
    tasks: Sequence[Task]


# A proof that a week could not be better by more than this says something; a weaker one only frightens.
TELLING = 0.25


@dataclass(frozen=True)
class Preview:
    """A proposal as a page shows it. `pieces` is the week as it would be, `ghosts` what would go from where it is."""

    pieces: Sequence[Piece]
    ghosts: Sequence[Piece]
    changes: Sequence[Change]
    unplaced: Sequence[Left]
    late: Sequence[Late]
    overloads: Sequence[Overload] = ()
    kept: int = 0
    only: Task | None = None
    gives_way: Sequence[Task] = field(default_factory=list)
    # By which share of its cost another plan could be better at most; None where nothing is proved.
    gap: float | None = None

    @property
    def gap_percent(self) -> float | None:
        """How far from the best possible week, in percent; None where the proof is too weak to say anything."""
        return round(self.gap * 100, 1) if self.gap is not None and self.gap <= TELLING else None

    @property
    def summary(self) -> str:
        """How many tasks move, come in and go out, in a sentence."""
        numbers = Counter(one.kind for one in self.changes)
        said = [
            ngettext("%(n)s moves", "%(n)s move", numbers["moved"]) % {"n": numbers["moved"]},
            ngettext("%(n)s comes in", "%(n)s come in", numbers["new"]) % {"n": numbers["new"]},
            ngettext("%(n)s goes out", "%(n)s go out", numbers["out"]) % {"n": numbers["out"]},
        ]
        kinds = ("moved", "new", "out")
        named = _(", ").join(text for kind, text in zip(kinds, said, strict=True) if numbers[kind])
        return _("Of the tasks, %(changes)s.") % {"changes": named}

    @property
    def only_is_placed(self) -> bool:
        """Whether the one task the proposal is about would stand in the week."""
        return self.only is not None and any(piece.task.pk == self.only.pk for piece in self.pieces)


def preview(proposal: Proposal, current: Sequence[Piece], by: Person) -> Preview:
    """Compare a proposal with the pieces that stand in the week; what `by` may not see is veiled. Few queries."""
    new = joined_up(proposed(proposal))
    free = [piece for piece in current if _gives_way(proposal, piece)]
    doomed = {id(piece) for piece in free}
    before, after = _by_task(free), _by_task(new)
    told = {row["task"]: sentence(row["why"]) for row in proposal.content["unplaced"]}
    kinds = {pk: _kind(before.get(pk, []), after.get(pk, [])) for pk in {*before, *after}}
    tasks = {piece.task.pk: piece.task for piece in (*current, *new)}
    missing = Task.objects.in_bulk((told.keys() | _named(proposal)) - tasks.keys())
    tasks |= missing
    veil = Veil(tasks.values(), by) if proposal.person_id != by.pk else None
    shown = {pk: veil.task(task) if veil else task for pk, task in tasks.items()}

    def seen(pieces: Iterable[Piece], change: str | None = None) -> list[Piece]:
        return [
            replace(
                piece,
                task=shown[piece.task.pk],
                why=veil.why(piece.task, piece.why) if veil else piece.why,
                change=kinds.get(piece.task.pk, "") if change is None else change,
            )
            for piece in pieces
        ]

    stay = {_key(piece) for piece in free} & {_key(piece) for piece in new}
    changes = [
        Change(
            kind,
            shown[pk],
            # What of a task keeps its place is not told.
            seen(piece for piece in before.get(pk, []) if _key(piece) not in stay),
            seen(piece for piece in after.get(pk, []) if _key(piece) not in stay),
            _why(tasks[pk], after.get(pk, []), told, veil),
            pk in proposal.content.get("assign", ()),
        )
        for pk, kind in kinds.items()
        if kind
    ]
    stays = [piece for piece in current if id(piece) not in doomed]
    stays += [piece for piece in free if _key(piece) in stay]
    new = [piece for piece in new if _key(piece) not in stay]
    moved = {pk for pk, kind in kinds.items() if kind}
    return Preview(
        pieces=sorted([*seen(stays, ""), *seen(new)], key=lambda piece: piece.starts_at),
        ghosts=seen(piece for piece in free if piece.task.pk in moved and _key(piece) not in stay),
        changes=sorted(changes, key=lambda one: (ORDER[one.kind], (one.after or one.before)[0].starts_at)),
        unplaced=[
            Left(
                shown[pk],
                veil.why(tasks[pk], told[pk]) if veil else told[pk],
                row.get("lacks", 0),
                "no_stretch" in row["codes"],
            )
            for row in proposal.content["unplaced"]
            if (pk := row["task"]) in shown
        ],
        late=_late(proposal, shown),
        overloads=_overloads(proposal, shown, veil),
        kept=sum(1 for kind in kinds.values() if not kind),
        gap=proposal.content.get("gap"),
        only=shown.get(proposal.content.get("only")),
        gives_way=[shown[pk] for pk in proposal.content.get("gives_way", ()) if pk in shown],
    )


def _key(piece: Piece) -> tuple[int, datetime, datetime]:
    return piece.task.pk, piece.starts_at, piece.ends_at


def joined_up(pieces: Iterable[Piece]) -> list[Piece]:
    """Return pieces with those that go straight on from the one before made one."""
    whole: list[Piece] = []
    for piece in joined(pieces):
        if piece.continues:
            whole[-1] = replace(whole[-1], ends_at=piece.ends_at)
        else:
            whole.append(piece)
    return whole


def _gives_way(proposal: Proposal, piece: Piece) -> bool:
    """Whether accepting the whole proposal would take this piece out: it is free, and not another's affair."""
    content = proposal.content
    if piece.is_pinned or piece.starts_at < datetime.fromisoformat(content["now"]):
        return False
    return "only" not in content or piece.task.pk in {content["only"], *content.get("gives_way", ())}


def _by_task(pieces: Iterable[Piece]) -> dict[int, list[Piece]]:
    found: dict[int, list[Piece]] = {}
    for piece in pieces:
        found.setdefault(piece.task.pk, []).append(piece)
    return found


def _kind(before: Sequence[Piece], after: Sequence[Piece]) -> str:
    if [(one.starts_at, one.ends_at) for one in joined_up(before)] == [
        (one.starts_at, one.ends_at) for one in joined_up(after)
    ]:
        return ""
    if before and after:
        return "moved"
    return "new" if after else "out"


def _why(task: Task, after: Sequence[Piece], told: dict[int, str], veil: Veil | None) -> str:
    why = after[0].why if after else told.get(task.pk) or why_out(task)
    return veil.why(task, why) if veil else why


def why_out(task: Task) -> str:
    """Return why a task that stands in the week was not planned again at all."""
    if not task.is_open:
        return _("It is closed already.")
    if task.deferred_until is not None:
        return _("It is put off until %(day)s.") % {"day": f"{task.deferred_until:%m-%d}"}
    if task.status == Task.Status.BLOCKED:
        return _("It is blocked; it comes back once somebody says it can go on.")
    return _(
        "It is not among what is to be planned: it belongs to somebody else, or its actions are planned instead."
    )


def _named(proposal: Proposal) -> set[int]:
    content = proposal.content
    return {
        *(row["task"] for row in content["late"]),
        *content.get("gives_way", ()),
        *(pk for row in content.get("overloads", ()) for pk in row["tasks"]),
        *([content["only"]] if "only" in content else []),
    }


def _late(proposal: Proposal, shown: dict[int, Task]) -> list[Late]:
    rows = {row["task"]: row for row in proposal.content["late"] if row["task"] in shown}
    waiting: dict[int, list[str]] = {}
    links = Dependency.objects.filter(
        predecessor_id__in=rows, successor__closed_at__isnull=True, successor__deleted_at__isnull=True
    ).exclude(successor__owner=proposal.person_id)
    for pk, name in links.values_list("predecessor_id", "successor__owner__name") if rows else []:
        if name and name not in waiting.setdefault(pk, []):
            waiting[pk].append(name)
    return [
        Late(shown[pk], row["minutes"], proposal.person.name, waiting.get(pk, []), row.get("lacks", 0))
        for pk, row in rows.items()
    ]


def _overloads(proposal: Proposal, shown: dict[int, Task], veil: Veil | None) -> list[Overload]:
    zone = ZoneInfo(proposal.person.time_zone)
    found = []
    for row in proposal.content.get("overloads", ()):
        why = sentence(row["why"])
        start, due = (datetime.fromisoformat(row[name]).astimezone(zone) for name in ("start", "due"))
        tasks = [shown[pk] for pk in row["tasks"] if pk in shown]
        found.append(Overload(veil.hide(why) if veil else why, row["missing"], start, due, tasks))
    return found


def _spans(pieces: Iterable[Piece]) -> list[Span]:
    return [(piece.starts_at, piece.ends_at) for piece in pieces]
