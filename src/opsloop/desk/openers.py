"""What quick-add opens besides tasks.

通知： and 协作单： begin the draft of a notice or a request. 会议 明天下午3点 周会 @小张 may be a task as well, so
that it only offers to call one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.collaboration.actions import writing as requests
from opsloop.collaboration.permissions import can, check_may_ask
from opsloop.notices import permissions as notices
from opsloop.notices.actions import writing
from opsloop.organisation.models import Person
from opsloop.organisation.modes import modules_of
from opsloop.web.templatetags.quick import address
from opsloop.work.capture import Reading

# What a notice or a request begins with has to fit into its title.
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


def _begin_request(title: str, rest: str, by: Person, at: datetime) -> str:
    made = requests.begin(values={"title": title[:LONGEST_TITLE], "asked": rest}, by=by, at=at)
    return address("collaboration:edit", made.pk)


OPENERS: Sequence[Opener] = (
    Opener(
        re.compile(r"^\s*(?:通知|发通知|notice)\s*[:：]\s*(?P<text>\S.*)$", re.IGNORECASE),
        "notices",
        notices.may_send,
        _("This begins the draft of a notice. For a task, leave the word before the colon away."),
        "bell",
        _begin_notice,
    ),
    Opener(
        re.compile(r"^\s*(?:协作单?|发协作单?|協作單?|request)\s*[:：]\s*(?P<text>\S.*)$", re.IGNORECASE),
        "collaboration",
        lambda person: can(check_may_ask, person),
        _("This begins a request to another department. For a task, leave the word before the colon away."),
        "agree",
        _begin_request,
    ),
)
_MEETING = re.compile(r"^(会议|會議|开会|開會|meeting)(?=[\s:：])[\s:：]*", re.IGNORECASE)


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


def meeting_url(line: str, reading: Reading, by: Person) -> str:
    """Return where a line that begins with 会议 calls a meeting, with all that was understood; "" for other lines."""
    if not _MEETING.match(line.strip()) or "meetings" not in modules_of(by.organisation):
        return ""
    parsed = reading.parsed
    people = [one for one in (reading.owner, *reading.collaborators) if one is not None]
    begins = parsed.start or parsed.due
    values = {
        "title": _MEETING.sub("", reading.title, count=1).strip(),
        "at": begins.isoformat() if begins else "",
        "minutes": str(parsed.estimate_minutes or ""),
        "with": ",".join(str(one.pk) for one in people),
    }
    return f"{address('meetings:new')}?{urlencode({name: value for name, value in values.items() if value})}"
