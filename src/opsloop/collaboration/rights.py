"""Who may do what with request forms and records of talks; `check_x` raises with a reason.

`permissions.can` answers yes or no for each of them.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from opsloop.collaboration.models import CommunicationRecord, RequestForm
from opsloop.collaboration.permissions import steers
from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused


def check_can_build(department: Department, person: Person) -> None:
    """Raise unless the person may build forms by which `department` is asked."""
    if not steers(department.pk, person):
        raise Forbidden(_("The forms of a department are built by who leads it."))


def check_can_change_form(form: RequestForm, person: Person) -> None:
    """Raise unless the person may change this form, or remove it."""
    check_can_build(form.department, person)
    if form.removed_at is not None:
        raise Refused(_("This form was removed. Bring it back first."))


def check_can_bring_back(form: RequestForm, person: Person) -> None:
    """Raise unless the person may offer a removed form again."""
    check_can_build(form.department, person)
    if form.removed_at is None:
        raise Refused(_("This form is not removed."))


def check_can_record(person: Person) -> None:
    """Raise unless the person may put a talk on record."""
    if not person.may(Permission.WORK_CREATE):
        raise Forbidden(_("Your role only allows reading."))


def check_can_write(record: CommunicationRecord, person: Person) -> None:
    """Raise unless the person may fill in or change this record."""
    check_can_record(person)
    if record.is_binned:
        raise Refused(_("This record is in the recycle bin. Restore it first."))
    if person.pk in {record.author_id, record.lead_id, record.follower_id}:
        return
    if not any(
        steers(pk, person) for pk in (record.from_department_id, *(d.pk for d in record.to_departments.all()))
    ):
        raise Forbidden(
            _("A record is filled in by its author, who answers for it, who follows it up, and by heads.")
        )


def check_can_bin(record: CommunicationRecord, person: Person) -> None:
    """Raise unless the person may put this record into the recycle bin, or take it out again."""
    if record.author_id != person.pk and not steers(record.from_department_id, person):
        raise Forbidden(
            _("A record is deleted by its author, and by who leads the department that began it.")
        )


def check_can_follow_up(record: CommunicationRecord, person: Person) -> None:
    """Raise unless what was resolved can become a task now, by this person."""
    check_can_write(record, person)
    if record.task_id is not None:
        raise Refused(_("It has become a task already."))
    if record.follower is None:
        raise Refused(_("Say first who follows it up."), field="follower")
    if not record.resolution:
        raise Refused(_("Write first what was resolved."), field="resolution")
