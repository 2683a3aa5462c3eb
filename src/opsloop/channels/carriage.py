"""Who writes what stands in a letter: this package for news of the inbox, one above it for what it sends by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings

from opsloop.channels import writing
from opsloop.channels.models import Letter
from opsloop.channels.writing import Group, Mail


@dataclass(frozen=True)
class LetterWriter:
    """A line of LETTER_WRITERS: each function returns None for a letter that is not its own, or has nothing to say."""

    mail: Callable[[Letter], Mail | None]
    group: Callable[[Letter], Group | None]


def mail(letter: Letter) -> Mail | None:
    """Return the mail of a letter to a person; None when nothing of it is left."""
    if _is_of_news(letter):
        return writing.mail(letter)
    return next((found for one in _writers() if (found := one.mail(letter)) is not None), None)


def group(letter: Letter) -> Group | None:
    """Return what a letter tells a group or program; None when nothing of it is left."""
    if _is_of_news(letter):
        return writing.group(letter)
    return next((found for one in _writers() if (found := one.group(letter)) is not None), None)


def _is_of_news(letter: Letter) -> bool:
    """Whether a letter carries news of the inbox, or tests its channel: every other one has no lines of news."""
    return letter.lines > 0 or letter.kind == Letter.Kind.TEST


@cache
def _table() -> Any:
    return import_module(settings.OPSLOOP_REACTIONS)


def _writers() -> Sequence[LetterWriter]:
    found: Sequence[LetterWriter] = _table().LETTER_WRITERS
    return found
