"""Pages of channels for administrators, and everybody's own page of what they are told, how and when."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.models import Undo
from opsloop.activity.submissions import once
from opsloop.channels import queries
from opsloop.channels.actions import channels as actions
from opsloop.channels.actions import pausing
from opsloop.channels.actions import preferences as own
from opsloop.channels.forms import TimesForm, form_class
from opsloop.channels.models import Channel, Delivery, Letter, Wish
from opsloop.channels.words import GROUP_TOPICS, mode_of
from opsloop.inbox.reasons import TOPICS
from opsloop.organisation.roles import Permission
from opsloop.organisation.views.answers import attempt, needs
from opsloop.records.refusals import Refused
from opsloop.web import versions
from opsloop.web.http import PageRequest, hx_redirect, render_page_or_partial, saved

_ICONS = {"mail": "mail", "webhook": "external", "slack": "external"}


def _site(request: PageRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _page(channel: Channel) -> str:
    return reverse("channels:channel", args=[channel.pk])


def _channel(request: PageRequest, pk: int) -> Channel:
    rows = Channel.objects.visible_to(request.person).alive().select_related("department")
    found: Channel = get_object_or_404(rows, pk=pk)
    return found


@login_required
@needs(Permission.SETTINGS_MANAGE)
@require_GET
def channel_list(request: PageRequest) -> HttpResponse:
    """Show the channels, and the kinds one can add."""
    rows = queries.channels(request.person, at=request.now)
    has_mail = any(row.channel.is_mail for row in rows)
    kinds = [
        {"kind": kind.value, "label": kind.label, "icon": _ICONS.get(kind.value, "comment")}
        for kind in Channel.Kind
        if kind is not Channel.Kind.MAIL or not has_mail
    ]
    return render(request, "channels/channels.html", {"rail_name": "manage", "rows": rows, "kinds": kinds})


@login_required
@needs(Permission.SETTINGS_MANAGE)
@require_http_methods(["GET", "POST"])
@once
def new_channel(request: PageRequest, kind: str) -> HttpResponse:
    """Add a channel."""
    if kind not in Channel.Kind.values:
        raise Http404
    form = form_class(kind)(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        values, by = form.cleaned_data, request.person
        made = attempt(
            form, lambda: actions.add(kind=kind, values=values, site=_site(request), by=by, at=request.now)
        )
        if made:
            return saved(request, _page(made), _("Added. Send a test message now."), topics=["channels"])
    context = {"rail_name": "manage", "form": form, "kind": kind, "label": Channel.Kind(kind).label}
    return render(request, "channels/new.html", context, status=422 if form.errors else 200)


@login_required
@needs(Permission.SETTINGS_MANAGE)
@require_GET
def channel(request: PageRequest, pk: int) -> HttpResponse:
    """Show a channel and its log."""
    row = _channel(request, pk)
    lines = queries.log(row)
    context = {
        "rail_name": "manage",
        "channel": row,
        "log": lines,
        "topics": [TOPICS[name].label for name in row.topics if name in TOPICS],
        "is_busy": any(line.letter.state == Letter.State.WAITING for line in lines),
    }
    return render_page_or_partial(request, "channels/channel.html", "log", context)


@login_required
@needs(Permission.SETTINGS_MANAGE)
@require_http_methods(["GET", "POST"])
@once
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a channel. A conflict is answered plainly: beside secrets no values are compared."""
    row = _channel(request, pk)
    form = form_class(row.kind)(request.POST or None, kind=row.kind, channel=row)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            values, by = form.cleaned_data, request.person
            actions.change(
                channel=row, values=values, site=_site(request), by=by, at=request.now, version=seen
            )
            return saved(request, _page(row), _("Saved."), topics=["channels"])
    context = {"rail_name": "manage", "form": form, "channel": row}
    return render(request, "channels/edit.html", context, status=422 if form.errors else 200)


@login_required
@needs(Permission.SETTINGS_MANAGE)
@require_POST
@once
def test(request: PageRequest, pk: int) -> HttpResponse:
    """Send a test message."""
    row = _channel(request, pk)
    actions.test(channel=row, by=request.person, at=request.now)
    return hx_redirect(request, _page(row))


@login_required
@needs(Permission.SETTINGS_MANAGE)
@require_POST
@once
def pause(request: PageRequest, pk: int) -> HttpResponse:
    """Carry nothing for the time being."""
    row = _channel(request, pk)
    seen = versions.read_version(request)
    pausing.pause(channel=row, by=request.person, at=request.now, version=seen)
    return saved(request, _page(row), _("The channel is paused."), topics=["channels"])


@login_required
@needs(Permission.SETTINGS_MANAGE)
@require_POST
@once
def resumption(request: PageRequest, pk: int) -> HttpResponse:
    """Carry news again."""
    row = _channel(request, pk)
    seen = versions.read_version(request)
    pausing.resume(channel=row, by=request.person, at=request.now, version=seen)
    return saved(request, _page(row), _("The channel carries news again."), topics=["channels"])


@login_required
@needs(Permission.SETTINGS_MANAGE)
@require_POST
@once
def removal(request: PageRequest, pk: int) -> HttpResponse:
    """Remove a channel for good."""
    row = _channel(request, pk)
    seen = versions.read_version(request)
    pausing.remove(channel=row, by=request.person, at=request.now, version=seen)
    return saved(request, reverse("channels:channels"), _("The channel is removed."), topics=["channels"])


@login_required
@require_http_methods(["GET", "POST"])
@once
def preferences(request: PageRequest) -> HttpResponse:
    """Choose what one is told, which way, and when."""
    person = request.person
    chosen = queries.times(person)
    first, *others = chosen.clocks()
    initial = {
        "first": first, "second": others[0] if others else None,
        "quiet_from": chosen.quiet_from, "quiet_until": chosen.quiet_until, "rests": chosen.rests,
    }  # fmt: skip
    form = TimesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        undo = _prefer(request, form.cleaned_data)
        text = _("Saved. It counts from the next news on.")
        undo_url = reverse("activity:undo", args=[undo.pk])
        return saved(request, reverse("channels:preferences"), text, undo_url=undo_url)
    context = {
        "rail_name": "settings",
        "form": form,
        "choices": queries.choices(person),
        "modes": [("now", _("At once")), ("digest", _("In a bundle")), ("off", pgettext("mail", "None"))],
        "person": person,
    }
    return render(request, "channels/preferences.html", context, status=422 if form.errors else 200)


def _prefer(request: PageRequest, data: dict[str, Any]) -> Undo:
    wishes: dict[tuple[str, str], str] = {}
    for topic in TOPICS:
        mode = request.POST.get(f"mail-{topic}", "")
        if mode not in Delivery.Mode.values:
            raise Refused(_("Choose for each kind of news how mail brings it."), field=f"mail-{topic}")
        wishes[topic, Wish.Way.MAIL] = mode
        if topic in GROUP_TOPICS:
            is_named = topic in request.POST.getlist("group")
            wishes[topic, Wish.Way.GROUP] = mode_of(is_on=is_named)
    bundles: list[time] = [data["first"], *([data["second"]] if data["second"] else [])]
    return own.prefer(
        person=request.person,
        at=request.now,
        inbox_topics=request.POST.getlist("topic"),
        wishes=wishes,
        bundles=bundles,
        quiet=(data["quiet_from"], data["quiet_until"]),
        rests=data["rests"],
    )
