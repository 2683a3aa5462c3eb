"""A notice as its reader and its sender see it: confirming, asking, answering; and the link in mail."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.notices import permissions
from opsloop.notices.actions import confirming
from opsloop.notices.actions import questions as asking
from opsloop.notices.doors import read_token
from opsloop.notices.models import Notice, Question, Receipt
from opsloop.notices.queries import confirmations
from opsloop.notices.queries import notices as queries
from opsloop.notices.ruling import in_words, rules, ways_of
from opsloop.notices.views.finding import find
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Refused
from opsloop.web import limits
from opsloop.web.http import (
    PageRequest,
    add_toast,
    hx_redirect,
    is_fragment,
    read_id,
    refresh,
    render_page_or_partial,
)

# A link is opened a few times; who knocks more often tries links out.
MOST_KNOCKS, KNOCK_SECONDS = 30, 60
MISSING_SHOWN = 12


@login_required
@require_GET
def notice(request: PageRequest, pk: int) -> HttpResponse:
    """Show a notice: to who got it with one button, to who steers it with how far it is confirmed."""
    found = find(request, pk)
    if found.is_draft and found.author_id == request.person.pk:
        return redirect("notices:edit", pk)
    return _shown(request, found)


def _shown(
    request: PageRequest, found: Notice, *, error: str = "", text: str = "", status: int = 200
) -> HttpResponse:
    context = page_of(request, found) | {"error": error, "text": text}
    return render_page_or_partial(request, "notices/notice.html", "notice", context, status=status)


def page_of(request: PageRequest, found: Notice) -> dict[str, Any]:
    """Return what the page of a notice shows. Eleven queries at most."""
    person = request.person
    receipt = Receipt.objects.visible_to(person).filter(notice=found).first()
    told = queries.history(found)
    own = receipt is not None and receipt.kind == Receipt.Kind.TO
    has_to = own and receipt is not None and receipt.waits_for(found) and found.is_going
    oversees = permissions.oversees(found, person)
    heads = person.may(Permission.NOTICE_VIEW)
    steers = permissions.steers(found, person)
    changes = []
    if receipt is not None and receipt.confirmed_edition and has_to:
        changes = queries.since(found, told, receipt.confirmed_edition)
    context: dict[str, Any] = {
        "rail_name": "notices",
        "crumbs": [(_("Notices"), reverse("notices:notices"))],
        "notice": found,
        # The newest edition says who is responsible and what lies beside it, as the notice does.
        "responsible": told[0].edition.responsible if told else queries.responsible_names(found),
        "files": list(told[0].edition.files.all()) if told else None,
        "receipt": receipt,
        "has_to": has_to,
        "changes": changes,
        "history": told,
        "questions": queries.questions(found, person),
        "may_ask": permissions.can(permissions.check_can_ask, found, person) and not steers,
        "steers": steers,
        "oversees": oversees,
        "standing": None,
        "missing": [],
    }
    if found.state not in {Notice.State.DRAFT, Notice.State.SCHEDULED} and (oversees or heads):
        standing = confirmations.standing(found, person)
        context["standing"] = standing if standing.total else None
        context["missing"] = list(confirmations.people(found, person, "missing")[:MISSING_SHOWN])
        context["missing_more"] = max(0, standing.missing - MISSING_SHOWN)
    if steers:
        context["rules"] = in_words(ways_of(rules(), found.importance))
    return context


@login_required
@require_POST
@once
def receipt(request: PageRequest, pk: int) -> HttpResponse:
    """Confirm a notice with one tap; `edition` is the one that was read, `way` where it was."""
    found = find(request, pk)
    way = request.GET.get("way", "")
    is_new = confirming.confirm(
        notice=found,
        by=request.person,
        at=request.now,
        edition=_edition(request),
        way=way if way in Receipt.Way.values and way != Receipt.Way.MAIL else Receipt.Way.PAGE,
    )
    text = _("Confirmed. Thank you.") if is_new else _("You had confirmed it already.")
    topics = ("inbox", "notices", f"notice:{pk}")
    if not is_fragment(request):
        return hx_redirect(request, reverse("notices:notice", args=[pk]))
    return refresh(add_toast(HttpResponse(status=204), text), *topics)


def _edition(request: PageRequest) -> int:
    sent = read_id(request.POST.get("edition") or request.GET.get("edition"))
    if not sent or sent > 2**31:
        raise Refused(_("It is not said which edition was read. Load the page again."))
    return sent


@login_required
@require_POST
def seen(request: PageRequest, pk: int) -> HttpResponse:
    """Remember that the person has opened a notice; the page says so by itself when it is shown."""
    confirming.mark_seen(notice=find(request, pk), by=request.person, at=request.now)
    return HttpResponse(status=204)


@never_cache
@csrf_exempt  # The token in the address is the whole authority: who does not know it can forge nothing.
@require_http_methods(["GET", "POST"])
def door(request: PageRequest, token: str) -> HttpResponse:
    """Show a page with one button to who has the link of a mail (GET), and confirm (POST); it logs nobody in."""
    if not limits.within("notice-door", limits.knocker(request), most=MOST_KNOCKS, seconds=KNOCK_SECONDS):
        return HttpResponse(status=429, headers={"Retry-After": str(KNOCK_SECONDS)})
    known = read_token(token)
    person = Person.objects.active().filter(pk=known.person).first() if known else None
    found = Notice.objects.filter(pk=known.notice).first() if known else None
    own = (
        Receipt.objects.filter(notice=found, person=person, kind=Receipt.Kind.TO).first() if person else None
    )
    if known is None or person is None or found is None or own is None:
        return render(request, "notices/door.html", {"notice": None}, status=404)
    with translation.override(person.language):
        error = ""
        if request.method == "POST":
            try:
                confirming.confirm(
                    notice=found, by=person, at=request.now, edition=known.edition, way=Receipt.Way.MAIL
                )
            except Refused as refused:
                error = refused.reason
            own.refresh_from_db()
        is_done = not own.is_open and own.confirmed_edition >= found.asked_edition
        context = {
            "notice": found, "name": person.name, "receipt": own, "is_done": is_done, "error": error,
            "is_old": known.edition < found.asked_edition, "page": reverse("notices:notice", args=[found.pk]),
            "confirmed_at": timezone.localtime(own.confirmed_at) if own.confirmed_at else None,
        }  # fmt: skip
        return render(request, "notices/door.html", context, status=409 if error else 200)


@login_required
@require_POST
@once
def questions(request: PageRequest, pk: int) -> HttpResponse:
    """Ask something under a notice."""
    found = find(request, pk)
    text = request.POST.get("text", "")
    try:
        asking.ask(notice=found, text=text, by=request.person, at=request.now)
    except Refused as refused:
        return _refused(request, found, refused, text)
    return _said(request, pk, _("Your question was sent to the author."))


@login_required
@require_POST
@once
def answer(request: PageRequest, pk: int) -> HttpResponse:
    """Answer a question under a notice."""
    rows = Question.objects.visible_to(request.person).select_related("notice__author", "notice__department")
    question = get_object_or_404(rows, pk=pk)
    text = request.POST.get("text", "")
    try:
        asking.answer(question=question, text=text, by=request.person, at=request.now)
    except Refused as refused:
        return _refused(request, question.notice, refused, text)
    return _said(
        request, question.notice_id, _("The answer was sent; everybody who got the notice can read it.")
    )


def _refused(request: PageRequest, found: Notice, refused: Refused, text: str) -> HttpResponse:
    """Answer a refused question beside its field; without scripts the page comes back with what was typed."""
    if refused.field != "text" or is_fragment(request):
        raise refused
    return _shown(request, found, error=refused.reason, text=text, status=422)


def _said(request: PageRequest, pk: int, text: str) -> HttpResponse:
    if not is_fragment(request):
        return hx_redirect(request, reverse("notices:notice", args=[pk]))
    return refresh(add_toast(HttpResponse(status=204), text), f"notice:{pk}", "notices")
