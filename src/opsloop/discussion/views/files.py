"""Files of a subject or holder: adding, fetching, looking at and deleting them. Each request asks for access anew."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.discussion.actions import files as actions
from opsloop.discussion.models import Attachment, Beside
from opsloop.discussion.views.answers import files_context, find_place, page_with, refusal, undo_url
from opsloop.engines.filetypes import decode
from opsloop.records.refusals import Refused
from opsloop.web.http import PageRequest, add_toast, is_fragment, refresh

logger = logging.getLogger("opsloop.files")
# The policy of a file: whatever a browser makes of it, it neither runs nor loads anything.
NOTHING = "; ".join([
    *(f"{name}-src 'none'" for name in ("default", "script", "style", "object")),
    "base-uri 'none'", "frame-ancestors 'none'", "sandbox",
])  # fmt: skip
# So much of a text file is shown; the whole of it can be fetched.
GLANCE = 20_000
# What a browser may show by itself, by the type we found and never by what was sent with the file.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@login_required
@require_http_methods(["GET", "POST"])
@once
def files(request: PageRequest, kind: str, pk: int) -> HttpResponse:
    """Show the files of a subject or holder (GET), or add some (POST `files`, several)."""
    place = find_place(kind, pk, request.person)
    if request.method == "GET":
        return _show(request, place) if is_fragment(request) else redirect(page_with(place))
    try:
        done = actions.attach(
            place=place, uploads=request.FILES.getlist("files"), by=request.person, at=request.now
        )
    except Refused as refused:
        if not is_fragment(request):
            raise
        return refusal(request, place, refused, "files-error")
    if not is_fragment(request):
        if done.refused:
            raise Refused(" ".join(done.refused))
        return redirect(page_with(place))
    return _added(request, place, done)


def _added(request: PageRequest, place: Beside, done: actions.Attached) -> HttpResponse:
    """Answer an upload: the list with what is new, and a sentence for each file that was refused."""
    if not done.files:
        return _show(request, place, refused=done.refused, status=422)
    text = ngettext("%(count)s file added.", "%(count)s files added.", len(done.files))
    sentences = [text % {"count": len(done.files)}, *done.refused]
    # In a toast: the list itself is about to refresh with the news of this upload.
    response = add_toast(_show(request, place), "\n".join(sentences), error=bool(done.refused))
    return refresh(response, f"watch:{place.kind}:{place.record.pk}")


def _show(request: PageRequest, place: Beside, *, refused: Any = (), status: int = 200) -> HttpResponse:
    context = files_context(place, request.person) | {"refused": refused}
    return render(request, "discussion/files.html", context, status=status)


def _find(request: PageRequest, pk: int) -> tuple[Attachment, Beside]:
    """Return a file that the person may see now; 404 otherwise, also when what it lies beside is in the bin."""
    found: Attachment | None = Attachment.objects.alive().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found, find_place(found.kind, found.subject_id, request.person)


@login_required
@require_GET
def download(request: PageRequest, pk: int) -> HttpResponse:
    """Hand out a file, always to be stored and never to be shown."""
    row, _place = _find(request, pk)
    logger.info("file %s fetched by %s (request %s)", row.pk, request.person.pk, request.request_id)
    return _sent(row, row.media_type, as_attachment=True)


@login_required
@require_GET
def picture(request: PageRequest, pk: int) -> HttpResponse:
    """Show a picture on the page. Only the four kinds that hold pixels and nothing else."""
    row, _place = _find(request, pk)
    if row.shown_as != "image" or row.media_type not in PICTURES:
        raise Http404
    return _sent(row, row.media_type, as_attachment=False)


def _sent(row: Attachment, media_type: str, *, as_attachment: bool) -> HttpResponse:
    """Answer with the bytes of a file. It is read whole: its size has a limit, and ASGI would gather it anyway."""
    try:
        content = row.path.read_bytes()
    except OSError as error:
        logger.exception("the bytes of file %s are missing", row.pk)
        raise Http404 from error
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    response = HttpResponse(content, content_type=f"{media_type}{charset}")
    # RFC 6266, Chinese included.
    disposition = content_disposition_header(as_attachment, row.name) or ""
    response["Content-Disposition"] = disposition
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    response["Content-Security-Policy"] = NOTHING
    response.is_packed = True  # type: ignore[attr-defined]
    return response


@login_required
@require_GET
def text(request: PageRequest, pk: int) -> HttpResponse:
    """Show how a text file begins."""
    row, _place = _find(request, pk)
    if row.shown_as != "text":
        raise Http404
    try:
        with row.path.open("rb") as source:
            head = source.read(GLANCE)
    except OSError as error:
        raise Http404 from error
    context = {
        "file": row,
        "content": decode(head, is_cut=True) or "",
        "is_cut": row.size > GLANCE,
        "rail_name": "",
    }
    return render(request, "discussion/text.html", context)


@login_required
@require_POST
def bin(request: PageRequest, pk: int) -> HttpResponse:  # noqa: A001 (the address says bin)
    """Delete a file; the toast brings it back."""
    row, place = _find(request, pk)
    undo = actions.put_in_bin(attachment=row, by=request.person, at=request.now)
    if not is_fragment(request):
        return redirect(page_with(place))
    gone = _("“%(name)s” was deleted.") % {"name": row.name}
    return add_toast(_show(request, place), gone, undo_url=undo_url(undo))
