"""The talk of a subject as one reads it: remarks with their answers and signs, and the files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Prefetch, QuerySet, When

from opsloop.discussion import permissions
from opsloop.discussion.models import Attachment, Beside, Comment, Reaction, Subject
from opsloop.discussion.queries.audience import takes_part, who_sees
from opsloop.engines.language.remarks import Block, blocks
from opsloop.organisation.models import Person
from opsloop.search import queries as search

# What a page shows at first; the rest is one click away.
RECENT = 30
SUGGESTIONS = 8
# How the signs are drawn, by names of web/icons.json; in the order in which they are offered.
ICONS = {
    Reaction.Sign.AGREE: "agree",
    Reaction.Sign.DONE: "done",
    Reaction.Sign.SEEN: "eye",
    Reaction.Sign.CHEERS: "cheers",
    Reaction.Sign.THANKS: "thanks",
    Reaction.Sign.DOUBT: "help",
}


@dataclass(frozen=True)
class Sign:
    """One kind of reaction under a comment: how many gave it, who, and whether one is one's own."""

    sign: str
    icon: str
    label: str
    names: Sequence[str]
    is_mine: bool


@dataclass(frozen=True)
class Said:
    """One comment as it is shown."""

    comment: Comment
    blocks: Sequence[Block]
    signs: Sequence[Sign]
    may_edit: bool
    may_delete: bool
    replies: Sequence[Said] = ()


@dataclass(frozen=True)
class Talk:
    """The talk of a subject, oldest first; `earlier` counts what is left out."""

    said: Sequence[Said]
    count: int
    earlier: int


def comments(subject: Subject) -> QuerySet[Comment]:
    """Return the comments of a subject with all that is shown of them; what lies in the bin is left out."""
    signs = Prefetch("reactions", Reaction.objects.select_related("person").order_by("pk"))
    rows: QuerySet[Comment] = Comment.objects.of(subject).alive().select_related("author")
    return rows.prefetch_related("mentions", signs).order_by("pk")


def talk(subject: Subject, person: Person, *, everything: bool = False) -> Talk:
    """Return the talk of `subject` as `person` reads it. Four queries."""
    rows = list(comments(subject))
    known = {row.pk for row in rows}
    # An answer whose question was deleted stands by itself.
    first = [row for row in rows if row.reply_to_id not in known]
    shown = first if everything else first[-RECENT:]
    answers: dict[int, list[Comment]] = {}
    for row in rows:
        if row.reply_to_id in known:
            answers.setdefault(row.reply_to_id or 0, []).append(row)
    may_delete = permissions.may_delete_any(subject, person)
    said = [
        _said(
            row,
            person,
            may_delete=may_delete,
            replies=[_said(one, person, may_delete=may_delete) for one in answers.get(row.pk, ())],
        )
        for row in shown
    ]
    return Talk(said, len(rows), len(first) - len(shown))


def one(comment: Comment, subject: Subject, person: Person) -> Said:
    """Return one comment, loaded by `comments`, as it is shown."""
    return _said(comment, person, may_delete=permissions.may_delete_any(subject, person))


def _said(comment: Comment, person: Person, *, may_delete: bool, replies: Sequence[Said] = ()) -> Said:
    is_own = comment.author_id == person.pk
    return Said(
        comment=comment,
        blocks=blocks(comment.text, names_in(comment)),
        signs=_signs(comment.reactions.all(), person),
        may_edit=is_own,
        may_delete=is_own or may_delete,
        replies=replies,
    )


def names_in(comment: Comment) -> list[str]:
    """Return by which names a comment may mean whom it mentions."""
    return [name for one in comment.mentions.all() for name in (one.name, one.username)]


def _signs(reactions: Iterable[Reaction], person: Person) -> list[Sign]:
    by_sign: dict[str, list[Reaction]] = {}
    for reaction in reactions:
        by_sign.setdefault(reaction.sign, []).append(reaction)
    return [
        Sign(
            sign=str(sign.value),
            icon=ICONS[sign],
            label=str(sign.label),
            names=[one.person.name for one in by_sign[sign.value]],
            is_mine=any(one.person_id == person.pk for one in by_sign[sign.value]),
        )
        for sign in Reaction.Sign
        if sign.value in by_sign
    ]


def offered() -> list[tuple[str, str, str]]:
    """Return the signs to choose from: (sign, icon, label)."""
    return [(str(sign.value), icon, str(sign.label)) for sign, icon in ICONS.items()]


def files(place: Beside) -> list[Attachment]:
    """Return the files of a place, newest first. One query."""
    return list(Attachment.objects.beside(place).alive().select_related("uploaded_by").order_by("-pk"))


def nameable(subject: Subject, text: str, person: Person) -> list[Person]:
    """Return a few people whose name fits what `person` typed after @ (汉字, pinyin or initials).

    Only those who may see `subject`; those who have to do with it come first. One query.
    """
    people = who_sees(subject).exclude(pk=person.pk).select_related("department")
    if text:
        people = people.filter(pk__in=search.matching("person", text))
    nearer = Case(When(takes_part(subject), then=0), default=1, output_field=IntegerField())
    return list(people.annotate(nearer=nearer).order_by("nearer", "name", "pk")[:SUGGESTIONS])
