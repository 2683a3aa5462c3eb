"""The pages of reviews: the list, one review with its facts, handing it in and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opsloop.activity.submissions import once
from opsloop.engines.reviewing import Kind
from opsloop.organisation.models import Department
from opsloop.records.refusals import Refused
from opsloop.reviews import permissions
from opsloop.reviews.actions import reviews as actions
from opsloop.reviews.models import TEXTS, Review
from opsloop.reviews.queries import pages
from opsloop.reviews.queries.facts import PARTS, Part
from opsloop.reviews.views.finding import Place, facts_of, find, zone_of
from opsloop.web.http import PageRequest, add_toast, hx_redirect, is_fragment, read_id, render_page_or_partial
from opsloop.web.versions import read_version

# The page of a review asks what is done about each figure; the examples say how such a sentence looks.
QUESTIONS = {
    "unmet": (
        gettext_lazy("Why was something not reached?"),
        gettext_lazy("e.g. the supplier confirmed five days late, so the page could not go live"),
    ),
    "collaboration": (
        gettext_lazy("What was difficult between departments?"),
        gettext_lazy("e.g. the design draft came back twice because the request named no size"),
    ),
    "improvements": (
        gettext_lazy("What is done better from now on?"),
        gettext_lazy("e.g. every request names size, channel and date; estimates of drafts +20%"),
    ),
    "focus": (
        gettext_lazy("What comes first next?"),
        gettext_lazy("e.g. the warm-up of the spring sale, and the new-customer funnel"),
    ),
}
# How long the list shows what others handed in.
RECENT = timedelta(days=120)
TITLES = {
    "month": pgettext_lazy("page", "Monthly review"),
    "quarter": pgettext_lazy("page", "Quarterly review"),
}


@login_required
@require_GET
def reviews(request: PageRequest) -> HttpResponse:
    """Show one's own reviews and those of departments one leads (`?department=`), by month or quarter (`?kind=`)."""
    kind: Kind = "quarter" if request.GET.get("kind") == "quarter" else "month"
    led = pages.led(request.person)
    wanted = read_id(request.GET.get("department"))
    department = next((one for one in led if one.pk == wanted), None)
    today = request.now.astimezone(zone_of(request)).date()
    context = {
        "rail_name": "reviews",
        "kind": kind,
        "tabs": _kind_tabs(kind, department),
        "lines": pages.lines(request.person, kind, today=today, department=department),
        "led": led,
        "department": department,
        "whose": str(department.pk) if department else "me",
        "handed_in": pages.handed_in(request.person, since=request.now - RECENT),
    }
    return render_page_or_partial(request, "reviews/reviews.html", "rows", context)


def _kind_tabs(kind: Kind, department: Department | None) -> list[dict[str, Any]]:
    more = f"&department={department.pk}" if department else ""
    address = reverse("reviews:reviews")
    return [
        {"label": label, "url": f"{address}?kind={one}{more}", "current": one == kind, "count": None}
        for one, label in TITLES.items()
    ]


@login_required
@require_http_methods(["GET", "POST"])
@once
def review(request: PageRequest, name: str, whose: str) -> HttpResponse:
    """Show a review; keep what is typed into it (fields of `TEXTS`, `version`)."""
    place = find(request, name, whose)
    if request.method == "POST":
        kept = _write(request, place)
        if not is_fragment(request):
            return redirect("reviews:review", name, whose)
        context = {"version": kept.version, "saved_at": request.now, "place": place}
        return render(request, "reviews/review.html#review-saved", context)
    return render_page_or_partial(request, "reviews/review.html", "review-why", context_of(request, place))


def _write(request: PageRequest, place: Place) -> Review:
    values, version = _values(request), read_version(request)
    return actions.write(which=place.which, values=values, by=request.person, at=request.now, version=version)


def _values(request: PageRequest) -> dict[str, str]:
    return {name: _typed(request, name) for name in TEXTS if name in request.POST}


def _typed(request: PageRequest, name: str) -> str:
    return request.POST[name].replace("\0", "").replace("\r\n", "\n").strip()


def context_of(request: PageRequest, place: Place) -> dict[str, Any]:
    """Return what the page of a review shows. Five queries."""
    found = place.review
    tree = pages.causes(found)
    return {
        "rail_name": "reviews",
        "place": place,
        "heading": f"{TITLES[place.period.kind]} {place.period.name}",
        "review": found,
        "version": place.version,
        "saved_at": None,
        "writing": permissions.can_write(found, request.person),
        "questions": [(name, *QUESTIONS[name], getattr(found, name)) for name in TEXTS],
        "causes": pages.flat(tree),
        "deepest": 5,
        "measures": pages.measures(found, request.person),
        "promised": pages.promised(found, request.person),
        "members": pages.of_members(found, request.person),
        "crumbs": [(_("Reviews"), reverse("reviews:reviews"))],
    }


@login_required
@require_GET
def facts(request: PageRequest, name: str, whose: str) -> HttpResponse:
    """Show the figures of a review, or one `part` of them; the page fetches the parts when it is open."""
    place = find(request, name, whose)
    asked = request.GET.get("part", "")
    parts: Sequence[Part] = [part for part in PARTS if part == asked] or PARTS
    context = {
        "facts": facts_of(request, place.review, parts, family=place.family),
        "parts": parts,
        "place": place,
        "writing": permissions.can_write(place.review, request.person),
        "rail_name": "reviews",
    }
    return render(request, "reviews/facts.html", context)


@login_required
@require_POST
@once
def submission(request: PageRequest, name: str, whose: str) -> HttpResponse:
    """Hand a review in, with what stands in its fields and its figures as they are now."""
    place = find(request, name, whose)
    gathered = facts_of(request, place.review).to_json()
    kept, undo = actions.submit(
        which=place.which,
        values=_values(request),
        facts=gathered,
        by=request.person,
        at=request.now,
        version=read_version(request),
    )
    text = _("The review is handed in. It keeps its figures as they are now.")
    response = hx_redirect(request, reverse("reviews:sheet", args=[kept.pk]))
    return add_toast(response, text, undo_url=reverse("activity:undo", args=[undo.pk]))


@login_required
@require_POST
@once
def withdrawal(request: PageRequest, pk: int) -> HttpResponse:
    """Take a review back that was handed in, and go on writing it."""
    rows = Review.objects.visible_to(request.person).select_related("person", "department")
    found = get_object_or_404(rows, pk=pk)
    if found.department_id is None and found.person_id != request.person.pk:
        raise Refused(_("A review is taken back by the person who wrote it."))
    actions.take_back(review=found, by=request.person, at=request.now, version=read_version(request))
    whose = str(found.department_id or "me")
    response = hx_redirect(request, reverse("reviews:review", args=[found.period.name, whose]))
    return add_toast(response, _("The review is open again."))
