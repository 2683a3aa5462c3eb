"""What templates ask of a project's key nodes; both react to an event of `playbooks`, see config/reactions.py."""

from __future__ import annotations

from django.utils import timezone

from opsloop.engines.playbook import workdays_between
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.playbooks.events import PlaybookKept, PlaybookStarted
from opsloop.playbooks.models import PlaybookNode, PlaybookRole
from opsloop.portfolio.actions import nodes
from opsloop.portfolio.models import KeyNode
from opsloop.work.models import Project


def lay_nodes(event: PlaybookStarted) -> None:
    """Give a project that was started from a template its key nodes."""
    project = Project.objects.select_related("department").get(pk=event.subject_id)
    by = Person.objects.get(pk=event.by_id)
    nodes.lay(project=project, rows=event.nodes, by=by, at=event.at)


def keep_nodes(event: PlaybookKept) -> None:
    """Give a template that was made from a project its key nodes; the reader of the project sees them all."""
    found = KeyNode.objects.alive().filter(project_id=event.project_id, limit_minutes__isnull=False)
    kept = list(found.select_related("project", "owner").order_by("starts_at", "pk"))
    roles = {role.name: role for role in PlaybookRole.objects.filter(playbook_id=event.subject_id)}
    made = []
    for place, node in enumerate(kept):
        title = (node.owner.title if node.owner else "")[:34]
        made.append(
            PlaybookNode(
                playbook_id=event.subject_id, position=place, title=node.title, output=node.output,
                role=roles.get(title), limit_hours=max(1, (node.limit_minutes or 60) // 60),
                offset_days=_offset(node), follows=place > 0 and node.after_id == kept[place - 1].pk,
            )
        )  # fmt: skip
    PlaybookNode.objects.bulk_create(made)


def _offset(node: KeyNode) -> int:
    first = node.project.starts_on
    if first is None or node.starts_at is None:
        return 0
    day = timezone.localtime(node.starts_at).date()
    return min(400, workdays_between(first, day, working_calendar({first.year, day.year})))
