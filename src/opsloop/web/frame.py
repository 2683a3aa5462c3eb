"""What every page shows around its content: the rail, who is here, how it looks, what the scripts need.

The entries of the rail come from the module named in settings (`OPSLOOP_FRAME`), because only the top of
the stack knows every page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib import import_module, metadata
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opsloop.web import clock
from opsloop.web.http import in_drawer, wants_frame
from opsloop.web.templatetags.quick import address

THEMES = ("auto", "light", "dark")
DENSITIES = ("compact", "default", "comfortable")
# What browsers and screen readers expect, by Django's name of the language.
HTML_LANGUAGES = {"zh-hans": "zh-CN", "zh-hant": "zh-TW", "en": "en"}
# Where the scripts of the frame fetch and post; served by packages above.
PATHS = {
    "palette": "/palette/",
    "search": "/search/",
    "quickAdd": "/quick-add/",
    "quickAddPreview": "/quick-add/preview/",
    "live": "/live/",
    "jobs": "/jobs/",
    "sample": "/sample/",
    "timer": "/timer/",
}


@dataclass(frozen=True)
class RailEntry:
    """One entry of the left rail.

    `name` is what a page gives as `rail_name` to be marked as the current one; `count` is shown when
    positive. With `count_url` the count is fetched anew from there whenever the topic "inbox" has news, and
    at once when it is None.
    """

    name: str
    label: str
    icon: str
    url: str
    count: int | None = 0
    count_url: str = ""


@dataclass(frozen=True)
class RailSection:
    """Entries of the rail that belong together; `label` stands above them, none above the first."""

    label: str
    entries: Sequence[RailEntry]


def version() -> str:
    """Return the version of the installed package."""
    try:
        return metadata.version("opsloop")
    except metadata.PackageNotFoundError:
        return "0"


def _module() -> Any:
    path = getattr(settings, "OPSLOOP_FRAME", "")
    return import_module(path) if path else None


def landing(request: HttpRequest) -> str:
    """Return the page on which the day of who is logged in begins."""
    module = _module()
    return str(module.landing(request)) if module else "/"


def _person(request: HttpRequest) -> Any:
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


class Frame:
    """Everything the base templates read; worked out only when a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def person(self) -> Any:
        """Who is logged in, or None."""
        return _person(self._request)

    @property
    def layout(self) -> str:
        """The template around the content: none but the content itself for #main and the side drawer."""
        return "web/layout_full.html" if wants_frame(self._request) else "web/layout_thin.html"

    @cached_property
    def rail(self) -> Sequence[RailSection]:
        """The upper entries of the rail, section by section."""
        module = _module()
        return tuple(module.rail(self._request)) if module and self.person else ()

    @cached_property
    def rail_end(self) -> Sequence[RailEntry]:
        """The lower entries: administration by role, settings."""
        module = _module()
        return tuple(module.rail_end(self._request)) if module and self.person else ()

    @cached_property
    def phone(self) -> Mapping[str, str]:
        """Addresses of the phone's bottom bar (today, inbox, tasks, more) and of one's settings (me)."""
        module = _module()
        nowhere = dict.fromkeys(("today", "inbox", "tasks", "more", "me"), "/")
        return module.phone(self._request) if module and self.person else nowhere

    @cached_property
    def calling(self) -> RailEntry | None:
        """The entry whose count calls for the person, shown on the phone's bottom bar as well."""
        entries = (entry for section in self.rail for entry in section.entries)
        return next((entry for entry in entries if entry.count_url), None)

    @property
    def in_drawer(self) -> bool:
        """Whether this page is being shown in the side drawer."""
        return in_drawer(self._request)

    @property
    def is_folded(self) -> bool:
        """Whether the person folded the rail; a cookie, so that the first paint is right."""
        return self._request.COOKIES.get("rail") == "folded"

    @property
    def language(self) -> str:
        """The active language by Django's name."""
        return get_language() or settings.LANGUAGE_CODE

    @property
    def html_lang(self) -> str:
        """The active language for the lang attribute."""
        return HTML_LANGUAGES.get(self.language, self.language)

    @property
    def languages(self) -> Sequence[tuple[str, str]]:
        """The languages to choose from, each in its own words."""
        return settings.LANGUAGES

    @cached_property
    def theme(self) -> str:
        """light, dark or auto."""
        return _choice(self.person, "theme", THEMES, self._request.COOKIES.get("theme", ""))

    @cached_property
    def density(self) -> str:
        """compact, default or comfortable."""
        return _choice(self.person, "density", DENSITIES, "default")

    @cached_property
    def version(self) -> str:
        """The version of Opsloop."""
        return version()

    @property
    def sample_time(self) -> datetime | None:
        """The present on the clock of a sample installation; None on a real one."""
        return self._request.now if self.person and clock.is_sample() else None  # type: ignore[attr-defined]

    @property
    def request_id(self) -> str:
        """The quotable name of this request."""
        return getattr(self._request, "request_id", "")

    @property
    def htmx_headers(self) -> str:
        """The headers of every htmx request, as JSON: without the token a POST is refused."""
        return json.dumps({"X-CSRFToken": get_token(self._request)})

    @property
    def paths(self) -> Mapping[str, str]:
        """Addresses that the frame itself uses."""
        return PATHS

    @cached_property
    def login_url(self) -> str:
        """Where to log in."""
        return resolve_url(settings.LOGIN_URL)

    @cached_property
    def logout_url(self) -> str:
        """Where to log out."""
        try:
            return reverse("account_logout")
        except NoReverseMatch:
            return "/accounts/logout/"

    @cached_property
    def data(self) -> dict[str, Any]:
        """What the scripts need to know, strings in the person's language included."""
        return {
            "paths": {
                **PATHS,
                "preferences": address("web:preferences"),
                "serviceWorker": address("web:service_worker"),
                "login": self.login_url,
            },
            "person": getattr(self.person, "pk", None),
            # Where the stream of news begins, so that nothing is lost between this page and its stream.
            "newestEvent": self.person.reaches.newest_event if self.person else 0,
            "strings": strings(),
        }


def _choice(person: Any, attribute: str, allowed: Sequence[str], otherwise: str) -> str:
    value = str(getattr(person, attribute, "") or otherwise)
    return value if value in allowed else ("auto" if attribute == "theme" else "default")


def strings() -> dict[str, str]:
    """Return every sentence that a script may show, in the active language."""
    return {
        "undo": _("Undo"),
        "open": _("Open"),
        "close": _("Close"),
        "undone": _("Undone."),
        "nothingFound": _("Nothing found for “{query}”."),
        "offline": _("No connection. What you typed is kept on this device."),
        "serverError": _("The server could not finish this. Nothing was saved. Please try again."),
        "tooLong": _(
            "The server did not answer in time. Please check whether it was saved before trying again."
        ),
        "busy": _("The system is busy for a moment. Nothing was saved. Please try again."),
        "forbidden": _("You may not do this."),
        "notFound": _("This does not exist any more, or you may not see it."),
        "tooMany": _("Too many requests. Please wait a moment and try again."),
        "refused": _("This could not be done."),
        "requestId": _("Request {id}"),
        "draftRestored": _("What you had typed here was brought back."),
        "draftDiscard": _("Discard it"),
        "selected": _("{count} selected"),
        "offlineCopy": _("Offline: this page is a copy of {time}."),
        "offlineNow": _("You are offline. New tasks are kept on this device and sent later."),
        "reload": _("Load again"),
        "outboxKept": _("You are offline. This is kept on this device and sent once you are back."),
        "outboxWaiting": _("{count} to be sent"),
        "outboxSent": _("What you wrote offline was sent."),
        "outboxTitle": _("Written offline"),
        "outboxNow": _("Send now"),
        "outboxDrop": _("Discard it"),
        "outboxLeaving": _(
            "{count} written offline and not sent yet. Logging out deletes them from this device."
        ),
        "outboxLeave": _("Delete {count} and log out"),
    }
