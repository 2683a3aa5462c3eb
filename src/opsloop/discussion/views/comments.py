"""One comment: its own fragment, changing, deleting, answering with a sign."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.discussion import permissions
from opsloop.discussion.actions import comments as actions
from opsloop.discussion.models import Comment, Subject
from opsloop.discussion.queries import talk as queries
from opsloop.discussion.views.answers import find_comment, page_of, place, show_said, undo_url
from opsloop.records.refusals import Refused
from opsloop.web.http import PageRequest, add_toast, is_fragment
from opsloop.web.versions import read_version


def _context(comment: Comment, subject: Subject, request: PageRequest) -> dict[str, Any]:
    fresh = queries.comments(subject).get(pk=comment.pk)
    return place(subject) | {
        "said": queries.one(fresh, subject, request.person),
        "may_speak": permissions.can_speak(subject, request.person),
        "signs": queries.offered(),
    }


@login_required
@require_GET
def comment(request: PageRequest, pk: int) -> HttpResponse:
    """Show one comment: after changing it, or after thinking better of that."""
    found, subject = find_comment(pk, request.person)
    if not is_fragment(request):
        return redirect(f"{page_of(subject)}#comment-{pk}")
    return render(request, "discussion/comment.html", _context(found, subject, request))


@login_required
@require_http_methods(["GET", "POST"])
@once
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Show the form for a comment of one's own (GET), or keep what was changed (POST)."""
    found, subject = find_comment(pk, request.person)
    permissions.check_can_edit(found, request.person)
    context: dict[str, Any] = place(subject) | {"comment": found, "text": found.text, "error": ""}
    if request.method == "GET":
        if not is_fragment(request):
            return redirect(page_of(subject))
        return render(request, "discussion/edit.html", context)
    text = request.POST.get("text", "")
    seen = read_version(request)
    try:
        actions.edit(comment=found, text=text, by=request.person, at=request.now, version=seen)
    except Refused as refused:
        if not is_fragment(request):
            raise
        return render(
            request, "discussion/edit.html", context | {"text": text, "error": refused.reason}, status=422
        )
    if not is_fragment(request):
        return redirect(page_of(subject))
    return render(request, "discussion/comment.html", _context(found, subject, request))


@login_required
@require_POST
def bin(request: PageRequest, pk: int) -> HttpResponse:  # noqa: A001 (the address says bin)
    """Delete a comment; the toast brings it back."""
    found, subject = find_comment(pk, request.person)
    undo = actions.put_in_bin(comment=found, by=request.person, at=request.now, version=read_version(request))
    if not is_fragment(request):
        return redirect(page_of(subject))
    return add_toast(show_said(request, subject), _("The comment was deleted."), undo_url=undo_url(undo))


@login_required
@require_POST
def reactions(request: PageRequest, pk: int) -> HttpResponse:
    """Give a comment a sign, or take it away again."""
    found, subject = find_comment(pk, request.person)
    actions.react(comment=found, sign=request.POST.get("sign", ""), by=request.person, at=request.now)
    if not is_fragment(request):
        return redirect(page_of(subject))
    return show_said(request, subject, everything=request.POST.get("all") == "1")
