"""Records of talks: the list, one record, writing and filling it in, its follow-up, and its table."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.collaboration import documents, permissions, rights
from opsloop.collaboration.actions import records as actions
from opsloop.collaboration.forms.records import PEOPLE, QuickForm, RecordForm
from opsloop.collaboration.models import CollaborationRequest, CommunicationRecord
from opsloop.collaboration.queries import records as queries
from opsloop.collaboration.queries.records import Filters
from opsloop.collaboration.views.finding import open_departments
from opsloop.collaboration.views.frame import section_tabs
from opsloop.notices.views.finding import zone_here
from opsloop.organisation.forms.fields import refuse
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.paper.pdf import KIND as PDF
from opsloop.paper.pdf import pdf
from opsloop.paper.word import KIND as DOCX
from opsloop.paper.word import word
from opsloop.records.refusals import Forbidden, Refused, StaleVersion
from opsloop.web import versions
from opsloop.web.http import (
    PageRequest,
    add_toast,
    attached,
    hx_redirect,
    is_fragment,
    read_id,
    refresh,
    render_page_or_partial,
    saved,
)
from opsloop.web.versions import read_version
from opsloop.work.export import csv_lines, workbook
from opsloop.work.models import Task
from opsloop.work.views.export import KINDS

PER_PAGE = 30
# A paper of more records than this is nothing that anybody prints.
MOST_ON_PAPER = 200


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Records of talks"), reverse("collaboration:records"))]


def find(request: PageRequest, pk: int) -> CommunicationRecord:
    """Return a record that the person may see; 404 otherwise."""
    rows = queries.shown(CommunicationRecord.objects.visible_to(request.person).alive())
    found: CommunicationRecord = get_object_or_404(rows.select_related("task", "request"), pk=pk)
    return found


@login_required
@require_GET
def records(request: PageRequest) -> HttpResponse:
    """Show the records of talks between departments, narrowed as the address says."""
    filters = Filters.read(request.GET)
    rows = queries.listed(request.person, filters, at=request.now, zone=zone_here())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rail_name": "collaboration",
        "tabs": section_tabs(request, "records"),
        "filters": filters,
        "page": page,
        "lines": queries.lines(page.object_list, request.now),
        "standings": queries.STANDINGS.items(),
        "whose": queries.WHOSE.items(),
        "departments": open_departments(),
        "hours": queries.hours_to_fill(),
        "asked": request.GET.urlencode(),
        "may_write": permissions.can(rights.check_can_record, request.person),
        "may_export": request.person.may(Permission.TABLES_EXPORT),
    }
    return render_page_or_partial(request, "collaboration/records.html", "rows", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def new(request: PageRequest) -> HttpResponse:
    """Put a talk on record in three fields; `?request=` names the request it was about."""
    rights.check_can_record(request.person)
    about = _about(request)
    initial: dict[str, Any] = {"talked_at": request.now.replace(second=0, microsecond=0)}
    if about is not None:
        initial |= {"matter": about.title, "to_departments": _other_side(about, request.person)}
    data = request.POST if request.method == "POST" else None
    form = QuickForm(data, departments=open_departments(), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.write(
                values=form.values(), to_departments=list(form.cleaned_data["to_departments"]), by=request.person,
                at=request.now, request=about,
            )  # fmt: skip
        except Refused as refused:
            refuse(form, refused)
        else:
            to = reverse("collaboration:record", args=[made.pk])
            text = _("%(number)s was put down. Fill in the resolution within %(hours)s hours.")
            said = text % {"number": made.number, "hours": queries.hours_to_fill()}
            return saved(request, to, said, topics=["records"], link=to, link_text=_("Fill it in now"))
    context = {
        "rail_name": "collaboration", "crumbs": _crumbs(), "form": form, "about": about,
        "hours": queries.hours_to_fill(),
    }  # fmt: skip
    return render(request, "collaboration/record_new.html", context, status=422 if form.errors else 200)


def _about(request: PageRequest) -> CollaborationRequest | None:
    wanted = read_id(request.GET.get("request"))
    if not wanted:
        return None
    return CollaborationRequest.objects.visible_to(request.person).filter(pk=wanted).first()


def _other_side(about: CollaborationRequest, person: Person) -> list[int]:
    sides = (about.from_department_id, about.to_department_id)
    return [pk for pk in sides if pk is not None and pk != person.department_id]


@login_required
@require_GET
def record(request: PageRequest, pk: int) -> HttpResponse:
    """Show a record as the table of the methodology has it."""
    found = find(request, pk)
    task = Task.objects.visible_to(request.person).alive().filter(pk=found.task_id or 0).first()
    about = CollaborationRequest.objects.visible_to(request.person).filter(pk=found.request_id or 0).first()
    context = {
        "rail_name": "collaboration",
        "crumbs": _crumbs(),
        "record": found,
        "standing": queries.standing(found, request.now),
        "others": queries.names_of(found),
        "task": task,
        "about": about,
        "hours": queries.hours_to_fill(),
        "may_write": permissions.can(rights.check_can_write, found, request.person),
        "may_bin": permissions.can(rights.check_can_bin, found, request.person),
        "may_follow_up": permissions.can(rights.check_can_follow_up, found, request.person),
        "may_export": request.person.may(Permission.TABLES_EXPORT),
        "is_owed_late": bool(found.fill_due_at and found.fill_due_at < request.now),
    }
    return render_page_or_partial(request, "collaboration/record.html", "record-body", context)


@login_required
@require_GET
def records_of(request: PageRequest, pk: int) -> HttpResponse:
    """Show the records of talks about one request, as a part of its page."""
    about = get_object_or_404(CollaborationRequest.objects.visible_to(request.person), pk=pk)
    if not is_fragment(request):
        return redirect("collaboration:request", pk)
    rows = queries.shown(CommunicationRecord.objects.visible_to(request.person).alive().filter(request=about))
    context = {
        "about": about,
        "lines": queries.lines(rows, request.now),
        "may_write": permissions.can(rights.check_can_record, request.person),
    }
    return render(request, "collaboration/parts/records_of.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Fill in or change a record."""
    found = find(request, pk)
    rights.check_can_write(found, request.person)
    departments = open_departments()
    form = RecordForm(
        request.POST if request.method == "POST" else None, record=found, departments=departments
    )
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid():
            try:
                actions.change(
                    record=found, values=form.values(), to_departments=list(form.cleaned_data["to_departments"]),
                    by=request.person, at=request.now, version=seen,
                )  # fmt: skip
            except StaleVersion as stale:
                theirs = RecordForm(record=stale.record, departments=departments)
                return versions.conflict(request, stale, theirs=theirs)
            except Refused as refused:
                refuse(form, refused)
            else:
                to = reverse("collaboration:record", args=[pk])
                topics = ["records", f"record:{pk}"]
                return saved(request, to, _("The record was saved."), topics=topics)
    if request.method == "GET":
        _suggest_outcome(request, form, found)
    context = {
        "rail_name": "collaboration", "crumbs": _crumbs(), "form": form, "record": found,
        "people": Person.objects.active().only("name"), "people_id": PEOPLE,
    }  # fmt: skip
    return render(request, "collaboration/record_edit.html", context, status=422 if form.errors else 200)


def _suggest_outcome(request: PageRequest, form: RecordForm, found: CommunicationRecord) -> None:
    """Begin what was actually done with the task's own note, once the task is closed."""
    if found.outcome or found.task is None or found.task.closed_at is None:
        return
    task = Task.objects.visible_to(request.person).filter(pk=found.task_id or 0).first()
    if task is None or task.closed_at is None:
        return
    day = f"{timezone.localtime(task.closed_at):%Y-%m-%d}"
    form.initial["outcome"] = _("Done on %(day)s: %(title)s (%(number)s).") % {
        "day": day, "title": task.title, "number": task.number,
    }  # fmt: skip


@login_required
@require_POST
@once
def follow_up(request: PageRequest, pk: int) -> HttpResponse:
    """Make what was resolved a task of who follows it up."""
    found = find(request, pk)
    seen = read_version(request)
    try:
        task = actions.follow_up(record=found, by=request.person, at=request.now, version=seen)
    except StaleVersion as stale:
        return versions.plain_conflict(request, stale)
    to = reverse("collaboration:record", args=[pk])
    text = _("%(name)s has the task %(number)s now.") % {"name": task.owner, "number": task.number}
    return _done(request, to, text, pk, link=reverse("work:task", args=[task.pk]), link_text=_("Open"))


@login_required
@require_POST
@once
def removal(request: PageRequest, pk: int) -> HttpResponse:
    """Put a record into the recycle bin."""
    found = find(request, pk)
    seen = read_version(request)
    try:
        undo = actions.put_in_bin(record=found, by=request.person, at=request.now, version=seen)
    except StaleVersion as stale:
        return versions.plain_conflict(request, stale)
    response = hx_redirect(request, reverse("collaboration:records"))
    undo_url = reverse("activity:undo", args=[undo.pk])
    return add_toast(response, _("The record is in the recycle bin."), undo_url=undo_url)


def _done(
    request: PageRequest, to: str, text: str, pk: int, *, link: str = "", link_text: str = ""
) -> HttpResponse:
    if request.headers.get("HX-Request") != "true":
        return saved(request, to, text)
    response = add_toast(HttpResponse(status=204), text, link=link, link_text=link_text)
    return refresh(response, f"record:{pk}", "records", "tasks")


@login_required
@require_GET
def file(request: PageRequest, pk: int) -> HttpResponse:
    """Hand one record out as a Word document, or (by default) as a PDF."""
    found = find(request, pk)
    _check_export(request)
    paper = documents.paper(
        [found], title=_("Record of a talk between departments"), language=get_language() or "zh-hans"
    )
    return _as_paper(request, paper, found.number, request.GET.get("format", "pdf"))


@login_required
@require_GET
def table_out(request: PageRequest, kind: str) -> HttpResponseBase:
    """Hand the filtered records out: as a table (csv, xlsx ready for A4) or as papers (docx, pdf)."""
    if kind not in {*KINDS, "docx", "pdf"}:
        raise Http404
    _check_export(request)
    rows = queries.listed(request.person, Filters.read(request.GET), at=request.now, zone=zone_here())
    name = _("Records of talks")
    full = f"{name}-{timezone.localtime(request.now):%Y%m%d}"
    if kind in KINDS:
        cells = queries.cells(rows[: queries.MOST_IN_FILE])
        response: HttpResponseBase
        if kind == "csv":
            response = StreamingHttpResponse(
                csv_lines(queries.columns(), cells, zone_here()), content_type=KINDS[kind]
            )
        else:
            book = workbook(queries.columns(), cells, zone_here(), title=name, for_print=True)
            response = HttpResponse(book, content_type=KINDS[kind])
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{full}.{kind}')}"
        return response
    found = list(rows[:MOST_ON_PAPER])
    paper = documents.paper(found, title=name, language=get_language() or "zh-hans")
    return _as_paper(request, paper, full, kind)


def _check_export(request: PageRequest) -> None:
    if not request.person.may(Permission.TABLES_EXPORT):
        raise Forbidden(_("Your role does not allow exporting tables."))


def _as_paper(request: PageRequest, paper: Any, name: str, kind: str) -> HttpResponse:
    if kind == "docx":
        return attached(f"{name}.docx", DOCX, word(paper))
    return attached(f"{name}.pdf", PDF, pdf(paper, at=request.now))
