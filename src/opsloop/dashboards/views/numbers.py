"""One number: what it counts, its trend, the rows behind it, its target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from opsloop.activity.submissions import once
from opsloop.dashboards import permissions
from opsloop.dashboards.actions import targets as actions
from opsloop.dashboards.forms import TargetForm
from opsloop.dashboards.models import Target
from opsloop.dashboards.numbers import BY_CODE, Number
from opsloop.dashboards.queries import figures, rows
from opsloop.dashboards.queries.looks import Look
from opsloop.dashboards.views.looking import asked, controls, shown
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden
from opsloop.web import versions
from opsloop.web.http import PageRequest, render_page_or_partial, saved
from opsloop.work.export import csv_lines, workbook
from opsloop.work.queries.columns import Column
from opsloop.work.views.export import KINDS

ROWS = 50
MOST_OUT = 20_000


def _number(code: str) -> Number:
    if code not in BY_CODE:
        raise Http404
    return BY_CODE[code]


def _part(request: PageRequest) -> str:
    part = request.GET.get("part", "")
    return part if part in rows.PARTS else "missed"


@login_required
@require_GET
def number(request: PageRequest, code: str) -> HttpResponse:
    """Show one number with its definition, its trend and exactly the rows that it counted."""
    one, found, part = _number(code), asked(request), _part(request)
    look = found.look
    figure = figures.figure_of(one, look)
    page: Any = Paginator(_counted(one, look, part), ROWS).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        **controls(found),
        "number": one,
        "shown": shown(figure, look, height=168),
        "page": page,
        "lines": _lines(one, list(page)),
        "part": part,
        "parts": _parts(one, look, part),
        "crumbs": [(controls(found)["heading"], reverse("dashboards:dashboard") + look.address())],
        "may_set": permissions.can_set_targets(request.person),
        "may_export": request.person.may(Permission.TABLES_EXPORT),
    }
    return render_page_or_partial(request, "dashboards/number.html", "rows", context)


def _parts(one: Number, look: Look, part: str) -> list[dict[str, Any]]:
    labels = {"missed": one.missed, "met": one.met, "all": pgettext("number", "All that count")}
    return [
        {"label": labels[name], "url": look.address(part=name), "current": name == part, "count": None}
        for name in rows.PARTS
    ]


def _counted(one: Number, look: Look, part: str) -> Any:
    if one.code == "goals":
        return rows.goals(look, part)
    if one.code == "stray":
        return rows.strayed(look, part)
    return rows.tasks(one, look, part)


def _lines(one: Number, page: Sequence[Any]) -> Sequence[Any]:
    return rows.loaded(page) if one.code == "stray" else page


@login_required
@require_GET
def export(request: PageRequest, code: str, kind: str) -> HttpResponseBase:
    """Send the rows behind a number as a text table or a workbook."""
    one, look, part = _number(code), asked(request).look, _part(request)
    if kind not in KINDS:
        raise Http404
    if not request.person.may(Permission.TABLES_EXPORT):
        raise Forbidden(_("Your role does not allow exporting tables."))
    columns, cells = _table(one, look, part)
    name = f"{one.label}-{look.stretch.name}.{kind}"
    response: HttpResponseBase
    if kind == "csv":
        response = StreamingHttpResponse(csv_lines(columns, cells, look.zone), content_type=KINDS[kind])
    else:
        book = workbook(columns, cells, look.zone, title=str(one.label))
        response = HttpResponse(book, content_type=KINDS[kind])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


Heads = Sequence[tuple[str, Any, str]]


def _table(one: Number, look: Look, part: str) -> tuple[list[Column], Iterator[Sequence[Any]]]:
    heads: Heads
    cells: Iterator[Sequence[Any]]
    counted = _counted(one, look, part)[:MOST_OUT]
    if one.code == "goals":
        heads = (
            ("number", _("Number"), "text"), ("title", _("Goal"), "long"), ("owner", _("Owner"), "text"),
            ("due", _("Due"), "day"), ("share", _("Attained"), "number"), ("expected", _("Expected"), "number"),
        )  # fmt: skip
        cells = (
            (g.goal.number, g.goal.title, g.goal.owner.name if g.goal.owner else None, g.goal.due_on, int(g.share),
             int(g.expected))
            for g in counted
        )  # fmt: skip
    elif one.code == "stray":
        heads = (
            *_task_heads(),
            ("estimate", _("Estimate"), "minutes"), ("spent", _("Actual hours"), "minutes"), ("by", "%", "number"),
        )  # fmt: skip
        cells = ((*_task_cells(s.task), s.estimate, s.spent, s.by) for s in rows.loaded(counted))
    else:
        heads, cells = _task_heads(), (_task_cells(task) for task in counted)
    return [Column(name, label, "", kind=kind) for name, label, kind in heads], cells


def _task_heads() -> Heads:
    return (
        ("number", _("Number"), "text"), ("title", _("Task"), "long"), ("owner", _("Owner"), "text"),
        ("department", _("Department"), "text"), ("status", _("Status"), "text"), ("due", _("Due"), "moment"),
        ("closed", _("Closed"), "moment"),
    )  # fmt: skip


def _task_cells(task: Any) -> tuple[Any, ...]:
    return (
        task.number, task.title, task.owner.name if task.owner else None,
        task.department.name if task.department else None, str(task.get_status_display()), task.due_at, task.closed_at,
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
@once
def target(request: PageRequest, code: str) -> HttpResponse:
    """Set the target of a number, for a department or for all."""
    permissions.check_can_set_targets(request.person)
    one, look = _number(code), asked(request).look
    found = Target.objects.filter(number=code, department=look.department).first()
    sent = request.POST if request.method == "POST" else None
    form = TargetForm(sent, initial={"value": found.value if found else None})
    if request.method == "POST" and form.is_valid():
        undo = actions.set_target(
            number=code, department=look.department, value=form.cleaned_data["value"], by=request.person,
            at=request.now, version=versions.read_version(request),
        )  # fmt: skip
        to = reverse("dashboards:dashboard") + look.address()
        undo_url = reverse("activity:undo", args=[undo.pk])
        return saved(request, to, _("The target is set."), topics=["dashboard"], undo_url=undo_url)
    counts = figures.targets_of(look.department).get(code, one.target)
    context = {
        "rail_name": "dashboard", "form": form, "number": one, "look": look, "version": found.version if found else 0,
        "counts": one.target_said(counts), "usual": one.target_said(one.target),
    }  # fmt: skip
    return render(request, "dashboards/target.html", context, status=422 if form.errors else 200)
