"""Before a meeting: does it need one? What else could do is offered with the text carried over; nothing is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.engines.language.necessity import Assessment, assess
from opsloop.meetings import permissions, words
from opsloop.meetings.actions import writing as actions
from opsloop.meetings.forms import CheckForm
from opsloop.meetings.models import Meeting, Room, Seat
from opsloop.meetings.views.finding import crumbs
from opsloop.notices import permissions as notice_permissions
from opsloop.notices.actions import writing as notices
from opsloop.organisation.models import Person
from opsloop.records.dates import is_plausible
from opsloop.web.http import PageRequest, hx_redirect, read_id

_LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}
MOST_GIVEN = 50


@login_required
@require_http_methods(["GET", "POST"])
@once
def new(request: PageRequest) -> HttpResponse:
    """Ask what a meeting is for (GET); say what speaks for it and what else would do, or begin the draft (POST).

    The address may carry `title`, `at` (a moment), `minutes`, `with` (people) and `room`, as the quick line and the day
    of the rooms do.
    """
    permissions.check_may_call(request.person)
    if request.method == "GET":
        form = CheckForm(initial={"title": request.GET.get("title", "").replace("\0", "")[:120]})
        return render(request, "meetings/new.html", _context(request, form))
    form = CheckForm(request.POST)
    if not form.is_valid():
        return render(request, "meetings/new.html", _context(request, form), status=422)
    found = look_at(form)
    if not request.POST.get("go"):
        return render(request, "meetings/new.html", _context(request, form, found))
    made = _begin(request, form, found)
    return hx_redirect(request, reverse("meetings:edit", args=[made.pk]))


def look_at(form: CheckForm) -> Assessment:
    """Return what speaks for and against what a form says."""
    data = form.cleaned_data
    return assess(
        title=data["title"], objective=data["objective"], purpose=data["purpose"],
        language=_LANGUAGES.get(get_language() or "", "zh-Hans"),
    )  # fmt: skip


def _context(request: PageRequest, form: CheckForm, found: Assessment | None = None) -> dict[str, Any]:
    context: dict[str, Any] = {
        "rail_name": "meetings", "crumbs": crumbs(), "form": form, "found": found, "given": _given(request),
        "may_notice": notice_permissions.may_send(request.person) if found else False, "request_url": "",
    }  # fmt: skip
    if found is not None:
        data = form.cleaned_data
        context["verdict"] = words.verdict(found)
        context["remarks"] = words.remarks(found)
        context["tasks_url"] = f"{reverse('work:tasks')}?{urlencode({'q': data['title']})}"
        context["request_url"] = _request_url(data["title"], data["objective"])
    return context


def _request_url(title: str, text: str) -> str:
    """Return where another department is asked for something, with the text."""
    return f"{reverse('collaboration:new')}?{urlencode({'title': title, 'asked': text})}"


def _given(request: PageRequest) -> dict[str, str]:
    """Return what the address or the form before it gave along."""
    source = request.POST if request.method == "POST" else request.GET
    return {name: source.get(name, "").replace("\0", "")[:400] for name in ("at", "minutes", "with", "room")}


def _begin(request: PageRequest, form: CheckForm, found: Assessment) -> Meeting:
    data, given = form.cleaned_data, _given(request)
    values: dict[str, Any] = {
        "title": data["title"], "objective": data["objective"], "starts_at": _moment(given["at"]),
        "necessity": {
            "purpose": data["purpose"], "path": found.path, "remarks": [one.code for one in found.remarks],
            "at": request.now.isoformat(),
        },
    }  # fmt: skip
    if given["minutes"].isascii() and given["minutes"].isdigit() and 5 <= int(given["minutes"][:6]) <= 1440:
        values["lasts"] = int(given["minutes"])
    if room := _room(given["room"], request.person):
        values["room"] = room
    keys = [int(one) for one in given["with"].split(",") if one.isascii() and one.isdigit() and len(one) < 19]
    people = Person.objects.active().filter(pk__in=keys[:MOST_GIVEN]).values_list("pk", flat=True)
    roles = dict.fromkeys(people, str(Seat.Role.TAKES_PART))
    return actions.begin(values=values, roles=roles, by=request.person, at=request.now)


def _room(text: str, person: Person) -> Room | None:
    key = read_id(text)
    found = (
        Room.objects.visible_to(person).current().select_related("department").filter(pk=key).first()
        if key
        else None
    )
    return found if found and permissions.may_use(found, person) else None


def _moment(text: str) -> Any:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or not is_plausible(moment.date()):
        return None
    return moment


@login_required
@require_POST
@once
def as_notice(request: PageRequest) -> HttpResponse:
    """Begin a notice with the text of the check instead of a meeting."""
    form = CheckForm(request.POST)
    if not form.is_valid():
        return render(request, "meetings/new.html", _context(request, form), status=422)
    values = {"title": form.cleaned_data["title"], "demands": form.cleaned_data["objective"]}
    made = notices.begin(values=values, by=request.person, at=request.now)
    return hx_redirect(request, reverse("notices:edit", args=[made.pk]))
