"""The lists of requests, a request as a conversation between two sides, and what waits on Today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsloop.collaboration import permissions
from opsloop.collaboration.actions.clock import whose_turn
from opsloop.collaboration.models import CollaborationRequest
from opsloop.collaboration.queries import requests as queries
from opsloop.collaboration.queries.requests import Filters
from opsloop.collaboration.queries.standard import points_of
from opsloop.collaboration.ruling import TURNS, in_words, rules
from opsloop.collaboration.views.finding import crumbs, find, open_departments
from opsloop.organisation.models import Person
from opsloop.web.http import PageRequest, is_fragment, read_id, render_page_or_partial
from opsloop.work.models import Task

State = CollaborationRequest.State
PER_PAGE = 30
ON_TODAY = 3
NEXT = {
    "asked": gettext_lazy(
        "The department asked owes an answer: accept it, offer something else, or decline."
    ),
    "countered": gettext_lazy("Who asked agrees to the offer, asks again, or withdraws."),
    "accepted": gettext_lazy("The handler does it, tells how it goes, and hands it over."),
    "delivered": gettext_lazy("Who asked accepts it against the standard, or returns it."),
    "escalated": gettext_lazy("The superior of both departments decides."),
    "declined": gettext_lazy("It rests here, unless who asked takes it to the superior."),
    "done": gettext_lazy("It was accepted as done."),
    "withdrawn": gettext_lazy("It asks nothing any more."),
    "ended": gettext_lazy("The superior ended it."),
}


@login_required
@require_GET
def requests(request: PageRequest) -> HttpResponse:
    """Show a list of requests: `box` is what waits for me, asked of us, asked by us, drafts, or all I may see."""
    numbers = queries.box_counts(request.person)
    box = request.GET.get("box", "")
    if box not in queries.BOXES:
        box = "turn" if numbers.get("turn") else "to"
    filters = _filters(request, box)
    rows = queries.listed(request.person, filters, request.now)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rail_name": "collaboration",
        "filters": filters,
        "page": page,
        "lines": [(row, TURNS.get(State(row.state), ""), queries.is_late(row, request.now)) for row in page],
        "tabs": [
            {
                "label": label,
                "url": f"{reverse('collaboration:requests')}?box={name}",
                "current": name == box,
                "count": numbers.get(name) or None,
            }
            for name, label in queries.BOXES.items()
        ],
        "states": [("open", _("All open ones")), *[one for one in State.choices if one[0] != "draft"]],
        "departments": open_departments(),
        "may_ask": permissions.can(permissions.check_may_ask, request.person),
    }
    return render_page_or_partial(request, "collaboration/requests.html", "rows", context)


def _filters(request: PageRequest, box: str) -> Filters:
    given = request.GET
    state = given.get("state", "")
    return Filters(
        box=box,
        q=given.get("q", "").replace("\0", "")[:100],
        state=state if state == "open" or state in State.values else "",
        from_department=read_id(given.get("from")) or 0,
        to_department=read_id(given.get("to")) or 0,
        late=given.get("late") == "1",
    )


@login_required
@require_GET
def strip(request: PageRequest) -> HttpResponse:
    """Show, on Today, which requests are owed something by tomorrow; nothing where none is."""
    if not is_fragment(request):
        return redirect("collaboration:requests")
    owed = queries.owed_today(request.person, request.now, ON_TODAY + 1)
    lines = [(one, queries.is_late(one, request.now)) for one in owed[:ON_TODAY]]
    return render(request, "collaboration/strip.html", {"lines": lines, "more": len(owed) > ON_TODAY})


@login_required
@require_GET
def request(request: PageRequest, pk: int) -> HttpResponse:
    """Show a request: its terms, the conversation of the two sides, whose turn it is, and what to do next."""
    found = find(request, pk)
    if found.is_draft:
        return redirect("collaboration:edit", pk)
    return shown(request, found)


def shown(
    request: PageRequest,
    found: CollaborationRequest,
    *,
    typed: Any = None,
    problems: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    """Answer with the page of a request; `typed` is what was posted and refused for `problems`."""
    said = queries.conversation(found, request.person)
    turn = TURNS.get(State(found.state), "")
    told = queries.last_progress(said)
    tasks = [pk for pk in (found.asking_task_id, found.doing_task_id) if pk]
    seen = (
        Task.objects.visible_to(request.person).filter(pk__in=tasks).values_list("pk", flat=True)
        if tasks
        else ()
    )
    context = {
        "rail_name": "collaboration",
        "crumbs": crumbs(),
        "found": found,
        "said": said,
        "turn": turn,
        "people": list(Person.objects.filter(pk__in=whose_turn(found)).order_by("pk")) if turn else [],
        "next": NEXT.get(found.state, ""),
        "is_mine": request.person.pk in whose(found, request.person),
        "is_late": queries.is_late(found, request.now),
        "may": queries.may(found, request.person),
        "points": points_of(found.standard),
        "told": told,
        "rules": in_words(rules(), found),
        "may_set": permissions.can(permissions.check_can_set_rules, request.person),
        "seen_tasks": set(seen),
        "typed": {
            "progress": typed.get("progress", "") if typed else told.progress if told else "",
            "text": typed.get("text", "") if typed else "",
            "note": typed.get("note", "") if typed else "",
        },
        "typed_met": set(typed.getlist("met")) if typed else set(),
        "problems": problems,
    }
    return render_page_or_partial(request, "collaboration/request.html", "request", context, status=status)


def whose(found: CollaborationRequest, person: Person) -> set[int]:
    """Return `person` if the next step is theirs to take, for the words on the page."""
    turn = TURNS.get(State(found.state), "")
    sides = {"doing": permissions.does, "asking": permissions.asks, "superior": permissions.decides}
    return {person.pk} if turn and sides[turn](found, person) else set()
