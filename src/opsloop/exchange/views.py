"""Tables in and out."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.boards.queries import sheet
from opsloop.boards.views.words import sheet_words
from opsloop.engines.sheets import Grid, Problem, TaskRow, TaskSheet
from opsloop.exchange import actions, fields, hours, matching, queries, workbooks
from opsloop.exchange.forms import BringForm
from opsloop.exchange.models import Import
from opsloop.exchange.reading import pasted_grid, read_grid
from opsloop.exchange.unreadable import ReadError
from opsloop.organisation.roles import Permission
from opsloop.planning.weeks import week_name
from opsloop.records.dates import is_plausible
from opsloop.web.http import PageRequest, add_toast, attached, hx_redirect
from opsloop.web.versions import read_version
from opsloop.work.models import Task

# Rows and problems a preview shows; all of them are taken in.
SHOWN_ROWS = 100
SHOWN_PROBLEMS = 200
# The fields whose cells a preview shows, and so can mark.
MARKED = ("owner", "urgency", "relevance", "estimate", "due", "depends_on")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_GET
def tables(request: PageRequest) -> HttpResponse:
    """Show the tables that can be taken out, and earlier imports."""
    context = {
        "rail_name": "tables",
        "kinds": queries.kinds().values(),
        "imports": Import.objects.visible_to(request.person).defer("grid").order_by("-pk")[:10],
        "today": request.now.astimezone(ZoneInfo(request.person.time_zone)).date(),
        "can_import": request.person.may(Permission.TABLES_IMPORT),
        "can_export": request.person.may(Permission.TABLES_EXPORT),
    }
    return render(request, "exchange/tables.html", context)


@login_required
@require_GET
def table(request: PageRequest, name: str) -> HttpResponse:
    """Hand out one table as a workbook, or as text (`?format=csv`)."""
    actions.check_can_export(request.person)
    kind = queries.kinds().get(name)
    if kind is None:
        raise Http404
    day = _day(request)
    scope = "mine" if request.GET.get("scope") == "mine" else "all"
    built = kind.build(request.person, queries.tasks_of(request.person, scope), day, request.now)
    if request.GET.get("format") == "csv":
        return attached(f"{kind.title}-{day:%Y%m%d}.csv", "text/csv; charset=utf-8", _csv(built))
    return attached(f"{kind.title}-{day:%Y%m%d}.xlsx", XLSX, workbooks.workbook([built]))


# The tables of plans that are pages as well, and by how many days the next one is away.
PLAN_TABLES = {"daily": 1, "weekly": 7}
# The columns of the methodology that a sheet can write; the others follow from the record.
PLAN_COLUMNS = ("title", "owner", "urgency", "estimate", "status", "progress", "due", "note")


@login_required
@require_GET
def plan_table(request: PageRequest, name: str) -> HttpResponse:
    """Show a plan table as people know it, printed on A4; `?edit=1` its tasks as a sheet to type into."""
    step = PLAN_TABLES.get(name)
    if step is None:
        raise Http404
    kind, day = queries.kinds()[name], _day(request)
    scope = "all" if request.GET.get("scope") == "all" else "mine"
    is_editing = "edit" in request.GET
    context: dict[str, Any] = {
        "rail_name": "tables",
        "kind": kind,
        "name": name,
        "day": day,
        "lede_text": day.isoformat() if name == "daily" else week_name(day),
        "before": day - timedelta(days=step),
        "after": day + timedelta(days=step),
        "scope": scope,
        "is_editing": is_editing,
        "can_export": request.person.may(Permission.TABLES_EXPORT),
        "can_import": request.person.may(Permission.TABLES_IMPORT),
    }
    if is_editing:
        keys = queries.tasks_in_plan(request.person, name, scope, day)
        context |= {"data": sheet.subset(request.person, keys, PLAN_COLUMNS), "words": sheet_words()}
        return render(request, "exchange/plan_sheet.html", context)
    built = kind.build(request.person, queries.tasks_of(request.person, scope), day, request.now)
    context["heads"] = [(column.heading, column.kind) for column in built.columns]
    context["rows"] = [
        [
            (workbooks.text_of(column, value), column.kind)
            for column, value in zip(built.columns, row, strict=True)
        ]
        for row in built.rows
    ]
    return render(request, "exchange/plan_table.html", context)


def _csv(built: Any) -> bytes:
    text = io.BytesIO()
    workbooks.write_csv(built, text)
    return text.getvalue()


def _day(request: PageRequest) -> date:
    """Return the day that is asked for, or today."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = None
    if day is None or not is_plausible(day):
        return request.now.astimezone(ZoneInfo(request.person.time_zone)).date()
    return day


@login_required
@require_http_methods(["GET", "POST"])
@once
def bring(request: PageRequest) -> HttpResponse:
    """Take a file or pasted cells and show what they say; nothing is taken in yet."""
    actions.check_can_import(request.person)
    form = BringForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            grid, implied, name = _read(form)
        except ReadError as error:
            form.add_error("file" if form.cleaned_data.get("file") else "pasted", error.message(_language()))
        else:
            row = actions.bring(grid=grid, implied=implied, filename=name, by=request.person, at=request.now)
            return hx_redirect(request, reverse("exchange:import_page", args=[row.pk]))
    status = 422 if form.errors else 200
    return render(request, "exchange/bring.html", {"form": form, "rail_name": "tables"}, status=status)


def _read(form: BringForm) -> tuple[Grid, dict[str, str], str]:
    file = form.cleaned_data.get("file")
    if not file:
        return pasted_grid(form.cleaned_data["pasted"]), {}, _("Pasted cells")
    grid, implied = read_grid(file.read(), file.name, sheet=form.cleaned_data.get("sheet") or None)
    return grid, implied, file.name


@login_required
@require_GET
def import_page(request: PageRequest, pk: int) -> HttpResponse:
    """Show an import: its preview while it waits, its report afterwards."""
    row = get_object_or_404(Import.objects.visible_to(request.person).select_related("owner"), pk=pk)
    context: dict[str, Any] = {"rail_name": "tables", "row": row, "status": row.status}
    if row.kind == Import.Kind.HOURS:
        context["reading"] = _hours_in_words(request, row) if row.status == Import.Status.PREVIEW else None
        context["result"] = row.result
        return render(request, "exchange/hours.html", context)
    if row.status == Import.Status.PREVIEW:
        context |= _preview(request, row)
        return render(request, "exchange/preview.html", context)
    created = row.result.get("created", [])
    context |= {
        "created_count": len(created),
        "updated_count": len(row.result.get("updated", [])),
        "result": row.result,
        "first_created": Task.objects.visible_to(request.person).filter(pk__in=created[:20]),
    }
    return render(request, "exchange/report.html", context)


def _preview(request: PageRequest, row: Import) -> dict[str, Any]:
    sheet = actions.read(row)
    matched = matching.match(sheet.rows, request.person)
    language = _language()
    return {
        "sheet": sheet,
        "rows": _with_marks(sheet, actions.headings(row), language),
        "more_rows": max(0, len(sheet.rows) - SHOWN_ROWS),
        "new_count": len(matched.new),
        "changed_count": len(matched.changed),
        "same_count": len(matched.same),
        "too_long": [line.row for line in matched.too_long],
        "unknown_people": matched.unknown_people[:100],
        "unknown_projects": matched.unknown_projects[:50],
        "can_create_people": request.person.may(Permission.PEOPLE_MANAGE, request.person.department_id),
        "problems": _problems(sheet.problems, language),
        "problem_count": len(sheet.problems),
        "headings": list(actions.headings(row).items()),
        "fields": fields.labels(),
    }


BAD_HOURS: dict[str, Promise] = {
    "not_a_date": _lazy("Write a date like 2026-11-27."),
    "not_a_time": _lazy("Write a time like 17:30."),
    "no_such_time": _lazy(
        "The clocks are put forward that night, and this time does not exist. Choose another."
    ),
    "too_short": _lazy("The end lies at least a minute after the start."),
}


def _hours_in_words(request: PageRequest, row: Import) -> dict[str, Any]:
    """Return the preview of a report of hours."""
    reading = hours.read(row, at=request.now)
    found = reading.sorted
    left_out = (
        (_("Overlap hours that are recorded already, or a row above"), found.overlapping),
        (_("In an approved week"), found.locked),
        (_("End after now"), found.ahead),
        (_("Longer than 16 hours"), found.too_long),
    )
    return {
        "count": len(found.good),
        "minutes": sum(round((one.end - one.start).total_seconds() / 60) for one in found.good),
        "rows": found.good[:SHOWN_ROWS],
        "more_rows": max(0, len(found.good) - SHOWN_ROWS),
        "left_out": [(why, drafts[:SHOWN_ROWS], len(drafts)) for why, drafts in left_out if drafts],
        "bad": [(one, BAD_HOURS[one.code]) for one in reading.bad[:SHOWN_PROBLEMS]],
        "bad_count": len(reading.bad),
        "unknown": reading.unknown[:100],
        "foreign": reading.foreign[:100],
    }


Words = dict[str, Any]


def _problems(problems: Sequence[Problem], language: str) -> list[Words]:
    return [_in_words(problem, language) for problem in problems[:SHOWN_PROBLEMS]]


def _in_words(problem: Problem, language: str) -> Words:
    return {
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "message": problem.message(language),
    }


def _with_marks(
    sheet: TaskSheet, meaning: Mapping[str, str], language: str
) -> list[tuple[TaskRow, dict[str, Words | None]]]:
    """Return the rows that the preview shows, each with what is wrong in the cells it shows, by field."""
    rows = sheet.rows[:SHOWN_ROWS]
    marks: dict[int, dict[str, Words | None]] = {line.row: dict.fromkeys(MARKED) for line in rows}
    for problem in sheet.problems:
        field = meaning.get(problem.column, "")
        if field in MARKED and problem.row in marks:
            marks[problem.row][field] = _in_words(problem, language)
    return [(line, marks[line.row]) for line in rows]


def _language() -> str:
    return get_language() or "zh-hans"


@login_required
@require_POST
def mapping(request: PageRequest, pk: int) -> HttpResponse:
    """Let the headings of a preview mean other fields."""
    row = get_object_or_404(Import.objects.visible_to(request.person).select_related("owner"), pk=pk)
    known = {"", *fields.labels()}
    before = actions.headings(row)
    chosen = {
        heading: value
        for heading, value in zip(
            request.POST.getlist("heading"), request.POST.getlist("field"), strict=False
        )
        if value in known and before.get(heading) != value
    }
    actions.remap(row=row, mapping=chosen, version=read_version(request))
    return hx_redirect(request, reverse("exchange:import_page", args=[row.pk]))


@login_required
@require_POST
@once
def application(request: PageRequest, pk: int) -> HttpResponse:
    """Take a previewed table in."""
    row = get_object_or_404(Import.objects.visible_to(request.person).select_related("owner"), pk=pk)
    names = [name[:60] for name in request.POST.getlist("new_person")[:200]]
    job = actions.apply(row=row, new_people=names, at=request.now, version=read_version(request))
    if job is not None:
        return hx_redirect(request, reverse("activity:job", args=[job.pk]))
    response = hx_redirect(request, reverse("exchange:import_page", args=[row.pk]))
    return add_toast(response, _("The table has been taken in."))


@login_required
@require_POST
def reversal(request: PageRequest, pk: int) -> HttpResponse:
    """Undo an import as a whole."""
    get_object_or_404(Import.objects.visible_to(request.person), pk=pk)
    actions.undo_import(by=request.person, at=request.now, import_id=pk)
    response = hx_redirect(request, reverse("exchange:import_page", args=[pk]))
    return add_toast(response, _("The import has been undone."))
