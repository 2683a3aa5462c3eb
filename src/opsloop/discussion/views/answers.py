"""What several views of talk answer alike."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from opsloop.activity.models import Undo
from opsloop.discussion import permissions
from opsloop.discussion.models import Comment, Subject, kind_of
from opsloop.discussion.queries import talk as queries
from opsloop.discussion.queries.subjects import load
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


def refusal(request: PageRequest, subject: Subject, refused: Refused, place_name: str) -> HttpResponse:
    """Answer a refused form beside its field: what was typed or chosen stays where it is."""
    response = render(request, "discussion/refusal.html", {"reasons": [refused.reason]}, status=422)
    response["HX-Retarget"] = f"#{place_name}-{kind_of(subject)}-{subject.pk}"
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
