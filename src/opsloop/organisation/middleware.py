"""The first-run redirect, and the end of sessions."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from opsloop.organisation import sessions
from opsloop.organisation.models import Organisation
from opsloop.web.templatetags.quick import address

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# What works on an empty installation besides the set-up page itself.
OPEN_BEFORE_SET_UP = (
    "/static/",
    "/healthz",
    "/preferences/",
    "/manifest.webmanifest",
    "/service-worker.js",
    "/offline/",
)


class SetUpMiddleware:
    """Leads every visitor of an empty installation to the set-up page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Whoever is logged in proves that the installation is not empty: only strangers cost a query.
        set_up = address("organisation:set_up")
        is_open = request.path.startswith((set_up, *OPEN_BEFORE_SET_UP))
        if is_open or request.user.is_authenticated or is_set_up():
            return self.get_response(request)
        return HttpResponseRedirect(set_up)


def is_set_up() -> bool:
    """Whether somebody has set the organisation up."""
    return Organisation.objects.filter(set_up_at__isnull=False).exists()


class SessionMiddleware:
    """Ends sessions that idled too long or are too old, and clears the browser at log-out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        was_logged_in = request.user.is_authenticated
        if was_logged_in:
            sessions.keep_or_end(request)
        response = self.get_response(request)
        if was_logged_in and not request.user.is_authenticated:
            # Pages kept for offline use must not outlive the session (ASVS V14.3.1).
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response
