"""Who may do what to a task or a project, and what its state allows. Each rule is a pair:
`check_x` raises with a reason that can be shown, `can_x` answers yes or no."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from opsloop.organisation.models import Department, Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused
from opsloop.work.models import Category, Delivery, Project, Task


def why_not(check: Callable[..., None], *args: Any) -> str:
    """Return why `check` refuses, as a sentence for a tooltip, or "" if it does not."""
    try:
        check(*args)
    except Refused as refused:
        return refused.reason
    return ""


def _allowed(check: Callable[..., None], *args: Any) -> bool:
    try:
        check(*args)
    except Refused:
        return False
    return True


def is_part_of(task: Task, person: Person, *, helps: bool | None = None) -> bool:
    """Whether the person owns, made, asked for or helps with the task, does it (R), answers for it (A), or
    owns its project.

    `helps`, if a list has asked already which of its rows this person helps with.
    """
    if person.pk in {task.owner_id, task.created_by_id, task.requester_id}:
        return True
    if task.project_id and task.project and task.project.owner_id == person.pk:
        return True
    if helps is not None:
        return helps
    if any(helper.pk == person.pk for helper in task.collaborators.all()):
        return True
    return holds_role(task, person, "RA")


def holds_role(task: Task, person: Person, roles: str) -> bool:
    """Whether the person holds one of these roles of the task (RACI)."""
    return any(one.person_id == person.pk and one.role in roles for one in task.responsibilities.all())


def _holds(permission: Permission, department_id: int | None, person: Person) -> bool:
    """Whether `person` holds `permission` there; what has no department asks for all of them."""
    reach = person.reaches.departments(permission)
    return reach is None or department_id in reach


def check_can_edit(task: Task, person: Person, *, helps: bool | None = None) -> None:
    """Raise Refused unless `person` may change the task as it stands; `helps` as in `is_part_of`."""
    if task.is_binned:
        raise Refused(_("This task is in the recycle bin. Restore it first."))
    if not person.may(Permission.WORK_CREATE):
        raise Forbidden(_("Your role only allows reading."))
    if not (
        _holds(Permission.WORK_EDIT, task.department_id, person) or is_part_of(task, person, helps=helps)
    ):
        raise Forbidden(_("Only the owner, collaborators, the creator and team leads may change this task."))


def can_edit(task: Task, person: Person, *, helps: bool | None = None) -> bool:
    """Whether `person` may change the task."""
    try:
        check_can_edit(task, person, helps=helps)
    except Refused:
        return False
    return True


def check_can_assign(task: Task, owner: Person | None, person: Person) -> None:
    """Raise Refused unless `person` may make `owner` answer for the task."""
    if owner is not None and not owner.is_active:
        raise Refused(
            _("%(name)s has been disabled and cannot own tasks.") % {"name": owner.name}, field="owner"
        )
    if owner == person or person.pk in {task.owner_id, task.created_by_id} or task.pk is None:
        return
    if not _holds(Permission.WORK_ASSIGN, task.department_id, person):
        raise Forbidden(
            _("Only the owner, the creator and team leads may hand this task to somebody else."),
            field="owner",
        )


def check_can_delete(task: Task, person: Person) -> None:
    """Raise Refused unless `person` may put the task into the recycle bin."""
    check_can_edit(task, person)
    if person.pk == task.created_by_id or _holds(Permission.WORK_DELETE, task.department_id, person):
        return
    raise Forbidden(_("Only the creator and team leads may delete this task. You can cancel it instead."))


def can_delete(task: Task, person: Person) -> bool:
    """Whether `person` may put the task into the recycle bin."""
    return _allowed(check_can_delete, task, person)


def check_can_restore(task: Task, person: Person) -> None:
    """Raise Refused unless `person` may bring the task back from the recycle bin."""
    if not task.is_binned:
        raise Refused(_("This task is not in the recycle bin."))
    if task.parent is not None and task.parent.is_binned:
        raise Refused(_("The task it belongs to is in the recycle bin. Restore that one."))
    if person.pk in {task.created_by_id, task.deleted_by_id} and person.may(Permission.WORK_CREATE):
        return
    if not _holds(Permission.WORK_DELETE, task.department_id, person):
        raise Forbidden(_("Only who deleted it, the creator and team leads may restore this task."))


def check_can_finish(task: Task, person: Person, actions: Iterable[Task] | None = None) -> None:
    """Raise Refused while something of the task is left to do; `actions`, if they are loaded already."""
    check_can_edit(task, person)
    if not task.is_open:
        raise Refused(_("This task is closed already."))
    left = [
        action
        for action in (task.actions.all() if actions is None else actions)
        if action.is_open and not action.is_binned
    ]
    if left:
        raise Refused(
            _(
                "%(count)s actions of this task are still open, the first is “%(title)s”. Close or cancel them first."
            )
            % {"count": len(left), "title": left[0].title}
        )


def check_can_close(task: Task, person: Person, actions: Iterable[Task] | None = None) -> None:
    """Raise Refused unless `person` may mark the task as done now: nothing is left, and nobody must accept."""
    check_can_finish(task, person, actions)
    if task.needs_acceptance:
        raise Refused(
            _("%(name)s accepts the result before this task is done. Hand it in.") % {"name": accepter(task)}
        )


def accepter(task: Task) -> str:
    """Return the name of who accepts the result of a task."""
    return task.requester.name if task.requester else _("The team lead")


def check_can_hand_in(task: Task, person: Person, actions: Iterable[Task] | None = None) -> None:
    """Raise Refused unless `person` may hand in the result of the task now."""
    check_can_finish(task, person, actions)
    if not task.needs_acceptance:
        raise Refused(_("Nobody has to accept this task: mark it as done."))
    if task.delivery is not None and task.delivery.state == Delivery.State.WAITING:
        raise Refused(_("It was handed in already and waits for a decision."))


def can_hand_in(task: Task, person: Person) -> bool:
    """Whether `person` may hand in the result of the task now."""
    return _allowed(check_can_hand_in, task, person)


def check_can_decide(task: Task, person: Person) -> None:
    """Raise Refused unless `person` may accept or return what was handed in.

    Who asked for the task may, and who answers for it (A); a team lead where nobody asked or who asked has gone.
    """
    check_can_edit(task, person)
    if task.delivery is None or task.delivery.state != Delivery.State.WAITING:
        raise Refused(_("Nothing waits for acceptance here."))
    asker = task.requester
    if person == asker or holds_role(task, person, "A"):
        return
    if (asker is None or not asker.is_active) and _holds(Permission.WORK_ASSIGN, task.department_id, person):
        return
    raise Forbidden(_("Only %(name)s may accept or return this.") % {"name": accepter(task)})


def can_decide(task: Task, person: Person) -> bool:
    """Whether `person` may accept or return what was handed in."""
    return _allowed(check_can_decide, task, person)


def check_can_set_roles(record: Task | Project, person: Person) -> None:
    """Raise Refused unless `person` may say who does what (RACI) for a task or a project."""
    if isinstance(record, Task):
        check_can_edit(record, person)
    else:
        check_can_edit_project(record, person)


def check_can_edit_fields(owner: Project | Category, person: Person) -> None:
    """Raise Refused unless `person` may add, change or remove the own fields of a project or category."""
    if isinstance(owner, Project):
        check_can_edit_project(owner, person)
    elif not person.may(Permission.SETTINGS_MANAGE):
        raise Forbidden(_("Only administrators may change the fields of a category."))


def can_edit_fields(owner: Project | Category, person: Person) -> bool:
    """Whether `person` may add, change or remove these fields."""
    return _allowed(check_can_edit_fields, owner, person)


def can_close(task: Task, person: Person) -> bool:
    """Whether `person` may mark the task as done now."""
    return _allowed(check_can_close, task, person)


def check_can_reopen(task: Task, person: Person) -> None:
    """Raise Refused unless `person` may open the closed task again."""
    check_can_edit(task, person)
    if task.is_open:
        raise Refused(_("This task is open."))


def check_can_create(department: Department | None, person: Person) -> None:
    """Raise Refused unless `person` may create a task, and in `department`.

    Anybody who works may ask any department for something; reading roles may not.
    """
    if not person.may(Permission.WORK_CREATE):
        raise Forbidden(_("Your role only allows reading."))
    if department is not None and department.closed_at is not None:
        raise Refused(
            _("The department %(name)s has been closed.") % {"name": department.name}, field="department"
        )


def check_can_edit_project(project: Project, person: Person) -> None:
    """Raise Refused unless `person` may change the project."""
    if project.is_binned:
        raise Refused(_("This project is in the recycle bin. Restore it first."))
    if person.pk in {project.owner_id, project.created_by_id} and person.may(Permission.WORK_CREATE):
        return
    if not person.may(Permission.PROJECT_EDIT, project.department_id):
        raise Forbidden(_("Only the owner of the project and team leads may change it."))


def check_can_restore_project(project: Project, person: Person) -> None:
    """Raise Refused unless `person` may bring the project back from the recycle bin."""
    if not project.is_binned:
        raise Refused(_("This project is not in the recycle bin."))
    mine = {project.owner_id, project.created_by_id, project.deleted_by_id}
    if person.pk in mine and person.may(Permission.WORK_CREATE):
        return
    if not person.may(Permission.PROJECT_EDIT, project.department_id):
        raise Forbidden(_("Only who deleted it, the owner of the project and team leads may restore it."))


def can_edit_project(project: Project, person: Person) -> bool:
    """Whether `person` may change the project."""
    return _allowed(check_can_edit_project, project, person)


def check_can_create_project(department: Department | None, person: Person) -> None:
    """Raise Refused unless `person` may create a project in `department`."""
    if department is None or not person.may(Permission.PROJECT_EDIT, department.pk):
        raise Forbidden(
            _("Only team leads may create projects, in the departments they lead."), field="department"
        )


def check_can_create_projects(person: Person) -> None:
    """Raise Refused unless `person` may create projects anywhere."""
    if not person.may(Permission.PROJECT_EDIT):
        raise Forbidden(_("Only team leads may create projects, in the departments they lead."))
