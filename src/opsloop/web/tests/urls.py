"""Views that fail in every way a view of ours may fail, for the tests of the HTTP edge."""

from __future__ import annotations

from types import SimpleNamespace

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import render_page_or_partial, saved


class NoteForm(forms.Form):
    title = forms.CharField(label="Title")
    tone = forms.ChoiceField(label="Tone", choices=[("1", "calm"), ("2", "loud")])
    is_done = forms.BooleanField(label="Done", required=False)


NOW_STORED = {"title": "theirs", "tone": "2", "is_done": True}


class Note(SimpleNamespace):
    def __str__(self) -> str:
        return str(self.title)


def note(request: HttpRequest) -> HttpResponse:
    """A record at version 3 that everybody who read version 2 is too late for."""
    seen = versions.read_version(request)
    record = Note(pk=1, version=3, title="theirs")
    if seen != record.version:
        return versions.conflict(
            request, StaleVersion(record, expected=seen), theirs=NoteForm(initial=NOW_STORED)
        )
    return saved(request, "/style/", "Saved.", topics=["notes"], undo_url="/undo/1/")


def stale(request: HttpRequest) -> HttpResponse:
    raise StaleVersion(Note(pk=1, version=9, title="Weekly report"), expected=8)


def refused(request: HttpRequest) -> HttpResponse:
    raise Refused("The task is closed.")


def forbidden(request: HttpRequest) -> HttpResponse:
    raise Forbidden("Only the owner may do this.")


def denied(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def locked(request: HttpRequest) -> HttpResponse:
    raise OperationalError("database is locked")


def broken(request: HttpRequest) -> HttpResponse:
    raise OperationalError("no such table: note")


def now(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.now.isoformat()} {request.now.isoformat()}")  # type: ignore[attr-defined]


def page(request: HttpRequest) -> HttpResponse:
    return render_page_or_partial(request, "web/tests/page.html", "rows", {"rows": ["one", "two"]})


urlpatterns = [
    path("", include("opsloop.web.urls")),
    path("note/", note),
    path("stale/", stale),
    path("refused/", refused),
    path("forbidden/", forbidden),
    path("denied/", denied),
    path("locked/", locked),
    path("broken/", broken),
    path("now/", now),
    path("page/", page),
    path("accounts/login/", page, name="account_login"),
    path("accounts/logout/", page, name="account_logout"),
]
handler400 = "opsloop.web.errors.bad_request"
handler403 = "opsloop.web.errors.forbidden"
handler404 = "opsloop.web.errors.not_found"
handler500 = "opsloop.web.errors.server_error"
