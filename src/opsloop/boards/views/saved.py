"""Saved views: the strip above a layout, saving, renaming, replacing, deleting, and what a layout opens with."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.models import Undo
from opsloop.activity.submissions import once
from opsloop.boards import forms, permissions
from opsloop.boards.actions import saved as actions
from opsloop.boards.models import SavedView
from opsloop.boards.queries import saved as queries
from opsloop.records.refusals import Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, add_toast, add_trigger, hx_redirect, saved
from opsloop.work.layouts import LAYOUTS, address_of
from opsloop.work.queries.columns import chosen

LAYOUT_NAMES = frozenset(SavedView.Layout.values)


@login_required
@require_GET
def strip(request: PageRequest) -> HttpResponse:
    """Show the saved views above a layout; `layout` and `on` say where it stands."""
    layout = _layout(request.GET.get("layout", ""))
    on = _on(request)
    context = {"strip": queries.strip(request.person, layout, on), "on": on, "layout": layout}
    return render(request, "boards/views.html", context)


def _layout(name: str) -> str:
    return name if name in LAYOUT_NAMES else SavedView.Layout.LIST


def _on(request: PageRequest) -> str:
    """Return the address of the page above which the strip stands: path and query, without the host."""
    sent = request.POST.get("on") or request.GET.get("on") or request.headers.get("HX-Current-URL", "")
    parts = urlsplit(sent[:8000])
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _layout_at(on: str) -> str:
    """Return which layout stands at an address."""
    path = on.partition("?")[0]
    return next((one.name for one in LAYOUTS if address_of(one) == path), str(SavedView.Layout.LIST))


@login_required
@require_http_methods(["GET", "POST"])
@once
def new(request: PageRequest) -> HttpResponse:
    """Save what an address shows under a name."""
    on = _on(request)
    form = forms.ViewForm(request.POST or None, person=request.person)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        is_default = values.pop("is_default")
        try:
            view = actions.save_view(
                by=request.person, at=request.now, layout=_layout_at(on),
                query=queries.saved_query(on.partition("?")[2]), **values,
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        else:
            if is_default:
                actions.open_with(person=request.person, layout=view.layout, view=view)
            return _gone_to(request, view, _("The view “%(name)s” was saved.") % {"name": view.name}, None)
    context = {
        "form": form,
        "view": None,
        "on": on,
        "rail_name": "tasks",
        "back": on or reverse("work:tasks"),
    }
    return render(request, "boards/view_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
@once
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Rename a view, or offer it to others."""
    view = get_object_or_404(queries.usable(request.person), pk=pk)
    permissions.check_can_change(view, request.person)
    form = forms.ViewForm(request.POST or None, person=request.person, view=view)
    if request.method == "POST":
        seen = versions.read_version(request)
        if form.is_valid():
            try:
                undo = actions.change_view(
                    view=view, values=form.cleaned_data, by=request.person, at=request.now, version=seen
                )
            except StaleVersion as stale:
                theirs = forms.ViewForm(person=request.person, view=stale.record)
                return versions.conflict(request, stale, theirs=theirs)
            except Refused as refused:
                form.refuse(refused)
            else:
                return saved(
                    request, queries.address(view), _("The view “%(name)s” was saved.") % {"name": view.name},
                    topics=["views"], undo_url=_undo_url(undo),
                )  # fmt: skip
    context = {"form": form, "view": view, "on": "", "rail_name": "tasks", "back": queries.address(view)}
    return render(request, "boards/view_form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def query(request: PageRequest, pk: int) -> HttpResponse:
    """Replace what a view shows by what is shown now."""
    view = get_object_or_404(queries.usable(request.person), pk=pk)
    on = _on(request)
    values = {"query": queries.saved_query(on.partition("?")[2]), "layout": _layout_at(on)}
    undo = actions.change_view(
        view=view, values=values, by=request.person, at=request.now, version=versions.read_version(request)
    )
    text = _("The view “%(name)s” was saved.") % {"name": view.name}
    return _stayed(add_toast(HttpResponse(status=204), text, undo_url=_undo_url(undo)))


@login_required
@require_POST
def default(request: PageRequest, pk: int) -> HttpResponse:
    """Make a view the one that its layout opens with, or no longer."""
    view = get_object_or_404(queries.usable(request.person), pk=pk)
    is_on = request.POST.get("default") == "1"
    actions.open_with(person=request.person, layout=view.layout, view=view if is_on else None)
    if is_on:
        text = _("%(layout)s opens with “%(name)s” from now on.")
    else:
        text = _("%(layout)s opens without a saved view from now on.")
    said = text % {"layout": view.get_layout_display(), "name": view.name}
    return _stayed(add_toast(HttpResponse(status=204), said))


@login_required
@require_POST
def columns(request: PageRequest) -> HttpResponse:
    """Remember the columns of one's own list."""
    names = [one.name for one in chosen(request.POST.getlist("cols"), request.person)]
    actions.keep_columns(person=request.person, layout=SavedView.Layout.LIST, columns=names)
    return add_toast(HttpResponse(status=204), _("Your list opens with these columns from now on."))


@login_required
@require_POST
def bin_view(request: PageRequest, pk: int) -> HttpResponse:
    """Delete a view; the toast brings it back."""
    view = get_object_or_404(queries.usable(request.person), pk=pk)
    seen = versions.read_version(request)
    name = view.name
    undo = actions.delete_view(view=view, by=request.person, at=request.now, version=seen)
    text = _("The view “%(name)s” was deleted.") % {"name": name}
    return _stayed(add_toast(HttpResponse(status=204), text, undo_url=_undo_url(undo)))


def _stayed(response: HttpResponse) -> HttpResponse:
    return add_trigger(response, "live", {"topics": ["views"]})


def _gone_to(request: PageRequest, view: SavedView, text: str, undo: Undo | None) -> HttpResponse:
    response = hx_redirect(request, queries.address(view))
    if request.headers.get("HX-Request") == "true":
        add_toast(response, text, undo_url=_undo_url(undo))
    return response


def _undo_url(undo: Any) -> str:
    return reverse("activity:undo", args=[undo.pk]) if undo else ""
