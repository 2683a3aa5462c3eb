"""Key nodes: set, changed, reached."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opsloop.activity.submissions import once
from opsloop.portfolio.actions import nodes as actions
from opsloop.portfolio.forms.nodes import NodeForm
from opsloop.portfolio.models import KeyNode
from opsloop.portfolio.views.answers import acted, add_view, edit_view, find_project, find_record
from opsloop.web import versions
from opsloop.web.http import PageRequest


@login_required
@require_http_methods(["GET", "POST"])
@once
def new_node(request: PageRequest, pk: int) -> HttpResponse:
    """Set a key node of a project."""
    project = find_project(request, pk)
    words = {
        "title": _("New key node"), "button": _("Set the node"),
        "added": _("The key node “%(title)s” was set."),
    }  # fmt: skip
    initial = {"owner": project.owner_id, "starts_at": request.now.replace(second=0, microsecond=0)}
    return add_view(
        request, project=project, form_class=NodeForm, initial=initial, verb=actions.add, words=words, vague=True
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
@once
def node(request: PageRequest, pk: int) -> HttpResponse:
    """Change a key node."""
    found = find_record(request, KeyNode, pk)
    words = {
        "title": _("Key node"), "button": _("Save"), "saved": _("The key node “%(title)s” was saved."),
    }  # fmt: skip
    verb = partial(actions.change, node=found)
    return edit_view(request, record=found, form_class=NodeForm, verb=verb, words=words, vague=True)


@login_required
@require_http_methods(["POST", "DELETE"])
@once
def reaching(request: PageRequest, pk: int) -> HttpResponse:
    """Mark a key node as reached (POST), or take that back (DELETE)."""
    found = find_record(request, KeyNode, pk)
    seen = versions.read_version(request)
    if request.method == "POST":
        undo = actions.reach(node=found, by=request.person, at=request.now, version=seen)
        text = _("“%(title)s” is reached.") % {"title": found}
    else:
        undo = actions.reopen(node=found, by=request.person, at=request.now, version=seen)
        text = _("“%(title)s” is not reached any more.") % {"title": found}
    return acted(found.project_id, text, undo)
