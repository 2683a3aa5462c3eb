"""Changing the filter of a page of tasks: the menu of fields, the editor of a condition, and the way back.

Nothing is stored: the page's address is handed in as `on`, and the answer leads to the address that follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from opsloop.engines import filters as language
from opsloop.engines.filters import Condition
from opsloop.web.http import PageRequest, is_fragment
from opsloop.work.queries import choices
from opsloop.work.queries.fields import Field, find
from opsloop.work.queries.filters import UNREADABLE
from opsloop.work.queries.lists import ListState


@login_required
@require_GET
def menu(request: PageRequest) -> HttpResponse:
    """Show the fields that can be filtered by; loaded when the menu opens."""
    on = _on(request)
    context = {"entries": choices.menu(request.person, on), "rail_name": "tasks", "on": on}
    return _page(request, "menu", context)


@login_required
@require_GET
def editor(request: PageRequest) -> HttpResponse:
    """Show the form of one condition, new or as it stands at `at`."""
    on = _on(request)
    one = _field(request)
    at = request.GET.get("at", "")[:40]
    standing = language.node_at(_root(on), choices.path_of(at)) if at else None
    condition = standing if isinstance(standing, Condition) and standing.field == one.name else None
    shown = choices.editor(request.person, one, condition)
    return _page(request, "editor", {"editor": shown, "rail_name": "tasks", "on": on, "at": at})


@login_required
@require_GET
def put(request: PageRequest) -> HttpResponse:
    """Go on to the page with the condition that the editor holds."""
    on = _on(request)
    one = _field(request)
    sent = request.GET
    extra = {name: sent.get(name, "") for name in ("number", "text", "days", "first", "last")}
    condition = choices.sent(one, sent.get("operator", ""), sent.getlist("value"), extra)
    root = _root(on)
    if condition is not None:
        otherwise = "otherwise" in sent
        root = choices.combined(root, sent.get("at", "")[:40], condition, otherwise=otherwise)
    path, _mark, query = on.partition("?")
    state = _state(query)
    return HttpResponseRedirect(path + state.narrowed(root), status=303)


def _page(request: PageRequest, part: str, context: Mapping[str, object]) -> HttpResponse:
    template = "work/filters.html"
    name = f"{template}#{part}" if is_fragment(request) else template
    return render(request, name, {**context, "part": part})


def _on(request: PageRequest) -> str:
    """Return the address of the page whose filter is changed, without its host."""
    wanted = request.GET.get("on", "")[:8000]
    if not url_has_allowed_host_and_scheme(wanted, None) or not wanted.startswith("/"):
        return reverse("work:tasks")
    parts = urlsplit(wanted)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _state(query: str) -> ListState:
    own = QueryDict(query)
    return ListState.read(own, keep=[name for name in own if name not in ListState.names()])


def _root(on: str) -> language.Group:
    root = language.normal(_state(on.partition("?")[2]).tree)
    return language.EVERYTHING if root == UNREADABLE else root


def _field(request: PageRequest) -> Field:
    one = find(request.GET.get("field", ""), request.person)
    if one is None:
        raise Http404
    return one
