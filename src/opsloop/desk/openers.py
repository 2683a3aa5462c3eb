"""What quick-add opens besides tasks: a line that begins with 通知： begins the draft of a notice."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.notices import permissions as notices
from opsloop.notices.actions import writing
from opsloop.organisation.models import Person
from opsloop.organisation.modes import modules_of
from opsloop.web.templatetags.quick import address

# What a notice begins with has to fit into its title.
LONGEST_TITLE = 120


@dataclass(frozen=True)
class Opener:
    """A word before a colon: the module it needs, who may use it, its sentence, and what it begins.

    `begin` (first line, the others, by, at) returns where one goes on.
    """

    words: re.Pattern[str]
    module: str
    may: Callable[[Person], bool]
    says: Promise
    icon: str
    begin: Callable[[str, str, Person, datetime], str]


def _begin_notice(title: str, rest: str, by: Person, at: datetime) -> str:
    made = writing.begin(values={"title": title[:LONGEST_TITLE], "demands": rest}, by=by, at=at)
    return address("notices:edit", made.pk)


OPENERS: Sequence[Opener] = (
    Opener(
        re.compile(r"^\s*(?:通知|发通知|notice)\s*[:：]\s*(?P<text>\S.*)$", re.IGNORECASE),
        "notices",
        notices.may_send,
        _("This begins the draft of a notice. For a task, leave the word before the colon away."),
        "bell",
        _begin_notice,
    ),
)


@dataclass(frozen=True)
class Opening:
    """What a typed text opens: the opener, the first line after its word, and the other lines."""

    opener: Opener
    text: str
    rest: str

    def begin(self, by: Person, at: datetime) -> str:
        """Begin it, and return where one goes on."""
        return self.opener.begin(self.text, self.rest, by, at)


def opening_of(typed: str, by: Person) -> Opening | None:
    """Return what a text opens for `by`; None for tasks. No query unless it begins with one of the words."""
    first, _newline, rest = typed.strip().partition("\n")
    for one in OPENERS:
        found = one.words.match(first)
        if found and one.module in modules_of(by.organisation) and one.may(by):
            return Opening(one, found["text"].strip(), rest.strip())
    return None
