"""Who may take part in the talk of a subject. Whoever sees it may speak, unless their role only reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from opsloop.discussion.models import Attachment, Beside, Comment, Subject
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused


def check_can_speak(subject: Subject, person: Person) -> None:
    """Raise Refused unless `person` may comment on `subject` and add files to it."""
    if subject.is_binned:
        raise Refused(_("This lies in the recycle bin. Restore it first."))
    if not person.may(Permission.WORK_CREATE):
        raise Forbidden(_("Your role only allows reading."))


def can_speak(subject: Subject, person: Person) -> bool:
    """Whether `person` may comment on `subject` and add files to it."""
    return not subject.is_binned and person.may(Permission.WORK_CREATE)


def check_can_edit(comment: Comment, person: Person) -> None:
    """Raise Refused unless the comment is the person's own: nobody puts words into another's mouth."""
    check_can_speak(comment.subject, person)
    if comment.is_binned:
        raise Refused(_("This comment has been deleted."))
    if comment.author_id != person.pk:
        raise Forbidden(_("Only who wrote a comment may change it."))


def may_delete_any(subject: Subject, person: Person) -> bool:
    """Whether `person` may delete what others said here, as they may delete the work itself."""
    return subject.department_id is not None and person.may(Permission.WORK_DELETE, subject.department_id)


def check_can_add(place: Beside, person: Person) -> None:
    """Raise Refused unless `person` may add files to a place."""
    if place.holder is None:
        check_can_speak(place.record, person)
    else:
        place.holder.check_add(place.record, person)


def can_add(place: Beside, person: Person) -> bool:
    """Whether `person` may add files to a place."""
    return _holds(check_can_add, place, person)


def may_remove_any(place: Beside, person: Person) -> bool:
    """Whether `person` may take away files that others added to a place."""
    if place.holder is None:
        return can_speak(place.record, person) and may_delete_any(place.record, person)
    return _holds(place.holder.check_remove or place.holder.check_add, place.record, person)


def check_can_delete(comment: Comment, person: Person) -> None:
    """Raise Refused unless the comment is the person's own, or they may delete any here."""
    check_can_speak(comment.subject, person)
    if comment.is_binned:
        raise Refused(_("This has been deleted already."))
    if comment.author_id != person.pk and not may_delete_any(comment.subject, person):
        raise Forbidden(_("Only who added it and team leads may delete it."))


def check_can_restore(comment: Comment, person: Person) -> None:
    """Raise Refused unless `person` may bring back what they, or who wrote it, deleted."""
    if not comment.is_binned:
        raise Refused(_("This is not deleted."))
    own = {comment.author_id, comment.deleted_by_id}
    if person.pk not in own and not may_delete_any(comment.subject, person):
        raise Forbidden(_("Only who deleted it and team leads may bring it back."))


def check_can_remove(file: Attachment, place: Beside, person: Person) -> None:
    """Raise Refused unless the file is the person's own, or they may take away any at its place."""
    if file.is_binned:
        raise Refused(_("This has been deleted already."))
    if not may_remove_any(place, person):
        check_can_add(place, person)
        if file.uploaded_by_id != person.pk:
            raise Forbidden(_("Only who added it and team leads may delete it."))


def check_can_bring_back(file: Attachment, place: Beside, person: Person) -> None:
    """Raise Refused unless `person` may bring back a file that they deleted, or that is theirs."""
    if not file.is_binned:
        raise Refused(_("This is not deleted."))
    if not may_remove_any(place, person):
        check_can_add(place, person)
        if person.pk not in {file.uploaded_by_id, file.deleted_by_id}:
            raise Forbidden(_("Only who deleted it and team leads may bring it back."))


def _holds(check: Callable[[Any, Person], None], of: Any, person: Person) -> bool:
    try:
        check(of, person)
    except Refused:
        return False
    return True
