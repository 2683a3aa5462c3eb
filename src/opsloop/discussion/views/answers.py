"""What several views of talk answer alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from opsloop.activity.models import Undo
from opsloop.discussion import permissions
from opsloop.discussion.models import Attachment, Beside, Comment, Subject, kind_of
from opsloop.discussion.queries import talk as queries
from opsloop.discussion.queries.subjects import load, load_place
from opsloop.engines.filetypes import ENDINGS
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused
from opsloop.web.http import PageRequest

PAGES = {"task": "work:task", "project": "portfolio:project", "goal": "goals:goal"}


def find(kind: str, pk: int, person: Person) -> Subject:
    """Return the subject of an address; 404 unless `person` may see it."""
    subject = load(kind, pk, person)
    if subject is None:
        raise Http404
    return subject


def find_place(kind: str, pk: int, person: Person) -> Beside:
    """Return where the files of an address lie; 404 unless `person` may see them."""
    found = load_place(kind, pk, person)
    if found is None:
        raise Http404
    return found


def page_with(place: Beside) -> str:
    """Return the address of the page that shows the files of a place."""
    return page_of(place.record) if place.holder is None else place.holder.page(place.record)


def page_of(subject: Subject) -> str:
    """Return the address of the page of a subject."""
    return reverse(PAGES[kind_of(subject)], args=[subject.pk])


def place(subject: Subject) -> dict[str, Any]:
    """Return how templates address the talk of a subject."""
    kind = kind_of(subject)
    return {
        "kind": kind,
        "subject": subject,
        "key": f"{kind}-{subject.pk}",
        "topic": f"{kind}_talk:{subject.pk}",
    }


def files_context(
    place: Beside, person: Person, *, is_locked: bool = False, rows: Sequence[Attachment] | None = None
) -> dict[str, Any]:
    """Return what a list of files shows; `is_locked` shows them as they are, with nothing to add or take away."""
    may_add = not is_locked and permissions.can_add(place, person)
    may_remove = not is_locked and permissions.may_remove_any(place, person)
    return {
        "kind": place.kind,
        "subject": place.record,
        "key": f"{place.kind}-{place.record.pk}",
        "topic": "" if is_locked else place.topic,
        "title": place.holder.title if place.holder else "",
        "files": [
            (row, may_remove or (may_add and row.uploaded_by_id == person.pk))
            for row in (queries.files(place) if rows is None else rows)
        ],
        "may_add": may_add,
        "is_held": place.holder is not None,
        "refused": (),
        "limit": filesizeformat(settings.OPSLOOP_MAX_UPLOAD_BYTES),
        "accept": ",".join(f".{ending}" for ending in ENDINGS),
    }


def said_context(subject: Subject, person: Person, *, everything: bool) -> dict[str, Any]:
    """Return what the list of comments shows."""
    return place(subject) | {
        "talk": queries.talk(subject, person, everything=everything),
        "may_speak": permissions.can_speak(subject, person),
        "signs": queries.offered(),
        "everything": everything,
    }


def show_said(request: PageRequest, subject: Subject, *, everything: bool = False) -> HttpResponse:
    """Answer with the list of comments."""
    context = said_context(subject, request.person, everything=everything)
    return render(request, "discussion/said.html", context)


def refusal(request: PageRequest, of: Beside, refused: Refused, field: str) -> HttpResponse:
    """Answer a refused form beside its field: what was typed or chosen stays where it is."""
    response = render(request, "discussion/refusal.html", {"reasons": [refused.reason]}, status=422)
    response["HX-Retarget"] = f"#{field}-{of.kind}-{of.record.pk}"
    response["HX-Reswap"] = "innerHTML"
    return response


def undo_url(undo: Undo) -> str:
    """Return where the toast's undo posts to."""
    return reverse("activity:undo", args=[undo.pk])


def find_comment(pk: int, person: Person) -> tuple[Comment, Subject]:
    """Return a comment that `person` may see and its subject, loaded for talk; 404 otherwise."""
    comment = Comment.objects.alive().select_related("author", "reply_to").filter(pk=pk).first()
    if comment is None:
        raise Http404
    return comment, find(comment.kind, comment.subject_id, person)
