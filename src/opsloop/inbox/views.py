"""The inbox: three groups, and everything one does with a row without leaving them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.models import Undo
from opsloop.activity.submissions import once
from opsloop.discussion.actions import comments
from opsloop.discussion.models import Comment, Subject
from opsloop.discussion.queries.subjects import load
from opsloop.inbox import actions, queries
from opsloop.inbox.models import Lane, Notification
from opsloop.inbox.queries import Filters
from opsloop.inbox.reasons import TOPICS, reason_of
from opsloop.inbox.snoozing import choices
from opsloop.records.refusals import Refused
from opsloop.web.http import (
    PageRequest,
    add_toast,
    is_fragment,
    read_id,
    refresh,
    render_page_or_partial,
)

BOXES = ("inbox", "later", "done")
# A form that names more rows than a page shows was not made by the page.
MOST = 2000


@login_required
@require_GET
def inbox(request: PageRequest) -> HttpResponse:
    """Show the inbox, one group of it, what was put off, or what is done."""
    box = request.GET.get("box", "inbox")
    lane = {"act": Lane.ACT, "named": Lane.NAMED, "know": Lane.KNOW}.get(request.GET.get("group", ""))
    page = min(read_id(request.GET.get("page")) or 1, 10_000)
    filters = _filters(request)
    context: dict[str, Any] = {
        "rail_name": "inbox",
        "box": box if box in BOXES else "inbox",
        "filters": filters,
        "chips": _chips(request, filters),
        "clear_url": reverse("inbox:inbox"),
        "topics": TOPICS.items(),
        "projects": queries.named_projects(request.person),
        "page": page,
        "lane": lane,
        "tabs": _tabs(box),
    }
    context["groups"] = _groups(request, context["box"], lane, filters, page)
    context["is_empty"] = not any(group.rows for group in context["groups"]) and page == 1
    asked = {name: str(value) for name, value in request.GET.items()}
    context["next_url"] = f"?{urlencode(asked | {'page': str(page + 1)})}"
    return render_page_or_partial(request, "inbox/inbox.html", "inbox", context)


def _groups(
    request: PageRequest, box: str, lane: Lane | None, filters: Filters, page: int
) -> list[queries.Group]:
    if box == "later":
        return [queries.put_off(request.person, at=request.now, page=page)]
    if box == "done":
        return [queries.finished(request.person, page=page)]
    if lane is not None:
        return [queries.one_group(request.person, lane, filters, at=request.now, page=page)]
    return queries.groups(request.person, filters, at=request.now)


def _filters(request: PageRequest) -> Filters:
    topic = request.GET.get("topic", "")
    return Filters(topic if topic in TOPICS else "", read_id(request.GET.get("project")) or 0)


def _chips(request: PageRequest, filters: Filters) -> list[dict[str, str]]:
    chips = []
    if filters.topic:
        label = str(TOPICS[filters.topic].label)
        chips.append({"key": _("About"), "text": label, "remove_url": _without(request, "topic")})
    if filters.project:
        project = queries.project_named(request.person, filters.project)
        chips.append({"key": _("Project"), "text": project, "remove_url": _without(request, "project")})
    return chips


def _without(request: PageRequest, name: str) -> str:
    kept = {key: str(value) for key, value in request.GET.items() if key not in {name, "page"}}
    return f"{reverse('inbox:inbox')}?{urlencode(kept)}"


def _tabs(box: str) -> list[dict[str, Any]]:
    labels = (("inbox", _("Inbox")), ("later", pgettext("inbox", "Put off")), ("done", _("Finished")))
    return [
        {
            "label": label,
            "url": reverse("inbox:inbox") + (f"?box={name}" if name != "inbox" else ""),
            "current": name == box or (name == "inbox" and box not in BOXES),
            "count": None,
        }
        for name, label in labels
    ]


@login_required
@require_GET
def count(request: PageRequest) -> HttpResponse:
    """Show how many call for the person: the badge of the rail and of the phone's bottom bar."""
    number = queries.calling(request.person, at=request.now)
    if not is_fragment(request):
        return redirect("inbox:inbox")
    return render(request, "web/rail_count.html", {"count": number, "count_url": reverse("inbox:count")})


@login_required
@require_GET
def waiting(request: PageRequest) -> HttpResponse:
    """Show, on Today, what has waited longest for the person."""
    if not is_fragment(request):
        return redirect("inbox:inbox")
    rows = queries.oldest_waiting(request.person, at=request.now, most=3)
    return render(request, "inbox/waiting.html", {"rows": rows})


def _ids(request: PageRequest) -> list[int]:
    """Return the rows that a form names: `selected`, each one or several keys with commas between."""
    named = [part for value in request.POST.getlist("selected") for part in value.split(",")]
    return [pk for pk in map(read_id, named[:MOST]) if pk]


def _undo_url(undo: Undo | None) -> str:
    return reverse("activity:undo", args=[undo.pk]) if undo else ""


def _said(request: PageRequest, text: str, undo: Undo | None) -> HttpResponse:
    """Answer with nothing to show: the row goes, the toast tells, the badge counts anew."""
    if not is_fragment(request):
        return redirect("inbox:inbox")
    return refresh(add_toast(HttpResponse(), text, undo_url=_undo_url(undo)), "inbox")


@login_required
@require_POST
@once
def reading(request: PageRequest) -> HttpResponse:
    """Mark rows as read: those named, or with `everything` all that the filters let through."""
    mine = Notification.objects.visible_to(request.person).waiting(at=request.now)
    if request.POST.get("everything"):
        rows = mine.filter(_filters(request).condition())
        undo = actions.read(rows=rows, by=request.person, at=request.now)
        text = _("Everything is marked as read.") if undo else _("Nothing was unread.")
        return _said(request, text, undo)
    rows = mine.filter(pk__in=_ids(request))
    undo = actions.read(rows=rows, by=request.person, at=request.now)
    if request.POST.get("quietly"):
        return refresh(HttpResponse(), "inbox")
    return _said(request, _("Marked as read.") if undo else _("Nothing was unread."), undo)


@login_required
@require_POST
def unread(request: PageRequest, pk: int) -> HttpResponse:
    """Mark a row as unread, to come back to it."""
    row = get_object_or_404(Notification.objects.visible_to(request.person), pk=pk)
    actions.unread(row=row, by=request.person)
    return _said(request, _("Marked as unread."), None)


@login_required
@require_POST
@once
def completion(request: PageRequest) -> HttpResponse:
    """Take rows out of the inbox."""
    ids = _ids(request)
    undo = actions.finish(ids=ids, by=request.person, at=request.now)
    if undo is None:
        return _said(request, _("Choose at least one row.") if not ids else _("It was done already."), None)
    done = len(undo.arguments["ids"])
    text = ngettext("Done and out of the inbox.", "%(count)s rows are out of the inbox.", done)
    return _said(request, text % {"count": done}, undo)


@login_required
@require_http_methods(["GET", "POST"])
@once
def snooze(request: PageRequest) -> HttpResponse:
    """Show until when rows can be put off (GET), or put them off (POST)."""
    found = choices(request.now)
    if request.method == "GET":
        if not is_fragment(request):
            return redirect("inbox:inbox")
        ids = request.GET.get("selected", "")
        return render(request, "inbox/snooze.html", {"choices": found, "ids": ids})
    choice = next((one for one in found if one.name == request.POST.get("until")), None)
    if choice is None:
        raise Refused(
            _("Choose until when: later, tomorrow, the next working day or next week."), field="until"
        )
    undo = actions.snooze(ids=_ids(request), until=choice.until, by=request.person, at=request.now)
    text = _("It comes back on %(when)s.") % {"when": f"{choice.until:%m-%d %H:%M}"}
    return _said(request, text if undo else _("Choose at least one row."), undo)


@login_required
@require_http_methods(["GET", "POST"])
@once
def reply(request: PageRequest, pk: int) -> HttpResponse:
    """Show the form to answer a comment in place (GET), or answer it and take the row out (POST)."""
    rows = Notification.objects.visible_to(request.person).select_related("event")
    row = get_object_or_404(rows, pk=pk)
    subject, comment = _talk_of(request, row)
    context = {
        "row": row,
        "subject": subject,
        "kind": row.subject_kind,
        "comment": comment,
        "error": "",
        "text": "",
    }
    if request.method == "GET":
        if not is_fragment(request):
            return redirect("inbox:inbox")
        return render(request, "inbox/reply.html", context)
    text = request.POST.get("text", "")
    try:
        comments.add(subject=subject, text=text, reply_to=comment, by=request.person, at=request.now)
    except Refused as refused:
        if not is_fragment(request):
            raise
        context |= {"error": refused.reason, "text": text}
        return render(request, "inbox/reply.html", context, status=422)
    ids = [*_ids(request), row.pk]
    undo = actions.finish(ids=ids, by=request.person, at=request.now)
    return _said(request, _("Answered and out of the inbox."), undo)


def _talk_of(request: PageRequest, row: Notification) -> tuple[Subject, Comment]:
    """Return the record of a row and the comment it tells of.

    Raises:
        Refused: the comment has been deleted, or the row tells of none.
    """
    subject = load(row.subject_kind, row.subject_id, request.person)
    wanted = row.event.changes.get("comment", 0) if reason_of(row.reason).is_talk else 0
    comment = Comment.objects.alive().filter(pk=wanted).select_related("author", "reply_to").first()
    if subject is None or comment is None:
        raise Refused(_("There is no comment to answer any more."))
    return subject, comment
