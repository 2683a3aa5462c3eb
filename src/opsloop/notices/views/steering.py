"""What who steers a notice does: reminding, correcting, withdrawing, closing, and the table of its people."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.notices import permissions
from opsloop.notices.actions import chasing, correcting
from opsloop.notices.forms import CorrectionForm, EndForm
from opsloop.notices.models import Notice
from opsloop.notices.queries import confirmations as queries
from opsloop.notices.views.finding import as_file, find, open_departments
from opsloop.organisation.roles import Permission
from opsloop.organisation.views.answers import attempt
from opsloop.records.refusals import StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, read_id, render_page_or_partial, saved
from opsloop.web.versions import read_version

PER_PAGE = 50


def _page(pk: int) -> str:
    return reverse("notices:notice", args=[pk])


@login_required
@require_POST
@once
def reminder(request: PageRequest, pk: int) -> HttpResponse:
    """Remind who has not confirmed: everybody, or one `person`."""
    found = find(request, pk)
    person = read_id(request.POST.get("person"))
    done = chasing.remind(notice=found, by=request.person, at=request.now, person_id=person)
    text = ngettext("%(count)s person is reminded.", "%(count)s people are reminded.", done) % {"count": done}
    return saved(request, _page(pk), text, topics=[f"notice:{pk}"])


@login_required
@require_http_methods(["GET", "POST"])
@once
def correction(request: PageRequest, pk: int) -> HttpResponse:
    """Correct a notice that went out: the text (GET), or send the correction (POST)."""
    found = find(request, pk)
    permissions.check_can_correct(found, request.person)
    form = _correction(found, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid():
            try:
                done = attempt(
                    form,
                    lambda: correcting.correct(
                        notice=found, values=form.texts(), responsible=list(form.cleaned_data["responsible"]),
                        why=form.cleaned_data["why"], ask=form.cleaned_data["ask"],
                        without={one.pk for one in form.cleaned_data["without"]},
                        by=request.person, at=request.now, version=seen,
                    ),
                )  # fmt: skip
            except StaleVersion as stale:
                return versions.conflict(request, stale, theirs=_correction(stale.record))
            if done:
                text = _("The correction is on its way.")
                return saved(request, _page(pk), text, topics=[f"notice:{pk}", "notices"])
            found = find(request, pk)
    context = {
        "rail_name": "notices",
        "crumbs": [(_("Notices"), reverse("notices:notices")), (found.number, _page(pk))],
        "notice": found,
        "form": form,
    }
    return render(request, "notices/correction.html", context, status=422 if form.errors else 200)


def _correction(found: Notice, data: Any = None) -> CorrectionForm:
    return CorrectionForm(data, notice=found, departments=open_departments())


@login_required
@require_http_methods(["GET", "POST"])
@once
def withdrawal(request: PageRequest, pk: int) -> HttpResponse:
    """Ask why a notice is withdrawn (GET), or withdraw it (POST)."""
    found = find(request, pk)
    permissions.check_can_end(found, request.person)
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid():
            correcting.withdraw(
                notice=found, why=form.cleaned_data["why"], by=request.person, at=request.now, version=seen
            )
            return saved(
                request, _page(pk), _("The notice was withdrawn."), topics=[f"notice:{pk}", "notices"]
            )
    context = {"rail_name": "notices", "notice": found, "form": form}
    return render(request, "notices/withdrawal.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@once
def closure(request: PageRequest, pk: int) -> HttpResponse:
    """End a notice: nobody is asked or reminded any more."""
    found = find(request, pk)
    correcting.close(notice=found, by=request.person, at=request.now, version=read_version(request))
    return saved(request, _page(pk), _("The notice is closed."), topics=[f"notice:{pk}", "notices"])


def _overseen(request: PageRequest, pk: int) -> Notice:
    """Return a notice some of whose receipts the person may see; 404 otherwise."""
    found = find(request, pk)
    if found.is_draft or not (
        permissions.oversees(found, request.person) or request.person.may(Permission.NOTICE_VIEW)
    ):
        raise Http404
    return found


@login_required
@require_GET
def confirmations(request: PageRequest, pk: int) -> HttpResponse:
    """Show, person by person, who has confirmed; `show` is missing, confirmed or all."""
    found = _overseen(request, pk)
    show = request.GET.get("show", "")
    standing = queries.standing(found, request.person)
    if show not in queries.SHOW:
        show = "missing" if standing.missing else "all"
    rows = queries.people(found, request.person, show)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = {"missing": standing.missing, "confirmed": standing.confirmed, "all": standing.total}
    labels = {"missing": _("Not confirmed"), "confirmed": _("Confirmed"), "all": pgettext("receipts", "All")}
    context = {
        "rail_name": "notices",
        "crumbs": [(_("Notices"), reverse("notices:notices")), (found.number, _page(pk))],
        "notice": found,
        "standing": standing,
        "page": page,
        "rows": [(row, queries.state_of(row)) for row in page.object_list],
        "tabs": [
            {"label": labels[name], "url": f"?show={name}", "current": name == show, "count": counts[name]}
            for name in queries.SHOW
        ],
        "may_remind": permissions.can(permissions.check_can_remind, found, request.person),
        "may_export": request.person.may(Permission.TABLES_EXPORT),
    }
    return render_page_or_partial(request, "notices/confirmations.html", "rows", context)


@login_required
@require_GET
def confirmations_out(request: PageRequest, pk: int, kind: str) -> HttpResponseBase:
    """Send the table of one notice as a text table or a workbook."""
    found = _overseen(request, pk)
    cells = queries.person_cells(queries.people(found, request.person, "all"))
    return as_file(request, kind, f"{_('Confirmations')}-{found.number}", queries.person_columns(), cells)
