"""Causes and measures of a review, each change answered with the part of the page that shows them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.records.refusals import Refused
from opsloop.reviews import permissions
from opsloop.reviews.actions import causes as actions
from opsloop.reviews.forms import MeasureForm
from opsloop.reviews.models import Cause, Review
from opsloop.reviews.queries import pages
from opsloop.reviews.views.finding import Place, find, zone_of
from opsloop.reviews.views.pages import context_of
from opsloop.web.http import PageRequest, add_toast, is_fragment, read_id, refresh, saved
from opsloop.work.models import Task

# A measure is due two weeks from now unless somebody says otherwise, at the end of a working day.
USUAL_DAYS = timedelta(days=14)
END_OF_DAY = time(18)


@login_required
@require_POST
@once
def causes(request: PageRequest, name: str, whose: str) -> HttpResponse:
    """Put a cause down (`text`), below another (`parent`) or for a late task (`task`)."""
    place = find(request, name, whose)
    task_id = read_id(request.POST.get("task"))
    task = Task.objects.visible_to(request.person).alive().filter(pk=task_id).first() if task_id else None
    actions.find_cause(
        which=place.which,
        text=request.POST.get("text", "") or (task.title if task else ""),
        parent=read_id(request.POST.get("parent")),
        task=task,
        by=request.person,
        at=request.now,
    )
    return _why(request, place)


def _why(request: PageRequest, place: Place) -> HttpResponse:
    if not is_fragment(request):
        return redirect("reviews:review", place.period.name, place.whose)
    fresh = find(request, place.period.name, place.whose)
    return render(request, "reviews/review.html#review-why", context_of(request, fresh))


@login_required
@require_POST
@once
def removal(request: PageRequest, pk: int) -> HttpResponse:
    """Take a cause away with what lies below it."""
    rows = Cause.objects.filter(review__in=Review.objects.visible_to(request.person))
    cause = get_object_or_404(rows.select_related("review__person", "review__department"), pk=pk)
    undo = actions.remove_cause(cause=cause, by=request.person, at=request.now)
    review = cause.review
    place = find(request, review.period.name, str(review.department_id or "me"))
    response = _why(request, place)
    return add_toast(response, _("The cause was removed."), undo_url=reverse("activity:undo", args=[undo.pk]))


@login_required
@require_http_methods(["GET", "POST"])
@once
def measure(request: PageRequest, name: str, whose: str) -> HttpResponse:
    """Take a measure: a task with owner and date (`?cause=` names what it goes against)."""
    place = find(request, name, whose)
    if not permissions.can_write(place.review, request.person):
        raise Refused(_("This review was handed in. Take it back first, then it can be changed."))
    today = request.now.astimezone(zone_of(request)).date()
    initial = {
        "owner": request.person.pk, "due_on": today + USUAL_DAYS, "cause": read_id(request.GET.get("cause")),
    }  # fmt: skip
    form = MeasureForm(
        request.POST if request.method == "POST" else None,
        person=request.person,
        today=today,
        causes=pages.flat(pages.causes(place.review)),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        due = datetime.combine(given["due_on"], END_OF_DAY, tzinfo=zone_of(request))
        made, undo = actions.take_measure(
            which=place.which, title=given["title"], owner=given["owner"], cause=given.get("cause"), due_at=due,
            by=request.person, at=request.now,
        )  # fmt: skip
        text = _("“%(title)s” is a task of %(name)s now.") % {
            "title": made.task.title,
            "name": given["owner"].name,
        }
        to = reverse("reviews:review", args=[name, whose])
        undo_url = reverse("activity:undo", args=[undo.pk])
        return refresh(saved(request, to, text, topics=["reviews"], undo_url=undo_url), "tasks")
    context = {"form": form, "place": place, "rail_name": "reviews"}
    return render(request, "reviews/measure.html", context, status=422 if form.errors else 200)
