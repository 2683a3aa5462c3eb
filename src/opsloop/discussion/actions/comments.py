"""Saying something, changing and deleting it, and answering it with a sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.discussion import permissions
from opsloop.discussion.actions.about import record
from opsloop.discussion.actions.watching import begin
from opsloop.discussion.models import Comment, Reaction, Subject, keyed, kind_of
from opsloop.discussion.models.comments import LONGEST
from opsloop.discussion.queries.audience import who_sees
from opsloop.engines.language import remarks
from opsloop.organisation.models import Person
from opsloop.records.models import lay_in_bin, take_from_bin
from opsloop.records.refusals import Refused
from opsloop.search import actions as search


@transaction.atomic
def add(*, subject: Subject, text: str, by: Person, at: datetime, reply_to: Comment | None = None) -> Comment:
    """Say something about `subject`. Who is named with @ must be able to see it; who speaks watches from now on.

    An answer to an answer stands under the first comment: one level deep.

    Raises:
        Refused: empty, too long, or it names somebody who cannot see this or whose name is not unique.
    """
    permissions.check_can_speak(subject, by)
    said = _checked(text)
    people = _named(said, subject)
    first = _first_of(reply_to, subject)
    comment = Comment(**keyed(subject), text=said, author=by, reply_to=first, created_at=at)
    comment.save(force_insert=True)
    comment.mentions.set(people)
    _index(comment)
    begin(subject=subject, person=by, at=at)
    changes = {"comment": comment.pk, "mentions": [one.pk for one in people]}
    if reply_to is not None:
        changes["answers"] = reply_to.author_id or 0
    record("comment.added", subject, by, at, changes)
    return comment


def _index(comment: Comment) -> None:
    """Let it be found by its words; pinyin is for titles, and it has none."""
    search.index(kind="comment", object_id=comment.pk, title="", texts=[comment.text])


def _checked(text: str) -> str:
    said = text.strip().replace("\r\n", "\n")
    if not said:
        raise Refused(_("Write something first."), field="text")
    if len(said) > LONGEST:
        raise Refused(
            _("A comment has at most %(most)s characters; this one has %(count)s. Put the rest into a file.")
            % {"most": LONGEST, "count": len(said)},
            field="text",
        )
    return said


def _first_of(reply_to: Comment | None, subject: Subject) -> Comment | None:
    if reply_to is None:
        return None
    first = reply_to.reply_to or reply_to
    if (
        first.is_binned
        or reply_to.is_binned
        or first.subject_id != subject.pk
        or first.kind != kind_of(subject)
    ):
        raise Refused(_("The comment you answer has been deleted. Your text is kept; send it as a new one."))
    return first


def _named(text: str, subject: Subject) -> list[Person]:
    """Return whom `text` names with @; all of them must be able to see `subject`."""
    found = remarks.handles(text)
    if not found:
        return []
    possible = remarks.beginnings(found)
    people = {
        one.pk: one
        for one in Person.objects.active().filter(name__in=possible)
        | Person.objects.active().filter(username__in={name.lower() for name in possible if name.isascii()})
        | Person.objects.active().filter(username__in=_accounts(text))
    }
    names: dict[str, list[int]] = {}
    for one in people.values():
        names.setdefault(one.name, []).append(one.pk)
    meant = remarks.named(found, names, {one.username.lower(): one.pk for one in people.values()})
    _refuse_unclear(meant.ambiguous, [people[pk] for ids in names.values() for pk in ids])
    _refuse_unseeing([people[pk] for pk in meant.ids], subject)
    return [people[pk] for pk in meant.ids]


def _accounts(text: str) -> set[str]:
    return {account.lower() for account in remarks.accounts(text)}


def _refuse_unclear(names: Sequence[str], people: Sequence[Person]) -> None:
    if not names:
        return
    ways = ", ".join(f"@{one.name}({one.username})" for one in people if one.name == names[0])
    raise Refused(
        _("Several people are called %(name)s. Write whom you mean: %(ways)s.")
        % {"name": names[0], "ways": ways},
        field="text",
    )


def _refuse_unseeing(people: Sequence[Person], subject: Subject) -> None:
    seeing = set(who_sees(subject).filter(pk__in=[one.pk for one in people]).values_list("pk", flat=True))
    blind = [one.name for one in people if one.pk not in seeing]
    if blind:
        raise Refused(
            _(
                "%(names)s cannot see this and would not learn of it. Add them as collaborators first, "
                "or take the @ away; your text is kept."
            )
            % {"names": "、".join(blind)},
            field="text",
        )


@transaction.atomic
def edit(*, comment: Comment, text: str, by: Person, at: datetime, version: int) -> Comment:
    """Change one's own comment; who is named newly hears of it.

    Raises:
        StaleVersion: it was changed in another window since.
        Refused: as for `add`.
    """
    permissions.check_can_edit(comment, by)
    said = _checked(text)
    if said == comment.text:
        return comment
    people = _named(said, comment.subject)
    before = set(comment.mentions.values_list("pk", flat=True))
    comment.bump(version)
    comment.text, comment.edited_at = said, at
    comment.save(update_fields=["text", "edited_at"])
    comment.mentions.set(people)
    _index(comment)
    new = [one.pk for one in people if one.pk not in before]
    record("comment.changed", comment.subject, by, at, {"comment": comment.pk, "mentions": new})
    return comment


@transaction.atomic
def put_in_bin(*, comment: Comment, by: Person, at: datetime, version: int) -> Undo:
    """Delete a comment; its answers stay. It can be brought back."""
    permissions.check_can_delete(comment, by)
    lay_in_bin(comment, by=by, at=at, version=version)
    search.remove(kind="comment", object_id=comment.pk)
    record("comment.binned", comment.subject, by, at, {"comment": comment.pk})
    return activity.offer_undo(verb="comment.restore", arguments={"comment_id": comment.pk}, by=by, at=at)


@transaction.atomic
def undo_bin(*, by: Person, at: datetime, comment_id: int) -> None:
    """Bring back the comment that `put_in_bin` deleted."""
    comment = Comment.objects.visible_to(by).filter(pk=comment_id).first()
    if comment is None:
        raise Refused(_("This comment does not exist any more."))
    permissions.check_can_restore(comment, by)
    take_from_bin(comment)
    _index(comment)
    record("comment.restored", comment.subject, by, at, {"comment": comment.pk})


@transaction.atomic
def react(*, comment: Comment, sign: str, by: Person, at: datetime) -> bool:
    """Give a comment a sign, or take one's own away; return whether it is there now.

    Raises:
        Refused: there is no such sign.
    """
    permissions.check_can_speak(comment.subject, by)
    if sign not in Reaction.Sign.values:
        raise Refused(_("Choose one of the signs that are offered."), field="sign")
    removed, _rows = Reaction.objects.filter(comment=comment, person=by, sign=sign).delete()
    if not removed:
        Reaction.objects.create(comment=comment, person=by, sign=sign, at=at)
    record("comment.reacted", comment.subject, by, at, {"comment": comment.pk})
    return not removed
