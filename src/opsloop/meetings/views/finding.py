"""What the views of meetings share: finding one, where it stands in the menu."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from opsloop.meetings.models import Meeting
from opsloop.web.http import PageRequest

RELATED = ("organiser", "host", "minute_taker", "department", "room__department", "series", "follows")


def find(request: PageRequest, pk: int) -> Meeting:
    """Return a meeting that the person may see; 404 otherwise. One query."""
    found: Meeting = get_object_or_404(
        Meeting.objects.visible_to(request.person).select_related(*RELATED), pk=pk
    )
    return found


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way back to the list of meetings, and on."""
    return [(_("Meetings"), reverse("meetings:meetings")), *more]


def page_of(pk: int) -> str:
    """Return the address of a meeting."""
    return reverse("meetings:meeting", args=[pk])
