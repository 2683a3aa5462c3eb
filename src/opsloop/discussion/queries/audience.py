"""Who may see a subject, asked the other way round: not "what may this person see" but "who may see this".

The rules are those of `visible_to` of tasks, projects and goals; a test compares both over random
organisations, so that neither can change alone.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from opsloop.discussion.models import Subject
from opsloop.goals.models import Goal
from opsloop.organisation.models import Department, Person, RoleAssignment
from opsloop.organisation.roles import ROLE_RULES, Permission, Reach
from opsloop.work.models import Project, Responsibility, Task


def who_sees(subject: Subject) -> QuerySet[Person]:
    """Return the active people who may see `subject`. One query when it is asked."""
    seen = takes_part(subject) | Q(pk__in=_holders(subject.department))
    if isinstance(subject, Goal):
        seen |= _below(subject.department)
    people: QuerySet[Person] = Person.objects.active().filter(seen)
    return people


def takes_part(subject: Subject) -> Q:
    """Return the condition on people that they have to do with `subject` itself, and see it for that."""
    named = [subject.owner_id, subject.created_by_id]
    if isinstance(subject, Task):
        named.append(subject.requester_id)
        found = _in_task(subject) | (_in_project(subject.project) if subject.project else Q(pk__in=[]))
    else:
        found = _in_project(subject) if isinstance(subject, Project) else Q(pk__in=[])
    return Q(pk__in=[pk for pk in named if pk]) | found


def _in_task(task: Task) -> Q:
    helpers = Task.collaborators.through.objects.filter(task=task).values("person_id")
    roles = Responsibility.objects.filter(task=task).order_by().values("person_id")
    return Q(pk__in=helpers) | Q(pk__in=roles)


def _in_project(project: Project) -> Q:
    members = Project.members.through.objects.filter(project=project).values("person_id")
    roles = Responsibility.objects.filter(project=project).order_by().values("person_id")
    return Q(pk=project.owner_id or 0) | Q(pk__in=members) | Q(pk__in=roles)


def _holders(department: Department | None) -> QuerySet[RoleAssignment, int]:
    """Return who holds a role by which they see the work of `department`; None is the whole organisation's."""
    seen = Q(pk__in=[])
    for role, rule in ROLE_RULES.items():
        if Permission.WORK_VIEW not in rule.permissions:
            continue
        reaching = Q(department__isnull=True)
        if rule.reach is Reach.ORGANISATION:
            reaching = Q()
        elif department is not None:
            above = [department.pk] if rule.reach is Reach.DEPARTMENT else _path(department)
            reaching |= Q(department_id__in=above)
        seen |= Q(role=role) & reaching
    return RoleAssignment.objects.filter(seen).values_list("person_id", flat=True)


def _path(department: Department) -> list[int]:
    return [int(part) for part in department.path.split("/") if part]


def _below(department: Department | None) -> Q:
    """Return who belongs to `department` or below it: they see the goals that theirs are aligned to."""
    if department is None:
        return Q(pk__isnull=False)  # an empty condition would be left out of the alternatives
    belongs = RoleAssignment.objects.filter(department__path__startswith=department.path)
    return Q(department__path__startswith=department.path) | Q(pk__in=belongs.values("person_id"))
