"""Letters that say a table with a sentence, for what packages above send by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation

from opsloop.channels.carriage import LetterWriter
from opsloop.channels.models import Letter
from opsloop.channels.writing import Group, Mail
from opsloop.engines.robots import Line, Message
from opsloop.organisation.models import Person
from opsloop.organisation.queries.settings import current_organisation


@dataclass(frozen=True)
class PostingRow:
    """One line of a posting: as many cells as it has heads, and the path of what the line is about ("" for none)."""

    cells: Sequence[str]
    url: str = ""


@dataclass(frozen=True)
class Posting:
    """What such a letter says. `url` and `unsubscribe` are paths; the second is where who gets it ends that."""

    subject: str
    lead: str
    heads: Sequence[str]
    rows: Sequence[PostingRow]
    url: str
    url_text: str
    unsubscribe: str


PostingOf = Callable[[Letter], Posting | None]


def letters_of(posting_of: PostingOf) -> LetterWriter:
    """Return the writer of letters that say what `posting_of` returns; None of it stands for no letter of its own."""
    return LetterWriter(partial(_mail, posting_of), partial(_group, posting_of))


def _mail(posting_of: PostingOf, letter: Letter) -> Mail | None:
    person = letter.person
    if person is None or not person.is_active or not person.email:
        return None
    with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
        posting = posting_of(letter)
        return _to_person(letter, person, posting) if posting else None


def _group(posting_of: PostingOf, letter: Letter) -> Group | None:
    organisation = current_organisation()
    with translation.override(organisation.language if organisation else None):
        posting = posting_of(letter)
        return _to_group(letter, posting) if posting else None


def _to_person(letter: Letter, person: Person, posting: Posting) -> Mail:
    """Return a posting as the mail to a person."""
    site = letter.channel.site
    context = {
        "posting": posting,
        "rows": [(row.cells, site + row.url if row.url else "") for row in posting.rows],
        "link": site + posting.url,
        "unsubscribe": site + posting.unsubscribe,
        "name": person.name,
        "language": person.language,
    }
    return Mail(
        to=person.email,
        subject=" ".join(f"Opsloop · {posting.subject}".split())[:200],
        text=render_to_string("channels/posting.txt", context),
        html=render_to_string("channels/posting.html", context),
        message_id=f"<{letter.key}@{urlsplit(site).hostname or 'opsloop'}>",
        unsubscribe=site + posting.unsubscribe,
    )


def _to_group(letter: Letter, posting: Posting) -> Group:
    """Return a posting as the message to a group, and as data for a program."""
    site = letter.channel.site
    lines = [Line("", posting.lead, posting.url_text, site + posting.url)]
    for row in posting.rows:
        said = "　".join(cell for cell in row.cells[1:] if cell)
        lines.append(Line("", said, row.cells[0], site + row.url if row.url else ""))
    items = [
        {**dict(zip(posting.heads, row.cells, strict=True)), "url": site + row.url if row.url else ""}
        for row in posting.rows
    ]
    message = Message(f"Opsloop · {posting.subject}", lines, "", site + posting.url)
    data = {
        "id": letter.key,
        "type": "posting",
        "subject": posting.subject,
        "lead": posting.lead,
        "items": items,
    }
    return Group(message, data)
