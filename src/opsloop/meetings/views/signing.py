"""Signing in to a meeting: by link, by code, by the QR code on the screen; and the host's ticks."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.meetings import holding_permissions as permissions
from opsloop.meetings.actions import signing as actions
from opsloop.meetings.holding_forms import CodeForm
from opsloop.meetings.models import Meeting, Seat
from opsloop.meetings.queries.people import attending, seats_of
from opsloop.meetings.views.finding import crumbs, find, page_of
from opsloop.records.refusals import Refused
from opsloop.web import limits
from opsloop.web.http import PageRequest, add_toast, hx_redirect, refresh, render_page_or_partial, saved

# A code has six digits: whoever guesses gets nowhere.
MOST_TRIES, TRY_SECONDS = 10, 600


@login_required
@require_http_methods(["GET", "POST"])
@once
def entry(request: PageRequest) -> HttpResponse:
    """Ask for the code that stands on the screen (GET), and sign in to the meeting that has it (POST)."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        _check_tries(request)
        try:
            code = form.cleaned_data["code"]
            found = actions.meeting_of_code(code, request.person, request.now)
            actions.sign_in(meeting=found, by=request.person, at=request.now, way=Seat.Way.CODE, code=code)
        except Refused as refused:
            form.refuse(refused)
        else:
            return saved(request, page_of(found.pk), _("You are signed in."), topics=[f"meeting:{found.pk}"])
    context = {"rail_name": "meetings", "form": form, "crumbs": crumbs()}
    return render(request, "meetings/sign_in.html", context, status=422 if form.errors else 200)


def _check_tries(request: PageRequest) -> None:
    if not limits.within("sign-in", str(request.person.pk), most=MOST_TRIES, seconds=TRY_SECONDS):
        raise Refused(_("Too many codes. Wait ten minutes, or ask the host to note that you are there."))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@once
def presence(request: PageRequest, pk: int) -> HttpResponse:
    """Show the button to sign in, and to who leads the code for the screen (GET); sign in (POST)."""
    found = find(request, pk)
    if found.is_draft:
        raise Http404
    if request.method == "POST":
        return _sign_in(request, found)
    return render_page_or_partial(request, "meetings/presence.html", "presence", _presence(request, found))


def _sign_in(request: PageRequest, found: Meeting) -> HttpResponse:
    code = request.POST.get("code", "")
    if code:
        _check_tries(request)
    actions.sign_in(
        meeting=found, by=request.person, at=request.now, way=Seat.Way.QR if code else Seat.Way.LINK, code=code
    )  # fmt: skip
    response = hx_redirect(request, reverse("meetings:presence", args=[found.pk]))
    return refresh(add_toast(response, _("You are signed in.")), f"meeting:{found.pk}")


def _presence(request: PageRequest, found: Meeting) -> dict[str, Any]:
    seats = seats_of(found)
    own = next((seat for seat in seats if seat.person_id == request.person.pk), None)
    why_not = ""
    try:
        permissions.check_can_sign_in(found, own, request.now)
    except Refused as refused:
        why_not = refused.reason
    writes = permissions.writes(found, request.person)
    return {
        "rail_name": "meetings",
        "crumbs": crumbs((str(found), page_of(found.pk))),
        "meeting": found,
        "own": own,
        "is_invited": own is not None and own.role != Seat.Role.COPY,
        "why_not": why_not,
        "code": request.GET.get("code", "")[:12],
        "people": attending(found, seats),
        "may_tick": permissions.can(permissions.check_can_tick, found, request.person),
        "qr": qr_of(_address(request, found)) if writes and found.sign_in_code else "",
        "shown_code": found.sign_in_code if writes else "",
    }


def _address(request: PageRequest, found: Meeting) -> str:
    url = reverse("meetings:presence", args=[found.pk])
    return request.build_absolute_uri(f"{url}?code={found.sign_in_code}")


def qr_of(text: str) -> SafeString:
    """Return a QR code as SVG, drawn in the colour of the text around it."""
    drawn = segno.make(text, error="m", micro=False)
    svg = drawn.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass="qr-dots")
    return SafeString(svg.replace(' stroke="#000"', ' stroke="currentColor"'))


@login_required
@require_http_methods(["POST", "DELETE"])
def tick(request: PageRequest, pk: int, person: int) -> HttpResponse:
    """Note that somebody is there (POST), or take that back (DELETE)."""
    found = find(request, pk)
    verb = actions.tick if request.method == "POST" else actions.untick
    verb(meeting=found, person_id=person, by=request.person, at=request.now)
    return refresh(HttpResponse(status=204), f"meeting:{pk}")


@login_required
@require_POST
def all_there(request: PageRequest, pk: int) -> HttpResponse:
    """Note for everybody who has not signed in that they are there."""
    found = find(request, pk)
    permissions.check_can_tick(found, request.person)
    for seat in found.seats.filter(signed_in_at=None).exclude(role=Seat.Role.COPY):
        actions.tick(meeting=found, person_id=seat.person_id, by=request.person, at=request.now)
    return refresh(HttpResponse(status=204), f"meeting:{pk}")
