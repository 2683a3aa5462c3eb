"""Pages of the frame itself: how it looks for a person, and the component library for those who build it."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from opsloop.web import samples
from opsloop.web.frame import DENSITIES, THEMES
from opsloop.web.http import PageRequest, add_toast, hx_refresh, safe_next

YEAR = 365 * 24 * 3600


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember language, theme or density: with the person, or in a cookie before log-in."""
    chosen = _chosen(request)
    response = hx_refresh(request, safe_next(request))
    if request.user.is_authenticated:
        for name, value in chosen.items():
            setattr(request.user, name, value)
        request.user.save(update_fields=sorted(chosen))
    if "language" in chosen:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen["language"], max_age=YEAR, samesite="Lax")
    if "theme" in chosen:
        # The log-in page has no person yet and should not flash white at somebody who chose dark.
        response.set_cookie("theme", chosen["theme"], max_age=YEAR, samesite="Lax")
    return response


def _chosen(request: HttpRequest) -> dict[str, str]:
    allowed = {
        "language": [code for code, _name in settings.LANGUAGES],
        "theme": THEMES,
        "density": DENSITIES,
    }
    return {
        name: value for name, values in allowed.items() if (value := request.POST.get(name, "")) in values
    }


def for_developers(view: Any) -> Any:
    """Hide a page unless settings say that this site is for those who build Opsloop."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (settings.DEBUG or settings.OPSLOOP_DEVELOPER):
            raise Http404
        response: HttpResponse = view(request, *args, **kwargs)
        return response

    return wrapper


@require_GET
@for_developers
def style(request: PageRequest) -> HttpResponse:
    """The component library, state by state."""
    return render(request, "web/style.html", samples.context(request.now))


@require_GET
@for_developers
def style_drawer(request: PageRequest) -> HttpResponse:
    """A page that also works in the side drawer."""
    return render(
        request, "web/style_drawer.html", {**samples.context(request.now), "form": samples.SampleForm()}
    )


@require_POST
@for_developers
def style_toast(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """A toast with undo; its undo address is itself."""
    here, drawer = reverse("web:style_toast"), reverse("web:style_drawer")
    return add_toast(HttpResponse(status=204), "已创建", undo_url=here, link=drawer)
