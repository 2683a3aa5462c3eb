"""Files of a request, as FILE_HOLDERS in config/reactions.py knows them: those it asks with, and those delivered.

Who asks adds to the first while anything is open, who does it to the second while it is being done.
Both sides see both.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opsloop.activity.registry import FileHolder
from opsloop.collaboration import permissions
from opsloop.collaboration.models import CollaborationRequest
from opsloop.discussion.models import Beside
from opsloop.web.templatetags.quick import address

REQUEST, DELIVERY = "request", "request_delivery"


def _page(request: CollaborationRequest) -> str:
    return address("collaboration:request", request.pk)


HOLDERS = {
    REQUEST: FileHolder(
        CollaborationRequest,
        page=_page,
        check_add=permissions.check_can_enclose,
        title=_("Attachments"),
    ),
    DELIVERY: FileHolder(
        CollaborationRequest,
        page=_page,
        check_add=permissions.check_can_deliver,
        title=_("Files that are handed over"),
    ),
}


def beside(request: CollaborationRequest) -> Beside:
    """Return where the files lie with which something was asked."""
    return Beside(REQUEST, request)
