"""The minutes: as they will go out, as they went out, what a correction changed; sent, and as files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.meetings import holding_permissions as permissions
from opsloop.meetings import minutes_paper
from opsloop.meetings.actions import minuting
from opsloop.meetings.holding_forms import WhyForm
from opsloop.meetings.models import Minutes, MinutesEdition
from opsloop.meetings.queries import minutes as queries
from opsloop.meetings.queries import running
from opsloop.meetings.ruling import rules
from opsloop.meetings.views.finding import RELATED, crumbs, page_of
from opsloop.paper.markdown import KIND as MARKDOWN
from opsloop.paper.markdown import markdown
from opsloop.paper.pdf import KIND as PDF
from opsloop.paper.pdf import pdf
from opsloop.paper.word import KIND as DOCX
from opsloop.paper.word import word
from opsloop.records.refusals import Refused
from opsloop.web.http import (
    PageRequest,
    add_toast,
    attached,
    hx_redirect,
    render_page_or_partial,
    saved,
)
from opsloop.web.versions import read_version


def _find(request: PageRequest, pk: int) -> Minutes:
    """Return the minutes that the person may read; 404 otherwise. One query."""
    related = [f"meeting__{name}" for name in RELATED]
    rows = Minutes.objects.visible_to(request.person).select_related(*related)
    found: Minutes = get_object_or_404(rows, pk=pk)
    return found


def _page(pk: int) -> str:
    return reverse("meetings:minutes", args=[pk])


@login_required
@require_GET
def minutes(request: PageRequest, pk: int) -> HttpResponse:
    """Show the minutes: to who writes them as they will go out, to others as they went out."""
    found = _find(request, pk)
    return render_page_or_partial(request, "meetings/minutes.html", "minutes", _context(request, found))


def _context(request: PageRequest, found: Minutes, why: WhyForm | None = None) -> dict[str, Any]:
    meeting, person = found.meeting, request.person
    writes = permissions.writes(meeting, person)
    told = queries.history(meeting)
    is_open = found.state != Minutes.State.SENT
    # Who does not write reads what went out, also while a correction is written.
    shows_draft = is_open and (writes or not told)
    content = queries.content_of(meeting) if shows_draft else told[0].edition.content
    items = running.items_of(meeting)
    agreed = rules()
    checks = {
        "may_write": permissions.check_can_write,
        "may_hand_over": permissions.check_can_hand_over,
        "may_return": permissions.check_can_return,
        "may_send": permissions.check_can_send,
        "may_correct": permissions.check_can_correct,
    }
    return {
        "rail_name": "meetings",
        "crumbs": crumbs((str(meeting), page_of(meeting.pk))),
        "meeting": meeting,
        "minutes": found,
        "writes": writes,
        "content": content,
        "facts": minutes_paper.facts(content),
        "is_draft": shows_draft,
        "history": told,
        "items": [item for item in items if item.state != "noted"],
        "gaps": running.gaps(items) if is_open and writes else [],
        "why": why or WhyForm(label=_("Why they are corrected")),
        "rules": agreed,
        "is_late": found.sent_at is None and found.due_at is not None and found.due_at < request.now,
        **{name: permissions.can(check, meeting, found, person) for name, check in checks.items()},
    }


@login_required
@require_POST
@once
def handing_over(request: PageRequest, pk: int) -> HttpResponse:
    """Hand the minutes to the host."""
    return _move(request, pk, minuting.hand_over, _("The host has the minutes now."))


@login_required
@require_POST
@once
def correction(request: PageRequest, pk: int) -> HttpResponse:
    """Open minutes that are out for a correction."""
    return _move(request, pk, minuting.reopen, _("You can write a corrected edition now."))


def _move(request: PageRequest, pk: int, verb: Callable[..., Minutes], text: str) -> HttpResponse:
    verb(minutes=_find(request, pk), by=request.person, at=request.now, version=read_version(request))
    return add_toast(hx_redirect(request, _page(pk)), text)


@login_required
@require_http_methods(["GET", "POST"])
@once
def return_(request: PageRequest, pk: int) -> HttpResponse:
    """Return the minutes to who wrote them, with a remark."""
    found = _find(request, pk)
    permissions.check_can_return(found.meeting, found, request.person)
    form = WhyForm(
        request.POST if request.method == "POST" else None,
        label=_("What is to be mended"), help_text=_("Who wrote them reads it."),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            minuting.give_back(
                minutes=found, **form.cleaned_data, by=request.person, at=request.now, version=read_version(request)
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        else:
            return saved(request, _page(pk), _("The minutes were returned."), topics=[f"minutes:{pk}"])
    context = {"rail_name": "meetings", "minutes": found, "meeting": found.meeting, "form": form}
    return render(request, "meetings/return.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@once
def sending(request: PageRequest, pk: int) -> HttpResponse:
    """Send the minutes; what keeps them is shown on their page."""
    found = _find(request, pk)
    form = WhyForm(request.POST, label=_("Why they are corrected"))
    version = read_version(request)
    if form.is_valid():
        try:
            minuting.send(
                minutes=found, why=form.cleaned_data["why"], by=request.person, at=request.now, version=version
            )  # fmt: skip
        except Refused as refused:
            if refused.field != "why":
                raise
            form.refuse(refused)
        else:
            return add_toast(hx_redirect(request, _page(pk)), _("The minutes are on their way."))
    return render(request, "meetings/minutes.html", _context(request, found, form), status=422)


@login_required
@require_GET
def edition(request: PageRequest, pk: int, number: int) -> HttpResponse:
    """Show one edition as it went out, and what it changed."""
    found = _find(request, pk)
    told = next((one for one in queries.history(found.meeting) if one.edition.number == number), None)
    if told is None:
        raise Http404
    content = told.edition.content
    context = {
        "rail_name": "meetings",
        "crumbs": crumbs((str(found), _page(pk))),
        "minutes": found,
        "told": told,
        "content": content,
        "facts": minutes_paper.facts(content),
    }
    return render(request, "meetings/edition.html", context)


@login_required
@require_GET
def file(request: PageRequest, pk: int) -> HttpResponse:
    """Hand the minutes out as PDF, Word or Markdown (`?format=`), the newest edition or `?edition=`."""
    found = _find(request, pk)
    rows = MinutesEdition.objects.filter(meeting=found.meeting)
    wanted = request.GET.get("edition", "")
    row = (
        get_object_or_404(rows, number=int(wanted))
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 5
        else rows.order_by("-number").first()
    )
    if row is None and not permissions.writes(found.meeting, request.person):
        raise Http404
    content = row.content if row else queries.content_of(found.meeting)
    number, why = (row.number, row.why) if row else (0, "")
    paper = minutes_paper.paper(content, edition=number, why=why, language=get_language() or "zh-hans")
    name, site = minutes_paper.name_of(content, number), request.build_absolute_uri("/").rstrip("/")
    if request.GET.get("format") == "docx":
        return attached(f"{name}.docx", DOCX, word(paper, site=site))
    if request.GET.get("format") == "md":
        return attached(f"{name}.md", MARKDOWN, markdown(paper, site=site).encode())
    return attached(f"{name}.pdf", PDF, pdf(paper, at=request.now, site=site))
