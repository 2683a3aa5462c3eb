"""A meeting opens with what the one before left open."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from opsloop.meetings.models import AgendaItem, Meeting
from opsloop.meetings.queries.following import left_open

# Looking at what was agreed takes little; who needs longer changes it in the agenda.
MINUTES = 5


def look_back(*, meeting: Meeting) -> AgendaItem | None:
    """Put the topic that looks at open items before all others, once; return it, None where nothing is open.

    In the caller's transaction.
    """
    standing: AgendaItem | None = meeting.agenda.filter(looks_back=True).first()
    if standing is not None:
        return standing
    if not any(item.state != "done" for item in left_open(meeting)):
        return None
    first = meeting.agenda.order_by("position").values_list("position", flat=True).first() or 0
    if first == 0:
        # The others move on by one, the last first.
        for topic in meeting.agenda.order_by("-position"):
            AgendaItem.objects.filter(pk=topic.pk).update(position=topic.position + 1)
    host = meeting.host or meeting.organiser
    with translation.override(host.language if host else translation.get_language()):
        title = _("Open items of the last meeting")
    return AgendaItem.objects.create(
        meeting=meeting, position=0, title=title, owner=host, minutes=MINUTES, looks_back=True
    )


@transaction.atomic
def follow_calling(event: Any) -> None:
    """Let a meeting that is called open with what the last one left open."""
    meeting = Meeting.objects.filter(pk=event.subject_id, state="called").first()
    if meeting is not None:
        look_back(meeting=meeting)
