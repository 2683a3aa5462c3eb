"""A review as its table: the page to read and print, and the files of it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from opsloop.exchange import workbooks
from opsloop.paper.pdf import KIND as PDF
from opsloop.paper.pdf import pdf
from opsloop.paper.word import KIND as DOCX
from opsloop.paper.word import word
from opsloop.reviews import documents
from opsloop.reviews.models import Review
from opsloop.reviews.queries import pages
from opsloop.reviews.queries.facts import Facts
from opsloop.reviews.queries.sheet import Sheet, tables
from opsloop.reviews.queries.sheet import sheet as built
from opsloop.reviews.views.finding import facts_of
from opsloop.reviews.views.pages import TITLES
from opsloop.web.http import PageRequest, attached

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _made(request: PageRequest, pk: int) -> tuple[Review, Sheet, Facts]:
    rows = Review.objects.visible_to(request.person).select_related("person", "department")
    found = get_object_or_404(rows, pk=pk)
    facts = facts_of(request, found)
    causes = pages.flat(pages.causes(found))
    return found, built(found, facts, causes, pages.measures(found, request.person)), facts


@login_required
@require_GET
def sheet(request: PageRequest, pk: int) -> HttpResponse:
    """Show a review as the table people know, as it is printed on A4."""
    found, made, facts = _made(request, pk)
    is_own = found.department_id is None and found.person_id == request.person.pk
    leads = found.department_id is not None and found.department_id in {
        one.pk for one in pages.led(request.person)
    }
    context = {
        "rail_name": "reviews",
        "review": found,
        "sheet": made,
        "facts": facts,
        "title": TITLES[found.period.kind],
        "may_write": is_own or leads,
        "whose": str(found.department_id or "me"),
    }
    return render(request, "reviews/sheet.html", context)


@login_required
@require_GET
def file(request: PageRequest, pk: int) -> HttpResponse:
    """Hand a review out as a workbook, as a Word document (`?format=docx`) or as a PDF (`?format=pdf`)."""
    _found, made, facts = _made(request, pk)
    if request.GET.get("format") == "docx":
        return attached(f"{made.name}.docx", DOCX, word(documents.paper(made, facts)))
    if request.GET.get("format") == "pdf":
        return attached(f"{made.name}.pdf", PDF, pdf(documents.paper(made, facts), at=request.now))
    return attached(f"{made.name}.xlsx", XLSX, workbooks.workbook(tables(made, facts)))
