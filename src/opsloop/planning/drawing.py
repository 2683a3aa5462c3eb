"""A piece as the calendar draws it. A week may hold sixty; what a template would ask again and again is worked
out here once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from opsloop.planning.queries.weeks import Piece

# Shorter pieces, in quarters of an hour, say all in one line.
SHORT = 3


@dataclass(frozen=True)
class Drawn:
    """The classes and attributes of a piece, where its link goes, and the words on it."""

    css: str
    attributes: SafeString
    link: SafeString
    title: str
    times: str
    why: str
    is_pinned: bool
    is_late: bool
    is_done: bool
    change: str
    has_grip: bool


def draw(
    pieces: Iterable[Piece], *, first: int, now: datetime, is_movable: bool, reasons: str
) -> list[Drawn]:
    """Return pieces as they stand in a calendar whose first row is the quarter `first` of a day.

    With `is_movable` they carry what the script needs to move them. `reasons` is the address of why the task 0 of
    this week stands where it stands: what is only proposed leads there.
    """
    base = reverse("planning:placement", args=[0])
    return [
        _draw(piece, first=first, now=now, is_movable=is_movable, base=base, tasks=reasons)
        for piece in pieces
    ]


def _draw(piece: Piece, *, first: int, now: datetime, is_movable: bool, base: str, tasks: str) -> Drawn:
    placement = piece.placement
    if placement is None:
        attributes, link = (
            SafeString(),
            format_html('href="{}"', tasks.replace("/tasks/0/", f"/tasks/{piece.task.pk}/")),
        )
    else:
        url = base.replace("/0/", f"/{placement.pk}/")
        attributes = format_html('id="piece-{}"', placement.pk)
        link = format_html('id="piece-link-{}" href="{}"', placement.pk, url)
        if is_movable:
            attributes = format_html(
                '{} data-piece="{}" data-version="{}" data-from="{}" data-to="{}" data-title="{}" data-url="{}"',
                attributes, placement.pk, placement.version, piece.first, piece.last, piece.task.title, url,
            )  # fmt: skip
    return Drawn(
        css=_css(piece, first, now),
        attributes=attributes,
        link=link,
        title=piece.task.title,
        times=f"{piece.starts_at:%H:%M}–{piece.ends_at:%H:%M}",
        why=piece.why,
        is_pinned=piece.is_pinned,
        is_late=piece.is_late,
        is_done=not piece.task.is_open,
        change=piece.change,
        has_grip=is_movable and placement is not None,
    )


def _css(piece: Piece, first: int, now: datetime) -> str:
    marks = {
        "is-short": piece.length < SHORT,
        "is-late": piece.is_late,
        "is-pinned": piece.is_pinned,
        "is-past": piece.ends_at <= now,
        "is-done": not piece.task.is_open,
        f"is-{piece.change}": bool(piece.change),
    }
    place = f"block-{piece.block or 'none'} at-{piece.first - first + 1} for-{piece.length}"
    return " ".join(["plan-piece", place, *(name for name, holds in marks.items() if holds)])
