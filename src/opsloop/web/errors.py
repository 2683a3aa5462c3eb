"""What a person reads when a request fails: a whole sentence, what was saved, the next step, the request id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Failure:
    """How one status is explained: heading, sentence, icon."""

    title: Any
    text: Any
    icon: str


FAILURES = {
    400: Failure(
        _("This request cannot be read"),
        _("Part of it is missing or damaged. Nothing was saved. Please go back and try again."),
        "error",
    ),
    403: Failure(
        _("You may not do this"),
        _(
            "Your role does not allow it. Nothing was changed. Ask your lead or an administrator if "
            "you need it."
        ),
        "forbidden",
    ),
    404: Failure(
        _("There is nothing here"),
        _(
            "It was deleted or moved, or it was not shared with you. Deleted things stay in the "
            "recycle bin for 30 days."
        ),
        "not-found",
    ),
    409: Failure(
        _("This is not possible now"),
        _("The current state does not allow it. Nothing was changed."),
        "block",
    ),
    412: Failure(
        _("Somebody else was faster"),
        _("This was changed after you had opened it. Nothing of yours was lost."),
        "history",
    ),
    428: Failure(
        _("Please reload the page"),
        _("The page did not say which version it had shown. Nothing was saved."),
        "refresh",
    ),
    429: Failure(
        _("Too many requests"),
        _("Please wait a moment and try again. Nothing was saved."),
        "clock",
    ),
    500: Failure(
        _("Something went wrong on our side"),
        _(
            "The error was recorded. What you had saved before is safe. Please try again, and quote "
            "the request id if it happens again."
        ),
        "error",
    ),
    503: Failure(
        _("The system is busy for a moment"),
        _("Nothing was saved by this request. Please try again in a few seconds."),
        "clock",
    ),
}


def failure(request: HttpRequest, status: int, *, reason: str = "") -> HttpResponse:
    """Answer with the error page of `status`; `reason`, a whole sentence, takes the place of the general one.

    htmx swaps none of these answers: it shows the sentence in a toast, so the page and all that was typed
    stays as it is.
    """
    known = FAILURES.get(status, FAILURES[500])
    text = reason or str(known.text)
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    else:
        response = render(
            request, "web/error.html", {"failure": known, "text": text, "status": status}, status=status
        )
    response["X-Error"] = quote(text)
    if status == 503:
        response["Retry-After"] = "2"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Handler of 400."""
    return failure(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Handler of 403."""
    return failure(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Handler of 404."""
    return failure(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Handler of 500: must not fail itself, so a bare answer stands behind the page."""
    try:
        return failure(request, 500)
    except Exception:
        return HttpResponse("500", status=500, content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Explain a missing or old CSRF token: nearly always a page left open over a log-out."""
    text = _("This page is too old to be sent. Please reload it and send it again; nothing was saved.")
    return failure(request, 403, reason=str(text))
