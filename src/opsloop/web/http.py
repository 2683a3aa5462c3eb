"""What views share at the HTTP edge: the typed request, pages and their fragments, htmx answers, toasts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails


class PageRequest(HttpRequest):
    """The request as our middleware completes it.

    `now`: the aware time of the request, the same for everything it does.
    `person`: who asks; only behind a log-in.
    `request_id`: quotable name of this request, also in the log and on error pages.
    """

    now: datetime
    person: Any
    request_id: str
    htmx: HtmxDetails


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page (and not for the body, or for history restored by Back)."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Request-Type") != "full"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def target_id(request: HttpRequest) -> str:
    """Return the id of the element that htmx will fill, or "". htmx 4 sends `tag#id`."""
    return unquote(request.headers.get("HX-Target", "").partition("#")[2])


def in_drawer(request: HttpRequest) -> bool:
    """Whether the answer goes into the side drawer."""
    return is_fragment(request) and target_id(request) == "drawer-content"


def wants_frame(request: HttpRequest) -> bool:
    """Whether the answer needs rail and top bar around its content."""
    return not (is_fragment(request) and target_id(request) in {"drawer-content", "main"})


def render_page_or_partial(
    request: HttpRequest,
    template: str,
    partial: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Answer with the whole page, or with `template#partial` when htmx asks for the element of that id.

    In the template: `{% partialdef rows inline %}<div id="rows">…</div>{% endpartialdef %}`; the id of the
    element is the name of the partial. For the side drawer and for #main, base.html leaves the frame away
    by itself.
    """
    wants_part = is_fragment(request) and target_id(request) == partial
    name = f"{template}#{partial}" if wants_part else template
    response = render(request, name, dict(context or {}), status=status)
    response["Vary"] = ", ".join(filter(None, [response.get("Vary"), "HX-Request", "HX-Target"]))
    return response


def hx_redirect(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser on to `url`: by header for htmx, by 303 otherwise, so that Reload posts nothing twice."""
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url, status=303)


def hx_refresh(request: HttpRequest, fallback: str) -> HttpResponse:
    """Reload the page that asked; without htmx, go to `fallback`."""
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return HttpResponseRedirect(fallback, status=303)


def add_trigger(response: HttpResponse, name: str, detail: Mapping[str, Any] | None = None) -> HttpResponse:
    """Make the browser dispatch the DOM event `name` after an htmx answer, beside those already named."""
    triggers = json.loads(response.get("HX-Trigger", "{}"))
    triggers[name] = dict(detail or {})
    response["HX-Trigger"] = json.dumps(triggers)  # ASCII: headers are no place for 汉字
    return response


def add_toast(
    response: HttpResponse,
    text: str,
    *,
    undo_url: str = "",
    link: str = "",
    link_text: str = "",
    error: bool = False,
) -> HttpResponse:
    """Show `text` for 10 seconds after an htmx answer, with 撤销 (POST to `undo_url`) and a link when given.

    On an answer that moves to another page the toast is kept by the browser and shown there.
    """
    detail = {"text": text, "undo": undo_url, "link": link, "linkText": link_text, "error": error}
    return add_trigger(response, "toast", detail)


def refresh(response: HttpResponse, *topics: str) -> HttpResponse:
    """Refresh, in the browser that acted, what shows these topics (`data-live="task:12"`, `data-live="tasks"`).

    Every other browser hears of the change by the live stream.
    """
    return add_trigger(response, "live", {"topics": list(topics)})


def saved(
    request: HttpRequest,
    to: str,
    text: str,
    *,
    topics: Sequence[str] = (),
    undo_url: str = "",
    link: str = "",
    link_text: str = "",
) -> HttpResponse:
    """Answer a form that was saved, wherever it stood, and say so with `text`.

    In the side drawer: close it, show the toast, refresh `topics` on the page behind. On a page of its own:
    go on `to`, where the toast appears.
    """
    if not in_drawer(request):
        response = hx_redirect(request, to)
        if request.headers.get("HX-Request") != "true":
            messages.success(request, text, extra_tags=f"undo:{undo_url}" if undo_url else "")
            return response
    else:
        response = close_drawer(HttpResponse(status=204))
    add_toast(response, text, undo_url=undo_url, link=link, link_text=link_text)
    return refresh(response, *topics) if topics else response


def attached(name: str, kind: str, content: bytes) -> HttpResponse:
    """Answer with a file of the media type `kind` that the browser saves as `name`."""
    response = HttpResponse(content, content_type=kind)
    # RFC 6266: the plain name for old clients, the real one for all others.
    response["Content-Disposition"] = f"attachment; filename=\"table\"; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def close_drawer(response: HttpResponse) -> HttpResponse:
    """Close the side drawer after an htmx answer."""
    return add_trigger(response, "drawer:close")


def close_dialog(response: HttpResponse) -> HttpResponse:
    """Close the dialog that asked after an htmx answer."""
    return add_trigger(response, "dialog:close")


def read_id(text: str | None) -> int | None:
    """Return the key that a form or an address names, or None if it can be the key of no record."""
    # isdigit alone lets ² and ٣ pass; 18 digits fit into every column of both databases.
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """Return where the form or link wants to go next if it is on this site, else `fallback`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    return (
        wanted
        if url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure())
        else fallback
    )
