"""The talk of a subject on its page: reading, saying something, naming people, watching."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opsloop.activity.submissions import once
from opsloop.discussion import permissions
from opsloop.discussion.actions import comments as actions
from opsloop.discussion.actions import watching as watches
from opsloop.discussion.models import Beside, Comment
from opsloop.discussion.queries import talk as queries
from opsloop.discussion.queries.watchers import watchers
from opsloop.discussion.views.answers import find, page_of, place, refusal, said_context, show_said
from opsloop.records.refusals import Refused
from opsloop.web.http import PageRequest, add_toast, is_fragment, read_id, refresh


@login_required
@require_http_methods(["GET", "POST"])
@once
def talk(request: PageRequest, kind: str, pk: int) -> HttpResponse:
    """Show the talk of a subject (GET), or say something (POST)."""
    subject = find(kind, pk, request.person)
    if request.method == "POST":
        wanted = read_id(request.POST.get("reply_to"))
        reply_to = Comment.objects.of(subject).filter(pk=wanted).first() if wanted else None
        try:
            actions.add(
                subject=subject,
                text=request.POST.get("text", ""),
                reply_to=reply_to,
                by=request.person,
                at=request.now,
            )
        except Refused as refused:
            if not is_fragment(request):
                raise
            return refusal(request, Beside.of(subject), refused, "talk-error")
        if not is_fragment(request):
            return redirect(page_of(subject))
        return refresh(show_said(request, subject), f"watch:{kind}:{pk}")
    if not is_fragment(request):
        return redirect(page_of(subject))
    context = said_context(subject, request.person, everything=False)
    context["watchers"] = watchers(subject, request.person)
    return render(request, "discussion/talk.html", context)


@login_required
@require_GET
def said(request: PageRequest, kind: str, pk: int) -> HttpResponse:
    """Show the comments alone: again after news, or all of them with ?all=1."""
    subject = find(kind, pk, request.person)
    if not is_fragment(request):
        return redirect(page_of(subject))
    return show_said(request, subject, everything=request.GET.get("all") == "1")


@login_required
@require_GET
def names(request: PageRequest, kind: str, pk: int) -> HttpResponse:
    """Suggest whom one can name with @: only people who may see the subject."""
    subject = find(kind, pk, request.person)
    permissions.check_can_speak(subject, request.person)
    found = queries.nameable(subject, request.GET.get("q", "").strip()[:60], request.person)
    twice = {one.name for one in found if sum(other.name == one.name for other in found) > 1}
    return render(request, "discussion/names.html", {"people": found, "twice": twice})


@login_required
@require_http_methods(["GET", "POST", "DELETE"])
def watching(request: PageRequest, kind: str, pk: int) -> HttpResponse:
    """Show who watches (GET), watch (POST) or leave (DELETE)."""
    subject = find(kind, pk, request.person)
    if request.method != "GET":
        is_on = request.method == "POST"
        watches.watch(subject=subject, person=request.person, is_on=is_on, at=request.now)
    elif not is_fragment(request):
        return redirect(page_of(subject))
    context = place(subject) | {"watchers": watchers(subject, request.person)}
    response = render(request, "discussion/watching.html", context)
    if request.method == "GET":
        return response
    text = _("You will hear of news here.") if is_on else _("You will not hear of this any more.")
    return add_toast(response, text)
