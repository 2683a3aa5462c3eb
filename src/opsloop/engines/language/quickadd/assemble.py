"""Choose among the phrases of a line and fill in the fields of the task."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from opsloop.engines.language.quickadd.days import next_weekday
from opsloop.engines.language.quickadd.frame import END_OF_WORK, Frame
from opsloop.engines.language.quickadd.line import Line
from opsloop.engines.language.quickadd.marks import Mark, marks_in, priority_of
from opsloop.engines.language.quickadd.model import Chip, ChipKind, QuickAdd
from opsloop.engines.language.quickadd.names import kept_spans, merged, name_spans
from opsloop.engines.language.quickadd.phrases import Phrase, dressed_duration, dressed_rule, phrases_of
from opsloop.engines.language.quickadd.pieces import DurationPiece, Piece, RulePiece
from opsloop.engines.language.quickadd.rules import Rule
from opsloop.engines.language.quickadd.scan import pieces_of
from opsloop.engines.language.quickadd.title import title_without


@dataclass
class _Draft:
    """The task so far, and the spans its fields came from."""

    task: QuickAdd = field(default_factory=lambda: QuickAdd(title=""))
    spans: list[tuple[ChipKind, Piece]] = field(default_factory=list)

    def take(self, kind: ChipKind, piece: Piece, **fields: object) -> None:
        """Note that `piece` gave the named fields."""
        self.task = replace(self.task, **fields)  # type: ignore[arg-type]
        self.spans.append((kind, piece))


def read(text: str, frame: Frame, keep: Collection[str]) -> QuickAdd:
    """Read one line; see `quickadd.parse`."""
    line = Line.of(text)
    kept = kept_spans(line, keep)
    marks = marks_in(line, kept)
    draft = _Draft()
    _read_marks(draft, marks)
    pieces = pieces_of(line, frame, merged([*kept, *marks, *name_spans(line)]))
    phrases = phrases_of(line, pieces)
    rule = next((dressed_rule(line, piece) for piece in pieces if isinstance(piece, RulePiece)), None)
    # Beyond the year 9999 there is no date to give: the words stay in the title.
    with suppress(OverflowError):
        if rule is not None:
            _read_recurrence(draft, rule, phrases, frame)
        else:
            _read_when(draft, phrases, frame)
    _read_estimate(draft, line, pieces)
    return _finished(draft, line)


def _read_marks(draft: _Draft, marks: Sequence[Mark]) -> None:
    """First @ is the owner, the rest help; the last ! holds; a second + stays in the title."""
    for mark in marks:
        task = draft.task
        if mark.sign == "@" and task.owner in (None, mark.name):
            draft.take("owner", mark, owner=mark.name)
        elif mark.sign == "@":
            draft.take("collaborator", mark, collaborators=_with(task.collaborators, mark.name))
        elif mark.sign == "#":
            draft.take("tag", mark, tags=_with(task.tags, mark.name))
        elif mark.sign == "!":
            draft.take("priority", mark, priority=priority_of(mark))
        elif task.project in (None, mark.name):
            draft.take("project", mark, project=mark.name)


def _with(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return names if name in names else (*names, name)


def _read_when(draft: _Draft, phrases: Sequence[Phrase], frame: Frame) -> None:
    usable = [phrase for phrase in phrases if not phrase.since]
    best = max(usable, key=_weight, default=None)
    if best is None:
        return
    if best.moment:
        draft.take(
            "due" if best.deadline else "start", best, **{"due" if best.deadline else "start": best.moment.at}
        )
        return
    clock_phrase = best if best.clock else _lone_clock(usable)
    clock = clock_phrase.clock if clock_phrase else None
    if clock is None and best.day:
        draft.take("due", best, due=frame.moment(best.day.day, END_OF_WORK))
    elif clock is not None and clock_phrase is not None:
        deadline = (best.deadline or clock_phrase.deadline) and clock.until is None
        at = (
            frame.moment(best.day.day, clock.seconds)
            if best.day
            else frame.next_moment(clock.seconds, assumed=clock.assumed)
        )
        kind: ChipKind = "due" if deadline else "start"
        for phrase in (best, clock_phrase) if best is not clock_phrase else (best,):
            draft.take(kind, phrase, **{kind: at})
        _take_range(draft, clock.seconds, clock.until)


def _weight(phrase: Phrase) -> tuple[int, int, int]:
    """A day with its time beats a deadline, that a day alone, that a time alone; then free, then first."""
    if phrase.moment:
        return 3, phrase.free, -phrase.start
    if phrase.day is None:
        return 1, phrase.free, -phrase.start
    return 4 if phrase.clock else 3 if phrase.deadline else 2, phrase.free, -phrase.start


def _lone_clock(phrases: Sequence[Phrase]) -> Phrase | None:
    return next((phrase for phrase in phrases if phrase.clock and not phrase.day), None)


def _take_range(draft: _Draft, seconds: int, until: int | None) -> None:
    if until is not None:
        draft.task = replace(draft.task, estimate_minutes=max(1, round((until - seconds) / 60)))


def _read_recurrence(draft: _Draft, piece: RulePiece, phrases: Sequence[Phrase], frame: Frame) -> None:
    clock_phrase = next((phrase for phrase in phrases if phrase.clock), None)
    day_phrase = next((phrase for phrase in phrases if phrase.day and _fits_rule(phrase, clock_phrase)), None)
    rule, anchor = piece.rule, frame.today
    if day_phrase is not None and day_phrase.day is not None:
        rule, anchor = _anchored(rule, day_phrase, frame.today)
    clock = clock_phrase.clock if clock_phrase else None
    seconds = clock.seconds if clock else END_OF_WORK
    first = _first_moment(rule, anchor, seconds, frame)
    if first is None:
        return
    draft.take("recurrence", piece, recurrence=rule.text())
    deadline = clock is None or (clock_phrase is not None and clock_phrase.deadline and clock.until is None)
    kind: ChipKind = "due" if deadline else "start"
    draft.task = replace(draft.task, **{kind: first})  # type: ignore[arg-type]
    for phrase in dict.fromkeys(phrase for phrase in (day_phrase, clock_phrase) if phrase):
        draft.take(kind, phrase)
    if clock:
        _take_range(draft, clock.seconds, clock.until)


def _fits_rule(phrase: Phrase, clock_phrase: Phrase | None) -> bool:
    """A day beside a recurrence says where it begins; a deadline beside it says something else."""
    return phrase is clock_phrase or not phrase.deadline


def _anchored(rule: Rule, phrase: Phrase, today: date) -> tuple[Rule, date]:
    """每两周 … 周三 happens on Wednesdays; 每月 … 15号 on the 15th; 从12月1日起 begins there."""
    day = phrase.day
    if day is None:
        return rule, today
    if day.weekday is not None and not phrase.since and rule.frequency == "WEEKLY" and not rule.weekdays:
        return replace(rule, weekdays=(day.weekday,)), today
    if day.month_day is not None and not phrase.since and rule == Rule("MONTHLY", rule.interval):
        return replace(rule, month_days=(day.month_day,)), today
    return rule, day.day if day.weekday is None else next_weekday(today, day.weekday)


def _first_moment(rule: Rule, anchor: date, seconds: int, frame: Frame) -> datetime | None:
    day = rule.first_day(max(anchor, frame.today), lambda day: frame.moment(day, seconds) >= frame.now)
    return frame.moment(day, seconds) if day else None


def _read_estimate(draft: _Draft, line: Line, pieces: Sequence[Piece]) -> None:
    """The first estimate counts, also over the length of a range."""
    piece = next((piece for piece in pieces if isinstance(piece, DurationPiece)), None)
    if piece is not None:
        draft.take("estimate", dressed_duration(line, piece), estimate_minutes=piece.minutes)


def _finished(draft: _Draft, line: Line) -> QuickAdd:
    spans = sorted(draft.spans, key=lambda span: span[1].start)
    chips = tuple(
        Chip(kind, line.raw[piece.start : piece.end].strip(), *_trimmed(line, piece)) for kind, piece in spans
    )
    title = title_without(line, [(chip.start_index, chip.end_index) for chip in chips])
    return replace(draft.task, title=title, chips=chips)


def _trimmed(line: Line, piece: Piece) -> tuple[int, int]:
    written = line.raw[piece.start : piece.end]
    start = piece.start + len(written) - len(written.lstrip())
    return start, start + len(written.strip())
