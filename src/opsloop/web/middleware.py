"""Completes every request (time, id, person, language, zone) and turns refusals into answers."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from opsloop.records.refusals import Forbidden, NeedsConsent, Refused, StaleVersion, VersionMissing
from opsloop.web import clock, errors, versions

log = logging.getLogger("opsloop.web")
GetResponse = Callable[[HttpRequest], HttpResponseBase]
# The greatest key that a record of ours can have, in both databases.
GREATEST_KEY = 2**63 - 1
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
# What the two databases say when somebody else holds the lock or the pool is empty for too long.
_BUSY = re.compile(
    r"database is locked|database table is locked|lock timeout|deadlock detected"
    r"|PoolTimeout|too many clients|couldn't get a connection",
    re.IGNORECASE,
)


class RequestMiddleware:
    """Gives the request its time and its id, and turns what the domain raised into an answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # The one place where a request reads the clock.
        request.now = clock.now()  # type: ignore[attr-defined]
        request.request_id = _request_id(request)  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        except OperationalError as error:
            if not is_busy(error):
                raise
            response = errors.failure(request, 503)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer the refusals of the domain; let everything else become a 500."""
        if isinstance(exception, StaleVersion):
            return versions.plain_conflict(request, exception)
        if isinstance(exception, VersionMissing):
            return errors.failure(request, 428)
        if isinstance(exception, Refused):
            status = 403 if isinstance(exception, Forbidden) else 409
            response = errors.failure(request, status, reason=exception.reason)
            if isinstance(exception, NeedsConsent):
                response["X-Consent"] = exception.field
            return response
        if isinstance(exception, OperationalError) and is_busy(exception):
            log.warning("database busy at %s %s: %s", request.method, request.path, exception)
            return errors.failure(request, 503)
        if isinstance(exception, IntegrityError) and is_clash(exception):
            log.warning("clash at %s %s: %s", request.method, request.path, exception)
            reason = _("Somebody else saved the same at the same moment. Reload the page to see it.")
            return errors.failure(request, 409, reason=reason)
        return None


def is_busy(error: BaseException) -> bool:
    """Whether a database error means "later", not "never"."""
    return bool(_BUSY.search(f"{type(error.__cause__).__name__} {error}"))


def is_clash(error: BaseException) -> bool:
    """Whether two requests stored the same unique value, each having found it free."""
    return type(error.__cause__).__name__ == "UniqueViolation" or "UNIQUE constraint" in str(error)


def _request_id(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex[:12]


class StorableMiddleware:
    """Refuses, before any view reads it, what neither database can hold: the character NUL, and keys too great.

    PostgreSQL refuses both with an error of its own, SQLite the second; no form of ours would say so better.
    Lone surrogates need no rule: decoding has replaced them already.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Any,  # noqa: ARG002 (part of Django's contract)
        arguments: Any,  # noqa: ARG002
        named: dict[str, Any],
    ) -> HttpResponse | None:
        """Answer 404 for an address that can name no record, and 400 for text with NUL."""
        for value in named.values():
            if (isinstance(value, int) and value > GREATEST_KEY) or (
                isinstance(value, str) and "\0" in value
            ):
                raise Http404
        for sent in (request.GET, request.POST):
            if any("\0" in text for name, values in sent.lists() for text in (name, *values)):
                reason = _("The text contains an invisible character (NUL) that cannot be stored. Remove it.")
                return errors.failure(request, 400, reason=reason)
        return None


class CompressionMiddleware(GZipMiddleware):
    """Compresses pages and fragments; leaves streams alone, whose events must not wait in a buffer.

    Uploaded files (`is_packed`) are left alone too: pictures and office files are compressed by themselves.

    Files of ours are compressed when they are built. Django pads the answer at random against BREACH.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress one answer if that is worth it."""
        if response.streaming or getattr(response, "is_packed", False):
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed


class PersonMiddleware:
    """Sets `request.person`, and the language and time zone that this person chose."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        person = request.user if request.user.is_authenticated else None
        request.person = person  # type: ignore[attr-defined]
        language = _language(request, person)
        with translation.override(language), timezone.override(_zone(person)):
            response = self.get_response(request)
        response["Content-Language"] = language
        if person is not None and not response.has_header("Cache-Control"):
            # Pages of a person stay out of every cache, also the one behind the Back button after log-out.
            patch_cache_control(response, no_store=True, private=True)
        return response


def _language(request: HttpRequest, person: Any) -> str:
    """Return the person's language, else the cookie's, else the browser's, else the site's."""
    known = {code for code, _name in settings.LANGUAGES}
    chosen = str(getattr(person, "language", "") or "").lower()
    if chosen in known:
        return chosen
    return translation.get_language_from_request(request)


def _zone(person: Any) -> ZoneInfo:
    try:
        return ZoneInfo(str(getattr(person, "time_zone", "") or settings.TIME_ZONE))
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)
