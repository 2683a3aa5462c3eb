"""Who may take part in the talk of a subject. Whoever sees it may speak, unless their role only reads."""

from __future__ import annotations

from django.utils.translation import gettext as _

from opsloop.discussion.models import Attachment, Comment, Subject
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


def check_can_delete(row: Comment | Attachment, person: Person) -> None:
    """Raise Refused unless the comment or file is the person's own, or they may delete any here."""
    check_can_speak(row.subject, person)
    if row.is_binned:
        raise Refused(_("This has been deleted already."))
    own = row.author_id if isinstance(row, Comment) else row.uploaded_by_id
    if own != person.pk and not may_delete_any(row.subject, person):
        raise Forbidden(_("Only who added it and team leads may delete it."))


def can_delete(row: Comment | Attachment, person: Person) -> bool:
    """Whether `person` may delete the comment or file."""
    try:
        check_can_delete(row, person)
    except Refused:
        return False
    return True


def check_can_restore(row: Comment | Attachment, person: Person) -> None:
    """Raise Refused unless `person` may bring back what they, or who wrote it, deleted."""
    if not row.is_binned:
        raise Refused(_("This is not deleted."))
    own = row.author_id if isinstance(row, Comment) else row.uploaded_by_id
    if person.pk not in {own, row.deleted_by_id} and not may_delete_any(row.subject, person):
        raise Forbidden(_("Only who deleted it and team leads may bring it back."))
