"""Writing a meeting: an editor that keeps itself, times that suit everybody, calling it, changing it later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.meetings import permissions
from opsloop.meetings.actions import calling, series
from opsloop.meetings.actions import writing as actions
from opsloop.meetings.forms import PEOPLE, ROLES, LookForm, MeetingForm
from opsloop.meetings.models import Meeting, Room, Seat
from opsloop.meetings.queries import times as queries
from opsloop.meetings.queries.writing import sums, wanted_people
from opsloop.meetings.ruling import in_words, rules
from opsloop.meetings.views.finding import crumbs, find, page_of
from opsloop.notices.models import RecipientGroup
from opsloop.notices.views.finding import open_departments
from opsloop.organisation.models import Department, Person
from opsloop.records.dates import is_plausible
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, hx_redirect, is_fragment, read_id, refresh, saved
from opsloop.web.versions import read_version


def check_writes(meeting: Meeting, person: Person) -> None:
    """Raise unless the person may write a draft, or change a meeting that was called."""
    if meeting.is_draft:
        permissions.check_can_write(meeting, person)
    else:
        permissions.check_can_change(meeting, person)


def _form(
    request: PageRequest,
    found: Meeting,
    data: QueryDict | None = None,
    initial: Mapping[str, Any] | None = None,
) -> MeetingForm:
    return MeetingForm(
        data, meeting=found, by=request.person, roles=actions.roles_of(found), departments=open_departments(),
        initial=initial,
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
@once
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Show the editor (GET); keep what is typed into a draft, or send a change of a called meeting (POST).

    With `go` a draft is called; with `following` a change counts for all later meetings of the series too.
    """
    found = find(request, pk)
    check_writes(found, request.person)
    if request.method == "GET":
        return render(
            request,
            "meetings/edit.html",
            _editor(request, found, _form(request, found, initial=_offered(request))),
        )
    form, version = _form(request, found, request.POST), read_version(request)
    if not form.is_valid():
        return _unfit(request, found, form)
    try:
        return (
            _keep(request, found, form, version) if found.is_draft else _change(request, found, form, version)
        )
    except StaleVersion as stale:
        return versions.conflict(request, stale, theirs=_form(request, stale.record))
    except Refused as refused:
        if is_fragment(request) or not refused.field:
            raise
        form.refuse(refused)
        return _unfit(request, find(request, pk), form)


def _offered(request: PageRequest) -> dict[str, Any]:
    """Return the time that an address proposes, such as one that somebody answered with."""
    moment = read_moment(request.GET.get("at", ""))
    return {"starts_at": moment} if moment else {}


def read_moment(text: str) -> datetime | None:
    """Return the moment of an address or form; None for anything else."""
    try:
        moment = parse_datetime(text[:40])
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo and is_plausible(moment.date()) else None


def _unfit(request: PageRequest, found: Meeting, form: MeetingForm) -> HttpResponse:
    if is_fragment(request):
        raise Refused(str(next(iter(form.errors.values()))[0]))
    return render(request, "meetings/edit.html", _editor(request, found, form), status=422)


def _keep(request: PageRequest, found: Meeting, form: MeetingForm, version: int) -> HttpResponse:
    kept = actions.keep(
        meeting=found,
        values=form.values(),
        roles=form.roles(),
        by=request.person,
        at=request.now,
        version=version,
    )
    if request.POST.get("go"):
        made = series.call(meeting=kept, by=request.person, at=request.now, version=kept.version)
        text = _("%(number)s is called; everybody is asked.") % {"number": kept.number}
        if made is not None:
            count = made.meetings.count()
            text = ngettext("%(count)s meeting is called.", "%(count)s meetings are called.", count) % {
                "count": count
            }
        return saved(request, page_of(kept.pk), text, topics=["meetings"])
    if is_fragment(request):
        context = {"version": kept.version, "saved_at": request.now}
        return refresh(
            render(request, "meetings/edit.html#meeting-saved", context), f"meeting-draft:{kept.pk}"
        )
    return saved(request, reverse("meetings:edit", args=[kept.pk]), _("The draft was saved."))


def _change(request: PageRequest, found: Meeting, form: MeetingForm, version: int) -> HttpResponse:
    values = {name: value for name, value in form.values().items() if name in calling.FIELDS}
    if request.POST.get("following") and found.series_id:
        count = series.change_following(
            meeting=found,
            values=values,
            roles=form.roles(),
            by=request.person,
            at=request.now,
            version=version,
        )
        text = ngettext("%(count)s meeting was changed.", "%(count)s meetings were changed.", count) % {
            "count": count
        }
    else:
        calling.change(
            meeting=found,
            values=values,
            roles=form.roles(),
            by=request.person,
            at=request.now,
            version=version,
        )
        text = _("The meeting was changed; everybody has the new invitation.")
    return saved(request, page_of(found.pk), text, topics=["meetings", f"meeting:{found.pk}"])


def _editor(request: PageRequest, found: Meeting, form: MeetingForm) -> dict[str, Any]:
    agreed = rules()
    agenda = list(found.agenda.select_related("owner"))
    way = (
        [(_("Drafts"), f"{reverse('meetings:meetings')}?box=drafts")]
        if found.is_draft
        else [(str(found), page_of(found.pk))]
    )
    return {
        "rail_name": "meetings",
        "crumbs": crumbs(*way),
        "meeting": found,
        "form": form,
        "version": found.version,
        "saved_at": None,
        "people": Person.objects.active().only("name"),
        "people_id": PEOPLE,
        "agenda": agenda,
        "topic_minutes": min(15, agreed.topic_minutes),
        "preparations": list(found.preparations.select_related("owner")),
        "sums": sums(found, agenda, wanted_people(found), agreed),
        "rules": in_words(agreed),
        "may_set": permissions.can(permissions.check_can_set_rules, request.person),
        "departments": open_departments(),
        "groups": list(RecipientGroup.objects.visible_to(request.person).order_by("name")[:50]),
    }


@login_required
@require_POST
def standing(request: PageRequest, pk: int) -> HttpResponse:
    """Say how a meeting stands as it is typed: rules it breaks, what it costs, what it lacks. Changes nothing."""
    found = find(request, pk)
    check_writes(found, request.person)
    people, found.lasts, found.room = _typed(request, found)
    found.title = request.POST.get("title", found.title)[:120]
    found.objective = request.POST.get("objective", found.objective)[:2000]
    agenda = list(found.agenda.select_related("owner"))
    return render(
        request, "meetings/parts/sums.html", {"sums": sums(found, agenda, people, rules()), "meeting": found}
    )


@login_required
@require_POST
def times(request: PageRequest, pk: int) -> HttpResponse:
    """Show when everybody could meet as the form stands, best first, each with reasons and a room. Changes nothing."""
    found = find(request, pk)
    check_writes(found, request.person)
    roles, found.lasts, found.room = _typed(request, found)
    rooms = [one for one in Room.objects.current() if one.equipment]
    look = LookForm(request.POST, equipment=sorted({word for one in rooms for word in one.equipment}))
    look.is_valid()
    asked = queries.Asked(
        since=queries.next_quarter(request.now),
        days=look.cleaned_data.get("within") or 14,
        wants_room=not look.cleaned_data.get("without_room"),
        equipment=frozenset(look.cleaned_data.get("equipment") or ()),
    )
    people = {key: role for key, role in roles.items() if role != Seat.Role.COPY}
    context = {
        "meeting": found,
        "look": look,
        "suggestions": queries.suggestions(found, people, asked, by=request.person),
    }
    return render(request, "meetings/parts/times.html", context)


def _typed(request: PageRequest, found: Meeting) -> tuple[dict[int, str], int, Room | None]:
    """Return people, minutes and room as they stand in the form, however unfinished the rest of it is."""
    form = _form(request, found, request.POST)
    form.is_valid()
    roles: dict[int, str] = {}
    for role in ROLES:
        for person in form.cleaned_data.get(role) or ():
            roles.setdefault(person.pk, role)
    host = form.cleaned_data.get("host")
    for key in filter(None, (found.organiser_id, host.pk if host else found.host_id)):
        roles.setdefault(key, Seat.Role.TAKES_PART)
    return roles, form.cleaned_data.get("lasts") or found.lasts, form.cleaned_data.get("room")


@login_required
@require_POST
@once
def time(request: PageRequest, pk: int) -> HttpResponse:
    """Take a suggested time (`slot`: a moment, and the key of a room) into the form, with all else that is typed.

    A draft keeps it; a meeting that was called shows it, to be sent.
    """
    found = find(request, pk)
    check_writes(found, request.person)
    moment, _sign, room = request.POST.get("slot", "").partition("|")
    starts_at = read_moment(moment)
    if starts_at is None:
        raise Refused(_("Choose one of the times."), field="starts_at")
    data = request.POST.copy()
    data["starts_at"] = f"{timezone.localtime(starts_at):%Y-%m-%dT%H:%M}"
    if read_id(room):
        data["room"] = room
    form, version = _form(request, found, data), read_version(request)
    if not form.is_valid() or not found.is_draft:
        return render(
            request, "meetings/edit.html", _editor(request, found, form), status=422 if form.errors else 200
        )
    try:
        actions.keep(
            meeting=found,
            values=form.values(),
            roles=form.roles(),
            by=request.person,
            at=request.now,
            version=version,
        )
    except StaleVersion as stale:
        return versions.conflict(request, stale, theirs=_form(request, stale.record))
    return hx_redirect(request, reverse("meetings:edit", args=[pk]))


@login_required
@require_POST
@once
def crowd(request: PageRequest, pk: int) -> HttpResponse:
    """Let everybody of a department, or of a group of recipients, take part in a draft."""
    found = find(request, pk)
    permissions.check_can_write(found, request.person)
    people = _of(request)
    if not people:
        raise Refused(_("Choose a department or a group in which there are people."))
    roles = actions.roles_of(found)
    for key in people:
        roles.setdefault(key, Seat.Role.TAKES_PART)
    actions.keep(
        meeting=found,
        values={},
        roles=roles,
        by=request.person,
        at=request.now,
        version=read_version(request),
    )
    return hx_redirect(request, reverse("meetings:edit", args=[pk]))


def _of(request: PageRequest) -> list[int]:
    kind, _sign, key = request.POST.get("crowd", "").partition(":")
    pk = read_id(key)
    rows = Person.objects.active()
    if pk is None:
        return []
    if kind == "group":
        groups: Any = RecipientGroup.objects.visible_to(request.person)
        group: RecipientGroup | None = groups.filter(pk=pk).first()
        return [one.pk for one in group.members.filter(is_active=True)] if group else []
    department = Department.objects.filter(pk=pk).first()
    return (
        list(rows.filter(department__path__startswith=department.path).values_list("pk", flat=True))
        if department
        else []
    )


@login_required
@require_POST
@once
def removal(request: PageRequest, pk: int) -> HttpResponse:
    """Discard a draft; the toast brings it back."""
    undo = actions.discard(meeting=find(request, pk), by=request.person, at=request.now)
    url = reverse("activity:undo", args=[undo.pk])
    to = f"{reverse('meetings:meetings')}?box=drafts"
    return saved(request, to, _("The draft was discarded."), topics=["meetings"], undo_url=url)


@login_required
@require_POST
@once
def copy(request: PageRequest, pk: int) -> HttpResponse:
    """Begin a draft with the people and the agenda of a meeting."""
    permissions.check_may_call(request.person)
    made = actions.copy(meeting=find(request, pk), by=request.person, at=request.now)
    return hx_redirect(request, reverse("meetings:edit", args=[made.pk]))
