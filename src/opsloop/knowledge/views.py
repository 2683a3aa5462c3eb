"""Pages of lessons: the list, one lesson, and those that speak of a task."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.knowledge import actions, permissions, queries
from opsloop.knowledge.forms import LessonForm
from opsloop.knowledge.models import Lesson, Vote
from opsloop.records.refusals import StaleVersion
from opsloop.web import versions
from opsloop.web.http import PageRequest, read_id, render_page_or_partial, saved
from opsloop.web.versions import read_version
from opsloop.work.models import Category, Task

PER_PAGE = 30
SIGNS = {
    "": gettext_lazy("All lessons"),
    "mine": gettext_lazy("Written by me"),
    "stale": gettext_lazy("To be confirmed"),
    "archived": gettext_lazy("Put away"),
}


@login_required
@require_GET
def lessons(request: PageRequest) -> HttpResponse:
    """Show the lessons, those that helped most first; `q`, `category` and `sign` narrow the list."""
    wanted, sign = request.GET.get("q", "").replace("\0", "")[:100], request.GET.get("sign", "")
    category = read_id(request.GET.get("category"))
    rows = queries.listed(request.person, at=request.now, wanted=wanted, category=category, sign=sign)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.waits = row.is_stale(request.now)  # type: ignore[attr-defined]
    context = {
        "rail_name": "reviews",
        "crumbs": [(_("Reviews"), reverse("reviews:reviews"))],
        "page": page,
        "q": wanted,
        "sign": sign if sign in SIGNS else "",
        "signs": SIGNS.items(),
        "category": category,
        "categories": Category.objects.all(),
    }
    return render_page_or_partial(request, "knowledge/lessons.html", "rows", context)


def _find(request: PageRequest, pk: int) -> Lesson:
    rows = (
        Lesson.objects.visible_to(request.person).rated().select_related("author", "category", "department")
    )
    return get_object_or_404(rows, pk=pk)


@login_required
@require_GET
def lesson(request: PageRequest, pk: int) -> HttpResponse:
    """Show a lesson."""
    return _shown(request, pk)


def _shown(request: PageRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    seen = Task.objects.visible_to(request.person).alive().filter(pk=found.task_id).first()
    context = {
        "rail_name": "reviews",
        "crumbs": [(_("Lessons"), reverse("knowledge:lessons"))],
        "lesson": found,
        "task": seen,
        "vote": Vote.objects.filter(lesson=found, person=request.person).first(),
        "is_own": found.author_id == request.person.pk,
        "may_edit": permissions.can_edit(found, request.person),
        "is_stale": found.is_stale(request.now),
    }
    return render_page_or_partial(request, "knowledge/lesson.html", "lesson-body", context)


@login_required
@require_http_methods(["GET", "POST"])
@once
def new(request: PageRequest) -> HttpResponse:
    """Write a lesson; `?task=` names the task it was learned at, `?situation=` begins it."""
    permissions.check_can_write(request.person)
    sent = read_id(request.GET.get("task"))
    task = Task.objects.visible_to(request.person).alive().filter(pk=sent).first() if sent else None
    initial = {"situation": request.GET.get("situation", "").replace("\0", "")[:2000]}
    if task is not None:
        initial = {"situation": task.title, "category": task.category_id}
    form = LessonForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = actions.write(values=form.cleaned_data, task=task, by=request.person, at=request.now)
        text = _("The lesson “%(title)s” was written. It is offered where a like task is opened.") % {
            "title": made.title
        }
        return saved(request, reverse("knowledge:lesson", args=[made.pk]), text, topics=["lessons"])
    context: dict[str, Any] = {"form": form, "lesson": None, "task": task, "rail_name": "reviews"}
    return render(request, "knowledge/edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
@once
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a lesson."""
    found = _find(request, pk)
    permissions.check_can_edit(found, request.person)
    form = LessonForm(request.POST if request.method == "POST" else None, lesson=found)
    if request.method == "POST":
        seen = read_version(request)
        if form.is_valid():
            given = {"lesson": found, "values": form.cleaned_data, "by": request.person, "at": request.now}
            try:
                actions.change(**given, version=seen)
            except StaleVersion as stale:
                return versions.conflict(request, stale, theirs=LessonForm(lesson=stale.record))
            to = reverse("knowledge:lesson", args=[pk])
            return saved(request, to, _("The lesson was saved."), topics=["lessons", f"lesson:{pk}"])
    context = {"form": form, "lesson": found, "task": None, "rail_name": "reviews"}
    return render(request, "knowledge/edit.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@once
def vote(request: PageRequest, pk: int) -> HttpResponse:
    """Say whether a lesson was useful (`useful` "1" or "0"); the same again takes it back."""
    is_useful = request.POST.get("useful") != "0"
    actions.rate(lesson=_find(request, pk), is_useful=is_useful, by=request.person, at=request.now)
    return _done(request, pk, _("Thank you: what helped comes first."))


@login_required
@require_POST
@once
def confirmation(request: PageRequest, pk: int) -> HttpResponse:
    """Say that a lesson still holds."""
    found = _find(request, pk)
    actions.confirm(lesson=found, by=request.person, at=request.now, version=read_version(request))
    return _done(request, pk, _("It still holds; it is asked again in half a year."))


@login_required
@require_http_methods(["POST", "DELETE"])
@once
def archive(request: PageRequest, pk: int) -> HttpResponse:
    """Put a lesson away (POST), or take it up again (DELETE, or POST with `back`)."""
    found, version = _find(request, pk), read_version(request)
    if request.method == "DELETE" or "back" in request.POST:
        actions.bring_back(lesson=found, by=request.person, at=request.now, version=version)
        return _done(request, pk, _("The lesson is offered again."))
    undo = actions.archive(lesson=found, by=request.person, at=request.now, version=version)
    text, url = _("The lesson was put away."), reverse("activity:undo", args=[undo.pk])
    return _done(request, pk, text, undo_url=url)


def _done(request: PageRequest, pk: int, text: str, *, undo_url: str = "") -> HttpResponse:
    to = reverse("knowledge:lesson", args=[pk])
    return saved(request, to, text, topics=["lessons", f"lesson:{pk}"], undo_url=undo_url)


@login_required
@require_GET
def task_lessons(request: PageRequest, pk: int) -> HttpResponse:
    """Show the lessons that speak of a task, and why each is offered; nothing where none does."""
    task = get_object_or_404(Task.objects.visible_to(request.person).alive(), pk=pk)
    context = {"offers": queries.offers(task, request.person), "task": task}
    return render(request, "knowledge/offers.html", context)
