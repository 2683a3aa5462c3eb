"""A meeting as those in it see it: when and where, who comes, its agenda, one's own answer, and its file."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.engines.ical.inviting import Method
from opsloop.meetings import permissions
from opsloop.meetings.actions import answering, calling, series
from opsloop.meetings.forms import AnswerForm, CancelForm
from opsloop.meetings.letters import KIND, written
from opsloop.meetings.models import Booking, Meeting
from opsloop.meetings.queries import meetings as queries
from opsloop.meetings.ruling import rules, warnings
from opsloop.meetings.views.finding import crumbs, find, page_of
from opsloop.records.refusals import Refused
from opsloop.web.http import (
    PageRequest,
    add_toast,
    attached,
    hx_redirect,
    is_fragment,
    refresh,
    render_page_or_partial,
    saved,
)
from opsloop.web.versions import read_version
from opsloop.work.forms.repeats import words as repeat_words


@login_required
@require_GET
def meeting(request: PageRequest, pk: int) -> HttpResponse:
    """Show a meeting; a draft opens in its editor."""
    found = find(request, pk)
    if found.is_draft:
        return redirect("meetings:edit", pk)
    return render_page_or_partial(request, "meetings/meeting.html", "meeting", context_of(request, found))


def context_of(request: PageRequest, found: Meeting) -> dict[str, Any]:
    """Return what the page of a meeting shows. Seven queries."""
    person = request.person
    seats = queries.seats(found)
    own = next((one for one in seats if one.person_id == person.pk), None)
    agenda = list(found.agenda.select_related("owner"))
    agreed = rules()
    leads = permissions.leads(found, person)
    people = sum(1 for one in seats if one.role != "copy")
    return {
        "rail_name": "meetings",
        "crumbs": crumbs(),
        "meeting": found,
        "seats": seats,
        "tables": queries.by_role(seats),
        "counts": queries.answered(seats),
        "people": people,
        "person_hours": f"{people * found.minutes / 60:.1f}",
        "own": own,
        "answer_form": AnswerForm(initial=_answer_of(own)) if own else None,
        "agenda": agenda,
        "agenda_minutes": sum(one.minutes for one in agenda),
        "preparations": list(found.preparations.select_related("owner")),
        "proposals": [one for one in seats if one.proposes_at] if leads else [],
        "has_room": Booking.objects.filter(meeting=found).exists() if found.room_id else False,
        "leads": leads,
        "warnings": warnings(agreed, lasts=found.minutes, agenda=agenda) if leads else [],
        "repeats": repeat_words(found.series.rule) if found.series else "",
        "may_answer": permissions.can(permissions.check_can_answer, found, own),
        "may_change": permissions.can(permissions.check_can_change, found, person),
        "may_call": permissions.can(permissions.check_may_call, person),
    }


def _answer_of(own: Any) -> dict[str, Any]:
    if own is None or own.answer == "none":
        return {}
    return {"answer": own.answer, "reason": own.reason, "proposes_at": own.proposes_at}


@login_required
@require_POST
@once
def answer(request: PageRequest, pk: int) -> HttpResponse:
    """Say whether one comes; `sequence` is that of the invitation one saw."""
    found = find(request, pk)
    form = AnswerForm({**request.GET.dict(), **request.POST.dict()})
    if not form.is_valid():
        raise Refused(str(next(iter(form.errors.values()))[0]), field=next(iter(form.errors)))
    said = form.cleaned_data
    answering.answer(
        meeting=found, answer=said["answer"], reason=said["reason"], proposes_at=said["proposes_at"],
        by=request.person, at=request.now, sequence=_sequence(request),
    )  # fmt: skip
    texts = {
        "yes": _("You come; it stands in your calendar."),
        "maybe": _("You come perhaps; who called it knows."),
        "no": _("You do not come; who called it knows."),
    }
    text = texts[said["answer"]]
    if not is_fragment(request):
        return hx_redirect(request, page_of(pk))
    return refresh(
        add_toast(HttpResponse(status=204), text), "inbox", "meetings", f"meeting:{pk}", "appointments"
    )


def _sequence(request: PageRequest) -> int:
    sent = request.POST.get("sequence") or request.GET.get("sequence") or ""
    if not (sent.isascii() and sent.isdigit() and len(sent) < 9):
        raise Refused(_("It is not said which invitation was seen. Load the page again."))
    return int(sent)


@login_required
@require_http_methods(["GET", "POST"])
@once
def cancellation(request: PageRequest, pk: int) -> HttpResponse:
    """Ask why a meeting is cancelled (GET), or cancel it (POST); with `following` the series ends with it."""
    found = find(request, pk)
    permissions.check_can_cancel(found, request.person)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid():
            return _cancel(request, found, form.cleaned_data["why"], seen)
    context = {
        "rail_name": "meetings", "crumbs": crumbs((str(found), page_of(pk))), "meeting": found, "form": form,
    }  # fmt: skip
    return render(request, "meetings/cancellation.html", context, status=422 if form.errors else 200)


def _cancel(request: PageRequest, found: Meeting, why: str, seen: int) -> HttpResponse:
    said: dict[str, Any] = {
        "meeting": found,
        "why": why,
        "by": request.person,
        "at": request.now,
        "version": seen,
    }
    text = _("The meeting was cancelled; everybody is told.")
    if request.POST.get("following") and found.series_id:
        count = series.end(**said)
        text = ngettext("%(count)s meeting was cancelled.", "%(count)s meetings were cancelled.", count)
        text %= {"count": count}
    else:
        calling.cancel(**said)
    return saved(request, page_of(found.pk), text, topics=["meetings", f"meeting:{found.pk}"])


@login_required
@require_GET
def file(request: PageRequest, pk: int) -> HttpResponse:
    """Send a meeting as the file that calendars take."""
    found = find(request, pk)
    if found.is_draft:
        raise Http404
    site = f"{request.scheme}://{request.get_host()}"
    method: Method = "CANCEL" if found.state == Meeting.State.CANCELLED else "PUBLISH"
    return attached(f"{found.number}.ics", f"{KIND}; charset=utf-8", written(found, site, method=method))
