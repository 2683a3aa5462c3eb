"""Reports as files, the rows behind a number, and the one page about all departments."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opsloop.organisation.models import Person
from opsloop.paper.blocks import Block, Grid, Heading, Paper, Text
from opsloop.paper.markdown import KIND as MARKDOWN
from opsloop.paper.markdown import markdown
from opsloop.paper.pdf import KIND as PDF
from opsloop.paper.pdf import pdf
from opsloop.paper.word import KIND as DOCX
from opsloop.paper.word import word
from opsloop.reports import documents, permissions
from opsloop.reports.models import Report
from opsloop.reports.queries import pages
from opsloop.reports.queries.facts import ReportFacts, facts_of, goals_of
from opsloop.reports.queries.links import HOURS, ROWS, recorded
from opsloop.reports.queries.subjects import Which, subject_for
from opsloop.reports.views.finding import named, period_named, zone_of
from opsloop.reports.views.pages import TITLES, one_of
from opsloop.reviews.queries.facts import span_of
from opsloop.timekeeping.models import TimeEntry
from opsloop.web.dates import duration
from opsloop.web.http import PageRequest, attached, read_id
from opsloop.work.models import Task

PAGE = 50


def _site(request: PageRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _attached(request: PageRequest, paper: Paper, name: str) -> HttpResponse:
    """Hand a paper out as `?format=` says: docx, md, and a PDF otherwise."""
    wanted, site = request.GET.get("format"), _site(request)
    if wanted == "docx":
        return attached(f"{name}.docx", DOCX, word(paper, site=site))
    if wanted == "md":
        return attached(f"{name}.md", MARKDOWN, markdown(paper, site=site).encode())
    return attached(f"{name}.pdf", PDF, pdf(paper, at=request.now, site=site))


@login_required
@require_GET
def file(request: PageRequest, pk: int) -> HttpResponse:
    """Hand a report out as PDF, Word or Markdown; of one that is still written, as it stands now."""
    found = one_of(request, pk)
    facts = facts_of(found, zone=zone_of(request), at=request.now)
    language = get_language() or "zh-hans"
    paper = documents.paper(
        found, facts, goals=goals_of(found), parts=pages.parts_of(found), language=language
    )
    return _attached(request, paper, documents.name_of(found))


@login_required
@require_GET
def overview(request: PageRequest, name: str) -> HttpResponse:
    """Show the reports of all departments of a period on one page, or (`?format=`) hand it out."""
    period = period_named(request, name)
    if period.kind not in TITLES:
        raise Http404
    rows = [(one, ReportFacts.from_json(one.facts)) for one in pages.overview(request.person, period)]
    title = _("Overview of %(period)s") % {"period": period.name}
    if request.GET.get("format"):
        return _attached(request, _overview_paper(title, rows), title)
    shown = [
        {"report": one, "facts": facts, "figures": _short(facts), "summary": _words(one, "summary"),
         "support": _words(one, "support")}
        for one, facts in rows
    ]  # fmt: skip
    context = {
        "rail_name": "reports", "title": title, "period": period, "rows": shown, "heads": _heads(),
        "absent": pages.absent(request.person, [one for one, _facts in rows]),
        "crumbs": [(_("Reports"), reverse("reports:reports"))],
    }  # fmt: skip
    return render(request, "reports/overview.html", context)


def _heads() -> list[str]:
    return [
        _("Key tasks done"),
        _("All tasks done"),
        _("Done in time"),
        _("Late tasks"),
        _("At risk"),
        _("Recorded hours"),
    ]


def _short(facts: ReportFacts) -> list[str]:
    """Return the numbers of one report in the overview, in the order of its headings."""
    looked = facts.looked
    rates = [
        "—" if rate.percent is None else f"{rate.percent}%（{rate.done}/{rate.total}）"
        for rate in (looked.key, looked.all, looked.in_time)
    ]
    return [*rates, str(looked.late_count), str(facts.danger_count), duration(looked.worked)]


def _words(report: Report, name: str) -> str:
    return str(report.words.get(name, "")).strip()


def _overview_paper(title: str, rows: list[tuple[Report, ReportFacts]]) -> Paper:
    grid = Grid(
        [_("Department"), *_heads()],
        [[one.whose, *_short(facts)] for one, facts in rows],
        (3, 3, 3, 3, 2, 2, 3),
    )
    blocks: list[Block] = [grid]
    for one, _facts in rows:
        said = [_words(one, name) for name in ("summary", "late", "support") if _words(one, name)]
        if said:
            blocks += [Heading(one.whose), Text("\n".join(said))]
    return Paper(title, blocks=blocks, foot=title, language=get_language() or "zh-hans")


@login_required
@require_GET
def rows(request: PageRequest, name: str, whose: str, key: str) -> HttpResponse:
    """Show the rows that a number counts, as they stand now and as far as the person may see them."""
    period = period_named(request, name)
    which = _whose(request, period, whose)
    blank = which.unwritten(request.now)
    subject, span = subject_for(blank), span_of(period, zone_of(request))
    if key == HOURS:
        everything: Any = recorded(subject, span)
        seen = everything.filter(pk__in=TimeEntry.objects.visible_to(request.person).order_by().values("pk"))
        total, heading = everything.count(), _("Recorded hours")
        minutes = seen.order_by().aggregate(n=Sum("minutes"))["n"] or 0
        found = seen.order_by("-started_at", "pk")
    elif key in ROWS:
        label, counted = ROWS[key]
        everything = counted(subject, span, request.now)
        seen = everything.filter(pk__in=Task.objects.visible_to(request.person).order_by().values("pk"))
        total, heading, minutes = everything.count(), str(label), None
        found = (
            seen.order_by("due_at", "pk").select_related("owner").defer("description", "deliverable", "note")
        )
    else:
        raise Http404
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "rail_name": "reports", "heading": heading, "period": period, "whose": blank.whose, "page": page,
        "hidden": total - page.paginator.count if _knows(request, which) else 0,
        "is_hours": key == HOURS, "minutes": minutes,
        "crumbs": [(_("Reports"), reverse("reports:reports"))],
    }  # fmt: skip
    return render(request, "reports/rows.html", context)


def _knows(request: PageRequest, which: Which) -> bool:
    """Whether the person reads or writes this report anyway: only then is it no secret how many rows there are."""
    if permissions.can_write_for(which.unwritten(request.now), request.person):
        return True
    found = which.find()
    return found is not None and Report.objects.visible_to(request.person).filter(pk=found.pk).exists()


def _whose(request: PageRequest, period: Any, whose: str) -> Which:
    if whose[:1] != "u":
        return named(request, period, whose)
    people = Person.objects.visible_to(request.person)
    return Which(get_object_or_404(people, pk=read_id(whose[1:])), period)
