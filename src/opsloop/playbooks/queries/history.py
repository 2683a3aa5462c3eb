"""What happened to a template, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.activity import queries as activity
from opsloop.organisation.happenings import entries
from opsloop.organisation.history import Entry
from opsloop.playbooks.models import Playbook

ROWS = 20
SENTENCES: Mapping[str, Promise] = {
    "playbook.created": _("%(name)s made the template"),
    "playbook.kept": _("%(name)s made the template from existing work"),
    "playbook.changed": _("%(name)s changed the template"),
}
LABELS: Mapping[str, Promise] = {
    "steps": _("Steps"), "roles": _("Roles"), "nodes": _("Key nodes"),
    "archived_at": _("Archived"), "deleted_at": _("Removed"),
}  # fmt: skip


def history(playbook: Playbook) -> list[Entry]:
    """Return the newest entries of a template. Two queries."""
    return entries(activity.history("playbook", playbook.pk)[:ROWS], Playbook, SENTENCES, LABELS)
